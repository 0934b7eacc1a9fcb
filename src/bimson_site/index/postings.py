"""What is kept of an article so that it is found, and the files of the index made of many: the numbers.

Owns the hash of a pair of words, the form of an article's terms in the cache, and the form of a shard
(docs/reference/search-format.md); the only import of numpy, and only where there is something to index.
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

FORM_BITS = 14
SHORT = 7  # so many of these bits are left out where a key has one form: most have, and it is a byte each
# A mark beside a key: whether its key is of one word, its form, whether it stands in the title.
_ONE, _TITLE = 1 << (FORM_BITS + 1), 1
TOGETHER = 16  # shards that are written at once: the numbers on the way take fifty times their room
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
    found: Iterable[tuple[int, bytes]], articles: int, part: int, parts: int, slots: int
) -> list[bytes]:
    """The shards of one part of a segment, in order: of `slots` in all, those whose keys lie in it (`parts`
    divides `slots`). `found` are the numbers of articles in their segment with what `part_of` gives."""
    import numpy as np

    low, bits = part * (1 << 32) // parts, max(1, articles.bit_length())
    rows = _rows(found, low, bits)
    rows.sort()
    bounds = _bounds(part, parts, slots)
    above = bits + FORM_BITS + 2  # where the key begins in a row
    edges = np.array([(bound - low) << above for bound in bounds[:-1]], np.uint64)
    cuts = [*map(int, np.searchsorted(rows, edges)), len(rows)]
    made: list[bytes] = []
    for at in range(0, len(bounds) - 1, TOGETHER):
        last = min(at + TOGETHER, len(bounds) - 1)
        some = rows[cuts[at] : cuts[last]]
        some = _without_common(some[_lasts(some >> np.uint64(1))], bits, articles)
        made += _written(some, bits, low, bounds[at : last + 1])
    return made


def _rows(found: Iterable[tuple[int, bytes]], low: int, bits: int) -> Numbers:
    """The terms of articles as numbers that sort as a shard is written: the key above `low`, whether it is of one
    word, its form, the article (in so many bits), whether it stands in the title."""
    import numpy as np

    numbers, keys, marks = [], bytearray(), bytearray()
    for number, data in found:
        count = len(data) // 6
        numbers.append((number, count))
        keys += data[: 4 * count]
        marks += data[4 * count :]
    rows = np.frombuffer(keys, "<u4").astype(np.uint64)
    del keys
    rows -= np.uint64(low)
    rows <<= np.uint64(FORM_BITS + 1)
    told = np.frombuffer(marks, "<u2")
    rows |= told >> np.uint16(1)
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
    single = rows[starts] >> np.uint64(bits + 1 + FORM_BITS) & np.uint64(1) > 0
    common = np.repeat(single & (counts > most), counts)
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
    return [-(-slot * (1 << 32) // slots) for slot in range(first, last + 1)]


def _written(rows: Numbers, bits: int, low: int, bounds: Sequence[int]) -> list[bytes]:
    """Rows as shards: the layout is that of docs/reference/search-format.md, "A shard"."""
    import numpy as np

    title = (rows & np.uint64(1)).astype(np.int64)
    docs = (rows >> np.uint64(1)).astype(np.int64) & ((1 << bits) - 1)
    forms = (rows >> np.uint64(bits + 1)).astype(np.int64) & ((1 << FORM_BITS) - 1)
    keys = (rows >> np.uint64(bits + 2 + FORM_BITS)).astype(np.int64) + low
    new_form = _news(rows >> np.uint64(bits + 1))
    new_key = _news(keys)
    del rows
    form_at, key_at = np.flatnonzero(new_form), np.flatnonzero(new_key)
    of_form, count = np.cumsum(new_form) - 1, len(form_at)
    held = np.diff(form_at, append=len(docs))
    titled = np.bincount(of_form, title, count).astype(np.int64) if count else form_at
    # Where each value goes: two before a key, two before a form, then its articles, then those by title.
    more = np.where(titled > 0, titled + 1, 0)
    before = np.concatenate(([0], np.cumsum(more)[:-1])) if count else more
    place = np.arange(len(docs)) + 2 * np.cumsum(new_key) + 2 * np.cumsum(new_form)
    place += before[of_form]
    values = np.zeros(len(docs) + 2 * len(key_at) + 2 * count + int(more.sum()), np.int64)
    edges = np.searchsorted(keys[key_at], bounds)
    lasts = np.concatenate(([0], keys[key_at][:-1])) if len(key_at) else keys[key_at]
    for slot, start in enumerate(edges[:-1]):
        if start < edges[slot + 1]:
            lasts[start] = bounds[slot]
    values[place[key_at] - 4] = keys[key_at] - lasts
    kinds = np.diff(np.searchsorted(form_at, key_at), append=count)
    values[place[key_at] - 3] = kinds
    values[place[form_at] - 2] = forms[form_at] >> np.repeat(np.where(kinds > 1, 0, SHORT), kinds)
    values[place[form_at] - 1] = held * 2 + (titled > 0)
    values[place] = _steps(docs, form_at)
    in_title = np.flatnonzero(title)
    if len(in_title):
        their_form = of_form[in_title]
        first = np.flatnonzero(_news(their_form))
        rank = np.arange(len(in_title)) - np.repeat(first, np.diff(first, append=len(in_title)))
        ends = place[form_at + held - 1] + 1
        values[ends[their_form] + 1 + rank] = _steps(docs[in_title], first)
        values[ends[their_form[first]]] = titled[their_form[first]]
    starts = np.append(place[key_at] - 4, len(values))[edges]
    return _varints(values, starts)


def _steps(docs: Numbers, starts: Numbers) -> Numbers:
    """Each article's distance from the one before it in its list; the first of a list as it is."""
    import numpy as np

    steps = np.diff(docs, prepend=0)
    steps[starts] = docs[starts]
    return steps


def _varints(values: Numbers, cuts: Numbers) -> list[bytes]:
    """Numbers in groups of seven bits, the lowest first, all but the last with the eighth bit set (LEB128);
    cut at some of them."""
    import numpy as np

    sizes = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28):
        sizes += values >= 1 << bits
    places = np.concatenate(([0], np.cumsum(sizes)))
    out = np.zeros(int(places[-1]), np.uint8)
    for at in range(5):
        longer = np.flatnonzero(sizes > at)
        low = values[longer] >> 7 * at & 0x7F
        out[places[longer] + at] = low | np.where(sizes[longer] > at + 1, 0x80, 0)
    ends = places[cuts]
    data = out.tobytes()
    return [data[start:end] for start, end in pairwise(ends)]
