"""The archive becomes rows: for each page and each line of a list, what others decide about it.

Takes the folded archive and its addresses; unites terms and copies, resolves references, gathers old
addresses. Never decides what repeats what (`pipeline.dedupe`) nor what a reference means. Next:
`pipeline.references`, `shelve`; `assemble` makes stories and cards of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from bimson_site.errors import Problem
from bimson_site.model import (
    NOINDEX,
    ODD,
    Access,
    AppearanceRow,
    Archive,
    Article,
    Asset,
    CardRow,
    Cluster,
    Slip,
    Sources,
    StoryRow,
    TermKind,
    TermRef,
    bytes_of,
    digest,
)
from bimson_site.pipeline import dedupe, references, terms
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.references import Surroundings
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


class Dated(NamedTuple):
    """A story with its date."""

    instant: int
    day: int
    story: StoryRow


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that has a page or a card: stories and entries by date, and ordinary pages."""

    stories: tuple[Dated, ...]
    entries: tuple[Entry, ...]
    pages: tuple[StoryRow, ...]


# An ordinary page is listed nowhere, whatever terms it names.
_NO_TERMS: tuple[tuple[TermKey, ...], ...] = ((), (), (), ())


class _Told(NamedTuple):
    """Terms as links, by name, and a digest of them."""

    refs: tuple[TermRef, ...]
    names: tuple[str, ...]
    digest: bytes


@dataclass(frozen=True)
class _Desk:
    """What every row is made with."""

    archive: Archive
    odd: Mapping[str, Article]
    places: Addresses
    wording: Wording
    glossary: Glossary
    sources: Sources
    static: Mapping[str, str]
    base_url: str
    known: dict[tuple[TermKey, ...], _Told] = field(default_factory=dict)

    def told(self, keys: tuple[TermKey, ...]) -> _Told:
        """Some terms together; many articles have the same."""
        known = self.known.get(keys)
        if known is None:
            refs = self.glossary.refs_of(keys)
            digests = b"".join([self.glossary.digests[key] for key in keys])
            known = self.known[keys] = _Told(refs, tuple([ref.name for ref in refs]), digests)
        return known

    @cached_property
    def around(self) -> Surroundings:
        """Made only where an article refers to something: most do not."""
        files = {vietnamese.nfc(source.path): source for source in self.sources.beside}
        unpublished = frozenset(
            vietnamese.nfc(s.path)
            for s in (*self.sources.articles, *self.sources.hidden)
            if s.path not in self.places.of
        )
        named = _names(self.archive, self.odd, self.places, self.base_url)
        return Surroundings(files, self.base_url, named, self.static, unpublished)


def hold(
    archive: Archive,
    odd: Mapping[str, Article],
    places: Addresses,
    wording: Wording,
    glossary: Glossary,
    sources: Sources,
    static: Mapping[str, str],
    base_url: str,
) -> tuple[Held, tuple[Problem, ...]]:
    """The rows of the whole archive; and the problems of what articles refer to."""
    desk = _Desk(archive, odd, places, wording, glossary, sources, static, base_url)
    stories: list[Dated] = []
    listed: list[Entry] = []
    problems: list[Problem] = []
    for slip in archive.keepers:
        keys = wording.keys_of(slip)
        cluster = archive.clusters.get(slip.path)
        if cluster is not None:
            keys = _keys_of(terms.united(cluster))
            listed += _records(slip, cluster, desk)
        own = _card(slip, keys, places.of[slip.path], desk)
        shown = not slip.flags & NOINDEX
        listed.append(Entry(slip.instant, slip.day, own, _with_parents(keys), shown))
        story, found = _story(slip, cluster, keys, own, desk)
        stories.append(Dated(slip.instant, slip.day, story))
        problems += found
    pages = []
    for slip in archive.pages:
        card = _card(slip, _NO_TERMS, places.of[slip.path], desk)
        story, found = _story(slip, None, _NO_TERMS, card, desk)
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


def _keys_of(articles: Iterable[Article]) -> tuple[tuple[TermKey, ...], ...]:
    articles = tuple(articles)
    return tuple(terms.keys_of(articles, kind) for kind in TermKind)


def _with_parents(keys: tuple[tuple[TermKey, ...], ...]) -> tuple[TermKey, ...]:
    """The terms under which a card is listed: its own, and the sections above its own."""
    sections = keys[2]
    if any("/" in name for _, name in sections):
        above = (each for key in sections for each in (*terms.parents(key), key))
        keys = (*keys[:2], tuple(dict.fromkeys(above)), *keys[3:])
    return tuple(chain.from_iterable(keys))


