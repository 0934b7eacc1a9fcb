"""Every value that flows through the pipeline: frozen, small, without behaviour of its own.

Owns the types; never reads, writes or decides. Where they come from and go: `build.build`.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, IntEnum, StrEnum
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar
from unicodedata import normalize

from bimson_site.errors import Problem


class Precision(IntEnum):
    """How much of a date is known; a bigger one knows more."""

    UNDATED = 0
    ABOUT = 1
    YEAR = 2
    MONTH = 3
    DAY = 4
    TIME = 5


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A date as precisely as it is known, in the site's zone.

    `local` is the first moment of the period in local time without a zone; `offset` its distance
    from UTC in seconds. An undated one has year 1 and is never shown.
    """

    precision: Precision
    local: datetime
    offset: int = 0

    @property
    def aware(self) -> datetime:
        """The first moment of the period, with its offset."""
        return self.local.replace(tzinfo=timezone(timedelta(seconds=self.offset)))

    @property
    def instant(self) -> int:
        """Seconds since 1970-01-01T00:00Z of the first moment of the period."""
        return int((self.local - _EPOCH).total_seconds()) - self.offset

    @property
    def iso(self) -> str:
        """ISO 8601 as far as known: 2020-08-05T11:43:20+07:00, 2020-08-05, 2020-08, 2020, ~1998, ''."""
        local, precision = self.local, self.precision
        if precision is _TIME:
            return local.isoformat(timespec="seconds") + _offset(self.offset)
        text = local.date().isoformat()
        if precision is _DAY:
            return text
        return _COARSE_ISO[precision] % {"month": text[:7], "year": text[:4]}

    @property
    def known(self) -> bool:
        return self.precision is not Precision.UNDATED


@lru_cache
def _offset(seconds: int) -> str:
    """How ISO 8601 writes a distance from UTC: +07:00."""
    return datetime(1, 1, 2, tzinfo=timezone(timedelta(seconds=seconds))).isoformat()[19:]


# Looking a member up in its class takes longer than all the rest.
_TIME, _DAY = Precision.TIME, Precision.DAY
_COARSE_ISO = {
    Precision.MONTH: "%(month)s",
    Precision.YEAR: "%(year)s",
    Precision.ABOUT: "~%(year)s",
    Precision.UNDATED: "",
}
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - subtracted from local times, then shifted by the offset
UNDATED = Timestamp(Precision.UNDATED, datetime(1, 1, 1))  # noqa: DTZ001 - a sentinel, never shown


