"""The style guide: an invented archive at its worst, in the face of the site that is previewed."""

from __future__ import annotations

import html
import re

import pytest

from bimson_site.effects.files import packaged_file
from bimson_site.preview import contrast, worst
from bimson_site.preview.guide import ARCHIVE, GUIDE
from conftest import LONG, article, tree

FILES = {
    "a.md": article("Chợ phiên", body=LONG),
    "templates/article.html": '{% extends "theme/article.html" %}'
    '{% block neighbours %}<p class="own">{{ site.title }}</p>{% endblock %}',
    "static/theme.css": "/* của tôi */ :root { --ink: #777; --paper: #fff; }",
    "bimson.yaml": "title: Kho của tôi\nlanguage: vi\n",
}
PIECES = 24


@pytest.fixture
def served(serve):
    return serve(FILES, lang="en")


def frames(page: str) -> list[str]:
    return re.findall(r'class="phone" src="([^"]+)"', page)


def test_every_piece_is_there_and_links_hold(served) -> None:
    assert f'<a href="{GUIDE}">Style guide</a>' in served.get("/_preview/").text
    found = frames(served.get(GUIDE).text)
    assert len(set(found)) == PIECES
    for url in found:
        page = served.get(html.unescape(url))
        assert page.status == 200, url
        assert "Kho của tôi" in page.text
        assert (
            "/_preview/preview.js" not in page.text
        )  # a frame does not listen: browsers open six at most


def test_it_shows_the_worst_through_own_templates_and_styles(served) -> None:
    worst_one, capitals, *_ = frames(served.get(GUIDE).text)
    page = served.get(worst_one).text
    assert len(worst.TITLE) == 134
    assert html.escape(worst.TITLE) in page
    assert page.count('rel="author"') == 12
    for part in ('class="credit"', 'class="table"', "<blockquote>", "<pre>", 'class="notice"'):
        assert part in page, part
    assert "new.example" in page  # it is closed, and goes on somewhere
    assert '<p class="own">Kho của tôi</p>' in page
    assert 'class="capitals"' in served.get(capitals).text
    assert "của tôi" in served.get(f"{ARCHIVE}/theme.css").text
    assert (
        served.get(html.unescape(worst_one) + "lead.svg").headers["content-type"] == "image/svg+xml"
    )
    assert served.get(f"{ARCHIVE}/nope").status == 404


def test_it_leaves_the_site_alone(served) -> None:
    before = tree(served.site.root)
    served.get(GUIDE)
    after = tree(served.site.root)
    assert {p for p in after if not p.startswith(".bimson/")} == {
        p for p in before if not p.startswith(".bimson/")
    }


def test_the_contrast_of_own_colours_is_measured(served) -> None:
    page = served.get(GUIDE).text
    assert '<td class="short">4.4 ✗</td>' in page  # #777 on white: 4.48
    assert "<td>?</td>" in page  # what this theme.css does not name


def test_black_on_white_is_21_and_the_theme_has_enough_everywhere() -> None:
    pairs = {p[:2]: p for p in contrast.measured(":root { --ink: #000; --paper: #ffffff; }")}
    assert pairs["ink", "paper"].light == pytest.approx(21)
    for pair in contrast.measured(packaged_file("assets/theme.css").decode()):
        assert pair.light is not None, pair
        assert pair.dark is not None, pair
        assert min(pair.light, pair.dark) >= contrast.ENOUGH, pair
