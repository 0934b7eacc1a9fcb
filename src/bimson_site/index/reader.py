"""Reads the index as a browser does: a query becomes results, best first.

Pure: files come through a function. theme/scripts/search.js does the same in JavaScript, step by step;
tests/unit/test_search_reader.py holds the two together. The form of the files and the order of results are
written down in docs/reference/search-format.md. Next: `postings` writes what is read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from bimson_site.index import postings, tokens
from bimson_site.index.tokens import Word

FORMAT = 2
WORDS = 12  # of a query; what follows is not looked at
WAYS = 4  # in which a query is asked: with its own words, and with other names of places


class Query(NamedTuple):
    """What somebody asked for: words, and spans of them (from, to before) that must stand together."""

    words: tuple[Word, ...]
    phrases: tuple[tuple[int, int], ...] = ()

    @property
    def marked(self) -> bool:
        """Whether it was typed with marks, so that they count."""
        return any(word.folded != word.exact for word in self.words)


class Result(NamedTuple):
    """An article that was found: its segment and number there; its address, title, date, section, authors."""

    segment: int
    number: int
    url: str
    title: str
    date: str
    section: str
    authors: tuple[str, ...]


class _How(NamedTuple):
    """How an article has a unit: with its marks, in its title."""

    exact: bool
    titled: bool


class _Score(NamedTuple):
    """How well an article fits; all count for it, the first most."""

    words: int
    pairs: int
    exact: int
    titled: int
    segment: int
    number: int


@dataclass
class _Hit:
    """What is known of an article: which words of the query it has, and which with their marks; the places of
    its pairs; how many of them with their marks, and how many of all units in its title."""

    words: set[int] = field(default_factory=set)
    same: set[int] = field(default_factory=set)
    pairs: set[int] = field(default_factory=set)
    exact: int = 0
    titled: int = 0

    @property
    def paired(self) -> set[int]:
        """The words that stand beside another one of the query."""
        return {place for at in self.pairs for place in (at, at + 1)}


class Unit(NamedTuple):
    """What is looked up: the word at a place of the query, or with the one after it."""

    at: int
    pair: bool

    @property
    def places(self) -> tuple[int, ...]:
        """The places of its words in the query."""
        return (self.at, self.at + 1) if self.pair else (self.at,)


def parsed(text: str) -> Query:
    """A query as somebody types it; quotation marks make phrases, one that is not closed goes to the end."""
    words: list[Word] = []
    phrases = []
    for index, part in enumerate(re.split('["“”„«»]', text)):
        start = len(words)
        words += tokens.words(part)
        if index % 2 and min(len(words), WORDS) - start > 1:
            phrases.append((start, min(len(words), WORDS)))
    return Query(tuple(words[:WORDS]), tuple(phrases))


def ways(query: Query, synonyms: Mapping[str, Sequence[str]]) -> list[Query]:
    """A query, and what else is meant by it where it names a place that has other names."""
    found = [query]
    folded = [word.folded for word in query.words]
    for name in sorted(synonyms):
        spelt = name.split(" ")
        for at in range(len(folded) - len(spelt) + 1):
            if folded[at : at + len(spelt)] == spelt and not query.phrases:
                for other in synonyms[name]:
                    rest = query.words[at + len(spelt) :]
                    put_in = (*query.words[:at], *tokens.words(other), *rest)
                    found.append(Query(put_in[:WORDS]))
    return found[:WAYS]


def plans(
    asked: Sequence[Query], common: Mapping[str, int], room: int
) -> list[tuple[Query, list[Unit]]]:
    """What is looked up for each way of a query; ways that need more pairs than there is room for are left out.
    `common` are the places of words in the list of common ones."""
    found: list[tuple[Query, list[Unit]]] = []
    pairs: set[tuple[str, str]] = set()
    for query in asked:
        wanted = units(query, common, room, fewest=len(asked) > 1)
        texts = [word.folded for word in query.words]
        theirs = {(texts[unit.at], texts[unit.at + 1]) for unit in wanted if unit.pair}
        if not found or len(pairs | theirs) <= room:
            found.append((query, wanted))
            pairs |= theirs
    return found


def units(
    query: Query, common: Mapping[str, int], room: int, *, fewest: bool = False
) -> list[Unit]:
    """The pairs of a query, as many as there is room for, and its words alone, which take half the room. Of too many
    pairs (or for the `fewest`) those are left out whose words both stand in another one, then those that say least."""
    words = query.words
    if len(words) == 1:
        return [Unit(0, pair=False)]
    rank = [common.get(word.folded, len(common)) for word in words]
    bound = {at for start, end in query.phrases for at in range(start, end - 1)}
    # What goes last comes first: pairs of phrases, then the rarest.
    pairs = sorted(
        range(len(words) - 1), key=lambda at: (at not in bound, -rank[at] - rank[at + 1], at)
    )
    while True:
        spare = [at for at in pairs if {at - 1, at + 1} <= set(pairs) and at not in bound]
        if len(pairs) > room:
            pairs.remove((spare or pairs)[-1])
        elif fewest and spare:
            pairs.remove(spare[-1])
        else:
            break
    free = [at for at in range(len(words)) if not {at - 1, at} & bound]
    alone = sorted(free, key=lambda at: (-rank[at], at))[: 0 if fewest else 2 * (room - len(pairs))]
    return [Unit(at, pair=True) for at in pairs] + [Unit(at, pair=False) for at in alone]


class Index:
    """An index that was published. `get` gives a file by its path below the folder of the index; FileNotFoundError,
    KeyError or whatever it raises goes through. ValueError where it is of another format."""

    def __init__(self, get: Callable[[str], bytes]) -> None:
        self._get = get
        self._files: dict[str, bytes] = {}
        self.entry: Mapping[str, Any] = json.loads(get("index.json"))
        if self.entry.get("format") != FORMAT:
            message = f"an index of format {self.entry.get('format')}, not {FORMAT}"
            raise ValueError(message)
        self._common = {word: at for at, word in enumerate(self.entry["common"].split())}

    def find(self, text: str) -> list[tuple[int, int]]:
        """Articles that were found, best first: their segments and numbers there. Phrases of three words and
        more are to be looked for in their texts (`holds`)."""
        best: dict[tuple[int, int], _Score] = {}
        query = parsed(text)
        for way, wanted in plans(
            ways(query, self.entry["synonyms"]), self._common, self.entry["pairs"]
        ):
            for score in self._scores(way, wanted) if way.words else ():
                place = score.segment, score.number
                best[place] = max(best.get(place, score), score)
        ranked = sorted(best.values(), reverse=True)
        return [(score.segment, score.number) for score in ranked]

    def _scores(self, query: Query, wanted: Sequence[Unit]) -> Iterator[_Score]:
        hits: dict[tuple[int, int], _Hit] = {}
        for unit in wanted:
            self._look_up(query, unit, hits)
        asked = {at for unit in wanted for at in unit.places}
        needed = {at for start, end in query.phrases for at in range(start, end - 1)}
        needed &= {unit.at for unit in wanted if unit.pair}
        fit = {place: hit for place, hit in hits.items() if hit.pairs >= needed}
        least = -(-len(query.words) // 2) if not needed else 0
        whole = [place for place, hit in fit.items() if hit.paired >= asked]
        whole = whole or [place for place, hit in fit.items() if hit.words >= asked]
        for place in whole or [place for place, hit in fit.items() if len(hit.words) >= least]:
            hit = hits[place]
            exact = hit.exact + len(hit.same) if query.marked else 0
            yield _Score(len(hit.words), len(hit.pairs), exact, hit.titled, *place)

    def _look_up(self, query: Query, unit: Unit, hits: dict[tuple[int, int], _Hit]) -> None:
        words = [query.words[at] for at in unit.places]
        key = _key(*(word.folded for word in words))
        exact = postings.form(_key(*(word.exact for word in words)))
        for segment in range(len(self.entry["segments"])):
            for number, how in self._posting(segment, key, exact, pair=unit.pair).items():
                hit = hits.setdefault((segment, number), _Hit())
                hit.words.update(unit.places)
                hit.titled += how.titled
                if unit.pair:
                    hit.pairs.add(unit.at)
                if how.exact:
                    hit.exact += unit.pair
                    hit.same.update(unit.places)

    def _posting(self, segment: int, key: int, exact: int, *, pair: bool) -> dict[int, _How]:
        """What a segment says of the key of a pair, or of a word."""
        told = self.entry["segments"][segment]
        count = told["shards"] if pair else told["words"]
        slot = key * count >> 32
        low, high = (-(-at * (1 << 32) // count) for at in (slot, slot + 1))
        file = slot if pair else told["shards"] + slot
        data = self._file(f"{told['folder']}/{file}.bin")
        return _posting(data, key - low, high - low, exact, told["articles"])

    def card(self, segment: int, number: int) -> Result:
        """What is told of an article."""
        told = self.entry["segments"][segment]
        block, place = divmod(number, told["block"])
        cards = json.loads(self._file(f"{told['folder']}/{block}.json"))
        link, title, date, section, authors = cards[place]
        url = unquote(link.removeprefix("..").removesuffix("index.html"))
        return Result(segment, number, url, title, date, section, tuple(authors))

    def _file(self, path: str) -> bytes:
        if path not in self._files:
            self._files[path] = self._get(path)
        return self._files[path]


def holds(query: Query, text: str) -> bool:
    """Whether a text, its title included, has the phrases of a query: with their marks, where it has any."""
    told = list(tokens.words(text))
    return all(
        any(
            _same(told[at : at + end - start], query.words[start:end])
            for at in range(len(told) - (end - start) + 1)
        )
        for start, end in query.phrases
    )


def _same(told: Sequence[Word], asked: Sequence[Word]) -> bool:
    marked = any(word.folded != word.exact for word in asked)
    return all(
        (a.exact == b.exact) if marked else (a.folded == b.folded)
        for a, b in zip(told, asked, strict=True)
    )


def _key(one: str, two: str | None = None) -> int:
    return postings.pair(tokens.hashed(one), tokens.hashed(two) if two is not None else 0)


def _posting(data: bytes, key: int, reach: int, exact: int, articles: int) -> dict[int, _How]:
    """What a shard, whose keys are below `reach`, says of one of them."""
    bits = _Bits(data)
    keys = bits.count() - 1
    found: dict[int, _How] = {}
    here, left = -1, keys
    while left and here < key:
        here, left = here + 1 + bits.step(keys, reach), left - 1
        forms = bits.count()
        size = postings.FORM_BITS - (postings.SHORT if forms == 1 else 0)
        for form in bits.list(forms, 1 << size):
            held, titled = bits.count(), bits.count() - 1
            theirs = bits.list(held, articles)
            by_title = {theirs[at] for at in bits.list(titled, held)}
            if here == key:
                same = form == exact >> (postings.FORM_BITS - size)
                for number in theirs:
                    known = found.get(number, _How(exact=False, titled=False))
                    in_title = number in by_title
                    found[number] = _How(known.exact or same, known.titled or in_title)
    return found


class _Bits:
    """Numbers out of bits; the codes are those of docs/reference/search-format.md. ValueError at the end."""

    def __init__(self, data: bytes) -> None:
        self._bits = f"{int.from_bytes(data):0{8 * len(data)}b}"
        self._at = 0

    def count(self) -> int:
        """A number from 1 on."""
        size = self._zeros()
        return 1 << size | self._low(size)

    def step(self, count: int, below: int) -> int:
        """How many numbers a list of so many below a bound leaves out."""
        size = max(0, ((below - 1) // count).bit_length() - 1)
        return self._zeros() << size | self._low(size)

    def list(self, count: int, below: int) -> list[int]:
        """Numbers, each greater than the one before it."""
        found, last = [], -1
        for _ in range(count):
            last += 1 + self.step(count, below)
            found.append(last)
        return found

    def _zeros(self) -> int:
        start, end = self._at, self._bits.index("1", self._at)
        self._at = end + 1
        return end - start

    def _low(self, size: int) -> int:
        start = self._at
        self._at += size
        return int(self._bits[start : self._at], 2) if size else 0
