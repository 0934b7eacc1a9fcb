"""The archive by time: a page for each year, month and day that holds anything, and the undated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bimson_site import routes
from bimson_site.extension import Extension, Planner, templated
from bimson_site.model import Card, Day, Masthead, MonthCount, Page, Precision, Shelf, Year


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A month: its counts by day, the cards of each day, the cards without a day, its neighbours."""

    year: int
    month: int
    counts: MonthCount
    days: tuple[tuple[Day, tuple[Card, ...]], ...]
    loose: tuple[Card, ...]
    before: tuple[int, int] | None
    after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class DayPage:
    """A day: its cards, and the nearest days that are not empty."""

    day: Day
    cards: tuple[Card, ...]
    before: Day | None
    after: Day | None
    remembered: bool = False


# Headlines of one day that a month shows (design/pages.md: "up to three headlines a day").
HEADLINES = 3


def plan_year(year: Year, _masthead: Masthead) -> Iterator[Page]:
    yield Page(routes.year(year.year), "year", year, owner=f"{year.year}")


def plan_shelf(shelf: Shelf, _masthead: Masthead) -> Iterator[Page]:
    """The month and its days; the undated shelf is a list by itself."""
    if not shelf.year:
        yield Page(routes.UNDATED, "undated", shelf.cards, owner="undated")
        return
    if not shelf.month:
        return  # listed on the page of its year
    dated = [c for c in shelf.cards if c.published.precision >= Precision.DAY]
    days = tuple((day, tuple(cards)) for day, cards in groupby(dated, _day))
    yield _month(shelf, days)
    for index, (day, cards) in enumerate(days):
        before = days[index - 1][0] if index else shelf.day_before
        after = days[index + 1][0] if index + 1 < len(days) else shelf.day_after
        url = routes.day(day)
        # a day of nothing but texts that another source had too has no page of its years
        remembered = shelf.remembered and not all(card.record for card in cards)
        inputs = DayPage(day, cards, before, after, remembered)
        yield Page(url, "day", inputs, owner=url.strip("/"))


def _month(shelf: Shelf, days: tuple[tuple[Day, tuple[Card, ...]], ...]) -> Page:
    counts = [0] * 31
    for day, cards in days:
        counts[day.day - 1] = len(cards)
    inputs = MonthPage(
        shelf.year,
        shelf.month,
        MonthCount(shelf.month, len(shelf.cards), tuple(counts)),
        tuple((day, cards[:HEADLINES]) for day, cards in days),
        tuple(c for c in shelf.cards if c.published.precision < Precision.DAY),
        shelf.month_before,
        shelf.month_after,
    )
    url = routes.month(shelf.year, shelf.month)
    return Page(url, "month", inputs, owner=url.strip("/"))


def _day(card: Card) -> Day:
    local = card.published.local
    return Day(local.year, local.month, local.day)


EXTENSION = Extension(
    "calendar",
    planners=(Planner("years", Year, plan_year), Planner("months and days", Shelf, plan_shelf)),
    views=(
        templated("year", "year.html"),
        templated("month", "month.html"),
        templated("day", "day.html"),
        templated("undated", "undated.html"),
    ),
)
