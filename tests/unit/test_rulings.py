"""dedupe.yaml: what its names mean, what is wrong in it, and that its word is final."""

from __future__ import annotations

import csv
import io
import shutil

import pytest

from bimson_site.model import ORDINARY, Article, Body, Kind, Slip, sealed
from bimson_site.pipeline import records
from bimson_site.pipeline.named import resolve, unread
from bimson_site.pipeline.rulings import Ruled, read
from conftest import LONG, Site, article

BASE = "https://kho.example/luu"


def slip(number: int, path: str, wish: str = "", *, page: bool = False, id_: str = "") -> Slip:
    made = Article(
        id=id_ or path,
        path=path,
        title="Tin",
        slug="tin",
        kind=Kind.PAGE if page else Kind.ARTICLE,
        page_path="gioi-thieu" if page else "",
        skeleton="",
        body=Body(path, 0, 1, "0" * 32),
    )
    ARTICLES[path] = made
    found = records.slip(sealed(made), number)
    return found._replace(wish=wish or found.wish)


ARTICLES: dict[str, Article] = {}
SLIPS = (
    slip(1, "content/a.md", "/2020/08/05/cho/"),
    slip(2, "content/b.md", "/2020/08/05/cau/", id_="bai-412"),
    slip(3, "content/tin/c.md", "/2020/08/05/trung/"),
    slip(4, "content/tin/d.md", "/2020/08/05/trung/"),
    slip(5, "content/gioi-thieu.md", page=True),
)
HURT = "content/hong.md"  # a file that was set aside


def ruled(text: str, live: str = "a b tin/c tin/d") -> tuple[Ruled, list[tuple[str, int, int]]]:
    """The rules as they are obeyed, and the problems as (code, line, column)."""
    rulings, problems = read(text)
    assert problems == ()
    files = [*(s.path for s in SLIPS), HURT]
    paths = {f"content/{name}.md" for name in live.split()}
    found, problems = resolve(rulings, files, SLIPS, ARTICLES, paths, BASE)
    return found, [(p.code, p.where.line, p.where.column) for p in problems]


@pytest.mark.parametrize(
    "name",
    [
        "b.md",
        "content/b.md",
        "bai-412",
        "/2020/08/05/cau/",
        "/2020/08/05/cau",
        "/2020/08/05/cau/index.html",
        "/luu/2020/08/05/cau/",
        "https://kho.example/luu/2020/08/05/cau/#dau",
    ],
)
def test_an_article_is_named_by_path_id_or_address(name: str) -> None:
    assert ruled(f'same:\n  - [a.md, "{name}"]\n') == (
        Ruled((("content/a.md", "content/b.md"),)),
        [],
    )


@pytest.mark.parametrize(
    ("name", "reason", "expected"),
    [
        ("tin/cc.md", "no article has this path, id or address", "content/tin/c.md"),
        ("khac/d.md", "no article has this path, id or address", "content/tin/d.md"),
        ("bai-413", "no article has this path, id or address", "bai-412"),
        ("/2020/08/05/cauu/", "no article has this path, id or address", "content/b.md"),
        ("https://khac.example/2020/08/05/cau/", "no article has this path, id or address", ""),
        ("/2020/08/05/trung/", "it means more than one article", "content/tin/c.md"),
        ("gioi-thieu.md", "it is an ordinary page", ""),
        ("/gioi-thieu/", "it is an ordinary page", ""),
        ("content/a.md", "it stands twice in this group", "another article, or leave it out"),
    ],
)
def test_a_name_that_means_no_article_is_pointed_out(name: str, reason: str, expected: str) -> None:
    """And the others of its group count."""
    rulings, _ = read(f"same:\n  - [a.md, b.md, {name}]\n")
    live = {s.path for s in SLIPS if not s.flags & ORDINARY}
    found, (problem,) = resolve(rulings, [s.path for s in SLIPS], SLIPS, ARTICLES, live, BASE)
    assert found.same == (("content/a.md", "content/b.md"),)
    assert (problem.where.path, problem.where.line, problem.where.column) == ("dedupe.yaml", 2, 18)
    expected = expected or "the path of an article file, its id or its address"
    assert dict(problem.values) == {"name": name, "reason": reason, "expected": expected}


def test_articles_that_are_not_live_or_not_healthy_wait() -> None:
    text = "same:\n  - [b.md, a.md, tin/c.md]\ndifferent:\n  - [hong.md, a.md]\n"
    assert ruled(text, "a tin/c") == (Ruled((("content/a.md", "content/tin/c.md"),)), [])
    assert ruled(text, "a") == (Ruled(), [])


