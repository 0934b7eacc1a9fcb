"""Dates, numbers and weekdays as people write them. The only import of Babel.

Takes values and a language tag, gives text; reads neither the clock nor the machine's locale.
The words of the pages themselves are in `words`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from functools import cache, lru_cache
from operator import attrgetter

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_day_names,
    get_month_names,
    parse_pattern,
)
from babel.numbers import format_decimal

from bimson_site.model import Precision, Timestamp

# Babel's own long form ("Thứ Tư, 5 tháng 8, 2020") is not how Vietnamese papers write a date.
_LONG = {"vi": "EEEE, 'ngày' d 'tháng' M 'năm' y"}
_SHORT = {"vi": "d/M/y"}


@cache
def locale(language: str) -> Locale:
    """Babel's locale for a language tag; English for one that it does not know."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _day(when: date, patterns: dict[str, str], otherwise: str, language: str) -> str:
    pattern = patterns.get(locale(language).language, otherwise)
    form, parts = _form(pattern, language)
    if not parts:
        return format_date(when, pattern, locale=locale(language))
    kept = _FIELDS.setdefault(language, {})
    fields: dict[str, str] = {}
    for name, part in parts:
        key = name, part(when)
        if key not in kept:
            kept[key] = format_date(when, name, locale=locale(language))
        fields[name] = kept[key]
    return form % fields


# What a field of a pattern depends on, by its letter (Unicode TR 35, "Date Field Symbol Table"); and
# fields by language as they were written before: (field, value) → text. Babel takes 5 µs a date.
_PARTS: dict[str, Callable[[date], int]] = {
    "E": date.weekday,
    "M": attrgetter("month"),
    "d": attrgetter("day"),
    "y": attrgetter("year"),
}
_FIELDS: dict[str, dict[tuple[str, int], str]] = {}


@cache
def _form(pattern: str, language: str) -> tuple[str, tuple[tuple[str, Callable[[date], int]], ...]]:
    """A pattern, named or written, to be filled with its fields; () where one depends on more."""
    named = pattern in {"full", "medium"}  # only these need Babel's data, which takes 9 ms to read
    written = locale(language).date_formats[pattern] if named else pattern
    form = str(parse_pattern(written).format)
    names = re.findall(r"%\((\w+)\)s", form)
    if not {name[0] for name in names} <= _PARTS.keys():
        return form, ()
    return form, tuple((name, _PARTS[name[0]]) for name in names)


@lru_cache(maxsize=8192)
def day_words(when: date, language: str) -> str:
    """The day in words, month included: "Thứ Tư, ngày 5 tháng 8 năm 2020"."""
    return _day(when, _LONG, "full", language)


@lru_cache(maxsize=8192)
def day_short(when: date, language: str) -> str:
    """The day for lists: "5/8/2020" in Vietnamese, "5 Aug 2020"-like elsewhere."""
    return _day(when, _SHORT, "medium", language)


@cache
def month_words(year: int, month: int, language: str) -> str:
    """A month of a year: "tháng 8 năm 2020", "August 2020"."""
    place = locale(language)
    return str(format_skeleton("yMMMM", date(year, month, 1), locale=place))


@cache
def day_of_year(month: int, day: int, language: str) -> str:
    """A day of the calendar, without a year: "5 tháng 8", "August 5"."""
    leap = date(2000, month, day)
    return str(format_skeleton("MMMMd", leap, locale=locale(language)))


@cache
def month_name(month: int, language: str) -> str:
    """A month by itself, as a heading: "Tháng 8", "August"."""
    name = str(get_month_names("wide", "stand-alone", locale(language))[month])
    return name[:1].upper() + name[1:]


@cache
def weekdays(language: str) -> tuple[tuple[str, str], ...]:
    """The seven days from Monday: (short, whole) names; short ones that differ from each other."""
    place = locale(language)
    whole = [str(get_day_names("wide", "stand-alone", place)[i]) for i in range(7)]
    for width in ("narrow", "short", "abbreviated"):
        short = [str(get_day_names(width, "stand-alone", place)[i]) for i in range(7)]
        if len(set(short)) == 7:
            break
    return tuple(zip(short, whole, strict=True))


def clock(when: Timestamp, language: str) -> str:
    """The time of day without seconds, "" where it is not known."""
    if when.precision is not _TIME:
        return ""
    return _clock(when.local.hour, when.local.minute, language)


_TIME = Precision.TIME  # an enum's own lookup is slow


@lru_cache(maxsize=1440)
def _clock(hour: int, minute: int, language: str) -> str:
    return format_time(time(hour, minute), "HH:mm", locale=locale(language))


def number(value: int, language: str) -> str:
    """A count with the language's separators: 40.860 in Vietnamese."""
    return _number(value, language)


@lru_cache(maxsize=8192)
def _number(value: int, language: str) -> str:
    return format_decimal(value, locale=locale(language))


def ratio(value: float, language: str) -> str:
    """A proportion with one digit after the point: 4,5 in Vietnamese."""
    return format_decimal(value, "0.0", locale=locale(language))


def size(count: int, language: str) -> str:
    """A number of bytes in units of a thousand, as people read it: 68,4 MB in Vietnamese."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    pattern = "#,##0" if unit == "B" else "#,##0.0"
    return f"{format_decimal(amount, pattern, locale=locale(language))} {unit}"
