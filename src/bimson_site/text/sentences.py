"""Sentences: the few hashes by which two texts are found to share one.

Owns what a sentence is here and which of them stand for a text; never compares texts (`text.verdicts`)
and never pairs them (`pipeline.kin`).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from zlib import crc32

from bimson_site.text import ordinary, similarity

KEPT = 8  # hashes a text (facts.md, "Candidates")
SHORTEST = (
    9  # consonants and digits: five or six syllables; a shorter sentence is a greeting or a label
)

_STOPS = ".!?…\n"
_STOP = re.compile("[.!?…。！？\n]")
# Vowels carry the marks by which spellings of one word differ; "đ" has two codes.
_LETTERS = frozenset("bcdfghjklmnpqrstvwxz0123456789")
_BONES = bytes(
    10 if char in _STOPS else ord(char.lower()) if char.lower() in _LETTERS else 0
    for char in ordinary.CHARACTERS
).ljust(256, b"\0")
_FLESH = bytes(at for at, bone in enumerate(_BONES) if not bone)


def hashes(visible_text: str) -> tuple[int, ...]:
    """The 8 smallest hashes of the text's sentences, ascending, each once; 32 bits. Spellings that have
    one key have one hash; other sentences may share it, for a hash only proposes.

    `visible_text` as in `markdown.Reading.text`. A sentence ends at every stop, in a number too, and is
    known by its consonants and digits: a tenth of the cost of its words (0.03 ms a text of 3 KB).
    """
    text = similarity.decoded(visible_text) if "&" in visible_text else visible_text
    encoded = ordinary.encoded(text)
    sentences: Iterable[bytes]
    if encoded is None:
        sentences = _in_other_letters(similarity.decoded(text))
    else:
        sentences = encoded.translate(_BONES, _FLESH).split(b"\n")
    return tuple(sorted({crc32(each) for each in sentences if len(each) >= SHORTEST})[:KEPT])


def _in_other_letters(text: str) -> Iterator[bytes]:
    """The same of a text with rare characters; a sentence in another script is known by all its letters."""
    for sentence in _STOP.split(text):
        words = unicodedata.normalize("NFD", "".join(similarity.forms(sentence)))
        bones = "".join(c for c in words if c in _LETTERS).encode()
        yield bones or (b"" if words.isascii() else words.encode("utf-8", "surrogatepass"))


def packed(found: tuple[int, ...]) -> bytes:
    """Hashes as bytes, 4 each."""
    return array("I", found).tobytes()
