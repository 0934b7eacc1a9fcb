"""Frames and players in raw HTML: a link card stands for each, since nothing is loaded from elsewhere.
Where there is nothing to link to nor to read instead, its title or its kind stands.

Owns which elements play and what a card looks like; never judges the HTML around them, which
`text.sanitise` cleans afterwards, cards included.
"""

from __future__ import annotations

import html as entities
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from bimson_site.text.links import is_safe

PLAYER = re.compile(r"<(?:iframe|frame|embed|object|applet|video|audio)\b", re.IGNORECASE)
_PLAYERS = frozenset({"iframe", "object", "applet", "video", "audio"})
_MOVIE = frozenset({"movie", "src", "url", "filename"})
# What a fallback holds that a reader does not see.
_UNSEEN = re.compile(
    r"<(script|style|template)\b.*?(?:</\1[^<>]*+>?|\Z)|<!--.*?(?:-->|\Z)|</?[a-z][^<>]*+>?",
    re.IGNORECASE | re.DOTALL,
)
_PICTURE = re.compile(r"<img\b", re.IGNORECASE)


def cards(html: str) -> str:
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
    return f'<p class="embed"><a href="{entities.escape(url)}">{_one_line(words)}</a></p>'


def _one_line(words: str) -> str:
    return entities.escape(" ".join(words.split()), quote=False)


def _seen(fallback: str) -> bool:
    """Whether a reader sees anything of it: words, or a picture."""
    shown = _UNSEEN.sub("", fallback)
    return bool(entities.unescape(shown).strip()) or _PICTURE.search(fallback) is not None


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
        self.kind = ""

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
        elif keep or not _seen(fallback):
            self.out.append(f'<p class="embed">{_one_line(self.words) or self.kind}</p>')
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
            self.kind = self.kind if self.open else tag
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
