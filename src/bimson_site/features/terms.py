"""The archive by author, tag, section and source: an index of each kind, and every term's lists."""

from __future__ import annotations

from collections.abc import Iterator

from bimson_site import routes
from bimson_site.extension import Extension, Planner, templated
from bimson_site.model import Masthead, Page, Term, TermIndex, TermKind, TermPeriod
from bimson_site.text import vietnamese


def plan_index(index: TermIndex, _masthead: Masthead) -> Iterator[Page]:
    """The index of a kind, cut into letters; sections stand in the owner's order, in one piece."""
    url = routes.terms(index.kind)
    yield Page(url, "term-index", (index.kind, _letters(index)), owner=index.kind.value)


def _letters(index: TermIndex) -> tuple[tuple[str, tuple[object, ...]], ...]:
    if index.kind is TermKind.SECTION:
        return (("", index.terms),)
    letters: dict[str, list[object]] = {}
    for ref, count in index.terms:
        # The same name by which `shelve` sorts people, so that each letter is one piece.
        filed = vietnamese.given_name(ref.name) if index.kind is TermKind.AUTHOR else ref.name
        letters.setdefault(vietnamese.initial(filed), []).append((ref, count))
    return tuple((letter, tuple(found)) for letter, found in letters.items())


def plan_term(term: Term, _masthead: Masthead) -> Iterator[Page]:
    yield Page(term.ref.url, "term", term, owner=f"{term.ref.kind.value}: {term.ref.name}")


def plan_period(period: TermPeriod, _masthead: Masthead) -> Iterator[Page]:
    owner = f"{period.ref.kind.value}: {period.ref.name}"
    yield Page(period.period.url, "term-period", period, owner=owner)


EXTENSION = Extension(
    "terms",
    planners=(
        Planner("indexes", TermIndex, plan_index),
        Planner("terms", Term, plan_term),
        Planner("terms by year", TermPeriod, plan_period),
    ),
    views=(
        templated("term-index", "term_index.html"),
        templated("term", "term.html"),
        templated("term-period", "term_period.html"),
    ),
)
