"""places.yaml: what pages say of places that are no more, who is drawn again, what search finds."""

from __future__ import annotations

import pytest

from bimson_site.finding import find
from bimson_site.pipeline import gazetteer
from conftest import Site, article

PLACES = """\
thị xã Bến Đò:
  now: phường Bến Đò, tỉnh Sông Núi
  since: 2025-07-01
  note: Nhập với xã Chợ Hạ.
huyện Cầu Phao: xã Cầu Phao
huyện Không Ai Nhắc: xã Khác
"""


def made(site, places: str = PLACES, **more: str) -> Site:
    return site(
        {
            "a.md": article("Chợ phiên", body="Chợ ở Thị xã Bến Đò và huyện Cầu Phao.\n", **more),
            "b.md": article("Cầu", "2020-08-06", body="Cầu ở phường Bến Đò.\n"),
        }
    ).write("places.yaml", places)


def page(built: Site) -> str:
    return built.output("2020/08/05/cho-phien/index.html")


def test_a_page_says_what_has_become_of_the_places_that_its_article_mentions(site) -> None:
    built = made(site)
    built.write("bimson.yaml", "language: en\n").build()
    told = "Thị xã Bến Đò: phường Bến Đò, tỉnh Sông Núi since Jul 1, 2025. Nhập với xã Chợ Hạ."
    assert f"<li>{told}</li>" in page(built)
    assert "<li>Huyện Cầu Phao: now xã Cầu Phao</li>" in page(built)
    assert "Không Ai" not in page(built)
    assert "Places" not in built.output("2020/08/06/cau/index.html")
    built.write("bimson.yaml", "").build()
    assert "Thị xã Bến Đò: từ 1/7/2025 là phường Bến Đò, tỉnh Sông Núi" in page(built)


@pytest.mark.parametrize(("access", "said"), [("full", 2), ("summary", 1), ("record", 0)])
def test_nothing_is_told_of_words_that_readers_may_not_see(site, access, said) -> None:
    built = made(site, access=access, summary="Tin huyện Cầu Phao.")
    built.build()
    assert page(built).count("Huyện Cầu Phao:") == (said > 0)
    assert page(built).count("Thị xã Bến Đò:") == (said > 1)


def test_a_change_draws_anew_the_pages_that_mention_the_place_and_the_entry_of_search(site) -> None:
    built = made(site)
    built.build()
    before = built.files()
    for places in (
        PLACES.replace("Chợ Hạ", "Chợ Thượng"),
        PLACES.replace("2025", "2024"),
        PLACES + "xã Mới Thêm: xã Nào\n",
        "huyện Cầu Phao: xã Cầu Phao\n",
    ):
        built.write("places.yaml", places).build()
        after = built.files()
        changed = {path for path in after if after[path] != before.get(path)}
        mentions = set() if "Mới Thêm" in places else {"2020/08/05/cho-phien/index.html"}
        assert changed - {"search/index.json"} == mentions
        assert after.keys() == before.keys()
        built.write("places.yaml", PLACES).build()
        assert built.files() == before


def test_search_finds_the_old_name_by_the_new_one_and_the_new_by_the_old(site) -> None:
    built = made(site)
    built.build()
    both = {"/2020/08/05/cho-phien/", "/2020/08/06/cau/"}
    for words in ("thi xa ben do", "Phường Bến Đò"):
        assert {each.url for each in find(built.root / "build", words, 20).results} == both
    (built.root / "places.yaml").unlink()
    built.build()
    found = find(built.root / "build", "thị xã bến đò", 20).results
    assert found[0].url == "/2020/08/05/cho-phien/"


def test_places_that_became_one_are_not_taken_for_each_other() -> None:
    places, problems = gazetteer.read("xã A: xã C, tỉnh D\nxã B: xã C\nxã C: xã C\n", "UTC")
    assert problems == ()
    assert gazetteer.synonyms(places) == {
        "xã A": ("xã C",),
        "xã B": ("xã C",),
        "xã C": ("xã A", "xã B"),
    }


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("xã A: [b]\n", 1, 7, "the name that the place has now should stand here"),
        ("xã A:\n", 1, 6, "the name that the place has now should stand here"),
        ("xã A: {since: 2025}\n", 1, 1, "it does not say what the place is now"),
        ("xã A: {now: b, since: mai}\n", 1, 23, "a date such as 2025-07-01 should stand here"),
        ("xã A: {now: b, note: [c]}\n", 1, 22, "a text should stand here"),
        ("xã A: {now: b, old: c}\n", 1, 16, "only now:, since: and note: may stand here"),
        ("xã A: b\nXã  a: c\n", 2, 1, "this place stands twice"),
        ("'…': b\n", 1, 1, "the name of a place should stand here"),
        ("- a\n", 1, 1, "a list where fields should be"),
    ],
)
def test_what_is_wrong_is_left_out_and_told_with_its_place(text, line, column, reason) -> None:
    places, (problem,) = gazetteer.read(text + "" * 2, "UTC")
    assert len(places) == text.count("\n") - 1
    assert problem.code == "places-invalid"
    assert (problem.where.line, problem.where.column) == (line, column)
    assert dict(problem.values) == {"reason": reason}


def test_a_file_that_is_no_text_is_a_warning_and_the_site_is_built(site) -> None:
    built = made(site)
    result = built.write("places.yaml", b"x: y\n\xff\n").build()
    assert result.code == 0
    assert "places-invalid" in result.codes
    assert "<dt>Địa danh</dt>" not in page(built)
