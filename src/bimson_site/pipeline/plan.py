"""Partitions become pages, by the planners of the features and of the site's extensions.

Owns the rule that no two pages claim one address; knows no feature by name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from bimson_site import routes
from bimson_site.errors import Location, Problem, problem
from bimson_site.extension import Planner
from bimson_site.model import Masthead, Page, Partition, Receipt


def plan(
    partitions: Iterable[Partition], masthead: Masthead, planners: Sequence[Planner]
) -> Iterator[Page]:
    """Every page of every partition, in the order of the partitions and planners."""
    by_type: dict[type, list[Planner]] = {}
    for planner in planners:
        by_type.setdefault(planner.over, []).append(planner)
    for partition in partitions:
        for planner in by_type.get(type(partition), ()):
            yield from planner.plan(partition, masthead)


class Claims(NamedTuple):
    """Which of several pages stand at their addresses, which claimed one in vain, and the problems of
    those that had a right to say so."""

    granted: tuple[Receipt, ...]
    refused: tuple[Receipt, ...]
    problems: tuple[Problem, ...]


def unique(pages: Iterable[Receipt]) -> Claims:
    """Give each address to its first claimant; redirects come last, for they only stand in.

    A page of our own furniture (robots.txt …) yields to a file of the site without a word.
    """
    claimed: dict[str, Receipt] = {}
    folders: set[str] = set()
    granted, refused, problems = [], [], []
    for page in sorted(pages, key=attrgetter("stands_in")):
        place = routes.folded(page.url)
        above = [place[:i] for i, c in enumerate(place) if c == "/"]
        holder = claimed.get(place) or next((claimed[a] for a in above if a in claimed), None)
        if holder is None and place not in folders:
            claimed[place] = page
            folders.update(above)
            granted.append(page)
            continue
        refused.append(page)
        if page.url not in routes.YIELDING:
            problems.append(_clash(page, holder))
    return Claims(tuple(granted), tuple(refused), tuple(problems))


def in_conflict(left: Collection[str], fresh: Sequence[str]) -> bool:
    """Whether any two files of the output cannot both be there: most often, and quickly said, none.
    `left` are those of the last build, which were in no conflict with each other; `fresh` are new."""
    old, new = list(map(routes.place, left)), list(map(routes.place, fresh))
    there = {*old, *new}
    if len(there) != len(old) + len(new) or not there.isdisjoint(_folders(new)):
        return True
    # No folder has the name of a page, so most often there is nothing to look for among the old ones.
    files = {place for place in new if not place.endswith("/index.html")}
    return bool(old and files) and not files.isdisjoint(_folders(old))


def _folders(places: Iterable[str]) -> set[str]:
    above = {place.rpartition("/")[0] for place in places} - {""}
    found = set(above)
    while above := {folder.rpartition("/")[0] for folder in above} - found - {""}:
        found |= above
    return found


def _clash(page: Receipt, holder: Receipt | None) -> Problem:
    """Placed at the file, of the two, that a person can change."""
    first = holder.owner if holder else page.url
    files = [o for o in (page.owner, first) if o.startswith(("content/", "static/"))]
    path = (files or ["bimson.yaml"])[0].removesuffix(" (redirect)")
    return problem("page-clash", Location(path), url=page.url, first=first, second=page.owner)
