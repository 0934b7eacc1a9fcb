"""Bodies: Markdown in, what a reader sees and the HTML of a page out.

Owns the only parser (and the only import of markdown_it); never reads files and knows no addresses
of this site: a function maps references to them. Raw HTML goes on to `text.sanitise`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from bimson_site.text.dates import is_date_line
from bimson_site.text.sanitise import Block, clean, is_reference, is_safe, visible

Resolve = Callable[[str], str] | Mapping[str, str]

LEDE_LENGTH = 220  # characters
# markdown-it-py is linear in the text, but a "[" can cost 0.1 ms; and what is nested deeper than
# NESTING it leaves out. Beyond these bounds a body is printed as plain paragraphs: late is worse than
# plain, and so is lost. 20,000 brackets or tags take about 2 s.
BODY_LIMIT = 2_000_000  # characters
MARKS_LIMIT = 20_000  # of "[" and "<" together
NESTING = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader sees of a body, and what the body refers to.

    `text`: the visible text, a block or a line break per line; code, cells and footnotes included,
    addresses, alternative texts and note marks not. `references`: targets of links and pictures on
    this site, in order, unique, percent-encoded as they stand in the HTML (unquote them before
    comparing with a file name). `heading`: the first heading, or ''; `heading_first`: it opens the
    body. `lede`: the first real paragraph, cut at 220 characters. `has_html`: raw HTML occurs.
    """

    text: str
    references: tuple[str, ...]
    heading: str
    heading_first: bool
    lede: str
    has_html: bool


def read(body: str) -> Reading:
    """What a reader sees of a Markdown body. Never raises."""
    if (plain := _plain(body)) is not None:
        return _reading(tuple(Block("paragraph", text) for text in plain), (), has_html=False)
    tokens = _parse(body)
    if _has_html(tokens):
        return _reading(*visible(clean(_draw(tokens), str)), has_html=True)
    return _reading(tuple(_blocks(tokens)), _references(tokens), has_html=False)


def render(body: str, resolve: Resolve, *, title: str = "", backlink: str = "↩ {number}") -> str:
    """The HTML of a Markdown body. Never raises.

    `resolve` maps a reference (as in `Reading.references`) to the address to print; what it does not
    know, or gives back as it is, stays. A heading that opens the body and equals `title` is left out.
    `backlink` is the accessible text of the way back from footnote {number}.
    """
    if (plain := _plain(body)) is not None:
        return "".join(f"<p>{text.replace(_QUOTE, '&quot;')}</p>\n" for text in plain)
    lookup: Callable[[str], str] = (
        resolve if callable(resolve) else lambda reference: resolve.get(reference, reference)
    )
    tokens = _parse(body)
    if _has_html(tokens):
        html = _shifted(_without_title(clean(_draw(tokens, backlink), lookup), title))
    else:
        tokens = _without_heading(tokens, title)
        _shift(tokens)
        _resolve(tokens, lookup)
        html = _draw(tokens, backlink)
    return html.replace("<table", '<div class="table"><table').replace("</table>", "</table></div>")


# --- parsing ----------------------------------------------------------------------------------------

_QUOTE = '"'
_MARKED = ("`", "*", "_", "[", "<", ">", "&", "~", "\\", "|", "\t", "\r", "\0", " \n")
_LIST_NUMBER = re.compile(r"\d{1,9}[.)]", re.ASCII)


def _plain(body: str) -> list[str] | None:
    """The paragraphs of a body without any Markdown, as most news are; None if it may hold some.

    Ten times faster than the parser, and equal to it (a property test says so).
    """
    for mark in _MARKED:
        if mark in body:
            return None
    paragraphs: list[str] = []
    lines: list[str] = []
    for line in body.split("\n"):
        if not line:
            if lines:
                paragraphs.append("\n".join(lines))
                lines = []
            continue
        first = line[0]
        if (
            first in "#+-=: \xa0"
            or line != line.strip()
            or (first.isdigit() and _LIST_NUMBER.match(line))
        ):
            return None
        lines.append(line)
    if lines:
        paragraphs.append("\n".join(lines))
    return paragraphs


def _every_link(_url: str) -> bool:
    return True


