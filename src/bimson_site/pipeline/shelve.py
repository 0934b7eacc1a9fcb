"""Cuts the archive into partitions: the months, years and the whole that planners see.

Every partition holds all that the pages made from it may read, and no more, so that an article
touches its own month, year and terms (`pipeline.shelve_terms`). Lists are cut by time, never by number.
Cards and stories are leaves of shelves still (`pipeline.stacks`; `assemble` fetches them), which is all that a digest
needs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

from bimson_site import routes
from bimson_site.config import ListSizes
from bimson_site.model import (
    UNDATED,
    Anniversaries,
    Anniversary,
    CardRow,
    Clusters,
    Counts,
    Day,
    Gone,
    Leaf,
    MonthCount,
    PeriodCount,
    Release,
    SetAside,
    Shelf,
    Standing,
    StoryRow,
    TermKind,
    TermRef,
    Vanished,
    Whole,
    Year,
)
from bimson_site.pipeline import ledger, stacks, terms
from bimson_site.pipeline.drafts import Period
from bimson_site.pipeline.stacks import SIZE, Inventory, Listed, Shelved
from bimson_site.pipeline.terms import Glossary, TermKey
from bimson_site.text import vietnamese

# A partition's cards and stories as leaves or rows; mypy sees what `assemble` makes of them.
Rows = Any


@dataclass(frozen=True)
class Holdings:
    """Everything that is shelved, and what is not: the shelves in time, the undated last, and the ordinary pages."""

    shelves: tuple[Shelved, ...]
    pages: tuple[StoryRow, ...]
    glossary: Glossary
    set_aside: tuple[SetAside, ...]
    held_back: int
    copies: int
    gone: tuple[Gone, ...] = ()

    @cached_property
    def inventories(self) -> tuple[Inventory, ...]:
        return tuple(each.inventory for each in self.shelves)

    @cached_property
    def stories(self) -> int:
        """How many articles have a page."""
        return sum(each.bound.stories for each in self.shelves)

    @cached_property
    def cards(self) -> int:
        return sum(each.cards.length for each in self.inventories)


def shelves(holdings: Holdings) -> Iterator[Shelf]:
    """The partitions in time, oldest first, the undated last."""
    found = holdings.shelves
    days = sorted(day for each in holdings.inventories for day, *_ in each.days if day % 100)
    remembered = remembers(holdings.inventories)
    months = sorted(each.shelf for each in holdings.inventories if each.shelf[1])
    with_stories = [each.inventory for each in found if each.bound.stories]
    place = {each.shelf: at for at, each in enumerate(with_stories)}
    for each in found:
        key, at = each.inventory.shelf, place.get(each.inventory.shelf)
        yield Shelf(
            *key,
            stories=_rows([story_leaf(each)]) if each.bound.stories else (),
            cards=_rows([leaf(each.inventory, stacks.ALL, each.inventory.cards)]),
            earlier=_row(_neighbour(with_stories, at, -1)),
            later=_row(_neighbour(with_stories, at, +1)),
            day_before=_day_beside(days, key, -1),
            day_after=_day_beside(days, key, +1),
            month_before=_beside(months, key, -1),
            month_after=_beside(months, key, +1),
            remembered=remembered,
        )


def leaf(inventory: Inventory, name: str, listed: Listed) -> Leaf:
    """All cards of a list."""
    return Leaf(inventory.address, name, 0, listed.length, listed.digest)


def story_leaf(shelved: Shelved) -> Leaf:
    bound = shelved.bound
    return Leaf(bound.address, stacks.STORIES, 0, bound.stories, bound.digest)


def _rows(found: Iterable[object]) -> Rows:
    return tuple(found)


def remembers(inventories: Iterable[Inventory]) -> bool:
    """Whether days of the calendar are worth a page: where days of two years have anything."""
    return len({each.shelf[0] for each in inventories if each.calendar}) > 1


def anniversaries(holdings: Holdings) -> Iterator[Anniversary | Anniversaries]:
    """The days of the calendar, and how much was published on each; none in an archive of one year. A text
    that another source had too is listed once."""
    if not remembers(holdings.inventories):
        return
    found: dict[int, list[Leaf]] = defaultdict(list)
    for each in holdings.inventories:
        for day, listed in each.calendar:
            found[day].append(leaf(each, stacks.day_list(day), listed))
    days = sorted(found)
    yield Anniversaries(_months({day: sum(each.length for each in found[day]) for day in days}))
    for at, day in enumerate(days):
        yield Anniversary(
            *divmod(day, 100),
            _rows(found[day]),
            divmod(days[at - 1], 100) if at else None,
            divmod(days[at + 1], 100) if at + 1 < len(days) else None,
        )


def years(holdings: Holdings) -> tuple[Year, ...]:
    """The counts of each year that has anything."""
    loose: dict[int, list[Leaf]] = defaultdict(list)
    by_year: dict[int, dict[int, int]] = defaultdict(dict)
    for each in holdings.inventories:
        year, month = each.shelf
        if year:
            by_year[year] |= {day % 10000: count for day, count, _ in each.days}
        if year and not month:
            loose[year].append(leaf(each, stacks.ALL, each.cards))
    numbers = list(by_year)
    return tuple(
        Year(
            year=number,
            count=sum(by_year[number].values()),
            months=_months(by_year[number]),
            loose=_rows(loose[number]),
            year_before=numbers[index - 1] if index else None,
            year_after=numbers[index + 1] if index + 1 < len(numbers) else None,
        )
        for index, number in enumerate(numbers)
    )


def _months(days: Mapping[int, int]) -> tuple[MonthCount, ...]:
    """The months of a year from the counts of its days (mmdd); day 0 is not known."""
    found: dict[int, list[int]] = defaultdict(lambda: [0] * 32)
    for day, count in days.items():
        if day:
            found[day // 100][day % 100] = count
    return tuple(MonthCount(m, sum(d), tuple(d[1:])) for m, d in sorted(found.items()))


def whole(
    holdings: Holdings, by_year: Sequence[Year], sizes: ListSizes, featured: Iterable[CardRow]
) -> Whole:
    """The front door: counts, the newest, the featured, what is missing."""
    found = holdings.inventories
    own = [each for each in found if each.own.length]
    dated = [each for each in found if each.shelf[0]]
    counts: Counter[TermKey] = Counter()
    for each in found:
        for key, listed in each.terms:
            counts[key] += listed.length
    months = [(y.year, m.month, m.count) for y in by_year for m in y.months]
    return Whole(
        stories=holdings.stories,
        cards=holdings.cards,
        copies=holdings.copies,
        undated=holdings.cards - sum(y.count for y in by_year),
        first=_rows([dated[0].edges[0]]) if dated else UNDATED,
        last=_rows([dated[-1].edges[1]]) if dated else UNDATED,
        years=tuple(PeriodCount(y.year, 0, y.count, routes.year(y.year)) for y in by_year),
        months=tuple(PeriodCount(*m, routes.month(m[0], m[1])) for m in months),
        gaps=tuple(_gaps(by_year)),
        latest=newest([(each, each.own) for each in own], stacks.OWN, max(sizes.home, sizes.feed)),
        featured=_rows(featured),
        calendar=_calendar_year(by_year),
        sections=_largest(TermKind.SECTION, counts, holdings.glossary),
        sources=_largest(TermKind.SOURCE, counts, holdings.glossary),
        terms=tuple((kind, sum(k[0] is kind for k in counts)) for kind in TermKind),
        pages=_rows(holdings.pages),
        set_aside=holdings.set_aside,
        held_back=holdings.held_back,
        sitemaps=_sitemaps(found),
        only=_rows(story_leaf(each) for each in holdings.shelves)
        if holdings.stories == holdings.cards == 1
        else None,
        home_size=sizes.home,
        feed_size=sizes.feed,
        remembered=remembers(found),
    )


def _sitemaps(inventories: Iterable[Inventory]) -> tuple[PeriodCount, ...]:
    listed = {each.shelf: each.listed for each in inventories if each.listed}
    return tuple(PeriodCount(*key, listed[key]) for key in sorted(listed))


def data(holdings: Holdings) -> tuple[Clusters, Counts, Release]:
    """What is told of the whole as data."""
    found = [each.bound for each in holdings.shelves]
    repeated = [
        Leaf(each.address, stacks.REPEATED, 0, each.repeated, each.of_repeated)
        for each in found
        if each.repeated
    ]
    table = sorted(row for each in holdings.inventories for row in each.table)
    days, sources, sections, counts = zip(*table, strict=True) if table else ((), (), (), ())
    name = blake2b(digest_size=16)
    for each in holdings.shelves:
        name.update(each.bound.articles + each.inventory.cards.digest)
    return (
        Clusters(_rows(repeated)),
        Counts(days, sources, sections, counts),
        Release(name.hexdigest(), _sitemaps(holdings.inventories)),
    )


def standing(holdings: Holdings) -> Iterator[Standing]:
    return (Standing(_row(story)) for story in holdings.pages)


def vanished(holdings: Holdings) -> Iterator[Vanished]:
    """Addresses of which nothing is left, by the file of the ledger that has them."""
    by_file: dict[str, list[Gone]] = defaultdict(list)
    for each in (gone for gone in holdings.gone if "?" not in gone.url):  # no page can stand there
        by_file[ledger.file_of(each.url)].append(each)
    return (Vanished(name, tuple(by_file[name])) for name in sorted(by_file))


def _row(found: object) -> Rows:
    return found


def _day_beside(days: Sequence[int], key: Period, step: int) -> Day | None:
    """The nearest day with articles before or after a month."""
    if not key[1]:
        return None
    month = key[0] * 10000 + key[1] * 100
    index = bisect_left(days, month) - 1 if step < 0 else bisect_left(days, month + 100)
    if not 0 <= index < len(days):
        return None
    found = days[index]
    return Day(found // 10000, found // 100 % 100, found % 100)


def _beside(months: Sequence[Period], key: Period, step: int) -> Period | None:
    if not key[1]:
        return None
    index = bisect_left(months, key) + step
    return months[index] if 0 <= index < len(months) else None


def _neighbour(found: Sequence[Inventory], at: int | None, step: int) -> CardRow | None:
    """The card of the story just outside a shelf in the line of all dated ones; `found` are the shelves with stories."""
    if at is None or not 0 <= at + step < len(found):
        return None
    here, there = found[at], found[at + step]
    if not here.shelf[0] or not there.shelf[0] or not there.own_edges:
        return None
    return there.own_edges[1 if step < 0 else 0]


def newest(lists: Sequence[tuple[Inventory, Listed]], name: str, size: int) -> Rows:
    """The last dated cards of lists in time, newest first; undated ones, which stand at the end, only where there
    is room left."""
    leaves: list[Leaf] = []
    dated = [each for each in lists if each[0].shelf[0]]
    for inventory, listed in (*reversed(dated), *lists[len(dated) :]):
        if not size:
            break
        count, later = min(size, listed.length), bool(inventory.shelf[0])
        first, end = (
            (listed.length - count, listed.end[-SIZE * count :])
            if later
            else (0, listed.end[: SIZE * count])
        )
        leaves.append(Leaf(inventory.address, name, first, count, end, later))
        size -= count
    return _rows(leaves)


def _largest(
    kind: TermKind, counts: Mapping[TermKey, int], glossary: Glossary, size: int = 12
) -> tuple[tuple[TermRef, int], ...]:
    top = [
        (glossary.refs[k], n) for k, n in counts.items() if k[0] is kind and not terms.parents(k)
    ]
    top.sort(key=lambda row: (-row[1], vietnamese.sort_key(row[0].name)))
    return tuple(top[:size])


def _gaps(by_year: Sequence[Year]) -> Iterator[Period]:
    """Months between the first and the last that hold nothing; a card that knows only its year may
    belong to any month of it, so such a year has no gaps."""
    held = {(y.year, m.month) for y in by_year for m in y.months}
    held |= {(y.year, 0) for y in by_year if y.loose}
    if not held:
        return
    year, month = min(held)
    month = max(month, 1)
    while (year, month) < max(held):
        if (year, month) not in held and (year, 0) not in held:
            yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _calendar_year(by_year: Sequence[Year]) -> Year | None:
    """The year of the home page's calendar: the last one if it is well filled, else the fullest."""
    if not by_year:
        return None
    fullest = max(by_year, key=lambda y: (y.count, y.year))
    return by_year[-1] if by_year[-1].count * 2 >= fullest.count else fullest
