"""What is found in a built site, and what is not; which files an edit touches."""

from __future__ import annotations

import json
import shutil

import pytest

from bimson_site.finding import find
from conftest import LONG, Site, article, run

SECRET = "Con đò chở mười ba thùng sách cổ qua bến Vọng. "


def found(made: Site, words: str) -> list[str]:
    return [each.url for each in find(made.root / "build", words, 20).results]


def test_an_article_is_found_by_syllables_without_marks(site) -> None:
    made = site({"a.md": article("Đảng viên trẻ ở Đà Nẵng"), "b.md": article("Cầu", "2019-01-02")})
    made.build()
    for words in ("dang vien", "ĐẢNG  viên!", "da nang", "Đà Nẵng", "đa nẵng"):
        assert found(made, words) == ["/2020/08/05/dang-vien-tre-o-da-nang/"]


def test_common_words_that_stand_apart_are_found_in_titles(site) -> None:
    made = site({"a.md": article("Dân bàn, nhà nước biết"), "b.md": article("Cầu", "2019-01-02")})
    made.build()
    assert found(made, "ban biet") == found(made, "biet dan nuoc")
    assert found(made, "ban biet") == ["/2020/08/05/dan-ban-nha-nuoc-biet/"]


def test_exact_marks_come_first(site) -> None:
    titles = ("Dương Phương", "Đường phượng", "Duong Phuong", "Đường Phượng mới", "Đường phương")
    made = site(
        {
            f"{n}.md": article(t, f"20{20 - n}-01-0{n + 1}", f"Tin {n}.")
            for n, t in enumerate(titles)
        }
    )
    made.build()
    urls = found(made, "đường phượng")
    assert [url.rsplit("/", 2)[1] for url in urls[:2]] == ["duong-phuong", "duong-phuong-moi"]
    assert len(urls) == len(titles)
    assert {url[1:5] for url in urls[:2]} == {"2019", "2017"}


@pytest.mark.parametrize(
    ("more", "options"),
    [
        ({"draft": "true"}, ()),
        ({"noindex": "true"}, ()),
        ({"access": "hidden"}, ()),
        ({"access": "record"}, ()),
        ({"access": "summary"}, ()),
        ({"embargo_until": "2040-01-01"}, ()),
        ({"kind": "page"}, ()),
    ],
    ids=str,
)
def test_what_readers_may_not_see_is_not_found(site, more, options) -> None:
    made = site({"a.md": article("Chuyện", body=SECRET + LONG, **more), "b.md": article("Cầu")})
    made.build(*options)
    assert found(made, "thùng sách cổ") == []
    data = b"".join(data for name, data in made.files().items() if name.startswith("search/"))
    assert "thùng sách".encode() not in data


def test_of_an_article_with_limited_access_is_found_what_its_page_shows(site) -> None:
    more = {"access": "summary", "summary": "Lời tóm lược ngắn."}
    made = site(
        {
            "a.md": article("Chuyện kín", body=SECRET, **more),
            "b.md": article(
                "Hồ sơ", "2020-08-06", body=SECRET, access="record", summary="Lời dặn."
            ),
        }
    )
    made.build()
    assert found(made, "tóm lược") == ["/2020/08/05/chuyen-kin/"]
    assert found(made, "chuyen kin") == ["/2020/08/05/chuyen-kin/"]
    assert found(made, "ho so") == ["/2020/08/06/ho-so/"]
    assert found(made, '"loi dan"') == []


def test_an_article_is_found_at_its_address_alone(site) -> None:
    made = site({"a.md": article("Cầu tre", aliases="/cu/cau.html"), "b.md": article("Đò")})
    made.build()
    assert "cu/cau.html" in made.files()
    assert found(made, "cau tre") == ["/2020/08/05/cau-tre/"]
    (made.root / "content/a.md").unlink()
    made.build()
    assert "2020/08/05/cau-tre/index.html" in made.files()  # a tombstone
    assert found(made, "cau tre") == found(made, "cau") == []


def test_a_copy_is_found_through_the_article_that_has_the_page(site) -> None:
    long = SECRET + LONG * 4
    made = site(
        {
            "a.md": article("Đò ngang bến Vọng", "2020-08-05T08:00", long, source="Báo Một"),
            "b.md": article("Chuyến đò cuối", "2020-08-05T09:00", long, source="Báo Hai"),
        }
    )
    made.build()
    assert found(made, "chuyen do cuoi") == found(made, "thung sach co")
    assert len(found(made, "thung sach co")) == 1


def test_phrases_stand_together(site) -> None:
    made = site(
        {
            "a.md": article("Một", body="Ở thị xã Bỉm Sơn hôm nay."),
            "b.md": article("Hai", "2020-08-06", body="Thị xã Bỉm. Xã bỉm sơn hà."),
        }
    )
    made.build()
    assert found(made, '"xa bim son ha"') == ["/2020/08/06/hai/"]
    assert found(made, '"thi xa bim son"') == ["/2020/08/05/mot/"]
    assert len(found(made, "thi xa bim son")) == 2


