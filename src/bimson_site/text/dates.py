"""Dates: what front matter and printed date lines say, as a `Timestamp` in the site's zone.

Owns the grammar of dates and the door to tzdata; never asks the clock, the machine's zone or locale.
Next: `text.filenames` for dates in paths; `model.Timestamp` for what a date is.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bimson_site.model import Precision, Timestamp
from bimson_site.text.vietnamese import fold

LONGEST = 80  # characters of a date with everything; what is longer is prose


class Found(NamedTuple):
    """A date as written: local time without a zone, and its own distance from UTC in seconds, if any."""

    precision: Precision
    local: datetime
    shift: int | None = None


# --- zones -----------------------------------------------------------------------------------------


@cache
def zone(name: str) -> tzinfo | None:
    """The zone of that exact IANA name, from the tzdata package (never the machine's); None if unknown."""
    if name not in _zone_names():
        return None
    with files("tzdata.zoneinfo").joinpath(name).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def known_zone(name: str) -> tzinfo:
    """The same, for a name that is known to be one; ValueError if it is none."""
    site = zone(name)
    if site is None:
        message = f"not a time zone: {name!r}"
        raise ValueError(message)
    return site


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


# RFC 2822, section 4.3, and ICT, as tzdata once called the time of Indochina.
_NAMED_HOURS = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "ict": 7, "est": -5, "edt": -4, "cst": -6}
_NAMED_HOURS |= {"cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_ZONE = (
    r"\(?(?:(?:utc|gmt) ?)?[+-][0-9]{1,2}(?::?[0-9]{2})?(?::[0-9]{2})?\)?"
    r"|\(?(?:z|utc?|gmt|ict|[ecmp][sd]t)\)?"
)
_SHIFT = re.compile(r"([+-])([0-9]{1,2}):?([0-9]{2})?:?([0-9]{2})?")


@lru_cache(maxsize=512)
def _shift(written: str) -> int | None:
    """Seconds from UTC of a zone as written; None beyond ±14:59 or with 60 minutes."""
    bare = written.strip("()").lower()
    if bare in _NAMED_HOURS:
        return _NAMED_HOURS[bare] * 3600
    parts = _SHIFT.fullmatch(bare.removeprefix("utc").removeprefix("gmt").strip())
    if parts is None:
        return None
    hours, minutes, seconds = int(parts[2]), int(parts[3] or 0), int(parts[4] or 0)
    if hours > 14 or minutes > 59 or seconds > 59:
        return None
    total = hours * 3600 + minutes * 60 + seconds
    return -total if parts[1] == "-" else total


# --- the grammar: ISO 8601 first, as archives write it; then date lines, folded to ASCII -----------

_ISO = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2})(?:(?:t| {1,4})"
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:[.,]([0-9]{1,9}))?"
    rf"(?: ?({_ZONE}))?)?)?)?",
    re.IGNORECASE | re.ASCII,
)
_BASIC = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:t([0-9]{2})([0-9]{2})(?:([0-9]{2}))?"
    rf"()({_ZONE})?)?",
    re.IGNORECASE | re.ASCII,
)
# The form that newsrooms export, and `datetime` reads: seconds and a zone within ±13 hours.
_WHOLE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}[+-](?:0[0-9]|1[0-3]):[0-5][0-9]",
)

_ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - reads as a line
# Not giêng and chạp: those are months of the moon.
_SPELT = {"mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8}
_SPELT |= {"chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12}
_MONTH = (
    r"(?P<month>(?:thang|thg|th)\.? ?(?:[0-9]{1,2}|mot|hai|ba|tu|bon|nam|sau|bay|tam|chin"
    r"|muoi(?: mot| hai)?)|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?P<year>[0-9]{4})"
_DAY = r"(?P<day>[0-9]{1,2})"
_NUMBER = r"(?P<month>[0-9]{1,2})"
_OF_YEAR = r"(?:[.,]? (?:nam )?|[/-])"
_DAYS = (
    rf"{_DAY} ?(?P<mark>[/.-]) ?{_NUMBER} ?(?P=mark) ?{_YEAR}",  # day first, always
    rf"{_DAY}(?:st|nd|rd|th)?[ -]{_MONTH}{_OF_YEAR}{_YEAR}",  # 5 tháng 8 năm 2020, 5 Aug 2020
    rf"{_MONTH}\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",  # August 5, 2020; Tháng 8 5, 2020
    rf"{_YEAR}(?P<mark>[/.-]){_NUMBER}(?P=mark){_DAY}",
)


# Made when the first date is read that is not ISO 8601: to compile them takes a tenth of the start of a command.
@cache
def _coarse() -> tuple[tuple[Precision, re.Pattern[str]], ...]:
    forms = (
        (Precision.MONTH, rf"{_MONTH}{_OF_YEAR}{_YEAR}"),
        (Precision.MONTH, rf"{_NUMBER}[/-]{_YEAR}"),
        (Precision.MONTH, rf"{_YEAR}/{_NUMBER}"),
        (Precision.YEAR, rf"nam {_YEAR}"),
        (Precision.ABOUT, rf"(?:~|c\.?|ca\.?|circa|about|around|khoang)(?: nam)? ?{_YEAR}"),
        (Precision.ABOUT, rf"{_YEAR} ?~"),
    )
    return tuple((precision, re.compile(form, re.ASCII)) for precision, form in forms)


_LABEL = (
    r"(?:(?:dang|xuat ban|cap nhat)(?: lan cuoi)?(?: luc| ngay| vao luc| vao)?"
    r"|ngay (?:dang|xuat ban|cap nhat)|ngay gio|ngay|luc|thoi gian|date"
    r"|(?:last )?(?:published|posted|updated|modified)(?: on| at)?)(?: ?: ?| )"
)
_WEEKDAY = (
    r"(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu nhat|cn|mon(?:day)?|tue(?:s(?:day)?)?"
    r"|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\.?"
)
_BETWEEN = r"(?: ?[,|·•-] ?| )"
_TIME = (
    r"(?P<hour#>[0-9]{1,2})(?:(?::| ?(?:gio|h|g) ?)(?P<minute#>[0-9]{2})"
    r"(?::(?P<second#>[0-9]{2})(?:\.[0-9]{1,9})?|'|p| ?phut)?| ?(?:gio|h))"
    rf"(?: ?(?P<half#>am|pm|a\.m\.|p\.m\.|sa|ch))?(?: ?(?P<zone#>{_ZONE}))?"
)


@cache
def _lines() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(
            rf"(?:{_LABEL})?(?:{_WEEKDAY}{_BETWEEN})?(?:{_TIME.replace('#', '_before')}{_BETWEEN})?"
            rf"(?:{_WEEKDAY}{_BETWEEN})?(?:(?:ngay|on) )?{form}"
            rf"(?:{_BETWEEN}(?:(?:luc|vao luc|at) )?{_TIME.replace('#', '_after')})?",
            re.ASCII,
        )
        for form in _DAYS
    )


_FOUR_DIGITS = re.compile(r"[0-9]{4}")
_SIGNS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("\u200b\u200e\u200f\ufeff"), "’": "'"}
)


def read(text: str, zone_name: str) -> Timestamp | None:
    """The date that a field or a date line states, in the site's zone; None if it states none.

    A time with a zone of its own is converted; one without is local. Seconds are whole: fractions
    are cut, a leap second (:60) is :59, 24:00 is no time. A fraction after the minutes is one of the
    minute (ISO 8601). A local time that a change of clocks repeats is the first of the two; one that
    it skips is read with the offset before the change. The day of the week is not checked against
    the date. Years 1000 to 9999. `zone_name` must be known to `zone` (else ValueError).
    """
    site = known_zone(zone_name)
    bare = text.strip()
    if _WHOLE.fullmatch(bare) and (stamp := _moment(bare, site)):
        return stamp
    found = _iso(_ISO, bare) or _iso(_BASIC, bare) or _line(bare)
    return found and place(found, site)


def _moment(text: str, site: tzinfo) -> Timestamp | None:
    """The moment of a whole ISO time with a usual zone; None where the grammar is to judge."""
    try:
        moment = datetime.fromisoformat(text).astimezone(site)
    except (ValueError, OverflowError):
        return None
    if moment.year < 1001:
        return None
    offset = moment.utcoffset() or timedelta()
    seconds = offset.days * 86400 + offset.seconds
    return Timestamp(Precision.TIME, moment.replace(tzinfo=None, fold=0), seconds)


