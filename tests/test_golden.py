"""A small site with everything in it, and the tree of files it must become, byte for byte.

Renew with `pytest tests/test_golden.py --renew` and read the diff as you would read code.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bimson_site.effects.files import packaged
from conftest import Site, tree

GOLDEN = Path(__file__).parent / "sites/golden"
EXPECTED = GOLDEN / "expected"


@pytest.fixture
def built(tmp_path: Path) -> tuple[Site, dict[str, object]]:
    shutil.copytree(GOLDEN, tmp_path / "site", ignore=shutil.ignore_patterns("expected*"))
    made = Site(tmp_path / "site")
    report = made.build("--as-of", "2026-01-01").json
    del report["seconds"]
    return made, report


def test_the_golden_site(built, request: pytest.FixtureRequest) -> None:
    made, report = built
    assets = {name for name, _ in packaged("assets")}  # copies of our own files prove nothing here
    files = {name: data for name, data in made.files().items() if name not in assets}
    if request.config.getoption("--renew"):
        shutil.rmtree(EXPECTED, ignore_errors=True)
        for name, data in files.items():
            place = EXPECTED / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        (GOLDEN / "expected.json").write_text(text, encoding="utf-8")
    assert report == json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
    expected = tree(EXPECTED)
    assert sorted(files) == sorted(expected)
    for name, data in files.items():
        assert data == expected[name], name


def test_every_page_is_well_formed(built) -> None:
    """html5lib in strict mode is a browser's parser that complains."""
    import html5lib

    made, _ = built
    pages = [name for name in made.files() if name.endswith(".html")]
    assert len(pages) > 30
    for name in pages:
        html5lib.HTMLParser(strict=True).parse(made.output(name))


def test_every_page_has_one_h1_that_holds_the_title_alone(built) -> None:
    import re

    made, _ = built
    for name in made.files():
        if name.endswith(".html"):
            found = re.findall(r"<h1[^>]*>(.*?)</h1>", made.output(name), re.DOTALL)
            assert len(found) == 1, name
            assert "<" not in found[0], name


def test_the_feed_is_valid(built) -> None:
    import feedparser

    made, _ = built
    feed = feedparser.parse(made.output("feed.xml"))
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.links[0].href.startswith("https://kho.example/bao/")
    assert len(feed.entries) == 5
    assert len({entry.id for entry in feed.entries}) == 5
    assert all(entry.id.startswith("urn:uuid:") and entry.updated for entry in feed.entries)
