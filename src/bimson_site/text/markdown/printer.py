"""The HTML of tokens: as markdown-it-py prints them, at half the cost, and our own blocks of words.

Owns how a tag is spelled; what stands in notes is `notes`. Who asks: `parser`.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


class Printer(RendererHTML):
    """The library's renderer; it finds its rules by the names of the methods."""

    def words(self, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType) -> str:
        token = tokens[at]
        attributes = self.renderAttrs(token) if token.attrs else ""
        return f"<{token.tag}{attributes}>{escapeHtml(token.content)}</{token.tag}>\n"

    def renderToken(  # noqa: N802
        self,
        tokens: Sequence[Token],
        idx: int,
        options: OptionsDict,  # noqa: ARG002
        env: EnvType,  # noqa: ARG002
    ) -> str:
        """A tag; after that of a block the line ends, unless its words follow, or its own end."""
        token = tokens[idx]
        if token.hidden:
            return ""
        name = token.tag + self.renderAttrs(token) if token.attrs else token.tag
        if token.nesting == -1:
            return f"</{name}>\n" if token.block else f"</{name}>"
        if not token.block:
            return f"<{name}>"
        start = "\n<" if idx and tokens[idx - 1].hidden else "<"
        if token.nesting == 1 and idx + 1 < len(tokens):
            after = tokens[idx + 1]
            ends = after.nesting == -1 and after.tag == token.tag
            if ends or after.hidden or after.type == "inline":
                return f"{start}{name}>"
        return f"{start}{name}>\n"
