"""Cuts the archive into the partitions of terms: each kind's index, each term, its years and months.

A term shows its newest cards; where it has more, they stand in its years, and those of a full year in
its months. Never cuts by number. Next: `pipeline.shelve` has the holdings and the other partitions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from bimson_site import routes
from bimson_site.config import ListSizes
from bimson_site.model import PeriodCount, Term, TermIndex, TermKind, TermPeriod, TermRef
from bimson_site.pipeline import terms
from bimson_site.pipeline.shelve import Holdings, Rows, newest, shelf_of
from bimson_site.pipeline.stories import Entry
from bimson_site.pipeline.terms import TermKey
from bimson_site.text import vietnamese


def term_partitions(
    holdings: Holdings, sizes: ListSizes, sections: Sequence[str], feeds: Collection[TermKind] = ()
) -> Iterator[TermIndex | Term | TermPeriod]:
    """Each kind's index, each term's landing page, and its years where it has many cards; terms of the
    kinds in `feeds` have a feed."""
    entries: dict[TermKey, list[Entry]] = defaultdict(list)
    for entry in holdings.held.entries:
        for key in entry.keys:
            entries[key].append(entry)
    refs = holdings.glossary.refs
    below: dict[TermKey, list[TermKey]] = defaultdict(list)
    for key in entries:
        if above := terms.parents(key):
            below[above[-1]].append(key)
    for kind in TermKind:
        keys = sorted(
            (k for k in entries if k[0] is kind), key=lambda k: _term_order(k, refs, sections)
        )
        if not keys:
            continue
        top = [key for key in keys if not terms.parents(key)]
        yield TermIndex(kind, tuple((refs[k], len(entries[k])) for k in top))
        for key in keys:
            children = sorted(below[key], key=lambda k: vietnamese.sort_key(refs[k].name))
            yield from _term(
                refs[key],
                entries[key],
                sizes,
                tuple((refs[k], len(entries[k])) for k in children),
                sizes.feed if kind in feeds else 0,
            )


def _term(
    ref: TermRef,
    entries: Sequence[Entry],
    sizes: ListSizes,
    children: tuple[tuple[TermRef, int], ...],
    feed: int,
) -> Iterator[Term | TermPeriod]:
    latest = newest(entries, sizes.term)
    if len(entries) <= sizes.term:
        yield Term(ref, len(entries), latest, (), children, feed)
        return
    by_year = {y: list(found) for y, found in groupby(entries, _year)}  # in the order of dates
    periods = {y: _period(ref, y, 0, len(found)) for y, found in by_year.items()}
    listed = tuple(periods[y] for y in sorted(periods, key=lambda y: (not y, y)))
    yield Term(ref, len(entries), latest, listed, children, feed)
    for number, found in sorted(by_year.items()):
        if len(found) <= sizes.period or not number:
            yield TermPeriod(ref, periods[number], _cards(found))
            continue
        by_month: dict[int, list[Entry]] = defaultdict(list)
        for entry in found:
            by_month[shelf_of(entry.day)[1]].append(entry)
        months = {m: _period(ref, number, m, len(f)) for m, f in by_month.items() if m}
        yield TermPeriod(
            ref,
            periods[number],
            _cards(by_month.get(0, ())),
            tuple(months[m] for m in sorted(months)),
        )
        for month, period in sorted(months.items()):
            yield TermPeriod(ref, period, _cards(by_month[month]))


def _year(entry: Entry) -> int:
    return entry.day // 10000


def _cards(entries: Iterable[Entry]) -> Rows:
    return tuple([entry.card for entry in entries])


def _period(ref: TermRef, year: int, month: int, count: int) -> PeriodCount:
    return PeriodCount(year, month, count, routes.term_period(ref.url, year, month))


def _term_order(
    key: TermKey, refs: Mapping[TermKey, TermRef], sections: Sequence[str]
) -> tuple[object, ...]:
    """The owner's order of sections first, people by given name, the rest as a dictionary has it."""
    name = refs[key].name
    if key[0] is TermKind.AUTHOR:
        return (0, vietnamese.given_name_key(name))
    if key[0] is TermKind.SECTION:
        wanted = [terms.key_of(TermKind.SECTION, s) for s in sections]
        place = wanted.index(key) if key in wanted else len(wanted)
        return (place, vietnamese.sort_key(name))
    return (0, vietnamese.sort_key(name))
