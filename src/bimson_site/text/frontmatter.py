"""An article file taken apart: its fields with line and column, and its body.

Owns the cut between the two, and is the door to all YAML, TOML and JSON of articles: never types a value
(scalars stay text), never trusts a file. Next: `text.mending`, `text.toml`, `text.json_matter`; what
fields mean: `pipeline.load`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bimson_site.errors import Location, Problem, problem
from bimson_site.text import json_matter, mending, toml
from bimson_site.text.nodes import NO_FIELDS, Field, Fields, Items, Node, Text

__all__ = [
    "TEXT_KEYS",
    "Document",
    "Field",
    "Fields",
    "FrontMatter",
    "Items",
    "Node",
    "Text",
    "block",
    "body_at",
    "read",
    "split",
]

TEXT_KEYS = frozenset({"title", "summary", "description", "excerpt", "deck"})
"""Fields that are running text: here a headline with a colon must not cost an article its page."""


class FrontMatter(NamedTuple):
    r"""A file cut in two. `fence` is "---", "+++", "{" or "" (no block); `line` is the first line of
    `block`; `offset` is where the body begins, in bytes, and `body_line` in lines. Line ends are
    \n in both texts; `encoded` is the body in UTF-8."""

    fence: str
    block: str
    line: int
    body: str
    encoded: bytes
    offset: int
    body_line: int


class Document(NamedTuple):
    """An article file: see `FrontMatter` for body, offset and line. With an error among the
    problems, the fields are empty and the file is to be set aside."""

    fields: Fields
    body: str
    encoded: bytes
    offset: int
    line: int
    problems: tuple[Problem, ...] = ()


def read(raw: bytes, path: str, texts: frozenset[str] = TEXT_KEYS) -> Document:
    """An article file (its bytes, and its path for problems) as fields and body.

    YAML between lines of dashes, or Hugo's TOML between lines of `+++`, or its JSON in braces. `texts` are the top-level
    fields whose lines are mended when YAML refuses them. Never raises.
    """
    cut = split(raw, path)
    if isinstance(cut, Problem):
        return Document(NO_FIELDS, "", b"", 0, 1, (cut,))
    fields = NO_FIELDS
    problems: tuple[Problem, ...] = ()
    if cut.fence == "---":
        fields, problems = mending.read(cut.block, path, cut.line, texts, mend=True)
    elif cut.fence == "{":
        fields, problems = json_matter.read(cut.block, path, cut.line)
    elif cut.fence:
        fields, problems = toml.read(cut.block, path, cut.line)
    return Document(fields, cut.body, cut.encoded, cut.offset, cut.body_line, problems)


def block(
    text: str, path: str, first_line: int = 1, texts: frozenset[str] = frozenset()
) -> tuple[Fields, tuple[Problem, ...]]:
    """A whole YAML document, for configuration, with the protections of front matter.

    Nothing is mended; the top-level fields in `texts` are only watched for swallowed comments.
    """
    return mending.read(_unix(text.removeprefix("\ufeff")), path, first_line, texts, mend=False)


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
_UNIX_CLOSING = re.compile(rb"\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)")  # begins with a byte: sought faster
_BOM = b"\xef\xbb\xbf"
_BRACE = re.compile(rb"(?:\xef\xbb\xbf)?+(?:[ \t]*+(?:\r\n|[\r\n]))*+(?=\{)")
_LINE_END = re.compile(r"[ \t]*(?:\r\n|[\r\n]|\Z)")


def split(raw: bytes, path: str) -> FrontMatter | Problem:
    """A file cut into block and body: or what is wrong (encoding-invalid, front-matter-unclosed)."""
    if b"\0" in raw:  # UTF-16, or not a text at all
        return _not_utf8(raw, path)
    try:
        opening = _OPENING.match(raw)
        if opening is None:
            if (brace := _BRACE.match(raw)) and (cut := _split_json(raw, brace.end())):
                return cut
            start = len(_BOM) if raw.startswith(_BOM) else 0
            return _cut(raw, start, ("", "", 1), 1)
        fence = opening[1].decode()
        usual = fence == "---" and b"\r" not in raw
        ending = _UNIX_CLOSING if usual else _CLOSING[fence]
        closing = ending.search(raw, opening.end() - 1)
        if closing is None:
            raw.decode()
            return problem("front-matter-unclosed", Location(path, _line_at(raw, opening.start(1))))
        text = _unix(raw[opening.end() : closing.start() + 1].decode())
        line = _line_at(raw, opening.end())
        last = line + text.count("\n")
        return _cut(raw, closing.end(), (fence, text, line), last + 1)
    except UnicodeDecodeError:
        return _not_utf8(raw, path)


def _split_json(raw: bytes, start: int) -> FrontMatter | None:
    """The cut behind the object that begins a file; None where it begins with a text in braces."""
    text = raw[start:].decode()
    end = json_matter.end(text)
    if end is None:
        return None
    rest = _LINE_END.match(text, end)
    offset = start + len(text[: rest.end() if rest else end].encode())
    line, body_line = _line_at(raw, start), _line_at(raw, offset)
    return _cut(raw, offset, ("{", _unix(text[:end]), line), body_line)


def _cut(raw: bytes, offset: int, block: tuple[str, str, int], body_line: int) -> FrontMatter:
    encoded = raw[offset:]
    if b"\r" in encoded:
        encoded = encoded.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return FrontMatter(*block, encoded.decode(), encoded, offset, body_line)


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
