"""Kin: which articles are worth comparing, and what follows from what they are to each other.

Owns the pairs, who joins whom because of a mended spelling, and what a page says of other articles; never what
a pair is (`text.verdicts`), and never looks into a text. Pairs are proposed, not joined: what is like A and like
B says nothing of A and B.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from bimson_site.index import carriers
from bimson_site.model import Link, Pair
from bimson_site.text.verdicts import FOLDED, Verdict

PRECEDING = (
    3  # articles that a sentence proposes (facts.md, "Candidates"): linear, whatever is common
)
LONG = 6  # sentences: two texts that have so many share two, or they have only a phrase in common
RELATED = 5  # articles that a page names as related (pages.md, "An article, top to bottom")


def candidates(texts: Sequence[bytes]) -> tuple[tuple[int, int], ...]:
    """The pairs (earlier, later) of articles that may be kin, by their places, each once, in the order of the later,
    then of the earlier. `texts` are the packed hashes of their sentences (`text.sentences`), in archive order.

    Each sentence proposes the three articles before that carry it: at most 24 pairs an article. Of long
    texts one shared sentence is not enough (of 93 such pairs in three archives none was alike by 0.8, and
    14 shared half of their words).
    """
    if len(texts) < 2:
        return ()
    earlier, later = carriers.nearest(texts, PRECEDING, LONG)
    return tuple(zip(earlier.tolist(), later.tolist(), strict=True))


# --- who is one text after all ----------------------------------------------------------------------


def refiled(
    pairs: Iterable[Pair],
    ask: Callable[[str, str], str],
    apart: Callable[[str, Sequence[str]], bool],
) -> dict[str, tuple[str, ...]]:
    """Who joins whom because only spelling or frame differ: the first article of each group, and those that
    join it, in archive order. `pairs` are in the order of `candidates`; `ask` judges two more, the earlier
    first; `apart` is true where an article may stand beside some others.

    Each joins the first of which it is a refile; one that has joined another brings nobody: whoever is
    like it is compared with the first.
    """
    first_of: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for earlier, later, verdict, _ in pairs:
        if verdict != Verdict.REFILE or later in first_of:
            continue
        first = first_of.get(earlier, earlier)
        if first != earlier and ask(first, later) not in FOLDED:
            continue
        group = groups.get(first, [])
        if apart(later, (first, *group)):
            groups[first] = [*group, later]
            first_of[later] = first
    return {first: tuple(group) for first, group in groups.items()}


# --- what pages say of each other ---------------------------------------------------------------------

# The closest first: of the pairs of two pages, this one is told.
_CLOSENESS = (Verdict.REVISION, Verdict.VERSION, Verdict.SERIES, Verdict.RELATED)
_RANK = {verdict.value: rank for rank, verdict in enumerate(_CLOSENESS)}
# Judged one text, and yet two pages: the first of a group did not admit it, or came too early.
_STILL_APART = {Verdict.REPEAT.value: Verdict.SERIES, Verdict.REFILE.value: Verdict.VERSION}


def settled(
    pairs: Iterable[Pair], page_of: Mapping[str, str], order: Mapping[str, int]
) -> tuple[Pair, ...]:
    """The pairs of pages: each once, the closest of their pairs of articles, in archive order of the later
    page, then of the earlier. `page_of` has the keeper of each article that has no page of its own, `order`
    the place of each page in archive order."""
    closest: dict[tuple[int, int], Pair] = {}
    for pair in pairs:
        verdict = _STILL_APART.get(pair.verdict, pair.verdict)
        if verdict not in _RANK:
            continue
        one, two = (page_of.get(path, path) for path in pair[:2])
        if one == two:
            continue
        if order[one] > order[two]:
            one, two = two, one
        found = Pair(one, two, str(verdict), pair.likeness)
        place = order[two], order[one]
        if place not in closest or _closeness(found) < _closeness(closest[place]):
            closest[place] = found
    return tuple(closest[place] for place in sorted(closest))


def _closeness(pair: Pair) -> tuple[int, float]:
    return _RANK[pair.verdict], -pair.likeness


def links(pairs: Sequence[Pair]) -> dict[str, tuple[Link, ...]]:
    """What each page says of others, by path, in archive order of these; `pairs` as `settled`.

    Versions and revisions lead both ways. In a series each page leads to the last one before it, and to
    the first that does so to it. Related are at most five, the likest, and only earlier ones: so a new
    article changes no old page but those of its own versions and series.
    """
    before: dict[str, list[Link]] = defaultdict(list)
    after: dict[str, list[Link]] = defaultdict(list)
    series = {pair.later: pair for pair in pairs if pair.verdict == Verdict.SERIES}
    followed: set[str] = set()
    likest = _likest(pairs)
    for pair in pairs:
        earlier, later, verdict, _ = pair
        back, onward = Link(earlier, verdict, later=False), Link(later, verdict, later=True)
        if verdict == Verdict.SERIES:
            if series[later] != pair:
                continue
            before[later].append(back)
            if earlier not in followed:
                followed.add(earlier)
                after[earlier].append(onward)
        elif verdict != Verdict.RELATED:
            before[later].append(back)
            after[earlier].append(onward)
        elif pair in likest:
            before[later].append(back)
    return {path: (*before[path], *after[path]) for path in sorted({*before, *after})}


def _likest(pairs: Iterable[Pair]) -> Container[Pair]:
    """Of the related pairs those that are told; of two that are equally alike the later one."""
    related: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.verdict == Verdict.RELATED:
            related[pair.later].insert(0, pair)
    return {
        pair
        for found in related.values()
        for pair in sorted(found, key=lambda pair: -pair.likeness)[:RELATED]
    }
