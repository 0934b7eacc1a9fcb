"""A search index of some texts, in memory, and what a scan of the same texts finds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bimson_site.index import postings, reader, tokens
from bimson_site.index.reader import ENOUGH, Query, parsed, units, ways

Text = tuple[str, str]  # title, text


def index(
    segments: Sequence[Sequence[Text]],
    *,
    shards: int = 4,
    common: str = "",
    synonyms: dict[str, list[str]] | None = None,
) -> dict[str, bytes]:
    """The files of an index by path below its folder."""
    told, files = [], {}
    for name, texts in enumerate(segments):
        terms = [postings.terms(*text) for text in texts]
        for part in range(2):
            some = [(at, postings.part_of(data, part, 2)) for at, data in enumerate(terms)]
            made = postings.shards(some, len(texts), part, 2, shards)
            for at, data in enumerate(made):
                files[f"{name}/{part * shards // 2 + at}.bin"] = data
        cards = [[f"/{name}/{at}/", title, "", "", []] for at, (title, _) in enumerate(texts)]
        for start in range(0, len(cards), 2):
            files[f"{name}/{start // 2}.json"] = json.dumps(cards[start : start + 2]).encode()
        row = {"folder": str(name), "articles": len(texts), "shards": shards, "block": 2}
        told.append({**row, "years": [[2020 + name, 0]]})
    entry = {"format": reader.FORMAT, "segments": told, "common": common}
    files["index.json"] = json.dumps({**entry, "synonyms": synonyms or {}}).encode()
    return files


@dataclass
class _Seen:
    """What a text has of a query: for each unit whether in the title, and whether with its marks."""

    units: dict[tuple[int, bool], tuple[bool, bool]]

    @property
    def words(self) -> set[int]:
        return {at for at, _ in self.units} | {at + 1 for at, pair in self.units if pair}


def scan(
    segments: Sequence[Sequence[Text]],
    query: str,
    common: str = "",
    synonyms: dict[str, list[str]] | None = None,
) -> list[tuple[int, int]]:
    """What the reader must find, from the texts themselves: docs/reference/search-format.md, "Results"."""
    places = {word: at for at, word in enumerate(common.split())}
    best: dict[tuple[int, int], tuple[int, ...]] = {}
    for way in ways(parsed(query), synonyms or {}):
        if way.words:
            for place, score in _scores(segments, way, places):
                best[place] = max(best.get(place, score), score)
    return sorted(best, key=lambda place: best[place], reverse=True)


def _scores(segments, query: Query, common):
    first, others, alone = units(query, common)
    asked = {*(u.at for u in first), *(u.at + 1 for u in first if u.pair)}
    seen = _seen(segments, query, first)
    whole = [p for p, s in seen.items() if len(s.units) == len(first)]
    if not 0 < len(whole) <= ENOUGH and others + alone:
        seen = _seen(segments, query, [*first, *others, *([] if whole else alone)])
        asked = set(range(len(query.words)))
        whole = [p for p, s in seen.items() if s.words >= asked]
    needed = {(at, True) for start, end in query.phrases for at in range(start, end - 1)}
    if needed:
        whole = [p for p, s in seen.items() if s.units.keys() >= needed and s.words >= asked]
        whole = whole or [p for p, s in seen.items() if s.units.keys() >= needed]
    least = (len(query.words) + 1) // 2
    kept = whole or [p for p, s in seen.items() if len(s.words) >= least and not needed]
    for place in kept:
        found = seen[place].units
        pairs = sum(pair for _, pair in found)
        exact = sum(same for _, same in found.values()) if query.marked else 0
        yield (
            place,
            (len(seen[place].words), pairs, exact, sum(t for t, _ in found.values()), *place),
        )


def _seen(segments, query: Query, wanted):
    found: dict[tuple[int, int], _Seen] = {}
    for name, texts in enumerate(segments):
        streams = [[list(tokens.words(part)) for part in text] for text in texts]
        for unit in wanted:
            asked = query.words[unit.at : unit.at + 1 + unit.pair]
            has = [_has(both, asked) for both in streams]
            most = max(postings.COMMON_LEAST, len(texts) // postings.COMMON_SHARE)
            if not unit.pair and sum(h is not None for h in has) > most:
                has = [h if h and h[0] else None for h in has]
            for at, told in enumerate(has):
                if told is not None:
                    found.setdefault((name, at), _Seen({})).units[unit.at, unit.pair] = told
    return found


def _has(streams, asked):
    """None, or whether these words stand in the title, and whether with these marks."""
    titled, exact, anywhere = False, False, False
    for at, words in enumerate(streams):
        for start in range(len(words) - len(asked) + 1):
            told = words[start : start + len(asked)]
            if [w.folded for w in told] == [w.folded for w in asked]:
                anywhere = True
                titled |= at == 0
                exact |= [w.exact for w in told] == [w.exact for w in asked]
    return (titled, exact) if anywhere else None


def getter(files: dict[str, bytes]) -> Callable[[str], bytes]:
    return files.__getitem__