def _card(slip: Slip, keys: tuple[tuple[TermKey, ...], ...], url: str, desk: _Desk) -> CardRow:
    authors, _, sections, sources = keys
    return _sealed(
        slip.face,
        slip.number,
        url,
        desk.places.owners.get(slip.path, slip.path),
        desk.told(authors).names,
        desk.told(sections).names[0] if sections else "",
        desk.told(sources).names[0] if sources else "",
        record=False,
    )


def _sealed(
    face: bytes,
    number: int,
    url: str,
    name: str,
    authors: tuple[str, ...],
    section: str,
    source: str,
    *,
    record: bool,
) -> CardRow:
    shown = bytes_of((url, name, authors, section, source, record))
    sum_ = blake2b(face + shown, digest_size=16).digest()
    return CardRow(number, url, name, authors, section, source, record, sum_)


def _records(slip: Slip, cluster: Cluster, desk: _Desk) -> list[Entry]:
    """A card for each other source of a text: that of the first of its copies, with the bylines of all."""
    home = dedupe.origin(cluster.keeper)
    by_path = {copy.article.path: copy.article for copy in desk.archive.copies[slip.path]}
    others: dict[str, list[Article]] = {}
    for article in cluster.copies:
        if (origin := dedupe.origin(article)) != home:
            others.setdefault(origin, []).append(article)
    found = []
    for origin, articles in others.items():
        keys = _keys_of(articles)
        names = [desk.told(each).names for each in keys]
        first = by_path[articles[0].path]
        card = _sealed(
            first.face,
            first.number,
            desk.places.of[slip.path],
            desk.places.owners.get(first.path, first.path),
            names[0],
            names[2][0] if names[2] else "",
            names[3][0] if names[3] else origin,
            record=True,
        )
        found.append(Entry(first.instant, first.day, card, _with_parents(keys), listed=False))
    return found


def _story(
    slip: Slip,
    cluster: Cluster | None,
    keys: tuple[tuple[TermKey, ...], ...],
    card: CardRow,
    desk: _Desk,
) -> tuple[StoryRow, list[Problem]]:
    """One page of the archive."""
    authors, tags, sections, own = map(desk.told, keys)
    sources = desk.told(desk.wording.keys_of(slip)[3]).refs if cluster else own.refs
    moved = desk.places.moved.get(slip.path, ())
    links, attachments, canonical, problems = _named_by(slip, card.url, desk)
    copies: tuple[AppearanceRow, ...] = ()
    if cluster:
        copies, attachments = _appearances(slip, cluster, card.url, desk, attachments)
    parts = [slip.digest, card.digest, authors.digest, b"|", tags.digest, b"|", sections.digest]
    parts += [b"|", own.digest]
    if moved or links or attachments or canonical or cluster:
        slips = [copy.article.digest for copy in desk.archive.copies.get(slip.path, ())]
        files = tuple(copy.files for copy in copies)
        rest = (moved, links, attachments, canonical, files, tuple(slips), sources)
        parts.append(bytes.fromhex(digest(rest)))
    row = StoryRow(
        slip.number,
        card.url,
        card.id,
        authors.refs,
        sections.refs,
        tags.refs,
        sources[0] if sources else None,
        copies,
        links,
        attachments,
        tuple(moved),
        canonical,
        blake2b(b"".join(parts), digest_size=16).digest(),
    )
    return row, problems


def _named_by(
    slip: Slip, url: str, desk: _Desk
) -> tuple[tuple[tuple[str, str], ...], tuple[Asset, ...], str, list[Problem]]:
    """What an article refers to: links, files beside it, the address that it stands for; problems."""
    article = desk.odd[slip.path] if slip.flags & ODD else None
    if article is None or not (article.references or article.canonical):
        return (), (), "", []
    links, attachments, problems = references.resolve(article, url, desk.around)
    canonical, unknown = references.canonical(article, url, desk.around)
    return links, attachments, canonical, [*problems, *unknown]


def _appearances(
    slip: Slip, cluster: Cluster, url: str, desk: _Desk, attachments: tuple[Asset, ...]
) -> tuple[tuple[AppearanceRow, ...], tuple[Asset, ...]]:
    """The copies, each with the files that only it has; those are published beside the page too."""
    numbers = {c.article.path: c.article.number for c in desk.archive.copies[slip.path]}
    found = []
    for article in cluster.copies:
        own: tuple[str, ...] = ()
        if cluster.keeper.access is Access.FULL and article.references:
            before = set(attachments)
            _, attachments, _ = references.resolve(article, url, desk.around, attachments)
            own = tuple(asset.url for asset in attachments if asset not in before)
        found.append(AppearanceRow(numbers[article.path], own))
    return tuple(found), attachments
