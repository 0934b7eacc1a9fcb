"""The archive becomes rows: for each page and each line of a list, what others decide about it.

Takes the folded archive and its addresses; sorts it by shelves, unites terms and copies, resolves references, gathers
old addresses. Never decides what repeats what (`pipeline.dedupe`) nor what a reference means. Rows are made shelf by
shelf, so that those of a shelf on which nothing is another need not be made again. Next: `pipeline.stacks` keeps them,
`references`, `shelve`; `assemble` makes stories and cards of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple

from bimson_site import routes
from bimson_site.errors import Problem
from bimson_site.model import (
    FULL,
    NOINDEX,
    ODD,
    AppearanceRow,
    Archive,
    Article,
    Asset,
    CardRow,
    Enclosed,
    KinRow,
    Link,
    Picture,
    Place,
    Shown,
    Slip,
    Sources,
    StoryRow,
    TermRef,
    bytes_of,
    digest,
)
from bimson_site.pipeline import dedupe, references, terms
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.records import kinds_of
from bimson_site.pipeline.references import Answering, Surroundings
from bimson_site.pipeline.terms import Glossary, TermKey, Wording
from bimson_site.text import vietnamese
from bimson_site.text.verdicts import Verdict

Period = tuple[int, int]


def shelf_of(day: int) -> Period:
    """The shelf of a day (yyyymmdd), year and month; month 0 where only the year is known, year 0 where nothing is."""
    return day // 10000, day // 100 % 100


class Entry(NamedTuple):
    """A card with its date, the terms under which it is listed, and whether search engines may list its
    page by it: not by a record of another source, which has an entry too."""

    instant: int
    day: int
    card: CardRow
    keys: tuple[TermKey, ...]
    listed: bool


class Dated(NamedTuple):
    """A story with its date, its card, whether search engines may list it, and the digests of its articles. Unlike the
    row's own these do not tell when the files beside it were written, so they are the same on every machine."""

    instant: int
    story: StoryRow
    card: CardRow
    listed: bool
    articles: bytes


class Record(NamedTuple):
    """The copies of a text that one other source has, which have a card together; and the article with the page."""

    keeper: Slip
    origin: str
    copies: tuple[Slip, ...]


class Draft(NamedTuple):
    """What is to stand on one shelf, before its rows are made: the articles with pages in archive order, the records of
    other sources. `said` stands for all that its cards are made of, but for how their terms are shown."""

    shelf: Period
    keepers: tuple[Slip, ...]
    records: tuple[Record, ...]
    said: bytes


class Extra(NamedTuple):
    """What a story has beside its article, terms and card: most have nothing. Fields as in `StoryRow`; `articles` are
    the digests of its copies; the digest changes with each of them."""

    moved: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Asset, ...] = ()
    canonical: str = ""
    copies: tuple[AppearanceRow, ...] = ()
    articles: tuple[bytes, ...] = ()
    kin: tuple[KinRow, ...] = ()
    pictures: tuple[Shown, ...] = ()
    named: tuple[Place, ...] = ()
    files: tuple[Enclosed, ...] = ()
    digest: bytes = b""


_NOTHING = Extra()

# An ordinary page is listed nowhere, whatever terms it names.
_NO_TERMS: tuple[tuple[TermKey, ...], ...] = ((), (), (), ())


class _Told(NamedTuple):
    """Terms of one kind as links, by name; a digest of them; the terms under which a card is listed by
    them, which are those above too."""

    refs: tuple[TermRef, ...]
    names: tuple[str, ...]
    digest: bytes
    listed: tuple[TermKey, ...]


_Terms = tuple[_Told, ...]  # of each `TermKind`, in its order
_REMEMBERED = 5_000  # articles, and what they name together, that a desk has at hand


