"""What the rules of markdown-it-py would find out one by one, seen at a glance. Most of the cost of a rich
body.

Owns where the shortcuts stand among the rules, and paragraphs that nothing else can be. Next: `alone`,
`marks`.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, lheading, paragraph, table

from bimson_site.text.markdown import alone, marks

# The start of a line at which no block begins but a paragraph, a table or a heading with a line below:
# not a marker; or emphasis, which is no rule of stars and no item of a list, since no space follows.
_UNMARKED = re.compile(r"(?:\*{1,3}|_{1,3})?[^\s#>\-+*_`~\[<0-9]")


def use(parser: MarkdownIt) -> None:
    """Put the shortcuts before the rules; what is parsed must be without control characters."""
    parser.core.ruler.disable("normalize")  # it looks for \r and NUL, which are gone
    parser.block.ruler.before("table", "alone", _alone)
    parser.block.ruler.before("table", "unmarked", _unmarked)
    marks.use(parser)


def _alone(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:
    """A block outside of all others that is seen as a whole."""
    if state.level or not (seen := alone.seen(state.src, state.bMarks[start])):
        return False
    tokens, lines = seen
    state.tokens += tokens
    state.line = start + lines
    return True


def _unmarked(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block that begins with a letter or the like: a paragraph, or what has its mark in the second
    line. All others begin with a marker, or with four spaces."""
    at = state.bMarks[start] + state.tShift[start]
    if state.sCount[start] - state.blkIndent > 3 or not _UNMARKED.match(state.src, at):
        return False
    if start + 1 < state.lineMax and not state.isEmpty(start + 1):
        marked = table(state, start, end, silent) or lheading(state, start, end, silent)
        return marked or paragraph(state, start, end, silent)
    return paragraph(state, start, end, silent)
