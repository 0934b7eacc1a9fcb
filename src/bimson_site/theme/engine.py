"""Templates to bytes. The only import of jinja2.

Templates run in the sandbox, autoescaped, and an unknown variable is an error; content is never a
template. Sources are handed in as text: the engine reads no file. What templates may use:
docs/reference/templates.md.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any, ClassVar

from jinja2 import StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, meta
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.loaders import FunctionLoader
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bimson_site import locales, routes
from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.model import (
    Access,
    Day,
    Masthead,
    MonthCount,
    Page,
    Precision,
    TermKind,
    Timestamp,
    digest,
)
from bimson_site.words import Catalogue, catalogue

PACKAGED = "theme/templates/"  # how the paths of the theme's own templates begin


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template's text, and the file it came from as people should read it."""

    text: str
    path: str


class Press:
    """Renders pages in the site's words: the masthead, the templates, the catalogue."""

    def __init__(self, masthead: Masthead, sources: Mapping[str, TemplateSource]) -> None:
        self.masthead = masthead
        self.masthead_digest = digest(masthead)
        self.words: Catalogue = catalogue(masthead.language)
        self._sources = sources
        self._env = _environment(sources)
        self._env.globals.update(_globals(masthead, self.words))
        self._env.filters.update(_filters(masthead.language, self.words))
        self._digests: dict[str, str] = {}

    def render(self, template: str, page: Page, **variables: object) -> bytes:
        """A page through a template. SiteError (template-failed) names the template's file and line."""
        link = partial(routes.link, page.url, explicit=self.masthead.explicit_links)
        try:
            text = self._env.get_template(template).render(
                page=page, it=page.inputs, link=link, **variables
            )
        except TemplateSyntaxError as err:
            raise SiteError(self._syntax_problem(err)) from err
        except Exception as err:  # a template is a user's program: whatever it raises is its own
            raise SiteError(self._failure(err, template, page)) from err
        return text.encode("utf-8", "replace")  # a file name may hold bytes that are no text

    def check(self) -> None:
        """Compile every template that is not the theme's own, for those are tested. SiteError
        (template-invalid) names every broken one."""
        problems = []
        for name in sorted(self._sources):
            if self._sources[name].path.startswith(PACKAGED):
                continue
            try:
                self._env.get_template(name)
            except TemplateSyntaxError as err:
                problems.append(self._syntax_problem(err))
        if problems:
            raise SiteError(*problems)

    def digest(self, template: str) -> str:
        """A digest of a template and of all that it includes, extends or imports."""
        if template not in self._digests:
            state = blake2b(digest_size=16)
            for name in sorted(self._closure(template)):
                state.update(f"{name}\0{self._sources[name].text}\0".encode())
            self._digests[template] = state.hexdigest()
        return self._digests[template]

    def _closure(self, template: str) -> set[str]:
        found: set[str] = set()
        queue = [template]
        while queue:
            name = queue.pop()
            if name in found or name not in self._sources:
                continue
            found.add(name)
            # A name that is computed could be any template.
            for reference in _references(self._sources[name].text):
                queue.extend([reference] if reference else self._sources)
        return found

    def _syntax_problem(self, err: TemplateSyntaxError) -> Problem:
        source = self._sources.get(err.name or "")
        path = source.path if source else str(err.filename)
        where = Location(path, err.lineno)
        return problem("template-invalid", where, reason=err.message or "")

    def _failure(self, err: Exception, template: str, page: Page) -> Problem:
        """The innermost frame that lies in a template is the place to look."""
        paths = {source.path for source in self._sources.values()}
        frames = [f for f in traceback.extract_tb(err.__traceback__) if f.filename in paths]
        where = (
            Location(frames[-1].filename, frames[-1].lineno or 1)
            if frames
            else Location(self._sources[template].path if template in self._sources else template)
        )
        reason = (
            f"there is no template {err.name}"
            if isinstance(err, TemplateNotFound)
            else f"{'' if isinstance(err, TemplateError) else type(err).__name__ + ': '}{err}"
        )
        return problem("template-failed", where, url=page.url, reason=reason)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox; our frozen values and our own functions need no second look at every use."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = type(obj)
        ours = _OURS.get(kind)
        if ours is None:
            ours = _OURS.setdefault(kind, _is_ours(kind))
        if ours and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def call(self, context: Any, obj: Any, /, *args: Any, **values: Any) -> Any:
        kind = type(obj)
        if kind is partial:  # only we make partials: the functions that templates are given
            values.pop("_loop_vars", None)  # jinja's own, for functions that ask for the context
            values.pop("_block_vars", None)
            return obj(*args, **values)
        if kind is Macro:
            return context.call(obj, *args, **values)
        return super().call(context, obj, *args, **values)