def test_groups_that_share_an_article_are_one() -> None:
    found, _ = ruled("same:\n  - [b.md, a.md]\n  - [tin/c.md, tin/d.md]\n  - [tin/d.md, a.md]\n")
    assert found.same == (("content/b.md", "content/a.md", "content/tin/c.md", "content/tin/d.md"),)


def test_a_contradiction_is_an_error_and_its_group_is_not_obeyed() -> None:
    text = """same:
  - [a.md, b.md]
  - [b.md, tin/c.md]
different:
  - [tin/d.md, content/a.md, tin/c.md]
"""
    different = ("content/tin/d.md", "content/a.md", "content/tin/c.md")
    assert ruled(text) == (Ruled((), (different,)), [("dedupe-contradiction", 5, 30)])
    assert ruled(text, "a")[1], "also while the rule waits"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("same: a.md\n", 1, 7),
        ("same:\n  - a.md\n", 2, 5),
        ("same:\n  - [a.md]\n", 2, 5),
        ("same:\n  - [a.md, [b.md]]\n", 2, 12),
        ("same:\n  - [a.md, ~]\n", 2, 12),
        ("sam:\n  - [a.md, b.md]\n", 1, 1),
        ("same:\n  - [a.md, b.md\n", 2, 5),
        ("same: &x\n", 1, 7),
    ],
)
def test_another_form_is_refused(text: str, line: int, column: int) -> None:
    _, problems = read(text)
    assert [(p.code, p.where.line, p.where.column) for p in problems] == [
        ("dedupe-invalid", line, column)
    ]


@pytest.mark.parametrize(
    "text", [None, "", "# chưa có gì\n", "same:\ndifferent: ~\n", "same: []\n"]
)
def test_nothing_said_is_nothing_ruled(text: str | None) -> None:
    assert read(text) == (((), ()), ())


def test_ids_are_asked_for_only_where_a_name_is_no_file() -> None:
    files = {"content/a.md", "content/b.md"}
    assert not unread(read("same: [[a.md, content/b.md]]")[0], files)
    assert unread(read("same: [[a.md, bai-412]]")[0], files)


# --- on sites ----------------------------------------------------------------------------------------


def clusters(made: Site) -> dict[str, list[tuple[str, str]]]:
    found = made.run("duplicates", "--json").json
    return {
        c["keeper"].removeprefix("content/"): [
            (k["path"].removeprefix("content/"), k["reason"]) for k in c["copies"]
        ]
        for c in found
    }


def test_same_folds_what_is_not_alike_and_the_first_named_has_the_page(site) -> None:
    made = site(
        {
            "a.md": article("Chợ", body=LONG, author="Mai Liên"),
            "b.md": article("Cầu", body="Ngắn."),
            "c.md": article("Ảnh", "2020-08-06", body=""),
            "dedupe.yaml": "same:\n  - [b.md, a.md, c.md]\n",
        }
    )
    assert made.build().json["copies"] == 2
    assert clusters(made) == {"b.md": [("a.md", "dedupe.yaml"), ("c.md", "dedupe.yaml")]}
    page = made.output("2020/08/05/cau/index.html")
    assert "Ngắn." in page
    assert page.count("do người giữ kho lưu trữ gộp vào") == 2
    assert "cùng chữ" not in page, "their texts are others"
    assert 'href="../cau/"' in made.output("2020/08/05/cho/index.html")
    rows = {row["path"]: row for row in made.run("list", "--json").lines}
    assert rows["content/a.md"]["reason"] == "dedupe.yaml"
    told = made.run("explain", "content/b.md").out
    assert "stands for content/a.md too" in told
    assert "keeps the text" not in told
    assert "the page of content/b.md stands for it" in made.run("explain", "content/a.md").out


def test_a_canonical_goes_before_the_first_named_and_so_does_a_text_that_may_be_seen(site) -> None:
    rules = {"dedupe.yaml": "same:\n  - [b.md, a.md]\n"}
    b = article("Cầu", body="Ngắn.", canonical="a.md")
    assert list(clusters(site({"a.md": article("Chợ"), "b.md": b, **rules}))) == ["a.md"]
    b = article("Cầu", body="Ngắn.", access="record")
    made = site({"a.md": article("Chợ"), "b.md": b, **rules}, "kho")
    assert list(clusters(made)) == ["a.md"]


def test_who_repeats_a_named_article_goes_with_it(site) -> None:
    """x repeats b, from before it; z repeats nobody who is named."""
    other = LONG.replace("chợ", "cầu")
    made = site(
        {
            "a.md": article("Chợ"),
            "b.md": article("Cầu", "2020-08-06", other),
            "x.md": article("Cầu", "2020-08-04", other),
            "z.md": article("Cầu", "2021-08-04", other),
            "dedupe.yaml": "same:\n  - [a.md, b.md]\n",
        }
    )
    assert clusters(made) == {"a.md": [("x.md", "repeat"), ("b.md", "dedupe.yaml")]}


