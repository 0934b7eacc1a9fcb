"""YAML as nodes, event by event: no recursion, nothing constructed, every place kept.

Owns the only import of yaml, what YAML may not do here, and the words for what is broken; mends
nothing and never types a value. Next: `text.mending` reads titles that YAML refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from yaml import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    MarkedYAMLError,
    ScalarEvent,
    YAMLError,
)
from yaml.reader import ReaderError

from bimson_site.errors import Location, Problem, problem
from bimson_site.text import nodes
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

try:
    from yaml import CSafeLoader
except ImportError as missing:  # pragma: no cover - a wheel of PyYAML always has it
    # The pure-Python loader reads some files differently and is 7 times slower: no silent fallback.
    _message = "bimson-site needs PyYAML with libyaml (the C loader); install PyYAML from a wheel"
    raise ImportError(_message) from missing

MAX_BYTES = 1 << 20
MAX_EVENTS = 20_000

Spot = tuple[Field, tuple[int, int] | None]
"""A text field to be looked at again: with the place where its plain text ends, or None for brackets."""


class _Open:
    """A list or mapping whose end has not been read yet."""

    __slots__ = ("column", "fields", "flow", "items", "key", "line")

    def __init__(self, line: int, column: int, *, mapping: bool, flow: bool) -> None:
        self.line, self.column = line, column
        self.fields: dict[str, Field] | None = {} if mapping else None
        self.items: list[Node] = []
        self.key: tuple[str, int, int] | None = None
        self.flow = flow

    def closed(self) -> Items | Fields:
        if self.fields is None:
            return Items(tuple(self.items), self.line, self.column)
        return Fields(tuple(self.fields.values()), self.line, self.column)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a block says, before its text fields are looked at again."""

    fields: Fields
    spots: tuple[Spot, ...]
    problems: tuple[Problem, ...]


def tree(text: str, path: str, first_line: int, texts: frozenset[str]) -> Tree:
    """The tree of a block that begins in `first_line`, with the fields of `texts` as its spots.

    Raises BlockError where it is broken, or more than an article file may be.
    """
    if len(text) > MAX_BYTES // 4 and len(text.encode()) > MAX_BYTES:
        raise BlockError((first_line, 1), what="more than 1 MiB")
    try:
        return _grown(text, path, first_line, texts)
    except MarkedYAMLError as error:
        raise _broken(error, text, first_line) from error
    except ReaderError as error:
        bad = UNPRINTABLE.search(text)
        index = bad.start() if bad else 0
        at = (first_line + text.count("\n", 0, index), nodes.column(text, index))
        raise BlockError(at, reason=f"U+{error.character:04X} is not text") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise BlockError((first_line, 1), reason=str(error).partition("\n")[0]) from error


