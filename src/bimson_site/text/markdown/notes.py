"""Footnotes as they are printed: the mark in the text, the notes at its end, the way back.

Owns their HTML; which text is a note, mdit_py_plugins says to the parser. Next: `parser`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_Rule = Callable[[RendererProtocol, Sequence[Token], int, OptionsDict, EnvType], str]


def _note_ref(
    _self: RendererProtocol, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    number, again = tokens[at].meta["id"] + 1, tokens[at].meta["subId"]
    mark = f"fnref{number}-{again}" if again else f"fnref{number}"
    return f'<sup class="footnote-ref"><a href="#fn{number}" id="{mark}">[{number}]</a></sup>'


def _note_open(
    _self: RendererProtocol, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<li id="fn{tokens[at].meta["id"] + 1}" class="footnote-item">'


def _note_back(
    _self: RendererProtocol, tokens: Sequence[Token], at: int, _options: OptionsDict, env: EnvType
) -> str:
    number, again = tokens[at].meta["id"] + 1, tokens[at].meta["subId"]
    mark = f"fnref{number}-{again}" if again else f"fnref{number}"
    # Not format(): the words may come from a catalogue, and a stray brace must not stop a page.
    words = str(env["backlink"]).replace("{number}", str(number)).replace("&", "&amp;")
    words = words.replace('"', "&quot;").replace("<", "&lt;")
    # U+FE0E keeps the arrow from becoming an emoji.
    return f' <a href="#{mark}" class="footnote-backref" aria-label="{words}">↩\ufe0e</a>'


RULES: dict[str, _Rule] = {
    "footnote_ref": _note_ref,
    "footnote_open": _note_open,
    "footnote_anchor": _note_back,
    "footnote_block_open": lambda *_: '<div class="footnotes">\n<ol>\n',
    "footnote_block_close": lambda *_: "</ol>\n</div>\n",
}
