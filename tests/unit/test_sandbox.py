"""Templates mean what they mean in Jinja's own sandbox, however their code is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bimson_site import routes
from bimson_site.effects import files
from bimson_site.errors import SiteError
from bimson_site.features.calendar import DayPage
from bimson_site.model import Card, Day, Masthead, MenuItem, Page, Precision, Timestamp
from bimson_site.theme.engine import Press
from bimson_site.theme.sandbox import Sandbox
from bimson_site.theme.sources import sources

MORE = {
    "macros.html": """{% macro pair(a, b="<b>") %}{{ a }}={{ b }}{% endmacro %}
{% macro open(a) %}{{ a }}{{ varargs|join("&") }}{{ kwargs|dictsort }}{% endmacro %}
{% macro around(a) %}<{{ a }}>{{ caller("<") }}</{{ a }}>{% endmacro %}""",
    "parent.html": "<{% block title %}{{ word }}{% endblock %}|{% block main %}m{% endblock %}>",
    "part.html": "[{{ word }}{% set word = 1 %}{{ word }}]",
    "alone.html": "[alone]",
    "middle.html": '{% extends "parent.html" %}{% block title %}m{{ super() }}{% endblock %}',
    "whole.html": '{% extends "middle.html" %}{% set seen = said("x") %}',
    "broken.html": "{% extends 'absent.html' %}",
    "plain.txt": "{% macro raw(a) %}{{ a }}{% endmacro %}",
}
FROM = '{% from "macros.html" import around, open, pair %}'
# Each is drawn by Jinja and by us; what comes of it, a text or an error, is the same.
TEMPLATES = (
    "{{ card.title }} {{ card.published.local.year }} {{ card.published.iso }} {{ n }} {{ none }}",
    "{{ card.authors|join(', ') }} {{ card.authors|map(attribute='title')|list }}",
    "{{ card.nothing }}",
    "{{ card.nothing is defined }} {{ card.nothing|default('–') }} {{ nothing is defined }}",
    "{{ nothing }}",
    "{{ nothing.at.all }}",
    "{{ nothing() }}",
    "{{ card.class }} {{ card.from|default(1) }}",
    "{{ card['title'] }} {{ card['nothing'] }}",
    "{{ ['a']['__class__'] }}",
    "{{ mapping.items()|list }} {{ mapping.key }} {{ mapping['key'] }} {{ mapping.get('x', '<') }}",
    "{{ space.word }} {{ space.missing }}",
    "{{ word.upper() }} {{ word.replace('<', '>') }} {{ markup.upper() }} {{ markup + word }}",
    "{{ '{0.year}'.format(day) }} {{ word.format(1) }} {{ markup.format(word) }}",
    "{{ '{0.__class__}'.format(word) }}",
    "{{ '%s'|format(word) }} {{ word ~ markup ~ n }}",
    "{{ word.__class__ }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ card.__class__ }}",
    "{{ card.__dataclass_fields__ }}",
    "{{ card.__class__ is defined }} {{ card['__class__'] is defined }} {{ card['__class__'] }}",
    "{{ said.__globals__ }}",
    "{{ said.func.__globals__ }}",
    "{{ open }} {{ pair.__init__ }}",
    "{{ card.authors[0] }}{{ card.authors[2] is defined }}{{ card.authors[-1] }}{{ [word][0] }}",
    "{{ card.authors[2] }}",
    "{{ nothing[0] }}",
    "{{ mapping[0] is defined }}{{ word[0] }}{{ 'a'[0] }}{{ none[0] is defined }}",
    "{% if n > 5 %}{{ word|nosuch }}{% endif %}{{ word|upper }}{{ n is odd }}",
    "{% if n %}{{ word|nosuch }}{% endif %}",
    "{% if n is nosuch %}{% endif %}",
    "{{ said is defined }}{{ said|default(1) is string }}{{ nothing|default(_('x')) }}",
    "{{ [1].append(2) }}",
    "{{ {}.update({1: 2}) }}",
    "{{ day|attr('__class__') }}",
    "{{ unsafe() }}",
    "{{ said('a') }} {{ said(message='b') }} {{ said(*['c']) }} {{ said(**{'message': 'd'}) }}",
    "{{ known('said') }} {{ known('word') }}{% set own = 1 %} {{ known('own') }} {{ known('nothing') }}",
    "{{ said() }}",
    "{{ said(class=1) }}",
    "{{ said('a', nothing=1) }}",
    "{{ _('Home') }}{{ _('Home')|upper }}{{ _('Day %(d)s', d=word) }}{% set x = _('<') %}{{ x }}",
    "{% for _ in [1, 2] %}{{ _ }}{% endfor %}{{ _('Home') }}",
    "{% set _ = said %}{{ _('Home') }}",
    "{% macro m(_) %}{{ _('Home') }}{% endmacro %}{{ m(said) }}",
    "{% for a in card.authors %}{{ a }}{{ ', ' if not loop.last }}{{ loop.index }}{% endfor %}",
    "{% for a in mapping.values() %}{{ loop.last }}{{ loop.previtem is defined }}{% endfor %}",
    "{% for a in [3, 1, 2]|sort if a > 1 %}{{ loop.last }}{% else %}none{% endfor %}",
    "{% for a in [[1, [2]], 3] recursive %}({{ loop(a) if a is iterable else a }}){% endfor %}",
    "{% for a in range(9) %}{% if a == 3 %}{% break %}{% endif %}{{ a }}{% endfor %}",
    "{% set ns = namespace(n=0) %}{% for a in [1, 2] %}{% set ns.n = ns.n + a %}{% endfor %}{{ ns.n }}",
    "{{ 'a' if none }}|{{ ('a' if none) }}|{{ 'a' if n else 'b' }}",
    "{{ ('a' if none)|upper }}",
    "{% set x %}<i>{{ word }}</i>{% endset %}{{ x }}{{ x|length }}",
    "{% filter upper %}{{ word }}<{% endfilter %}",
    "{% set x | upper %}{{ word }}{% endset %}{{ x }}",
    "{{ [word, markup, n]|join('<') }} {{ [word, none, '']|select|join('<') }} {{ (n,)|join }}",
    "{{ [word, 'a']|join(markup) }} {{ cards|join(', ', attribute='title') }} {{ ''|join(',') }}",
    "{{ [card, 1]|map(attribute='title')|join }}",
    "{{ cards|map(attribute='authors', default='–')|list }}{{ cards|map(attribute='title.0')|list }}",
    "{{ [word, 'b']|map('upper')|join }}{{ mapping.values()|map(attribute='real')|list }}",
    "{{ [[1, 2]]|map(attribute=0)|list }}",
    "{{ []|select|first|default('no') }} {{ [0, 1, 2]|select('odd')|list }} {{ none|select|list }}",
    "{{ [0, 1]|select|first }}{{ [0, 1]|select|list|length }}",
    "{% autoescape false %}{{ word }}{{ said(word) }}{{ _('<') }}{% endautoescape %}{{ word }}",
    "{% autoescape n > 1 %}{{ word }}{{ said(word) }}{% endautoescape %}",
    "{{ word|safe }}{{ word|e }}{{ markup|e }}{{ markup|forceescape }}",
    "{% with a = word %}{{ a }}{% endwith %}{{ a }}",
    "{{ 1 / 0 }}",
    "a\n{{ card.title }}\n{{ card.nothing.x }}\n",
    "a\n{{ word }}\n  {{ word }} {{\n nothing }}",
    FROM + "{{ pair(1) }}{{ pair(word, word) }}{{ pair(b=2, a=1) }}{{ pair(1)|upper }}",
    FROM + "{{ pair() }}",
    FROM + "{{ pair(1, 2, 3) }}",
    FROM + "{{ pair(1, c=2) }}",
    FROM + "{{ pair(1, a=2) }}",
    FROM + "{{ open(1, 2, word, x=markup) }}{{ open(1) }}",
    FROM + "{% call(x) around('p') %}{{ x }}{{ word }}{% endcall %}",
    FROM + "{{ around('p') }}",
    FROM + "{% autoescape false %}{{ pair(word) }}{% endautoescape %}{{ pair(word) }}",
    FROM + "{% call pair(1) %}{% endcall %}",
    '{% from "plain.txt" import raw %}{{ raw(word) }}{{ raw(markup) }}',
    '{% from "macros.html" import absent %}{{ absent(1) }}',
    '{% import "macros.html" as m with context %}{{ m.pair(word) }}{{ m.nothing }}',
    '{% include "part.html" %}{{ word }}',
    'a{% include "alone.html" without context %}b{{ word }}',
    '{% block x %}a{% include "alone.html" without context %}b{% endblock %}c',
    '{% include "absent.html" ignore missing %}{% include ["absent.html", "part.html"] %}',
    '{% include "absent.html" %}',
    '{% extends "parent.html" %}{% block title %}({{ super() }}{{ self.main() }}){% endblock %}',
    'before {% extends "parent.html" %}{% set word = "x" %}after{% block main %}{{ word }}{% endblock %}',
    '{% if n %}{% extends "parent.html" %}{% endif %}x{% block main %}y{% endblock %}',
    '{% extends "middle.html" %}{% block title %}c{{ super() }}{% endblock %}',
    '{% extends "middle.html" %}{% block main %}{{ super.super() }}{{ n }}{% endblock %}',
    '{% extends "broken.html" %}{% block title %}c{% endblock %}',
    '{% if not n %}{% extends "middle.html" %}{% endif %}x{% block title %}y{% endblock %}',
    '{% extends n and "middle.html" %}{% block title %}{{ super() }}{% endblock %}',
    '{% extends "parent.html" %}{% extends "middle.html" %}',
    '{% if n %}{% extends "parent.html" %}{% endif %}{% extends "middle.html" %}',
    '{% include "whole.html" %}{% import "whole.html" as m with context %}{{ m }}{{ m.seen }}',
    '{% set x %}{% include "whole.html" %}{% block b %}{{ n }}{% endblock %}{% endset %}{{ x }}{{ x }}',
    '{% set said = word %}{% include "part.html" %}{{ said }}{% block b %}{{ said }}{% endblock %}',
    "{% for a in [1, 2] %}{% block b scoped %}{{ a }}{% endblock %}{% endfor %}",
    "{% block b %}{{ word }}{% endblock %}{{ self.b()|upper }}",
    "{% block b required %}{% endblock %}",
)


class Words(str):
    """A text of another type."""

    __slots__ = ()


@dataclass(frozen=True)
class Foreign:
    """A value that is not one of ours."""

    title: str = "<foreign>"

    def unsafe(self) -> str:
        return "never"

    unsafe.unsafe_callable = True  # type: ignore[attr-defined]


WHEN = Timestamp(Precision.TIME, datetime(2020, 8, 5, 11, 43), 25200)


def said(message: str) -> str:
    return f"<{message}>" if message else ""


@jinja2.pass_context
def known(context: Any, name: str) -> str:
    return f"{name in context} {name in context.get_all()} {context.get(name) is not None}"


def names(word: object = "a<b&'\"") -> dict[str, Any]:
    card = Card("/a/", "Tin <1>", WHEN, authors=("Lê <A>", "Trần B"))
    return {
        "card": card,
        "cards": (card, Foreign()),
        "word": word,
        "markup": Markup("<i>m</i>"),
        "n": 3,
        "none": None,
        "day": date(2020, 8, 5),
        "mapping": {"key": "<v>", "items": 1},
        "space": SimpleNamespace(word="w"),
        "unsafe": Foreign().unsafe,
        "known": known,
    }


def translated(message: str, **values: object) -> str:
    text = f"«{message}»<"
    return text % values if values else text


GLOBALS = {"_": partial(translated), "said": partial(said)}


def ours(text: str) -> Sandbox:
    texts = {**MORE, "a.html": text}
    made = Sandbox(lambda name: (texts[name], name) if name in texts else None, {})
    made.globals.update(GLOBALS)
    return made


def jinjas(text: str) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        loader=jinja2.DictLoader({**MORE, "a.html": text}),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.loopcontrols"],
    )
    made.globals.update(GLOBALS)
    return made


def outcome(draw: Any) -> tuple[str, str, list[int | None]]:
    try:
        return "", draw(), []
    except Exception as err:  # noqa: BLE001 - whatever it is, it is compared
        lines, trace = [], err.__traceback__
        while trace:
            if trace.tb_frame.f_code.co_filename in {"a.html", "<template>", *MORE}:
                lines.append(trace.tb_lineno)
            trace = trace.tb_next
        return type(err).__name__, str(err).partition(" at 0x")[0], lines


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_gives_what_jinja_gives(text: str) -> None:
    theirs = outcome(lambda: jinjas(text).get_template("a.html").render(names()))
    mine = ours(text)
    for _ in range(2):  # the second time, the types that were met are known
        assert outcome(lambda: mine.draw("a.html", {}, names())) == theirs


def test_a_template_that_extends_itself_fails() -> None:
    with pytest.raises(RecursionError):
        ours('{% extends "a.html" %}').draw("a.html", {}, {})


def test_what_one_page_sets_is_gone_on_the_next() -> None:
    text = '{% extends "middle.html" %}{% if n %}{% set word = n %}{% endif %}'
    mine = ours(text)
    for n in (1, 0, 2, 0):
        theirs = jinjas(text).get_template("a.html").render(n=n, word="w")
        assert mine.draw("a.html", {"word": "w"}, {"n": n}) == theirs


@given(
    st.one_of(
        st.text(),
        st.text().map(Markup),
        st.text().map(Words),
        st.integers(),
        st.none(),
        st.lists(st.text("<>&'\"é")),
        st.just(Foreign()),
    )
)
def test_whatever_is_shown_is_escaped_as_jinja_does(word: object) -> None:
    text = "{{ word }}{{ [word, 'a']|join('<') }}{{ word ~ '<' }}{% set x %}{{ word }}{% endset %}{{ x }}"
    theirs = jinjas(text).get_template("a.html").render(names(word))
    assert ours(text).draw("a.html", {}, names(word)) == theirs


# --- what is compiled is kept -----------------------------------------------------------------------


BLANK = Masthead("Báo", "", "vi", "UTC", "", (), ())
PAGE = Page("/2020/08/05/tin/", "x", "<in>")


def press(templates: dict[str, str], masthead: Masthead = BLANK, **values: Any) -> Press:
    return Press(
        masthead, sources((n, t, f"templates/{n}") for n, t in templates.items()), **values
    )


def test_what_one_process_compiled_serves_another() -> None:
    kept: dict[str, bytes] = {}
    templates = {**MORE, "a.html": FROM + "{{ pair(it, site.title) }}"}
    first = press(templates, compiled=kept)
    drawn, digest = first.render("a.html", PAGE), first.digest("a.html")
    before = dict(kept)
    second = press(templates, compiled=kept)
    assert (second.render("a.html", PAGE), second.digest("a.html")) == (drawn, digest)
    assert kept == before
    assert press({"a.html": "{{ it }}"}, compiled=kept).render("a.html", PAGE) == b"&lt;in&gt;"


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 40], ids=["lost", "short", "other"])
def test_what_was_damaged_is_compiled_again(damage: bytes) -> None:
    kept: dict[str, bytes] = {}
    press({"a.html": "{{ it }}"}, compiled=kept).render("a.html", PAGE)
    before = dict(kept)
    kept.update(dict.fromkeys(kept, damage))
    assert press({"a.html": "{{ it }}"}, compiled=kept).render("a.html", PAGE) == b"&lt;in&gt;"
    assert kept == before


def test_time_is_told_by_template() -> None:
    ticks = iter(range(100))
    timed = press({"a.html": "a", "b.html": "b"}, clock=lambda: float(next(ticks)))
    for name in ("a.html", "b.html", "a.html"):
        timed.render(name, PAGE)
    assert timed.timings == {"a.html": (2, 2.0), "b.html": (1, 1.0)}
    assert next(ticks) == 6
    assert press({"a.html": "a"}).timings == {}


# --- an owner's own theme ---------------------------------------------------------------------------


def test_an_owners_frame_and_macros_take_the_place_of_the_themes() -> None:
    packaged = {name: data.decode() for name, data in files.packaged("templates")}
    page = Page("/2020/08/05/", "day", DayPage(Day(2020, 8, 5), (names()["card"],), None, None))
    mine = "{% macro cards_of_day(link, found, summary) %}<p>{{ found[0].title }}</p>{% endmacro %}"
    own = {
        "macros.html": packaged["macros.html"] + mine,
        "base.html": "<main>{{ page.url }}{% block main %}{% endblock %}</main>",
    }
    drawn = press({**packaged, **own}).render("day.html", page).decode()
    assert drawn.startswith("<main>/2020/08/05/<nav")
    assert "<p>Tin &lt;1&gt;</p>" in drawn
    assert drawn.endswith("</main>")


def test_a_template_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = jinja2.Environment._parse

    def counting(self: jinja2.Environment, source: str, *rest: str | None) -> Any:
        parsed.append(source)
        return parse(self, source, *rest)

    monkeypatch.setattr(jinja2.Environment, "_parse", counting)
    texts = {"a.html": '{% extends "b.html" %}', "b.html": '{% include "c.html" %}', "c.html": "c"}
    made = press(texts)
    made.prepare()
    made.digest("a.html")
    assert made.render("a.html", PAGE) == b"c"
    assert sorted(parsed) == sorted(texts.values())


# --- blocks that are drawn once ---------------------------------------------------------------------

MENU = """{% block menu %}{% for item in site.menu %}
<a href="{{ link(item.url) }}"{% if current(item.url) %} aria-current{% endif %}>{{ item.title }}</a>
{% endfor %}{{ _("Home") }}{% endblock %}|{{ it }}"""

urls = st.lists(st.sampled_from(["a", "b", "2020", "08", "c d"]), max_size=4).map(
    lambda found: "/" + "".join(f"{name}/" for name in found)
) | st.sampled_from(["/404.html", "/a/b.html", "/a", "/2020/08#x"])


@example(["/a/"], ["/a/b.html", "/a/", "/a/b.html"], True)
@example(["/a/"], ["/a/", "/a/b.html", "/a/b/", "/a/c/"], False)
@given(st.lists(urls, max_size=4), st.lists(urls.filter(lambda u: "#" not in u)), st.booleans())
def test_a_menu_is_on_every_page_as_if_drawn_for_it_alone(
    menu: list[str], pages: list[str], explicit: bool
) -> None:
    items = tuple(MenuItem(f"<{url}>", url) for url in menu)
    masthead = Masthead("", "", "vi", "UTC", "", items, (), explicit_links=explicit)
    shared = press({"a.html": MENU}, masthead)
    for number, url in enumerate(pages):
        page = Page(url, "x", number)
        alone = press({"a.html": MENU}, masthead).render("a.html", page)
        assert shared.render("a.html", page) == alone
        asked = MENU.replace("current(item.url)", "item.url == page.url")
        assert press({"a.html": asked}, masthead).render("a.html", page) == alone


def counting(text: str, **more: str) -> tuple[Sandbox, list[int]]:
    """Templates that may count how often they are drawn."""
    drawn: list[int] = []
    texts = {"a.html": text, **{f"{name}.html": each for name, each in more.items()}}
    made = Sandbox(lambda name: (texts[name], name) if name in texts else None, {})
    made.globals["count"] = partial(lambda: drawn.append(1) or "")
    return made, drawn


def on(url: str, word: str = "") -> dict[str, Any]:
    return {
        "page": Page(url, "x", word),
        "it": word,
        "link": partial(routes.links_from(url)),
        "current": partial(url.__eq__),
    }


COUNT = '{% block menu %}{{ count() }}{{ link("/x/") }}{% endblock %}{{ it }}'


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (COUNT, 1),
        (COUNT.replace("/x/", "/a/"), 1),  # leads to the front of the tree of the pages
        (COUNT.replace("/x/", "/a/9/"), 3),  # leads further into it
        (COUNT.replace("{{ count() }}", "{{ count() }}{{ page.url }}"), 3),
        (COUNT.replace("{{ count() }}", "{{ count() }}{{ it }}"), 3),
        (COUNT.replace("{{ count() }}", '{{ count() }}{% include "c.html" %}'), 3),
        (COUNT.replace("{{ count() }}", "{{ count() }}{% block in %}{% endblock %}"), 3),
        ("{% set own = it %}" + COUNT.replace("{{ count() }}", "{{ count() }}{{ own }}"), 3),
        ("{% set link = current %}" + COUNT, 3),
        ('{% extends "b.html" %}{% block menu %}{{ super() }}{{ it }}{% endblock %}', 1),
    ],
)
def test_a_block_is_drawn_once_if_it_is_the_same_everywhere(text: str, times: int) -> None:
    made, drawn = counting(text, b=COUNT, c="c")
    for number, url in enumerate(("/a/1/", "/a/2/", "/a/3/")):
        fresh, _ = counting(text, b=COUNT, c="c")
        shown = made.draw("a.html", on(url, f"{number}"), {})
        if times > 1:
            assert shown == fresh.draw("a.html", on(url, f"{number}"), {})
    assert len(drawn) == times


def test_what_a_view_names_anew_is_drawn_anew() -> None:
    made, drawn = counting(COUNT)
    for value in ("/1", "/2"):
        shown = made.draw("a.html", on("/a/1/"), {"link": partial(value.__add__)})
        assert shown == f"{value}/x/"
    assert len(drawn) == 2


def test_a_name_that_is_not_always_the_blocks_own_may_be_the_pages() -> None:
    loop = "{% for own in [1] %}{% endfor %}{{ own }}"
    made, drawn = counting(COUNT.replace("{{ count() }}", "{{ count() }}" + loop))
    for value in ("/1", "/2"):
        assert made.draw("a.html", on("/a/1/"), {"own": value}).startswith(value)
    assert len(drawn) == 2


def test_a_block_that_fails_names_its_line_on_every_page() -> None:
    text = "a\n{% block menu %}\n{{ link(site.nothing) }}\n{% endblock %}"
    failing = press({"a.html": text})
    for _ in range(2):
        with pytest.raises(SiteError) as found:
            failing.render("a.html", PAGE)
        (problem,) = found.value.problems
        assert (problem.where.path, problem.where.line) == ("templates/a.html", 3)