def _grown(  # noqa: PLR0915 - one loop without calls, for it runs for every value of every article
    text: str, path: str, first_line: int, texts: frozenset[str]
) -> Tree:
    comments = "#" in text
    stack: list[_Open] = []
    top: _Open | None = None
    root: Node | None = None
    node: Node
    spots: list[Spot] = []
    problems: list[Problem] = []
    documents = 0
    for number, event in enumerate(iter(CSafeLoader(text).get_event, None)):
        mark: Any = event.start_mark  # libyaml and PyYAML type it differently
        line, column = mark.line + first_line, mark.column + 1
        if number > MAX_EVENTS:
            raise BlockError((line, column), what=f"more than {MAX_EVENTS // 2:,} values")
        end = None
        flow = False
        if type(event) is ScalarEvent:
            if event.tag is not None or event.anchor is not None:
                raise _special(event, line, column)
            plain = not event.style
            if top is not None and top.key is None and top.fields is not None:
                if plain and event.value == "<<":
                    raise BlockError((line, column), what="a merge key (<<)")
                top.key = (event.value, line, column)
                continue
            node = Text(event.value, plain, line, column)
            end = event.end_mark if comments and plain else None
        elif isinstance(event, CollectionStartEvent):
            if event.tag is not None or event.anchor is not None:
                raise _special(event, line, column)
            if len(stack) == MAX_DEPTH:
                raise BlockError((line, column), what=TOO_DEEP)
            if top is not None and top.key is None and top.fields is not None:
                raise BlockError((line, column), what="a list or mapping as a key")
            mapping = type(event) is MappingStartEvent
            top = _Open(line, column, mapping=mapping, flow=bool(event.flow_style))
            stack.append(top)
            continue
        elif isinstance(event, CollectionEndEvent):
            done = stack.pop()
            top = stack[-1] if stack else None
            node, flow = done.closed(), done.flow
        elif isinstance(event, AliasEvent):
            raise BlockError((line, column), what=f"an alias (*{(event.anchor or '')[:40]})")
        else:
            documents += type(event) is DocumentStartEvent
            if documents > 1:
                raise BlockError((line, column), reason="a second document begins here")
            continue
        if top is None:
            root = node
        elif top.key is None:
            top.items.append(node)
        elif top.fields is not None:
            key, top.key = top.key, None
            field = Field(*key, node)
            first = top.fields.pop(field.key, None)
            if first is not None:
                problems.append(_twice(path, first, field))
            top.fields[field.key] = field
            if (flow or end) and len(stack) == 1 and field.key.lower() in texts:
                spots.append((field, (end.line + first_line, end.column + 1) if end else None))
    return Tree(_as_fields(root), tuple(spots), tuple(problems))


def _as_fields(root: Node | None) -> Fields:
    if isinstance(root, Fields):
        return root
    if root is None or (isinstance(root, Text) and root.plain and not root.text):
        return NO_FIELDS
    reason = _NO_COLON if isinstance(root, Text) else "a list where fields should be"
    raise BlockError((root.line, root.column), reason=reason)


def _twice(path: str, first: Field, field: Field) -> Problem:
    elsewhere = Location(path, first.line, first.column)
    where = Location(path, field.line, field.column)
    return problem("key-duplicate", where, (elsewhere,), field=field.key, first=first.line)


def _special(event: ScalarEvent | CollectionStartEvent, line: int, column: int) -> BlockError:
    if event.anchor is not None:
        return BlockError((line, column), what=f"an anchor (&{event.anchor[:40]})")
    return BlockError((line, column), what=f"a tag ({(event.tag or '')[:40]})")


# What libyaml's reader refuses (YAML 1.1, c-printable).
UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NO_COLON = "a line without a colon"
# The words of libyaml 0.2.5 in those of a newsroom; True where the mistake is at its context mark.
REASONS = {
    "mapping values are not allowed in this context": ("a second colon in one line", False),
    "could not find expected ':'": (_NO_COLON, True),
    "did not find expected key": ("the line does not fit those above it", False),
    "found unexpected end of stream": ("a quotation mark is never closed", True),
    "did not find expected ',' or ']'": ("a list in [ ] lacks a comma or its end", True),
    "did not find expected ',' or '}'": ("a mapping in { } lacks a comma or its end", True),
    "block sequence entries are not allowed in this context": ("a dash begins a value", False),
    "mapping keys are not allowed in this context": ("a question mark begins a value", False),
}


def _broken(error: MarkedYAMLError, text: str, first_line: int) -> BlockError:
    words = error.problem or error.context or "it cannot be read"
    reason, at_context = REASONS.get(words, (words, False))
    mark = error.context_mark if at_context and error.context_mark else error.problem_mark
    if mark is None:
        return BlockError((first_line, 1), reason=reason)
    if words == "found character that cannot start any token":
        character = text[mark.index : mark.index + 1]
        reason = "a tab may not indent" if character == "\t" else f"{character} begins a value"
    return BlockError((mark.line + first_line, mark.column + 1), reason=reason)
