"""bimson.yaml: every setting is read, checked and refused by name, with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.config import SETTINGS, Footer, ListSizes, SiteConfig, read
from bimson_site.model import MenuItem, Precision, Timestamp


def config(text: str) -> SiteConfig:
    found, problems = read(text)
    assert problems == ()
    assert found is not None
    return found


def refused(text: str) -> list[tuple[str, int, int, dict[str, str]]]:
    found, problems = read(text)
    assert found is None
    return [(p.code, p.where.line, p.where.column, dict(p.values)) for p in problems]


@pytest.mark.parametrize(
    "text", [None, "", "# chưa điền\n", "---\n", "title:\nlists:\nclosed: ~\n"]
)
def test_without_settings_all_is_default(text: str | None) -> None:
    found, problems = read(text)
    assert (found, problems) == (SiteConfig(), ())
    assert found is not None
    assert (found.title, found.language, found.timezone, found.base_url) == (
        "Lưu trữ",
        "vi",
        "Asia/Ho_Chi_Minh",
        "",
    )


def test_a_whole_file_is_read() -> None:
    found = config("""
title: Báo làng
description: "Mười năm: tin cũ"
language: en-GB
base_url: https://example.vn/luu-tru/
timezone: Europe/Paris
menu:
  - {title: Tin, url: /tin/}
  - Liên hệ: mailto:toasoan@example.vn
footer:
  keeper: Thư viện
  text: |-
    Giữ cho mai sau
