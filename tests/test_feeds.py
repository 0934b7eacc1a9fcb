"""The feeds, as readers of feeds see them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import feedparser
import pytest

from conftest import LONG, Site, article

BASE = {"bimson.yaml": "title: Kho Bến Đò\nbase_url: https://kho.example/bao\nlists: {feed: 3}\n"}
Make = Callable[..., Site]


def some(number: int, **fields: str) -> dict[str, str]:
    return {
        f"{n}.md": article(f"Tin {n}", f"2020-08-0{n}T07:00", body=f"Bài số {n}. {LONG}", **fields)
        for n in range(1, number + 1)
    }


def parsed(made: Site, path: str) -> Any:
    feed = feedparser.parse(made.output(path))
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def told(made: Site) -> Any:
    return json.loads(made.output("feed.json"))


def test_three_feeds_tell_the_same_articles(site: Make) -> None:
    made = site({**BASE, **some(4, section="Tin tức", author="Nguyễn Văn A")})
    made.build()
    atom, rss, third = parsed(made, "feed.xml"), parsed(made, "rss.xml"), told(made)
    assert (atom.version, rss.version) == ("atom10", "rss20")
    ids = [entry.id for entry in atom.entries]
    assert len(ids) == 3
    assert ids == [entry.id for entry in rss.entries] == [item["id"] for item in third["items"]]
    links = [entry.link for entry in atom.entries]
    assert links == [e.link for e in rss.entries] == [i["url"] for i in third["items"]]
    assert links[0] == "https://kho.example/bao/2020/08/04/tin-4/"
    assert rss.entries[0].published == "Tue, 04 Aug 2020 07:00:00 +0700"
    assert rss.entries[0].author == "Nguyễn Văn A"
    assert {link.rel: link.href for link in rss.feed.links}["self"].endswith("/bao/rss.xml")


def test_the_json_feed_is_as_version_1_1_wants_it(site: Make) -> None:
    """jsonfeed.org, version 1.1: what must be there, and the types of what may."""
    made = site({**BASE, **some(2, section="Tin tức", author="Nguyễn Văn A", updated="2020-08-09")})
    made.build()
    feed = told(made)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "Kho Bến Đò"
    assert feed["home_page_url"] == "https://kho.example/bao/"
    assert feed["feed_url"] == "https://kho.example/bao/feed.json"
    assert feed["language"] == "vi"
    moment = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d").fullmatch
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_text"]
        assert moment(item["date_published"])
        assert moment(item["date_modified"])
        assert item["authors"] == [{"name": "Nguyễn Văn A"}]
        assert item["tags"] == ["Tin tức"]


def test_an_empty_archive_has_valid_feeds(site: Make) -> None:
    made = site(BASE)
    made.build()
    assert parsed(made, "feed.xml").entries == parsed(made, "rss.xml").entries == []
    assert told(made)["items"] == []


def test_a_section_has_a_feed_of_its_own(site: Make) -> None:
    made = site(
        {**BASE, **some(2, section="Tin tức/Kinh tế"), "x.md": article("Khác", body="Khác.")}
    )
    made.build()
    for path in ("sections/tin-tuc/feed.xml", "sections/tin-tuc/kinh-te/feed.xml"):
        feed = parsed(made, path)
        assert [entry.title for entry in feed.entries] == ["Tin 2", "Tin 1"]
        assert feed.feed.id != parsed(made, "feed.xml").feed.id
        assert feed.feed.links[0].href == f"https://kho.example/bao/{path}"
        assert 'type="application/atom+xml" title="' in made.output(
            path.replace("feed.xml", "index.html")
        )
    ids = {entry.title: entry.id for entry in parsed(made, "feed.xml").entries}
    assert feed.entries[0].id == ids["Tin 2"]


@pytest.mark.parametrize("kind", ["tags", "authors", "sources"])
def test_other_terms_have_feeds_where_the_owner_wants_them(site: Make, kind: str) -> None:
    made = site({**BASE, **some(1, tags="[a]", author="b", source="c")})
    made.build()
    assert not [name for name in made.files() if name.startswith(kind) and "feed" in name]
    made.write("bimson.yaml", BASE["bimson.yaml"] + f"feeds: [{kind}]\n")
    assert made.build().code == 0
    names = [name for name in made.files() if name.endswith("/feed.xml")]
    assert len(names) == 1
    assert names[0].startswith(f"{kind}/")
    assert len(parsed(made, names[0]).entries) == 1


def test_sections_are_no_option(site: Make) -> None:
    assert "config-value" in site({"bimson.yaml": "feeds: [sections]\n"}).build().codes


def test_an_id_survives_an_update_and_a_move(site: Make) -> None:
    made = site({**BASE, **some(1)})
    made.build()
    before = told(made)["items"][0]
    made.write("content/1.md", article("Tên mới", "2020-09-01", body=f"Bài số 1. {LONG}"))
    made.build()
    after = told(made)["items"][0]
    assert after["url"] != before["url"]
    assert after["id"] == before["id"] == parsed(made, "rss.xml").entries[0].id


def test_a_page_stands_once_in_a_feed(site: Make) -> None:
    """A text that two sources have is one page with two cards."""
    made = site(
        {
            "bimson.yaml": BASE["bimson.yaml"] + "feeds: [tags]\n",
            "a.md": article("Cầu", "2020-08-05T07:00", source="A", tags="[cầu]"),
            "b.md": article("Cầu", "2020-08-05T09:00", source="B", tags="[cầu]"),
        }
    )
    made.build()
    entries = parsed(made, "tags/cau/feed.xml").entries
    assert [entry.id for entry in entries] == [told(made)["items"][0]["id"]]


def test_feeds_tell_no_more_than_readers_may_see(site: Make) -> None:
    made = site(
        {
            **BASE,
            "a.md": article(
                "Một", access="record", summary="Kín một.", body="Kín hai.", section="Tin"
            ),
            "b.md": article("Hai", access="hidden", body="Kín ba."),
            "c.md": article("Ba", noindex="true", body="Kín bốn."),
            "d.md": article("Bốn", access="summary", summary="Được nói.", body="Kín năm."),
            "e.md": article("Năm", embargo_until="2999-01-01", body="Kín sáu."),
        }
    )
    made.build()
    for path in ("feed.xml", "rss.xml", "feed.json", "sections/tin/feed.xml"):
        assert "Kín" not in made.output(path), path
    assert [item["title"] for item in told(made)["items"]] == ["Một", "Bốn"]


def test_no_character_breaks_a_feed(site: Make) -> None:
    made = site(
        {**BASE, "a.md": article('"A <b> & \\u0001 ]]> \u2028"', summary='"<i>Một</i> & hai"')}
    )
    made.build()
    assert parsed(made, "rss.xml").entries[0].title.startswith("A")
    # RSS's description is HTML; a summary is text.
    assert "&amp;lt;i&amp;gt;Một" in made.output("rss.xml")
    assert parsed(made, "feed.xml").entries[0].summary.startswith("<i>Một")


def test_without_base_url_links_are_relative(site: Make) -> None:
    made = site(some(1))
    made.build()
    assert told(made)["items"][0]["url"] == "2020/08/01/tin-1/"
    assert "feed_url" not in told(made)
    assert "<link>2020/08/01/tin-1/</link>" in made.output("rss.xml")


def test_the_addresses_of_feeds_are_reserved(site: Make) -> None:
    made = site(
        {**BASE, **some(1, section="Tin", aliases="[/rss.xml, /feed.json, /sections/tin/feed.xml]")}
    )
    made.build()
    assert parsed(made, "rss.xml").version == "rss20"
    assert told(made)["items"]
    assert parsed(made, "sections/tin/feed.xml").version == "atom10"
