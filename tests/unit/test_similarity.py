"""Repeats: what keeps a key, what changes it, and which pairs the guard lets be one text."""

import unicodedata
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import UNDATED, Precision, Signature, Timestamp
from bimson_site.text.similarity import (
    admits,
    key,
    normalise,
    signature,
    skeleton,
    title_key,
    title_likeness,
)

TEXT = """Sáng 12/3, phường Ba Đình hoà giải xong vụ tranh chấp chợ cũ: 1.250 hộ đồng ý, tăng 5% so với năm 2015-2016.
Bà Hòa nói “không ai mất má” - giá thuê -3 độ, 40 km đường, 7 tỷ đồng, tỷ số 3-1.
Kỹ sư Nguyễn Văn Thuỷ quý trọng khu chợ có 12 34 quầy."""


def keyed(text: str) -> str:
    return key(normalise(text))


def edited(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    "again",
    [
        unicodedata.normalize("NFD", TEXT),
        edited("hoà giải", "hòa giải"),
        edited("Thuỷ quý", "Thủy qúy"),
        edited("“không ai mất má”", '"không ai mất má"'),
        edited("“không ai mất má”", "«không ai mất má»"),
        edited("“không ai mất má”", "&ldquo;không ai mất má&amp;rdquo;"),
        edited(" - giá", " – giá"),
        edited(" - giá", " — giá"),
        edited("3-1", "3–1"),
        edited("3-1", "3—1"),
        edited("-3 độ", "−3 độ"),
        edited("1.250 hộ", "1.250\u00a0hộ"),
        edited("phường", "phư\u00adờng"),
        edited("phường", "\u200bphường\ufeff"),
        edited("phường", "phư&shy;ờng"),
        edited("phường", "phư&\u200b#8203;ờng"),
        edited("Ba Đình", "Ba Ðình"),
        TEXT.replace("\n", " "),
        TEXT.replace("\n", "\n\n"),
        edited("chợ cũ: ", "chợ cũ:\n"),
        edited("má” - ", "má”. - "),
        edited("5% so", "5 % so"),
        edited("đồng ý, tăng", "đồng ý,tăng"),
        TEXT.upper(),
        "Ngày 12/03/2021 08:15:30\n" + TEXT,
        "Đăng lúc: 12/03/2021 08:15:30 (GMT+7)\n" + TEXT,
        "Đăng lúc:\u200b 12/03/2021 08:15:30 (GMT+7)\n" + TEXT,
        "Ngày&nbsp;12/03/2021 08:15:30\n" + unicodedata.normalize("NFD", TEXT),
        TEXT + "\nTheo Báo Xứ Thanh\nLượt xem: 1.204",
        TEXT + "\n(Nguồn: Cổng thông tin thị xã)",
    ],
)
def test_a_harmless_rerendering_keeps_the_key(again: str) -> None:
    assert keyed(again) == keyed(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.250", "1.251"),
        ("1.250", "1,250"),
        ("1.250", "1250"),
        ("1.250", "1 250"),
        ("12 34", "1 234"),
        ("12 34", "1234"),
        ("3-1", "31"),
        ("3-1", "3-2"),
        ("3-1", "3/1"),
        ("-3 độ", "3 độ"),
        ("-3 độ", "+3 độ"),
        ("5%", "5"),
        ("5%", "5‰"),
        ("40 km", "40 m"),
        ("7 tỷ", "7 triệu"),
        ("7 tỷ đồng", "7 tỷ $"),
        ("không ai", "ai"),
        ("Văn Thuỷ", "Văn Thuý"),
        ("Bà Hòa", "Bà Hóa"),
        ("má”", "ma”"),
        ("má”", "mã”"),
        ("Ba Đình", "Ba Dình"),
        ("Sáng 12/3", "Sáng 12/4"),
        ("2015-2016", "2015-2017"),
    ],
)
def test_one_edit_changes_the_key(old: str, new: str) -> None:
    assert keyed(edited(old, new)) != keyed(TEXT)


@pytest.mark.parametrize("lines", [1, 2, 3, 7])
def test_furniture_is_found_at_either_end_of_long_lines(lines: int) -> None:
    text = "\n".join([f"Chợ cũ {n} mở lại sau một năm sửa chữa, " * 3 for n in range(lines)])
    assert keyed(f"Ngày 12/03/2021 08:15:30\n{text}") == keyed(text)
    assert keyed(f"{text}\nTheo TTXVN") == keyed(text)
    assert keyed(f"{text}\nTheo TTXVN\n{text}") == keyed(f"{text}\n{text}") or lines > 2
    assert skeleton(f"{text}\nTheo TTXVN", "") == skeleton(text, "")


@pytest.mark.parametrize(
    "line",
    [
        "Theo lãnh đạo phường, chợ sẽ mở lại",
        "Theo ông Nam",
        "Nguồn: điện yếu. Dân than phiền",
        "3-1",
        "20-8",
        "Lượt xem: nhiều",
        "Ngày 12/03/2021 chợ mở",
        "1.250 hộ",
    ],
)
def test_a_line_that_says_more_is_part_of_the_text(line: str) -> None:
    assert keyed(line + "\n" + TEXT) != keyed(TEXT)
    assert keyed(TEXT + "\n" + line) != keyed(TEXT)


