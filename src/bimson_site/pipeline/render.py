"""A page and its texts become bytes: a pure function of the page, the texts and the press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bimson_site.extension import View
from bimson_site.model import Page, digest
from bimson_site.theme.engine import Press

# Everything that a page is made of; when one of them changes, so may the page.
PARTS = ("inputs", "text", "template", "site", "tool")


def render(page: Page, texts: Sequence[str], views: Mapping[str, View], press: Press) -> bytes:
    """The bytes of a page. SiteError (template-failed) where its template fails."""
    return views[page.view].draw(page, texts, press)


def own_parts(page: Page) -> tuple[bytes, bytes]:
    """The digests of the first two of PARTS: what only this page is made of."""
    texts = digest(tuple(body.digest for body in page.reads)) if page.reads else ""
    return bytes.fromhex(digest(page.inputs)), bytes.fromhex(texts)


def shared_parts(
    view: str, views: Mapping[str, View], press: Press, tool: str
) -> tuple[bytes, bytes, bytes]:
    """The digests of the others, which all pages of a view share; `tool` stands for the program."""
    drawn_by = bytes.fromhex(template(view, views, press))
    return drawn_by, bytes.fromhex(press.masthead_digest), bytes.fromhex(tool)


def template(view: str, views: Mapping[str, View], press: Press) -> str:
    """A digest of all templates that a view renders, with what they include."""
    templates = views[view].templates if view in views else ()
    return digest(tuple(press.digest(name) for name in templates))
