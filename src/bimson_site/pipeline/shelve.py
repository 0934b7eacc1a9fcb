"""Cuts the archive into partitions: the months, years and the whole that planners see.

Every partition holds all that the pages made from it may read, and no more, so that an article
touches its own month, year and terms (`pipeline.shelve_terms`). Lists are cut by time, never by number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bimson_site import routes
from bimson_site.config import ListSizes
from bimson_site.model import (
    UNDATED,
    Card,
    Day,
    MonthCount,
    PeriodCount,
    Precision,
    SetAside,
    Shelf,
    Standing,
    Story,
    TermKind,
    TermRef,
    Timestamp,
    Whole,
    Year,
)
from bimson_site.pipeline import terms
from bimson_site.pipeline.stories import Entry
from bimson_site.pipeline.terms import Glossary, TermKey
from bimson_site.text import vietnamese

Period = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that is shelved: stories in archive order, entries in the order of their dates."""

    stories: tuple[Story, ...]
    entries: tuple[Entry, ...]
    pages: tuple[Story, ...]
    glossary: Glossary
    set_aside: tuple[SetAside, ...]
    held_back: int


def shelf_of(when: Timestamp) -> Period:
    """Year and month of a shelf; month 0 where only the year is known, year 0 where nothing is."""
    if when.precision >= Precision.MONTH:
        return when.local.year, when.local.month
    return (when.local.year, 0) if when.known else (0, 0)


def shelves(holdings: Holdings) -> Iterator[Shelf]:
    """The partitions in time, oldest first, the undated last."""
    stories = sorted(
        holdings.stories,
        key=lambda s: (not s.article.published.known, s.article.published.instant, s.url),
    )
    by_shelf: dict[Period, list[Story]] = defaultdict(list)
    for story in stories:
        by_shelf[shelf_of(story.article.published)].append(story)
    cards: dict[Period, list[Card]] = defaultdict(list)
    for entry in holdings.entries:
        cards[shelf_of(entry.card.published)].append(entry.card)
    own = {e.card.url: e.card for e in holdings.entries if not e.card.record}
    line = [s.url for s in stories if s.article.published.known]
    place = {url: index for index, url in enumerate(line)}
    days = sorted({d for e in holdings.entries if (d := day_of(e.card.published))}, key=_ordinal)
    months = sorted(key for key in cards if key[1])
    for key in sorted(cards, key=lambda k: (not k[0], k)):
        mine = by_shelf.get(key, [])
        yield Shelf(
            *key,
            stories=tuple(mine),
            cards=tuple(cards[key]),
            earlier=_neighbour(mine, place, line, own, -1),
            later=_neighbour(mine, place, line, own, +1),
            day_before=_last_before(days, Day(*key, 0)) if key[1] else None,
            day_after=_first_after(days, Day(*key, 32)) if key[1] else None,
            month_before=_beside(months, key, -1),
            month_after=_beside(months, key, +1),
        )


def years(holdings: Holdings) -> Iterator[Year]:
    """The counts of each year that has anything."""
    dated = [e.card for e in holdings.entries if e.card.published.known]
    found = [(y, tuple(cards)) for y, cards in groupby(dated, lambda c: c.published.local.year)]
    for index, (number, cards) in enumerate(found):
        yield Year(
            year=number,
            count=len(cards),
            months=_months(cards),
            loose=tuple(c for c in cards if c.published.precision < Precision.MONTH),
            year_before=found[index - 1][0] if index else None,
            year_after=found[index + 1][0] if index + 1 < len(found) else None,
        )


def whole(holdings: Holdings, sizes: ListSizes, featured: Sequence[str]) -> Whole:
    """The front door: counts, the newest, the featured (paths of articles), what is missing."""
    cards = [entry.card for entry in holdings.entries]
    dated = [c for c in cards if c.published.known]
    own = {e.card.url: e.card for e in holdings.entries if not e.card.record}
    by_path = {s.article.path: s for s in holdings.stories}
    per_year = Counter(c.published.local.year for c in dated)
    per_month = Counter(k for c in dated if (k := shelf_of(c.published))[1])
    months = sorted(per_month)
    counts = Counter(key for entry in holdings.entries for key in entry.keys)
    return Whole(
        stories=len(holdings.stories),
        cards=len(cards),
        copies=sum(len(s.copies) for s in holdings.stories),
        undated=len(cards) - len(dated),
        first=dated[0].published if dated else UNDATED,
        last=dated[-1].published if dated else UNDATED,
        years=tuple(PeriodCount(y, 0, n, routes.year(y)) for y, n in sorted(per_year.items())),
        months=tuple(PeriodCount(*k, per_month[k], routes.month(*k)) for k in months),
        gaps=tuple(_gaps(cards)),
        latest=newest([c for c in cards if not c.record], max(sizes.home, sizes.feed)),
        featured=tuple(own[by_path[p].url] for p in map(_in_content, featured) if p in by_path),
        calendar=_calendar_year(holdings),
        sections=_largest(TermKind.SECTION, counts, holdings.glossary),
        sources=_largest(TermKind.SOURCE, counts, holdings.glossary),
        terms=tuple((kind, sum(k[0] is kind for k in counts)) for kind in TermKind),
        pages=tuple(
            Card(s.url, s.article.title, UNDATED, noindex=s.article.noindex) for s in holdings.pages
        ),
        set_aside=holdings.set_aside,
        held_back=holdings.held_back,
        sitemaps=_sitemaps(cards),
        only=holdings.stories[0] if len(holdings.stories) == len(cards) == 1 else None,
    )