def test_a_source_in_the_middle_is_part_of_the_text() -> None:
    middle = ["Một câu thứ nhất.", "Câu hai.", "Câu ba.", "Theo TTXVN", "Câu bốn.", "Câu năm."]
    middle += ["Câu sáu."]
    assert keyed("\n".join(middle)) != keyed("\n".join(m for m in middle if m != "Theo TTXVN"))


def test_a_text_of_date_lines_alone_is_not_empty() -> None:
    assert keyed("Ngày 12/03/2021 08:15:30")
    assert keyed("Ngày 12/03/2021 08:15:30") != keyed("Ngày 13/03/2021 08:15:30")


def test_no_words_no_key() -> None:
    assert keyed("  …\n— ***\n\u200b&nbsp;") == ""
    assert signature("", "Tin").tokens == 0


@given(st.text())
def test_normalising_is_indifferent_to_the_unicode_form(text: str) -> None:
    assert keyed(unicodedata.normalize("NFD", text)) == keyed(unicodedata.normalize("NFC", text))


@given(st.lists(st.text("abcđăm0123456789", min_size=1), min_size=1))
def test_every_digit_counts_where_it_stands(words: list[str]) -> None:
    text = " ".join(words)
    other = text.replace("1", "7")
    assert (keyed(text) == keyed(other)) == (text == other)


def test_a_first_line_that_is_the_title_does_not_count() -> None:
    assert (
        signature("Chợ cũ mở lại\n" + TEXT, "CHỢ CŨ MỞ LẠI.").key
        == signature(TEXT, "Chợ cũ mở lại").key
    )
    assert signature("Chợ cũ mở lại", "Chợ cũ mở lại").key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hôm nay, chợ mở", True),
        ("chợ mở sáng\nnay", True),
        ("HOˆM NAY", False),
        ("Ngày mai. Mưa", True),
        ("The market opens today.", True),
        ("Today's market", True),
        ("the todayish market", False),
        ("chị Mai mở chợ", False),
        ("lâu nay chợ đóng", False),
        ("last night", True),
    ],
)
def test_deictic_words(text: str, expected: bool) -> None:
    assert signature(text, "").deictic is expected


def test_titles_alike() -> None:
    def likeness(a: str, b: str) -> float:
        return title_likeness(title_key(a), title_key(b))

    assert likeness("Chợ cũ mở lại", "CHỢ CŨ MỞ LẠI!") == 1
    assert likeness("Chợ cũ mở lại", "Đường mới thông xe") == 0
    assert 0.5 < likeness("Chợ cũ mở lại", "Nhắc: chợ cũ mở lại") < 1
    assert likeness("", "") == 0


# --- skeletons ------------------------------------------------------------------------------------

OTHERWISE = [
    str.upper,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFC", text),
    lambda text: text.replace(" ", "\u2009"),
    lambda text: text.replace("\n", " "),
    lambda text: text.replace("e", "e\u2060"),
    lambda text: text.replace("&", "&amp;"),
    lambda text: text.replace("h", "&#104;"),
    lambda text: text.replace("đ", "ð").replace("Đ", "Ð"),
    lambda text: text.replace("oà", "òa").replace("1", "\u0661").replace("-", "\u2212"),
    lambda text: f"Tin chợ cũ\n{text}",
    lambda text: f"20/8/2004 08:00\n{text}\nTheo TTXVN",
    lambda text: f"{text}\nNguồn:\u00ad Báo Xứ Thanh",
]
# Ordinary letters, and all that makes a word look otherwise: marks, numbers, entities, furniture.
PIECES = [*"aàđðhnkgx1240.,-:/&;#%$²½ÑñüßıſK\n ", "hoà", "ngh", "Theo TTXVN", "20/8/2004", "amp;"]
PIECES += ["n\u0303", "\u0301", "\u200b", "\u00ad", "tin chợ cũ", "&#104;", "\x1f", "́nh", "ﬁ", "…"]
bodies = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=20)
titles = st.sampled_from(["Tin chợ cũ", "hoà", "n\u0303", "&#104;", ""])


@given(bodies, st.lists(st.sampled_from(OTHERWISE), max_size=3), titles, titles)
def test_texts_with_one_key_have_one_skeleton(text, ways, title, other_title) -> None:
    other = text
    for way in ways:
        other = way(other)
    one, two = signature(text, title), signature(other, other_title)
    skeletons = skeleton(text, title), skeleton(other, other_title)
    assert [bool(s) for s in skeletons] == [bool(one.key), bool(two.key)]
    if one.key == two.key:
        assert skeletons[0] == skeletons[1]


@pytest.mark.parametrize("title", ["", "Chợ cũ mở lại"])
def test_whatever_keeps_the_key_of_a_long_text_keeps_its_skeleton(title: str) -> None:
    for way in OTHERWISE:
        other = way(TEXT)
        if keyed(other) == keyed(TEXT):
            assert skeleton(other, title) == skeleton(TEXT, title)
    assert skeleton(f"{title}\n{TEXT}", title) == skeleton(TEXT, title)


