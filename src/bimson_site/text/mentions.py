"""Which of some names a text mentions: as whole words with their marks, in any case.

Owns when two spellings are one name here, and which of several that overlap is meant; knows nothing of what the
names stand for (`pipeline.gazetteer`). Where the tone mark stands (Hoà, Hòa), spaces and kinds of dashes make no
difference.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain

from bimson_site.text.vietnamese import nfc, tone_last

_TOKENS = re.compile(r"\w+|[^\w\s]").findall
_KEPT = 1 << 16
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
# "thị xã" is a town and "xã" a commune, "thành phố" a city and "phố" a street: the second is no name of the first.
_PARTS = {"xã": "thị", "phố": "thành"}


def _spelt(token: str) -> str:
    return "-" if token in _DASHES else tone_last(token)


class _Spelt(dict[str, tuple[str, ...]]):
    """The words and signs of pieces of text that were met: news has few different ones."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        if len(self) >= _KEPT:
            self.clear()
        found = self[piece] = tuple(map(_spelt, _TOKENS(nfc(piece).casefold())))
        return found


_SPELT = _Spelt()


def key(text: str) -> tuple[str, ...]:
    """The words and signs of a text, spelt in one way: equal for two spellings of one name."""
    return tuple(chain.from_iterable(map(_SPELT.__getitem__, text.split())))


def finder(names: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """What finds the names that a text mentions, each once, in the order in which they first stand there. Of two
    that overlap the one that ends later counts, and of two that end together the longer one."""
    by_end: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for name in names:
        if words := key(name):
            by_end[words[-1]].append((words, name))
    for each in by_end.values():
        each.sort(key=lambda found: (-len(found[0]), found))
    parts = {_spelt(second): _spelt(first) for second, first in _PARTS.items()}

    def mentioned(text: str) -> tuple[str, ...]:
        words = key(text)
        found: list[str] = []
        free = len(words)  # what stands from here on belongs to a name already
        for end in [at for at, word in enumerate(words, 1) if word in by_end][::-1]:
            if end > free:
                continue
            for name, as_given in by_end[words[end - 1]]:
                start = end - len(name)
                if start < 0 or words[start:end] != name:
                    continue
                if start and parts.get(name[0]) == words[start - 1]:
                    continue
                found.append(as_given)
                free = start
                break
        return tuple(dict.fromkeys(reversed(found)))

    return mentioned