@dataclass(frozen=True)
class Desk:
    """What every row is made with. `links` is what pages say of others (`kin.links`), `vanished` the places of
    places.yaml by name; `answering` tells, when all cards are listed, what answers an address."""

    archive: Archive
    odd: Mapping[str, Article]
    places: Addresses
    wording: Wording
    glossary: Glossary
    sources: Sources
    static: Mapping[str, Asset]
    base_url: str
    answering: Callable[[], Answering]
    links: Mapping[str, Sequence[Link]] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    media_base: str = ""
    vanished: Mapping[str, Place] = field(default_factory=dict)
    known: dict[tuple[TermKey, ...], _Told] = field(default_factory=dict)
    told_of: dict[str, tuple[_Terms, CardRow]] = field(default_factory=dict)
    named: tuple[dict[bytes, _Told], ...] = field(default_factory=lambda: ({}, {}, {}, {}))

    @cached_property
    def slip_of(self) -> Mapping[str, Slip]:
        """The slips of all keepers, made only where pages name each other."""
        return {slip.path: slip for slip in self.archive.keepers}

    def card(self, slip: Slip) -> tuple[_Terms, CardRow]:
        """The terms and the card of an article that has a page."""
        path = slip.path
        if found := self.told_of.get(path):
            return found
        told = self.keeper(slip)
        card = _card(slip, told, self.places.of[path], self.places.owners.get(path, path))
        if len(self.told_of) > _REMEMBERED:
            self.told_of.clear()
        made = self.told_of[path] = told, card
        return made

    def keeper(self, slip: Slip) -> _Terms:
        """The terms of an article that has a page: with its copies of one source it speaks with one voice."""
        if slip.path in self.archive.copies:
            at_home, _ = _by_origin(slip, [c.article for c in self.archive.copies[slip.path]])
            return self.told(self.wording.keys_of_all((slip, *at_home)))
        return self.told_alone(slip)

    def told_alone(self, slip: Slip) -> _Terms:
        """The terms that an article itself names; looked up as they stand in its slip, for that is quicker."""
        authors, tags, sections, sources = kinds_of(slip.terms)
        one, two, three, four = self.named
        return (
            one.get(authors) or self._named(0, authors),
            two.get(tags) or self._named(1, tags),
            three.get(sections) or self._named(2, sections),
            four.get(sources) or self._named(3, sources),
        )

    def _named(self, kind: int, names: bytes) -> _Told:
        keys = self.wording.keys_named(kind, names)
        known = self.named[kind]
        if len(known) > _REMEMBERED:
            known.clear()
        made = known[names] = self.known.get(keys) or self._told(keys)
        return made

    def told(self, kinds: Iterable[tuple[TermKey, ...]]) -> _Terms:
        """The terms of an article; many articles have the same."""
        known = self.known
        return tuple([known.get(keys) or self._told(keys) for keys in kinds])

    def _told(self, keys: tuple[TermKey, ...]) -> _Told:
        refs = self.glossary.refs_of(keys)
        names = tuple(ref.name for ref in refs)
        digests = b"".join(self.glossary.digests[key] for key in keys) + b"|"
        above = (each for key in keys for each in (*terms.parents(key), key))
        if len(self.known) > _REMEMBERED:
            self.known.clear()
        made = self.known[keys] = _Told(refs, names, digests, tuple(dict.fromkeys(above)))
        return made

    @cached_property
    def around(self) -> Surroundings:
        """Made only where an article refers to something: most do not; and when all cards are listed."""
        files = {vietnamese.nfc(source.path): source for source in self.sources.beside}
        unpublished = frozenset(
            vietnamese.nfc(s.path)
            for s in (*self.sources.articles, *self.sources.hidden)
            if s.path not in self.places.of
        )
        named = _names(self.archive, self.odd, self.places, self.base_url)
        return Surroundings(
            files,
            self.base_url,
            named,
            self.static,
            unpublished,
            self.answering(),
            self.pictures,
            self.media_base,
        )


# --- what stands where ------------------------------------------------------------------------------


