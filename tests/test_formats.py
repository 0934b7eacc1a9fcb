"""What machines read of a sample, with every kind of page at its worst, judged by the rules of each format."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import feedparser
import pytest
import sample
from jsonschema import Draft7Validator, Draft202012Validator
from lxml import etree, html

from conftest import Site

SCHEMAS = Path(__file__).parent / "schemas"

HOST = "https://kho.ben-song.example/"


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder, "vi", size=40)
    assert Site(folder).build("--as-of", "2026-01-01").code == 1  # one of its files is broken
    return folder / "build"


def test_every_feed_is_one_for_its_readers(build: Path) -> None:
    found = [*build.rglob("feed.xml"), *build.rglob("rss.xml")]
    assert len(found) > 30
    for path in found:
        feed = feedparser.parse(path.read_bytes())
        assert not feed.bozo, (path, feed.get("bozo_exception"))
        version, moment = (
            ("rss20", "published") if path.name == "rss.xml" else ("atom10", "updated")
        )
        assert feed.version == version
        assert feed.feed.title
        assert len({entry.id for entry in feed.entries}) == len(feed.entries)
        for entry in feed.entries:
            assert entry.title
            assert entry.link.startswith(HOST)
            assert entry[f"{moment}_parsed"]


def test_the_json_feed_is_as_its_schema_says(build: Path) -> None:
    schema = json.loads((SCHEMAS / "jsonfeed-1.1.schema.json").read_text("utf-8"))
    feed = json.loads((build / "feed.json").read_text("utf-8"))
    assert len(feed["items"]) > 10
    Draft7Validator(schema).validate(feed)


def test_sitemaps_are_as_their_schemas_say(build: Path) -> None:
    index = etree.XMLSchema(etree.parse(SCHEMAS / "siteindex.xsd"))
    index.assertValid(told := etree.parse(build / "sitemap.xml"))
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "sitemap.xsd"))
    names = [url.removeprefix(HOST) for url in told.xpath("//*[local-name() = 'loc']/text()")]
    assert {build / name for name in names} == {*build.glob("sitemaps/*.xml")}
    for name in names:
        schema.assertValid(etree.parse(build / name))


def test_every_line_of_data_is_as_our_schema_says(build: Path) -> None:
    schema = json.loads((build / "data/article.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema)
    package = json.loads((build / "data/datapackage.json").read_text("utf-8"))
    lines = [
        json.loads(line)
        for name in package["resources"][0]["path"]
        for line in (build / "data" / name).read_text("utf-8").splitlines()
    ]
    assert len(lines) > 60
    for line in lines:
        judge.validate(line)


# Where a whole date ends there may be a time, with its zone (schema.org: Date, DateTime).
DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?)?)?")


def linked(page: Path) -> tuple[Any, Any]:
    """A page as a tree, and what it says of itself to a search engine."""
    tree = html.fromstring(page.read_bytes())
    (script,) = tree.xpath("//script[@type='application/ld+json']/text()")
    return tree, json.loads(script)


def test_linked_data_has_every_recommended_property(build: Path) -> None:
    """Those that Google recommends for an article (developers.google.com/search/docs/appearance/
    structured-data/article), with values of schema.org's types. One is missing only where nobody knows
    it: the date of an article without one, the author of an unsigned one, a picture (test_metadata.py) where there is none."""
    pages = [p for p in build.rglob("index.html") if b'"NewsArticle"' in p.read_bytes()]
    assert len(pages) > 50
    signed = dated = pictured = 0
    for page in pages:
        tree, told = linked(page)
        assert told["@context"] == "https://schema.org"
        assert told["headline"] == tree.findtext(".//h1")
        assert told["publisher"]["@type"] == "Organization"
        assert told["publisher"]["name"]
        assert (
            told["url"]
            == told["mainEntityOfPage"]
            == tree.xpath("//link[@rel='canonical']/@href")[0]
        )
        people = [(a["@type"], a["name"], a["url"]) for a in told.get("author", ())]
        links = tree.xpath("//a[@rel='author']")
        assert people == [
            (
                "Person",
                a.text,
                HOST + str((page.parent / a.get("href")).resolve().relative_to(build)) + "/",
            )
            for a in links
        ]
        signed += bool(people)
        if tree.xpath("//header//time"):
            dated += 1
            assert DATE.fullmatch(told["datePublished"])
            assert DATE.fullmatch(told["dateModified"])
            assert told["dateModified"] >= told["datePublished"]
        for image in told.get("image", ()):
            pictured += 1
            assert (build / image.removeprefix(HOST)).is_file()
    assert signed > 40
    assert dated > 40
    assert pictured
