"""Whether two pages want one place is said in two ways: quickly, and with names. Both must agree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bimson_site import routes
from bimson_site.model import Receipt
from bimson_site.pipeline.plan import in_conflict, unique

NAMES = st.sampled_from(["a", "A", "b", "ế", "e\u0302\u0301", "c.txt"])
URLS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
PAGES = st.builds(lambda url, folder: f"/{url}/" if folder else f"/{url}", URLS, st.booleans())


def refused(urls: list[str]) -> bool:
    return bool(unique(Receipt(url, "owner", False, "", (), "") for url in urls).refused)


@given(st.lists(PAGES, max_size=6), st.lists(PAGES, max_size=6))
def test_a_conflict_is_seen_quickly_where_a_page_is_refused(old: list[str], new: list[str]) -> None:
    left: list[str] = []
    for url in old:
        if not refused([*left, url]):
            left.append(url)
    said = in_conflict(list(map(routes.output, left)), list(map(routes.output, new)))
    assert said == refused([*left, *new])