@cache
def _parser() -> MarkdownIt:
    options = {"html": True, "xhtmlOut": False, "maxNesting": NESTING}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["table", "strikethrough"])
    # Inline notes ^[…] would be parsed once per level of nesting; the notes of GitHub and Hugo are not.
    parser.use(footnote_plugin, inline=False)
    # Every link becomes a token; `_links_alive` takes the dangerous ones out and leaves their words.
    parser.validateLink = _every_link  # type: ignore[assignment, method-assign]
    for name, rule in _NOTE_RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def _parse(body: str) -> list[Token]:
    """Tokens of a body: dead links taken out, pictures and captions joined into figures."""
    if len(body) > BODY_LIMIT or body.count("[") + body.count("<") > MARKS_LIMIT:
        return _as_it_stands(body)
    tokens = _parser().parse(body, {})
    if any(token.level >= NESTING - 2 for token in tokens):
        return _as_it_stands(body)
    for token in tokens:
        if token.type == "inline":
            token.children = _links_alive(token.children or [])
        elif token.tag in {"th", "td"} and "style" in token.attrs:
            align = str(token.attrs.pop("style")).rpartition(":")[2]
            token.attrSet("class", f"align-{align}")
    return _with_figures(tokens)


def _as_it_stands(body: str) -> list[Token]:
    """The tokens of a body whose marks are not read: nothing of it is lost."""
    tokens: list[Token] = []
    for text in re.split(r"\n[ \t]*(?:\n[ \t]*)+", body.replace("\r\n", "\n").strip()):
        inline = Token("inline", "", 0, content=text, level=1)
        inline.children = [Token("text", "", 0, content=text)]
        tokens += [Token("paragraph_open", "p", 1, block=True), inline]
        tokens.append(Token("paragraph_close", "p", -1, block=True))
    return tokens


def _links_alive(children: list[Token]) -> list[Token]:
    """Inline tokens without dangerous links and pictures; their words stay."""
    kept: list[Token] = []
    dead: list[bool] = []
    for token in children:
        if token.type == "link_open":
            dead.append(not is_safe(str(token.attrs.get("href", ""))))
            kept.extend(() if dead[-1] else (token,))
        elif token.type == "link_close":
            kept.extend(() if dead.pop() else (token,))
        elif token.type == "image":
            if is_safe(str(token.attrs.get("src", "")), picture=True):
                token.attrSet("loading", "lazy")
                kept.append(token)
            else:
                kept.append(Token("text", "", 0, content=_inline_text(token.children or [])))
        else:
            kept.append(token)
    return kept


def _has_html(tokens: list[Token]) -> bool:
    return any(
        token.type == "html_block" or any(t.type == "html_inline" for t in token.children or ())
        for token in tokens
    )


# --- figures ----------------------------------------------------------------------------------------

_BREAKS = frozenset({"softbreak", "hardbreak"})


def _with_figures(tokens: list[Token]) -> list[Token]:
    """Paragraphs of a picture and its caption become figures.

    The caption is an emphasised line (* or **) after a line break, or the next paragraph if it is in
    italics as a whole; a bold paragraph below a picture is more often the lede or a question.
    """
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        figure, used = _figure(tokens, at)
        out.extend(figure or tokens[at : at + 1])
        at += used or 1
    return out


def _figure(tokens: list[Token], at: int) -> tuple[list[Token], int]:
    """The tokens of the figure that starts at `at`, and how many tokens it replaces; or none."""
    children = _paragraph(tokens, at)
    if not children or not any(t.type == "image" for t in children[:2]):
        return [], 0
    pictures, rest = _split_pictures(children)
    if not pictures:
        return [], 0
    used, caption = 3, _emphasised(rest, ("em_open", "strong_open"))
    if rest and not caption:
        return [], 0
    if not rest and (caption := _emphasised(_paragraph(tokens, at + 3), ("em_open",))):
        used = 6
    level = tokens[at].level
    figure = [
        Token("figure_open", "figure", 1, block=True, level=level),
        Token("inline", "", 0, children=pictures, level=level + 1),
    ]
    if caption:
        figure += [
            Token("figcaption_open", "figcaption", 1, level=level + 1),
            Token("inline", "", 0, children=caption, level=level + 2),
            Token("figcaption_close", "figcaption", -1, level=level + 1),
        ]
    return [*figure, Token("figure_close", "figure", -1, block=True, level=level)], used


def _paragraph(tokens: list[Token], at: int) -> list[Token]:
    """The children of the visible paragraph that starts at `at`, or none."""
    if at + 1 >= len(tokens) or tokens[at].type != "paragraph_open" or tokens[at].hidden:
        return []
    return [t for t in tokens[at + 1].children or [] if t.type != "text" or t.content]


def _split_pictures(children: list[Token]) -> tuple[list[Token], list[Token]]:
    """The pictures (linked or not) that open a paragraph, and what follows a line break after them."""
    end = 0
    while end < len(children):
        kinds = [t.type for t in children[end : end + 3]]
        if kinds[:1] == ["image"]:
            step = 1
        elif kinds == ["link_open", "image", "link_close"]:
            step = 3
        elif kinds[0] in _BREAKS or (not children[end].content.strip() and kinds[0] == "text"):
            step = 1
        else:
            break
        end += step
    rest = children[end:]
    if rest and (end == 0 or children[end - 1].type not in _BREAKS):
        return [], rest
    return [t for t in children[:end] if t.type not in _BREAKS], rest


