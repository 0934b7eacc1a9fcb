"""The archive as data, as somebody reads it who has never seen the program."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bimson_site.features import data
from conftest import LONG, Site, article

BASE = {
    "bimson.yaml": "title: Kho Bến Đò\nbase_url: https://kho.example/bao\nfooter: {keeper: Thư viện}\n"
    "data: texts\n"
}
Make = Callable[..., Site]


def text(number: int) -> str:
    return f"Bài số {number}. {LONG}"


def archive(site: Make) -> Site:
    return site(
        {
            **BASE,
            "a.md": article(
                "Cầu mới",
                "2020-08-05T07:00",
                text(1),
                authors="[Nguyễn Văn A, Mai Liên]",
                section="Tin tức/Kinh tế",
                tags="[cầu]",
                source="Báo Bến Đò",
                source_url="https://bendo.example/1",
                summary="Cầu thông xe.",
            ),
            "b.md": article("Cầu mới", "2020-08-06T07:00", text(1), source="Báo Làng Trên"),
            "c.md": article("Chợ", "2020-09", text(2)),
            "d.md": article("Đò", "~1998", text(3)),
            "e.md": article("Kín", "2020-08-07", "Kín một.", access="record", summary="Kín hai."),
            "f.md": article("Tóm", "2020-08-08", "Kín ba.", access="summary", summary="Nói."),
            "g.md": article("Giấu", "2020-08-09", "Kín bốn.", access="hidden"),
            "h.md": article("Lánh", "2020-08-10", "Kín năm.", noindex="true"),
            "i.md": article("Sau", "2020-08-11", "Kín sáu.", embargo_until="2999-01-01"),
            "k.md": article("Lời", "2020-08-12", "Nói.\n\n<!-- Kín bảy. -->", rights="Của làng."),
        }
    )


def lines(made: Site, path: str) -> list[Any]:
    return [json.loads(line) for line in made.output(f"data/{path}").splitlines()]


def package(made: Site) -> Any:
    return json.loads(made.output("data/datapackage.json"))


def test_every_article_has_a_line_in_the_file_of_its_month(site: Make) -> None:
    made = archive(site)
    assert made.build().code == 0
    assert [r["title"] for r in lines(made, "2020-08.jsonl")] == ["Cầu mới", "Kín", "Tóm", "Lời"]
    assert [r["title"] for r in lines(made, "2020-09.jsonl")] == ["Chợ"]
    assert lines(made, "1998.jsonl")[0]["published"] == "~1998"
    first = lines(made, "2020-08.jsonl")[0]
    assert first.pop("id").startswith("urn:uuid:")
    assert first == {
        "url": "https://kho.example/bao/2020/08/05/cau-moi/",
        "title": "Cầu mới",
        "published": "2020-08-05T07:00:00+07:00",
        "authors": ["Nguyễn Văn A", "Mai Liên"],
        "sections": ["Tin tức/Kinh tế"],
        "tags": ["cầu"],
        "source": "Báo Bến Đò",
        "source_url": "https://bendo.example/1",
        "language": "vi",
        "summary": "Cầu thông xe.",
        "access": "full",
        "sha256": sha256(f"{text(1)}\n".encode()).hexdigest(),
        "text": f"{text(1)}\n",
    }


def test_lines_are_as_their_schema_says(site: Make) -> None:
    made = archive(site)
    made.build()
    schema = json.loads(made.output("data/article.schema.json"))
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    judge = Draft202012Validator(schema)
    for name in package(made)["resources"][0]["path"]:
        for record in lines(made, name):
            judge.validate(record)


def test_data_tell_no_more_than_readers_may_see(site: Make) -> None:
    made = archive(site)
    made.build()
    told = {n: d.decode() for n, d in made.files().items() if n.startswith("data/")}
    assert len(told) == 8
    for name, content in told.items():
        assert "Kín một" not in content, name
        assert not re.search(r"Kín (?:hai|ba|bốn|năm|sáu|bảy)|Giấu|Lánh|Sau", content), name
    by_title = {r["title"]: r for r in lines(made, "2020-08.jsonl")}
    assert by_title["Tóm"]["summary"] == "Nói."
    assert by_title["Lời"]["rights"] == "Của làng."
    assert {"text", "summary"}.isdisjoint(by_title["Kín"])


def test_clusters_tell_what_is_one_text(site: Make) -> None:
    made = archive(site)
    made.build()
    (cluster,) = lines(made, "clusters.jsonl")
    assert cluster["id"] == lines(made, "2020-08.jsonl")[0]["id"]
    assert cluster["copies"] == [
        {
            "title": "Cầu mới",
            "published": "2020-08-06T07:00:00+07:00",
            "source": "Báo Làng Trên",
            "reason": "repeat",
        }
    ]


def test_counts_are_a_table(site: Make) -> None:
    made = archive(site)
    made.build()
    rows = list(csv.DictReader(made.output("data/counts.csv").splitlines()))
    assert rows[0] == {"date": "1998", "source": "", "section": "", "count": "1"}
    assert {"date": "2020-08-06", "source": "Báo Làng Trên", "section": "", "count": "1"} in rows
    assert {"date": "2020-09", "source": "", "section": "", "count": "1"} in rows
    assert [r["section"] for r in rows if r["date"] == "2020-08-05"] == ["Kinh tế"]


def test_the_package_names_files_that_are_there(site: Make) -> None:
    """Frictionless Data Package 1.0: names, paths, at least one resource."""
    made = archive(site)
    made.build()
    told = package(made)
    assert re.fullmatch(r"[-a-z0-9._/]+", told["name"])
    assert told["title"] == "Kho Bến Đò"
    resources = {r["name"]: r for r in told["resources"]}
    assert list(resources) == ["articles", "clusters", "counts"]
    paths = [*resources["articles"]["path"], resources["articles"]["jsonSchema"]]
    paths += [resources["clusters"]["path"], resources["counts"]["path"]]
    for path in paths:
        assert made.output(f"data/{path}") is not None
    told_fields = [f["name"] for f in resources["counts"]["schema"]["fields"]]
    assert made.output("data/counts.csv").splitlines()[0].split(",") == told_fields
    lines_there = [n for n in made.files() if re.fullmatch(r"data/[^c].*\.jsonl", n)]
    assert len(lines_there) == len(resources["articles"]["path"])


def test_the_citation_file_is_as_version_1_2_wants_it(site: Make) -> None:
    made = archive(site)
    made.build()
    told = yaml.safe_load(made.output("data/CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(told)
    assert told["cff-version"] == "1.2.0"
    assert told["type"] == "dataset"
    assert told["authors"] == [{"name": "Thư viện"}]
    assert told["version"] == package(made)["version"]


def test_the_name_of_the_release_is_that_of_its_contents(site: Make) -> None:
    """The same wherever and however it is built; another after any edit."""
    made = archive(site)
    made.write("content/anh.jpg", b"\xff\xd8")
    made.write("content/l.md", article("Ảnh", "2020-08-13", "![Ảnh](anh.jpg)"))
    made.build()
    before = package(made)["version"]
    other = site({**BASE}, name="other")
    for path in sorted((made.root / "content").iterdir(), reverse=True):
        other.write(f"content/{path.name}", path.read_bytes())
    other.build()
    assert package(other)["version"] == before
    made.write("content/c.md", article("Chợ", "2020-09", text(9)))
    made.build()
    assert package(made)["version"] != before


def test_an_edited_article_touches_its_own_month_and_the_small_files(site: Make) -> None:
    made = archive(site)
    made.build()
    before = made.files()
    made.write("content/c.md", article("Chợ", "2020-09", text(9)))
    made.build()
    after = made.files()
    assert {n for n in after if n.startswith("data/") and after[n] != before[n]} == {
        "data/2020-09.jsonl",
        "data/CITATION.cff",
        "data/datapackage.json",
    }


def test_a_large_month_is_several_files(site: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "LIMIT", 3)
    made = archive(site)
    made.build("--jobs", "1")
    assert len(lines(made, "2020-08.jsonl")) == 3
    assert len(lines(made, "2020-08.2.jsonl")) == 1
    assert "2020-08.2.jsonl" in package(made)["resources"][0]["path"]


def test_texts_are_offered_if_the_owner_says_so_and_nothing_where_he_does_not(site: Make) -> None:
    made = archive(site)
    made.write("bimson.yaml", BASE["bimson.yaml"].replace("data: texts\n", ""))
    made.build()
    assert "text" not in lines(made, "2020-08.jsonl")[0]
    assert "data/datapackage.json" in made.output("coverage/index.html")
    made.write("bimson.yaml", BASE["bimson.yaml"].replace("texts", "none"))
    made.build()
    assert not [n for n in made.files() if n.startswith("data/")]
    assert "data/" not in made.output("coverage/index.html")


def test_an_empty_archive_has_data_that_say_so(site: Make) -> None:
    made = site(BASE)
    assert made.build().code == 0
    assert [r["name"] for r in package(made)["resources"]] == ["clusters", "counts"]
    assert made.output("data/clusters.jsonl") == ""


def test_the_addresses_of_data_are_reserved_and_a_page_called_data_is_not(site: Make) -> None:
    made = site(
        {
            **BASE,
            "a.md": article("Tin", aliases="[/data/2020-08.jsonl, /data/counts.csv]"),
            "data.md": "---\ntitle: Dữ liệu\nkind: page\n---\nMột trang.",
        }
    )
    made.build()
    assert lines(made, "2020-08.jsonl")[0]["title"] == "Tin"
    assert made.output("data/counts.csv").startswith("date,")
    assert "Một trang." in made.output("data/index.html")