def test_a_new_article_leaves_the_closed_years_as_they_are(site) -> None:
    made = site({f"{n}.md": article(f"Tin {n}", f"20{10 + n}-01-02") for n in range(9)})
    made.build()
    before = {n: d for n, d in made.files().items() if n.startswith("search/")}
    older, newest = (s["folder"] for s in json.loads(before["search/index.json"])["segments"])
    made.write("content/moi.md", article("Tin mới", "2018-12-30"))
    made.build()
    after = {n: d for n, d in made.files().items() if n.startswith("search/")}
    kept = {name for name in before if after.get(name) == before[name]}
    assert {name for name in before if f"/{older}/" in name} <= kept
    assert not [name for name in after if f"/{newest}/" in name]
    assert found(made, "tin moi") == ["/2018/12/30/tin-moi/"]


def common(made: Site) -> str:
    return json.loads(made.output("search/index.json"))["common"]


def test_words_of_many_titles_are_common_in_any_language(site) -> None:
    titles = {n: f"The Đò, the bến {n}" for n in range(1, 9)}
    made = site({f"{n}.md": article(t, f"2020-01-0{n}", f"Tin {n}.") for n, t in titles.items()})
    made.build()
    assert common(made) == "ben do the"
    made.write("content/9.md", article("Over the rope", "2021-01-09", "Tin 9."))
    made.build()
    assert common(made) == "the ben do"
    warm = made.files()
    shutil.rmtree(made.root / ".bimson")
    made.build()
    assert made.files() == warm


def test_in_a_handful_of_articles_no_word_is_common(site) -> None:
    titles = {n: f"Bến đò số {n}" for n in range(1, 8)}
    made = site({f"{n}.md": article(t, f"2020-01-0{n}", f"Tin {n}.") for n, t in titles.items()})
    made.build()
    assert common(made) == ""


def test_what_is_removed_is_in_no_file_of_the_index(site) -> None:
    made = site({"a.md": article("Một", body=SECRET), "b.md": article("Hai", "2020-08-06")})
    made.build()
    assert found(made, "thung sach")
    (made.root / "content/a.md").unlink()
    made.build()
    assert found(made, "thung sach") == []


def test_a_site_can_be_without(site) -> None:
    made = site({"a.md": article("Một"), "bimson.yaml": "search: false\n"})
    made.build()
    assert not [name for name in made.files() if name.startswith("search/")]
    assert "slash.js" not in made.output("index.html")
    result = run("search", "mot", "--site", str(made.root), "--lang", "en")
    assert (result.code, "there is no search index" in result.err) == (2, True)


def test_the_command_says_what_it_finds(site) -> None:
    made = site({"a.md": article("Chợ phiên", author="Mai Liên", section="Tin")})
    made.build()
    told = run("search", "cho", "phien", "--site", str(made.root), "--lang", "en")
    assert told.out == "5/8/2020  Chợ phiên  /2020/08/05/cho-phien/\n"
    assert told.err == "1 article found.\n"
    asked = run("search", '"chợ phiên"', "--json", "--site", str(made.root))
    assert json.loads(asked.out) == {
        "url": "/2020/08/05/cho-phien/",
        "title": "Chợ phiên",
        "date": "5/8/2020",
        "section": "Tin",
        "authors": ["Mai Liên"],
    }
    assert run("search", "khong co", "--site", str(made.root)).out == ""


def test_the_command_says_where_it_does_not_know_how_many_there_are(site) -> None:
    bodies = {n: f"Tin {n}: thị xã Bỉm Sơn." for n in range(2, 22)} | {1: "Bỉm Sơn, bên xã Bỉm."}
    made = site({f"{n}.md": article(f"Bài {n}", f"20{n:02}-01-02", t) for n, t in bodies.items()})
    made.build()
    told = run("search", '"xa bim son"', "--site", str(made.root), "--lang", "en")
    assert told.err.startswith("21 articles found at most: the words in quotation marks")
    told = run("search", '"son ben xa"', "--site", str(made.root), "--lang", "en")
    assert told.err == "1 article found.\n"


def test_any_number_of_processes_makes_the_same_index(tmp_path) -> None:
    made = []
    for jobs in ("1", "3"):
        each = Site(tmp_path / jobs)
        for number in range(60):
            each.write(
                f"content/{number}.md", article(f"Tin {number}", "2020-08-05", f"{number} " + LONG)
            )
        each.build("--jobs", jobs)
        made.append({n: d for n, d in each.files().items() if n.startswith("search/")})
    assert made[0] == made[1]