def _sitemaps(cards: Iterable[Card]) -> tuple[PeriodCount, ...]:
    listed = Counter(shelf_of(c.published) for c in cards if not c.record and not c.noindex)
    return tuple(PeriodCount(*key, listed[key]) for key in sorted(listed))


def standing(holdings: Holdings) -> Iterator[Standing]:
    return (Standing(story) for story in holdings.pages)


def day_of(when: Timestamp) -> Day | None:
    if when.precision < Precision.DAY:
        return None
    return Day(when.local.year, when.local.month, when.local.day)


def _ordinal(day: Day) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _last_before(days: Sequence[Day], bound: Day) -> Day | None:
    index = bisect_left(days, _ordinal(bound), key=_ordinal)
    return days[index - 1] if index else None


def _first_after(days: Sequence[Day], bound: Day) -> Day | None:
    index = bisect_right(days, _ordinal(bound), key=_ordinal)
    return days[index] if index < len(days) else None


def _beside(months: Sequence[Period], key: Period, step: int) -> Period | None:
    if not key[1]:
        return None
    index = bisect_left(months, key) + step
    return months[index] if 0 <= index < len(months) else None


def _neighbour(
    mine: Sequence[Story],
    place: Mapping[str, int],
    line: Sequence[str],
    own: Mapping[str, Card],
    step: int,
) -> Card | None:
    """The card of the story just outside a shelf in the line of all dated ones."""
    if not mine or mine[0].url not in place:
        return None
    index = place[mine[0 if step < 0 else -1].url] + step
    return own[line[index]] if 0 <= index < len(line) else None


def _months(cards: Iterable[Card]) -> tuple[MonthCount, ...]:
    days: dict[int, list[int]] = defaultdict(lambda: [0] * 31)
    counts: Counter[int] = Counter()
    for card in cards:
        if card.published.precision >= Precision.MONTH:
            counts[card.published.local.month] += 1
            if card.published.precision >= Precision.DAY:
                days[card.published.local.month][card.published.local.day - 1] += 1
    return tuple(MonthCount(m, n, tuple(days[m])) for m, n in sorted(counts.items()))


def newest(cards: Sequence[Card], size: int) -> tuple[Card, ...]:
    """The last dated cards, newest first; undated ones only where there is room left."""
    dated = [c for c in cards if c.published.known]
    undated = [c for c in cards if not c.published.known]
    return tuple((dated[::-1] + undated)[:size])


def _in_content(path: str) -> str:
    return path if path.startswith("content/") else f"content/{path}"


def _largest(
    kind: TermKind, counts: Mapping[TermKey, int], glossary: Glossary, size: int = 12
) -> tuple[tuple[TermRef, int], ...]:
    top = [
        (glossary.refs[k], n) for k, n in counts.items() if k[0] is kind and not terms.parents(k)
    ]
    top.sort(key=lambda row: (-row[1], vietnamese.sort_key(row[0].name)))
    return tuple(top[:size])


def _gaps(cards: Iterable[Card]) -> Iterator[Period]:
    """Months between the first and the last that hold nothing; a card that knows only its year may
    belong to any month of it, so such a year has no gaps."""
    held = {shelf_of(card.published) for card in cards if card.published.known}
    if not held:
        return
    year, month = min(held)
    month = max(month, 1)
    while (year, month) < max(held):
        if (year, month) not in held and (year, 0) not in held:
            yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _calendar_year(holdings: Holdings) -> Year | None:
    """The year of the home page's calendar: the last one if it is well filled, else the fullest."""
    found = list(years(holdings))
    if not found:
        return None
    fullest = max(found, key=lambda y: (y.count, y.year))
    return found[-1] if found[-1].count * 2 >= fullest.count else fullest
