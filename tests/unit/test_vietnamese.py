"""Vietnamese spelling: what is equal, what a reader types, and what comes first."""

import unicodedata
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.text.vietnamese import (
    fold,
    given_name,
    given_name_key,
    initial,
    nfc,
    sort_key,
    term_key,
    tone_last,
)

SYLLABLES = [
    "hoà",
    "hòa",
    "thuỷ",
    "thủy",
    "Hóa",
    "nghiêng",
    "ruộng",
    "quý",
    "gì",
    "Đường",
    "ễ",
    "Ỹ",
    "giữ",
    "khuỷu",
]
WORDS = st.text(
    st.sampled_from("aăâđeêioôơuưyáàảãạấờữỹbcghnqtĐÂỨ -–.0(ﬀß\u0301\u0323Жй한"), max_size=12
)
ANY = st.one_of(st.text(max_size=12), WORDS)


def nfd(text):
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Thị xã Bỉm Sơn", "thi xa bim son"),
        ("ĐƯỜNG đời", "duong doi"),
        ("Ðảng (chữ eth)", "dang (chu eth)"),
        ("Straße, Łódź, Ærø", "strasse, lodz, aero"),
        ("Москва й", "москва й"),
        ("東京 が", "東京 が"),
        ("x\u0301\u0323", "x"),
        ("", ""),
    ],
)
def test_fold_is_what_a_reader_types(text, bare):
    assert fold(text) == bare
    assert fold(nfd(text)) == bare


@given(ANY)
def test_fold_is_idempotent_and_blind_to_composition(text):
    assert fold(fold(text)) == fold(text)
    assert fold(nfd(text)) == fold(nfc(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuỷ", "thủy"),
        ("quý", "qúy"),
        ("HOẢ", "HỎA"),
        ("khoẻ", "khỏe"),
        ("Đoạ", "Đọa"),
        ("toàn", "tòan"),
        ("(hoà)", "(hòa)"),
    ],
)
def test_the_place_of_the_tone_does_not_matter(one, other):
    assert tone_last(one) == tone_last(other) == tone_last(nfd(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ma", "má"),
        ("Hòa", "Hóa"),
        ("hoa", "hòa"),
        ("mân", "mẫn"),
        ("término", "terminó"),
        ("πότε", "ποτέ"),
    ],
)
def test_another_tone_or_word_matters(one, other):
    assert tone_last(one) != tone_last(other)


@given(st.one_of(ANY, st.sampled_from(SYLLABLES)))
def test_tone_last_is_idempotent(token):
    assert tone_last(tone_last(token)) == tone_last(token)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "HÒA BÌNH"),
        ("Bỉm Sơn", nfd("bỉm\u00a0 sơn")),
        ("Covid-19", "COVID – 19"),
        ("Ðà Nẵng", "Đà Nẵng"),
        (" An ninh ", "an \u00adninh"),
        ("thời‑sự", "Thời sự"),
    ],
)
def test_two_spellings_of_one_term(one, other):
    assert term_key(one) == term_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa", "Hóa"),
        ("Hòa", "Hoa"),
        ("C", "C++"),
        ("A-", "A"),
        ("tin_moi", "tin moi"),
        ("Ba Đình", "Ba Dinh"),
    ],
)
def test_two_terms(one, other):
    assert term_key(one) != term_key(other)


@given(ANY)
def test_term_key_is_idempotent_and_blind_to_composition(text):
    assert term_key(term_key(text)) == term_key(text)
    assert term_key(nfd(text)) == term_key(nfc(text))


@pytest.mark.parametrize(
    "in_order",
    [
        "a|ă|â|b|c|d|đ|e|ê|g|h|i|k|l|m|n|o|ô|ơ|p|q|r|s|t|u|ư|v|x|y",
        "ma|mà|mả|mã|má|mạ",
        "ma|Ma|mà|Mà|mai",
        "|“Ba|2020|an|ăn|ân|Zalo|Ж|東",
        "cá|cà chua|cá rô",  # letters decide before tones do
        "Lê An|Lệ An|Lê Ánh|Lê Ân",
        "dân|dần|đan|đàn",
    ],
)
def test_the_order_of_dictionaries(in_order):
    words = in_order.split("|")
    assert sorted(words, key=sort_key) == words


@given(ANY, ANY)
def test_the_order_is_total(one, other):
    assert (sort_key(one) == sort_key(other)) == (nfc(one) == nfc(other))


@given(st.text(st.characters()))
def test_any_text_has_a_place(text):
    sort_key(text)
    initial(text)
    term_key(text)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Nguyễn Thị Hòa", "Hòa"),
        ("Mộc Miên (Tổng hợp)", "Miên"),
        ("TTXVN", "TTXVN"),
        ("(Ban biên tập)", "tập)"),
        (" ", ""),
    ],
)
def test_the_given_name_is_the_last_word(name, word):
    assert given_name(name) == word


def test_people_are_filed_by_the_given_name():
    people = ["Trần Văn Đông", "Lê An", "Vũ Dũng", "Phạm Ấn (theo báo)", "Bùi An"]
    assert sorted(people, key=given_name_key) == [
        "Bùi An",
        "Lê An",
        "Phạm Ấn (theo báo)",
        "Vũ Dũng",
        "Trần Văn Đông",
    ]


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("ấn", "Â"),
        ("ánh", "A"),
        ("ừ", "Ư"),
        ("đình", "Đ"),
        ("Étienne", "E"),
        ("ærø", "A"),
        ("2020", "#"),
        ("“Bà", "#"),
        ("😀", "#"),
        ("", "#"),
        ("жук", "Ж"),
        ("東京", "東"),
        (" w", "W"),
        (nfd("ắt"), "Ă"),
    ],
)
def test_the_letter_in_an_index(text, letter):
    assert initial(text) == letter


@given(st.lists(ANY, max_size=12))
def test_in_a_sorted_list_each_letter_stands_in_one_piece(texts):
    letters = [letter for letter, _ in groupby(sorted(texts, key=sort_key), key=initial)]
    assert len(letters) == len(set(letters))


@given(st.lists(ANY, min_size=2, max_size=6))
def test_sorting_does_not_depend_on_composition(texts):
    in_order = sorted((nfc(text) for text in texts), key=sort_key)
    assert all(
        sort_key(nfd(one)) <= sort_key(nfd(next_one)) for one, next_one in pairwise(in_order)
    )
