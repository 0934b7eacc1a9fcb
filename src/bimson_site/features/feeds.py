"""The Atom feed of the newest articles (RFC 4287).

Ids are urn:uuid of version 5 (RFC 4122) made of the site's address and the article's id, so that an
entry keeps its id when its title, date or address changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View
from bimson_site.model import Card, Masthead, Page, Timestamp, Whole, utc
from bimson_site.theme.engine import Press

# The namespace of all ids that bimson-site makes: a random UUID, chosen once (2026-11-24).
NAMESPACE = UUID("7f1c2c0e-5d0b-4b57-9d7e-6a3f0f4f2b61")


def plan(whole: Whole, _masthead: Masthead) -> Iterator[Page]:
    dated = tuple(c for c in whole.latest if c.published.known and not c.noindex)
    yield Page(routes.FEED, "feed", dated[: whole.feed_size], owner="feed")


def entry_id(masthead: Masthead, article_id: str) -> str:
    name = f"{masthead.base_url}\n{article_id}"
    return f"urn:uuid:{uuid5(NAMESPACE, name)}"


def moment(stamp: Timestamp) -> str:
    """A date-time as RFC 3339 wants it; what is not known is the start of its period."""
    return stamp.aware.isoformat(timespec="seconds")


def _draw(page: Page, _texts: Sequence[str], press: Press) -> bytes:
    cards: tuple[Card, ...] = page.inputs  # type: ignore[assignment]
    masthead = press.masthead
    newest = max((c.updated or c.published for c in cards), key=lambda t: t.instant, default=None)
    return press.render(
        "feed.xml",
        page,
        feed_id=entry_id(masthead, ""),
        updated=moment(newest) if newest else utc(0).isoformat(),
        entries=[(card, entry_id(masthead, card.id)) for card in cards],
        moment=moment,
    )


EXTENSION = Extension(
    "feeds",
    planners=(Planner("feed", Whole, plan),),
    views=(View("feed", _draw, ("feed.xml",)),),
)
