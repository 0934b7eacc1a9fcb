"""What templates may say: JSON that cannot end its script, weeks, texts for XML."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from bimson_site import locales
from bimson_site.model import Masthead, MonthCount, Precision, Timestamp, Year
from bimson_site.theme import vocabulary
from bimson_site.words import catalogue

VI = vocabulary.filters("vi", catalogue("vi"))
EN = vocabulary.filters("en", catalogue("en"))
WHEN = Timestamp(Precision.TIME, datetime(2020, 8, 5, 11, 43, 20), 7 * 3600)


@given(
    st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=6)
)
def test_json_in_a_script_is_the_value_and_can_end_nothing(value: object) -> None:
    text = str(vocabulary.json_script(value))
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_every_lower_than_sign_is_escaped_as_the_contract_says() -> None:
    assert str(vocabulary.json_script("</script><!--")) == '"\\u003c/script\\u003e\\u003c!--"'


@pytest.mark.parametrize(
    ("filters", "name", "precision", "text"),
    [
        (VI, "when", Precision.TIME, "11:43, Thứ Tư, ngày 5 tháng 8 năm 2020"),
        (VI, "when", Precision.DAY, "Thứ Tư, ngày 5 tháng 8 năm 2020"),
        (VI, "when", Precision.MONTH, "tháng 8 năm 2020"),
        (VI, "when", Precision.YEAR, "năm 2020"),
        (VI, "when", Precision.ABOUT, "khoảng năm 2020"),
        (VI, "day", Precision.TIME, "5/8/2020"),
        (EN, "when", Precision.TIME, "11:43, Wednesday, August 5, 2020"),
        (EN, "day", Precision.MONTH, "August 2020"),
    ],
)
def test_a_date_as_people_write_it(filters, name: str, precision: Precision, text: str) -> None:
    assert filters[name](Timestamp(precision, WHEN.local, WHEN.offset)) == text


@given(st.dates(), st.sampled_from(["vi", "en", "de", "ja", "th", "ar", "fa", "xx"]))
def test_a_day_is_written_as_babel_writes_it(day: date, language: str) -> None:
    place = locales.locale(language)
    vietnamese = language == "vi"
    words = "EEEE, 'ngày' d 'tháng' M 'năm' y" if vietnamese else "full"
    assert locales.day_words(day, language) == format_date(day, words, locale=place)
    short = "d/M/y" if vietnamese else "medium"
    assert locales.day_short(day, language) == format_date(day, short, locale=place)


def test_weeks_begin_on_monday_and_carry_the_counts() -> None:
    counts = MonthCount(8, 3, (0, 0, 0, 0, 3, *(0,) * 26))
    weeks = vocabulary.weeks(2020, counts)
    assert weeks[0] == [(0, 0)] * 5 + [(1, 0), (2, 0)]
    assert weeks[1][2] == (5, 3)
    assert [day for week in weeks for day, _ in week if day] == list(range(1, 32))


def test_a_year_has_twelve_months_and_each_its_counts() -> None:
    held = MonthCount(8, 3, (3,) + (0,) * 30)
    months = vocabulary.months(Year(2020, 3, (held,)))
    assert months == [1, 2, 3, 4, 5, 6, 7, held, 9, 10, 11, 12]


def test_counts_are_written_as_the_language_writes_them() -> None:
    names = vocabulary.names(Masthead("", "", "vi", "UTC", "", (), ()), catalogue("vi"))
    assert names["counted"]("%(n)s article", "%(n)s articles", 40860) == "40.860 bài"


def test_xml_holds_no_character_that_it_may_not() -> None:
    assert VI["xml_text"]("a\x01b\ufffec\td") == "abc\td"