@pytest.mark.parametrize(
    ("text", "title", "other", "other_title"),
    [
        ("Cá &amp; gà\nChợ mở", "Cá & gà", "Chợ mở", ""),
        ("Cá & gà\nChợ mở", "Cá &amp; gà", "Chợ mở", ""),
        ("Chợ &amp;amp;#104;ọp", "", "Chợ họp", ""),
        ("Ông Muñoz", "", "Ông Mun\u0303oz", ""),
        ("Ông Müller", "", "Ông Mu\u0308ller", ""),
        ("Hoàn thành", "", "Hoa\u0300n tha\u0300nh", ""),
        ("10 km²", "", "10\u2009km²", ""),
        ("20/8/2004", "", "\u2060 20/8/2004", ""),
    ],
)
def test_the_same_words_have_the_same_skeleton(text, title, other, other_title) -> None:
    assert signature(text, title).key == signature(other, other_title).key
    assert skeleton(text, title) == skeleton(other, other_title) != ""


@pytest.mark.parametrize(("old", "new"), [("1.250", "1.251"), ("Kỹ sư", "Kỹ ư")])
def test_another_consonant_or_digit_is_another_skeleton(old: str, new: str) -> None:
    assert skeleton(edited(old, new), "") != skeleton(TEXT, "")


# --- the guard ------------------------------------------------------------------------------------

NOON = datetime(2021, 3, 12, 12)


def at(hours: float = 0, precision: Precision = Precision.TIME) -> Timestamp:
    when = NOON + timedelta(hours=hours)
    if precision is Precision.DAY:
        when = when.replace(hour=0)
    return Timestamp(precision, when, 7 * 3600)


def of(tokens: int, title: str = "chợ cũ mở", *, deictic: bool = False) -> Signature:
    return Signature("0f" * 16, tokens, title, deictic)


DAY, MONTH, YEAR = Precision.DAY, Precision.MONTH, Precision.YEAR


@pytest.mark.parametrize(
    ("a", "a_when", "b", "b_when", "expected"),
    [
        # long: 72 hours, or a time unknown
        (of(60), at(0), of(60), at(72), True),
        (of(60), at(0), of(60), at(72.1), False),
        (of(60), at(0), of(60), UNDATED, True),
        (of(60), at(0), of(60), at(0, MONTH), True),
        (of(60), at(0, YEAR), of(60), at(4000), True),
        (of(60), at(0, YEAR), of(60), at(9000), False),
        (of(200), at(0, MONTH), of(200), at(24 * 60, MONTH), False),
        (of(200), at(0, YEAR), of(200), at(24 * 365 * 3, YEAR), False),
        (of(60), at(0, DAY), of(60), at(84), True),  # 72 hours after that day's end
        (of(60), at(0, DAY), of(60), at(84.5), False),
        # long: the title, unless very long
        (of(60), at(0), of(60, "đường mới thông"), at(1), False),
        (of(119), at(0), of(119, "đường mới thông"), at(1), False),
        (of(120), at(0), of(120, "đường mới thông"), at(1), True),
        (of(60), at(0), of(60, "chợ cũ đóng"), at(1), True),
        (of(120), at(0), of(120), at(100), False),
        # short: the same title within 12 hours
        (of(59), at(0), of(59), at(11.9), True),
        (of(59), at(0), of(59), at(12), False),
        (of(59), at(0), of(59, "chợ cũ đóng"), at(0), False),
        (of(59, ""), at(0), of(59, ""), at(0), False),
        (of(59), at(0), of(59), UNDATED, False),
        (of(59), UNDATED, of(59), UNDATED, False),
        (of(59), at(0, DAY), of(59), at(0, DAY), True),
        (of(59), at(0, DAY), of(59), at(5), True),
        (of(59), at(0, DAY), of(59), at(24, DAY), False),
        # "today" on another day is another text
        (of(200, deictic=True), at(0), of(200, deictic=True), at(5), True),
        (of(200, deictic=True), at(0), of(200, deictic=True), at(13), False),
        (of(200, deictic=True), at(0, DAY), of(200, deictic=True), at(24, DAY), False),
        (of(200, deictic=True), at(0, DAY), of(200, deictic=True), UNDATED, True),
    ],
)
def test_the_guard(
    a: Signature, a_when: Timestamp, b: Signature, b_when: Timestamp, expected: bool
) -> None:
    assert admits(a, a_when, b, b_when) is expected
    assert admits(b, b_when, a, a_when) is expected


def test_empty_bodies_are_never_one_text() -> None:
    empty = signature("", "Ảnh: chợ cũ")
    assert not admits(empty, at(0), empty, at(0))


def test_other_bodies_are_never_one_text() -> None:
    other = Signature("1f" * 16, 200, "chợ cũ mở", deictic=False)
    assert not admits(of(200), at(0), other, at(0))