_OURS: dict[type, bool] = {}


def _is_ours(kind: type) -> bool:
    """Frozen values of the pipeline and the features: nothing of theirs is unsafe to read."""
    return kind is SimpleNamespace or (
        kind.__module__.startswith("bimson_site.") and hasattr(kind, "__dataclass_fields__")
    )


class _Compiled(BytecodeCache):
    """Compiled templates of this process, by name and source: each is compiled once."""

    codes: ClassVar[dict[tuple[str, str], Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code


@cache
def _references(text: str) -> tuple[str | None, ...]:
    """The templates that a template extends, includes or imports; None where a name is computed."""
    return tuple(meta.find_referenced_templates(_environment({}).parse(text)))


def _environment(sources: Mapping[str, TemplateSource]) -> _Sandbox:
    def find(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = sources.get(name)
        return (source.text, source.path, lambda: True) if source else None

    return _Sandbox(
        loader=FunctionLoader(find),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_Compiled(),
        cache_size=-1,
        extensions=["jinja2.ext.loopcontrols"],
    )


def _globals(masthead: Masthead, words: Catalogue) -> dict[str, object]:
    def said(message: str, **values: object) -> str:
        text = words.gettext(message)
        return text % values if values else text

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
        "Day": Day,
        "precision": SimpleNamespace(**{p.name: p for p in Precision}),
        "access": SimpleNamespace(**{a.name: a for a in Access}),
        "kinds": SimpleNamespace(**{k.name: k for k in TermKind}),
    }


# A SimpleNamespace, for a template reads it quicker than a dict (see `_Sandbox.getattr`).
_ROUTES = SimpleNamespace(
    home=routes.HOME,
    undated=routes.UNDATED,
    coverage=routes.COVERAGE,
    feed=routes.FEED,
    style=routes.STYLE,
    theme_style=routes.THEME_STYLE,
    favicon=routes.FAVICON,
    year=partial(routes.year),
    month=partial(routes.month),
    day=partial(routes.day),
    terms=partial(routes.terms),
)


def _filters(language: str, words: Catalogue) -> dict[str, Callable[..., object]]:
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
        "month_name": lambda m: locales.month_name(m, language),
        "number": lambda n: locales.number(n, language),
        "json_script": json_script,
        "host": lambda url: re.sub(r"^[a-z]+://(www\.)?([^/?#]*).*$", r"\2", url),
        "extra": lambda article: json.loads(article.extra),
        "xml_text": lambda text: _XML_FORBIDDEN.sub("", text),
    }


# XML 1.0, section 2.2: characters that no document may hold, escaped or not.
_XML_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _date(day: Day) -> Any:
    from datetime import date  # noqa: PLC0415

    return date(day.year, day.month, day.day)


def _written(
    stamp: Timestamp,
    language: str,
    words: Catalogue,
    write_day: Callable[[Any, str], str],
    *,
    clock: bool,
) -> str:
    match stamp.precision:
        case Precision.UNDATED:
            return words.gettext("undated")
        case Precision.ABOUT:
            return words.gettext("about %(year)s") % {"year": stamp.local.year}
        case Precision.YEAR:
            return words.gettext("%(year)s") % {"year": stamp.local.year}
        case Precision.MONTH:
            return locales.month_words(stamp.local.year, stamp.local.month, language)
        case _:
            day = write_day(stamp.local.date(), language)
            time = locales.clock(stamp, language) if clock else ""
            return f"{time}, {day}" if time else day


def json_script(value: object) -> Markup:
    r"""JSON that can stand inside a script element: every "<" is \u003c, and so are its kin."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped in the lines above


def weeks(year: int, month: MonthCount | int) -> list[list[tuple[int, int]]]:
    """The weeks of a month from Monday: seven (day, count) pairs each, day 0 outside the month."""
    import calendar  # noqa: PLC0415

    counts = month.days if isinstance(month, MonthCount) else (0,) * 31
    number = month.month if isinstance(month, MonthCount) else month
    return [
        [(d, counts[d - 1] if d else 0) for d in week]
        for week in calendar.Calendar(0).monthdayscalendar(year, number)
    ]


def sources(found: Iterable[tuple[str, str, str]]) -> dict[str, TemplateSource]:
    """Templates by name from (name, text, path); a later one of the same name replaces an earlier."""
    return {name: TemplateSource(text, path) for name, text, path in found}
