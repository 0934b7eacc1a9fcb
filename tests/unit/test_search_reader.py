"""The two readers of the index, in Python and in JavaScript (run under node), are one."""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
import subprocess
from random import Random
from typing import Any

import pytest

from bimson_site.effects import files
from bimson_site.index import postings, reader, tokens
from bimson_site.index.reader import Index
from searching import getter, index

SCRIPT = "scripts/search.js"
RUN = """
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
const module_ = {exports: {}};
new Function("module", "TextEncoder", input.script)(module_, TextEncoder);
const search = module_.exports;
(async () => {
  const out = {words: input.texts.map(search.words), pairs: input.pairs.map((p) => search.pair(...p)), found: []};
  out.trips = [];
  out.holds = input.holds.map(([asked, text]) => search.holds(search.parsed(asked), "", text));
  out.excerpts = input.excerpts.map(([asked, text]) => search.excerpt(search.parsed(asked), new Map([["cua", 0]]), text));
  out.part = [];
  out.shown = [];
  for (const {files, queries, texts} of input.sites) {
    let waiting = [], trips = 0, showing = false;
    const trip = () => {
      const all = waiting;
      waiting = []; trips++;
      if (showing) out.shown.push(all.length);
      all.forEach((answer) => answer());
    };
    const asked = (told) => new Promise((answer) => {
      if (waiting.push(() => answer(told)) === 1) setImmediate(trip);
    });
    const get = (path) => {
      const data = Buffer.from(files[path], "base64");
      return asked(path.endsWith(".json") ? JSON.parse(data) : new Uint8Array(data));
    };
    const index = await search.open(get);
    for (const query of queries) {
      trips = 0;
      const {places, part} = await index.find(query);
      out.found.push(places);
      out.part.push(part);
      out.trips.push(trips);
      if (!texts) continue;
      showing = true;
      await index.show(search.parsed(query), places, 0, (link) => asked(texts[link]), (row, total, sure) => {
        out.shown.push([row && row[0], total, sure]);
      });
    }
  }
  console.log(JSON.stringify(out));
})();
"""

node = pytest.mark.skipif(
    not (shutil.which("node") or os.environ.get("CI")), reason="node is not here"
)


