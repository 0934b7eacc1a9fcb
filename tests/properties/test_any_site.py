"""Whatever its files say, a site is planned, every page of it is drawn, and every page is well formed."""

from __future__ import annotations

import re
import shutil

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_any_file import documents, names

from bimson_site import intake, pressroom, routes, survey
from bimson_site.effects.cache import Reader
from bimson_site.effects.site import Site, open_site
from bimson_site.errors import SiteError
from bimson_site.features import BUILT_IN
from bimson_site.model import Terms, Titles
from bimson_site.pipeline.release import Moment
from bimson_site.theme.engine import Press

CONFIGS = ("", "base_url: https://kho.example/bao\nlanguage: en\nlinks: explicit\n")


@pytest.fixture(scope="module", params=CONFIGS, ids=["bare", "with an address"])
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("any")
    (root / "content").mkdir()
    (root / "bimson.yaml").write_text(request.param, encoding="utf-8")
    return open_site(root)


@given(st.lists(st.tuples(names, documents), max_size=6), st.booleans())
@settings(max_examples=60)
def test_any_site_is_drawn(opened: Site, found: list[tuple[str, bytes]], everything: bool) -> None:
    content = opened.root / "content"
    shutil.rmtree(content)
    for number, (name, raw) in enumerate(found):
        place = content / f"{number}" / name
        place.parent.mkdir(parents=True)
        place.write_bytes(raw)
    content.mkdir(exist_ok=True)
    with intake.opened(opened, passing=True) as kept:
        surveyed = survey.survey(opened, Moment(2**35, everything, everything), kept)
        pages = tuple(survey.pages(opened, surveyed, kept))
        reader = Reader(kept.folder)
        drawn = [
            (page, [_read(opened.root, each, reader) for each in page.reads]) for page in pages
        ]
        reader.close()
    press = Press(surveyed.edition.masthead, opened.templates)
    views = pressroom.views_of(BUILT_IN)
    for page, texts in drawn:
        try:
            data = pressroom.draw(page, texts, opened.root, views, press)
        except SiteError as err:
            pytest.fail(f"{page.url}: {err.problems}")
        if routes.output(page.url).endswith(".html"):
            checked(page.url, data.decode())


def _read(root, wanted, reader: Reader):
    found = pressroom.read(root, wanted, {}, reader)
    return tuple(found) if isinstance(wanted, Terms | Titles) else found


def checked(url: str, html: str) -> None:
    """Parsed by a browser's parser without a complaint; one h1; no id twice."""
    html5lib.HTMLParser(strict=True).parse(html)
    assert len(re.findall(r"<h1[ >]", html)) == 1, url
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids)), (url, ids)
