"""What machines are told: sitemaps (sitemaps.org, one file a month), robots.txt, .nojekyll."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View, templated
from bimson_site.model import Masthead, Page, Shelf, Whole
from bimson_site.theme.engine import Press

# sitemaps.org, "Sitemap file requirements": no more than 50,000 addresses in a file.
LIMIT = 50_000


def plan_shelf(shelf: Shelf, masthead: Masthead) -> Iterator[Page]:
    """The sitemap of a shelf; none without base_url, for a sitemap holds absolute addresses."""
    if not masthead.base_url:
        return
    rows = [
        (card.url, (card.updated or card.published).iso.lstrip("~"))
        for card in shelf.cards
        if not card.record and not card.noindex
    ]
    for part, start in enumerate(range(0, len(rows), LIMIT)):
        url = routes.sitemap_part(shelf.year, shelf.month, part)
        yield Page(url, "sitemap", tuple(rows[start : start + LIMIT]), owner="sitemap")


def plan_whole(whole: Whole, masthead: Masthead) -> Iterator[Page]:
    if masthead.base_url:
        pages = ((routes.HOME, ""), *((c.url, "") for c in whole.pages if not c.noindex))
        yield Page(routes.SITEMAP_PAGES, "sitemap", pages, owner="sitemap")
        parts = (
            routes.sitemap_part(shelf.year, shelf.month, part)
            for shelf in whole.sitemaps
            for part in range(-(-shelf.count // LIMIT))
        )
        index = (routes.SITEMAP_PAGES, *parts)
        yield Page(routes.SITEMAP, "sitemap-index", index, owner="sitemap")
    sitemap = routes.absolute(masthead.base_url, routes.SITEMAP)
    yield Page(routes.ROBOTS, "robots", sitemap, owner="robots")
    yield Page(routes.NO_JEKYLL, "empty", "", owner="GitHub Pages")


def _robots(page: Page, _texts: Sequence[str], _press: Press) -> bytes:
    lines = ["User-agent: *", "Disallow:"]
    if page.inputs:
        lines += ["", f"Sitemap: {page.inputs}"]
    return ("\n".join(lines) + "\n").encode()


def _empty(_page: Page, _texts: Sequence[str], _press: Press) -> bytes:
    return b""


EXTENSION = Extension(
    "sitemap",
    planners=(Planner("sitemap", Shelf, plan_shelf), Planner("robots", Whole, plan_whole)),
    views=(
        templated("sitemap", "sitemap.xml"),
        templated("sitemap-index", "sitemap_index.xml"),
        View("robots", _robots),
        View("empty", _empty),
    ),
)
