"""Cuts the archive into partitions: the months, years and the whole that planners see.

Every partition holds all that the pages made from it may read, and no more, so that an article
touches its own month, year and terms (`pipeline.shelve_terms`). Lists are cut by time, never by number.
Cards and stories are rows still (`pipeline.assemble` draws them up), which is all that a digest needs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    MonthCount,
    PeriodCount,
    Release,
    SetAside,
    Shelf,
    Standing,
    TermKind,
    TermRef,
    Vanished,
    Whole,
    Year,
)
from bimson_site.pipeline import ledger, terms
from bimson_site.pipeline.stories import Dated, Entry, Held
from bimson_site.pipeline.terms import Glossary, TermKey
from bimson_site.text import vietnamese

Period = tuple[int, int]
# A partition's cards and stories as rows; mypy sees what `assemble` makes of them.
Rows = Any


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that is shelved, and what is not."""

    held: Held
    glossary: Glossary
    set_aside: tuple[SetAside, ...]
    held_back: int
    copies: int
    gone: tuple[Gone, ...] = ()


def shelf_of(day: int) -> Period:
    """Year and month of a day (yyyymmdd); month 0 where only the year is known, year 0 where nothing is."""
    return day // 10000, day // 100 % 100


def shelves(holdings: Holdings) -> Iterator[Shelf]:
    """The partitions in time, oldest first, the undated last."""
    stories = holdings.held.stories
    spans: dict[Period, list[int]] = defaultdict(list)
    for index, dated in enumerate(stories):
        spans[shelf_of(dated.day)].append(index)
    cards: dict[Period, list[Entry]] = defaultdict(list)
    for entry in holdings.held.entries:
        cards[shelf_of(entry.day)].append(entry)
    own = [e.card for e in holdings.held.entries if not e.card.record]
    days = sorted({e.day for e in holdings.held.entries if e.day % 100})
    remembered = remembers(holdings.held.entries)
    months = sorted(key for key in cards if key[1])
    for key in sorted(cards, key=lambda k: (not k[0], k)):
        mine = spans.get(key, [])
        yield Shelf(
            *key,
            stories=_rows(stories[index].story for index in mine),
            cards=_rows(entry.card for entry in cards[key]),
            earlier=_neighbour(mine, stories, own, -1),
            later=_neighbour(mine, stories, own, +1),
            day_before=_day_beside(days, key, -1),
            day_after=_day_beside(days, key, +1),
            month_before=_beside(months, key, -1),
            month_after=_beside(months, key, +1),
            remembered=remembered,
        )


def _rows(found: Iterable[object]) -> Rows:
    return tuple(found)


