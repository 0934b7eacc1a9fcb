"""The block of an article between lines of +++ (Hugo's TOML), as nodes with their places.

Owns the only import of tomllib; values become text again, as they were written. Next:
`text.nodes` for what comes out, `text.frontmatter` for who asks.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from typing import Any

from bimson_site.errors import Problem
from bimson_site.text.nodes import (
    MAX_DEPTH,
    NO_FIELDS,
    TOO_DEEP,
    BlockError,
    Field,
    Fields,
    Items,
    Node,
    Text,
    column,
)

MAX_BYTES = 1 << 16


class _Number(str):
    """A float as it was written."""

    __slots__ = ()


_KEY = re.compile(r"""(?m)^[ \t]*(?:\[\[?[ \t]*)?["']?([\w-]+)["']?[ \t]*(?:=[ \t]*|\]|\.)""")
# tomllib takes 26 s for a key of 30,000 dots.
_DOTS = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){64}""")
_AT = re.compile(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")


def read(text: str, path: str, first_line: int) -> tuple[Fields, tuple[Problem, ...]]:
    """The fields of a block that begins in `first_line`; with a problem there are none."""
    try:
        table = _table(text, first_line)
        places: dict[str, tuple[int, int, int]] = {}
        line, since = first_line, 0
        for found in _KEY.finditer(text):
            line, since = line + text.count("\n", since, found.start(1)), found.start(1)
            columns = (column(text, found.start(1)), column(text, found.end()))
            places.setdefault(found[1], (line, *columns))
        node = _node(table, (first_line, 1), places, 0)
    except BlockError as error:
        return NO_FIELDS, (error.problem(path),)
    return (node if isinstance(node, Fields) else NO_FIELDS), ()


def _table(text: str, first_line: int) -> dict[str, Any]:
    if len(text) > MAX_BYTES:
        raise BlockError((first_line, 1), what="more than 64 KiB of TOML")
    if _DOTS.search(text):
        raise BlockError((first_line, 1), what="a key of more than 64 dots")
    try:
        return tomllib.loads(text, parse_float=_Number)
    except RecursionError as error:
        raise BlockError((first_line, 1), what=TOO_DEEP) from error
    except ValueError as error:
        at = _AT.search(str(error))
        place = (int(at[1]) + first_line - 1, int(at[2])) if at and at[1] else (first_line, 1)
        raise BlockError(place, reason=_AT.sub("", str(error))) from error


def _node(
    value: object, at: tuple[int, int], places: dict[str, tuple[int, int, int]], depth: int
) -> Node:
    if depth > MAX_DEPTH:
        raise BlockError(at, what=TOO_DEEP)
    if isinstance(value, dict):
        pairs = []
        for key, inner in value.items():
            line, key_column, value_column = places.get(key, (*at, at[1]))
            node = _node(inner, (line, value_column), places, depth + 1)
            pairs.append(Field(key, line, key_column, node))
        return Fields(tuple(pairs), *at)
    if isinstance(value, list):
        return Items(tuple(_node(item, at, places, depth + 1) for item in value), *at)
    if isinstance(value, str):
        return Text(str(value), isinstance(value, _Number), *at)
    if isinstance(value, date | time):
        return Text(value.isoformat(), True, *at)
    return Text(str(value).lower(), True, *at)
