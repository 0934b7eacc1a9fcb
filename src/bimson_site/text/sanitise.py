"""Raw HTML made harmless: what may stand in a body, players as link cards, and what a reader sees of it.

Owns the allow lists and the only import of nh3; never parses Markdown and never knows addresses of
this site (a function hands them in). Who calls it: `text.markdown`.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import nh3

# Schemes that a reader can follow; everything else (javascript:, vbscript:, data:, file: …) dies.
_SCHEME_NAMES = (
    "http https ftp mailto tel sms geo news irc ircs xmpp magnet webcal skype viber zalo"
)
SCHEMES = frozenset(_SCHEME_NAMES.split())
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
# Browsers drop these before they look for the scheme (WHATWG URL, "basic URL parser", steps 1 to 3).
_EDGE = "".join(map(chr, range(33)))
_TAB_OR_NEWLINE = str.maketrans("", "", "\t\n\r")
_PICTURE_DATA = re.compile(r"data:image/(png|gif|jpeg|webp)[;,]", re.IGNORECASE)


class Block(NamedTuple):
    """A block as a reader sees it: heading, paragraph, caption, picture (no text) or other text."""

    kind: str
    text: str


def scheme(url: str) -> str:
    """The scheme that a browser would see in `url` (entities already decoded), small letters, or ''."""
    found = _SCHEME.match(url.strip(_EDGE).translate(_TAB_OR_NEWLINE))
    return found[1].lower() if found else ""


def is_safe(url: str, *, picture: bool = False) -> bool:
    """True if a link (or the source of a picture) may be printed."""
    found = scheme(url)
    if found == "data" and picture:
        return bool(_PICTURE_DATA.match(url.strip(_EDGE).translate(_TAB_OR_NEWLINE)))
    return not found or found in SCHEMES


def is_reference(url: str) -> bool:
    """True if `url` names something of this site: no scheme, no host, not only a fragment."""
    bare = url.strip(_EDGE)
    return bool(bare) and not bare.startswith(("#", "//", "\\\\")) and not scheme(bare)


# --- what may stay --------------------------------------------------------------------------------

_TAG_NAMES = (
    "a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup dd del"
    " details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li"
    " mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td"
    " tfoot th thead time tr u ul var wbr"
)
_TAGS = frozenset(_TAG_NAMES.split())
_ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"aria-label", "href", "name"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"alt", "height", "loading", "src", "width"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_ALIGNED = {"align-left", "align-center", "align-right"}
_CLASSES = {
    "a": {"footnote-backref"},
    "div": {"footnotes"},
    "li": {"footnote-item"},
    "p": {"embed"},
    "sup": {"footnote-ref"},
    "td": _ALIGNED,
    "th": _ALIGNED,
}
# Their content is not for readers.
_GONE = {"script", "style", "template"}
# Blocks that we do not print: dropping the bare tags would glue their texts together.
_STRANGE_BLOCK = re.compile(
    r"<(/?)(?:center|dir|fieldset|form|frameset|hgroup|legend|listing|main|marquee|menu|nav|noframes"
    r"|noembed|noscript|optgroup|option|plaintext|search|select|textarea|title|xmp)\b[^>]*>",
    re.IGNORECASE,
)
_WANTED = re.compile(r"""href\s*=\s*["']?#([^"'\s>]+)""", re.IGNORECASE)
_IMG = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r' alt="([^"]*)"')
_NO_CLASS = re.compile(r'(<[a-z][a-z0-9]*(?: [^<>]*)?) class=""')
_DEAD_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)


def clean(html: str, resolve: Callable[[str], str]) -> str:
    """A harmless version of an HTML fragment.

    `resolve` maps each reference (see `is_reference`) to the address to print. Ids stay only where
    a link of the same fragment leads to them, so that they cannot clash with the page around.
    """
    html = _STRANGE_BLOCK.sub(r"<\1div>", html)
    if _PLAYER.search(html):
        html = _cards(html)
    wanted = set(_WANTED.findall(html))

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name in {"href", "src"}:
            if tag not in {"a", "img"} or not is_safe(value, picture=tag == "img"):
                return None
            return resolve(_encoded(value)) if is_reference(value) else value
        if name in {"id", "name"}:
            return value if value in wanted else None
        if name in {"width", "height"}:
            return value if value.isascii() and value.isdigit() else None
        return value

    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        allowed_classes=_CLASSES,
        set_tag_attribute_values={"img": {"loading": "lazy"}},
        url_schemes=set(SCHEMES) | {"data"},
        link_rel=None,
    )
    # In what nh3 writes, "<" and ">" stand for tags and for nothing else.
    cleaned = _NO_CLASS.sub(r"\1", _DEAD_LINK.sub(r"\1", cleaned))
    return _IMG.sub(_picture, cleaned).replace("<p></p>", "")


