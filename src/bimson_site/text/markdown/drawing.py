"""The HTML of a body, for its page: references resolved, headings below the page's own.

Owns what is done to headings and how references are put in; asks a function for every address. Next:
`parser`, and `text.sanitise` for bodies with raw HTML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from itertools import count

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
    body: str,
    resolve: Resolve,
    *,
    title: str = "",
    backlink: str = "↩ {number}",
    table: str = "{number}",
    own: str = "",
) -> str:
    """The HTML of a Markdown body. Never raises.

    `resolve` maps a reference (as in `Reading.references`) to the address to print; what it does not
    know, or gives back as it is, stays; of what it maps to "" only the words stay. Control characters are
    left out, and so is a heading that opens the body and equals `title`; the others get ids.
    `backlink` is the accessible text of the way back from footnote {number}, `table` the name of table {number};
    `own` as in `read_and_draw`.
    """
    if isinstance(body, Drawn) and body.under == title:
        return _framed(body.html, table)
    body = without_controls(body)
    if (plain := paragraphs(body)) is not None:
        return "".join(f"<p>{text.replace(_QUOTE, '&quot;')}</p>\n" for text in plain)
    lookup: Callable[[str], str] = (
        resolve if callable(resolve) else lambda reference: resolve.get(reference, reference)
    )
    tokens = parse(body)
    if "<" in body and has_html(tokens):
        html = _outlined(_without_title(clean(draw(tokens, backlink), lookup, own), title))
        return _framed(anchored(html), table)
    _resolve(tokens, lookup, own)
    return _framed(by_itself(tokens, title, backlink), table)


def by_itself(tokens: list[Token], title: str, backlink: str = "") -> str:
    """The HTML of a body without raw HTML, whose references stand as they shall, but for the frames of
    its tables. The tokens are used up; `backlink` is wanted where there are footnotes."""
    tokens = _without_heading(tokens, title)
    headings = [t for t in tokens if t.type in {"heading_open", "heading_close"}]
    for token, level in zip(
        headings, _levels((t.nesting, t.tag[1]) for t in headings), strict=True
    ):
        token.tag = f"h{level}"
    return anchored(draw(tokens, backlink))


def _framed(html: str, words: str) -> str:
    """Each table in a frame of its own that may scroll; the frame takes the focus, so that arrow keys
    scroll it, and has a name, so that a screen reader says what was reached (axe: scrollable-region-focusable)."""
    if "<table" not in html:
        return html
    words, numbers = escape(words), count(1)

    def frame(_: re.Match[str]) -> str:
        name = words.replace("{number}", str(next(numbers)))
        return f'<section class="table" tabindex="0" aria-label="{name}"><table'

    return re.sub("<table", frame, html).replace("</table>", "</table></section>")


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


_HEADING = re.compile(r"(</?)h([1-6])(?=[ >])")
_FIRST_HEADING = re.compile(r"\s*<h([1-6])(?: [^>]*)?>(.*?)</h\1>\s*", re.DOTALL)


def _without_title(html: str, title: str) -> str:
    found = _FIRST_HEADING.match(html)
    if found and _same("\n".join(block.text for block in visible(found[2])[0]), title):
        return html[found.end() :]
    return html


def _outlined(html: str) -> str:
    """Cleaned HTML with its headings on the levels of `_levels`; in it a "<" can only open a tag."""
    found = ((-1 if opening == "</" else 1, level) for opening, level in _HEADING.findall(html))
    levels = _levels(found)
    return _HEADING.sub(lambda found: f"{found[1]}h{next(levels)}", html)


def _levels(tags: Iterable[tuple[int, str]]) -> Iterator[int]:
    """For the tags of headings in order, each 1 or -1 (it opens, it closes) with its level: the level it
    gets. The page's h1 is its title, so the outermost are h2; and none skips a level, as "# …, ### …" would."""
    outline: list[str] = []
    unclosed: list[int] = []
    for nesting, level in tags:
        if nesting == 1:
            while outline and outline[-1] >= level:
                outline.pop()
            outline.append(level)
            unclosed.append(min(6, 1 + len(outline)))
            yield unclosed[-1]
        else:
            yield unclosed.pop()
