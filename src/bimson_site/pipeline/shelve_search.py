"""Cuts the archive into the partitions of the search index: two segments in time, their words in parts.

All before the year of the newest article is one segment, that year the other, so that a new article changes nothing
of the years that are closed. Both are a function of the articles alone: nothing depends on what was indexed before.
Next: `features.search` plans the files, `index.postings` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from bimson_site.index import postings, tokens
from bimson_site.model import (
    Asset,
    Blocks,
    CardRow,
    Facets,
    Finder,
    Segment,
    Shards,
    StoryRow,
    Terms,
    TermsRow,
    Titles,
)
from bimson_site.pipeline.shelve import Holdings

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


class _Found(NamedTuple):
    """An article that may be found: its day (yyyymmdd), its card, its story, the digest of what its files say."""

    day: int
    card: CardRow
    story: StoryRow
    digest: bytes


def partitions(
    holdings: Holdings, scripts: Sequence[Asset], synonyms: Mapping[str, Sequence[str]] = {}
) -> Iterator[Finder | Shards | Blocks | Facets]:
    """The index of everything that search engines may list too; `synonyms` are other names of places by name."""
    held = holdings.held
    own = (entry for entry in held.entries if not entry.card.record)
    pairs = zip(own, held.stories, strict=True)
    found = [_Found(e.day, e.card, s.story, s.articles) for e, s in pairs if e.listed]
    undated = [each for each in found if not each.day]
    dated = [each for each in found if each.day]
    newest = dated[-1].day // 10000 if dated else 0
    older = [each for each in dated if each.day // 10000 < newest]
    segments = []
    for some, of_year in ((undated + older, False), (dated[len(older) :], True)):
        if some:
            segments.append(_segment(some, of_year=of_year))
            yield from _of(segments[-1], some)
    titles = _titles(found, [segment.name for segment in segments])
    yield Finder(tuple(segments), titles, _folded(synonyms), tuple(scripts))


def _titles(found: Sequence[_Found], names: Sequence[str]) -> Titles:
    """Those of some articles from all over the archive; the names of segments change with all of them."""
    some = found[:: -(-len(found) // TITLES) or 1]
    return Titles(tuple(each.card.number for each in some), " ".join(names))


def _folded(synonyms: Mapping[str, Sequence[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Other names of places by name, as a reader types it; what is typed alike has the others of all."""
    found: dict[str, list[str]] = {}
    for name, others in synonyms.items():
        folded = " ".join(word.folded for word in tokens.words(name))
        found.setdefault(folded, []).extend(others)
    return tuple((name, tuple(dict.fromkeys(found[name]))) for name in sorted(found))


def _segment(found: Sequence[_Found], *, of_year: bool) -> Segment:
    # The kind is in the name: the files of one year are others when it is closed.
    name = blake2b(FORM + (b"year" if of_year else b"older"), digest_size=8)
    for each in found:
        name.update(each.card.digest + each.digest)
    count = len(found)
    most, share = (SHARDS_OF_YEAR, 1) if of_year else (SHARDS, ARTICLES_A_SHARD)
    shards = 1 << max(0, (count // share).bit_length() - (not of_year))
    blocks = BLOCKS_OF_YEAR if of_year else BLOCKS
    block = BLOCK
    while count > block * blocks:
        block *= 2
    years: dict[int, int] = {}
    for place, each in enumerate(found):
        years.setdefault(each.day // 10000, place)
    shards = min(most, shards)
    words = 1 << max(0, shards.bit_length() - 4)  # they are a tenth of all that is kept
    return Segment(name.hexdigest(), count, shards, words, block, tuple(years.items()))


def _of(segment: Segment, found: Sequence[_Found]) -> Iterator[Shards | Blocks | Facets]:
    rows = tuple(_rows(found))
    parts = min(postings.parts(segment.articles), segment.shards & -segment.shards, segment.words)
    for part in range(parts):
        yield Shards(segment, Terms(rows, part, parts, segment.name))
    cards = [each.card for each in found]
    for first in range(0, len(cards), IN_PARTITION):
        some = tuple(cards[first : first + IN_PARTITION])
        yield Blocks(segment, first, some)  # type: ignore[arg-type]  # rows, as in `shelve.Rows`
    sections = sorted({card.section for card in cards if card.section})
    authors = sorted({name for card in cards for name in card.authors})
    section_at = {name: at for at, name in enumerate(sections)}
    author_at = {name: at for at, name in enumerate(authors)}
    yield Facets(
        segment,
        tuple(sections),
        tuple(authors),
        tuple(section_at.get(card.section, -1) for card in cards),
        tuple(tuple(author_at[name] for name in card.authors) for card in cards),
    )


def _rows(found: Iterable[_Found]) -> Iterator[TermsRow]:
    """Copies are found by their titles too, and lead to the article that has the page."""
    for place, each in enumerate(found):
        yield TermsRow(place, each.story.number)
        for copy in each.story.copies:
            yield TermsRow(place, copy.number, copy=True)
