"""Cards as rows: for each line of a list, what others decide about it; and what all rows are made with.

Unites terms and copies. Rows are made shelf by shelf, so that those of a shelf on which nothing is another need not be
made again. Before: `pipeline.drafts`; next: `pipeline.stories`, `stacks`; `assemble` makes cards of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple

from bimson_site.model import (
    NOINDEX,
    Archive,
    Article,
    Asset,
    CardRow,
    Link,
    Picture,
    Place,
    Slip,
    Sources,
    TermRef,
    bytes_of,
)
from bimson_site.pipeline import dedupe, terms
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.drafts import Draft, Record, by_origin
from bimson_site.pipeline.records import kinds_of
from bimson_site.pipeline.references import Answering, Surroundings
from bimson_site.pipeline.terms import Glossary, TermKey, Wording
from bimson_site.text import vietnamese


class Entry(NamedTuple):
    """A card with its date, the terms under which it is listed, and whether search engines may list its
    page by it: not by a record of another source, which has an entry too."""

    instant: int
    day: int
    card: CardRow
    keys: tuple[TermKey, ...]
    listed: bool


class _Told(NamedTuple):
    """Terms of one kind as links, by name; a digest of them; the terms under which a card is listed by
    them, which are those above too."""

    refs: tuple[TermRef, ...]
    names: tuple[str, ...]
    digest: bytes
    listed: tuple[TermKey, ...]


Terms = tuple[_Told, ...]  # of each `TermKind`, in its order
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
    told_of: dict[str, tuple[Terms, CardRow]] = field(default_factory=dict)
    named: tuple[dict[bytes, _Told], ...] = field(default_factory=lambda: ({}, {}, {}, {}))

    @cached_property
    def slip_of(self) -> Mapping[str, Slip]:
        """The slips of all keepers, made only where pages name each other."""
        return {slip.path: slip for slip in self.archive.keepers}

    def card(self, slip: Slip) -> tuple[Terms, CardRow]:
        """The terms and the card of an article that has a page."""
        path = slip.path
        if found := self.told_of.get(path):
            return found
        told = self.keeper(slip)
        row = card(slip, told, self.places.of[path], self.places.owners.get(path, path))
        if len(self.told_of) > _REMEMBERED:
            self.told_of.clear()
        made = self.told_of[path] = told, row
        return made

    def keeper(self, slip: Slip) -> Terms:
        """The terms of an article that has a page: with its copies of one source it speaks with one voice."""
        if slip.path in self.archive.copies:
            at_home, _ = by_origin(slip, [c.article for c in self.archive.copies[slip.path]])
            return self.told(self.wording.keys_of_all((slip, *at_home)))
        return self.told_alone(slip)

    def told_alone(self, slip: Slip) -> Terms:
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

    def told(self, kinds: Iterable[tuple[TermKey, ...]]) -> Terms:
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
            vietnamese.nfc(path)
            for path in (*self.sources.articles, *(s.path for s in self.sources.hidden))
            if path not in self.places.of
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


def entries(draft: Draft, desk: Desk) -> list[Entry]:
    """The cards of a shelf, oldest first."""
    found = []
    for slip in draft.keepers:
        told, row = desk.card(slip)
        keys = (*told[0].listed, *told[1].listed, *told[2].listed, *told[3].listed)
        found.append(Entry(slip.instant, slip.day, row, keys, not slip.flags & NOINDEX))
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


def card(slip: Slip, told: Terms, url: str, name: str) -> CardRow:
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
