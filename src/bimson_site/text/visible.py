"""What a reader sees of a body's cleaned HTML: blocks of text, and what the HTML refers to.

Owns what a block is; reads only what `text.sanitise` has cleaned, and never changes it. Who asks:
`text.markdown`, which finds the same blocks in bodies without raw HTML.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

from bimson_site.text.links import is_reference


class Block(NamedTuple):
    """A block as a reader sees it: heading, paragraph, caption, picture (no text) or other text."""

    kind: str
    text: str


_INLINE_NAMES = (
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span"
    " strong sub sup time u var wbr"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NESTING = frozenset({"blockquote", "li", "td", "th", "dd", "dt", "figure", "pre", "details"})
_UNSEEN = frozenset({"footnote-ref", "footnote-backref", "embed"})


def visible(html: str, own: str = "") -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Blocks that a reader sees in cleaned HTML, and its references (see `is_reference`) in order, unique."""
    reader = _Visible(own)
    reader.feed(html)
    reader.close()
    reader.flush()
    return tuple(reader.blocks), tuple(dict.fromkeys(reader.references))


class _Visible(HTMLParser):
    """Reads cleaned HTML only: every element is closed and nothing in it is hidden."""

    def __init__(self, own: str) -> None:
        super().__init__(convert_charrefs=True)
        self.own = own
        self.blocks: list[Block] = []
        self.references: list[str] = []
        self.stack: list[str] = []
        self.text: list[str] = []
        self.picture = False
        self.unseen = 0

    def flush(self) -> None:
        lines = (line.strip() for line in "".join(self.text).split("\n"))
        text = "\n".join(line for line in lines if line)
        if text:
            self.blocks.append(Block(self._kind(), text))
        elif self.picture:
            self.blocks.append(Block("picture", ""))
        self.text.clear()
        self.picture = False

    def _kind(self) -> str:
        if not _HEADINGS.isdisjoint(self.stack):
            return "heading"
        if "figcaption" in self.stack:
            return "caption"
        return "paragraph" if "p" in self.stack and _NESTING.isdisjoint(self.stack) else "text"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        url = values.get("href" if tag == "a" else "src") or ""
        if tag in {"a", "img"} and is_reference(url, self.own):
            self.references.append(url)
        if tag not in _INLINE:
            self.flush()
        elif tag == "br":
            self.text.append("\n")
        self.picture = self.picture or tag == "img"
        if tag in {"br", "img", "hr", "wbr", "col"}:
            return
        self.stack.append(tag)
        if self.unseen or (values.get("class") or "") in _UNSEEN:
            self.unseen += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
        if tag in self.stack:
            while self.stack.pop() != tag:
                pass
        self.unseen = max(0, self.unseen - 1)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.text.append(data)