def _emphasised(children: Sequence[Token], opens: tuple[str, ...]) -> list[Token]:
    """What stands inside one pair of emphasis that spans all of `children`, or none."""
    if len(children) < 3 or children[0].type not in opens:
        return []
    close = children[0].type.replace("open", "close")
    depth = 0
    for number, token in enumerate(children):
        depth += token.nesting if token.type in {children[0].type, close} else 0
        if depth == 0:
            inside = list(children[1:-1])
            whole = number == len(children) - 1 and not any(t.type == "image" for t in inside)
            return inside if whole else []
    return []


# --- reading ----------------------------------------------------------------------------------------

_KINDS = {"heading_open": "heading", "figcaption_open": "caption", "figure_open": "picture"}


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    """The blocks of a body without raw HTML, as `sanitise.visible` would find them in its HTML."""
    for before, token in pairwise([Token("", "", 0), *tokens]):
        if token.type in {"fence", "code_block"}:
            kind, text = "text", token.content
        elif token.type == "inline":
            kind, text = _KINDS.get(before.type, "text"), _inline_text(token.children or [])
            if before.type == "paragraph_open" and before.level == 0:
                kind = "paragraph"
        else:
            continue
        lines = (line.strip() for line in text.split("\n"))
        text = "\n".join(line for line in lines if line)
        if text or kind == "picture":
            yield Block(kind, text)


def _inline_text(children: Sequence[Token]) -> str:
    return "".join(
        "\n" if token.type in _BREAKS else token.content
        for token in children
        if token.type not in {"image", "html_inline"}
    )


def _references(tokens: list[Token]) -> tuple[str, ...]:
    urls = (
        str(token.attrs.get("href" if token.type == "link_open" else "src", ""))
        for inline in tokens
        for token in inline.children or ()
        if token.type in {"link_open", "image"}
    )
    return tuple(dict.fromkeys(url for url in urls if is_reference(url)))


def _reading(blocks: tuple[Block, ...], references: tuple[str, ...], *, has_html: bool) -> Reading:
    heading = next((b for b in blocks if b.kind == "heading"), None)
    return Reading(
        text="\n".join(b.text for b in blocks if b.text),
        references=references,
        heading=" ".join(heading.text.split()) if heading else "",
        heading_first=heading is not None and heading is blocks[0],
        lede=_lede(blocks),
        has_html=has_html,
    )


def _lede(blocks: tuple[Block, ...]) -> str:
    """The first paragraph with a word in it that is no date line; else the first such other text."""
    for kind in ("paragraph", "text"):
        for block in blocks:
            if block.kind == kind:
                lines = [line for line in block.text.split("\n") if not is_date_line(line)]
                words = " ".join(lines).split()
                if any(map(str.isalpha, "".join(words))):
                    return _cut(words)
    return ""


def _cut(words: list[str]) -> str:
    """As many whole words as fit into 220 characters, with "…" where some are left out."""
    text = " ".join(words)
    if len(text) <= LEDE_LENGTH:
        return text
    cut = text[:LEDE_LENGTH].rpartition(" ")[0] or text[: LEDE_LENGTH - 1]
    return cut.rstrip(" ,;:.–-") + "…"


# --- drawing ----------------------------------------------------------------------------------------


def _draw(tokens: list[Token], backlink: str = "") -> str:
    parser = _parser()
    html: str = parser.renderer.render(tokens, parser.options, {"backlink": backlink})
    return html


def _resolve(tokens: list[Token], lookup: Callable[[str], str]) -> None:
    for inline in tokens:
        for token in inline.children or ():
            name = {"link_open": "href", "image": "src"}.get(token.type, "")
            if name and is_reference(url := str(token.attrs.get(name, ""))):
                token.attrs[name] = lookup(url)


def _same(text: str, title: str) -> bool:
    def folded(words: str) -> str:
        return " ".join(unicodedata.normalize("NFC", words).casefold().split())

    return bool(title.strip()) and folded(text) == folded(title)


def _without_heading(tokens: list[Token], title: str) -> list[Token]:
    if tokens and tokens[0].type == "heading_open":
        text = _inline_text(tokens[1].children or [])
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


_NOTE_RULES: dict[str, _Rule] = {
    "footnote_ref": _note_ref,
    "footnote_open": _note_open,
    "footnote_anchor": _note_back,
    "footnote_block_open": lambda *_: '<div class="footnotes">\n<ol>\n',
    "footnote_block_close": lambda *_: "</ol>\n</div>\n",
}
