"""Which words of an archive say least about a text: those that most of its titles have.

Of a query that is too long to be looked up whole, other words are; and in excerpts such a word is marked beside another
word of the query alone. Next: `reader` chooses by it what is looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from bimson_site.index import tokens

# With so many, 98 of 100 questions of eight words out of one of 100,000 articles find it, all of twelve (measured 2026-11-30).
MOST = 200
# In so many titles at the least: of a handful of articles each word would be common, and in excerpts none marked.
LEAST = 8


def common(titles: Iterable[str]) -> str:
    """The words that stand in most titles, as they are typed without marks, the most frequent first."""
    words = cache(lambda piece: {word.folded for word in tokens.words(piece)})
    counts: Counter[str] = Counter()
    for title in titles:
        counts.update(set().union(*map(words, title.split())))
    ranked = sorted((-count, word) for word, count in counts.items() if count >= LEAST)
    return " ".join(word for _, word in ranked[:MOST])
