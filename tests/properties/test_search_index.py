"""The index finds what a scan of the same texts finds, in the same order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bimson_site.index.reader import Index
from searching import getter, index, scan

SYLLABLES = [
    "ha",
    "hà",
    "hạ",
    "nội",
    "nôi",
    "đà",
    "da",
    "nẵng",
    "bỉm",
    "sơn",
    "2020",
    "covid",
    "của",
    "か",
]
words = st.lists(st.sampled_from(SYLLABLES), max_size=9).map(" ".join)
texts = st.lists(st.tuples(words, words), min_size=1, max_size=30)
queries = st.lists(st.sampled_from([*SYLLABLES, "la", '"']), min_size=1, max_size=7).map(" ".join)


@given(
    st.lists(texts, min_size=1, max_size=2),
    queries,
    st.sampled_from(["", "cua ha", "son bim da"]),
    st.integers(3, 4),
)
def test_the_index_finds_what_a_scan_finds(segments, query, common, pairs):
    found = Index(getter(index(segments, common=common, pairs=pairs))).find(query)
    assert found == scan(segments, query, common, pairs)


@given(texts, st.lists(st.sampled_from([*SYLLABLES, '"']), max_size=15).map(" ".join))
def test_no_query_asks_for_more_than_ten_shards(segment, query):
    others = {"bim son": ["hà nội", "da", "nẵng ha sơn"], "ha": ["nội bỉm sơn"]}
    files = index([segment, segment], shards=64, words=64, synonyms=others)
    asked: set[str] = set()
    Index(lambda path: asked.add(path) or files[path]).find(query)
    assert len(asked - {"index.json"}) <= 10


@given(texts, queries)
def test_the_number_of_shards_makes_no_difference(segment, query):
    few, many = (Index(getter(index([segment], shards=n, words=n))).find(query) for n in (2, 64))
    assert few == many


@given(texts, st.sampled_from(["bim son", "son ha"]))
def test_another_name_of_a_place_finds_the_same(segment, name):
    others = {"bim son": ["hà nội", "da"], "ha": ["nội"]}
    found = Index(getter(index([segment], synonyms=others))).find(name)
    assert found == scan([segment], name, synonyms=others)
