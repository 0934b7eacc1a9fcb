"""Names in a text: whole words with their marks, in any case; and which of several that overlap is meant."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.text.mentions import finder, key

NAMES = (
    "thị xã Bến Đò",
    "xã Bến Đò",
    "Bến Đò",
    "Bến Đò Hạ",
    "huyện Hoà Chợ",
    "tỉnh Sông - Núi",
    "phố Phiên",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ở thị xã Bến Đò, sáng nay", ["thị xã Bến Đò"]),
        ("THỊ XÃ BẾN ĐÒ", ["thị xã Bến Đò"]),
        ("Tại xã Bến Đò.", ["xã Bến Đò"]),
        ("Bến Đò Hạ", ["Bến Đò Hạ"]),
        ("bến đò", ["Bến Đò"]),
        ("thị xã\nBến  Đò", ["thị xã Bến Đò"]),
        ("ben do, Bến Dò, Bến Đòn", []),
        ("ở bến, Đò đã đi", []),
        ("huyện Hòa Chợ", ["huyện Hoà Chợ"]),
        ("tỉnh Sông–Núi", ["tỉnh Sông - Núi"]),
        ("tỉnh Sông Núi", []),
        ("phố Phiên và thành phố Phiên", ["phố Phiên"]),
        ("thành phố Phiên", []),
        ("Bến Đò, huyện Hòa Chợ, lại Bến Đò", ["Bến Đò", "huyện Hoà Chợ"]),
        ("", []),
    ],
)
def test_what_a_text_mentions(text: str, expected: list[str]) -> None:
    for each in (text, unicodedata.normalize("NFD", text)):
        assert list(finder(NAMES)(each)) == expected


WORDS = st.sampled_from(("bến", "đò", "hạ", "xã", "thị", ",", "-", "Chợ"))


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), max_size=4),
    st.lists(WORDS, max_size=12).map(" ".join),
)
def test_a_name_is_found_only_where_it_stands_and_a_longest_one_always(names, text) -> None:
    found = finder(names)(text)
    spelt = " ".join(key(text))
    standing = [n for n in names if f" {' '.join(key(n))} " in f" {spelt} "]
    assert set(found) <= set(standing)
    if standing and "thị" not in spelt:
        assert found


def test_names_without_a_word_find_nothing() -> None:
    assert finder(["", "  "])("chữ") == ()
