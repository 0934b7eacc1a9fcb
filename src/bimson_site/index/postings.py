"""What is kept of an article so that it is found, and the files of the index made of many: the numbers.

Owns the hash of a pair of words, the form of an article's terms in the cache, and the form of a shard
(docs/reference/search-format.md); numpy is imported only where there is something to index.
Next: `reader` reads shards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bimson_site.index import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

FORM_BITS = 10
SHORT = 3  # so many of these bits are left out where a key has one form, as most have
# A mark beside a key: whether its key is of one word, its form, whether it stands in the title.
_ONE, _TITLE = 1 << (FORM_BITS + 1), 1
KEY_BITS = 32
TOGETHER = 8  # shards that are written at once: the numbers on the way take fifty times their room
# A word that more than one in so many articles of a segment have, and more than so many of them, is listed by
# titles alone: the others would be long lists that tell readers nothing.
COMMON_SHARE, COMMON_LEAST = 16, 64


def pair(first: int, second: int) -> int:
    """The 32 bits that stand for two words side by side, from their hashes; 0 as the second: one word alone.
    The last step is the finaliser of MurmurHash3."""
    number = (first * 0x9E3779B1 + second) & 0xFFFFFFFF
    number = (number ^ number >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    number = (number ^ number >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return number ^ number >> 16


def form(key: int) -> int:
    """What tells the forms of one key apart: the first bits of the pair of the exact forms."""
    return key >> (32 - FORM_BITS)


def _pairs(first: Numbers, second: Numbers) -> Numbers:
    """`pair` of many at once; `first` is used up."""
    import numpy as np

    first *= np.uint32(0x9E3779B1)
    first += second
    first ^= first >> np.uint32(16)
    first *= np.uint32(0x85EBCA6B)
    first ^= first >> np.uint32(13)
    first *= np.uint32(0xC2B2AE35)
    first ^= first >> np.uint32(16)
    return first


def terms(title: str, text: str) -> bytes:
    """What an article is found by: the keys of its pairs of words and of its words, sorted, each once for
    each form, 4 bytes; then as many marks, 2 bytes; little end first."""
    import numpy as np

    above, below = tokens.hashes(title), tokens.hashes(text)
    hashes = np.frombuffer(above + below, "<u4").reshape(-1, 2).T.astype(np.uint32)
    count, titled = hashes.shape[1], len(above) // 8
    # Of both forms, each word alone and with the one after it; nothing goes across the end of the title.
    second = np.zeros((2, 2 * count), np.uint32)
    second[:, count:-1] = hashes[:, 1:]
    keys, forms = _pairs(np.concatenate((hashes, hashes), axis=1), second)
    marks = (forms >> np.uint32(31 - FORM_BITS)) & np.uint32(_ONE - 2)
    marks[:count] |= np.uint32(_ONE)
    marks[:titled] |= np.uint32(_TITLE)
    marks[count : count + max(0, titled - 1)] |= np.uint32(_TITLE)
    found = keys.astype(np.uint64) << np.uint64(16) | marks
    apart = [2 * count - 1, *([count + titled - 1] if 0 < titled < count else [])] if count else []
    found = np.sort(np.delete(found, apart))
    found = found[
        _lasts(found >> np.uint64(1))
    ]  # one that stands in both comes twice, the title's last
    keys, marks = found >> np.uint64(16), found & np.uint64(0xFFFF)
    return bytes(keys.astype("<u4").tobytes() + marks.astype("<u2").tobytes())


def part_of(data: bytes, part: int, parts: int) -> bytes:
    """Those of an article's terms whose keys lie in one of `parts` equal parts of all keys."""
    import numpy as np

    count = len(data) // 6
    edges = _edges(part, parts)
    start, *more = np.frombuffer(data, "<u4", count).searchsorted(edges).tolist()
    end = more[0] if more else count
    return data[4 * start : 4 * end] + data[4 * count + 2 * start : 4 * count + 2 * end]


