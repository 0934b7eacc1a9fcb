"""A search index of some texts, in memory, and what a scan of the same texts finds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bimson_site.index import postings, reader, tokens
from bimson_site.index.reader import Query, Unit, parsed, plans, ways

Text = tuple[str, str]  # title, text


def index(
    segments: Sequence[Sequence[Text]],
    *,
    shards: int = 4,
    words: int = 2,
    common: str = "",
    pairs: int = 4,
    synonyms: dict[str, list[str]] | None = None,
) -> dict[str, bytes]:
    """The files of an index by path below its folder."""
    told, files = [], {}
    for name, texts in enumerate(segments):
        terms = [postings.terms(*text) for text in texts]
        for part in range(2):
            some = [(at, postings.part_of(data, part, 2)) for at, data in enumerate(terms)]
            made = postings.shards(some, len(texts), part, 2, (shards, words))
            places = [
                first + part * count // 2 + at
                for first, count in ((0, shards), (shards, words))
                for at in range(count // 2)
            ]
            files |= {f"{name}/{at}.bin": data for at, data in zip(places, made, strict=True)}
        cards = [[f"/{name}/{at}/", title, "", "", []] for at, (title, _) in enumerate(texts)]
        for start in range(0, len(cards), 2):
            files[f"{name}/{start // 2}.json"] = json.dumps(cards[start : start + 2]).encode()
        row = {"folder": str(name), "articles": len(texts), "shards": shards}
        told.append({**row, "words": words, "block": 2, "years": [[2020 + name, 0]]})
    entry = {"format": reader.FORMAT, "segments": told, "common": common, "pairs": pairs}
    files["index.json"] = json.dumps({**entry, "synonyms": synonyms or {}}).encode()
    return files


# What a text has of a query: for each unit whether in the title, and whether with its marks.
_Seen = dict[Unit, tuple[bool, bool]]


def scan(
    segments: Sequence[Sequence[Text]],
    query: str,
    common: str = "",
    pairs: int = 4,
    synonyms: dict[str, list[str]] | None = None,
) -> list[tuple[int, int]]:
    """What the reader must find, from the texts themselves: docs/reference/search-format.md, "Results"."""
    places = {word: at for at, word in enumerate(common.split())}
    best: dict[tuple[int, int], tuple[int, ...]] = {}
    for way, wanted in plans(ways(parsed(query), synonyms or {}), places, pairs):
        if way.words:
            for place, score in _scores(segments, way, wanted):
                best[place] = max(best.get(place, score), score)
    return sorted(best, key=lambda place: best[place], reverse=True)


def _scores(segments, query: Query, wanted):
    seen = _seen(segments, query, wanted)
    asked = _places(wanted)
    bound = {Unit(at, True) for start, end in query.phrases for at in range(start, end - 1)}
    seen = {p: s for p, s in seen.items() if s.keys() >= bound & set(wanted)}
    whole = [p for p, s in seen.items() if _places(u for u in s if u.pair) >= asked]
    whole = whole or [p for p, s in seen.items() if _places(s) >= asked]
    some = [p for p, s in seen.items() if bound or 2 * len(_places(s)) >= len(query.words)]
    for place in whole or some:
        found = seen[place]
        same = [unit for unit, (_, exact) in found.items() if exact]
        exact = sum(unit.pair for unit in same) + len(_places(same)) if query.marked else 0
        pairs = sum(unit.pair for unit in found)
        titled = sum(titled for titled, _ in found.values())
        yield place, (len(_places(found)), pairs, exact, titled, *place)


def _places(some) -> set[int]:
    return {at for unit in some for at in range(unit.at, unit.at + 1 + unit.pair)}


def _seen(segments, query: Query, wanted) -> dict[tuple[int, int], _Seen]:
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
                    found.setdefault((name, at), {})[unit] = told
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
