"""What answers old addresses beside the pages that lead on: maps for servers, and the page 404 with what it
looks an address up in.

The texts of the maps are handed in (`pipeline.servers` writes them), those it looks up in are made by
`features.lookup`. The pages that lead on are `features.redirects`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View, templated
from bimson_site.features import lookup
from bimson_site.model import Masthead, OldAddresses, Page
from bimson_site.theme.engine import Press


def plan(old: OldAddresses, _masthead: Masthead) -> Iterator[Page]:
    shards = lookup.shards(old.rows)
    yield Page(routes.NOT_FOUND, "not-found", bool(shards), owner="404")
    for server, url, text in old.maps:
        yield Page(url, "old-addresses", text, owner=f"servers: {server}")
    if shards:
        yield Page(routes.LOOK_UP, "file", old.script, owner="404")
    for url, text in shards.items():
        yield Page(url, "old-addresses", text, owner="404")


def _text(page: Page, _texts: Sequence[str], _press: Press) -> bytes:
    assert isinstance(page.inputs, str)
    return page.inputs.encode()


EXTENSION = Extension(
    "old addresses",
    planners=(Planner("old addresses", OldAddresses, plan),),
    views=(View("old-addresses", _text), templated("not-found", "404.html")),
)
