"""Partitions become pages, by the planners of the features and of the site's extensions.

Owns the rule that no two pages claim one address; knows no feature by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bimson_site import routes
from bimson_site.errors import Location, Problem, problem
from bimson_site.extension import Planner
from bimson_site.model import Masthead, Page, Partition


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


@dataclass(frozen=True, slots=True)
class Plan:
    """The pages to publish, each address once, and the problems of those that claimed one in vain."""

    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]


def unique(pages: Iterable[Page]) -> Plan:
    """Give each address to its first claimant; redirects come last, for they only stand in.

    A page of our own furniture (robots.txt …) yields to a file of the site without a word.
    """
    claimed: dict[str, Page] = {}
    folders: set[str] = set()
    kept, problems = [], []
    for page in sorted(pages, key=lambda p: p.view == "redirect"):
        place = routes.folded(page.url)
        above = [place[:i] for i, c in enumerate(place) if c == "/"]
        holder = claimed.get(place) or next((claimed[a] for a in above if a in claimed), None)
        if holder is None and place not in folders:
            claimed[place] = page
            folders.update(above)
            kept.append(page)
        elif page.url not in routes.YIELDING:
            problems.append(_clash(page, holder))
    return Plan(tuple(kept), tuple(problems))


def _clash(page: Page, holder: Page | None) -> Problem:
    """Placed at the file, of the two, that a person can change."""
    first = holder.owner if holder else page.url
    files = [o for o in (page.owner, first) if o.startswith(("content/", "static/"))]
    path = (files or ["bimson.yaml"])[0].removesuffix(" (redirect)")
    return problem("page-clash", Location(path), url=page.url, first=first, second=page.owner)
