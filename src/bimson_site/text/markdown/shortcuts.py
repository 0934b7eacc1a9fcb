"""What the rules of markdown-it-py would find out one by one, seen at a glance: paragraphs that nothing
else can be, and words without a mark. Half of the cost of a rich body.

Owns the proof that no other rule applies; the tokens are the library's own (a property compares them).
Next: `parser`.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, lheading, paragraph, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# The start of a line at which no block begins but a paragraph, a table or a heading with a line below:
# not a marker; or emphasis, which is no rule of stars and no item of a list, since no space follows.
_UNMARKED = re.compile(r"(?:\*{1,3}|_{1,3})?[^\s#>\-+*_`~\[<0-9]")
# No inline rule of CommonMark, of strikethrough or footnotes begins at any other character.
_MARK = re.compile(r"[\n\\`~*_\[\]!<>&]")


def use(parser: MarkdownIt) -> None:
    """Put the shortcuts before the rules; what is parsed must be without control characters."""
    parser.core.ruler.disable("normalize")  # it looks for \r and NUL, which are gone
    parser.block.ruler.before("table", "unmarked", _unmarked)
    parser.core.ruler.at("inline", _inline)


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


def _inline(state: StateCore) -> None:
    """The library's rule of that name, without its parser where there is nothing to parse."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if token.children is None:
            token.children = []
        if _MARK.search(token.content):
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        elif token.content:
            token.children.append(Token("text", "", 0, content=token.content))