rights: © Báo làng
sections: [Tin tức, Thể thao]
lists: {home: 6, period: 1000}
missing_authors: []
closed: 2010-06-30
successor: https://moi.example/
featured: [content/2004/cau.md]
links: explicit
extensions: [maps, my.extra]
output: public/site
""")
    assert found.closed is not None
    assert (found.closed.precision, found.closed.iso) == (Precision.DAY, "2010-06-30")
    assert found.closed.offset == 7200
    assert found == SiteConfig(
        title="Báo làng",
        description="Mười năm: tin cũ",
        language="en-GB",
        base_url="https://example.vn/luu-tru",
        timezone="Europe/Paris",
        menu=(MenuItem("Tin", "/tin/"), MenuItem("Liên hệ", "mailto:toasoan@example.vn")),
        footer=Footer(keeper="Thư viện", text="Giữ cho mai sau"),
        rights="© Báo làng",
        sections=("Tin tức", "Thể thao"),
        lists=ListSizes(home=6, period=1000),
        missing_authors=(),
        closed=found.closed,
        successor="https://moi.example/",
        featured=("content/2004/cau.md",),
        links="explicit",
        extensions=("maps", "my.extra"),
        output="public/site",
    )


def test_the_day_it_closed_is_read_in_the_zone_of_the_site_wherever_it_stands() -> None:
    first = config("closed: 2010-06-30\ntimezone: UTC\n").closed
    assert isinstance(first, Timestamp)
    assert first.offset == 0


@pytest.mark.parametrize(
    ("text", "place", "key", "suggestion"),
    [
        ("timzone: UTC", (1, 1), "timzone", "timezone"),
        ("title: a\nBase_URL: x", (2, 1), "Base_URL", "base_url"),
        ("footer:\n  keepr: An", (2, 3), "footer.keepr", "keeper"),
        ("keeper: An", (1, 1), "keeper", "footer.keeper"),
        ("footer.keeper: An", (1, 1), "footer.keeper", "footer"),
        ("lists: {x: 1}", (1, 9), "lists.x", "home, feed, term, period"),
        (
            "menu:\n  - {title: a, url: /, icon: b}",
            (2, 24),
            "menu.icon",
            "title, url",
        ),
    ],
)
def test_an_unknown_key_is_refused_at_any_level(
    text: str, place: tuple[int, int], key: str, suggestion: str
) -> None:
    assert refused(text) == [("config-unknown-key", *place, {"key": key, "suggestion": suggestion})]


def test_a_key_that_resembles_nothing_is_told_all_settings() -> None:
    ((_, _, _, values),) = refused("zzz: 1")
    assert values["suggestion"].startswith("title, description, language,")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", "[a]"),
        ("title", '""'),
        ("description", "{a: b}"),
        ("language", "vie"),
        ("language", "vi-vn"),
        ("base_url", "example.vn"),
        ("base_url", "ftp://example.vn"),
        ("base_url", "https:///tin"),
        ("base_url", "https://example.vn/?a=1"),
        ("base_url", "https://example.vn/#a"),
        ("base_url", "https://example.vn/một"),
        ("base_url", "https://an:bi@example.vn"),
        ("base_url", "https://example.vn:x"),
        ("base_url", '"https://[::1"'),
        ("timezone", "Hanoi"),
        ("timezone", "../UTC"),
        ("menu", "Tin"),
        ("menu", "[Tin]"),
        ("menu", "[{title: Tin}]"),
        ("menu", "[{a: /, b: /}]"),
        ("menu", "['Tin': 'javascript:alert(1)']"),
        ("menu", "['Tin': '//khac.example/']"),
        ("footer", "Thư viện"),
        ("footer.keeper", "[An]"),
        ("sections", "Tin tức, Thể thao"),
        ("sections", "[Tin, [Thể thao]]"),
        ("sections", "[Tin, ~]"),
        ("lists", "[1]"),
        ("lists.home", "0"),
        ("lists.feed", "1001"),
        ("lists.term", "-1"),
        ("lists.period", "nhiều"),
        ("missing_authors", "admin"),
        ("closed", "sắp tới"),
        ("successor", "[a]"),
        ("successor", "'javascript:1'"),
        ("successor", "'data:text/html,x'"),
        ("successor", "'JavaScript:1'"),
        ("successor", "mailto:a@b.example"),
        ("successor", "'https:///x'"),
        ("successor", "'https://a b'"),
        ("menu", '["Tin": "/t\\u0001in/"]'),
        ("featured", "[a, b, c, d, e, f, g]"),
        ("featured", "[../a.md]"),
        ("featured", "[/a.md]"),
        ("links", "absolute"),
        ("extensions", "['a b']"),
        ("extensions", "[../a]"),
        ("output", "/tmp"),
        ("output", "../build"),
        ("output", "content"),
        ("output", "Static/x"),
        ("output", "C:\\build"),
        ("output", "."),
    ],
)
def test_a_wrong_value_is_named_with_its_place(key: str, value: str) -> None:
    group, _, name = key.rpartition(".")
    text = f"\n{group}: {{{name}: {value}}}" if group else f"\n{key}: {value}"
    (found,) = refused(text)
    assert (found[0], found[3]["key"]) == ("config-value", key)
    assert found[3]["expected"]
    assert found[1] == 2
    assert found[2] > text.index(":")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://moi.example/a?b=1", "https://moi.example/a?b=1"),
        ("HTTP://moi.example", "http://moi.example"),
        ("Báo Mới", "Báo Mới"),
        ("moi.example", "moi.example"),
        ('""', ""),
    ],
)
def test_a_successor_is_a_web_address_or_words(written: str, read: str) -> None:
    assert config(f"successor: {written}").successor == read


def test_settings_are_texts_in_one_line_without_control_characters() -> None:
    found = config(
        'title: "K\\u0001ho\\n  cũ"\nrights: "a\\u007f"\nsections: ["\\u0002Tin"]\n'
        'footer: {text: "Một\\r\\nhai"}\nmenu: ["\\u0003Tin": /tin/]\nmissing_authors: ["e\\u0301"]'
    )
    assert (found.title, found.rights, found.footer.text) == ("K ho cũ", "a", "Một hai")
    assert found.sections == ("Tin",)
    assert found.menu
    assert found.menu[0].title == "Tin"
    assert found.missing_authors == ("é",)


@pytest.mark.parametrize(
    "url", ["http://example.vn", "https://example.vn:8080/a/b", "HTTPS://a.vn"]
)
def test_a_base_url_may_have_a_port_and_a_path(url: str) -> None:
    assert config(f"base_url: {url}///").base_url == url


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("title: [a\nlinks: b", (1, 8), "a list in [ ] lacks a comma or its end"),
        ("title: Báo: làng", (1, 11), "a second colon in one line"),
        ("a\nb", (1, 1), "a line without a colon"),
        ("title: ok\nfooter: &x {keeper: An}", (2, 9), "it uses an anchor (&x)"),
        ("- title: a", (1, 1), "a list where fields should be"),
    ],
)
def test_broken_yaml_is_a_problem_of_the_configuration(
    text: str, place: tuple[int, int], reason: str
) -> None:
    assert refused(text) == [("config-invalid", *place, {"reason": reason})]


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file() -> None:
    assert [(f[0], f[1]) for f in refused("links: x\nzzz: 1\noutput: ..\nfooter: {a: b}\n")] == [
        ("config-value", 1),
        ("config-unknown-key", 2),
        ("config-value", 3),
        ("config-unknown-key", 4),
    ]


def test_what_is_only_odd_is_a_warning() -> None:
    found, problems = read("title: Báo số #1\nlinks: explicit\nlinks: relative\n")
    assert [p.code for p in problems] == ["comment-in-text", "key-duplicate"]
    assert found == SiteConfig(title="Báo số")


def test_the_table_names_every_setting_and_its_default() -> None:
    table = {setting.name: setting.default for setting in SETTINGS}
    assert table["timezone"] == "Asia/Ho_Chi_Minh"
    assert table["lists.term"] == 50
    flat = {name.partition(".")[0] for name in table}
    assert flat == set(SiteConfig.__dataclass_fields__)
    assert {n.partition(".")[2] for n in table if n.startswith("footer.")} == set(
        Footer.__dataclass_fields__
    )


KEYS = st.sampled_from([*(s.name for s in SETTINGS if "." not in s.name), "footer", "lists", "x"])
VALUES = st.sampled_from(
    [
        "",
        "~",
        "a",
        "[a]",
        "[[a]]",
        "{a: b}",
        "[{a: b}]",
        "{home: 3}",
        "9" * 5000,
        '"\\0"',
        "2010",
        "''",
    ]
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=6))
def test_any_combination_is_a_configuration_or_has_errors(rows: list[tuple[str, str]]) -> None:
    found, problems = read("\n".join(f"{key}: {value}" for key, value in rows))
    assert (found is None) == any(p.severity == "error" for p in problems)
