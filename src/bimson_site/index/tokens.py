"""The words of a text as search sees them, and the numbers that stand for them.

Owns what a word is, its two forms (as a reader types it without marks; with marks, the tone last) and the
hash of a form. The reader in theme/scripts/search.js spells the same rules in JavaScript;
tests/unit/test_search_reader.py holds the two together. Written down in docs/reference/search-format.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from struct import pack
from typing import NamedTuple

from bimson_site.text.furniture import IGNORABLE
from bimson_site.text.vietnamese import fold

# Letters of scripts that put no space between words: each is a word, so that pairs of them are found.
_ALONE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORDS_KEPT = 1 << 17  # pieces of text whose words are remembered


class Word(NamedTuple):
    """A word: without marks, đ as d ("da"); and with them, in NFD, the marks of tones at the end."""

    folded: str
    exact: str


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    for piece in text.split():
        yield from _words(piece)


def _words(piece: str) -> Iterator[Word]:
    bare = IGNORABLE.sub("", piece)
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFD", bare).casefold())
    for run in _runs(apart):
        if folded := fold(run):
            yield Word(folded, _exact(run))


def _runs(apart: str) -> Iterator[str]:
    """Runs of letters, digits and marks."""
    run, alone = "", False
    for char in apart:
        kind = unicodedata.category(char)[0]
        by_itself = kind in "LN" and _ALONE.match(char) is not None
        if kind not in "LNM" or (kind != "M" and (alone or by_itself)):
            if run:
                yield run
            run = ""
        if kind in "LNM":
            run += char
        alone = by_itself or (alone and kind == "M")
    if run:
        yield run


def _exact(run: str) -> str:
    run = run.replace("ð", "đ")
    return _TONES.sub("", run) + "".join(_TONES.findall(run))


def hashed(form: str) -> int:
    """FNV-1a, 32 bits, of the UTF-8 of a form of a word."""
    number = 0x811C9DC5
    for byte in form.encode("utf-8", "surrogatepass"):
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return number


class _Hashes(dict[str, bytes]):
    """The hashes of the words of pieces of text that were met (see `hashes`)."""

    def __missing__(self, piece: str) -> bytes:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        found = b"".join(pack("<II", hashed(w.folded), hashed(w.exact)) for w in _words(piece))
        self[piece] = found
        return found


_HASHES = _Hashes()


def hashes(text: str) -> bytes:
    """The hashes of the words of a text: for each its folded and its exact form, 4 bytes each, little end
    first."""
    return b"".join(map(_HASHES.__getitem__, text.split()))
