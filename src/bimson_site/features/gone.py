"""Tombstones: pages at addresses that were published and of which nothing is left.

They say that something stood there, never what. A page that may come back says so, and no server is told
that it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from bimson_site.extension import Extension, Planner, templated
from bimson_site.model import Masthead, Page, Vanished


def plan(vanished: Vanished, _masthead: Masthead) -> Iterator[Page]:
    for each in vanished.gone:
        yield Page(each.url, "gone", each, owner=vanished.ledger)


EXTENSION = Extension(
    "gone",
    planners=(Planner("gone", Vanished, plan),),
    views=(templated("gone", "gone.html"),),
)
