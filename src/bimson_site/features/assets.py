"""Files that are published as they are: the theme's style and icon, and the site's static/."""

from __future__ import annotations

from collections.abc import Iterator

from bimson_site.extension import Extension, Planner
from bimson_site.model import Assets, Masthead, Page


def plan(assets: Assets, _masthead: Masthead) -> Iterator[Page]:
    for asset in assets.files:
        yield Page(asset.url, "file", asset, owner=asset.path)


EXTENSION = Extension("assets", planners=(Planner("assets", Assets, plan),))
