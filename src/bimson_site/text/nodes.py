"""What a front matter says, as nodes: text, lists and mappings, each with its place in the file.

Owns the value types and the one exception of their readers; reads nothing itself. The types are tuples,
for one article has twenty of them. Next:
`text.yaml_events` and `text.toml` make nodes; `text.frontmatter` is the door for everyone else.
"""

from __future__ import annotations

from typing import NamedTuple

from bimson_site.errors import Location, Problem, problem

MAX_DEPTH = 16
"""Levels of lists and mappings in each other, in YAML as in TOML and JSON."""
TOO_DEEP = "more than 16 levels of nesting"


class Text(NamedTuple):
    """A scalar as text. `plain` means unquoted: only then may it mean null, true or a number."""

    text: str
    plain: bool
    line: int
    column: int


class Items(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


class Field(NamedTuple):
    """A key with its place, and its value."""

    key: str
    line: int
    column: int
    value: Node


class Fields(NamedTuple):
    """A mapping in the order of the file; each key stands once (the last one counts)."""

    pairs: tuple[Field, ...]
    line: int
    column: int

    def get(self, key: str) -> Field | None:
        """The field of that name, or None."""
        return next((pair for pair in self.pairs if pair.key == key), None)


Node = Text | Items | Fields
NO_FIELDS = Fields((), 1, 1)


class BlockError(Exception):
    """Why a block cannot be read, at (line, column); a Problem before it leaves `text`."""

    def __init__(self, place: tuple[int, int], *, reason: str = "", what: str = "") -> None:
        super().__init__(reason or what)
        self.place, self.reason, self.what = place, reason, what

    def problem(self, path: str) -> Problem:
        where = Location(path, *self.place)
        if self.what:
            return problem("front-matter-refused", where, what=self.what)
        return problem("front-matter-invalid", where, reason=self.reason)


def column(text: str, index: int) -> int:
    """The column, from 1, of a character of a text."""
    return index - text.rfind("\n", 0, index)
