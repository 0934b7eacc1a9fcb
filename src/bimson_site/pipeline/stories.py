"""The archive becomes rows: for each page and each line of a list, what others decide about it.

Takes the folded archive and its addresses; unites terms and copies, resolves references, gathers old
addresses. Never decides what repeats what (`pipeline.dedupe`) nor what a reference means. Next:
`pipeline.references`, `shelve`; `assemble` makes stories and cards of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


class Entry(NamedTuple):
    """A card with its date, the terms under which it is listed, and whether search engines may list its
    page by it: not by a record of another source, which has an entry too."""

    instant: int
    day: int
    card: CardRow
    keys: tuple[TermKey, ...]
    listed: bool


class Dated(NamedTuple):
    """A story with its date, and the digests of its articles. Unlike the row's own these do not tell when
    the files beside it were written, so they are the same on every machine."""

    instant: int
    day: int
    story: StoryRow
    articles: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that has a page or a card: stories and entries by date, and ordinary pages."""

    stories: tuple[Dated, ...]
    entries: tuple[Entry, ...]
    pages: tuple[StoryRow, ...]


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


@dataclass(frozen=True)
class _Desk:
    """What every row is made with."""

    archive: Archive
    odd: Mapping[str, Article]
    places: Addresses
    wording: Wording
    glossary: Glossary
    sources: Sources
    static: Mapping[str, Asset]
    base_url: str
    answers_of: Callable[[Sequence[Entry]], Answering]
    links: Mapping[str, Sequence[Link]] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    media_base: str = ""
    vanished: Mapping[str, Place] = field(default_factory=dict)
    listed: list[Entry] = field(default_factory=list)
    known: dict[tuple[TermKey, ...], _Told] = field(default_factory=dict)
    named: tuple[dict[bytes, _Told], ...] = field(default_factory=lambda: ({}, {}, {}, {}))
    told_of: dict[str, tuple[_Terms, CardRow]] = field(default_factory=dict)

    @cached_property
    def slip_of(self) -> Mapping[str, Slip]:
        """The slips of all keepers, made only where pages name each other."""
        return {slip.path: slip for slip in self.archive.keepers}

    def keeper(self, slip: Slip) -> tuple[_Terms, CardRow]:
        """The terms and the card of an article that has a page: with its copies of one source it speaks
        with one voice."""
        if found := self.told_of.get(slip.path):
            return found
        places = self.places
        if slip.path in self.archive.copies:
            at_home, _ = _by_origin(slip, [c.article for c in self.archive.copies[slip.path]])
            told = self.told(self.wording.keys_of_all((slip, *at_home)))
        else:
            told = self.told_alone(slip)
        name = places.owners.get(slip.path, slip.path)
        made = told, _card(slip, told, places.of[slip.path], name)
        if self.links:  # others may ask for it
            self.told_of[slip.path] = made
        return made

    def told_alone(self, slip: Slip) -> _Terms:
        """The terms that an article itself names; looked up as they stand in its slip, for that is quicker."""
        authors, tags, sections, sources = kinds_of(slip.terms)
        one, two, three, four = self.named
        try:
            return one[authors], two[tags], three[sections], four[sources]
        except KeyError:
            told = self.told(self.wording.keys_of(slip))
            one[authors], two[tags], three[sections], four[sources] = told
            return told

    def told(self, kinds: Iterable[tuple[TermKey, ...]]) -> _Terms:
        """The terms of an article; many articles have the same."""
        known = self.known
        return tuple([known.get(keys) or self._told(keys) for keys in kinds])

    def _told(self, keys: tuple[TermKey, ...]) -> _Told:
        refs = self.glossary.refs_of(keys)
        names = tuple(ref.name for ref in refs)
        digests = b"".join(self.glossary.digests[key] for key in keys) + b"|"
        above = (each for key in keys for each in (*terms.parents(key), key))
        made = self.known[keys] = _Told(refs, names, digests, tuple(dict.fromkeys(above)))
        return made

    @cached_property
    def around(self) -> Surroundings:
        """Made only where an article refers to something: most do not; and when all entries are listed."""
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
            self.answers_of(self.listed),
            self.pictures,
            self.media_base,
        )