def remembers(entries: Iterable[Entry]) -> bool:
    """Whether days of the calendar are worth a page: where days of two years have anything."""
    return len({e.day // 10000 for e in entries if e.day % 100 and not e.card.record}) > 1


def anniversaries(holdings: Holdings) -> Iterator[Anniversary | Anniversaries]:
    """The days of the calendar, and how much was published on each; none in an archive of one year. A text
    that another source had too is listed once."""
    if not remembers(holdings.held.entries):
        return
    found: dict[Period, list[CardRow]] = defaultdict(list)
    for entry in holdings.held.entries:
        if entry.day % 100 and not entry.card.record:
            found[entry.day // 100 % 100, entry.day % 100].append(entry.card)
    days = sorted(found)
    yield Anniversaries(_months({m * 100 + d: len(found[m, d]) for m, d in days}))
    for at, day in enumerate(days):
        yield Anniversary(
            *day,
            _rows(found[day]),
            days[at - 1] if at else None,
            days[at + 1] if at + 1 < len(days) else None,
        )


def years(holdings: Holdings) -> tuple[Year, ...]:
    """The counts of each year that has anything."""
    counts = Counter(e.day for e in holdings.held.entries if e.day)
    loose: dict[int, list[CardRow]] = defaultdict(list)
    for entry in holdings.held.entries:
        if entry.day and not entry.day % 10000:
            loose[entry.day // 10000].append(entry.card)
    by_year: dict[int, dict[int, int]] = defaultdict(dict)
    for day, count in sorted(counts.items()):
        by_year[day // 10000][day % 10000] = count
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
    holdings: Holdings, by_year: Sequence[Year], sizes: ListSizes, featured: Sequence[str]
) -> Whole:
    """The front door: counts, the newest, the featured (owners of addresses), what is missing."""
    held = holdings.held
    own = {e.card.id: e.card for e in held.entries if not e.card.record}
    dated = sum(y.count for y in by_year)
    counts = Counter(key for entry in held.entries for key in entry.keys)
    months = [(y.year, m.month, m.count) for y in by_year for m in y.months]
    return Whole(
        stories=len(held.stories),
        cards=len(held.entries),
        copies=holdings.copies,
        undated=len(held.entries) - dated,
        first=_rows([held.entries[0].card]) if dated else UNDATED,
        last=_rows([held.entries[dated - 1].card]) if dated else UNDATED,
        years=tuple(PeriodCount(y.year, 0, y.count, routes.year(y.year)) for y in by_year),
        months=tuple(PeriodCount(*m, routes.month(m[0], m[1])) for m in months),
        gaps=tuple(_gaps(by_year)),
        latest=newest([e for e in held.entries if not e.card.record], max(sizes.home, sizes.feed)),
        featured=_rows(own[name] for name in featured if name in own),
        calendar=_calendar_year(by_year),
        sections=_largest(TermKind.SECTION, counts, holdings.glossary),
        sources=_largest(TermKind.SOURCE, counts, holdings.glossary),
        terms=tuple((kind, sum(k[0] is kind for k in counts)) for kind in TermKind),
        pages=_rows(held.pages),
        set_aside=holdings.set_aside,
        held_back=holdings.held_back,
        sitemaps=_sitemaps(held.entries),
        only=_rows([held.stories[0].story])
        if len(held.stories) == len(held.entries) == 1
        else None,
        home_size=sizes.home,
        feed_size=sizes.feed,
        remembered=remembers(held.entries),
    )


def _sitemaps(entries: Iterable[Entry]) -> tuple[PeriodCount, ...]:
    listed = Counter(shelf_of(e.day) for e in entries if e.listed)
    return tuple(PeriodCount(*key, listed[key]) for key in sorted(listed))


def data(holdings: Holdings) -> tuple[Clusters, Counts, Release]:
    """What is told of the whole as data."""
    held = holdings.held
    repeated = (dated.story for dated in held.stories if dated.story.copies)
    table = Counter((e.day, e.card.source, e.card.section) for e in held.entries)
    days, sources, sections = zip(*sorted(table), strict=True) if table else ((), (), ())
    name = blake2b(digest_size=16)
    for dated in held.stories:
        name.update(dated.articles)
    for entry in held.entries:
        name.update(entry.card.digest)
    return (
        Clusters(_rows(row._replace(kin=()) for row in repeated)),
        Counts(days, sources, sections, tuple(table[key] for key in sorted(table))),
        Release(name.hexdigest(), _sitemaps(held.entries)),
    )


def standing(holdings: Holdings) -> Iterator[Standing]:
    return (Standing(_row(story)) for story in holdings.held.pages)


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


def _neighbour(
    mine: Sequence[int], stories: Sequence[Dated], own: Sequence[CardRow], step: int
) -> Rows:
    """The card of the story just outside a shelf in the line of all dated ones."""
    if not mine or not stories[mine[0]].day:
        return None
    index = mine[0 if step < 0 else -1] + step
    return own[index] if 0 <= index < len(stories) and stories[index].day else None


def newest(entries: Sequence[Entry], size: int) -> Rows:
    """The last dated cards, newest first; undated ones, which stand at the end, only where there is
    room left."""
    end = len(entries)
    while end and not entries[end - 1].day:
        end -= 1
    dated = [e.card for e in entries[max(0, end - size) : end]]
    undated = [e.card for e in entries[end : end + size]]
    return tuple((dated[::-1] + undated)[:size])


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
