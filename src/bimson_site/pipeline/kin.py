"""Kin: which articles are worth comparing, because they share a sentence.

Owns the pairs; never what a pair is (`text.verdicts`), and never looks into a text. Pairs are proposed, not
joined: what is like A and like B says nothing of A and B.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any, NamedTuple

PRECEDING = (
    3  # articles that a sentence proposes (facts.md, "Candidates"): linear, whatever is common
)


class Bearing(NamedTuple):
    """An article as it is paired: its place in archive order (`dedupe.order`, unique), its path, and
    the hashes of its sentences (`text.sentences`)."""

    order: tuple[Any, ...]
    path: str
    hashes: tuple[int, ...]


def candidates(bearings: Iterable[Bearing]) -> tuple[tuple[str, str], ...]:
    """The pairs (earlier, later) of articles that may be kin, each once, in archive order of the later,
    then of the earlier; the same for any order of `bearings`.

    Each sentence proposes the three articles before that carry it: at most 24 pairs an article.
    """
    carriers: dict[int, deque[int]] = defaultdict(lambda: deque(maxlen=PRECEDING))
    in_order = sorted(bearings, key=lambda bearing: (bearing.order, bearing.path))
    pairs = []
    for at, bearing in enumerate(in_order):
        before: set[int] = set()
        for sentence in dict.fromkeys(bearing.hashes):
            before.update(carriers[sentence])
            carriers[sentence].append(at)
        pairs += [(in_order[one].path, bearing.path) for one in sorted(before)]
    return tuple(pairs)
