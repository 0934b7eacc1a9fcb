"""Files that are published as they are: the theme's style and icon, and the site's static/."""

from __future__ import annotations

from collections.abc import Iterator

from bimson_site.extension import Extension, Planner
from bimson_site.model import Asset, Assets, Masthead, Page


def plan(assets: Assets, _masthead: Masthead) -> Iterator[Page]:
    for asset in assets.files:
        yield page(asset)


def page(asset: Asset) -> Page:
    """The page that is a file; one whose bytes were made of another is no plain file to the preview."""
    return Page(asset.url, "made" if asset.made else "file", asset, owner=asset.path)


EXTENSION = Extension("assets", planners=(Planner("assets", Assets, plan),))
