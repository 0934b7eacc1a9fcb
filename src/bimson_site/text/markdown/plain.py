"""Bodies without any Markdown, as most news are: read without the parser, and ten times faster.

Owns what shows that a body may hold Markdown after all; never draws. Next: `parser`, for all other bodies.
"""

from __future__ import annotations

import re

_MARKED = ("`", "*", "_", "[", "<", ">", "&", "~", "\\", "|", "\t", "\r", "\0", " \n")
_LIST_NUMBER = re.compile(r"\d{1,9}[.)]", re.ASCII)


def paragraphs(body: str) -> list[str] | None:
    """The paragraphs of a body without any Markdown, as most news are; None if it may hold some.

    Ten times faster than the parser, and equal to it (a property test says so).
    """
    for mark in _MARKED:
        if mark in body:
            return None
    paragraphs: list[str] = []
    lines: list[str] = []
    for line in body.split("\n"):
        if not line:
            if lines:
                paragraphs.append("\n".join(lines))
                lines = []
            continue
        first = line[0]
        if (
            first in "#+-=: \xa0"
            or line != line.strip()
            or (first.isdigit() and _LIST_NUMBER.match(line))
        ):
            return None
        lines.append(line)
    if lines:
        paragraphs.append("\n".join(lines))
    return paragraphs
