"""The HTML of a body, for its page: references resolved, headings below the page's own.

Owns what is done to headings and how references are put in; asks a function for every address. Next:
`parser`, and `text.sanitise` for bodies with raw HTML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from markdown_it.token import Token

from bimson_site.text.lines import without_controls
from bimson_site.text.links import is_reference
from bimson_site.text.markdown.anchors import anchored
from bimson_site.text.markdown.inline import inline_text
from bimson_site.text.markdown.parser import draw, has_html, parse, without_dead
from bimson_site.text.markdown.plain import paragraphs
from bimson_site.text.sanitise import clean
from bimson_site.text.visible import visible

Resolve = Callable[[str], str] | Mapping[str, str]

_QUOTE = '"'


class Drawn(str):
    """A body that was drawn already, for a page `under` a title."""

    __slots__ = ("html", "under")

    under: str
    html: str

    @classmethod
    def of(cls, body: str, title: str, html: str) -> Drawn:
        made = cls(body)
        made.under, made.html = title, html
        return made


def render(
    body: str, resolve: Resolve, *, title: str = "", backlink: str = "↩ {number}", own: str = ""
) -> str:
    """The HTML of a Markdown body. Never raises.

    `resolve` maps a reference (as in `Reading.references`) to the address to print; what it does not
    know, or gives back as it is, stays; of what it maps to "" only the words stay. Control characters are
    left out, and so is a heading that opens the body and equals `title`; the others get ids.
    `backlink` is the accessible text of the way back from footnote {number}; `own` as in `read_and_draw`.
    """
    if isinstance(body, Drawn) and body.under == title:
        return body.html
    body = without_controls(body)
    if (plain := paragraphs(body)) is not None:
        return "".join(f"<p>{text.replace(_QUOTE, '&quot;')}</p>\n" for text in plain)
    lookup: Callable[[str], str] = (
        resolve if callable(resolve) else lambda reference: resolve.get(reference, reference)
    )
    tokens = parse(body)
    if "<" in body and has_html(tokens):
        return _framed(_shifted(_without_title(clean(draw(tokens, backlink), lookup, own), title)))
    _resolve(tokens, lookup, own)
    return by_itself(tokens, title, backlink)


def by_itself(tokens: list[Token], title: str, backlink: str = "") -> str:
    """The HTML of a body without raw HTML, whose references stand as they shall. The tokens are used
    up; `backlink` is wanted where there are footnotes."""
    tokens = _without_heading(tokens, title)
    _shift(tokens)
    return _framed(draw(tokens, backlink))


def _framed(html: str) -> str:
    """Wide tables may scroll, headings may be linked to."""
    if "<table" in html:
        html = html.replace("<table", '<div class="table"><table')
        html = html.replace("</table>", "</table></div>")
    return anchored(html)


def _resolve(tokens: list[Token], lookup: Callable[[str], str], own: str) -> None:
    for inline in tokens:
        dead = False
        for token in inline.children or ():
            name = {"link_open": "href", "image": "src"}.get(token.type, "")
            if name and is_reference(url := str(token.attrs.get(name, "")), own):
                token.attrs[name] = found = lookup(url)
                dead = dead or not found
        if dead and inline.children:
            inline.children = without_dead(inline.children, lambda url, _: bool(url))


def _same(text: str, title: str) -> bool:
    def folded(words: str) -> str:
        return " ".join(unicodedata.normalize("NFC", words).casefold().split())

    return bool(title.strip()) and folded(text) == folded(title)


def _without_heading(tokens: list[Token], title: str) -> list[Token]:
    if tokens and tokens[0].type == "heading_open":
        text = inline_text(tokens[1].children or [])
        return tokens[3:] if _same(text, title) else tokens
    return tokens


_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_FIRST_HEADING = re.compile(r"\s*<h([1-6])(?: [^>]*)?>(.*?)</h\1>\s*", re.DOTALL)


def _without_title(html: str, title: str) -> str:
    found = _FIRST_HEADING.match(html)
    if found and _same("\n".join(block.text for block in visible(found[2])[0]), title):
        return html[found.end() :]
    return html


def _shift(tokens: list[Token]) -> None:
    """The smallest heading becomes h2: the page's h1 is the title."""
    headings = [t for t in tokens if t.type in {"heading_open", "heading_close"}]
    by = 2 - min((int(t.tag[1]) for t in headings), default=2)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) + by)}"


def _shifted(html: str) -> str:
    """The same for cleaned HTML, where a "<" can only open a tag."""
    by = 2 - min((int(found[2]) for found in _HEADING.finditer(html)), default=2)
    return _HEADING.sub(lambda found: f"<{found[1]}h{min(6, int(found[2]) + by)}", html)
