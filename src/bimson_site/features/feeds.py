"""The newest articles for readers of feeds: Atom, RSS and JSON Feed of the whole, Atom of terms.

Ids are urn:uuid of version 5 (RFC 4122) made of the site's address and the article's id, so that an
entry keeps its id when its title, date or address changes; they are the same in every feed.

Sources: RFC 4287 (Atom); the RSS Advisory Board's RSS 2.0 specification and best practices; jsonfeed.org,
version 1.1, where an item must have a content: what it says of itself, or its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from uuid import UUID, uuid5

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View
from bimson_site.model import Card, Masthead, Page, Term, Timestamp, Whole, utc
from bimson_site.theme.engine import Press
from bimson_site.theme.vocabulary import json_script

# The namespace of all ids that bimson-site makes: a random UUID, chosen once (2026-11-24).
NAMESPACE = UUID("7f1c2c0e-5d0b-4b57-9d7e-6a3f0f4f2b61")


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest cards of the site, or of a term (`name`, and `home`: its page)."""

    home: str
    name: str
    cards: tuple[Card, ...]


def plan(whole: Whole, _masthead: Masthead) -> Iterator[Page]:
    feed = Feed(routes.HOME, "", listed(whole.latest)[: whole.feed_size])
    yield Page(routes.FEED, "feed", feed, owner="feed")
    yield Page(routes.RSS, "rss", feed, owner="feed")
    yield Page(routes.JSON_FEED, "json-feed", feed, owner="feed")


def plan_term(term: Term, _masthead: Masthead) -> Iterator[Page]:
    if term.feed:
        ref = term.ref
        feed = Feed(ref.url, ref.name, listed(term.newest)[: term.feed])
        yield Page(routes.term_feed(ref.url), "feed", feed, owner=f"{ref.kind.value}: {ref.name}")


def listed(cards: Iterable[Card]) -> tuple[Card, ...]:
    """Those of which the date is known and which may be found; each page once, by its own card rather than
    by that of another source."""
    found = [c for c in cards if c.published.known and not c.noindex]
    seen = {c.url for c in found if not c.record}
    kept = []
    for card in found:
        if not card.record:
            kept.append(card)
        elif card.url not in seen:
            seen.add(card.url)
            kept.append(card)
    return tuple(kept)


def entry_id(masthead: Masthead, article_id: str) -> str:
    name = f"{masthead.base_url}\n{article_id}"
    return f"urn:uuid:{uuid5(NAMESPACE, name)}"


def feed_id(masthead: Masthead, feed: Feed) -> str:
    """No article's id has a line break."""
    return entry_id(masthead, f"{feed.home}\n" if feed.name else "")


def moment(stamp: Timestamp) -> str:
    """A date-time as RFC 3339 wants it; what is not known is the start of its period."""
    return stamp.aware.isoformat(timespec="seconds")


def rss_moment(stamp: Timestamp) -> str:
    """The same as RFC 822 wants it, with four digits of the year: Wed, 05 Aug 2020 07:00:00 +0700."""
    return format_datetime(stamp.aware)


def changed(card: Card) -> Timestamp:
    """When an article was last changed, as far as is known."""
    return card.updated if card.updated and card.updated.known else card.published


def _xml(template: str) -> View:
    def draw(page: Page, _texts: Sequence[str], press: Press) -> bytes:
        feed, masthead = page.inputs, press.masthead
        assert isinstance(feed, Feed)
        newest = max(map(changed, feed.cards), key=lambda t: t.instant, default=None)
        return press.render(
            template,
            page,
            feed_id=feed_id(masthead, feed),
            title=f"{feed.name} – {masthead.title}" if feed.name else masthead.title,
            updated=moment(newest) if newest else utc(0).isoformat(),
            built=rss_moment(newest) if newest else "",
            entries=[(card, entry_id(masthead, card.id)) for card in feed.cards],
            moment=moment,
            rss_moment=rss_moment,
            changed=changed,
        )

    return View("feed" if template == "feed.xml" else "rss", draw, (template,))


def _json(page: Page, _texts: Sequence[str], press: Press) -> bytes:
    feed, masthead = page.inputs, press.masthead
    assert isinstance(feed, Feed)
    link = routes.links_from(page.url, explicit=masthead.explicit_links)

    def address(url: str) -> str:
        return routes.absolute(masthead.base_url, url) or link(url)

    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": masthead.title,
        "home_page_url": address(feed.home),
        "feed_url": routes.absolute(masthead.base_url, page.url),
        "description": masthead.description,
        "language": masthead.language,
        "authors": [{"name": masthead.keeper}] if masthead.keeper else [],
        "items": [_item(card, address(card.url), masthead) for card in feed.cards],
    }
    kept = {name: value for name, value in told.items() if value or name == "items"}
    return f"{json_script(kept)}\n".encode()


def _item(card: Card, address: str, masthead: Masthead) -> dict[str, object]:
    told = {
        "id": entry_id(masthead, card.id),
        "url": address,
        "title": card.title,
        "content_text": card.summary or card.title,
        "date_published": moment(card.published),
        "date_modified": moment(card.updated) if card.updated and card.updated.known else "",
        "authors": [{"name": name} for name in card.authors],
        "tags": [card.section] if card.section else [],
        "language": card.language if card.language != masthead.language else "",
    }
    return {name: value for name, value in told.items() if value}


EXTENSION = Extension(
    "feeds",
    planners=(Planner("feeds", Whole, plan), Planner("feeds of terms", Term, plan_term)),
    views=(_xml("feed.xml"), _xml("rss.xml"), View("json-feed", _json)),
)
