"""The block of an article between braces (Hugo's JSON), as nodes with their places.

Owns where such a block ends; values become text again, numbers as they were written. Next:
`text.nodes` for what comes out, `text.frontmatter` for who asks.
"""

from __future__ import annotations

import json
import re
from typing import Any

from bimson_site.errors import Location, Problem, problem
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
)

MAX_LENGTH = 1 << 20  # characters, as in YAML


class _Bare(str):
    """A number as it was written."""

    __slots__ = ()


class _Object(tuple[tuple[str, Any], ...]):
    """An object as the pairs that stand in it, a key that stands twice among them."""

    __slots__ = ()


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Object, parse_float=_Bare, parse_int=_Bare, parse_constant=_Bare
)
# In JSON a quotation mark begins a string, always.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"(\s*:\s*)?', re.DOTALL)
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")  # "\ud800" alone is JSON, and no text


def end(text: str) -> int | None:
    """Where the object that begins a text ends; None if none does, so that it is a text in braces,
    as "{}" is, which says nothing.

    One that is too deep to be read ends with the text: `read` says so.
    """
    try:
        found, stop = _DECODER.raw_decode(text)
    except RecursionError:
        return len(text)
    except ValueError:
        return None
    return stop if found and isinstance(found, _Object) else None


def read(text: str, path: str, first_line: int) -> tuple[Fields, tuple[Problem, ...]]:
    """The fields of an object that `end` has found and that begins in `first_line`, and problems by
    place; an error leaves no fields."""
    reader = _Reader(text, path, first_line)
    try:
        fields = reader.fields(_decoded(text, first_line), 1)
    except BlockError as error:
        return NO_FIELDS, (error.problem(path),)
    return fields, tuple(sorted(reader.problems))


def _decoded(text: str, first_line: int) -> _Object:
    if len(text) > MAX_LENGTH:
        raise BlockError((first_line, 1), what="more than 1 MiB")
    try:
        found: _Object = _DECODER.decode(text)
    except RecursionError as error:
        raise BlockError((first_line, 1), what=TOO_DEEP) from error
    return found


class _Reader:
    """Values in the order of the text: the keys that it spells are those of the pairs, one by one."""

    def __init__(self, text: str, path: str, first_line: int) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._text = text
        self._keys = (found for found in _STRING.finditer(text) if found[1])
        self._at = self._line_start = 0
        self._line = first_line

    def fields(self, found: _Object, depth: int) -> Fields:
        where = self._place()
        pairs: dict[str, Field] = {}
        for key, value in found:
            spelt = next(self._keys)
            line, column = self._move(spelt.start())
            self._move(spelt.end())
            new = Field(_text(key), line, column, self._node(value, depth + 1))
            if first := pairs.pop(new.key, None):
                elsewhere = Location(self.path, first.line, first.column)
                here = Location(self.path, line, column)
                self.problems.append(
                    problem("key-duplicate", here, (elsewhere,), field=new.key, first=first.line)
                )
            pairs[new.key] = new
        return Fields(tuple(pairs.values()), *where)

    def _node(self, value: object, depth: int) -> Node:
        where = self._place()
        if depth > MAX_DEPTH and isinstance(value, _Object | list):
            raise BlockError(where, what=TOO_DEEP)
        if isinstance(value, _Object):
            return self.fields(value, depth)
        if isinstance(value, list):
            return Items(tuple(self._node(item, depth + 1) for item in value), *where)
        if isinstance(value, str):
            return Text(_text(value), isinstance(value, _Bare), *where)
        return Text("null" if value is None else str(value).lower(), True, *where)

    def _move(self, to: int) -> tuple[int, int]:
        self._line += self._text.count("\n", self._at, to)
        self._line_start = max(self._line_start, self._text.rfind("\n", self._at, to) + 1)
        self._at = to
        return self._place()

    def _place(self) -> tuple[int, int]:
        return self._line, self._at - self._line_start + 1


def _text(value: str) -> str:
    return _HALF_A_PAIR.sub("\ufffd", str(value))
