"""The YAML that most articles use, read line by line: `key: value`, `key: [a, b]` and lists of dashes.

Owns which lines mean one thing only; whatever could mean another is left to libyaml, and so is whatever is
wrong. Gives the nodes that `text.yaml_events` would give (a property says so), much faster.
"""

from __future__ import annotations

import re

from bimson_site.text.nodes import Field, Fields, Items, Node, Text

LONGEST = 1 << 13
"""Characters of a block; so few meet no limit of `text.yaml_events`."""

# What YAML's reader takes, without tabs and what some take for the end of a line (NEL, U+2028, U+2029)
# or for the start of a file (U+FEFF).
_ORDINARY = re.compile(
    "[ -~\n\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*+"
)
# A plain scalar begins with none of YAML's indicators; in brackets it holds none.
_FIRST = r"[\w“‘«(/.…]"
_SCALAR = rf"""(?:({_FIRST}[^\n]*)|"([^"\\\n]*)" *|'([^'\n]*+(?:''[^'\n]*+)*+)' *)"""
_IN_BRACKETS = _SCALAR.replace(r"[^\n]*", r"""[^\n\[\]{},:?"'#&*!|>%@`]*""", 1)
_PAIR = re.compile(rf"([A-Za-z_][A-Za-z0-9_-]{{0,99}}):(?: +(?:{_SCALAR}|\[([^\n\]]*)\] *)| *)\n+")
_DASH = re.compile(rf"( *)- +{_SCALAR}\n+")
_ITEM = re.compile(rf"( *){_IN_BRACKETS}(?:,|\Z)")
_KEY, _PLAIN, _DOUBLE, _SINGLE, _LIST = range(1, 6)  # groups of these three


def read(text: str, first_line: int, texts: frozenset[str]) -> Fields | None:
    """The fields of a block that begins in `first_line`; None where libyaml is to read it, as it is for
    brackets in a field of `texts` (in small letters), which may be a text after all."""
    if len(text) > LONGEST or not _ORDINARY.fullmatch(text):
        return None
    fields: dict[str, Field] = {}
    at, line, end = 0, first_line, len(text)
    while at < end:
        found = _PAIR.match(text, at)
        if found is None or (key := found[_KEY]) in fields:
            return None
        here, start = line, at
        at = found.end()
        line += text.count("\n", start, at)
        node: Node | None
        if found.lastindex == _KEY:
            node, line, at = _dashes(text, line, at)
            node = node or Text("", True, here, len(key) + 2)
        elif found.lastindex == _LIST:
            column = found.start(_LIST) - start
            node = None if key.lower() in texts else _items(found[_LIST], here, column)
        else:
            node = _scalar(found, here, start)
        if node is None:
            return None
        fields[key] = Field(key, here, 1, node)
    return Fields(tuple(fields.values()), first_line, 1) if fields else None


def _scalar(found: re.Match[str], line: int, start: int) -> Text | None:
    """The scalar of a match in a line that begins at `start`; None for what may be more than that."""
    group = found.lastindex or 0
    value: str = found[group]
    if group != _PLAIN:
        value = value.replace("''", "'") if group == _SINGLE else value
        return Text(value, False, line, found.start(group) - start)
    value = value.rstrip(" ")
    if ": " in value or " #" in value or value[-1] == ":":
        return None
    return Text(value, True, line, found.start(group) - start + 1)


def _dashes(text: str, line: int, at: int) -> tuple[Items | None, int, int]:
    """The list that begins in a line, if any, and the line and place behind it."""
    first, column = line, 0
    nodes: list[Node] = []
    while found := _DASH.match(text, at):
        node = _scalar(found, line, at)
        if node is None or (nodes and len(found[1]) != column):
            break
        column = len(found[1])
        nodes.append(node)
        line += text.count("\n", at, found.end())
        at = found.end()
    return (Items(tuple(nodes), first, column + 1) if nodes else None), line, at


def _items(inside: str, line: int, column: int) -> Items | None:
    """The list in brackets that stand at `column`."""
    nodes: list[Node] = []
    at, end = 0, len(inside.rstrip(" "))
    while at < end:
        found = _ITEM.match(inside, at)
        node = found and _scalar(found, line, -column)
        if not found or node is None:
            return None
        nodes.append(node)
        at = found.end()
    return Items(tuple(nodes), line, column)
