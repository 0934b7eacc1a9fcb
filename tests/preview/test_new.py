"""`bimson-site new`: a file with a good name, dated now in the zone of the site, over no other."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from conftest import run
from running import Served


def test_the_file_of_a_new_article(site) -> None:
    made = site({"bimson.yaml": "timezone: America/New_York\nlanguage: vi\n"})
    made.write("content/.keep", "")
    before = datetime.now(ZoneInfo("America/New_York")).replace(second=0, microsecond=0)
    result = made.run("new", 'Thị ủy: "Hội nghị" lần 5', "--lang", "vi")
    assert result.code == 0
    path = result.out.strip().removeprefix(f"{made.root.as_posix()}/")
    assert re.fullmatch(r"content/\d{4}/\d\d/\d\d/thi-uy-hoi-nghi-lan-5\.md", path)
    text = (made.root / path).read_text(encoding="utf-8")
    assert text.startswith('---\ntitle: "Thị ủy: \\"Hội nghị\\" lần 5"\ntimestamp: ')
    stamp = datetime.fromisoformat(re.search(r"timestamp: (\S+)", text)[1])
    assert before <= stamp <= datetime.now(ZoneInfo("America/New_York"))
    assert f"{stamp:%Y/%m/%d}" in path
    assert stamp.utcoffset() == before.utcoffset()
    assert text.endswith("---\n\nViết bài ở đây.\n")
    statuses = {row["path"]: row["status"] for row in made.run("list", "--json").lines}
    assert statuses[path] == "page"
    assert made.build().json["articles"] == 1


def test_no_file_is_overwritten(site) -> None:
    made = site({"content/.keep": ""})
    paths = [made.run("new", "Tin").out.strip() for _ in range(3)]
    assert [p.rsplit("/", 1)[-1] for p in paths] == ["tin.md", "tin-2.md", "tin-3.md"]


@pytest.mark.parametrize(
    ("title", "name"), [("🙂", "bai.md"), ("con", "bai-con.md"), ("  Hai   dòng ", "hai-dong.md")]
)
def test_every_title_has_a_name(site, title: str, name: str) -> None:
    made = site({"content/.keep": ""})
    assert made.run("new", title).out.strip().endswith(f"/{name}")


def test_a_title_is_needed(site) -> None:
    made = site({"content/.keep": ""})
    for arguments in ((), ("  ",), ("a\x07b",)):
        assert run("new", *arguments, "--site", made.root).code == 2


def test_a_new_article_shows_in_a_running_preview(serve) -> None:
    running: Served = serve({"content/.keep": ""})
    assert running.get("/").status == 200
    running.site.run("new", "Tin mới")
    while "Tin mới" not in running.get("/").text:
        pass