def _encoded(url: str) -> str:
    """A reference as markdown-it writes it, so that both spellings of a file are one."""
    return quote(url.strip(_EDGE).translate(_TAB_OR_NEWLINE), safe=";/?:@&=+$,-_.!~*'()#%")


def _picture(found: re.Match[str]) -> str:
    """A picture with alternative text; without an address only the text is left of it."""
    tag = found[0]
    alt = _ALT.search(tag)
    if " src=" not in tag:
        return alt[1] if alt else ""
    return tag if alt else f'<img alt=""{tag[4:]}'


# --- frames and players -----------------------------------------------------------------------------

_PLAYER = re.compile(r"<(?:iframe|frame|embed|object|applet|video|audio)\b", re.IGNORECASE)
_PLAYERS = frozenset({"iframe", "object", "applet", "video", "audio"})
_MOVIE = frozenset({"movie", "src", "url", "filename"})


def _cards(html: str) -> str:
    """Every frame and player replaced by a link to what it would have shown, or by its fallback."""
    reader = _Cards()
    reader.feed(html)
    reader.close()
    return reader.result()


def card(url: str, words: str) -> str:
    """A link card: `words`, or else the host or the file name of `url`."""
    if not words.strip():
        host = urlsplit(url).netloc if "//" in url and "[" not in url else ""
        path = unquote(url.partition("?")[0].partition("#")[0]).rstrip("/")
        words = host.rpartition("@")[2].removeprefix("www.") or path.rpartition("/")[2] or url
    href, text = entities.escape(url), entities.escape(" ".join(words.split()), quote=False)
    return f'<p class="embed"><a href="{href}">{text}</a></p>'


class _Cards(HTMLParser):
    """Copies HTML word by word, save for players; the outermost player speaks for those inside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.inner: list[str] = []
        self.pictures: list[str] = []
        self.open: list[str] = []
        self.source = ""
        self.words = ""

    def result(self) -> str:
        # A player that is never closed swallows nothing: what followed it is text of the article.
        rest = "".join(self.inner)
        if self.open:
            self._emit(rest, keep=True)
        return "".join(self.out)

    def _emit(self, fallback: str, *, keep: bool) -> None:
        if self.source:
            self.out.append(card(self.source, self.words))
            self.out.extend(() if keep else self.pictures)
        if keep or not self.source:
            self.out.append(fallback)
        self.open, self.inner, self.pictures, self.source, self.words = [], [], [], "", ""

    def _write(self, text: str) -> None:
        (self.inner if self.open else self.out).append(text)

    def _note(self, values: dict[str, str]) -> None:
        for name in ("src", "data", "data-src", "value"):
            url = values.get(name, "").strip()
            if url and not self.source and is_safe(url) and url != "about:blank":
                self.source = url
        self.words = self.words or values.get("title", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in reversed(attrs)}
        alone = tag in {"embed", "frame"}
        if tag in _PLAYERS or alone:
            values.pop("value", None)
            if alone and not self.open:
                self._note(values)
                self._emit("", keep=False)
                return
            self.open.extend(() if alone else (tag,))
            self._note(values)
            if srcdoc := values.get("srcdoc", ""):
                self.inner.append(srcdoc)
        elif self.open and tag == "source":
            self._note(values)
        elif self.open and tag == "param":
            if values.get("name", "").lower() in _MOVIE:
                self._note({"value": values.get("value", "")})
        else:
            text = self.get_starttag_text() or ""
            if self.open and tag == "img":
                self.pictures.append(text)
            self._write(text)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no self-closing elements: <iframe/> opens one. People who write it mean it closed.
        self.handle_starttag(tag, attrs)
        if tag in _PLAYERS:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _PLAYERS:
            if tag not in {"embed", "frame", "source", "param"}:
                self._write(f"</{tag}>")
        elif tag in self.open:
            while self.open and self.open.pop() != tag:
                pass
            if not self.open:
                self._emit("".join(self.inner), keep=False)

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Comments are not for readers."""

    def unknown_decl(self, data: str) -> None:
        """Nor are declarations (<![CDATA[ … ]]>)."""


# --- what a reader sees -----------------------------------------------------------------------------

_INLINE_NAMES = (
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span"
    " strong sub sup time u var wbr"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NESTING = frozenset({"blockquote", "li", "td", "th", "dd", "dt", "figure", "pre", "details"})
_UNSEEN = frozenset({"footnote-ref", "footnote-backref", "embed"})


def visible(html: str) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Blocks that a reader sees in cleaned HTML, and its references in order, unique."""
    reader = _Visible()
    reader.feed(html)
    reader.close()
    reader.flush()
    return tuple(reader.blocks), tuple(dict.fromkeys(reader.references))


class _Visible(HTMLParser):
    """Reads cleaned HTML only: every element is closed and nothing in it is hidden."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
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
        if tag in {"a", "img"} and is_reference(url):
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
