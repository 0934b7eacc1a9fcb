"""The front door: home by the size of the archive, and coverage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View
from bimson_site.features import articles, data
from bimson_site.model import Masthead, Page, Whole
from bimson_site.theme.engine import Press

# From how much on a part of the home page says something (design/pages.md, "Home, by size").
CALENDAR_ARTICLES, CALENDAR_DAYS = 30, 10
STRIP_YEARS = 2
# Above this the home page shows neither summaries nor a calendar: it stays within 20 KB.
SMALL = 5_000


def plan(whole: Whole, _masthead: Masthead) -> Iterator[Page]:
    reads = articles.bodies(whole.only) if whole.only else ()
    yield Page(routes.HOME, "home", whole, reads, owner="home")
    yield Page(routes.COVERAGE, "coverage", whole, owner="coverage")


def _home(page: Page, texts: Sequence[str], press: Press) -> bytes:
    whole = page.inputs
    assert isinstance(whole, Whole)
    if whole.only:
        (told,) = data.files_of((whole.only,), press.masthead)
        given = articles.names_of_news(page, whole.only, told, texts, press)
        return press.render("home_article.html", page, **given)
    size = whole.home_size
    return press.render(
        "home.html",
        page,
        latest=whole.latest[:size],
        calendar=whole.calendar if _calendar_says_something(whole) else None,
        strip=len(whole.years) >= STRIP_YEARS,
        summaries=whole.cards <= SMALL,
    )


def _calendar_says_something(whole: Whole) -> bool:
    days = sum(1 for m in (whole.calendar.months if whole.calendar else ()) for n in m.days if n)
    return CALENDAR_ARTICLES <= whole.cards <= SMALL and days >= CALENDAR_DAYS


def _coverage(page: Page, _texts: Sequence[str], press: Press) -> bytes:
    whole = page.inputs
    assert isinstance(whole, Whole)
    return press.render("coverage.html", page, gaps=spans(whole.gaps))


def spans(months: Iterable[tuple[int, int]]) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
    """Months in order as (first, last) of each unbroken run."""
    found: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for year, month in months:
        before = (year, month - 1) if month > 1 else (year - 1, 12)
        first = found.pop()[0] if found and found[-1][1] == before else (year, month)
        found.append((first, (year, month)))
    return tuple(found)


EXTENSION = Extension(
    "front",
    planners=(Planner("front", Whole, plan),),
    views=(
        View("home", _home, ("home.html", "home_article.html")),
        View("coverage", _coverage, ("coverage.html",)),
    ),
)
