"""Edits: which words differ, and of which kind each difference is. Sentences and kin: who shares what."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.pipeline.kin import candidates
from bimson_site.text.edits import LIGHT, Kind, edits
from bimson_site.text.sentences import hashes, packed
from bimson_site.text.similarity import key, normalise

ORTHOGRAPHIC, BOILERPLATE, NUMBER = Kind.ORTHOGRAPHIC, Kind.BOILERPLATE, Kind.NUMBER
NEGATION, NAME, WORD = Kind.NEGATION, Kind.NAME, Kind.WORD


@pytest.mark.parametrize(
    ("before", "after", "kind", "words"),
    [
        # spelling
        ("chợ “mới” họp", 'chợ "mới" họp', ORTHOGRAPHIC, ("“mới”", '"mới"')),
        ("xã hoà giải xong", "xã hòa giải xong", ORTHOGRAPHIC, ("hoà", "hòa")),
        ("một kỹ sư giỏi", "một kĩ sư giỏi", ORTHOGRAPHIC, ("kỹ", "kĩ")),
        ("giá trị quý báu", "giá trị quí báu", ORTHOGRAPHIC, ("quý", "quí")),
        ("thu 7 tỷ đồng", "thu 7 tỉ đồng", ORTHOGRAPHIC, ("tỷ", "tỉ")),
        ("đồng ý, tăng giá", "đồng ý,tăng giá", ORTHOGRAPHIC, ("ý, tăng", "ý,tăng")),
        ("tăng 5% so với", "tăng 5 % so với", ORTHOGRAPHIC, ("5%", "5 %")),
        ("The Market opens", "the market opens", ORTHOGRAPHIC, ("The Market", "the market")),
        # numbers, dates, units, signs
        ("có 1.250 hộ", "có 1.251 hộ", NUMBER, ("1.250", "1.251")),
        ("có 1.500 hộ", "có 1,500 hộ", NUMBER, ("1.500", "1,500")),
        ("có 12 34 quầy", "có 1 234 quầy", NUMBER, ("12 34", "1 234")),
        ("họp thứ hai này", "họp thứ ba này", NUMBER, ("hai", "ba")),
        ("họp thứ hai này", "họp chủ nhật này", NUMBER, ("thứ hai", "chủ nhật")),
        ("dài 40 km đường", "dài 40 m đường", NUMBER, ("km", "m")),
        ("lạnh -3 độ", "lạnh 3 độ", NUMBER, ("-3", "3")),
        ("lạnh âm 3 độ", "lạnh 3 độ", NUMBER, ("âm", "")),
        ("tăng 5% rồi", "tăng 5 rồi", NUMBER, ("5%", "5")),
        ("giá 7 đồng rồi", "giá 7 $ rồi", NUMBER, ("đồng", "$")),
        ("giá 7 triệu đồng", "giá 7 tỷ đồng", NUMBER, ("triệu", "tỷ")),
        ("it opens on Monday again", "it opens on Friday again", NUMBER, ("Monday", "Friday")),
        ("some two million people", "some three million people", NUMBER, ("two", "three")),
        ("on 5 May they met", "on 5 June they met", NUMBER, ("May", "June")),
        # negations
        ("họ không đến họp", "họ đến họp", NEGATION, ("không", "")),
        ("họ chưa đến họp", "họ sẽ đến họp", NEGATION, ("chưa", "sẽ")),
        ("it is not open", "it is open", NEGATION, ("not", "")),
        ("they weren’t there", "they were there", NEGATION, ("weren’t", "were")),
        ("we never met", "we often met", NEGATION, ("never", "often")),
        # names and words
        ("ông Hòa nói", "ông Hóa nói", NAME, ("Hòa", "Hóa")),
        ("ông Lý nói", "ông Lí nói", NAME, ("Lý", "Lí")),
        ("mưa ở Ba Đình lớn", "mưa ở Tân Kỳ lớn", NAME, ("Ba Đình", "Tân Kỳ")),
        ("seen by Ann Lee there", "seen by Joan Lee there", NAME, ("Ann", "Joan")),
        ("seen there again", "seen by Lan there again", WORD, ("", "by Lan")),
        ("mất má rồi", "mất mã rồi", WORD, ("má", "mã")),
        ("chị Thúy cười", "chị thúi cười", WORD, ("Thúy", "thúi")),
        ("đường mới mở", "đường cũ mở", WORD, ("mới", "cũ")),
    ],
)
def test_one_edit(before: str, after: str, kind: Kind, words: tuple[str, str]) -> None:
    assert edits(before, after) == ((kind, *words),)
    assert edits(after, before) == ((kind, words[1], words[0]),)


TEXT = "Chợ phiên mở lại sau lũ. Người mua đông hơn năm ngoái.\nBan quản lý mong trời tạnh ráo."


@pytest.mark.parametrize(
    "framed",
    [
        f"Thứ tư, 5/8/2020, 11:43 (GMT+7)\n{TEXT}",
        f"Thứ tư, 5/8/2020, 11:43 (GMT+7) {TEXT}",
        f"Đăng lúc: 05/08/2020 11:43:20 Tác giả: Lê An {TEXT}",
        f"(TTXVN) - {TEXT}",
        f"HÀ NỘI (TTXVN) - {TEXT}",
        f"KYOTO (Reuters) - {TEXT}",
        f"{TEXT}\nTheo TTXVN",
        f"{TEXT} Theo TTXVN",
        f"{TEXT} (Theo AFP)",
        f"{TEXT}\nẢnh: Minh Anh",
        f"{TEXT} (Ảnh: Minh Anh)",
        TEXT.replace("\n", "\nPhoto: Joan Field\n"),
        TEXT.replace("lũ.", "lũ. (Ảnh: Minh Anh)"),
        f"By Joan Field\n{TEXT}",
        f"{TEXT}\nBài và ảnh: Quốc Vinh",
        f"{TEXT}\nQuốc Vinh",
        f"{TEXT} Quốc Vinh",
        f"{TEXT}\nLượt xem: 1.204",
    ],
)
def test_what_frames_a_text_is_boilerplate(framed: str) -> None:
    assert [edit.kind for edit in edits(TEXT, framed)] == [BOILERPLATE]
    assert [edit.kind for edit in edits(framed, TEXT)] == [BOILERPLATE]


@pytest.mark.parametrize(
    "other",
    [
        f"Ngày 5/8/2020 {TEXT}",
        f"{TEXT} Ảnh: áo dài",
        f"{TEXT}\nẢnh: áo dài",
        f"{TEXT}\nTheo lãnh đạo xã",
        f"{TEXT}\nÁo dài",
        TEXT.replace("lũ", "lũ ở Huế (AFP)"),
        TEXT.replace("mở lại", "mở lại by Joan Field"),
        TEXT.replace("sau lũ", "sau lũ ngày 05/08/2020 11:43"),
        TEXT.replace("ráo.", "ráo. Không họp."),
    ],
)
def test_what_says_more_is_no_boilerplate(other: str) -> None:
    assert {edit.kind for edit in edits(TEXT, other)} - LIGHT


def test_a_name_more_in_a_list_is_no_author() -> None:
    names = "Đỗ kỳ này:\nLê An\nTrần Ba"
    assert [edit.kind for edit in edits(names, f"{names}\nĐỗ Tý")] == [WORD]
    assert [e.kind for e in edits(f"{names}\nĐỗ Tý", f"{names}\nĐỗ Tỵ")] == [NAME]


def test_authors_in_the_middle_are_news() -> None:
    prizes = f"{TEXT}\nGiải nhất:\nTác giả: Lê An\nGiải nhì:\nBy Joan Field\n{TEXT}\n{TEXT}"
    assert [e.kind for e in edits(prizes, prizes.replace("Lê An", "Lê Ba"))] == [NAME]
    assert [e.kind for e in edits(prizes, prizes.replace("Joan", "Ann"))] == [NAME]


def test_two_date_lines_are_one_edit_of_the_frame() -> None:
    one = f"Ngày 05/08/2020 11:43:20\n{TEXT}\nTheo TTXVN"
    two = f"Ngày 06/08/2020 09:10:00\n{TEXT}\nTheo AFP"
    frame = ("Ngày 05/08/2020 11:43:20 Theo TTXVN", "Ngày 06/08/2020 09:10:00 Theo AFP")
    assert edits(one, two) == ((BOILERPLATE, *frame),)


def test_edits_stand_in_the_order_of_the_text() -> None:
    after = TEXT.replace("sau lũ", "sau bão").replace("năm ngoái", "2019").replace("trời", "Trời")
    found = [(edit.kind, edit.before, edit.after) for edit in edits(TEXT, after)]
    assert found == [
        (WORD, "lũ.", "bão."),
        (WORD, "năm ngoái.", "2019."),
        (ORTHOGRAPHIC, "trời", "Trời"),
    ]


@given(st.text(), st.text())
def test_edits_of_any_texts(one: str, two: str) -> None:
    assert edits(one, one) == ()
    assert [
        e.kind for e in edits(one, unicodedata.normalize("NFD", one)) if e.kind not in LIGHT
    ] == []
    if not edits(one, two):
        assert key(normalise(one)) == key(normalise(two))


# --- sentences ------------------------------------------------------------------------------------


def test_a_sentence_is_known_however_it_is_printed() -> None:
    again = unicodedata.normalize("NFD", TEXT.upper().replace(". ", ".\n\n").replace("\n", "\n "))
    assert hashes(again) == hashes(TEXT)
    assert len(hashes(TEXT)) == 3
    assert hashes("“Chợ phiên mở lại sau lũ.” Hết.")[0] in hashes(TEXT)
    assert hashes("Chợ phiên&nbsp;mở\u200b lại sau lũ!")[0] in hashes(TEXT)


def test_another_number_is_another_sentence() -> None:
    assert hashes("Có 250 hộ dân vào bán ở chợ.") != hashes("Có 251 hộ dân vào bán ở chợ.") != ()


def test_short_sentences_have_no_hash() -> None:
    assert hashes("Chợ phiên mở lại. Xin chào.\n") == ()


def test_the_eight_smallest_are_kept() -> None:
    many = [f"Câu thứ {n} nói về một phiên chợ bên sông." for n in range(40)]
    every = sorted({one for sentence in many for one in hashes(sentence)})
    assert hashes(" ".join(many)) == tuple(every[:8])
    assert len(every) == 40


def test_other_letters_are_hashed_alike_with_a_rare_character_or_without() -> None:
    assert hashes(f"{TEXT} ☂") == hashes(TEXT)
    assert hashes("Рынок снова открыт. Да.") == hashes("Да! РЫНОК снова открыт\n") != ()


# --- kin ------------------------------------------------------------------------------------------


def packed_hashes(text: str) -> bytes:
    return packed(hashes(text))


def test_who_shares_a_sentence_is_kin() -> None:
    other = "Đường mới thông xe sáng thứ ba."
    texts = TEXT, other, f"{TEXT} {other}"
    assert candidates(list(map(packed_hashes, texts))) == ((0, 2), (1, 2))
    assert candidates(list(map(packed_hashes, texts[:2]))) == ()


@pytest.mark.parametrize("number", ["5", "{}"])
def test_ten_thousand_alike_stay_linear(number: str) -> None:
    notices = (f"{TEXT} Có {number} quầy ở chợ này.".format(n) for n in range(10_000))
    pairs = candidates(list(map(packed_hashes, notices)))
    assert len(pairs) == 3 * 10_000 - 6
    assert len(set(pairs)) == len(pairs)