def drafts(archive: Archive, places: Addresses) -> tuple[Draft, ...]:
    """The archive by shelves: in time, the undated last."""
    keepers: dict[int, list[Slip]] = {}
    records: dict[int, list[Record]] = {}
    for slip in archive.keepers:
        keepers.setdefault(slip.day // 100, []).append(slip)
    for keeper in archive.keepers if archive.copies else ():
        if keeper.path in archive.copies:
            copies = [copy.article for copy in archive.copies[keeper.path]]
            for origin, some in _by_origin(keeper, copies)[1].items():
                record = Record(keeper, origin, tuple(some))
                records.setdefault(some[0].day // 100, []).append(record)
    months = sorted({*keepers, *records}, key=lambda month: (month < 100, month))
    return tuple(
        _draft(
            shelf_of(month * 100), keepers.get(month, ()), records.get(month, ()), archive, places
        )
        for month in months
    )


def _draft(
    shelf: Period,
    keepers: Sequence[Slip],
    records: Sequence[Record],
    archive: Archive,
    places: Addresses,
) -> Draft:
    of, owners, copies = places.of, places.owners, archive.copies
    paths = [slip.path for slip in keepers]
    columns = (
        shelf,
        tuple([of[path] for path in paths]),
        tuple([owners.get(path, path) for path in paths]),
        tuple([slip.number for slip in keepers]),
        b"".join([slip.digest for slip in keepers]),
        tuple([(path, _said(c.article for c in copies[path])) for path in paths if path in copies]),
        tuple([_said_of(record, places) for record in records]),
    )
    return Draft(
        shelf, tuple(keepers), tuple(records), blake2b(bytes_of(columns), digest_size=16).digest()
    )


def _said_of(record: Record, places: Addresses) -> tuple[object, ...]:
    first = record.copies[0].path
    name, url = places.owners.get(first, first), places.of[record.keeper.path]
    return record.origin, name, url, record.copies[0].number, _said(record.copies)


def _said(slips: Iterable[Slip]) -> bytes:
    return b"".join([slip.digest for slip in slips])


# --- cards -------------------------------------------------------------------------------------------


def entries(draft: Draft, desk: Desk) -> list[Entry]:
    """The cards of a shelf, oldest first."""
    found = []
    for slip in draft.keepers:
        told, card = desk.card(slip)
        keys = (*told[0].listed, *told[1].listed, *told[2].listed, *told[3].listed)
        found.append(Entry(slip.instant, slip.day, card, keys, not slip.flags & NOINDEX))
    found += [_entry(record, desk) for record in draft.records]
    found.sort(key=lambda e: (e.instant, e.card.url, e.card.record, e.card.id))
    return found


def _entry(record: Record, desk: Desk) -> Entry:
    """The card of a text in another source: that of the first of its copies, with the bylines of all."""
    told = desk.told(desk.wording.keys_of_all(record.copies))
    authors, _, sections, sources = told
    first = record.copies[0]
    card = _sealed(
        first,
        desk.places.of[record.keeper.path],
        desk.places.owners.get(first.path, first.path),
        authors.names,
        sections.names[0] if sections.names else "",
        sources.names[0] if sources.names else record.origin,
        record=True,
    )
    keys = tuple(key for each in told for key in each.listed)
    return Entry(first.instant, first.day, card, keys, listed=False)


def _card(slip: Slip, told: _Terms, url: str, name: str) -> CardRow:
    authors, _, sections, sources = told
    section = sections.names[0] if sections.names else ""
    source = sources.names[0] if sources.names else ""
    return _sealed(slip, url, name, authors.names, section, source, record=False)


def _sealed(
    slip: Slip,
    url: str,
    name: str,
    authors: tuple[str, ...],
    section: str,
    source: str,
    *,
    record: bool,
) -> CardRow:
    shown = bytes_of((url, name, authors, section, source, record))
    sum_ = blake2b(slip.face + shown, digest_size=16).digest()
    return CardRow(slip.number, url, name, authors, section, source, record, sum_)


# --- stories -----------------------------------------------------------------------------------------


def extras(draft: Draft, desk: Desk) -> tuple[dict[str, Extra], list[Problem]]:
    """What the stories of a shelf have beside their articles, by path of those that have anything; the problems of
    what they refer to."""
    found: dict[str, Extra] = {}
    problems: list[Problem] = []
    copies, moved, links = desk.archive.copies, desk.places.moved, desk.links
    for slip in draft.keepers:
        path = slip.path
        if slip.flags & ODD or slip.mentions or path in copies or path in moved or path in links:
            found[path], wrong = _extra(slip, desk)
            problems += wrong
    return found, problems


def said(found: Mapping[str, Extra]) -> bytes:
    """What stands for the extras of a shelf, beside what its cards are made of."""
    return b"".join([path.encode("utf-8", "surrogatepass") + f.digest for path, f in found.items()])


def refers(draft: Draft, desk: Desk) -> bool:
    """Whether an article on a shelf may refer to any page: then all cards must be listed before its story is made."""
    copies = desk.archive.copies
    return bool(desk.odd) and any(
        slip.flags & ODD or any(c.article.flags & ODD for c in copies.get(slip.path, ()))
        for slip in draft.keepers
    )


def stories(draft: Draft, found: Mapping[str, Extra], desk: Desk) -> list[Dated]:
    """The stories of a shelf, oldest first."""
    made = []
    for slip in draft.keepers:
        extra = found.get(slip.path, _NOTHING)
        told, card = desk.card(slip)
        own = desk.told_alone(slip) if extra.copies else told
        story = _story(slip, told, own[3].refs[:1], card, extra)
        articles = b"".join((slip.digest, *extra.articles))
        made.append(Dated(slip.instant, story, card, not slip.flags & NOINDEX, articles))
    made.sort(key=lambda s: (s.instant, s.story.url))
    return made


def pages(desk: Desk) -> tuple[tuple[StoryRow, ...], list[Problem]]:
    """The ordinary pages, and the problems of what they refer to."""
    found: list[StoryRow] = []
    problems: list[Problem] = []
    told = desk.told(_NO_TERMS)
    for slip in desk.archive.pages:
        path = slip.path
        card = _card(slip, told, desk.places.of[path], desk.places.owners.get(path, path))
        extra, wrong = _extra(slip, desk)
        found.append(_story(slip, told, (), card, extra))
        problems += wrong
    return tuple(found), problems


def _extra(slip: Slip, desk: Desk) -> tuple[Extra, Sequence[Problem]]:
    """What one story has beside its article."""
    url = desk.places.of[slip.path]
    moved = tuple(desk.places.moved.get(slip.path, ()))
    links, attachments, canonical, problems = _named_by(slip, url, desk)
    repeated = [copy.article for copy in desk.archive.copies.get(slip.path, ())]
    copies: tuple[AppearanceRow, ...] = ()
    if repeated:
        copies, attachments = _appearances(slip, repeated, url, desk, attachments)
    pictures: tuple[Shown, ...] = ()
    files: tuple[Enclosed, ...] = ()
    if slip.flags & ODD:
        article = desk.odd[slip.path]
        files = references.enclosed(article, links, attachments, desk.around)
        pictures = references.shown(article, links, attachments, desk.around)
    kin, compared = _kin(slip, url, desk)
    named = tuple([desk.vanished[name] for name in slip.mentions.split("\n") if name])
    articles = tuple([copy.digest for copy in repeated])
    parts = (moved, links, attachments, canonical, tuple(map(tuple, copies)), articles, pictures)
    numbers = tuple([row.card.number for row in kin])
    sum_ = bytes.fromhex(digest((*parts, named, files, compared, numbers)))
    extra = Extra(
        moved, links, attachments, canonical, copies, articles, kin, pictures, named, files, sum_
    )
    return extra, problems


def _story(
    slip: Slip, told: _Terms, source: tuple[TermRef, ...], card: CardRow, extra: Extra
) -> StoryRow:
    """One page of the archive; `source` is the keeper's own, if it names one."""
    authors, tags, sections, sources = told
    parts = (
        *(slip.digest, card.digest, authors.digest, tags.digest, sections.digest, sources.digest),
        *(ref.name.encode("utf-8", "surrogatepass") for ref in source),
        extra.digest,
    )
    return StoryRow(
        slip.number,
        card.url,
        card.id,
        authors.refs,
        sections.refs,
        tags.refs,
        source[0] if source else None,
        extra.copies,
        extra.links,
        extra.attachments,
        extra.moved,
        extra.canonical,
        extra.kin,
        extra.pictures,
        extra.named,
        extra.files,
        blake2b(b"".join(parts), digest_size=16).digest(),
    )


def _names(
    archive: Archive, odd: Mapping[str, Article], places: Addresses, base_url: str
) -> Callable[[str], str]:
    """The address of the page that has the text of an article, by every way to name it; the first
    article in archive order has a name."""
    page_of = {slip.path: places.of[slip.path] for slip in (*archive.keepers, *archive.pages)}
    for keeper, copies in archive.copies.items():
        page_of.update((copy.article.path, places.of[keeper]) for copy in copies)
    named: dict[str, str] = {}
    for slip in _in_order(archive):
        own = (odd[slip.path].id,) if slip.path in odd else ()
        for name in dedupe.names(slip.path, places.of[slip.path], base_url, *own):
            named.setdefault(vietnamese.nfc(name), page_of[slip.path])
    return lambda name: named.get(name, "")


def _in_order(archive: Archive) -> Iterable[Slip]:
    for keeper in archive.keepers:
        yield keeper
        for copy in archive.copies.get(keeper.path, ()):
            yield copy.article
    yield from archive.pages


def _by_origin(slip: Slip, copies: Iterable[Slip]) -> tuple[list[Slip], dict[str, list[Slip]]]:
    """The copies of an article: those of its own source, and those of each other one."""
    home = dedupe.origin_of(slip)
    found: dict[str, list[Slip]] = {home: []}
    for copy in copies:
        found.setdefault(dedupe.origin_of(copy), []).append(copy)
    return found.pop(home), found


def _named_by(
    slip: Slip, url: str, desk: Desk
) -> tuple[tuple[tuple[str, str], ...], tuple[Asset, ...], str, Sequence[Problem]]:
    """What an article refers to: links, files beside it, the address that it stands for; problems."""
    if not slip.flags & ODD:
        return (), (), "", ()
    article = desk.odd[slip.path]
    if not (article.references or article.canonical):
        return (), (), "", ()
    links, attachments, problems = references.resolve(article, url, desk.around)
    canonical, unknown = references.canonical(article, url, desk.around)
    return links, attachments, canonical, [*problems, *unknown]


def _appearances(
    slip: Slip,
    repeated: Iterable[Slip],
    url: str,
    desk: Desk,
    attachments: tuple[Asset, ...],
) -> tuple[tuple[AppearanceRow, ...], tuple[Asset, ...]]:
    """The copies, each with the files that only it has; those are published beside the page too."""
    found = []
    reasons = {c.article.path: c.reason for c in desk.archive.copies[slip.path]}
    for copy in repeated:
        own: tuple[str, ...] = ()
        if slip.flags & FULL and copy.flags & ODD and desk.odd[copy.path].references:
            before = set(attachments)
            _, attachments, _ = references.resolve(
                desk.odd[copy.path], url, desk.around, attachments
            )
            own = tuple(asset.url for asset in attachments if asset not in before)
        reason = reasons[copy.path]
        raw = changes = ""
        if slip.flags & copy.flags & FULL:
            raw = routes.raw_text(url, _body(copy).hex())
            if reason != dedupe.REPEAT and slip.skeleton and copy.skeleton:
                changes = routes.changes(url, desk.places.owners.get(copy.path, copy.path))
        ruled = reason == dedupe.RULED
        found.append(AppearanceRow(copy.number, own, ruled, reason, raw, changes))
    return tuple(found), attachments


def _body(slip: Slip) -> bytes:
    """The digest of a text."""
    return slip.tie[-16:]


def _kin(slip: Slip, url: str, desk: Desk) -> tuple[tuple[KinRow, ...], bytes]:
    """What a page says of others, and a digest of it: with the texts of those whose differences are shown
    below its own address."""
    found, parts = [], []
    for path, verdict, later in desk.links.get(slip.path, ()):
        other = desk.slip_of[path]
        _, card = desk.card(other)
        changes = ""
        if verdict in _COMPARED:
            own = desk.places.owners.get(slip.path, slip.path)
            changes = routes.changes(*((card.url, own) if later else (url, card.id)))
        found.append(KinRow(verdict, later, card, changes))
        shown = _body(other) if changes and not later else b""
        parts.append(bytes_of((verdict, later, card.digest, changes, shown)))
    return tuple(found), blake2b(b"".join(parts), digest_size=16).digest()


_COMPARED = frozenset({Verdict.VERSION, Verdict.REVISION})