def run(*, texts=(), pairs=(), sites=(), holds=(), excerpts=()) -> Any:
    script = files.packaged_file(SCRIPT).decode()
    given = {"script": script, "texts": texts, "pairs": pairs, "sites": sites}
    given |= {"holds": holds, "excerpts": excerpts}
    done = subprocess.run(
        ["node", "-e", RUN], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


TEXTS = (
    "Đà Nẵng, ĐÀ NẴNG và da nang",
    "Đà Nẵng",  # taken apart
    "hoà hòa thuỷ thủy quý qúy",
    "50.000₫ ngày 5/8/2020 (GMT+7) covid-19",
    "Ðường ð Øre Łódź æon œuf þing ıI İ ß ſ ς Σ",
    "résumé naïve Ünïcode Й й ё ά",
    "東京タワー が ガ 한국어 뉴스 ภาษาไทย สวัสดี",
    "a\u200bb c\u00add e\ufeff \u0301x _a_b_ I'm",
    "😀 ﷺ ½ Ⅷ ² 𝒳 ⁵",
    "",
)


@node
def test_both_cut_texts_into_the_same_words() -> None:
    expected = [[w._asdict() for w in tokens.words(text)] for text in TEXTS]
    assert run(texts=TEXTS)["words"] == expected


@node
def test_both_have_the_same_numbers() -> None:
    pairs = [["da", "nang"], ["đa\u0300"], ["か", "た"], ["", ""]]
    numbers = [
        postings.pair(tokens.hashed(p[0]), tokens.hashed(p[1]) if p[1:] else 0) for p in pairs
    ]
    assert run(pairs=pairs)["pairs"] == numbers


SYLLABLES = [
    "ha",
    "hà",
    "hạ",
    "nội",
    "đà",
    "da",
    "nẵng",
    "bỉm",
    "sơn",
    "2020",
    "của",
    "か",
    "tin",
    "xa",
]


def some(chance: Random, most: int) -> str:
    return " ".join(chance.choice(SYLLABLES) for _ in range(chance.randrange(most)))


def corpora(count: int):
    for seed in range(count):
        chance = Random(seed)
        segments = [
            [(some(chance, 6), some(chance, 14)) for _ in range(chance.randrange(1, 200))]
            for _ in range(chance.randrange(1, 3))
        ]
        others = {"bim son": ["hà nội", "da"], "ha": ["nội"]} if seed % 3 == 0 else {}
        common = ["", "cua ha", "son bim da"][seed % 3]
        many = 2 << chance.randrange(6)
        made = index(segments, shards=many, common=common, pairs=3 + seed % 2, synonyms=others)
        queries = [some(chance, 9) for _ in range(12)]
        queries += [f'"{some(chance, 4)}" {some(chance, 4)}' for _ in range(4)]
        queries += [some(chance, 30) for _ in range(4)]
        yield segments, made, [*queries, "ha", "hà", "của", "la"]


@node
def test_both_find_the_same_in_the_same_order() -> None:
    sites, expected = [], []
    for _, made, queries in corpora(30):
        packed = {path: base64.b64encode(data).decode() for path, data in made.items()}
        sites.append({"files": packed, "queries": queries})
        found = Index(getter(made))
        expected += [[list(place) for place in found.find(query)] for query in queries]
    assert sum(map(bool, expected)) > 100
    told = run(sites=sites)
    assert told["found"] == expected
    assert max(told["trips"]) == 1  # all that a query needs is asked for at once


@node
def test_who_is_not_told_otherwise_gets_articles_with_all_words() -> None:
    sites, given = [], []
    for segments, made, queries in corpora(30):
        entry = json.loads(made["index.json"])
        made["index.json"] = json.dumps({**entry, "synonyms": {}}).encode()
        packed = {path: base64.b64encode(data).decode() for path, data in made.items()}
        sites.append({"files": packed, "queries": queries})
        given += [(segments, query) for query in queries]
    told = run(sites=sites)
    checked = 0
    for (segments, query), places, part in zip(given, told["found"], told["part"], strict=True):
        # What stands in quotation marks is looked for in the texts before it is shown.
        asked = {w.folded for loose in query.split('"')[::2] for w in tokens.words(loose)}
        for segment, number in () if part else places:
            text = " ".join(segments[segment][number])
            assert asked <= {w.folded for w in tokens.words(text)}, query
            checked += 1
    assert checked > 100
    assert sum(told["part"]) > 100


@node
def test_words_after_the_twelfth_may_be_missing() -> None:
    twelve = "một hai ba bốn năm sáu bảy tám chín mười chục trăm"
    made = index([[("", twelve)]])
    packed = {path: base64.b64encode(data).decode() for path, data in made.items()}
    told = run(sites=[{"files": packed, "queries": [f'"{twelve}"', f'"{twelve}" nghìn']}])
    assert told["found"] == [[[0, 0]], [[0, 0]]]
    assert told["part"] == [False, True]


def shown(texts: list[str], query: str) -> Any:
    """What is told of a query of texts that all have its pairs of words, the first one first: how many cards, and then
    texts, are fetched together, and of each result its text, the count of all, whether it is sure."""
    made = index([[("", "bim son, son ha") for _ in texts]])
    packed = {path: base64.b64encode(data).decode() for path, data in made.items()}
    by_link = {f"/0/{len(texts) - 1 - at}/": text for at, text in enumerate(texts)}
    told = run(sites=[{"files": packed, "queries": [query], "texts": by_link}])["shown"]
    return [[by_link.get(row[0]), *row[1:]] if isinstance(row, list) else row for row in told]


@node
def test_phrases_are_looked_for_in_a_few_texts_and_then_in_more() -> None:
    texts = ["bim son"] * 5 + ["bim son ha"] + ["son ha"] * 6
    told = shown(texts, '"bim son ha"')
    assert told == [4, 4, 4, 4, ["bim son ha", 12, False], 4, 4, [None, 1, True]]


@node
def test_no_more_texts_are_read_than_a_page_of_results_needs() -> None:
    told = shown(["bim son ha"] * 30, '"bim son ha"')
    row = ["bim son ha", 30, False]
    assert told == [4, 4, *[row] * 4, 4, 4, *[row] * 4, 8, 8, row, row, [None, 30, False]]


@node
def test_so_many_texts_are_read_at_the_most() -> None:
    told = shown(["son ha"] * 100, '"bim son ha"')
    assert told == [4, 4, 4, 4, 8, 8, 16, 16, 32, 32, [None, 36, False]]


@node
def test_what_needs_no_text_is_counted_at_once_and_the_first_comes_before_the_others() -> None:
    row = ["bim son", 12, True]
    told = shown(["bim son"] * 12, "bim son")
    assert told == [1, row, 9, *[row] * 9, [None, 12, True]]


@node
def test_a_phrase_stands_in_a_text_with_its_marks_if_it_has_any() -> None:
    cases = [
        ('"bim son ha"', "ở Bỉm Sơn, hạ", True),
        ('"bỉm sơn ha"', "ở Bỉm Sơn, hạ", False),
        ('"bỉm sơn hạ"', "ở Bỉm Sơn, hạ", True),
        ('"son bim"', "bỉm sơn", False),
        ("son bim", "bỉm sơn", True),
    ]
    asked = [[query, text] for query, text, _ in cases]
    expected = [held for *_, held in cases]
    assert run(holds=asked)["holds"] == expected
    assert [reader.holds(reader.parsed(q), text) for q, text in asked] == expected


@node
def test_an_excerpt_shows_where_the_words_stand_together() -> None:
    text = "Sơn đẹp. " + "Của một ngày mưa. " * 20 + "Thị xã Bỉm Sơn, hôm qua. " + "Nắng. " * 60
    (pieces,) = run(excerpts=[["bim son", text]])["excerpts"]
    shown = "".join(f"<{piece}>" if marked else piece for piece, marked in pieces)
    assert "Thị xã <Bỉm>< ><Sơn,> hôm qua." in shown
    assert shown.startswith("… ")
    assert shown.endswith("…")


def test_the_reader_is_small() -> None:
    assert len(gzip.compress(files.packaged_file(SCRIPT), 6)) <= 8 * 1024
