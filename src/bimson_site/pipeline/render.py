"""A page and its texts become bytes: a pure function of the page, the texts and the press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bimson_site import __version__
from bimson_site.extension import View
from bimson_site.model import Page, digest
from bimson_site.theme.engine import Press


def render(page: Page, texts: Sequence[str], views: Mapping[str, View], press: Press) -> bytes:
    """The bytes of a page. SiteError (template-failed) where its template fails."""
    return views[page.view].draw(page, texts, press)


def parts(page: Page, views: Mapping[str, View], press: Press) -> tuple[tuple[str, str], ...]:
    """The named digests of everything that a page is made of; when one changes, so may the page."""
    templates = views[page.view].templates if page.view in views else ()
    return (
        ("inputs", digest(page.inputs)),
        ("text", digest(tuple(body.digest for body in page.reads))),
        ("template", digest(tuple(press.digest(name) for name in templates))),
        ("site", press.masthead_digest),
        ("tool", __version__),
    )
