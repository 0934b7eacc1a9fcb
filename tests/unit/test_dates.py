"""Dates: what front matter and date lines say, and what says nothing."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bimson_site.model import Precision, Timestamp
from bimson_site.text.dates import is_date_line, read, zone

HERE = "Asia/Ho_Chi_Minh"
NEW_YORK = "America/New_York"
MOMENT = "2021-03-04T09:07:30+07:00"


def iso(text, zone_name=HERE):
    found = read(text, zone_name)
    return None if found is None else found.iso


wholes = st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}".format,
    st.integers(995, 1004) | st.integers(1960, 1980) | st.integers(9998, 9999),
    st.integers(1, 13) | st.sampled_from([1, 12]),
    st.integers(1, 32) | st.sampled_from([1, 31]),
    st.integers(0, 25),
    st.integers(0, 61),
    st.integers(0, 61),
    st.sampled_from("+-"),
    st.integers(0, 15),
    st.integers(0, 61),
)


@given(wholes, st.sampled_from([HERE, NEW_YORK, "UTC"]))
@example("1000-01-01T00:00:00+07:00", NEW_YORK)
@example("0999-12-31T23:00:00-05:00", HERE)
@example("9999-12-31T23:59:59-05:00", HERE)
@example("2021-11-07T01:30:00-05:00", NEW_YORK)
@example("2021-03-04T09:07:30+15:00", HERE)
@example("2021-03-04T09:07:60+07:00", HERE)
def test_a_whole_time_is_read_as_the_grammar_reads_it(text: str, zone_name: str) -> None:
    """The space before the zone sends the same time through the grammar."""
    assert read(text, zone_name) == read(f"{text[:19]} {text[19:]}", zone_name)


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-04T09:07:30+07:00",
        "2021-03-04 09:07:30",
        "2021-3-4 9:07:30",
        "  2021-03-04   9:07:30\t",
        "2021-03-04t02:07:30z",
        "2021-03-04T02:07:30.999Z",
        "2021-03-04 02:07:30 UTC",
        "2021-03-04 02:07:30 GMT",
        "2021-03-03 21:07:30 -5",
        "2021-03-03 22:07:30 -04:00",
        "2021-03-04 09:07:30 +0700",
        "2021-03-04 09:07:30+0700",
        "2021-03-04 09:07:30 +07:00",
        "2021-03-03 22:07:30 -0400",
        "2021-03-03 22:07:30 −0400",
        "2021-03-04 09:07.5",
        "20210304T020730Z",
        "2021/03/04 09:07:30",
        "04/03/2021 09:07:30",
        "4-3-2021 9:07:30 AM",
        "04.03.2021, 09:07:30",
        "Ngày 04/03/2021 09:07:30",
        "Đăng lúc: 04/03/2021 09:07:30 (GMT+7)",
        "CẬP NHẬT LÚC 09:07:30, 04/03/2021",
        "Thứ năm, 4/3/2021, 09:07:30 (GMT+7)",
        "Thứ 5 - 04/03/2021 - 09:07:30",
        "09:07:30 | Thứ Năm, ngày 4 tháng 3 năm 2021",
        "Thu, 04 Mar 2021 09:07:30 +0700",
        "Wed, 03 Mar 2021 21:07:30 EST",
        "March 4, 2021 at 9:07:30 AM",
    ],
)
def test_one_moment_in_many_spellings(text):
    assert iso(text) == MOMENT
    assert iso(unicodedata.normalize("NFD", text)) == MOMENT
    assert iso(text.replace(" ", "\u00a0")) == MOMENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-03-04T09:07", "2021-03-04T09:07:00+07:00"),
        ("04-03-2021 | 09:07 AM", "2021-03-04T09:07:00+07:00"),
        ("04/03/2021 09:07 SA", "2021-03-04T09:07:00+07:00"),
        ("04/03/2021 09:07 CH", "2021-03-04T21:07:00+07:00"),
        ("04/03/2021 12:07 SA", "2021-03-04T00:07:00+07:00"),
        ("04/03/2021 12:07 PM", "2021-03-04T12:07:00+07:00"),
        ("04/03/2021 21:07 PM", "2021-03-04T21:07:00+07:00"),
        ("Thứ Năm, 04/03/2021 - 09:07", "2021-03-04T09:07:00+07:00"),
        ("CN, 07/03/2021 23:07", "2021-03-07T23:07:00+07:00"),
        ("9h07 ngày 4/3/2021", "2021-03-04T09:07:00+07:00"),
        ("9h ngày 4/3/2021", "2021-03-04T09:00:00+07:00"),
        ("9 giờ 07 phút, ngày 4 tháng 3 năm 2021", "2021-03-04T09:07:00+07:00"),
        ("Mar 4, 2021 9:07 PM", "2021-03-04T21:07:00+07:00"),
        ("2021-03-04 23:59:60", "2021-03-04T23:59:59+07:00"),
        ("1962-03-04 09:07", "1962-03-04T09:07:00+08:00"),  # the South kept +8 then
    ],
)
def test_times(text, expected):
    assert iso(text) == expected


@pytest.mark.parametrize(
    ("text", "precision", "expected"),
    [
        ("2021-03-04", Precision.DAY, "2021-03-04"),
        ("2021-3-4", Precision.DAY, "2021-03-04"),
        ("2021/03/04", Precision.DAY, "2021-03-04"),
        ("20210304", Precision.DAY, "2021-03-04"),
        ("4/3/2021", Precision.DAY, "2021-03-04"),
        ("Thứ Năm, ngày 4 tháng 3 năm 2021", Precision.DAY, "2021-03-04"),
        ("4 tháng Mười Hai, 2021", Precision.DAY, "2021-12-04"),
        ("Tháng Tư 4, 2021", Precision.DAY, "2021-04-04"),
        ("4 Th3 2021", Precision.DAY, "2021-03-04"),
        ("4 March 2021", Precision.DAY, "2021-03-04"),
        ("March 4th, 2021", Precision.DAY, "2021-03-04"),
        ("2021-03", Precision.MONTH, "2021-03"),
        ("3/2021", Precision.MONTH, "2021-03"),
        ("2021/03", Precision.MONTH, "2021-03"),
        ("tháng 3/2021", Precision.MONTH, "2021-03"),
        ("Tháng 3 năm 2021", Precision.MONTH, "2021-03"),
        ("March 2021", Precision.MONTH, "2021-03"),
        ("2021", Precision.YEAR, "2021"),
        ("năm 2021", Precision.YEAR, "2021"),
        ("~1998", Precision.ABOUT, "~1998"),
        ("c. 1998", Precision.ABOUT, "~1998"),
        ("Khoảng 1998", Precision.ABOUT, "~1998"),
        ("khoảng năm 1998", Precision.ABOUT, "~1998"),
    ],
)
def test_a_date_keeps_its_precision(text, precision, expected):
    found = read(text, HERE)
    assert (found.precision, found.iso) == (precision, expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hôm nay",
        "20-8",
        "17/05/04",
        "5/8",
        "2024-02-30",
        "2023-02-29 10:00",
        "31/04/2021",
        "2021-13-01",
        "2021-00-10",
        "tháng 13/2021",
        "2021-03-04 25:00",
        "2021-03-04 24:00",
        "2021-03-04 10:60",
        "2021-03-04 10:00:61",
        "2021-03-04 16:30-:00+16:30",
        "2021-03-04 16:30+16:30",
        "2021-03-04 16:30+15:00",
        "2021-03-04 16:30 +07:60",
        "2021-03-04 16:30 XYZ",
        "04/03/2021 13:07 SA",
        "04/03/2021 00:07 PM",
        "9h07 ngày 4/3/2021 10:00",
        "0999-01-01",
        "999",
        "02021",
        "12021-01-01",
        "9999-12-31T23:00:00-05:00",
        "1000-01-01T00:00:00+14:00",
        "tháng Giêng 2021",  # a month of the moon
        "2021-03-04-05",
        "2021-03-04\n2021-03-05",
        "٢٠٢١-٠٣-٠٤",
        "next Saturday",
        "{{ page.date }}",
        "2021-03-04 " * 9,
        "Cập nhật lần cuối vào lúc: Thứ năm - 09:07:30.123456789 a.m. (UTC +07:00) - Thứ năm, ngày 4/3/2021",
    ],
)
def test_what_states_no_date(text):
    assert read(text, HERE) is None


def test_offsets_up_to_fourteen_hours_fifty_nine():
    assert iso("2021-03-04 14:59+14:59", "UTC") == "2021-03-04T00:00:00+00:00"
    assert iso("2021-03-04 00:00-14:59", "UTC") == "2021-03-04T14:59:00+00:00"


def test_a_repeated_local_time_is_the_first_one():
    assert iso("2021-11-07 01:30", NEW_YORK) == "2021-11-07T01:30:00-04:00"
    assert iso("2021-11-07T01:30:00-05:00", NEW_YORK) == "2021-11-07T01:30:00-05:00"


def test_a_skipped_local_time_is_read_with_the_offset_before():
    assert iso("2021-03-14 02:30", NEW_YORK) == "2021-03-14T03:30:00-04:00"


def test_a_value_holds_no_zone_of_the_library():
    found = read("2021-11-07T01:30:00-05:00", NEW_YORK)
    assert found == Timestamp(Precision.TIME, datetime(2021, 11, 7, 1, 30), -5 * 3600)
    assert found.local.fold == 0


def test_an_unknown_zone_is_the_callers_mistake():
    with pytest.raises(ValueError, match="not a time zone"):
        read("2021", "Asia/Bim_Son")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../zones",
        "/etc/localtime",
        "asia/ho_chi_minh",
        "Asia",
        "Asia/",
        "zones",
        "Asia/Ho_Chi_Minh ",
    ],
)
def test_only_exact_names_are_zones(name):
    assert zone(name) is None


def test_zones_come_from_the_package(monkeypatch):
    monkeypatch.setenv("PYTHONTZPATH", "/nowhere")
    assert datetime(2021, 1, 1, tzinfo=zone(HERE)).utcoffset().total_seconds() == 7 * 3600
    assert zone("UTC") is not None


@given(
    st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)),
    st.sampled_from([HERE, NEW_YORK, "UTC", "Australia/Lord_Howe", "Africa/Monrovia"]),
)
def test_what_is_printed_is_read_again(moment, zone_name):
    first = read(moment.replace(microsecond=0).isoformat(" "), zone_name)
    assert read(first.iso, zone_name) == first
    assert read(first.iso[:10], zone_name).iso == first.iso[:10]


@given(
    st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),
    st.integers(-14 * 60 - 59, 14 * 60 + 59),
)
def test_the_instant_is_kept_whatever_the_zone(moment, minutes):
    moment = moment.replace(microsecond=0)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    found = read(f"{moment:%Y-%m-%d %H:%M:%S}".zfill(19) + f" {sign}{hours:02}:{rest:02}", HERE)
    assert found.instant == int(moment.timestamp()) - minutes * 60


@given(st.text(max_size=90))
def test_any_text_is_read_or_not(text):
    read(text, HERE)
    is_date_line(text)


@given(st.text(st.sampled_from("0123456789/-: .,|+thangnmmuoi"), max_size=90))
def test_near_misses_are_read_or_not(text):
    read(text, HERE)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 80,
        "1 " * 40,
        "- " * 40,
        "thu hai, " * 8,
        "11:43 - " * 10,
        "cap nhat luc " * 6 + "2020",
    ],
)
def test_hostile_text_is_refused_at_once(text):
    """A pattern that backtracks without bound would never come to the assertion."""
    for _ in range(20):
        assert read(text, HERE) is None
        assert not is_date_line(text)


@pytest.mark.parametrize(
    "line",
    [
        "Ngày 04/03/2021 09:07:30",
        "Đăng lúc: 04/03/2021 09:07:30 (GMT+7)",
        "Cập nhật lúc 09:07, 04/03/2021",
        "Ngày đăng : 4.3.2021",
        "Thứ năm, 4/3/2021, 09:07 (GMT+7)",
        "Thứ Năm, ngày 4 tháng 3 năm 2021",
        "09h07 ngày 4/3/2021",
        "04/03/2021",
        "2021-03-04",
        "2021-03-04T09:07:30Z",
        "Published on March 4, 2021",
        unicodedata.normalize("NFD", "Cập nhật: Thứ năm, 04/03/2021 - 09:07"),
        "  04-03-2021 | 09:07 AM ",
    ],
)
def test_a_dateline(line):
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Ngày 4/3, thị xã họp.",
        "Ngày 4/3/2021, thị xã họp.",
        "Thứ năm, 4/3/2021, thị xã mở hội nghị",
        "Ngày 31/02/2021",
        "Từ 4/3/2021 đến 5/3/2021",
        "4/3/2021 - 5/3/2021",
        "2-1",
        "20-8",
        "2021",
        "20210304",
        "3/2021",
        "tháng 3 năm 2021",
        "khoảng 1998",
        "Thứ năm",
        "09:07",
        "04/03/2021: 1.250 ca",
        "",
        "Đăng lúc:",
        "0373.824.2021",
    ],
)
def test_no_dateline(line):
    assert not is_date_line(line)