def test_different_parts_what_is_alike(site) -> None:
    files = {f"{n}.md": article("Chợ", f"2020-08-05T0{h}:00") for h, n in enumerate("abcd", 1)}
    made = site({**files, "dedupe.yaml": "different:\n  - [c.md, a.md]\n"})
    assert clusters(made) == {"a.md": [("b.md", "repeat"), ("d.md", "repeat")]}
    made.write("dedupe.yaml", "different:\n  - [a.md, b.md, c.md]\n")
    assert clusters(made) == {"a.md": [("d.md", "repeat")]}


def test_different_parts_from_a_group_too(site) -> None:
    files = {n: article("Chợ", f"2020-08-05T0{h}:00") for h, n in enumerate(("a.md", "b.md"), 1)}
    rules = "same:\n  - [a.md, z.md]\ndifferent:\n  - [z.md, b.md]\n"
    made = site({**files, "z.md": article("Khác", body="Khác."), "dedupe.yaml": rules})
    assert clusters(made) == {"a.md": [("z.md", "dedupe.yaml")]}


def test_a_rule_waits_for_a_draft_and_never_stops_a_build(site) -> None:
    files = {"a.md": article("Chợ"), "b.md": article("Cầu", body="Ngắn.", draft="true")}
    made = site({**files, "dedupe.yaml": "same:\n  - [b.md, a.md]\n"})
    result = made.build()
    assert (result.code, result.codes, result.json["copies"]) == (0, ["base-url-missing"], 0)
    assert made.build("--drafts").json["copies"] == 1


STEPS = (
    "same:\n  - [a.md, b.md]\n",
    "same:\n  - [b.md, a.md]\n",
    "different:\n  - [c.md, d.md]\n",
    "",
    "same:\n  - [a.md, b.md]\n  - [c.md, a.md]\n",
    None,
)


def test_every_edit_of_dedupe_yaml_counts_and_deletion_restores(site, tmp_path) -> None:
    made = site(
        {
            "a.md": article("Chợ", body="Một chuyện."),
            "b.md": article("Cầu", body="Chuyện khác."),
            "c.md": article("Đò"),
            "d.md": article("Đò", "2020-08-06"),
        }
    )
    made.build()
    before, seen = made.files(), set()
    for number, text in enumerate(STEPS):
        place = made.root / "dedupe.yaml"
        place.unlink(missing_ok=True)
        if text is not None:
            made.write("dedupe.yaml", text)
        made.build()
        clean = Site(tmp_path / f"clean{number}")
        shutil.copytree(made.root, clean.root, ignore=shutil.ignore_patterns("build", ".bimson"))
        clean.build()
        assert made.files() == clean.files(), text
        seen.add(str(clusters(made)))
    assert made.files() == before
    assert len(seen) == 5, "each text but the empty one has an effect of its own"


def test_duplicates_say_where_copies_differ(site) -> None:
    made = site(
        {
            "a.md": article("=Chợ", author="Mai Liên", tags="[chợ]", source="Báo Một"),
            "b.md": article('"Chợ, phiên"', "2020-08-06", source="Báo Một"),
        }
    )
    assert made.run("duplicates").out == (
        "content/a.md\n"
        "  = content/b.md  (repeat)\n"
        '      its title is "Chợ, phiên", not "=Chợ"\n'
        "      its byline is nobody, not Mai Liên\n"
        "      its date is 2020-08-06, not 2020-08-05\n"
    )
    (cluster,) = made.run("duplicates", "--json").json
    assert cluster["differences"][0] == {
        "path": "content/b.md",
        "field": "title",
        "here": "Chợ, phiên",
        "there": "=Chợ",
    }
    table = made.run("duplicates", "--csv").out
    assert table[0] == "\ufeff"
    head, *rows = csv.reader(io.StringIO(table[1:]))
    assert head == ["keeper", "path", "status", "url", "published", "title", "source", "reason"]
    a, b = "content/a.md", "content/b.md"
    assert rows == [
        [a, a, "page", "/2020/08/05/cho/", "2020-08-05", "'=Chợ", "Báo Một", ""],
        [a, b, "copy", "/2020/08/06/cho-phien/", "2020-08-06", "Chợ, phiên", "Báo Một", "repeat"],
    ]
    assert made.run("duplicates", "--csv", "--json").code == 2
