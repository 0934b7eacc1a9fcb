"""What a reader sees of a body, and what the body refers to.

Owns the blocks of a body's tokens, its heading and its lede; never draws a page. Next: `parser`, and
`text.visible` for bodies with raw HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from html import unescape

from markdown_it.token import Token

from bimson_site.text.dates import is_date_line
from bimson_site.text.lines import single_spaced, without_controls
from bimson_site.text.links import is_reference
from bimson_site.text.markdown.drawing import by_itself
from bimson_site.text.markdown.inline import inline_text
from bimson_site.text.markdown.parser import draw, has_html, parse
from bimson_site.text.markdown.plain import paragraphs
from bimson_site.text.markdown.tokens import WORDS
from bimson_site.text.sanitise import clean
from bimson_site.text.visible import Block, visible

LEDE_LENGTH = 220  # characters


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader sees of a body, and what the body refers to.

    `text`: the visible text, a block or a line break per line; code, cells and footnotes included,
    addresses, alternative texts and note marks not. `references`: targets of links and pictures on
    this site, in order, unique, percent-encoded as they stand in the HTML (unquote them before
    comparing with a file name). `unlabelled`: addresses of pictures without an alternative text.
    `heading`: the first heading, or ''. `lede`: the first real paragraph, cut at 220 characters.
    """

    text: str
    references: tuple[str, ...]
    heading: str
    lede: str
    unlabelled: tuple[str, ...] = ()


def read(body: str) -> Reading:
    """What a reader sees of a Markdown body. Never raises."""
    return read_and_draw(body)[0]


def read_and_draw(body: str, own: str = "") -> tuple[Reading, Callable[[str], str] | None]:
    """The same; and for a body that was parsed, and whose HTML is its own affair (it refers to nothing
    of this site, and has neither notes nor raw HTML), how to draw it under a title, once. Whole addresses below
    `own`, the address of the site, are references too."""
    body = without_controls(body)
    if (plain := paragraphs(body)) is not None:
        return Reading("\n".join(plain), (), "", _lede_of(plain)), None
    tokens = parse(body)
    if "<" in body and has_html(tokens):
        html = clean(draw(tokens), str, own)
        found = tuple(unescape(source) for source in _UNLABELLED.findall(html))
        return _reading(*visible(html, own), found), None
    unlabelled = _unlabelled(tokens) if "![" in body else ()
    reading = _reading(tuple(blocks_of(tokens)), _references(tokens, own), unlabelled)
    if reading.references or "[^" in body:
        return reading, None
    return reading, partial(by_itself, tokens)


_KINDS = {"heading_open": "heading", "figcaption_open": "caption", "figure_open": "picture"}


def blocks_of(tokens: list[Token]) -> Iterator[Block]:
    """The blocks of a body without raw HTML, as `text.visible` would find them in its HTML."""
    before = Token("", "", 0)
    for token in tokens:
        if token.type == "inline":
            kind, text = _KINDS.get(before.type, "text"), inline_text(token.children or [])
            if before.type == "paragraph_open" and before.level == 0:
                kind = "paragraph"
        elif token.type == WORDS:
            text = token.content
            kind = "paragraph" if token.tag == "p" and token.level == 0 else "text"
        elif token.type in {"fence", "code_block"}:
            kind, text = "text", token.content
        else:
            before = token
            continue
        before = token
        if "\n" in text:
            lines = (line.strip() for line in text.split("\n"))
            text = "\n".join([line for line in lines if line])
        else:
            text = text.strip()
        if text or kind == "picture":
            yield Block(kind, text)


def _references(tokens: list[Token], own: str) -> tuple[str, ...]:
    urls = (
        str(token.attrs.get("href" if token.type == "link_open" else "src", ""))
        for inline in tokens
        if inline.children
        for token in inline.children
        if token.type in {"link_open", "image"}
    )
    return tuple(dict.fromkeys(url for url in urls if is_reference(url, own)))


# As `sanitise` prints a picture: one without an alternative text gets an empty one.
_UNLABELLED = re.compile(r'<img (?=[^>]*\balt="")[^>]*\bsrc="([^"]*)"')


def _unlabelled(tokens: list[Token]) -> tuple[str, ...]:
    images = (t for inline in tokens for t in inline.children or () if t.type == "image")
    return tuple(str(t.attrs.get("src", "")) for t in images if not t.content.strip())


def _reading(
    blocks: tuple[Block, ...], references: tuple[str, ...], unlabelled: tuple[str, ...]
) -> Reading:
    heading = next((b for b in blocks if b.kind == "heading"), None)
    return Reading(
        text="\n".join(b.text for b in blocks if b.text),
        references=references,
        heading=" ".join(heading.text.split()) if heading else "",
        lede=_lede(blocks),
        unlabelled=tuple(dict.fromkeys(unlabelled)),
    )


def _lede(blocks: tuple[Block, ...]) -> str:
    """The first paragraph with a word in it that is no date line; else the first such other text."""
    for kind in ("paragraph", "text"):
        if lede := _lede_of(block.text for block in blocks if block.kind == kind):
            return lede
    return ""


def _lede_of(texts: Iterable[str]) -> str:
    for text in texts:
        words = " ".join([line for line in text.split("\n") if not is_date_line(line)])
        if any(map(str.isalpha, words)):
            return _cut(words)
    return ""


def _cut(text: str) -> str:
    """As many whole words as fit into 220 characters, with "…" where some are left out."""
    head = single_spaced(text[: 2 * LEDE_LENGTH])
    text = head if len(head) > LEDE_LENGTH else single_spaced(text)
    if len(text) <= LEDE_LENGTH:
        return text
    cut = text[:LEDE_LENGTH].rpartition(" ")[0] or text[: LEDE_LENGTH - 1]
    return cut.rstrip(" ,;:.–-") + "…"
