"""The table of contents: which page of which partition stands at every address of the site.

Pure. Owns no rule about addresses: who gets a contested one is settled by `pipeline.plan.unique`, as in a
build. Next: `session`, which keeps a table and draws from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from bimson_site import routes
from bimson_site.errors import Problem
from bimson_site.model import MenuItem, Page, Receipt
from bimson_site.pipeline import remarks
from bimson_site.pipeline.plan import in_conflict, unique
from bimson_site.pipeline.publish import KEPT


class Place(NamedTuple):
    """A page, named: the key of its partition, its view, who claims its address."""

    key: str
    view: str
    owner: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Every address below the site with the page that stands there, and what is wrong between them;
    `of` leads from owners (paths of files, names) to the first address of theirs."""

    places: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))
    of: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()


Claimed = Mapping[str, tuple[Receipt, ...]]  # the pages that ask for an address, by partition


def claim(page: Page) -> Receipt:
    """A page's claim to its address, as a build would make it, without what a build would write."""
    stands_in = page.view in {"redirect", "gone"}
    return Receipt(page.url, page.owner, stands_in, page.view, (), KEPT)


def contents(claimed: Claimed, menu: Iterable[MenuItem]) -> Contents:
    """The table of contents of all partitions, in their order."""
    claims = [receipt for each in claimed.values() for receipt in each]
    keys = {id(receipt): key for key, each in claimed.items() for receipt in each}
    problems: tuple[Problem, ...] = ()
    granted: Iterable[Receipt] = claims
    if in_conflict((), [routes.output(receipt.url) for receipt in claims]):
        granted, _, problems = unique(claims)
    places = {r.url: Place(keys[id(r)], r.view, r.owner) for r in granted}
    of: dict[str, str] = {}
    for url, place in places.items():
        of.setdefault(place.owner, url)
    lines = tuple(menu)
    known = set(map(routes.folded, places)) if lines else set()
    return Contents(places, of, (*problems, *remarks.menu(lines, known)))
