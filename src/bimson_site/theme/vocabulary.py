"""What templates may say: the names and filters that every template has.

Owns how dates, counts and links are offered to templates, in the words and forms of the site's
language; renders nothing itself (`engine`). Each stands in docs/reference/templates.md.
"""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Callable
from dataclasses import make_dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from markupsafe import Markup

from bimson_site import locales, routes
from bimson_site.model import (
    Access,
    Day,
    Masthead,
    MonthCount,
    Precision,
    TermKind,
    Timestamp,
    Year,
)
from bimson_site.words import Catalogue


def names(masthead: Masthead, words: Catalogue) -> dict[str, object]:
    """What every template may call or read by name. Functions are partials: the sandbox knows by that
    that they are ours (see `sandbox.running`)."""
    translated = words.singular.get

    def said(message: str, **values: object) -> str:
        text = translated(message) or message
        return text % values if values else text

    @lru_cache(maxsize=4096)
    def counted(one: str, many: str, number: int) -> str:
        """A number with its noun: "%(n)s article" with the number written as the language does."""
        text = words.ngettext(one, many, number)
        return text % {"n": locales.number(number, masthead.language)}

    return {
        "site": masthead,
        "_": partial(said),
        "counted": partial(counted),
        "routes": _ROUTES,
        "absolute": partial(routes.absolute, masthead.base_url),
        "rooted": partial(routes.rooted, masthead.base_url),
        "weekdays": partial(locales.weekdays, masthead.language),
        "weeks": partial(weeks),
        "months": partial(months),
        "Day": _remembered(Day),
        "precision": _PRECISION,
        "access": _ACCESS,
        "kinds": _KINDS,
    }


def _remembered(make: Callable[..., object]) -> object:
    """A function that is asked for the same days and months again and again."""
    return partial(lru_cache(maxsize=4096)(make))


def _named(name: str, **members: object) -> object:
    """Names with their values as a frozen value, which templates read quickest (`sandbox.running`)."""
    module = {"__module__": __name__}
    return make_dataclass(name, members, frozen=True, slots=True, namespace=module)(**members)


_PRECISION = _named("Precisions", **Precision.__members__)
_ACCESS = _named("Accesses", **Access.__members__)
_KINDS = _named("Kinds", **TermKind.__members__)
_ROUTES = _named(
    "Routes",
    home=routes.HOME,
    undated=routes.UNDATED,
    coverage=routes.COVERAGE,
    feed=routes.FEED,
    rss=routes.RSS,
    json_feed=routes.JSON_FEED,
    term_feed=partial(routes.term_feed),
    data_package=routes.DATA_PACKAGE,
    data_counts=routes.DATA_COUNTS,
    data_citation=routes.DATA_CITATION,
    style=routes.STYLE,
    theme_style=routes.THEME_STYLE,
    favicon=routes.FAVICON,
    look_up=routes.LOOK_UP,
    search=routes.SEARCH,
    search_script=routes.SEARCH_SCRIPT,
    slash_script=routes.SLASH_SCRIPT,
    year=_remembered(routes.year),
    month=_remembered(routes.month),
    day=_remembered(routes.day),
    anniversaries=routes.ANNIVERSARIES,
    anniversary=_remembered(routes.anniversary),
    terms=partial(routes.terms),
    copies=partial(routes.copies),
)


def filters(language: str, words: Catalogue) -> dict[str, Callable[..., object]]:
    """What every template may write behind a "|"."""

    def when(stamp: Timestamp) -> str:
        """As precisely as known, the month in words: "11:43, Thứ Tư, ngày 5 tháng 8 năm 2020"."""
        return _written(stamp, language, words, locales.day_words, clock=True)

    def day(stamp: Timestamp) -> str:
        """For lists: "5/8/2020", "tháng 8 năm 2020", "năm 2020", "khoảng năm 1998"."""
        return _written(stamp, language, words, locales.day_short, clock=False)

    return {
        "when": when,
        "day": day,
        "clock": lambda stamp: locales.clock(stamp, language),
        "day_words": lambda d: locales.day_words(_date(d), language),
        "day_short": lambda d: locales.day_short(_date(d), language),
        "month_words": lambda ym: locales.month_words(ym[0], ym[1], language),
        "day_of_year": lambda md: locales.day_of_year(md[0], md[1], language),
        "month_name": lambda m: locales.month_name(m, language),
        "number": lambda n: locales.number(n, language),
        "size": lambda n: locales.size(n, language),
        "json_script": json_script,
        "host": lambda url: _HOST.sub(r"\2", url),
        "extra": lambda article: json.loads(article.extra),
        "xml_text": lambda text: _XML_FORBIDDEN.sub("", text),
    }


_HOST = re.compile(r"^[a-z]+://(www\.)?([^/?#]*).*$")
# XML 1.0, section 2.2: characters that no document may hold, escaped or not.
_XML_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_DAY = Precision.DAY  # an enum's own lookup is slow


def _date(day: Day) -> date:
    return date(day.year, day.month, day.day)


def _written(
    stamp: Timestamp,
    language: str,
    words: Catalogue,
    write_day: Callable[[Any, str], str],
    *,
    clock: bool,
) -> str:
    if stamp.precision >= _DAY:
        day = write_day(stamp.local.date(), language)
        time = locales.clock(stamp, language) if clock else ""
        return f"{time}, {day}" if time else day
    match stamp.precision:
        case Precision.MONTH:
            return locales.month_words(stamp.local.year, stamp.local.month, language)
        case Precision.YEAR:
            return words.gettext("%(year)s") % {"year": stamp.local.year}
        case Precision.ABOUT:
            return words.gettext("about %(year)s") % {"year": stamp.local.year}
        case _:
            return words.gettext("undated")


def json_script(value: object) -> Markup:
    r"""JSON that can stand inside a script element: every "<" is \u003c, and so are its kin."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped in the lines above


def weeks(year: int, month: MonthCount | int) -> list[list[tuple[int, int]]]:
    """The weeks of a month from Monday: seven (day, count) pairs each, day 0 outside the month."""
    counts = month.days if isinstance(month, MonthCount) else (0,) * 31
    number = month.month if isinstance(month, MonthCount) else month
    return [[(d, counts[d - 1] if d else 0) for d in week] for week in _days(year, number)]


@lru_cache(maxsize=1200)
def _days(year: int, month: int) -> list[list[int]]:
    return calendar.Calendar(0).monthdayscalendar(year, month)


def months(year: Year) -> list[MonthCount | int]:
    """The twelve months of a year: each with its counts, or its number where nothing was published."""
    held = {month.month: month for month in year.months}
    return [held.get(number, number) for number in range(1, 13)]
