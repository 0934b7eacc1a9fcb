"""Tables that stand alone, between blank lines, and whose lines all begin with "|".

Owns how such lines are cells; tokens as those of markdown-it-py (a property compares them). Who asks: `alone`.
"""

from __future__ import annotations

import re

from markdown_it.token import Token

from bimson_site.text.markdown.marks import unmarked
from bimson_site.text.markdown.tokens import around, inline, words

# Beyond so many cells the library may end a table.
_CELLS_LIMIT = 0x10000
_TABLE = re.compile(r"\|[^\n\\]*+\n\|[\-:| ]++(?:\n\|[^\n\\]*+)*+(?=\n\n|\n?\Z)")
_RULE = re.compile(r"(:?)-+(:?)")
_ALIGNED = {
    (False, False): "",
    (True, False): "left",
    (False, True): "right",
    (True, True): "center",
}


def table(body: str, at: int) -> tuple[list[Token], int] | None:
    """The tokens of the table that begins at a place, and how many lines it has; None if it is for the
    rules of the library to say."""
    found = _TABLE.match(body, at)
    if not found:
        return None
    lines = found[0].split("\n")
    head, styles = _cells(lines[0]), _styles(lines[1])
    if not head or len(head) != len(styles) or len(lines) * len(head) > _CELLS_LIMIT:
        return None
    rows = [token for line in lines[2:] for token in _row("td", _cells(line), styles)]
    if rows:
        rows = around("tbody", "tbody", rows, 1)
    top = around("thead", "thead", _row("th", head, styles), 1)
    return around("table", "table", top + rows, 0), len(lines)


def _styles(line: str) -> list[str]:
    """The style of each column, by the line below the head; or none if it is not such a line."""
    styles = []
    for cell in _cells(line):
        if not (rule := _RULE.fullmatch(cell)):
            return []
        align = _ALIGNED[bool(rule[1]), bool(rule[2])]
        styles.append(f"text-align:{align}" if align else "")
    return styles


def _cells(line: str) -> list[str]:
    """The library looks at a line without the space around it: "| " has no cell."""
    cells = line.strip().split("|")[1:]
    if cells and not cells[-1]:
        cells.pop()
    return [cell.strip() for cell in cells]


def _row(tag: str, cells: list[str], styles: list[str]) -> list[Token]:
    """As many cells as there are columns."""
    tokens: list[Token] = []
    for number, style in enumerate(styles):
        text = cells[number] if number < len(cells) else ""
        cell = [words(tag, text, 3)] if unmarked(text) else around(tag, tag, [inline(text, 4)], 3)
        if style:
            cell[0].attrs = {"style": style}
        tokens += cell
    return around("tr", "tr", tokens, 2)
