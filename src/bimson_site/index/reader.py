"""Reads the index as a browser does: a query becomes results, best first.

Pure: files come through a function. theme/scripts/search.js does the same in JavaScript, step by step;
tests/unit/test_search_reader.py holds the two together. The form of the files and the order of results are
written down in docs/reference/search-format.md. Next: `postings` writes what is read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from bimson_site.index import postings, tokens
from bimson_site.index.tokens import Word

FORMAT = 1
WORDS = 12  # of a query; what follows is not looked at
FIRST = 4  # pairs that are asked for first
ENOUGH = 10  # results on a page: as many need no further question
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


class _Posting(NamedTuple):
    """What a segment says of one key: for each form its bits, how many of these, its articles, those of them
    by title."""

    form: int
    bits: int
    articles: tuple[int, ...]
    titled: frozenset[int]


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
    """What is known of an article: which words and how many pairs of the query it has."""

    words: set[int] = field(default_factory=set)
    pairs: int = 0
    exact: int = 0
    titled: int = 0
    units: set[int] = field(default_factory=set)


class Unit(NamedTuple):
    """What is looked up: the word at a place of the query, or with the one after it."""

    at: int
    pair: bool


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


def units(query: Query, common: Mapping[str, int]) -> tuple[list[Unit], list[Unit], list[Unit]]:
    """What is asked for first, then where that finds too many, then where it finds nothing: the fewest pairs that
    hold each word; the other pairs; words that are not common. All pairs come first where there are
    phrases. `common` are the places of words in the list of common ones."""
    words = query.words
    if len(words) == 1:
        return [Unit(0, pair=False)], [], []
    rank = [common.get(word.folded, len(common)) for word in words]
    pairs = sorted(range(len(words) - 1), key=lambda at: (-rank[at] - rank[at + 1], at))
    cover = _cover(len(words), pairs)
    first = pairs if query.phrases else [at for at in pairs if at in cover][:FIRST]
    alone = [at for at, word in enumerate(words) if word.folded not in common]
    return (
        [Unit(at, pair=True) for at in first],
        [Unit(at, pair=True) for at in pairs if at not in first],
        [Unit(at, pair=False) for at in alone],
    )


def _cover(count: int, pairs: Sequence[int]) -> set[int]:
    """The fewest pairs that hold all words; of several such sets that with the rarest pair. `pairs` are all of
    them, the rarest first."""
    if count % 2 == 0:
        return set(range(0, count, 2))
    at = pairs[0]  # with an odd number one word is held twice: before this pair or behind it
    middle = at + 1 if at % 2 else at + 2
    return {*range(0, middle, 2), *range(middle - 1, count - 1, 2)}


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
        for way in ways(query, self.entry["synonyms"]):
            for score in self._scores(way) if way.words else ():
                place = score.segment, score.number
                best[place] = max(best.get(place, score), score)
        ranked = sorted(best.values(), reverse=True)
        return [(score.segment, score.number) for score in ranked]

    def _scores(self, query: Query) -> Iterator[_Score]:
        first, others, alone = units(query, self._common)
        hits: dict[tuple[int, int], _Hit] = {}
        self._look_up(query, first, hits)
        asked = {unit.at for unit in first} | {unit.at + 1 for unit in first if unit.pair}
        whole = [p for p, hit in hits.items() if len(hit.units) == len(first)]
        if not 0 < len(whole) <= ENOUGH and others + alone:
            self._look_up(query, others, hits)
            if not whole:
                self._look_up(query, alone, hits)
            asked = set(range(len(query.words)))
            whole = [p for p, hit in hits.items() if hit.words >= asked]
        needed = {at for start, end in query.phrases for at in range(start, end - 1)}
        if needed:
            whole = [p for p, hit in hits.items() if hit.units >= needed and hit.words >= asked]
            whole = whole or [p for p, hit in hits.items() if hit.units >= needed]
        least = -(-len(query.words) // 2)
        kept = whole or [p for p, h in hits.items() if len(h.words) >= least and not needed]
        for segment, number in kept:
            hit = hits[segment, number]
            counts = len(hit.words), hit.pairs, hit.exact if query.marked else 0, hit.titled
            yield _Score(*counts, segment, number)

    def _look_up(
        self, query: Query, wanted: Iterable[Unit], hits: dict[tuple[int, int], _Hit]
    ) -> None:
        for unit in wanted:
            one = query.words[unit.at]
            two = query.words[unit.at + 1] if unit.pair else None
            key = _key(one.folded, two and two.folded)
            exact = postings.form(_key(one.exact, two and two.exact))
            for segment in range(len(self.entry["segments"])):
                self._note(segment, self.postings(segment, key), exact, unit, hits)

    def _note(
        self,
        segment: int,
        found: Sequence[_Posting],
        exact: int,
        unit: Unit,
        hits: dict[tuple[int, int], _Hit],
    ) -> None:
        same: set[int] = set()
        for each in found:
            if each.form == exact >> (postings.FORM_BITS - each.bits):
                same |= set(each.articles)
        titled = {number for each in found for number in each.titled}
        for number in {number for each in found for number in each.articles}:
            hit = hits.setdefault((segment, number), _Hit())
            hit.words |= {unit.at, unit.at + 1} if unit.pair else {unit.at}
            hit.pairs += unit.pair
            hit.exact += number in same
            hit.titled += number in titled
            # A word alone is noted apart from the pair that begins with it.
            hit.units.add(unit.at if unit.pair else -1 - unit.at)

    def postings(self, segment: int, key: int) -> list[_Posting]:
        """What a segment says of a key."""
        told = self.entry["segments"][segment]
        slot = key * told["shards"] >> 32
        low = -(-slot * (1 << 32) // told["shards"])
        return _posting(self._file(f"{told['folder']}/{slot}.bin"), key - low)

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


def _key(one: str, two: str | None) -> int:
    return postings.pair(tokens.hashed(one), tokens.hashed(two) if two is not None else 0)


def _posting(data: bytes, key: int) -> list[_Posting]:
    values = _numbers(data)
    found, at = [], 0
    for step in values:
        at += step
        forms = next(values)
        for _ in range(forms):
            bits = postings.FORM_BITS - (postings.SHORT if forms == 1 else 0)
            form, held = next(values), next(values)
            articles = _list(values, held >> 1)
            titled = _list(values, next(values)) if held & 1 else ()
            if at == key:
                found.append(_Posting(form, bits, articles, frozenset(titled)))
        if at >= key:
            break
    return found


def _numbers(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0


def _list(values: Iterator[int], count: int) -> tuple[int, ...]:
    found, last = [], 0
    for _ in range(count):
        last += next(values)
        found.append(last)
    return tuple(found)
