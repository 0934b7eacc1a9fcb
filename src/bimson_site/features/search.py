"""Search: the page, the scripts, and the index that they read.

Plans the files of the index; what stands in them is made by `index.postings` when they are drawn, for that needs the
words of all texts. The form of the files: docs/reference/search-format.md; why it is so: docs/explanation/search.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View, templated
from bimson_site.index import postings, reader
from bimson_site.index.common import common
from bimson_site.model import Blocks, Card, Facets, Finder, Masthead, Page, Shards
from bimson_site.theme.engine import Press
from bimson_site.theme.vocabulary import filters, json_script

MOST_FOR_FOUR = 80_000  # articles


def plan_shards(shards: Shards, _masthead: Masthead) -> Iterator[Page]:
    segment, terms = shards.segment, shards.terms
    pairs, words = segment.shards // terms.parts, segment.words // terms.parts
    slots = [
        *range(terms.part * pairs, (terms.part + 1) * pairs),
        *(segment.shards + terms.part * words + at for at in range(words)),
    ]
    for place, slot in enumerate(slots):
        url = routes.search_shard(segment.name, slot)
        inputs = (place, segment.shards, segment.words, segment.articles)
        yield Page(url, "search-shard", inputs, (terms,), owner="search")


def plan_blocks(blocks: Blocks, _masthead: Masthead) -> Iterator[Page]:
    size = blocks.segment.block
    for start in range(0, len(blocks.cards), size):
        url = routes.search_block(blocks.segment.name, (blocks.first + start) // size)
        yield Page(url, "search-block", blocks.cards[start : start + size], owner="search")


def plan_facets(facets: Facets, _masthead: Masthead) -> Iterator[Page]:
    url = routes.search_facets(facets.segment.name)
    yield Page(url, "search-facets", facets, owner="search")


def plan_entry(finder: Finder, _masthead: Masthead) -> Iterator[Page]:
    reads = (finder.titles,)
    yield Page(routes.SEARCH_ENTRY, "search-entry", finder, reads, owner="search")
    yield Page(routes.SEARCH, "search", None, owner="search")
    for asset in finder.scripts:
        yield Page(asset.url, "file", asset, owner="search")


# The shards of one part are made together, and drawn one after the other.
_made: dict[tuple[str, int, int], list[bytes]] = {}  # by segment, part and parts


def _shard(page: Page, texts: Sequence[Any], _press: Press) -> bytes:
    place, pairs, words, articles = page.inputs  # type: ignore[misc]
    (terms,) = page.reads
    key = terms.digest, terms.part, terms.parts  # type: ignore[union-attr]
    if key not in _made:
        _made.clear()
        _made[key] = postings.shards(texts[0], articles, *key[1:], (pairs, words))  # type: ignore[has-type]
    return _made[key][place]  # type: ignore[has-type]


def _block(page: Page, _texts: Sequence[str], press: Press) -> bytes:
    cards: tuple[Card, ...] = page.inputs  # type: ignore[assignment]
    day = filters(press.masthead.language, press.words)["day"]
    link = routes.links_from(routes.SEARCH, explicit=press.masthead.explicit_links)
    return _json([(link(c.url), c.title, day(c.published), c.section, c.authors) for c in cards])


def _facets(page: Page, _texts: Sequence[str], _press: Press) -> bytes:
    facets = page.inputs
    assert isinstance(facets, Facets)
    columns = (facets.sections, facets.authors, facets.section_of, facets.authors_of)
    return _json(dict(zip(("sections", "authors", "section", "author"), columns, strict=True)))


def _entry(page: Page, texts: Sequence[Any], _press: Press) -> bytes:
    finder = page.inputs
    assert isinstance(finder, Finder)
    told = {
        "format": reader.FORMAT,
        "segments": [
            {
                "folder": s.name,
                "articles": s.articles,
                "shards": s.shards,
                "words": s.words,
                "block": s.block,
                "years": s.years,
            }
            for s in finder.segments
        ],
        # Of a larger archive a pair costs readers more: 40 KB at 100,000 articles.
        "pairs": 4 if sum(s.articles for s in finder.segments) <= MOST_FOR_FOUR else 3,
        "common": common(texts[0]),
        "synonyms": dict(finder.synonyms),
    }
    return _json(told)


def _json(value: object) -> bytes:
    return f"{json_script(value)}\n".encode("utf-8", "replace")


EXTENSION = Extension(
    "search",
    planners=(
        Planner("words", Shards, plan_shards),
        Planner("results", Blocks, plan_blocks),
        Planner("facets", Facets, plan_facets),
        Planner("search", Finder, plan_entry),
    ),
    views=(
        View("search-shard", _shard),
        View("search-block", _block),
        View("search-facets", _facets),
        View("search-entry", _entry),
        templated("search", "search.html"),
    ),
)
