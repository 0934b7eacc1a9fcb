"""Headings have ids, and links to them are found in the spellings of other systems."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.text.markdown import render
from bimson_site.text.markdown.anchors import TAKEN


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]*)"', html)


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("## Mục hai", ["muc-hai"]),
        ("## Giá\n\n## Giá", ["gia", "gia-2"]),
        ("## About", ["about-2"]),
        ("## 🙂", ["muc"]),
        ("## A *b* `c` &amp; d", ["a-b-c-d"]),
        ("## Một\n\n<b>x</b>", ["mot"]),
    ],
)
def test_a_heading_has_an_id(headings: str, expected: list[str]) -> None:
    assert ids(render(headings, {})) == expected


@pytest.mark.parametrize("link", ["#muc-hai", "#mục-hai", "#M%E1%BB%A5c%20hai", "#Mục-hai"])
def test_a_link_finds_its_heading(link: str) -> None:
    assert 'href="#muc-hai"' in render(f"[x](<{link}>)\n\n## Mục hai", {})


def test_a_link_to_nothing_stays_as_it_is() -> None:
    assert 'href="#khac"' in render("[x](#khac)\n\n## Mục hai", {})


@pytest.mark.parametrize(
    "template", ["base.html", "article.html", "home_article.html", "page.html"]
)
def test_no_heading_takes_an_id_of_the_page_around(template: str) -> None:
    assert {*ids((files("bimson_site") / "theme/templates" / template).read_text("utf-8"))} <= TAKEN


def test_a_note_is_not_taken_for_a_heading() -> None:
    html = render("x[^1]\n\n## fn1\n\n[^1]: note", {})
    assert len(ids(html)) == len(set(ids(html)))
    assert 'href="#fn1"' in html


@given(st.lists(st.text("ab ấ-#*<>&[]`", max_size=12), max_size=6))
def test_ids_are_unique_whatever_the_headings(words: list[str]) -> None:
    found = ids(render("\n\n".join(f"## {w}" for w in words), {}))
    assert len(found) == len(set(found))
