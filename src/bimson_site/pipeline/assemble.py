"""Rows and articles become what planners see: stories, cards, partitions.

The other half of `stories` and `shelve`: they say which articles stand where, and here the articles
are put in. Pure, and so it runs wherever the pages are drawn. A partition is shelved with leaves, fetched (numbers of
cards, rows of stories; packed, where a worker is to do the rest), and assembled.
"""

from __future__ import annotations

import marshal
import pickle
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from bimson_site.model import (
    UNDATED,
    Anniversaries,
    Anniversary,
    Appearance,
    AppearanceRow,
    Article,
    Assets,
    Blocks,
    Card,
    CardRow,
    Clusters,
    Counts,
    Face,
    Facets,
    Finder,
    Kin,
    KinRow,
    Leaf,
    OldAddresses,
    Partition,
    Release,
    Shards,
    Shelf,
    Standing,
    Story,
    StoryRow,
    Term,
    TermIndex,
    TermPeriod,
    Vanished,
    Whole,
    Year,
    digest,
    sealed,
)
from bimson_site.pipeline import stacks
from bimson_site.pipeline.records import Found, Wanted
from bimson_site.pipeline.stacks import Stacks

# The fields of each partition that hold rows.
_ROWS: Mapping[type, tuple[str, ...]] = {
    Shelf: ("stories", "cards", "earlier", "later"),
    Year: ("loose",),
    Anniversary: ("cards",),
    Term: ("newest",),
    TermPeriod: ("cards",),
    Standing: ("story",),
    Clusters: ("stories",),
    Blocks: ("cards",),
    Whole: ("first", "last", "latest", "featured", "pages", "only", "calendar"),
}
# Those of them that hold leaves of stories; all other leaves are of cards.
_STORIES: Mapping[type, tuple[str, ...]] = {
    Shelf: ("stories",),
    Clusters: ("stories",),
    Whole: ("only",),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """A partition whose cards and stories are rows; its key names it among all, its digest changes
    with everything that any of its pages may read but texts and templates."""

    key: str
    partition: Partition
    digest: str


def outline(partition: Partition) -> Outline:
    return Outline(name(partition), partition, digest(partition))


def name(partition: Partition) -> str:
    """What a partition is called among all: the address of its first page, or of what it is about."""
    match partition:
        case Shelf():
            return f"shelf {partition.year:04}-{partition.month:02}"
        case Year():
            return f"year {partition.year}"
        case Anniversary():
            return f"day {partition.month:02}-{partition.day:02}"
        case Anniversaries():
            return "days"
        case Term():
            return f"term {partition.ref.url}"
        case TermPeriod():
            return f"period {partition.period.url}"
        case TermIndex():
            return f"index {partition.kind.value}"
        case Standing():
            return f"page {partition.story.url}"
        case Assets():
            return "files"
        case Vanished():
            return f"gone {partition.ledger}"
        case Whole():
            return "whole"
        case OldAddresses():
            return "old addresses"
        case Clusters():
            return "clusters"
        case Counts():
            return "counts"
        case Release():
            return "release"
        case Shards():
            return f"words {partition.segment.name} {partition.terms.part}"
        case Blocks():
            return f"found {partition.segment.name} {partition.first}"
        case Facets():
            return f"facets {partition.segment.name}"
        case Finder():
            return "search"


Cards = dict[int, Card]


class Rows(Protocol):
    """Whoever has the rows of cards by number."""

    def row(self, number: int) -> CardRow: ...


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rows of cards, packed, one after the other in the order of their articles' numbers; where each begins."""

    data: bytearray
    starts: array[int]

    def row(self, number: int) -> CardRow:
        packed = self.data[self.starts[number] : self.starts[number + 1]]
        return CardRow._make(marshal.loads(packed))  # noqa: S302 - made by `catalogue`


def catalogue(rows: dict[int, bytes]) -> Catalogue:
    """The catalogue of some cards by number, from their rows as `stacks` packs them; these go one by one, for all of them
    are large."""
    data, starts = bytearray(), array("Q", [0])
    for number in range(max(rows, default=-1) + 1):
        data += rows.pop(number, b"")
        starts.append(len(data))
    return Catalogue(data, starts)


class _Bundle(NamedTuple):
    """Stories as their shelves keep them."""

    packed: tuple[bytes, ...]


def fetched(partition: Partition, kept: Stacks) -> Partition:
    """A partition with the rows of its stories, and the numbers of its cards, in the place of leaves."""
    return _opened(_fetched(partition, kept))


def packed(partition: Partition, kept: Stacks) -> bytes:
    """A partition as it would be `fetched`, as bytes, for `opened` in this build."""
    data = stacks.pickled(_fetched(partition, kept))
    # What is small gains nothing, and in a small archive most is.
    return zlib.compress(data, 1) if len(data) > _LARGE else data


def opened(data: bytes) -> Partition:
    """A partition that was packed, as it was fetched."""
    whole = data if data.startswith(pickle.PROTO) else zlib.decompress(data)
    return _opened(stacks.unpickled(whole))


_LARGE = 8_192  # bytes


def _fetched(partition: Partition, kept: Stacks) -> Partition:
    kind = type(partition)
    found: dict[str, Any] = {}
    for name in _ROWS.get(kind, ()):
        rows: Any = getattr(partition, name)
        if type(rows) is Year:
            found[name] = _fetched(rows, kept)
        elif type(rows) is tuple and rows and type(rows[0]) is Leaf:
            if name in _STORIES.get(kind, ()):
                found[name] = _Bundle(tuple(kept.stories(leaf) for leaf in rows))
            else:
                found[name] = numbers = array("I")
                for leaf in rows:
                    numbers.extend(kept.numbers(leaf))
    return replace(partition, **found) if found else partition


def _opened(partition: Partition) -> Partition:
    names = _STORIES.get(type(partition), ())
    bundles = {name: rows for name in names if type(rows := getattr(partition, name)) is _Bundle}
    if not bundles:
        return partition
    found = {
        name: tuple(StoryRow._make(row) for data in bundle.packed for row in stacks.unpickled(data))
        for name, bundle in bundles.items()
    }
    return replace(partition, **found)  # type: ignore[arg-type]


def wanted(*partitions: Partition) -> Wanted:
    """What `assemble` must be given for some partitions."""
    articles: set[int] = set()
    faces: set[int] = set()
    for partition in partitions:
        for each in _ROWS.get(type(partition), ()):
            _collect(getattr(partition, each), articles, faces)
    return Wanted(frozenset(articles), frozenset(faces))


def weight(partition: Partition) -> int:
    """About how many pages and lines a partition is made of."""
    if type(partition) is Shards:
        return len(partition.terms.rows)
    held = (getattr(partition, name) for name in _ROWS.get(type(partition), ()))
    return 1 + sum(_length(rows) for rows in held if rows)


def _length(rows: Any) -> int:
    if type(rows) is array:
        return len(rows)
    if type(rows) is tuple:
        return sum(row.length if type(row) is Leaf else 1 for row in rows)
    return 1


def time(partition: Partition) -> tuple[int, int]:
    """Year and month that a partition is about, zeros for those of all times: printed in this order, a card is
    shown again soon after it was drawn up."""
    match partition:
        case Shelf():
            return partition.year, partition.month
        case Year():
            return partition.year, 12
        case TermPeriod():
            return partition.period.year, partition.period.month
    return 0, 0


def _collect(rows: Any, articles: set[int], faces: set[int]) -> None:
    kind = type(rows)
    if kind is CardRow:
        faces.add(rows.number)
    elif kind is StoryRow:
        articles.add(rows.number)
        articles.update(copy.number for copy in rows.copies)
        for kin in rows.kin:
            faces.add(kin.card.number)
            if kin.changes and not kin.later:
                articles.add(kin.card.number)
    elif kind is array:
        faces.update(rows)
    elif kind is tuple:
        for row in rows:
            _collect(row, articles, faces)
    elif kind is Year:
        _collect(rows.loose, articles, faces)


def assemble(
    partition: Partition,
    found: Found,
    cards: Cards | None = None,
    listed: Rows | None = None,
) -> Partition:
    """A partition with its cards and stories, from one that was fetched and what it wants; `listed` has the rows of the
    cards of its lists. `cards` remembers what was drawn up before, by number: it is of one survey."""
    cards = {} if cards is None else cards
    names = _ROWS.get(type(partition), ())
    if not names:
        return partition
    drawn = {each: _drawn(getattr(partition, each), found, cards, listed) for each in names}
    if isinstance(partition, Whole):
        drawn["first"], drawn["last"] = (_when(drawn[each]) for each in ("first", "last"))
        drawn["pages"] = tuple(
            Card(s.url, s.article.title, UNDATED, noindex=s.article.noindex) for s in drawn["pages"]
        )
        drawn["only"] = drawn["only"][0] if drawn["only"] else None
    return replace(partition, **drawn)


def _when(cards: Any) -> Any:
    return cards[0].published if isinstance(cards, tuple) else UNDATED


def _drawn(rows: Any, found: Found, cards: Cards, listed: Rows | None = None) -> Any:
    kind = type(rows)
    if kind is CardRow:
        known = cards.get(rows.number)
        if known is None:
            known = cards[rows.number] = card(rows, found.faces[rows.number])
        return known
    if kind is StoryRow:
        return story(rows, found, cards)
    if kind is array:
        assert listed is not None  # whoever fetches a partition has the rows
        for number in rows:
            if number not in cards:
                cards[number] = card(listed.row(number), found.faces[number])
        return tuple([cards[number] for number in rows])
    if kind is tuple:
        return tuple([_drawn(row, found, cards) for row in rows])
    if kind is Year:
        return replace(rows, loose=_drawn(rows.loose, found, cards, listed))
    return rows


def card(row: CardRow, face: Face) -> Card:
    """All that any other page may know of an article."""
    return Card(
        url=row.url,
        title=face.title,
        published=face.published,
        id=row.id,
        updated=None if row.record else face.updated,
        authors=row.authors,
        section=row.section,
        source=row.source,
        summary="" if row.record else face.summary,
        language=face.language,
        noindex=face.noindex,
        record=row.record,
        digest=row.digest.hex(),
    )


def story(row: StoryRow, found: Found, cards: Cards) -> Story:
    """One page of the archive; its article bears the id under which it owns its address."""
    articles = found.articles
    article = articles[row.number]
    return Story(
        article=article if article.id == row.id else sealed(replace(article, id=row.id)),
        url=row.url,
        authors=row.authors,
        sections=row.sections,
        tags=row.tags,
        source=row.source,
        copies=_appearances(row.copies, articles),
        links=row.links,
        attachments=row.attachments,
        moved=row.moved,
        canonical=row.canonical,
        kin=tuple([_kin(each, found, cards) for each in row.kin]),
        pictures=row.pictures,
        places=row.places,
        files=row.files,
        digest=row.digest.hex(),
    )


def _kin(row: KinRow, found: Found, cards: Cards) -> Kin:
    compared = bool(row.changes) and not row.later
    return Kin(
        row.verdict,
        row.later,
        _drawn(row.card, found, cards),
        row.changes,
        found.articles[row.card.number].body if compared else None,
    )


def _appearances(
    copies: Iterable[AppearanceRow], articles: Mapping[int, Article]
) -> tuple[Appearance, ...]:
    return tuple([_appearance(articles[row.number], row) for row in copies])


def _appearance(article: Article, row: AppearanceRow) -> Appearance:
    return Appearance(
        path=article.path,
        title=article.title,
        published=article.published,
        authors=article.authors,
        source=article.source,
        source_url=article.source_url,
        files=row.files,
        ruled=row.ruled,
        reason=row.reason,
        raw=row.raw,
        changes=row.changes,
        body=article.body if row.raw else None,
        collected=article.collected,
    )
