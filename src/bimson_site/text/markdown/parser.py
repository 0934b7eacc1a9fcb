"""The only parser: a body's tokens, with dead links taken out and figures made, and their HTML.

Owns the bounds of what is parsed at all, so that hostile input costs little and loses nothing. Never
looks at addresses beyond their schemes. Next: `figures`, `notes`; who calls it: `reading`, `drawing`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from bimson_site.text.lines import without_controls
from bimson_site.text.links import is_safe
from bimson_site.text.markdown import notes, shortcuts
from bimson_site.text.markdown.figures import with_figures
from bimson_site.text.markdown.inline import inline_text
from bimson_site.text.markdown.printer import Printer

# markdown-it-py is linear in the text, but a "[" can cost 0.1 ms; and what is nested deeper than
# NESTING it leaves out. Beyond these bounds a body is printed as plain paragraphs: late is worse than
# plain, and so is lost. 20,000 brackets or tags take about 2 s.
BODY_LIMIT = 2_000_000  # characters
MARKS_LIMIT = 20_000  # of "[" and "<" together
NESTING = 50


def _every_link(_url: str) -> bool:
    return True


@cache
def _parser() -> MarkdownIt:
    parser = library(Printer)
    shortcuts.use(parser)
    return parser


def library(printer: type[RendererHTML] = RendererHTML) -> MarkdownIt:
    """The parser that `_parser` is a shorter way to: what it makes of a body, that other shall make."""
    options = {"html": True, "xhtmlOut": False, "maxNesting": NESTING}
    parser = MarkdownIt("commonmark", options, renderer_cls=printer)
    parser.enable(["table", "strikethrough"])
    # Inline notes ^[…] would be parsed once per level of nesting; the notes of GitHub and Hugo are not.
    parser.use(footnote_plugin, inline=False)
    # Every link becomes a token; `without_dead` takes the dangerous ones out and leaves their words.
    parser.validateLink = _every_link  # type: ignore[assignment, method-assign]
    for name, rule in notes.RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def parse(body: str) -> list[Token]:
    """Tokens of a body: dead links taken out, pictures and captions joined into figures."""
    if len(body) > BODY_LIMIT or body.count("[") + body.count("<") > MARKS_LIMIT:
        return _as_it_stands(body)
    tokens = _parser().parse(body, {})
    for token in tokens:
        if token.level >= NESTING - 2:
            return _as_it_stands(body)
        if token.type == "inline":
            if token.children and ("[" in token.content or "<" in token.content):
                token.children = without_dead(token.children, _is_safe)
        elif token.tag in {"th", "td"} and "style" in token.attrs:
            align = str(token.attrs.pop("style")).rpartition(":")[2]
            token.attrSet("class", f"align-{align}")
    return with_figures(tokens) if "![" in body else tokens


def _as_it_stands(body: str) -> list[Token]:
    """The tokens of a body whose marks are not read: nothing of it is lost."""
    tokens: list[Token] = []
    for text in re.split(r"\n[ \t]*(?:\n[ \t]*)+", body.replace("\r\n", "\n").strip()):
        inline = Token("inline", "", 0, content=text, level=1)
        inline.children = [Token("text", "", 0, content=text)]
        tokens += [Token("paragraph_open", "p", 1, block=True), inline]
        tokens.append(Token("paragraph_close", "p", -1, block=True))
    return tokens


def _is_safe(url: str, picture: bool) -> bool:
    return is_safe(url, picture=picture)


def without_dead(children: list[Token], alive: Callable[[str, bool], bool]) -> list[Token]:
    """Inline tokens without links and pictures that are not alive (their address, whether it is that of a
    picture); their words stay."""
    kept: list[Token] = []
    dead: list[bool] = []
    for token in children:
        if token.type == "link_open":
            dead.append(not alive(str(token.attrs.get("href", "")), False))
            kept.extend(() if dead[-1] else (token,))
        elif token.type == "link_close":
            kept.extend(() if dead.pop() else (token,))
        elif token.type == "image":
            if alive(str(token.attrs.get("src", "")), True):
                token.attrSet("loading", "lazy")
                kept.append(token)
            else:
                kept.append(Token("text", "", 0, content=inline_text(token.children or [])))
        else:
            kept.append(token)
    return kept


def has_html(tokens: list[Token]) -> bool:
    return any(
        token.type == "html_block" or any(t.type == "html_inline" for t in token.children or ())
        for token in tokens
    )


def draw(tokens: list[Token], backlink: str = "") -> str:
    parser = _parser()
    html: str = parser.renderer.render(tokens, parser.options, {"backlink": backlink})
    return without_controls(html)  # "&#12;" has become one