def utc(seconds: int) -> datetime:
    """The moment `seconds` after 1970-01-01T00:00Z, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


# --- what the disk holds --------------------------------------------------------------------------


UNSETTLED = -1  # as a time of change: it says nothing, for it may be the same after another change


class Source(NamedTuple):
    """A file as a walk saw it: path relative to the site (forward slashes), size in bytes (-1: it
    cannot be read), whether it is a regular file; then what shows that it has changed: the times of
    its last writing and last change of any kind in nanoseconds since 1970, and its inode."""

    path: str
    size: int
    regular: bool = True
    written: int = 0
    changed: int = 0
    inode: int = 0

    @property
    def stamp(self) -> tuple[int, int, int, int]:
        """Equal stamps, equal bytes: but for a file that is younger than the walk itself."""
        return self.size, self.written, self.changed, self.inode


@dataclass(frozen=True, slots=True)
class Sources:
    """What discover makes of a listing: the paths of article files, and the files that may stand beside them."""

    articles: tuple[str, ...] = ()
    beside: tuple[Source, ...] = ()
    hidden: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """Where a text lives: byte `offset` in the file (-1: under `body:`), its first line, its digest."""

    path: str
    offset: int
    line: int
    digest: str


# --- an article, as its file says -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoadRules:
    """The slice of the configuration that reading an article depends on."""

    language: str
    timezone: str
    missing_authors: tuple[str, ...]
    search: bool = False
    places: tuple[str, ...] = ()
    base_url: str = ""


class Kind(StrEnum):
    """An article stands in the dated archive; a page (such as "About") has its own path."""

    ARTICLE = "article"
    PAGE = "page"


class Access(StrEnum):
    """How much a reader may see: all, the summary, that it exists (title, date, byline), nothing."""

    FULL = "full"
    SUMMARY = "summary"
    RECORD = "record"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Signature:
    """What repeats are known by: key of the visible text ('' if empty), its length in tokens, the
    key of the title, and whether the text says "today" (then its date belongs to its meaning)."""

    key: str
    tokens: int
    title: str
    deictic: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What the keepers of an archive say of a text: a correction, a withdrawal, how they came by it; on which day,
    where that is told, and their words."""

    date: Timestamp | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article file. Texts stay on the disk (`body` says where); `extra` is JSON text of the keys
    that are not ours; `collected` says when and how the archive came by it; `attachments` are the files that it is handed
    with (reference, title or ""); `places` says where fields stand (field, line, column), `references` which files
    and pages the body names (target, line, column); `path` is relative to the site; texts that repeat
    each other share their `skeleton` ('' if empty)."""

    id: str
    path: str
    kind: Kind = Kind.ARTICLE
    title: str
    published: Timestamp = UNDATED
    updated: Timestamp | None = None
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""
    source_url: str = ""
    summary: str = ""
    lede: str = ""
    slug: str = ""
    slug_given: bool = False
    page_path: str = ""
    language: str = ""
    image: str = ""
    aliases: tuple[str, ...] = ()
    canonical: str = ""
    rights: str = ""
    corrections: tuple[Notice, ...] = ()
    withdrawn: Notice | None = None
    collected: Notice | None = None
    attachments: tuple[tuple[str, str], ...] = ()
    access: Access = Access.FULL
    embargo_until: Timestamp | None = None
    draft: bool = False
    noindex: bool = False
    extra: str = "{}"
    references: tuple[tuple[str, int, int], ...] = ()
    skeleton: str
    body: Body
    places: tuple[tuple[str, int, int], ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one article file: an article, or none; its problems either way; the HTML of its
    body where that was made on the way and needs nothing else; and the hashes of its sentences, packed
    (`text.sentences`), where its text may be compared with others; what it is found by (`index.postings`); the names of places.yaml
    that it mentions; its visible text."""

    path: str
    article: Article | None
    problems: tuple[Problem, ...] = ()
    html: str = ""
    sentences: bytes = b""
    terms: bytes = b""
    mentions: tuple[str, ...] = ()
    text: str = ""


class Face(NamedTuple):
    """What an article gives to its card; who else has a say in it is in the card's row."""

    title: str
    published: Timestamp
    updated: Timestamp | None
    summary: str
    language: str
    noindex: bool


class Slip(NamedTuple):
    """All of an article that stays in memory: what decides its place, not what it says. The rest is
    fetched by `number` (`effects.cache`) when a page needs it.

    `digest` stands for the whole article, `face` for its `Face`. `instant` is in seconds
    since 1970 UTC (`NEVER` without a date), `day` is yyyymmdd with zeros for what is not known, `until`
    the moment it goes live. `wish` is the address it would like, `tie` settles the order at one instant
    (it ends in the 16 bytes of its text's digest),
    `terms` holds the names of its terms (`records.kinds_of`). An `odd` one names files, pages, old addresses or
    an id, or is an ordinary page: it is looked at whole. `mentions` are the names of places.yaml in it, one a line.
    """

    number: int
    path: str
    digest: bytes
    face: bytes
    instant: int
    day: int
    until: int
    flags: int
    wish: str
    tie: bytes
    skeleton: bytes
    terms: bytes
    mentions: str = ""

    @property
    def order(self) -> tuple[int, bytes, str, str]:
        """Archive order: by date, source, text; the path (NFC, then as it is) as the last resort."""
        path = self.path
        return self.instant, self.tie, path if path.isascii() else normalize("NFC", path), path


NEVER = 2**62  # an instant after all others: that of articles without a date
# Bits of Slip.flags; FULL: readers may see the text.
DRAFT, HIDDEN, ORDINARY, FIRM, ODD, NOINDEX, FULL = 1, 2, 4, 8, 16, 32, 64


# --- repeats ---------------------------------------------------------------------------------------


class Copy(NamedTuple):
    """An article that repeats its keeper, and why we say so (a word of `pipeline.dedupe`)."""

    article: Slip
    reason: str


