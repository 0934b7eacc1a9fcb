"""YAML of people: titles with a colon are read all the same, swallowed halves are pointed out.

Owns the forgiveness, and its limits: only lines of text fields, each with a warning. Never touches
yaml itself. Next: `text.yaml_events` reads the block; `text.frontmatter` names the text fields.
"""

from __future__ import annotations

import re
from itertools import islice

from bimson_site.errors import Location, Problem, problem
from bimson_site.text import plain_yaml
from bimson_site.text.nodes import NO_FIELDS, BlockError, Field, Fields, Items, Text
from bimson_site.text.yaml_events import UNPRINTABLE, Tree, tree

MAX_TEXT_LINES = 32
"""How many lines of text fields are looked at twice; a real block has one title, one summary."""

# YAML 1.1 ends a line at these, editors and YAML 1.2 do not: a headline pasted with one of them
# would silently lose its second half to a new field. They are read as spaces.
_ODD_LINE_ENDS = ("\x85", "\u2028", "\u2029")
_LINE = re.compile(
    r"(?P<key>[A-Za-z]+)[ \t]*:\s*"
    r"(?![|>](?:[1-9][-+]?|[-+][1-9]?)?[ \t]*(?:[ \t]#.*)?$)"  # the head of a literal block
    r"(?P<text>\S.*)"
)


def read(
    text: str, path: str, first_line: int, texts: frozenset[str], *, mend: bool
) -> tuple[Fields, tuple[Problem, ...]]:
    """The fields of a YAML block that begins in `first_line`, and all problems by place.

    `texts` are the top-level fields, in small letters, that are watched for swallowed comments and,
    with `mend`, read as a whole line where YAML refuses or misreads it. An error leaves no fields.
    """
    if (plain := plain_yaml.read(text, first_line, texts)) is not None:
        return plain, ()
    for odd in _ODD_LINE_ENDS:
        text = text.replace(odd, " ") if odd in text else text
    mended: list[Problem] = []
    try:
        found = tree(text, path, first_line, texts)
    except BlockError as error:
        text, mended = _mend(text, path, first_line, texts) if mend else (text, [])
        if not mended:
            return NO_FIELDS, (error.problem(path),)
        try:
            found = tree(text, path, first_line, texts)
        except BlockError:
            return NO_FIELDS, (error.problem(path),)
    fields, looked = _look_again(found, text, path, first_line, mend=mend)
    return fields, tuple(sorted([*mended, *found.problems, *looked]))


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
        pairs = tree(lines[row], path, first_line, frozenset()).fields.pairs
    except BlockError:
        pairs = ()
    if len(pairs) == 1 and pairs[0].key == key:
        match pairs[0].value:
            case Text() | Items(items=()) | Fields(pairs=()):
                return None
    text = UNPRINTABLE.sub("", found["text"]).strip()
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
    found: Tree, text: str, path: str, first_line: int, *, mend: bool
) -> tuple[Fields, list[Problem]]:
    """Text fields that YAML reads without complaint, but not as they were meant."""
    warnings: list[Problem] = []
    if not found.spots:
        return found.fields, warnings
    lines = text.split("\n")
    better: dict[str, Field] = {}
    for field, end in found.spots[:MAX_TEXT_LINES]:
        if end is not None:
            warnings.extend(_swallowed(field, end, lines[end[0] - first_line], path))
        elif mend and (mended := _mended(lines, field.line - first_line, path, first_line)):
            better[field.key] = field._replace(value=mended[0])
            warnings.append(mended[1])
    if not better:
        return found.fields, warnings
    pairs = tuple(better.get(pair.key, pair) for pair in found.fields.pairs)
    return found.fields._replace(pairs=pairs), warnings


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
