"""Blocks that stand alone, between blank lines, and of which each line says what it is: of such blocks most
bodies are made. Each is seen as a whole, where the rules of markdown-it-py go line by line.

Owns the proof that no other rule applies to them (a property compares the two). Takes a body and a place
in it, outside of all blocks. Next: `marks`, for what stands within the lines; `tables`.
"""

from __future__ import annotations

import re

from markdown_it.token import Token

from bimson_site.text.markdown.marks import unmarked
from bimson_site.text.markdown.tables import table
from bimson_site.text.markdown.tokens import around, inline, words

Seen = tuple[list[Token], int] | None

# A line that can only be one of a paragraph, wherever it stands in it: no block begins there, and it
# underlines none; what begins with "[" may be a definition, so `_defines` asks.
_NUMBER = r"[0-9]{1,9}[.)](?:[ \t\n]|\Z)"
_LINE = rf"(?:(?:\*{{1,3}}|_{{1,3}})?[^\s#>\-+*_`~\[<0-9=:|]|`(?!``)|\[|(?!{_NUMBER})[0-9])[^\n]*+"
_END = r"(?=\n\n|\n?\Z)"
_PARAGRAPH = re.compile(rf"{_LINE}(?:\n{_LINE})*+{_END}")
_QUOTE = re.compile(rf"> ?{_LINE}(?:\n> ?{_LINE})*+{_END}")
_HEADING = re.compile(rf"(#{{1,6}}) +([^\s#][^\n#]*+){_END}")
# After a list comes neither an item of its kind, nor an indented line: what belongs to its last item.
_BULLETS = re.compile(
    rf"([\-+*]) {{1,4}}{_LINE}(?:\n\1 {{1,4}}{_LINE})*+"
    r"(?=\n?\Z|\n\n++(?!\1(?:[ \t\n]|\Z)|[ \t]))"
)
_NUMBERS = re.compile(
    rf"([0-9]{{1,9}})([.)]) {{1,4}}{_LINE}(?:\n[0-9]{{1,9}}\2 {{1,4}}{_LINE})*+"
    r"(?=\n?\Z|\n\n++(?![0-9]{1,9}\2(?:[ \t\n]|\Z)|[ \t]))"
)


def seen(body: str, at: int) -> Seen:
    """The tokens of the block that begins at a place, and how many lines it has; None if it is for the
    rules to say."""
    match body[at]:
        case "#":
            return _heading(body, at)
        case ">":
            return _quote(body, at)
        case "|":
            return table(body, at)
        case "-" | "+":
            return _bullets(body, at)
        case "*":
            return _bullets(body, at) or _paragraph(body, at)
        case first if "0" <= first <= "9":
            return _numbers(body, at) or _paragraph(body, at)
    return _paragraph(body, at)


def _heading(body: str, at: int) -> Seen:
    found = _HEADING.match(body, at)
    if not found:
        return None
    return around(f"h{len(found[1])}", "heading", [inline(found[2].rstrip(), 1)], 0), 1


def _paragraph(body: str, at: int) -> Seen:
    found = _PARAGRAPH.match(body, at)
    if not found or _defines(text := found[0]):
        return None
    return _of_text(text, 0), text.count("\n") + 1


def _quote(body: str, at: int) -> Seen:
    found = _QUOTE.match(body, at)
    if not found or _defines(found[0]):
        return None
    lines = [line[1:].removeprefix(" ") for line in found[0].split("\n")]
    return around("blockquote", "blockquote", _of_text("\n".join(lines), 1), 0), len(lines)


def _bullets(body: str, at: int) -> Seen:
    found = _BULLETS.match(body, at)
    if not found or _defines(found[0]):
        return None
    lines = found[0].split("\n")
    return around("ul", "bullet_list", _items(lines), 0), len(lines)


def _numbers(body: str, at: int) -> Seen:
    found = _NUMBERS.match(body, at)
    if not found or _defines(found[0]):
        return None
    lines = found[0].split("\n")
    tokens = around("ol", "ordered_list", _items(lines), 0)
    if (number := int(found[1])) != 1:
        tokens[0].attrs = {"start": number}
    return tokens, len(lines)


def _items(lines: list[str]) -> list[Token]:
    """The items of a tight list."""
    items: list[Token] = []
    for line in lines:
        text = line.partition(" ")[2].strip()
        if unmarked(text):
            items.append(words("li", text, 1))
        else:
            items += around("li", "list_item", [inline(text, 2)], 1)
    return items


def _of_text(text: str, level: int) -> list[Token]:
    """A paragraph."""
    text = text.rstrip()
    if unmarked(text):
        return [words("p", text, level)]
    return around("p", "paragraph", [inline(text, level + 1)], level)


def _defines(text: str) -> bool:
    """True if a link or a note may be defined in it."""
    return "]:" in text
