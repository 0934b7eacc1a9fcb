"""Old addresses: a page that leads to where the article is now.

The page works on any host: a refresh in the head, a visible link, canonical, noindex.
"""

from __future__ import annotations

from collections.abc import Iterator

from bimson_site.extension import Extension, Planner, templated
from bimson_site.model import Masthead, Page, Shelf, Standing, Story


def plan_shelf(shelf: Shelf, _masthead: Masthead) -> Iterator[Page]:
    for story in shelf.stories:
        yield from moved(story)


def plan_standing(standing: Standing, _masthead: Masthead) -> Iterator[Page]:
    return moved(standing.story)


def moved(story: Story) -> Iterator[Page]:
    for url in story.moved:
        target = (story.url, story.article.title)
        yield Page(url, "redirect", target, owner=f"{story.article.path} (redirect)")


EXTENSION = Extension(
    "redirects",
    planners=(
        Planner("redirects", Shelf, plan_shelf),
        Planner("page redirects", Standing, plan_standing),
    ),
    views=(templated("redirect", "redirect.html"),),
)