class Cluster(NamedTuple):
    """One text that several articles have: the path of the one whose page it is, and of its copies; and
    which of these are copies by the word of a person, and which have another spelling or frame."""

    keeper: str
    copies: tuple[str, ...]
    ruled: tuple[str, ...] = ()
    refiled: tuple[str, ...] = ()


class Pair(NamedTuple):
    """Two articles that were compared: the paths of the earlier and the later one in archive order, what
    they are to each other (a word of `text.verdicts`), and the likeness of their texts, 0 to 1."""

    earlier: str
    later: str
    verdict: str
    likeness: float


class Link(NamedTuple):
    """What a page says of another: its path, what it is (a word of `text.verdicts`), whether it is the
    later of the two."""

    path: str
    verdict: str
    later: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """All live articles, folded: those with a page of their own in archive order, the copies of each
    by its path, and the ordinary pages."""

    keepers: tuple[Slip, ...]
    copies: Mapping[str, tuple[Copy, ...]]
    pages: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An article that goes live later: at `until`, in seconds since 1970 UTC."""

    path: str
    until: int


@dataclass(frozen=True, slots=True)
class Gone:
    """A published address of which nothing is left; `waiting` while its file is there, but not live;
    why it was removed, if somebody says so."""

    url: str
    waiting: bool = False
    reason: str = ""


# --- terms: tags, authors, sections, sources -------------------------------------------------------


class TermKind(StrEnum):
    """The four ways, beside time, in which an archive is shelved."""

    AUTHOR = "authors"
    TAG = "tags"
    SECTION = "sections"
    SOURCE = "sources"

    __hash__ = str.__hash__  # as C does it: keys of terms are looked up by the hundred thousand


@dataclass(frozen=True, slots=True)
class TermRef:
    """A term as a link: its kind, the spelling that is shown, its address; above a nested section,
    the sections that hold it, outermost first."""

    kind: TermKind
    name: str
    url: str
    above: tuple[TermRef, ...] = ()


# --- what pages are made of ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """All that any other page may know of an article. `record` is true for an appearance in another
    source whose text is folded into the page at `url`."""

    url: str
    title: str
    published: Timestamp
    id: str = ""
    updated: Timestamp | None = None
    authors: tuple[str, ...] = ()
    section: str = ""
    source: str = ""
    summary: str = ""
    language: str = ""
    noindex: bool = False
    record: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where else a text was published: one copy, with its own words about itself; `files` are the
    addresses of pictures and files that only this copy has; `ruled` where a person says that it belongs here,
    so that its words may be others; `reason` why it is a copy (a word of `pipeline.dedupe`). `raw` is the
    address of its text as it was written, `changes` that of the page which shows where its words are others,
    `body` what both are made of: nothing where readers may not see it."""

    path: str
    title: str
    published: Timestamp
    authors: tuple[str, ...] = ()
    source: str = ""
    source_url: str = ""
    files: tuple[str, ...] = ()
    ruled: bool = False
    reason: str = ""
    raw: str = ""
    changes: str = ""
    body: Body | None = None
    collected: Notice | None = None