def hold(
    archive: Archive,
    odd: Mapping[str, Article],
    places: Addresses,
    wording: Wording,
    glossary: Glossary,
    sources: Sources,
    static: Mapping[str, Asset],
    base_url: str,
    answers_of: Callable[[Sequence[Entry]], Answering],
    links: Mapping[str, Sequence[Link]] = {},
    pictures: Mapping[str, Picture] = {},
    media_base: str = "",
    vanished: Iterable[Place] = (),
) -> tuple[Held, tuple[Problem, ...]]:
    """The rows of the whole archive; and the problems of what articles refer to. `links` is what pages say
    of others (`kin.links`), `vanished` the places of places.yaml; `answers_of` tells, when all entries are known, what answers an
    address."""
    desk = _Desk(
        archive,
        odd,
        places,
        wording,
        glossary,
        sources,
        static,
        base_url,
        answers_of,
        links,
        pictures,
        media_base,
        {place.name: place for place in vanished},
    )
    stories: list[Dated] = []
    listed = desk.listed
    waiting = []
    problems: list[Problem] = []
    owners, of, copies_of = places.owners, places.of, archive.copies
    for slip in archive.keepers:
        told, card = desk.keeper(slip)
        source = told[3].refs[:1]
        copies: list[Slip] = []
        if slip.path in copies_of:
            source = desk.told_alone(slip)[3].refs[:1]
            copies = [copy.article for copy in copies_of[slip.path]]
            listed += _records(slip, _by_origin(slip, copies)[1], desk)
        keys = (*told[0].listed, *told[1].listed, *told[2].listed, *told[3].listed)
        listed.append(Entry(slip.instant, slip.day, card, keys, not slip.flags & NOINDEX))
        if copies or slip.flags & ODD:  # may refer to any page: when all are known
            waiting.append((slip, copies, told, source, card))
            continue
        story, _ = _story(slip, (), told, source, card, desk)
        stories.append(Dated(slip.instant, slip.day, story, slip.digest))
    for slip, copies, told, source, card in waiting:
        story, found = _story(slip, copies, told, source, card, desk)
        articles = b"".join(each.digest for each in (slip, *copies))
        stories.append(Dated(slip.instant, slip.day, story, articles))
        problems += found
    pages = []
    for slip in archive.pages:
        told = desk.told(_NO_TERMS)
        card = _card(slip, told, of[slip.path], owners.get(slip.path, slip.path))
        story, found = _story(slip, [], told, (), card, desk)
        pages.append(story)
        problems += found
    stories.sort(key=lambda s: (s.instant, s.story.url))
    listed.sort(key=lambda e: (e.instant, e.card.url, e.card.record, e.card.id))
    return Held(tuple(stories), tuple(listed), tuple(pages)), tuple(problems)


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


def _records(slip: Slip, elsewhere: Mapping[str, Sequence[Slip]], desk: _Desk) -> Iterator[Entry]:
    """A card for each other source of a text: that of the first of its copies, with the bylines of all."""
    for origin, copies in elsewhere.items():
        told = desk.told(desk.wording.keys_of_all(copies))
        authors, _, sections, sources = told
        first = copies[0]
        card = _sealed(
            first,
            desk.places.of[slip.path],
            desk.places.owners.get(first.path, first.path),
            authors.names,
            sections.names[0] if sections.names else "",
            sources.names[0] if sources.names else origin,
            record=True,
        )
        keys = tuple(key for each in told for key in each.listed)
        yield Entry(first.instant, first.day, card, keys, listed=False)


def _story(
    slip: Slip,
    repeated: Sequence[Slip],
    told: _Terms,
    source: tuple[TermRef, ...],
    card: CardRow,
    desk: _Desk,
) -> tuple[StoryRow, Sequence[Problem]]:
    """One page of the archive; `source` is the keeper's own, if it names one."""
    authors, tags, sections, sources = told
    moved = desk.places.moved.get(slip.path, ())
    links, attachments, canonical, problems = _named_by(slip, card.url, desk)
    copies: tuple[AppearanceRow, ...] = ()
    if repeated:
        copies, attachments = _appearances(slip, repeated, card.url, desk, attachments)
    pictures: tuple[Shown, ...] = ()
    files: tuple[Enclosed, ...] = ()
    if slip.flags & ODD:
        article = desk.odd[slip.path]
        files = references.enclosed(article, links, attachments, desk.around)
        pictures = references.shown(article, links, attachments, desk.around)
    kin, kin_digest = _kin(slip, card.url, desk)
    parts = [slip.digest, card.digest, authors.digest, tags.digest, sections.digest, sources.digest]
    if moved or links or attachments or canonical or repeated or files:
        slips = [copy.digest for copy in repeated]
        own = tuple(tuple(copy[1:]) for copy in copies)
        rest = (moved, links, attachments, canonical, own, tuple(slips), source, pictures, files)
        parts.append(bytes.fromhex(digest(rest)))
    if kin:
        parts.append(kin_digest)
    named = tuple([desk.vanished[name] for name in slip.mentions.split("\n") if name])
    if named:
        parts.append(bytes.fromhex(digest(named)))
    row = StoryRow(
        slip.number,
        card.url,
        card.id,
        authors.refs,
        sections.refs,
        tags.refs,
        source[0] if source else None,
        copies,
        links,
        attachments,
        tuple(moved),
        canonical,
        kin,
        pictures,
        named,
        files,
        blake2b(b"".join(parts), digest_size=16).digest(),
    )
    return row, problems


def _named_by(
    slip: Slip, url: str, desk: _Desk
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
    desk: _Desk,
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


def _kin(slip: Slip, url: str, desk: _Desk) -> tuple[tuple[KinRow, ...], bytes]:
    """What a page says of others, and a digest of it: with the texts of those whose differences are shown
    below its own address."""
    found, parts = [], []
    for path, verdict, later in desk.links.get(slip.path, ()):
        other = desk.slip_of[path]
        _, card = desk.keeper(other)
        changes = ""
        if verdict in _COMPARED:
            own = desk.places.owners.get(slip.path, slip.path)
            changes = routes.changes(*((card.url, own) if later else (url, card.id)))
        found.append(KinRow(verdict, later, card, changes))
        shown = _body(other) if changes and not later else b""
        parts.append(bytes_of((verdict, later, card.digest, changes, shown)))
    return tuple(found), blake2b(b"".join(parts), digest_size=16).digest()


_COMPARED = frozenset({Verdict.VERSION, Verdict.REVISION})
