"""Cuts the archive into the partitions of terms: each kind's index, each term, its years and months.

A term shows its newest cards; where it has more, they stand in its years, and those of a full year in
its months. Never cuts by number. Next: `pipeline.shelve` has the holdings and the other partitions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

from bimson_site import routes
from bimson_site.config import ListSizes
from bimson_site.model import PeriodCount, Term, TermIndex, TermKind, TermPeriod, TermRef
from bimson_site.pipeline import stacks, terms
from bimson_site.pipeline.shelve import Holdings, Rows, leaf, newest
from bimson_site.pipeline.stacks import Inventory, Listed
from bimson_site.pipeline.terms import TermKey
from bimson_site.text import vietnamese

# The lists of a term on the shelves, in time.
Lists = Sequence[tuple[Inventory, Listed]]


def term_partitions(
    holdings: Holdings, sizes: ListSizes, sections: Sequence[str], feeds: Collection[TermKind] = ()
) -> Iterator[TermIndex | Term | TermPeriod]:
    """Each kind's index, each term's landing page, and its years where it has many cards; terms of the
    kinds in `feeds` have a feed."""
    lists: dict[TermKey, list[tuple[Inventory, Listed]]] = defaultdict(list)
    for inventory in holdings.inventories:
        for key, listed in inventory.terms:
            lists[key].append((inventory, listed))
    counts = {key: _count(found) for key, found in lists.items()}
    refs = holdings.glossary.refs
    below: dict[TermKey, list[TermKey]] = defaultdict(list)
    for key in lists:
        if above := terms.parents(key):
            below[above[-1]].append(key)
    for kind in TermKind:
        keys = sorted(
            (k for k in lists if k[0] is kind), key=lambda k: _term_order(k, refs, sections)
        )
        if not keys:
            continue
        top = [key for key in keys if not terms.parents(key)]
        yield TermIndex(kind, tuple((refs[k], counts[k]) for k in top))
        for key in keys:
            children = sorted(below[key], key=lambda k: vietnamese.sort_key(refs[k].name))
            yield from _term(
                refs[key],
                stacks.term_list(key),
                lists[key],
                sizes,
                tuple((refs[k], counts[k]) for k in children),
                sizes.feed if kind in feeds else 0,
            )


def _term(
    ref: TermRef,
    name: str,
    lists: Lists,
    sizes: ListSizes,
    children: tuple[tuple[TermRef, int], ...],
    feed: int,
) -> Iterator[Term | TermPeriod]:
    latest, count = newest(lists, name, sizes.term), _count(lists)
    if count <= sizes.term:
        yield Term(ref, count, latest, (), children, feed)
        return
    by_year = {year: list(found) for year, found in groupby(lists, _year)}
    periods = {y: _period(ref, y, 0, _count(found)) for y, found in by_year.items()}
    listed = tuple(periods[y] for y in sorted(periods, key=lambda y: (not y, y)))
    yield Term(ref, count, latest, listed, children, feed)
    for number, found in sorted(by_year.items()):
        if periods[number].count <= sizes.period or not number:
            yield TermPeriod(ref, periods[number], _cards(name, found))
            continue
        by_month = {each[0].shelf[1]: [each] for each in found}
        months = {m: _period(ref, number, m, _count(f)) for m, f in by_month.items() if m}
        yield TermPeriod(
            ref,
            periods[number],
            _cards(name, by_month.get(0, ())),
            tuple(months[m] for m in sorted(months)),
        )
        for month, period in sorted(months.items()):
            yield TermPeriod(ref, period, _cards(name, by_month[month]))


def _count(lists: Lists) -> int:
    return sum(listed.length for _, listed in lists)


def _year(each: tuple[Inventory, Listed]) -> int:
    return each[0].shelf[0]


def _cards(name: str, lists: Lists) -> Rows:
    return tuple([leaf(inventory, name, listed) for inventory, listed in lists])


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
