"""Articles of a built site by words, as its page of search finds them: what `search` shows.

Reads the published index with `index.reader`; makes none, and needs no cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bimson_site import routes
from bimson_site.effects import files
from bimson_site.index import reader
from bimson_site.index.reader import Index, Result
from bimson_site.text.visible import visible


class Found(NamedTuple):
    """How many articles were found, and the first of them; not `sure` where phrases were asked for and some texts were
    not looked through: then there may be fewer."""

    total: int
    results: tuple[Result, ...]
    sure: bool = True


class NoIndexError(Exception):
    """There is no index in the output folder, or one of another version."""


def find(folder: Path, words: str, most: int) -> Found:
    """The best results in the site that was built into a folder, at most so many."""
    try:
        index = Index(lambda path: files.read(folder, f"search/{path}"))
    except (FileNotFoundError, ValueError) as err:
        raise NoIndexError from err
    places = index.find(words)
    query = reader.parsed(words)
    if not query.phrases:
        return Found(len(places), tuple(index.card(*place) for place in places[:most]))
    kept: list[Result] = []
    for at, place in enumerate(places):
        result = index.card(*place)
        if reader.holds(query, _text(folder, result)):
            kept.append(result)
        if len(kept) == most:
            left = len(places) - at - 1
            return Found(len(kept) + left, tuple(kept), sure=not left)
    return Found(len(kept), tuple(kept))


def _text(folder: Path, result: Result) -> str:
    """The title and what its page shows."""
    try:
        html = files.read(folder, routes.output(result.url)).decode("utf-8", "replace")
    except OSError:
        return result.title
    article = html.partition("<article>")[2].partition("</article>")[0] or html
    return "\n".join([result.title, *(block.text for block in visible(article)[0])])


def as_json(result: Result) -> Mapping[str, object]:
    names = ("url", "title", "date", "section", "authors")
    return {name: getattr(result, name) for name in names}
