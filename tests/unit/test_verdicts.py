"""Verdicts: the table of facts.md, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import UNDATED, Precision, Timestamp
from bimson_site.text.edits import Kind
from bimson_site.text.similarity import admits, signature
from bimson_site.text.verdicts import FOLDED, Side, Verdict, judge

SHORT = "Chợ phiên ở Tân Kỳ mở lại vào 5/8 sau lũ, ban quản lý không thu phí 30 quầy hàng."
LONG = (
    f"{SHORT} "
    + "Người bán cá, bán rau, bán vải đến từ mờ sáng; khách mua đông hơn mọi phiên. " * 4
)
VERY_LONG = LONG + "Trẻ con theo mẹ xem múa, người già ngồi uống trà bên gốc đa đầu chợ. " * 5
URL = "https://www.cho-phien.example/default.aspx?aID=7"

SAME = "http://cho-phien.example/default.aspx?aID=7/"


def at(hours: float = 0, precision: Precision = Precision.TIME) -> Timestamp:
    return Timestamp(precision, datetime(2021, 3, 12, 12) + timedelta(hours=hours), 7 * 3600)


def side(
    text: str = LONG, hours: float | None = 0, title: str = "Chợ phiên mở lại", **more: str
) -> Side:
    return Side(title, text, UNDATED if hours is None else at(hours), **more)


def edited(old: str, new: str, text: str = LONG) -> str:
    assert old in text
    return text.replace(old, new, 1)


OTHER = "Đường tránh lũ thông xe"
REPEAT, REFILE, REVISION = Verdict.REPEAT, Verdict.REFILE, Verdict.REVISION
VERSION, SERIES, RELATED, NONE = Verdict.VERSION, Verdict.SERIES, Verdict.RELATED, Verdict.NONE
I_Y = edited("quản lý", "quản lí")
TAGGED = f"HÀ NỘI (TTXVN) - {LONG}"
NUMBER = edited("30 quầy", "31 quầy")
NAME = edited("Tân Kỳ", "Đông Ba")
NEGATION = edited("không thu", "thu")
WORD = edited("sau lũ", "sau bão")


@pytest.mark.parametrize(
    ("a", "b", "verdict", "rule"),
    [
        # one address and title: a later state
        (side(source_url=URL), side(NUMBER, 400, source_url=URL), REVISION, "same-source"),
        (side(source_url=URL), side(LONG, 400, source_url=URL), REVISION, "same-source"),
        (
            side(source_url=URL),
            side(WORD, source_url=SAME),
            REVISION,
            "same-source",
        ),
        (side(external_id="7"), side(WORD, 400, external_id="7"), REVISION, "same-source"),
        (side("", source_url=URL), side("", 400, source_url=URL), REVISION, "same-source"),
        (side(source_url=URL), side(VERY_LONG[400:], source_url=URL), NONE, "unlike"),
        (side(source_url=URL), side(WORD, 1, OTHER, source_url=URL), SERIES, "alike"),
        (side(source_url=URL), side(WORD, 1, source_url=URL[:-1] + "8"), VERSION, "edited"),
        (side(source_url=URL), side(LONG, 1, source_url=URL), REPEAT, "same-key"),
        # equal texts
        (side(), side(LONG, 72), REPEAT, "same-key"),
        (side(), side(LONG, None), REPEAT, "same-key"),
        (side(), side(LONG, 72.1), SERIES, "long-apart"),
        (side(), side(LONG, 1, OTHER), SERIES, "other-title"),
        (side(VERY_LONG), side(VERY_LONG, 1, OTHER), REPEAT, "same-key"),
        (side("Hôm nay " + LONG), side("Hôm nay " + LONG, 24), SERIES, "other-day"),
        (side(SHORT), side(SHORT, 11), REPEAT, "same-key"),
        (side(SHORT), side(SHORT, 12), SERIES, "short-apart"),
        (side(SHORT), side(SHORT, 1, OTHER), SERIES, "short-apart"),
        # light edits
        (side(), side(I_Y, 72), REFILE, "light-edits"),
        (side(), side(TAGGED, 1), REFILE, "light-edits"),
        (side(), side(TAGGED, 72.1), SERIES, "light-apart"),
        (side(), side(TAGGED, 1, OTHER), SERIES, "light-apart"),
        (side(VERY_LONG), side(f"(AFP) - {VERY_LONG}", 1, OTHER), SERIES, "light-apart"),
        (side(title="Bão số 5 vào"), side(TAGGED, 1, "Bão số 6 vào"), VERSION, "light-apart"),
        (side(SHORT), side(f"(AFP) - {SHORT}", 1), VERSION, "light-apart"),
        (side("Hôm nay " + LONG), side("(AFP) - Hôm nay " + LONG, 24), VERSION, "light-apart"),
        # one edit
        (side(), side(NUMBER, 1), VERSION, "edited"),
        (side(), side(NUMBER, 23), VERSION, "edited"),
        (side(), side(NUMBER, 24), SERIES, "numbers"),
        (side(), side(NUMBER, 24.1), SERIES, "numbers"),
        (side(), side(NUMBER, 1, OTHER), SERIES, "numbers"),
        (side(), side(NEGATION, 72), VERSION, "edited"),
        (side(), side(NAME, 72), VERSION, "edited"),
        (side(), side(WORD, 72), VERSION, "edited"),
        (side(), side(WORD, 72.1), SERIES, "alike"),
        (side(), side(NAME, 1, OTHER), SERIES, "alike"),
        # less and less alike
        (side(VERY_LONG), side(LONG, 1), VERSION, "edited"),
        (side(VERY_LONG), side(LONG, 1, OTHER), RELATED, "overlap"),
        (side(VERY_LONG), side(SHORT, 1), NONE, "unlike"),
        # no text
        (side(""), side(""), NONE, "empty"),
        (side(""), side(LONG), NONE, "empty"),
        (side("", source_url=URL), side(LONG, 1, source_url=URL), NONE, "empty"),
    ],
)
def test_the_table(a: Side, b: Side, verdict: Verdict, rule: str) -> None:
    assert judge(a, b)[:2] == (verdict, rule)
    assert judge(b, a)[:2] == (verdict, rule)


def test_the_texts_are_as_long_as_the_table_asks() -> None:
    lengths = [signature(text, "").tokens for text in (SHORT, LONG, VERY_LONG)]
    assert lengths[0] < 60 <= lengths[1] < 120 <= lengths[2]


def test_edits_lead_from_the_first_to_the_second() -> None:
    there, back = judge(side(), side(NUMBER)), judge(side(NUMBER), side())
    assert there.edits == (("number", "30", "31"),)
    assert back.edits == (("number", "31", "30"),)
    assert there.likeness == back.likeness > 0.9


def test_a_first_line_that_is_the_title_is_no_edit() -> None:
    assert judge(side(), side(f"CHỢ PHIÊN MỞ LẠI\n{I_Y}")).verdict is REFILE


def test_a_text_that_is_its_title_is_not_lost() -> None:
    a, b = side(LONG, title=LONG), side(NUMBER, title=NUMBER)
    assert judge(a, b).edits == ((Kind.NUMBER, "30", "31"),)
    assert judge(a, b).verdict is SERIES, "a title with another number is another title"


pieces = st.sampled_from(
    [SHORT, LONG, NUMBER, NAME, I_Y, TAGGED, "Hôm nay chợ họp. ", "Theo TTXVN", "\n", "5/8/2020 "]
)
sides = st.builds(
    Side,
    st.sampled_from(["Chợ phiên mở lại", "Chợ phiên", OTHER, ""]),
    st.lists(pieces, max_size=4).map(" ".join),
    st.sampled_from([UNDATED, at(), at(1), at(24, Precision.DAY), at(100), at(0, Precision.YEAR)]),
    st.sampled_from(["", URL]),
)


@given(sides, sides)
def test_judged_alike_from_both_sides_and_as_the_guard_says(a: Side, b: Side) -> None:
    there, back = judge(a, b), judge(b, a)
    assert there[:3] == back[:3]
    assert [e.kind for e in there.edits] == [e.kind for e in back.edits]
    said = admits(a.signature, a.published, b.signature, b.published)
    assert (there.verdict is REPEAT) == said
    if there.verdict in FOLDED:
        bare = replace(b, source_url="")
        assert judge(replace(a, source_url=""), bare).verdict in FOLDED
