"""An article file taken apart: its fields with line and column, and its body.

Owns all YAML and TOML of the project; never types a value (scalars stay text) and never trusts a
file. Which fields mean what: `pipeline.load`; the same YAML as configuration: `config`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import islice
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

try:
    from yaml import CSafeLoader
except ImportError as missing:  # pragma: no cover - a wheel of PyYAML always has it
    # The pure-Python loader reads some files differently and is 7 times slower: no silent fallback.
    _message = "bimson-site needs PyYAML with libyaml (the C loader); install PyYAML from a wheel"
    raise ImportError(_message) from missing

TEXT_KEYS = frozenset({"title", "summary", "description", "excerpt", "deck"})
"""Fields that are running text: here a headline with a colon must not cost an article its page."""

MAX_BYTES = 1 << 20
MAX_TOML_BYTES = 1 << 16
MAX_DEPTH = 16
MAX_EVENTS = 20_000
MAX_TEXT_LINES = 32
"""How many lines of text fields are looked at twice; a real block has one title, one summary."""


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as text. `plain` means unquoted: only then may it mean null, true or a number."""

    text: str
    plain: bool
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Field:
    """A key with its place, and its value."""

    key: str
    line: int
    column: int
    value: Node


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping in the order of the file; each key stands once (the last one counts)."""

    pairs: tuple[Field, ...]
    line: int
    column: int

    def get(self, key: str) -> Field | None:
        """The field of that name, or None."""
        return next((pair for pair in self.pairs if pair.key == key), None)


Node = Text | Items | Fields
_NO_FIELDS = Fields((), 1, 1)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    r"""A file cut in two. `fence` is "---", "+++" or "" (no block); `line` is the first line of
    `block`; `offset` is where the body begins, in bytes, and `body_line` in lines. Line ends are
    \n in both texts."""

    fence: str
    block: str
    line: int
    body: str
    offset: int
    body_line: int


@dataclass(frozen=True, slots=True)
class Document:
    """An article file: see `FrontMatter` for body, offset and line. With an error among the
    problems, the fields are empty and the file is to be set aside."""

    fields: Fields
    body: str
    offset: int
    line: int
    problems: tuple[Problem, ...] = ()


def read(raw: bytes, path: str, texts: frozenset[str] = TEXT_KEYS) -> Document:
    """An article file (its bytes, and its path for problems) as fields and body.

    YAML between lines of dashes, or Hugo's TOML between lines of `+++`. `texts` are the top-level
    fields whose lines are mended when YAML refuses them. Never raises.
    """
    cut = split(raw, path)
    if isinstance(cut, Problem):
        return Document(_NO_FIELDS, "", 0, 1, (cut,))
    fields = _NO_FIELDS
    problems: tuple[Problem, ...] = ()
    if cut.fence == "---":
        fields, problems = _yaml(cut.block, path, cut.line, texts, mend=True)
    elif cut.fence:
        fields, problems = _toml(cut.block, path, cut.line)
    return Document(fields, cut.body, cut.offset, cut.body_line, problems)


def block(
    text: str, path: str, first_line: int = 1, texts: frozenset[str] = frozenset()
) -> tuple[Fields, tuple[Problem, ...]]:
    """A whole YAML document, for configuration, with the protections of front matter.

    Nothing is mended; the top-level fields in `texts` are only watched for swallowed comments.
    """
    return _yaml(_unix(text.removeprefix("\ufeff")), path, first_line, texts, mend=False)


def body_at(raw: bytes, offset: int) -> str:
    """The body of a file again, from the offset that `read` gave; ValueError if it has changed."""
    return _unix(raw[offset:].decode())


# --- cutting the file ------------------------------------------------------------------------------

_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf|[ \t]*(?:\r\n|[\r\n]))*+(---|\+\+\+)[ \t]*(?:\r\n|[\r\n]|\Z)"
)
_CLOSING = {
    "---": re.compile(rb"[\r\n](?:---|\.\.\.)[ \t]*(?:\r\n|[\r\n]|\Z)"),
    "+++": re.compile(rb"[\r\n]\+\+\+[ \t]*(?:\r\n|[\r\n]|\Z)"),
}
_BOM = b"\xef\xbb\xbf"


def split(raw: bytes, path: str) -> FrontMatter | Problem:
    """A file cut into block and body: or what is wrong (encoding-invalid, front-matter-unclosed)."""
    if b"\0" in raw:  # UTF-16, or not a text at all
        return _not_utf8(raw, path)
    try:
        opening = _OPENING.match(raw)
        if opening is None:
            start = len(_BOM) if raw.startswith(_BOM) else 0
            return FrontMatter("", "", 1, body_at(raw, start), start, 1)
        fence = opening[1].decode()
        closing = _CLOSING[fence].search(raw, opening.end() - 1)
        if closing is None:
            raw.decode()
            return problem("front-matter-unclosed", Location(path, _line_at(raw, opening.start(1))))
        text = _unix(raw[opening.end() : closing.start() + 1].decode())
        line = _line_at(raw, opening.end())
        last = line + text.count("\n")
        offset = closing.end()
        return FrontMatter(fence, text, line, body_at(raw, offset), offset, last + 1)
    except UnicodeDecodeError:
        return _not_utf8(raw, path)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _line_at(raw: bytes, offset: int) -> int:
    head = raw[:offset]
    return 1 + head.count(b"\n") + head.count(b"\r") - head.count(b"\r\n")


def _not_utf8(raw: bytes, path: str) -> Problem:
    try:
        raw.decode()
        bad = len(raw)
    except UnicodeDecodeError as error:
        bad = error.start
    nul = raw.find(b"\0", 0, bad)
    bad = bad if nul < 0 else nul
    start = max(raw.rfind(b"\n", 0, bad), raw.rfind(b"\r", 0, bad)) + 1
    column = len(raw[start:bad].decode().removeprefix("\ufeff")) + 1
    where = Location(path, _line_at(raw, bad), column)
    return problem("encoding-invalid", where, byte=f"0x{raw[bad]:02X}")


# --- YAML, by events: no recursion, nothing constructed --------------------------------------------


class _BlockError(Exception):
    """Why a block cannot be read; turned into a Problem before it leaves this module."""

    def __init__(self, place: tuple[int, int], *, reason: str = "", what: str = "") -> None:
        super().__init__(reason or what)
        self.place, self.reason, self.what = place, reason, what

    def problem(self, path: str) -> Problem:
        where = Location(path, *self.place)
        if self.what:
            return problem("front-matter-refused", where, what=self.what)
        return problem("front-matter-invalid", where, reason=self.reason)


_Spot = tuple[Field, Any]
"""A text field to be looked at again: with the mark where its plain text ends, or None for brackets."""


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
class _Tree:
    """What a block says, before its text fields are looked at again."""

    fields: Fields
    spots: tuple[_Spot, ...]
    problems: tuple[Problem, ...]


def _tree(text: str, path: str, first_line: int, texts: frozenset[str]) -> _Tree:
    """The tree of a block; _BlockError where it is broken or more than an article file may."""
    if len(text) > MAX_BYTES // 4 and len(text.encode()) > MAX_BYTES:
        raise _BlockError((first_line, 1), what="more than 1 MiB")
    try:
        return _grown(text, path, first_line, texts)
    except MarkedYAMLError as error:
        raise _broken(error, text, first_line) from error
    except ReaderError as error:
        bad = _UNPRINTABLE.search(text)
        index = bad.start() if bad else 0
        at = (first_line + text.count("\n", 0, index), _column(text, index))
        raise _BlockError(at, reason=f"U+{error.character:04X} is not text") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise _BlockError((first_line, 1), reason=str(error).partition("\n")[0]) from error


def _grown(  # noqa: PLR0915 - one loop without calls, for it runs for every value of every article
    text: str, path: str, first_line: int, texts: frozenset[str]
) -> _Tree:
    comments = "#" in text
    stack: list[_Open] = []
    top: _Open | None = None
    root: Node | None = None
    node: Node
    spots: list[_Spot] = []
    problems: list[Problem] = []
    documents = 0
    for number, event in enumerate(iter(CSafeLoader(text).get_event, None)):
        mark: Any = event.start_mark  # libyaml and PyYAML type it differently
        line, column = mark.line + first_line, mark.column + 1
        if number > MAX_EVENTS:
            raise _BlockError((line, column), what=f"more than {MAX_EVENTS // 2:,} values")
        end = None
        flow = False
        if type(event) is ScalarEvent:
            if event.tag is not None or event.anchor is not None:
                raise _special(event, line, column)
            plain = not event.style
            if top is not None and top.key is None and top.fields is not None:
                if plain and event.value == "<<":
                    raise _BlockError((line, column), what="a merge key (<<)")
                top.key = (event.value, line, column)
                continue
            node = Text(event.value, plain, line, column)
            end = event.end_mark if comments and plain else None
        elif isinstance(event, CollectionStartEvent):
            if event.tag is not None or event.anchor is not None:
                raise _special(event, line, column)
            if len(stack) == MAX_DEPTH:
                raise _BlockError((line, column), what=f"more than {MAX_DEPTH} levels of nesting")
            if top is not None and top.key is None and top.fields is not None:
                raise _BlockError((line, column), what="a list or mapping as a key")
            mapping = type(event) is MappingStartEvent
            top = _Open(line, column, mapping=mapping, flow=bool(event.flow_style))
            stack.append(top)
            continue
        elif isinstance(event, CollectionEndEvent):
            done = stack.pop()
            top = stack[-1] if stack else None
            node, flow = done.closed(), done.flow
        elif isinstance(event, AliasEvent):
            raise _BlockError((line, column), what=f"an alias (*{(event.anchor or '')[:40]})")
        else:
            documents += type(event) is DocumentStartEvent
            if documents > 1:
                raise _BlockError((line, column), reason="a second document begins here")
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
                spots.append((field, end))
    return _Tree(_as_fields(root), tuple(spots), tuple(problems))


def _as_fields(root: Node | None) -> Fields:
    if isinstance(root, Fields):
        return root
    if root is None or (isinstance(root, Text) and root.plain and not root.text):
        return _NO_FIELDS
    reason = _NO_COLON if isinstance(root, Text) else "a list where fields should be"
    raise _BlockError((root.line, root.column), reason=reason)


def _twice(path: str, first: Field, field: Field) -> Problem:
    elsewhere = Location(path, first.line, first.column)
    where = Location(path, field.line, field.column)
    return problem("key-duplicate", where, (elsewhere,), field=field.key, first=first.line)


def _special(event: ScalarEvent | CollectionStartEvent, line: int, column: int) -> _BlockError:
    if event.anchor is not None:
        return _BlockError((line, column), what=f"an anchor (&{event.anchor[:40]})")
    return _BlockError((line, column), what=f"a tag ({(event.tag or '')[:40]})")


def _column(text: str, index: int) -> int:
    return index - text.rfind("\n", 0, index)


# What libyaml's reader refuses (YAML 1.1, c-printable).
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NO_COLON = "a line without a colon"
# The words of libyaml 0.2.5 in those of a newsroom; True where the mistake is at its context mark.
_REASONS = {
    "mapping values are not allowed in this context": ("a second colon in one line", False),
    "could not find expected ':'": (_NO_COLON, True),
    "did not find expected key": ("the line does not fit those above it", False),
    "found unexpected end of stream": ("a quotation mark is never closed", True),
    "did not find expected ',' or ']'": ("a list in [ ] lacks a comma or its end", True),
    "did not find expected ',' or '}'": ("a mapping in { } lacks a comma or its end", True),
    "block sequence entries are not allowed in this context": ("a dash begins a value", False),
    "mapping keys are not allowed in this context": ("a question mark begins a value", False),
}


def _broken(error: MarkedYAMLError, text: str, first_line: int) -> _BlockError:
    words = error.problem or error.context or "it cannot be read"
    reason, at_context = _REASONS.get(words, (words, False))
    mark = error.context_mark if at_context and error.context_mark else error.problem_mark
    if mark is None:
        return _BlockError((first_line, 1), reason=reason)
    if words == "found character that cannot start any token":
        character = text[mark.index : mark.index + 1]
        reason = "a tab may not indent" if character == "\t" else f"{character} begins a value"
    return _BlockError((mark.line + first_line, mark.column + 1), reason=reason)


# --- YAML, forgiving with headlines ------------------------------------------------------------------

# YAML 1.1 ends a line at these, editors and YAML 1.2 do not: a headline pasted with one of them
# would silently lose its second half to a new field. They are read as spaces.
_ODD_LINE_ENDS = ("\x85", "\u2028", "\u2029")
_LINE = re.compile(
    r"(?P<key>[A-Za-z]+)[ \t]*:\s*"
    r"(?![|>](?:[1-9][-+]?|[-+][1-9]?)?[ \t]*(?:[ \t]#.*)?$)"  # the head of a literal block
    r"(?P<text>\S.*)"
)


def _yaml(
    text: str, path: str, first_line: int, texts: frozenset[str], *, mend: bool
) -> tuple[Fields, tuple[Problem, ...]]:
    for odd in _ODD_LINE_ENDS:
        text = text.replace(odd, " ") if odd in text else text
    mended: list[Problem] = []
    try:
        tree = _tree(text, path, first_line, texts)
    except _BlockError as error:
        text, mended = _mend(text, path, first_line, texts) if mend else (text, [])
        if not mended:
            return _NO_FIELDS, (error.problem(path),)
        try:
            tree = _tree(text, path, first_line, texts)
        except _BlockError:
            return _NO_FIELDS, (error.problem(path),)
    fields, looked = _look_again(tree, text, path, first_line, mend=mend)
    return fields, tuple(sorted([*mended, *tree.problems, *looked]))


def _mend(
    text: str, path: str, first_line: int, texts: frozenset[str]
) -> tuple[str, list[Problem]]:
    """The block with the lines of text fields that YAML refuses put in quotation marks."""
    lines = text.split("\n")
    found = (row for row, line in enumerate(lines) if _is_text(line, texts))
    warnings: list[Problem] = []
    for row in islice(found, MAX_TEXT_LINES):
        mended = _mended(lines, row, path, first_line)
        if mended is not None:
            node, warning = mended
            key = lines[row][: lines[row].index(":") + 1]
            lines[row] = key.ljust(max(len(key) + 1, node.column - 1)) + _quoted(node.text)
            warnings.append(warning)
    return "\n".join(lines), warnings


def _is_text(line: str, texts: frozenset[str]) -> bool:
    found = _LINE.match(line)
    return found is not None and found["key"].lower() in texts


def _mended(lines: list[str], row: int, path: str, first_line: int) -> tuple[Text, Problem] | None:
    """The rest of a line as text, with its warning; None where YAML reads the line itself."""
    found = _LINE.match(lines[row])
    if found is None or _goes_on(lines, row):
        return None
    key = found["key"]
    try:
        pairs = _tree(lines[row], path, first_line, frozenset()).fields.pairs
    except _BlockError:
        pairs = ()
    if len(pairs) == 1 and pairs[0].key == key:
        match pairs[0].value:
            case Text() | Items(items=()) | Fields(pairs=()):
                return None
    text = _UNPRINTABLE.sub("", found["text"]).strip()
    where = Location(path, first_line + row, found.start("text") + 1)
    warning = problem("line-mended", where, field=key, mended=f"{key}: {_quoted(text)}")
    return Text(text, False, where.line, where.column), warning


def _goes_on(lines: list[str], row: int) -> bool:
    for index in range(row + 1, len(lines)):
        line = lines[index].lstrip()
        if line:
            return lines[index][0] in " \t" and not line.startswith("#")
    return False


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _look_again(
    tree: _Tree, text: str, path: str, first_line: int, *, mend: bool
) -> tuple[Fields, list[Problem]]:
    """Text fields that YAML reads without complaint, but not as they were meant."""
    warnings: list[Problem] = []
    if not tree.spots:
        return tree.fields, warnings
    lines = text.split("\n")
    better: dict[str, Field] = {}
    for field, mark in tree.spots[:MAX_TEXT_LINES]:
        if mark is not None:
            end = (mark.line + first_line, mark.column + 1)
            warnings.extend(_swallowed(field, end, lines[end[0] - first_line], path))
        elif mend and (mended := _mended(lines, field.line - first_line, path, first_line)):
            better[field.key] = replace(field, value=mended[0])
            warnings.append(mended[1])
    if not better:
        return tree.fields, warnings
    pairs = tuple(better.get(pair.key, pair) for pair in tree.fields.pairs)
    return replace(tree.fields, pairs=pairs), warnings


def _swallowed(field: Field, end: tuple[int, int], line: str, path: str) -> list[Problem]:
    """A warning if a comment follows a plain text that ends in this line."""
    rest = line[end[1] - 1 :].strip()
    value = field.value
    if not rest.startswith("#") or not isinstance(value, Text):
        return []
    if not value.text and rest[1:2] in {"", " ", "#"}:
        return []  # "summary:  # two sentences": a note in a form that was not filled in
    whole = line[value.column - 1 :] if end[0] == value.line else f"{value.text} {rest}"
    mended = f"{field.key}: {_quoted(whole.strip())}"
    where = Location(path, end[0], line.index("#", end[1] - 1) + 1)
    return [problem("comment-in-text", where, field=field.key, value=value.text, mended=mended)]


# --- TOML ------------------------------------------------------------------------------------------


class _Number(str):
    """A float as it was written."""

    __slots__ = ()


_TOML_KEY = re.compile(r"""(?m)^[ \t]*(?:\[\[?[ \t]*)?["']?([\w-]+)["']?[ \t]*(?:=[ \t]*|\]|\.)""")
# tomllib takes 26 s for a key of 30,000 dots.
_TOML_DOTS = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){64}""")
_TOML_AT = re.compile(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")


def _toml(text: str, path: str, first_line: int) -> tuple[Fields, tuple[Problem, ...]]:
    try:
        table = _toml_table(text, first_line)
        places: dict[str, tuple[int, int, int]] = {}
        line, since = first_line, 0
        for found in _TOML_KEY.finditer(text):
            line, since = line + text.count("\n", since, found.start(1)), found.start(1)
            columns = (_column(text, found.start(1)), _column(text, found.end()))
            places.setdefault(found[1], (line, *columns))
        node = _toml_node(table, (first_line, 1), places, 0)
    except _BlockError as error:
        return _NO_FIELDS, (error.problem(path),)
    return (node if isinstance(node, Fields) else _NO_FIELDS), ()


def _toml_table(text: str, first_line: int) -> dict[str, Any]:
    if len(text) > MAX_TOML_BYTES:
        raise _BlockError((first_line, 1), what="more than 64 KiB of TOML")
    if _TOML_DOTS.search(text):
        raise _BlockError((first_line, 1), what="a key of more than 64 dots")
    try:
        return tomllib.loads(text, parse_float=_Number)
    except RecursionError as error:
        what = f"more than {MAX_DEPTH} levels of nesting"
        raise _BlockError((first_line, 1), what=what) from error
    except ValueError as error:
        at = _TOML_AT.search(str(error))
        place = (int(at[1]) + first_line - 1, int(at[2])) if at and at[1] else (first_line, 1)
        raise _BlockError(place, reason=_TOML_AT.sub("", str(error))) from error


def _toml_node(
    value: object, at: tuple[int, int], places: dict[str, tuple[int, int, int]], depth: int
) -> Node:
    if depth > MAX_DEPTH:
        raise _BlockError(at, what=f"more than {MAX_DEPTH} levels of nesting")
    if isinstance(value, dict):
        pairs = []
        for key, inner in value.items():
            line, column, value_column = places.get(key, (*at, at[1]))
            node = _toml_node(inner, (line, value_column), places, depth + 1)
            pairs.append(Field(key, line, column, node))
        return Fields(tuple(pairs), *at)
    if isinstance(value, list):
        return Items(tuple(_toml_node(item, at, places, depth + 1) for item in value), *at)
    if isinstance(value, str):
        return Text(str(value), isinstance(value, _Number), *at)
    if isinstance(value, date | time):
        return Text(value.isoformat(), True, *at)
    return Text(str(value).lower(), True, *at)