def is_date_line(line: str) -> bool:
    """Whether the whole line is a dateline as news pages print it: a real day, with or without
    weekday, time, zone and label ("Đăng lúc:", "Published"). Prose that starts with a date is none,
    nor is a month, a year or a number alone."""
    if len(line) > 2 * LONGEST or _FOUR_DIGITS.search(line) is None:
        return False
    found = _line(line)
    return found is not None and found.precision >= Precision.DAY


def _iso(form: re.Pattern[str], text: str) -> Found | None:
    parts = form.fullmatch(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second, fraction, written = parts.groups()
    if hour is None:
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return dated(precision, int(year), int(month or 1), int(day or 1))
    if second is None and fraction:
        second = int(fraction) * 60 // 10 ** len(fraction)
    clock = (int(hour), int(minute), int(second or 0))
    return dated(Precision.TIME, int(year), int(month), int(day), clock=clock, written=written)


def _line(text: str) -> Found | None:
    """A date line in words; folding first makes marks, NFD and capitals one case."""
    if len(text) > 2 * LONGEST:  # decomposed letters are longer; the real limit is below
        return None
    plain = fold(text)
    if not plain.isascii():
        plain = plain.translate(_SIGNS)
    plain = " ".join(plain.split())
    if len(plain) > LONGEST:
        return None
    if found := _iso(_ISO, plain):
        return found
    for line in _lines():
        if parts := line.fullmatch(plain):
            return _from_parts(parts.groupdict())
    for precision, coarse in _coarse():
        if parts := coarse.fullmatch(plain):
            given = parts.groupdict()
            return dated(precision, int(given["year"]), _month(given.get("month") or "1"), 1)
    return None


def _from_parts(given: dict[str, str | None]) -> Found | None:
    """The date of a line's named parts; None if they are impossible, or name two times."""
    year, month, day = (given[name] or "" for name in ("year", "month", "day"))
    date = (int(year), _month(month), int(day))
    sides = [side for side in ("_before", "_after") if given[f"hour{side}"]]
    if len(sides) != 1:
        return None if sides else dated(Precision.DAY, *date)
    hour, minute, second, half, written = (
        given[name + sides[0]] or "" for name in ("hour", "minute", "second", "half", "zone")
    )
    hours = _hours(int(hour), half[:1])
    if hours is None:
        return None
    clock = (hours, int(minute or 0), int(second or 0))
    return dated(Precision.TIME, *date, clock=clock, written=written)


def _hours(hour: int, half: str) -> int | None:
    """The hour of the day; `half` is a for AM, s for SA (sáng), p for PM, c for CH (chiều) or ""."""
    if half in ("a", "s"):
        return hour % 12 if hour <= 12 else None
    if half in ("p", "c"):  # pages do print 15:30 PM
        return hour + 12 if 0 < hour < 12 else hour or None
    return hour


def _month(written: str) -> int:
    """The number of a month written "8", "thang 8", "thang tam" or "aug…"."""
    bare = re.sub(r"^(?:thang|thg|th)\.? ?", "", written)
    if bare.isdecimal():
        return int(bare)
    return _SPELT[bare] if bare in _SPELT else _ENGLISH.index(bare[:3]) + 1


def dated(
    precision: Precision,
    year: int,
    month: int,
    day: int,
    *,
    clock: tuple[int, int, int] = (0, 0, 0),
    written: str | None = None,
) -> Found | None:
    """The date of these numbers, and the zone written beside them; None if it cannot be (31 June,
    a year before 1000, an unknown zone)."""
    shift = _shift(written) if written else None
    hour, minute, second = clock
    if year < 1000 or second > 60 or (written and shift is None):
        return None
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - placed later
    except ValueError:
        return None
    return Found(precision, local, shift)


def place(found: Found, site: tzinfo) -> Timestamp | None:
    """The found date in the site's zone; None where that leaves the years 1000 to 9999."""
    precision, local, shift = found
    if shift is None:
        offset = local.replace(tzinfo=site).utcoffset() or timedelta()
    else:
        offset = timedelta(seconds=shift)
    if precision is Precision.TIME:
        try:  # through UTC even without a shift, so that no time is left that never was
            moment = site.fromutc((local - offset).replace(tzinfo=site))
        except OverflowError:
            return None
        if moment.year < 1000:
            return None
        offset = moment.utcoffset() or timedelta()
        local = moment.replace(tzinfo=None, fold=0)
    return Timestamp(precision, local, offset.days * 86400 + offset.seconds)
