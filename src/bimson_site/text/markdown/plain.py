"""Bodies without any Markdown, as most news are: read without the parser, and ten times faster.

Owns what shows that a body may hold Markdown after all; never draws. Next: `parser`, for all other bodies.
"""

from __future__ import annotations

import re
from itertools import pairwise

_MARKED = ("`", "*", "_", "[", "<", ">", "&", "~", "\\", "|", "\t", "\r")
_MARKS_FIRST = frozenset("#+-=: \xa0")
_LIST_NUMBER = re.compile(r"\d{1,9}[.)]", re.ASCII)


def paragraphs(body: str) -> list[str] | None:
    """The paragraphs of a body without any Markdown, as most news are; None if it may hold some. The body
    is one without control characters.

    Ten times faster than the parser, and equal to it (a property test says so).
    """
    for mark in _MARKED:
        if mark in body:
            return None
    lines = body.split("\n")
    for line in lines:
        if line and (
            line[0] in _MARKS_FIRST
            or line != line.strip()
            or (line[0].isdigit() and _LIST_NUMBER.match(line))
        ):
            return None
    if any(line and below for line, below in pairwise(lines)):
        return [text for part in body.split("\n\n") if (text := part.strip("\n"))]
    return [line for line in lines if line]