@lru_cache(maxsize=1)
def _edges(part: int, parts: int) -> Numbers:
    """The first key of a part and of the one after it, if there is one."""
    import numpy as np

    return np.array([at * (1 << 32) // parts for at in (part, part + 1) if at < parts], np.uint32)


def titles_of(data: bytes) -> bytes:
    """Those of an article's terms that stand in its title."""
    import numpy as np

    count = len(data) // 6
    keys, marks = np.frombuffer(data, "<u4", count), np.frombuffer(data, "<u2", count, 4 * count)
    kept = marks & _TITLE > 0
    return bytes(keys[kept].tobytes() + marks[kept].tobytes())


def parts(articles: int) -> int:
    """In how many parts a segment is made: a power of two, so that one takes some 50 MB at most, and no more of
    them than that, for the terms of all articles are read for each."""
    return max(8, 1 << (articles // 4096).bit_length())


def shards(
    found: Iterable[tuple[int, bytes]], articles: int, part: int, parts: int, slots: tuple[int, int]
) -> list[bytes]:
    """The shards of one part of a segment, in order, those of pairs and then those of words: of so many `slots` of
    each in all, those whose keys lie in it (`parts` divides both). `found` are the numbers of articles in their
    segment with what `part_of` gives."""
    import numpy as np

    bits = max(1, articles.bit_length())
    rows = _rows(found, bits)
    rows.sort()
    above = bits + FORM_BITS + 1  # where the key begins in a row
    words_at = int(rows.searchsorted(np.uint64(1 << KEY_BITS + above)))
    made: list[bytes] = []
    for kind, some in enumerate((rows[:words_at], rows[words_at:])):
        bounds = _bounds(part, parts, slots[kind])
        edges = [((kind << KEY_BITS) + bound) << above for bound in bounds[:-1]]
        cuts = [*some.searchsorted(np.array(edges, np.uint64)).tolist(), len(some)]
        for at in range(0, len(bounds) - 1, TOGETHER):
            last = min(at + TOGETHER, len(bounds) - 1)
            few = some[cuts[at] : cuts[last]]
            few = few[_lasts(few >> np.uint64(1))]
            few = _without_common(few, bits, articles) if kind else few
            made += _written(few, articles, bounds[at : last + 1])
    return made


def _rows(found: Iterable[tuple[int, bytes]], bits: int) -> Numbers:
    """The terms of articles as numbers that sort as a shard is written: whether the key is of one word, the key,
    its form, the article (in so many bits), whether it stands in the title."""
    import numpy as np

    numbers, keys, marks = [], bytearray(), bytearray()
    for number, data in found:
        count = len(data) // 6
        numbers.append((number, count))
        keys += data[: 4 * count]
        marks += data[4 * count :]
    told = np.frombuffer(marks, "<u2")
    rows = (told >= _ONE).astype(np.uint64)
    rows <<= np.uint64(KEY_BITS)
    rows |= np.frombuffer(keys, "<u4")
    del keys
    rows <<= np.uint64(FORM_BITS)
    rows |= (told & np.uint16(_ONE - 1)) >> np.uint16(1)
    rows <<= np.uint64(bits)
    places, counts = np.array(numbers, np.uint32).reshape(-1, 2).T
    rows |= np.repeat(places, counts)
    rows <<= np.uint64(1)
    rows |= told & np.uint16(_TITLE)
    return rows


def _without_common(rows: Numbers, bits: int, articles: int) -> Numbers:
    """Words that too many have keep the articles that have them in their titles."""
    import numpy as np

    most = max(COMMON_LEAST, articles // COMMON_SHARE)
    starts = np.flatnonzero(_news(rows >> np.uint64(bits + 1 + FORM_BITS)))
    counts = np.diff(starts, append=len(rows))
    common = np.repeat(counts > most, counts)
    return rows[~common | (rows & np.uint64(1) > 0)]


def _lasts(values: Numbers) -> Numbers:
    """Where a sorted list of values has one for the last time."""
    import numpy as np

    last = np.ones(len(values), bool)
    last[:-1] = values[1:] != values[:-1]
    return last


def _news(values: Numbers) -> Numbers:
    """Where a sorted list of values has one that it did not have before."""
    import numpy as np

    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    return new


def _bounds(part: int, parts: int, slots: int) -> Sequence[int]:
    """The first key of each shard of a part, and of the one after it."""
    first = part * slots // parts
    last = (part + 1) * slots // parts
    return [-(-slot * (1 << KEY_BITS) // slots) for slot in range(first, last + 1)]


def _written(rows: Numbers, articles: int, bounds: Sequence[int]) -> list[bytes]:
    """Rows as shards: the layout is that of docs/reference/search-format.md, "A shard"."""
    import numpy as np

    bits = max(1, articles.bit_length())
    title = (rows & np.uint64(1)).astype(np.int64)
    docs = (rows >> np.uint64(1)).astype(np.int64) & ((1 << bits) - 1)
    forms = (rows >> np.uint64(bits + 1)).astype(np.int64) & ((1 << FORM_BITS) - 1)
    keys = (rows >> np.uint64(bits + 1 + FORM_BITS)).astype(np.int64) & ((1 << KEY_BITS) - 1)
    new_form = _news(rows >> np.uint64(bits + 1))
    new_key = _news(keys)
    del rows
    # Lists of numbers, one for each key and one for each of its forms, by where they start.
    form_at, key_at = np.flatnonzero(new_form), np.flatnonzero(new_key)
    of_form, of_key = np.cumsum(new_form) - 1, np.cumsum(new_key) - 1
    held = np.diff(form_at, append=len(docs))
    first_form = np.searchsorted(form_at, key_at)
    kinds = np.diff(first_form, append=len(form_at))
    in_title = np.flatnonzero(title)
    their_form = of_form[in_title]
    titled = np.bincount(their_form, minlength=len(form_at))
    first_titled = np.flatnonzero(_news(their_form))
    # Where each goes: its shard's head, a step, a count and forms before those of a key, two counts before a form.
    edges = np.searchsorted(keys[key_at], bounds)
    shard_of = np.repeat(np.arange(len(bounds) - 1), np.diff(edges))
    before = np.cumsum(titled) - titled
    place = np.arange(len(docs)) + 2 * (of_key + 1) + np.cumsum(kinds)[of_key]
    place += 2 * (of_form + 1) + before[of_form] + shard_of[of_key] + 1
    codes = _Codes(len(docs) + 2 * len(key_at) + 3 * len(form_at) + len(in_title) + len(bounds) - 1)
    key_place = place[key_at] - 4 - kinds
    cuts = np.append(key_place - shard_of - 1, len(codes.values) - len(bounds) + 1)[edges]
    cuts += np.arange(len(bounds))
    codes.counts(cuts[:-1], np.diff(edges) + 1)
    low, reach = np.array(bounds[:-1]), np.diff(bounds)
    steps = np.diff(keys[key_at], prepend=0) - 1
    starts = edges[:-1][np.diff(edges) > 0]
    steps[starts] = keys[key_at][starts] - low[shard_of[starts]]
    codes.steps(key_place, steps, np.diff(edges)[shard_of], reach[shard_of])
    codes.counts(key_place + 1, kinds)
    alone = np.repeat(kinds == 1, kinds)
    told = forms[form_at] >> np.where(alone, SHORT, 0)
    rank = np.arange(len(form_at)) - np.repeat(first_form, kinds)
    form_place = np.repeat(key_place + 2, kinds) + rank
    below = np.where(alone, 1 << FORM_BITS - SHORT, 1 << FORM_BITS)
    codes.steps(form_place, _steps(told, first_form), np.repeat(kinds, kinds), below)
    codes.counts(place[form_at] - 2, held)
    codes.counts(place[form_at] - 1, titled + 1)
    codes.steps(place, _steps(docs, form_at), held[of_form], articles)
    rank = in_title - form_at[their_form]
    title_place = place[form_at + held - 1][their_form] + 1 + np.arange(len(in_title))
    title_place -= before[their_form]
    codes.steps(title_place, _steps(rank, first_titled), titled[their_form], held[their_form])
    return codes.packed(cuts)


def _steps(numbers: Numbers, starts: Numbers) -> Numbers:
    """How many numbers each leaves out after the one before it in its list, or from 0 on."""
    import numpy as np

    steps = np.diff(numbers, prepend=0) - 1
    steps[starts] = numbers[starts]
    return steps


class _Codes:
    """Numbers in bits: each is some zeros, then as many bits as its value needs (which begins with a one)."""

    def __init__(self, count: int) -> None:
        import numpy as np

        self.values = np.zeros(count, np.int64)
        self._sizes = np.zeros(count, np.int64)

    def counts(self, places: Numbers, numbers: Numbers) -> None:
        """Numbers from 1 on, in Elias' gamma code."""
        self.values[places] = numbers
        self._sizes[places] = 2 * _bit_length(numbers) - 1

    def steps(self, places: Numbers, steps: Numbers, counts: Numbers, below: Numbers | int) -> None:
        """Steps of lists of so many numbers below a bound, in Rice's code."""
        import numpy as np

        low = np.maximum(_bit_length((below - 1) // counts) - 1, 0)
        self.values[places] = 1 << low | steps & (1 << low) - 1
        self._sizes[places] = (steps >> low) + 1 + low

    def packed(self, cuts: Numbers) -> list[bytes]:
        """The bits, cut before some of the numbers; each piece is filled up with zeros."""
        import numpy as np

        ends = np.cumsum(self._sizes)
        edges = np.concatenate(([0], ends))[cuts].tolist()
        values, out = self.values, np.zeros(edges[-1], np.uint8)
        while len(values):
            ends = ends - 1
            out[ends] = values & 1
            values = values >> 1
            more = np.flatnonzero(values)
            ends, values = ends[more], values[more]
        return [np.packbits(out[start:end]).tobytes() for start, end in pairwise(edges)]


def _bit_length(numbers: Numbers) -> Numbers:
    import numpy as np

    return np.frexp(numbers)[1].astype(np.int64)
