"""Every value that flows through the pipeline: frozen, small, without behaviour of its own.

Owns the types; never reads, writes or decides. Where they come from and go: `build.build`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, IntEnum, StrEnum
from hashlib import blake2b
from typing import Any, TypeVar

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
        match self.precision:
            case Precision.TIME:
                return self.aware.isoformat(timespec="seconds")
            case Precision.DAY:
                return self.local.date().isoformat()
            case Precision.MONTH:
                return self.local.date().isoformat()[:7]
            case Precision.YEAR:
                return f"{self.local.year:04d}"
            case Precision.ABOUT:
                return f"~{self.local.year:04d}"
            case _:
                return ""

    @property
    def known(self) -> bool:
        return self.precision is not Precision.UNDATED


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - subtracted from local times, then shifted by the offset
UNDATED = Timestamp(Precision.UNDATED, datetime(1, 1, 1))  # noqa: DTZ001 - a sentinel, never shown


def utc(seconds: int) -> datetime:
    """The moment `seconds` after 1970-01-01T00:00Z, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


# --- what the disk holds --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """A file as a walk saw it: path relative to the site (forward slashes), size in bytes (-1: it
    cannot be read), whether it is a regular file."""

    path: str
    size: int
    regular: bool = True


@dataclass(frozen=True, slots=True)
class Sources:
    """What discover makes of a listing: article files, and the files that may stand beside them."""

    articles: tuple[Source, ...]
    beside: tuple[Source, ...]
    hidden: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """Where a text lives: byte `offset` in the file (-1: under `body:`), its first line, its digest."""

    path: str
    offset: int
    line: int
    digest: str


# --- an article, as its file says -----------------------------------------------------------------


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article file. Texts stay on the disk (`body` says where); `extra` is JSON text of the keys
    that are not ours; `places` says where fields stand (field, line, column), `references` which files
    and pages the body names (target, line, column); `path` is relative to the site."""

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
    access: Access = Access.FULL
    embargo_until: Timestamp | None = None
    draft: bool = False
    noindex: bool = False
    extra: str = "{}"
    references: tuple[tuple[str, int, int], ...] = ()
    signature: Signature
    body: Body
    places: tuple[tuple[str, int, int], ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one article file: an article, or none; and its problems either way."""

    path: str
    article: Article | None
    problems: tuple[Problem, ...] = ()


# --- repeats ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that repeats its keeper, and why we say so (a word of `pipeline.dedupe`)."""

    article: Article
    reason: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One text: the article whose page it is, and its copies in archive order."""

    keeper: Article
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Archive:
    """All live articles, folded, in archive order; ordinary pages apart."""

    clusters: tuple[Cluster, ...]
    pages: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An article that goes live later: at `until`, in seconds since 1970 UTC."""

    path: str
    until: int


# --- terms: tags, authors, sections, sources -------------------------------------------------------


class TermKind(StrEnum):
    """The four ways, beside time, in which an archive is shelved."""

    AUTHOR = "authors"
    TAG = "tags"
    SECTION = "sections"
    SOURCE = "sources"


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
    addresses of pictures and files that only this copy has."""

    path: str
    title: str
    published: Timestamp
    authors: tuple[str, ...] = ()
    source: str = ""
    source_url: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One page of the archive: the keeper, its terms, its copies, its files and its old addresses.

    `links` resolves what the body refers to: (reference, address of this site), where an attachment
    has its address beside the page. `attachments` are (path in the site, address). `moved` are old
    addresses and addresses of copies that lead here.
    """

    article: Article
    url: str
    authors: tuple[TermRef, ...] = ()
    sections: tuple[TermRef, ...] = ()
    tags: tuple[TermRef, ...] = ()
    source: TermRef | None = None
    copies: tuple[Appearance, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()
    moved: tuple[str, ...] = ()
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar that has articles."""

    year: int
    month: int
    day: int


# --- partitions: what one call of a planner sees ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shelf:
    """The stories of one month (or, month 0, those of a year whose month is unknown; or, year 0, the
    undated ones), in order, and the cards of everything published then, records of other sources
    included. `earlier` and `later` are the stories just outside; the days and months beside are the
    nearest that are not empty."""

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
class PeriodCount:
    """A period of a term's list: a year (month 0) or a month of it; year 0 is "undated"."""

    year: int
    month: int
    count: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """The landing page of a tag, author, section or source: its newest cards and its years. `years`
    is empty where all its cards are already here."""

    ref: TermRef
    count: int
    newest: tuple[Card, ...]
    years: tuple[PeriodCount, ...] = ()
    children: tuple[tuple[TermRef, int], ...] = ()


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
    has just one.
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


@dataclass(frozen=True, slots=True)
class Standing:
    """An ordinary page."""

    story: Story


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is published as it is: its path below `static/` or the theme, and its address."""

    path: str
    url: str
    packaged: bool


@dataclass(frozen=True, slots=True)
class Assets:
    """All files that are published as they are."""

    files: tuple[Asset, ...]


Partition = Shelf | Year | Term | TermPeriod | TermIndex | Whole | Standing | Assets


# --- the site's own words ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the menu: words, and an address of this site or elsewhere."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Masthead:
    """The slice of the configuration that pages may see."""

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
    home_size: int = 12
    feed_size: int = 20


# --- pages --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """One file to publish, planned with everything it may read.

    `url` is the address below the site; `view` the name of the function that draws it from `inputs`
    (a frozen value) and the texts that `reads` names. `owner` says what claims the address, for
    people (a path of the site, or a name such as "home").
    """

    url: str
    view: str
    inputs: object
    reads: tuple[Body, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one page when it was rendered: its output path, and whether its bytes are new,
    changed or as they were; `staged` is the file that waits to be published."""

    output: str
    fate: str
    staged: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    url: str = ""


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
    """What a build did, and what it found."""

    articles: int = 0
    pages: int = 0
    written: int = 0
    kept: int = 0
    deleted: int = 0
    copies: int = 0
    held_back: tuple[HeldBack, ...] = ()
    problems: tuple[Problem, ...] = ()


# --- digests ------------------------------------------------------------------------------------------


def digest(value: object) -> str:
    """32 hexadecimal digits that depend on the fields of a frozen value and on nothing else.

    Fields are written out one by one: equal values can pickle to different bytes. TypeError for a
    type that has no settled order (set, dict).
    """
    written: list[bytes] = []
    _write(value, written.append)
    return blake2b(b"".join(written), digest_size=16).hexdigest()


def _write(value: object, write: Callable[[bytes], None]) -> None:
    """One value, its kind and length first, so that no two values are written alike."""
    kind = type(value)
    if kind is str:
        data = str(value).encode("utf-8", "surrogatepass")
        write(b"s%d:" % len(data))
        write(data)
    elif kind is tuple:
        write(b"t%d:" % len(value))  # type: ignore[arg-type]
        for item in value:  # type: ignore[attr-defined]
            _write(item, write)
    elif kind in _SEALED and value.digest:  # type: ignore[attr-defined]
        write(value.digest.encode())  # type: ignore[attr-defined]
    elif kind in _NAMES or is_dataclass(value):
        write(kind.__name__.encode() + b"(")
        for name in _names(kind):
            _write(getattr(value, name), write)
    elif isinstance(value, Enum):
        _write(value.value, write)
    elif value is None or isinstance(value, bool | int | float):
        write(f"{kind.__name__}:{value!r};".encode())
    elif isinstance(value, datetime):
        write(f"d{value.isoformat()};".encode())
    elif isinstance(value, bytes):
        write(b"b%d:" % len(value))
        write(value)
    else:
        message = f"{kind.__name__} has no digest"
        raise TypeError(message)


def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a frozen class, looked up once: `dataclasses.fields` costs as much as hashing."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(each.name for each in fields(kind))
    return _NAMES[kind]


_NAMES: dict[Any, tuple[str, ...]] = {}
_SEALED = frozenset({Article, Card})

Sealed = TypeVar("Sealed", Article, Card)


def sealed(value: Sealed) -> Sealed:
    """An article or card with its digest, which stands for it in the digests of all that hold it.

    Where the fields of an article stand in its file is left out: no page shows it.
    """
    bare = replace(value, digest="")
    if isinstance(bare, Article):
        bare = replace(bare, places=())
    return replace(value, digest=digest(bare))