@dataclass(frozen=True, slots=True)
class Kin:
    """Another article that this one is linked with: what it is (a word of `text.verdicts`), whether it is
    the later of the two, its card; the address of the page that shows what changed between the two, if there is
    one; its text where this article's planner makes that page."""

    verdict: str
    later: bool
    card: Card
    changes: str = ""
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is published as it is: its path in the site or the theme, its address, and what
    changes with its bytes: where the walk found it (`Source.stamp`) or, in the theme, a digest. `made` is the
    file, relative to the site, whose bytes are published in its place: those of a picture without GPS data, or of
    a smaller version."""

    path: str
    url: str
    packaged: bool
    stamp: tuple[int | str, ...] = ()
    made: str = ""


class Picture(NamedTuple):
    """What is known of a picture file: its size in pixels as a reader sees it (0: not known); the files,
    relative to the site, that were made of it ('' where it will do itself): the picture without GPS data, a smaller
    version with its size."""

    width: int
    height: int
    clean: str = ""
    small: str = ""
    small_width: int = 0
    small_height: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on a page: the address of the original, and of what is shown of it, with its size in
    pixels; the smaller version, where it is published beside the page."""

    url: str
    shown: str
    width: int
    height: int
    version: Asset | None = None


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that an article is handed with: its address, what it is called, its ending in capitals (PDF) or "",
    its size in bytes (0: not known)."""

    url: str
    title: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is no more, as places.yaml names it: what it is now, since when (undated: not said), a note."""

    name: str
    now: str
    since: Timestamp = UNDATED
    note: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One page of the archive: the keeper, its terms, its copies, its files and its old addresses.

    `links` resolves what the body refers to: (reference, address of this site), where an attachment
    has its address beside the page; "" is a dead one, of which only the words are printed. `attachments` are the
    files there, `pictures` those of the references whose size is known. `moved` are old addresses and
    addresses of copies that lead here. `kin` are other articles in archive order: earlier and later versions, the one
    before and after in a series, and at most five earlier ones that are related. `places` are those that the article
    mentions and that are something else now. `files` are what the article is handed with, pictures of its text left out.
    """

    article: Article
    url: str
    authors: tuple[TermRef, ...] = ()
    sections: tuple[TermRef, ...] = ()
    tags: tuple[TermRef, ...] = ()
    source: TermRef | None = None
    copies: tuple[Appearance, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Asset, ...] = ()
    moved: tuple[str, ...] = ()
    canonical: str = ""
    kin: tuple[Kin, ...] = ()
    pictures: tuple[Shown, ...] = ()
    places: tuple[Place, ...] = ()
    files: tuple[Enclosed, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar that has articles."""

    year: int
    month: int
    day: int


# --- rows: cards and stories that are not drawn up yet ---------------------------------------------


class CardRow(NamedTuple):
    """A card before its article is fetched: the article's number, and all that others decide about it.
    Its digest changes with everything the card may show."""

    number: int
    url: str
    id: str
    authors: tuple[str, ...]
    section: str
    source: str
    record: bool
    digest: bytes


class AppearanceRow(NamedTuple):
    """A copy before its article is fetched; fields as in `Appearance`."""

    number: int
    files: tuple[str, ...] = ()
    ruled: bool = False
    reason: str = ""
    raw: str = ""
    changes: str = ""


class KinRow(NamedTuple):
    """A `Kin` before its card is drawn up."""

    verdict: str
    later: bool
    card: CardRow
    changes: str = ""


class StoryRow(NamedTuple):
    """A story before its article is fetched; fields as in `Story`, digest as in `CardRow`."""

    number: int
    url: str
    id: str
    authors: tuple[TermRef, ...]
    sections: tuple[TermRef, ...]
    tags: tuple[TermRef, ...]
    source: TermRef | None
    copies: tuple[AppearanceRow, ...]
    links: tuple[tuple[str, str], ...]
    attachments: tuple[Asset, ...]
    moved: tuple[str, ...]
    canonical: str
    kin: tuple[KinRow, ...]
    pictures: tuple[Shown, ...]
    places: tuple[Place, ...]
    files: tuple[Enclosed, ...]
    digest: bytes


class Leaf(NamedTuple):
    """Rows that stand together on one shelf, before they are fetched: the address of what holds them, the name of their
    list there, the place of the first of them, how many; whether they are wanted newest first; a digest of them."""

    address: bytes
    name: str
    first: int
    length: int
    digest: bytes
    newest_first: bool = False


# --- partitions: what one call of a planner sees ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shelf:
    """The stories of one month (or, month 0, those of a year whose month is unknown; or, year 0, the
    undated ones), in order, and the cards of everything published then, records of other sources
    included. `earlier` and `later` are the stories just outside; the days and months beside are the
    nearest that are not empty; `remembered` where its days have pages of all their years."""

    year: int
    month: int
    stories: tuple[Story, ...]
    cards: tuple[Card, ...]
    earlier: Card | None = None
    later: Card | None = None
    day_before: Day | None = None
    day_after: Day | None = None
    month_before: tuple[int, int] | None = None
    month_after: tuple[int, int] | None = None
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class MonthCount:
    """How much was published in a month: in all, and on each of its days (index 0 is day 1)."""

    month: int
    count: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """The counts of one year, and the cards of which only the year is known."""

    year: int
    count: int
    months: tuple[MonthCount, ...]
    loose: tuple[Card, ...] = ()
    year_before: int | None = None
    year_after: int | None = None


