"""Pictures in the HTML of a body: with their size, the smaller version in place of a wide original, which is
linked.

Owns what is done to an `<img>` of ours (as `text.markdown` and `text.sanitise` print it); never makes a picture
(`effects.pictures`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from markupsafe import escape

from bimson_site import routes
from bimson_site.model import Shown, Story

# So much HTML before a picture, or less, and a reader sees it without scrolling.
_FOLD = 1_000
_LINK_OR_PICTURE = re.compile(r"<a\b[^>]*>.*?</a>|<img\b[^>]*>", re.DOTALL)
_PICTURE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r' src="([^"]*)"')
_SIZE = re.compile(r' (?:width|height)="[^"]*"')


def hung(html: str, page: str, pictures: Sequence[Shown], *, led: bool) -> str:
    """The HTML of a body at the address `page` with its pictures as they are shown. The first one comes at
    once where it stands near the top and no lead picture does; all others when a reader gets there."""
    by_link = {routes.link(page, each.url): each for each in pictures}
    first = None if led else _PICTURE.search(html)
    if first and first.start() <= _FOLD:
        eager = first[0].replace(' loading="lazy"', "")
        html = html[: first.start()] + eager + html[first.end() :]
    if not by_link:
        return html

    def sized(found: re.Match[str]) -> tuple[str, Shown | None]:
        tag = found[0]
        source = _SOURCE.search(tag)
        picture = by_link.get(unescape(source[1])) if source else None
        if picture is None or source is None:
            return tag, None
        shown = escape(routes.link(page, picture.shown))
        tag = _SIZE.sub("", tag.replace(source[0], f' src="{shown}"', 1))
        return f'{tag[:-1]} width="{picture.width}" height="{picture.height}">', picture

    def hang(found: re.Match[str]) -> str:
        if found[0].startswith("<a"):
            return _PICTURE.sub(lambda inner: sized(inner)[0], found[0])
        tag, picture = sized(found)
        if picture is None or picture.shown == picture.url:
            return tag
        return f'<a class="original" href="{escape(routes.link(page, picture.url))}">{tag}</a>'

    return _LINK_OR_PICTURE.sub(hang, html)


def captioned(html: str, source: str, caption: str, credit: str) -> str | None:
    """The HTML of a body with a caption and a credit (HTML, either may be "") in the figure of the picture at
    `source`, a link as the body has it. A figure that has a caption of its own keeps it, and gets the credit. None
    where that picture stands in no figure."""
    wanted = f' src="{escape(source)}"'
    for found in _FIGURE.finditer(html):
        inside, own = found[1], found[2] or ""
        if wanted in inside:
            told = " ".join(part for part in (own or caption, credit) if part)
            figure = f"<figure>{inside}<figcaption>{told}</figcaption></figure>"
            return f"{html[: found.start()]}{figure}{html[found.end() :]}"
    return None


# A figure without another in it: its picture, its caption.
_FIGURE = re.compile(
    r"<figure>((?:(?!</?fig).)*)(?:<figcaption>((?:(?!</?fig).)*)</figcaption>\s*)?</figure>",
    re.DOTALL,
)


def lead(story: Story) -> Shown | None:
    """The lead picture of an article as it is shown, where its size is known."""
    url = dict(story.links).get(story.article.image) if story.article.image else None
    return next((each for each in story.pictures if each.url == url), None) if url else None
