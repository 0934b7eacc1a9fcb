"""Which files of `content/` are articles, and which may stand beside them.

Owns the rule by name; never reads a file. `effects.files.walk` makes the listing.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from bimson_site.errors import Location, Problem, problem
from bimson_site.model import Source, Sources
from bimson_site.text import filenames

ENDINGS = (".md", ".markdown")


class Discovered(NamedTuple):
    """The article files, all that a listing holds, and what is wrong with it."""

    articles: tuple[Source, ...]
    sources: Sources
    problems: tuple[Problem, ...]


def discover(listing: Iterable[Source]) -> Discovered:
    """Sort a listing of `content/` into articles, files beside them, and hidden files.

    A file is hidden when its name or a folder's begins with a dot (editors' locks, `._x.md` of
    macOS). An article that is no regular file (a pipe would block a reader) is a problem.
    """
    articles, beside, hidden = [], [], []
    problems = []
    for source in sorted(listing, key=attrgetter("path")):
        path, size, regular, *_ = source
        plain = path.isascii() and "/." not in path and path[0] != "."
        if plain and regular and size >= 0 and path.endswith(ENDINGS):
            articles.append(source)  # as nearly all are
        elif not filenames.is_text(source.path):
            problems.append(problem("name-undecodable", Location(source.path)))
        elif source.size < 0:
            reason = "it cannot be read"
            problems.append(problem("source-unreadable", Location(source.path), reason=reason))
        elif "/." in source.path or source.path[0] == ".":
            hidden.append(source)
            if is_article(source.path):
                problems.append(problem("file-hidden", Location(source.path)))
        elif not is_article(source.path):
            beside.append(source)
        elif source.regular:
            articles.append(source)
        else:
            problems.append(
                problem("source-unreadable", Location(source.path), reason="not a regular file")
            )
    paths = tuple([source.path for source in articles])
    sources = Sources(paths, tuple(beside), tuple(hidden))
    return Discovered(tuple(articles), sources, tuple(problems))


def is_article(path: str) -> bool:
    return path.lower().endswith(ENDINGS)
