"""On this day: a page for each day of the calendar, with what was published on it in every year.

Pages are fixed and know no today: home and the pages of days lead there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bimson_site import routes
from bimson_site.extension import Extension, Planner, templated
from bimson_site.model import Anniversaries, Anniversary, Card, Masthead, Page


@dataclass(frozen=True, slots=True)
class AnniversaryPage:
    """A day of the calendar, (month, day): the cards of each year, the newest year first; its neighbours."""

    date: tuple[int, int]
    count: int
    years: tuple[tuple[int, tuple[Card, ...]], ...]
    before: tuple[int, int] | None
    after: tuple[int, int] | None


def plan_day(found: Anniversary, _masthead: Masthead) -> Iterator[Page]:
    by_year = groupby(found.cards, lambda card: card.published.local.year)
    years = tuple((year, tuple(cards)) for year, cards in by_year)[::-1]
    date = (found.month, found.day)
    inputs = AnniversaryPage(date, len(found.cards), years, found.before, found.after)
    url = routes.anniversary(*date)
    yield Page(url, "anniversary", inputs, owner=url.strip("/"))


def plan_index(found: Anniversaries, _masthead: Masthead) -> Iterator[Page]:
    yield Page(routes.ANNIVERSARIES, "anniversaries", found, owner="on this day")


EXTENSION = Extension(
    "anniversaries",
    planners=(
        Planner("on this day", Anniversary, plan_day),
        Planner("days of the calendar", Anniversaries, plan_index),
    ),
    views=(
        templated("anniversary", "anniversary.html"),
        templated("anniversaries", "anniversaries.html"),
    ),
)
