"""What answers an address of this site, before any page is planned: for links in bodies.

Knows which pages planners will make of articles, terms and dates, as `features` plan them (tests/test_links.py
holds the two together); never plans one. Who asks: `pipeline.references`. What old addresses lead to is decided in
`pipeline.addresses`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from bimson_site import routes
from bimson_site.config import SiteConfig
from bimson_site.model import Term, TermIndex, TermKind, TermPeriod
from bimson_site.pipeline import shelve, shelve_terms, stacks
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.shelve import Holdings
from bimson_site.pipeline.stacks import Inventory, Shelved
from bimson_site.pipeline.terms import Glossary

_BESIDE = re.compile(
    r"(/.+?/)(?:(?:copies|changes)/[^/]+/?|(?!.*\.(?:html?|php|aspx)$)[^/]+\.[^/]+)"
).fullmatch
_IN_TIME = re.compile(r"/\d{4}(/.*)?").fullmatch


class Answers:
    """Gives the address at which something stands for any spelling of it (path below the site, decoded), or "".

    `inventories` are those of all shelves; `open_ended` where extensions plan pages: then only addresses in the trees of dates
    and terms can be known to have no answer.
    """

    def __init__(
        self,
        inventories: Sequence[Inventory],
        places: Addresses,
        glossary: Glossary,
        config: SiteConfig,
        *,
        open_ended: bool,
    ) -> None:
        self._inventories = inventories
        self._places = places
        self._glossary = glossary
        self._config = config
        self._open_ended = open_ended

    def __call__(self, path: str) -> str:
        head = path.strip("/").split("/", 1)[0].lower()
        known = self._of_terms if head in _KINDS else self._pages
        for form in (path, f"{path}/"):
            if found := known.get(routes.folded(form)):
                return found
        if "." in path.rpartition("/")[2] and routes.ours(path) and head not in _KINDS:
            return path  # the feeds, the data, the index: files for machines
        beside = _BESIDE(path)
        if beside and routes.folded(beside[1]) in self._articles:
            return path  # published beside an article: what is there is decided with its page
        if self._open_ended and head not in _KINDS and not _IN_TIME(path):
            return path
        return ""

    def asked(self, reference: str) -> str:
        """The page to which an old address with a query leads, or ""."""
        address = routes.old_query(reference, self._config.base_url)
        return self._queries.get(address, "") if address else ""

    @cached_property
    def _queries(self) -> dict[str, str]:
        asked = self._places.queries.items()
        return {url: self._places.of[path] for path, urls in asked for url in urls}

    @cached_property
    def _articles(self) -> frozenset[str]:
        return frozenset(map(routes.folded, self._places.of.values()))

    @cached_property
    def _pages(self) -> dict[str, str]:
        return {routes.folded(url): url for url in self._standing()}

    def _standing(self) -> Iterator[str]:
        """Everything but pages of terms."""
        yield from (gone.url for gone in self._places.gone if "?" not in gone.url)
        for moved in self._places.moved.values():
            yield from moved
        yield from (routes.HOME, routes.COVERAGE)
        if self._config.search:
            yield routes.SEARCH
        yield from _in_time({day for each in self._inventories for day, *_ in each.days})
        if shelve.remembers(self._inventories):
            yield routes.ANNIVERSARIES
            days = {day for each in self._inventories for day, _ in each.calendar}
            yield from (routes.anniversary(*divmod(day, 100)) for day in days)
        yield from self._places.of.values()

    @cached_property
    def _of_terms(self) -> dict[str, str]:
        config = self._config
        shelves = tuple(Shelved(each, stacks.NO_STORIES) for each in self._inventories)
        holdings = Holdings(shelves, (), self._glossary, (), 0, 0)
        feeds = (TermKind.SECTION, *config.feeds)
        found = []
        for each in shelve_terms.term_partitions(holdings, config.lists, (), feeds):
            match each:
                case TermIndex():
                    found.append(routes.terms(each.kind))
                case Term():
                    found.append(each.ref.url)
                    found += [routes.term_feed(each.ref.url)] if each.feed else []
                case TermPeriod():
                    found.append(each.period.url)
        former = (g.url for g in self._places.gone)
        moved = (url for urls in self._places.moved.values() for url in urls)
        return {routes.folded(url): url for url in (*former, *moved, *found)}


_KINDS = frozenset(kind.value for kind in TermKind)


def _in_time(days: Iterable[int]) -> Iterator[str]:
    """The years, months and days (yyyymmdd, with zeros for what is not known) that have a page."""
    found = {0 if not day else day // power * power for day in days for power in (1, 100, 10000)}
    for when in found:
        year, month, day = when // 10000, when // 100 % 100, when % 100
        if not year:
            yield routes.UNDATED
        elif not month:
            yield routes.year(year)
        else:
            yield routes.month(year, month) + (f"{day:02d}/" if day else "")
