"""Sentences: the few hashes by which two texts are found to share one.

Owns what a sentence is here and which of them stand for a text; never compares texts (`text.verdicts`)
and never pairs them (`pipeline.kin`).
"""

from __future__ import annotations

import re
from hashlib import blake2b
from heapq import nsmallest

from bimson_site.text import similarity

KEPT = (
    8  # hashes a text; they found every pair with a 5-gram Jaccard of 0.8 (facts.md, "Candidates")
)
SHORTEST = 5  # tokens; a shorter sentence is a greeting or a label

# A stop, whatever closes after it, and space; or a block's end. "1.500" and "12.30" have no space.
_END = re.compile(r"[.!?…][\"”’»)\]]*\s+|\n+")


def hashes(visible_text: str) -> tuple[int, ...]:
    """The 8 smallest hashes of the text's sentences, ascending, each once; signed, 64 bits (what SQLite
    holds). Sentences of fewer than 5 tokens have none.

    `visible_text` as in `markdown.Reading.text`. Spellings that have one key have one hash.
    """
    digests = set()
    for sentence in _END.split(similarity.decoded(visible_text)):
        tokens = similarity.forms(sentence)
        if len(tokens) >= SHORTEST:
            joined = similarity.joined(tokens).encode("utf-8", "surrogatepass")
            digests.add(blake2b(joined, digest_size=8).digest())
    found = (int.from_bytes(digest, "big", signed=True) for digest in digests)
    return tuple(nsmallest(KEPT, found))
