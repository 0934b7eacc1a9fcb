"""Cuts the archive into the partitions of the search index: two segments in time, their words in parts.

All before the year of the newest article is one segment, that year the other, so that a new article changes nothing
of the years that are closed. Both are a function of the articles alone: nothing depends on what was indexed before.
Next: `features.search` plans the files, `index.postings` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

from bimson_site.index import postings, tokens
from bimson_site.model import (
    Asset,
    Blocks,
    Facets,
    Finder,
    Leaf,
    Segment,
    Shards,
    Terms,
    TermsRow,
    Titles,
)
from bimson_site.pipeline import stacks
from bimson_site.pipeline.shelve import Holdings
from bimson_site.pipeline.stacks import Found, Shelved, Stacks

# The form of the files: with another one their folders have other names, and no reader mixes the two.
FORM = b"3"
# Files of pairs of words of the older segment and of the newest year, and of blocks: bounds, because every file costs a host,
# and each of the newest year's is written again with every article (measured 2026-11-24: docs/performance.md).
SHARDS, SHARDS_OF_YEAR = 3_680, 240
BLOCKS, BLOCKS_OF_YEAR = 768, 32
ARTICLES_A_SHARD = 4  # in the older segment, so that a shard is some 6 KB
BLOCK = 32  # articles in a block, at the least
IN_PARTITION = 2_048  # articles that are fetched together to write blocks
# So many titles tell which words are common as well as all would, in 0.2 seconds instead of two at 100,000 articles.
TITLES = 8_192


def partitions(
    holdings: Holdings,
    kept: Stacks,
    scripts: Sequence[Asset],
    synonyms: Mapping[str, Sequence[str]] = {},
) -> Iterator[Finder | Shards | Blocks | Facets]:
    """The index of everything that search engines may list too; `synonyms` are other names of places by name."""
    found = [each for each in holdings.shelves if each.inventory.listed]
    undated = [each for each in found if not _year(each)]
    dated = [each for each in found if _year(each)]
    newest = _year(dated[-1]) if dated else 0
    older = [each for each in dated if _year(each) < newest]
    segments: list[Segment] = []
    articles: list[Found] = []
    for some, of_year in ((undated + older, False), (dated[len(older) :], True)):
        if some:
            segments.append(_segment(some, of_year=of_year))
            told = [each for shelved in some for each in kept.found(shelved.bound.address)]
            articles += told
            yield from _of(segments[-1], some, told)
    titles = _titles(articles, [segment.name for segment in segments])
    yield Finder(tuple(segments), titles, _folded(synonyms), tuple(scripts))


def _titles(found: Sequence[Found], names: Sequence[str]) -> Titles:
    """Those of some articles from all over the archive; the names of segments change with all of them."""
    some = found[:: -(-len(found) // TITLES) or 1]
    return Titles(tuple(each.number for each in some), " ".join(names))


def _year(shelved: Shelved) -> int:
    return shelved.inventory.shelf[0]


def _folded(synonyms: Mapping[str, Sequence[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Other names of places by name, as a reader types it; what is typed alike has the others of all."""
    found: dict[str, list[str]] = {}
    for name, others in synonyms.items():
        folded = " ".join(word.folded for word in tokens.words(name))
        found.setdefault(folded, []).extend(others)
    return tuple((name, tuple(dict.fromkeys(found[name]))) for name in sorted(found))


def _segment(found: Sequence[Shelved], *, of_year: bool) -> Segment:
    # The kind is in the name: the files of one year are others when it is closed.
    name = blake2b(FORM + (b"year" if of_year else b"older"), digest_size=8)
    count = 0
    years: dict[int, int] = {}
    for each in found:
        name.update(each.bound.of_found)
        years.setdefault(_year(each), count)
        count += each.inventory.listed
    most, share = (SHARDS_OF_YEAR, 1) if of_year else (SHARDS, ARTICLES_A_SHARD)
    shards = 1 << max(0, (count // share).bit_length() - (not of_year))
    blocks = BLOCKS_OF_YEAR if of_year else BLOCKS
    block = BLOCK
    while count > block * blocks:
        block *= 2
    shards = min(most, shards)
    words = 1 << max(0, shards.bit_length() - 4)  # they are a tenth of all that is kept
    return Segment(name.hexdigest(), count, shards, words, block, tuple(years.items()))


def _of(
    segment: Segment, shelves: Sequence[Shelved], found: Sequence[Found]
) -> Iterator[Shards | Blocks | Facets]:
    rows = tuple(_rows(found))
    parts = min(postings.parts(segment.articles), segment.shards & -segment.shards, segment.words)
    for part in range(parts):
        yield Shards(segment, Terms(rows, part, parts, segment.name))
    for first in range(0, len(found), IN_PARTITION):
        some = tuple(_slice(shelves, first, first + IN_PARTITION))
        yield Blocks(segment, first, some)  # type: ignore[arg-type]  # leaves, as in `shelve.Rows`
    sections = sorted({each.section for each in found if each.section})
    authors = sorted({name for each in found for name in each.authors})
    section_at = {name: at for at, name in enumerate(sections)}
    author_at = {name: at for at, name in enumerate(authors)}
    yield Facets(
        segment,
        tuple(sections),
        tuple(authors),
        tuple(section_at.get(each.section, -1) for each in found),
        tuple(tuple(author_at[name] for name in each.authors) for each in found),
    )


def _slice(shelves: Iterable[Shelved], first: int, end: int) -> Iterator[Leaf]:
    """The cards of some places in a segment; its name stands for all that they say."""
    at = 0
    for inventory, bound in shelves:
        start, stop = max(first - at, 0), min(end - at, inventory.listed)
        if start < stop:
            yield Leaf(inventory.address, stacks.FOUND, start, stop - start, bound.of_found)
        at += inventory.listed


def _rows(found: Iterable[Found]) -> Iterator[TermsRow]:
    """Copies are found by their titles too, and lead to the article that has the page."""
    for place, each in enumerate(found):
        yield TermsRow(place, each.number)
        for copy in each.copies:
            yield TermsRow(place, copy, copy=True)