@dataclass(frozen=True, slots=True)
class Anniversary:
    """What was published on one day of the calendar in any year, oldest first; the nearest days, (month, day),
    that have anything."""

    month: int
    day: int
    cards: tuple[Card, ...]
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Anniversaries:
    """How much was published on each day of the calendar, in all years: the twelve months."""

    months: tuple[MonthCount, ...]


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """A period of a term's list: a year (month 0) or a month of it; year 0 is "undated"."""

    year: int
    month: int
    count: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """The landing page of a tag, author, section or source: its newest cards and its years. `years`
    is empty where all its cards are already here. `feed` is how many of the newest its feed shows; 0: it
    has none."""

    ref: TermRef
    count: int
    newest: tuple[Card, ...]
    years: tuple[PeriodCount, ...] = ()
    children: tuple[tuple[TermRef, int], ...] = ()
    feed: int = 0


@dataclass(frozen=True, slots=True)
class TermPeriod:
    """One year or month of a term. A year with many cards names its months instead (`months`) and
    lists only those cards whose month is unknown."""

    ref: TermRef
    period: PeriodCount
    cards: tuple[Card, ...]
    months: tuple[PeriodCount, ...] = ()


@dataclass(frozen=True, slots=True)
class TermIndex:
    """All terms of one kind with their counts, in the order of the language."""

    kind: TermKind
    terms: tuple[tuple[TermRef, int], ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A file without a page and its reason (a problem code), for the coverage page."""

    path: str
    code: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The archive seen from its front door: counts and a few cards, never all of them.

    `sitemaps` counts, for each shelf, the articles that search engines may list; `gaps` are months
    between the first and the last in which nothing is held; `only` is the one story of an archive that
    has just one; `home_size` and `feed_size` are how many of the latest home and the feeds show; `remembered` where days have
    pages of all their years.
    """

    stories: int
    cards: int
    copies: int
    undated: int
    first: Timestamp
    last: Timestamp
    years: tuple[PeriodCount, ...]
    months: tuple[PeriodCount, ...]
    gaps: tuple[tuple[int, int], ...]
    latest: tuple[Card, ...]
    featured: tuple[Card, ...]
    calendar: Year | None
    sections: tuple[tuple[TermRef, int], ...]
    sources: tuple[tuple[TermRef, int], ...]
    terms: tuple[tuple[TermKind, int], ...]
    pages: tuple[Card, ...]
    set_aside: tuple[SetAside, ...]
    held_back: int
    sitemaps: tuple[PeriodCount, ...] = ()
    only: Story | None = None
    home_size: int = 12
    feed_size: int = 20
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Clusters:
    """The stories that have copies, in archive order, without what they say of other articles."""

    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cards there are of each day (yyyymmdd, with zeros for what is not known), source and section:
    four columns of one table, in order."""

    days: tuple[int, ...]
    sources: tuple[str, ...]
    sections: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The name of the whole, a digest that changes with every article and card; and the shelves that have
    articles which search engines may list, with the number of these."""

    name: str
    months: tuple[PeriodCount, ...]


class TermsRow(NamedTuple):
    """What an article is found by, before it is fetched: its place in its segment, its number, and whether only its
    title counts, because it is a copy."""

    place: int
    number: int
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One of the two parts of the index, all before the newest year and that year: how many articles it has, oldest
    first; in how many shards the pairs of their words are, and their words; how many articles are described in one
    file; each year with the place of its first article (year 0: undated). `name` changes with everything that any
    of them says."""

    name: str
    articles: int
    shards: int
    words: int
    block: int
    years: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a segment, or of one of several equal parts of its words: read when a shard is drawn, as
    texts are. `digest` changes with them."""

    rows: tuple[TermsRow, ...]
    part: int
    parts: int
    digest: str


@dataclass(frozen=True, slots=True)
class Shards:
    """The files of a part of a segment's words."""

    segment: Segment
    terms: Terms


@dataclass(frozen=True, slots=True)
class Blocks:
    """What is told of some articles of a segment where they are found, from the place `first` on."""

    segment: Segment
    first: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Facets:
    """By what the results of a segment can be narrowed: names of sections and authors, and for each article the
    places of its own in these lists; -1: no section."""

    segment: Segment
    sections: tuple[str, ...]
    authors: tuple[str, ...]
    section_of: tuple[int, ...]
    authors_of: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of some articles, by their numbers: read when the entry of the index is drawn, as texts are. `digest`
    changes with them."""

    numbers: tuple[int, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Finder:
    """The entry of the index: its segments, the older one first; the titles that tell which words are common; other
    names of a place by its name, folded; the scripts of the page that searches and of the others."""

    segments: tuple[Segment, ...]
    titles: Titles
    synonyms: tuple[tuple[str, tuple[str, ...]], ...]
    scripts: tuple[Asset, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """An ordinary page."""

    story: Story


@dataclass(frozen=True, slots=True)
class Assets:
    """All files that are published as they are."""

    files: tuple[Asset, ...]


@dataclass(frozen=True, slots=True)
class Vanished:
    """Published addresses of which nothing is left: those of one file of the ledger."""

    ledger: str
    gone: tuple[Gone, ...]


@dataclass(frozen=True, slots=True, order=True)
class Old:
    """An old path below the site, perhaps with "?query", and the page that answers; None: gone."""

    address: str
    target: str | None


@dataclass(frozen=True, slots=True)
class OldAddresses:
    """What old addresses lead to, in order of address; the maps of servers (name of the server, address
    of the map, its text); the script that looks an address up on the page 404."""

    rows: tuple[Old, ...]
    maps: tuple[tuple[str, str, str], ...]
    script: Asset


Partition = (
    Shelf
    | Year
    | Anniversary
    | Anniversaries
    | Term
    | TermPeriod
    | TermIndex
    | Whole
    | Clusters
    | Counts
    | Release
    | Shards
    | Blocks
    | Facets
    | Finder
    | Standing
    | Assets
    | Vanished
    | OldAddresses
)


# --- the site's own words ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the menu: words, and an address of this site or elsewhere."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Masthead:
    """The slice of the configuration that pages may see; `words` is the gettext file of the site."""

    title: str
    description: str
    language: str
    timezone: str
    base_url: str
    menu: tuple[MenuItem, ...]
    shelves: tuple[TermKind, ...]
    keeper: str = ""
    responsible: str = ""
    contact: str = ""
    rights: str = ""
    footer: str = ""
    closed: Timestamp | None = None
    successor: str = ""
    explicit_links: bool = False
    data: str = "records"
    search: bool = True
    words: str = ""


# --- pages --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One file to publish, planned with everything it may read.

    `url` is the address below the site; `view` the name of the function that draws it from `inputs`
    (a frozen value) and what `reads` names: texts, the terms of a segment, or titles. `owner` says what claims the address, for
    people (a path of the site, or a name such as "home").
    """

    url: str
    view: str
    inputs: object
    reads: tuple[Body | Terms | Titles, ...] = ()
    owner: str = ""


class Receipt(NamedTuple):
    """What became of one page: its address, who claims it, whether it only stands in (a redirect,
    a tombstone);
    the digests of its parts in the order of `render.PARTS`; its fate, and the file that waits to be
    published; size, time of writing and inode of its file; why it was last written."""

    url: str
    owner: str
    stands_in: bool
    view: str
    parts: tuple[bytes, ...]
    fate: str
    staged: str = ""
    stamp: tuple[int, int, int] = (-1, 0, 0)
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """One line of `list`: a source file and what became of it."""

    path: str
    status: str
    url: str | None = None
    keeper: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did, and what it found; how many addresses are new, and whether the ledger has grown."""

    articles: int = 0
    pages: int = 0
    written: int = 0
    kept: int = 0
    deleted: int = 0
    copies: int = 0
    held_back: tuple[HeldBack, ...] = ()
    problems: tuple[Problem, ...] = ()
    new_addresses: int = 0
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a build would do: its report; the articles whose pages are new or changed; the files it would
    write and delete, by path in the output; how many files, bytes and redirects there would be then."""

    report: Report
    changed: tuple[str, ...]
    write: tuple[str, ...]
    delete: tuple[str, ...]
    files: int
    bytes: int
    redirects: int


# --- digests ------------------------------------------------------------------------------------------


def digest(value: object) -> str:
    """32 hexadecimal digits that depend on the fields of a frozen value and on nothing else.

    TypeError for a type that has no settled order (set, dict).
    """
    # Version 2 of marshal writes equal values alike; later ones note what is interned or shared.
    return blake2b(marshal.dumps(_plain(value), 2), digest_size=16).hexdigest()


def bytes_of(value: Any) -> bytes:
    """Texts, numbers and tuples of them as bytes that depend on nothing else (see `digest`)."""
    return marshal.dumps(value, 2)


_ATOMS = frozenset({str, int, bool, float, bytes, type(None)})


def _plain(value: Any) -> Any:
    """The value in atoms and tuples; what has a type of its own is a list that begins with its name,
    so that no two values are written alike."""
    kind = type(value)
    return value if kind in _ATOMS else (_PLAIN.get(kind) or _form(kind))(value)


def _form(kind: Any) -> Callable[[Any], Any]:
    """How values of a type become plain, looked up once: `dataclasses.fields` costs as much as hashing."""
    if is_dataclass(kind):
        form = _named(kind)
    elif issubclass(kind, Enum):
        form = attrgetter("_value_")
    else:
        message = f"{kind.__name__} has no digest"
        raise TypeError(message)
    _PLAIN[kind] = form
    return form


def _named(kind: Any, *left_out: str) -> Callable[[Any], Any]:
    """Values of a frozen class as a list of its name and its fields."""
    name = kind.__name__
    names = [each.name for each in fields(kind) if each.name not in left_out]
    values = attrgetter("__class__", "__class__", *names)  # a tuple, whatever the number of fields
    atoms, forms = _ATOMS, _PLAIN

    def form(value: Any) -> Any:
        plain = [
            v if (k := type(v)) in atoms else (forms.get(k) or _form(k))(v)
            for v in values(value)[2:]
        ]
        plain.append(name)
        return plain

    return form


def _or_digest(bare: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: [value.digest] if value.digest else bare(value)


def _tuple_form(value: tuple[Any, ...]) -> Any:
    if value and type(value[0]) in _ROWS:  # a list of rows holds nothing else
        return [b"".join([row.digest for row in value])]
    return value if _ATOMS.issuperset(map(type, value)) else tuple(map(_plain, value))


def _moment(value: datetime) -> Any:
    return [value.isoformat(), "datetime"]


def _timestamp(value: Timestamp) -> Any:
    return [value.precision._value_, value.local.isoformat(), value.offset, "Timestamp"]


_PLAIN: dict[Any, Callable[[Any], Any]] = {
    tuple: _tuple_form,
    datetime: _moment,
    Timestamp: _timestamp,
}


def _copier(kind: Any) -> Callable[[Any, str], Any]:
    """What gives a value another digest: `replace`, three times as fast."""
    names = [each.name for each in fields(kind) if each.name != "digest"]
    values = attrgetter(*names)
    setters = [getattr(kind, name).__set__ for name in names]
    set_digest = kind.digest.__set__

    def copy(value: Any, digest: str) -> Any:
        made = object.__new__(kind)
        set_digest(made, digest)
        for put, each in zip(setters, values(value), strict=True):
            put(made, each)
        return made

    return copy


_COPIES = {Article: _copier(Article), Card: _copier(Card)}
_BARE = {
    Article: _named(Article, "digest", "places"),
    Card: _named(Card, "digest"),
    Story: _named(Story, "digest"),
}
_PLAIN |= {kind: _or_digest(bare) for kind, bare in _BARE.items()}
_ROWS = frozenset({CardRow, StoryRow, Leaf})
_PLAIN |= dict.fromkeys(_ROWS, lambda row: [row.digest])
_PLAIN[Terms] = lambda terms: [terms.digest, terms.part, terms.parts]

Sealed = TypeVar("Sealed", Article, Card)


def sealed(value: Sealed) -> Sealed:
    """An article or card with its digest, which stands for it in the digests of all that hold it.

    Where the fields of an article stand in its file is left out: no page shows it.
    """
    kind = type(value)
    bare = _BARE[kind](value)
    digest = blake2b(marshal.dumps(bare, 2), digest_size=16).hexdigest()
    made: Sealed = _COPIES[kind](value, digest)
    return made
