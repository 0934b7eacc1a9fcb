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
  for (const {files, queries} of input.sites) {
    let waiting = [], trips = 0;
    const trip = () => { const all = waiting; waiting = []; trips++; all.forEach((answer) => answer()); };
    const get = (path) => new Promise((answer) => {
      const data = Buffer.from(files[path], "base64");
      const told = () => answer(path.endsWith(".json") ? JSON.parse(data) : new Uint8Array(data));
      if (waiting.push(told) === 1) setImmediate(trip);
    });
    const index = await search.open(get);
    for (const query of queries) {
      trips = 0;
      out.found.push((await index.find(query)).places);
      out.trips.push(trips);
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
        yield made, [*queries, "ha", "hà", "của", "la"]


@node
def test_both_find_the_same_in_the_same_order() -> None:
    sites, expected = [], []
    for made, queries in corpora(30):
        packed = {path: base64.b64encode(data).decode() for path, data in made.items()}
        sites.append({"files": packed, "queries": queries})
        found = Index(getter(made))
        expected += [[list(place) for place in found.find(query)] for query in queries]
    assert sum(map(bool, expected)) > 100
    told = run(sites=sites)
    assert told["found"] == expected
    assert max(told["trips"]) == 1  # all that a query needs is asked for at once


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
