"""What a build makes of a site, seen from outside: pages, lists, reports, exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import LONG, article, pixels, run, tree

TITLE = "Chợ phiên họp lại"
PAGE = "2020/08/05/cho-phien-hop-lai/index.html"


def words(html: str) -> str:
    """The visible text of a page, roughly: tags gone, white space folded."""
    text = re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(text.split())


def test_a_repeated_article_is_one_page_that_names_its_copy(site) -> None:
    made = site(
        {
            "a.md": article(TITLE, "2020-08-05T07:00", author="Mai Liên"),
            "b.md": article(TITLE, "2020-08-05T09:30", author="Mai Liên"),
        }
    )
    result = made.build()
    assert (result.code, result.json["articles"], result.json["copies"]) == (0, 1, 1)
    assert "09:30" in words(made.output(PAGE))
    for page in ("2020/08/05", "2020/08", "authors/mai-lien"):
        assert "cho-phien-hop-lai/" in made.output(f"{page}/index.html"), page
    assert 'href="08/"' in made.output("2020/index.html")


def test_the_report_is_the_contract(site) -> None:
    result = site({"a.md": article(TITLE)}).build()
    report = result.json
    names = [
        "articles",
        "pages",
        "written",
        "kept",
        "deleted",
        "copies",
        "held_back",
        "seconds",
        "problems",
    ]
    assert set(names) <= set(report)
    assert report["written"] > 0 == report["kept"] == report["deleted"]
    (problem,) = report["problems"]
    assert set(problem) >= {"code", "path", "line", "column", "message", "hint", "severity"}
    assert (problem["code"], problem["severity"]) == ("base-url-missing", "warning")


def test_a_second_build_writes_nothing_and_a_damaged_file_comes_back(site) -> None:
    made = site({"a.md": article(TITLE)})
    first = made.build().json
    before = made.files()
    second = made.build().json
    assert (second["written"], second["kept"]) == (0, first["written"])
    (made.root / "build" / PAGE).write_text("hỏng")
    (made.root / "build/feed.xml").unlink()
    assert made.build().json["written"] == 2
    assert made.files() == before


def test_a_deleted_article_leaves_the_output_and_dot_names_stay(site) -> None:
    made = site({"a.md": article(TITLE), "b.md": article("Cầu mới", "2021-01-02", LONG + "Cầu.")})
    made.build()
    made.write("build/.git/HEAD", "ref").write("build/rieng/tep.txt", "của tôi")
    (made.root / "content/b.md").unlink()
    assert made.build().json["deleted"] >= 3
    names = set(made.files())
    assert {n for n in names if n.startswith(("2021", "rieng"))} == {
        "2021/01/02/cau-moi/index.html"
    }
    assert 'content="noindex"' in made.output("2021/01/02/cau-moi/index.html")
    assert ".git/HEAD" in names


@pytest.mark.parametrize(
    ("timestamp", "url"),
    [
        ("2020-08-05T11:43:20", "/2020/08/05/tin/"),
        ("2020-08-05", "/2020/08/05/tin/"),
        ("2020-08", "/2020/08/tin/"),
        ("2020", "/2020/tin/"),
        ("~1998", "/1998/tin/"),
        ("", "/undated/tin/"),
        ("2020-08-05T20:00:00Z", "/2020/08/06/tin/"),
        ('"Đăng lúc: 05/08/2020 11:43:20 (GMT+7)"', "/2020/08/05/tin/"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(site, timestamp: str, url: str) -> None:
    made = site({"tin.md": article("Tin", timestamp)})
    assert made.build().code == 0
    (row,) = made.run("list", "--json").lines
    assert row == {
        "path": "content/tin.md",
        "status": "page",
        "url": url,
        "keeper": None,
        "reason": None,
    }
    assert (made.root / "build" / url[1:] / "index.html").is_file()


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("content/2020-08-05-cho-phien.md", "/2020/08/05/cho-phien/"),
        ("content/2020/08/05/cho-phien.md", "/2020/08/05/cho-phien/"),
        ("content/2020/08/cho-phien.markdown", "/2020/08/cho-phien/"),
        ("content/tin/2020-8-5-cho-phien/index.md", "/2020/08/05/cho-phien/"),
    ],
)
def test_a_missing_date_is_in_the_name(site, path: str, url: str) -> None:
    made = site({path: "---\nlayout: post\n---\nMột đoạn.\n"})
    made.build()
    (row,) = made.run("list", "--json").lines
    assert (row["status"], row["url"]) == ("page", url)


def test_list_names_every_file_and_what_became_of_it(site) -> None:
    made = site(
        {
            "a.md": article(TITLE),
            "b.md": article(TITLE, slug="ban-khac"),
            "nhap.md": article("Nháp", draft="true"),
            "mai.md": article("Ngày mai", "2999-01-01"),
            "hong.md": article("Hỏng", "17/05/04"),
            "kin.md": article("Kín", access="hidden"),
            ".khoa.md": article("Khóa"),
            "ghi-chu.txt": "Ghi chú",
            "gioi-thieu.md": "---\ntitle: Giới thiệu\nkind: page\n---\nKho.\n",
        }
    )
    rows = {row["path"].removeprefix("content/"): row for row in made.run("list", "--json").lines}
    statuses = {path: row["status"] for path, row in rows.items()}
    assert statuses == {
        "a.md": "page",
        "b.md": "copy",
        "nhap.md": "draft",
        "mai.md": "held_back",
        "hong.md": "set_aside",
        "kin.md": "set_aside",
        ".khoa.md": "set_aside",
        "ghi-chu.txt": "set_aside",
        "gioi-thieu.md": "page",
    }
    assert rows["b.md"]["keeper"] == "content/a.md"
    assert rows["b.md"]["url"] == "/2020/08/05/ban-khac/"
    assert rows["gioi-thieu.md"]["url"] == "/gioi-thieu/"
    assert rows["mai.md"]["reason"] == "2999-01-01T00:00:00+07:00"
    assert "timestamp-unreadable" in rows["hong.md"]["reason"]
    assert all(rows[p]["url"] is None for p, s in statuses.items() if s not in {"page", "copy"})


def test_a_copy_with_an_address_of_its_own_redirects(site) -> None:
    made = site({"a.md": article(TITLE), "b.md": article(TITLE, slug="ban-khac")})
    made.build()
    page = made.output("2020/08/05/ban-khac/index.html")
    assert '<meta http-equiv="refresh" content="0; url=../cho-phien-hop-lai/">' in page
    assert 'href="../cho-phien-hop-lai/"' in page
    assert "noindex" in page


def test_the_future_is_held_back_until_its_moment(site) -> None:
    made = site({"a.md": article(TITLE, "2030-01-01T08:00")})
    held = made.build().json
    assert (held["articles"], held["held_back"]) == (0, 1)
    assert held["held"] == [{"path": "content/a.md", "until": "2030-01-01T08:00:00+07:00"}]
    assert "2030-01-01T08:00:00+07:00" in made.run("build").err
    assert made.build("--as-of", "2030-01-01T07:59").json["articles"] == 0
    assert made.build("--as-of", "2030-01-01T08:00").json["articles"] == 1
    assert made.build("--future").json["articles"] == 1


def test_an_embargo_holds_back_and_a_draft_waits_for_its_word(site) -> None:
    made = site(
        {
            "a.md": article(TITLE, embargo_until="2031-01-01"),
            "b.md": article("Nháp", draft="true"),
            "content/_drafts/c.md": article("Nháp hai"),
            "d.md": article("Nháp ba", published="false"),
        }
    )
    assert made.build().json["articles"] == 0
    everything = made.build("--future", "--drafts").json
    assert everything["articles"] + everything["copies"] == 4
    drafts = made.build("--drafts").json
    assert (drafts["articles"] + drafts["copies"], drafts["held_back"]) == (3, 1)


def test_a_record_of_another_source_stands_in_its_own_lists(site) -> None:
    made = site(
        {
            "a.md": article(TITLE, "2020-08-05", author="Mai Liên", source="Báo Sông"),
            "b.md": article("Chợ phiên", "2020-08-06", author="Hà Vy", source="Báo Núi"),
        }
    )
    assert made.build().json["copies"] == 1
    for page in ("2020/08/06", "sources/bao-nui", "authors/ha-vy"):
        html = made.output(f"{page}/index.html")
        assert "2020/08/05/cho-phien" in html or "05/cho-phien" in html, page
        assert "Hà Vy" in words(html)
    assert "Hà Vy" not in words(made.output("sources/bao-song/index.html"))
    story = words(made.output(PAGE))
    assert "Báo Núi" in story
    assert "Hà Vy" in story


def test_authors_and_tags_of_copies_are_united_and_contradictions_named(site) -> None:
    made = site(
        {
            "a.md": article(TITLE, author="Mai Liên", tags="[chợ]"),
            "b.md": article(TITLE, author="Hà Vy", tags="[sông]"),
        }
    )
    assert "copies-disagree" in made.build().codes
    page = words(made.output(PAGE))
    for word in ("Mai Liên", "Hà Vy", "chợ", "sông"):
        assert word in page


def test_a_contradiction_is_told_where_it_stands_now(site) -> None:
    """Fields in another order: no page is another, but a line is."""
    made = site(
        {
            "a.md": article(TITLE, author="Mai Liên", tags="[chợ, sông, núi]"),
            "b.md": article(TITLE, author="Hà Vy"),
        }
    )

    def line() -> int:
        return next(
            p["line"] for p in made.build().json["problems"] if p["code"] == "copies-disagree"
        )

    line()
    made.write("content/c.md", article("Khác hẳn", body="Một chuyện khác."))
    before = line()  # by now it is known who had a page
    head, title, *others = (made.root / "content/b.md").read_text().split("\n", 4)
    assert others[1].startswith("author")
    made.write("content/b.md", "\n".join([head, others[1], others[0], title, others[2]]))
    assert line() == before - 2


def test_no_article_is_folded_by_an_empty_body(site) -> None:
    made = site({"a.md": article("Ảnh", body=""), "b.md": article("Ảnh", body="")})
    assert made.build().json["copies"] == 0


def test_duplicates_names_keeper_and_copies(site) -> None:
    made = site(
        {
            "a.md": article(TITLE),
            "b.md": article(TITLE, author="Mai Liên", section="Tin"),
            "c.md": article(TITLE, canonical="content/a.md"),
        }
    )
    (cluster,) = made.run("duplicates", "--json").json
    assert cluster["keeper"] == "content/a.md"  # the word of a person goes before completeness
    assert [c["path"] for c in cluster["copies"]] == ["content/b.md", "content/c.md"]
    assert all(c["reason"] for c in cluster["copies"])


def test_two_articles_with_one_title_on_one_day_get_calm_suffixes(site) -> None:
    made = site(
        {
            "a.md": article("Tin", "2020-08-05T07:00", "Chuyện thứ nhất."),
            "b.md": article("Tin", "2020-08-05T08:00", "Chuyện thứ hai."),
            "c.md": article("Tin 2", "2020-08-05T09:00", "Chuyện thứ ba."),
        }
    )
    urls = {row["path"][-4]: row["url"] for row in made.run("list", "--json").lines}
    assert urls == {
        "a": "/2020/08/05/tin/",
        "b": "/2020/08/05/tin-3/",
        "c": "/2020/08/05/tin-2/",
    }


def test_files_beside_articles_are_published_beside_their_pages(site) -> None:
    made = site(
        {
            "content/mot/a.md": article("Một", body="![Chợ](anh.jpg)\n\n[PDF](Tài%20liệu.PDF)"),
            "content/hai/b.md": article("Hai", body="![Cầu](./anh.jpg) [bài kia](../mot/a.md)"),
            "content/mot/anh.jpg": pixels(1),
            "content/hai/anh.jpg": pixels(2),
            "content/mot/Tài liệu.PDF": b"pdf",
        }
    )
    result = made.build()
    assert result.codes == ["base-url-missing"]
    files = made.files()
    assert files["2020/08/05/mot/anh.jpg"] == pixels(1)
    assert files["2020/08/05/hai/anh.jpg"] == pixels(2)
    assert files["2020/08/05/mot/tai-lieu.pdf"] == b"pdf"
    assert 'href="tai-lieu.pdf"' in made.output("2020/08/05/mot/index.html")
    assert 'href="../mot/"' in made.output("2020/08/05/hai/index.html")


def test_old_addresses_lead_to_the_article(site) -> None:
    made = site(
        {
            "a.md": article(
                TITLE, aliases="[/tin/cu.html, tin/xua/, https://khac.example/x]", permalink="/p/7"
            )
        }
    )
    assert made.build().code == 0
    for path, target in (
        ("tin/cu.html", "../2020/08/05/cho-phien-hop-lai/"),
        ("tin/xua/index.html", "../../2020/08/05/cho-phien-hop-lai/"),
        ("p/7/index.html", "../../2020/08/05/cho-phien-hop-lai/"),
    ):
        assert f'content="0; url={target}"' in made.output(path)


def test_a_file_of_the_site_replaces_one_of_the_theme(site) -> None:
    made = site(
        {
            "a.md": article(TITLE),
            "static/style.css": "body { color: black }",
            "static/robots.txt": "User-agent: *\nDisallow: /\n",
            "templates/404.html": "Không có {{ site.title }}\n",
        }
    )
    assert made.build().codes == ["base-url-missing"]
    assert made.output("style.css") == "body { color: black }"
    assert made.output("robots.txt").endswith("Disallow: /\n")
    assert made.output("404.html") == "Không có Lưu trữ\n"


def test_content_is_never_a_template_and_templates_run_in_a_sandbox(site) -> None:
    made = site({"a.md": article(TITLE, body="{{ site.title }} {% for %} <b>&</b>")})
    assert made.build().code == 0
    assert "{{ site.title }} {% for %}" in words(made.output(PAGE))
    made.write("templates/404.html", "{{ ''.__class__.__mro__ }}")
    result = made.build()
    assert (result.code, result.codes) == (2, ["template-failed"])


@pytest.mark.parametrize(
    ("body", "gone", "stays"),
    [
        ("<script>alert(1)</script>Chữ.", "alert", "Chữ."),
        ('<img src=x onerror="alert(1)">Chữ.', "onerror", "Chữ."),
        ("[Chữ](javascript:alert\\(1\\))", 'href="javascript', "Chữ"),
        ('<a href="jav&#x09;ascript:alert(1)">Chữ</a>', "ascript:", "Chữ"),
        ('<iframe src="https://phim.example/v/7"></iframe>', "<iframe", "https://phim.example/v/7"),
    ],
)
def test_html_in_bodies_is_made_harmless(site, body: str, gone: str, stays: str) -> None:
    made = site({"a.md": article(TITLE, body=body)})
    assert made.build().code == 0
    assert gone not in made.output(PAGE)
    assert stays in made.output(PAGE)


def test_a_title_cannot_break_out_of_anything(site) -> None:
    made = site({"a.md": article('"</title></script><script>alert(1)</script>&\u2028"')})
    assert made.build().code == 0
    for name, data in made.files().items():
        assert b"<script>alert" not in data, name


def test_without_base_url_nothing_is_absolute_and_ids_are_uuids(site) -> None:
    made = site({"a.md": article(TITLE)})
    made.build()
    names = made.files()
    assert "sitemap.xml" not in names
    for name, data in names.items():
        links = re.findall(rb'(?:href|src)="(https?:[^"]*)"', data)
        outside = [x for x in links if not x.startswith(b"http://www.w3.org/")]
        assert outside == [], name
    assert re.search(r"<id>urn:uuid:[0-9a-f-]{14}5[0-9a-f-]{21}</id>", made.output("feed.xml"))


def test_with_a_base_url_there_is_a_sitemap_and_links_stay_relative(site) -> None:
    made = site(
        {"a.md": article(TITLE), "bimson.yaml": "base_url: https://kho.example/bao/\n"},
    )
    assert made.build().codes == []
    assert "https://kho.example/bao/sitemap.xml" in made.output("robots.txt")
    assert "https://kho.example/bao/sitemaps/2020-08.xml" in made.output("sitemap.xml")
    assert "<loc>https://kho.example/bao/2020/08/05/cho-phien-hop-lai/</loc>" in made.output(
        "sitemaps/2020-08.xml"
    )
    page = made.output(PAGE)
    assert '<link rel="canonical" href="https://kho.example/bao/2020/08/05/cho' in page
    assert 'href="../../../../"' in page  # home


def test_every_link_of_the_site_leads_somewhere(site) -> None:
    made = site(
        {
            "a.md": article(
                TITLE, tags="[chợ, Sông]", section="Tin tức/Kinh tế", author="Mai Liên"
            ),
            "b.md": article("Cầu", "2021-03", LONG + "b", section="Tin tức", source="Báo Sông"),
            "c.md": article("Núi", "~1998", LONG + "c"),
            "d.md": article("Đò", "", LONG + "d"),
            "gioi-thieu.md": "---\ntitle: Giới thiệu\nkind: page\n---\nKho [nhà](/).\n",
        }
    )
    made.build()
    files = made.files()
    for name, data in files.items():
        if not name.endswith(".html") or name == "404.html":
            continue
        for link in re.findall(rb'(?:href|src)="([^"#]*)', data):
            target = link.decode()
            if "://" in target or target.startswith(("mailto:", "data:")) or not target:
                continue
            place = (Path("/") / name).parent.joinpath(target).resolve()
            path = place.as_posix()[1:]
            assert path in files or f"{path}/index.html".lstrip("/") in files, (name, target)


def test_spellings_of_a_term_are_one_page_and_different_terms_are_two(site) -> None:
    made = site(
        {
            "a.md": article("A", body=LONG + "a", tags="[Thuỷ lợi, C++]", author="Hòa"),
            "b.md": article("B", body=LONG + "b", tags="[thủy  lợi, C]", author="Hóa"),
            "c.md": article("C", body=LONG + "c", tags="[thủy lợi]", author="Unknown"),
        }
    )
    made.build()
    names = set(made.files())
    assert {n for n in names if n.startswith("tags/")} == {
        "tags/index.html",
        "tags/thuy-loi/index.html",
        "tags/c/index.html",
        "tags/c-2/index.html",
    }
    assert "thủy lợi" in words(made.output("tags/thuy-loi/index.html"))
    assert {n for n in names if n.startswith("authors/")} == {
        "authors/index.html",
        "authors/hoa/index.html",
        "authors/hoa-2/index.html",
    }


def test_long_lists_are_cut_by_time(site) -> None:
    many = {
        f"{year}-{month:02d}-{day:02d}-bai.md": article(
            f"Bài {year} {month} {day}", "", f"Chuyện {year} {month} {day}.", tags="[chợ]"
        )
        for year in (2019, 2020)
        for month in (1, 2)
        for day in range(1, 9)
    }
    made = site({**many, "bimson.yaml": "lists: {term: 5, period: 10}\n"})
    made.build()
    pages = {n for n in made.files() if n.startswith("tags/cho/")}
    assert pages == {
        "tags/cho/index.html",
        *(f"tags/cho/{y}/{m}index.html" for y in (2019, 2020) for m in ("", "01/", "02/")),
    }


@pytest.mark.parametrize(
    ("access", "body", "summary"), [("summary", False, True), ("record", False, False)]
)
def test_what_readers_may_not_see_is_published_nowhere(site, access, body, summary) -> None:
    made = site(
        {
            "a.md": article(
                TITLE, body="Thân bài kín ![x](anh.jpg)", summary="Tóm tắt đây", access=access
            ),
            "anh.jpg": pixels(),
            "bimson.yaml": "base_url: https://kho.example\n",
        }
    )
    assert made.build().code == 0
    everything = b"".join(made.files().values()).decode(errors="replace")
    assert ("Thân bài kín" in everything) is body
    assert ("Tóm tắt đây" in everything) is summary
    assert not any(name.endswith(".jpg") for name in made.files())


def test_noindex_is_in_no_sitemap_and_no_feed(site) -> None:
    made = site(
        {"a.md": article(TITLE, noindex="true"), "bimson.yaml": "base_url: https://kho.example\n"}
    )
    made.build()
    assert "noindex" in made.output(PAGE)
    assert not any("cho-phien" in made.output(n) for n in made.files() if n.endswith(".xml"))


def test_other_keys_reach_templates_and_bodies_may_stand_in_front_matter(site) -> None:
    made = site(
        {
            "a.md": f"---\ntitle: {TITLE}\ndate: 2020-08-05\nmua: [xuân, hạ]\nbody: |\n  Thân *bài*.\n---\n",
            "templates/article.html": "{{ (article|extra).mua|join('+') }} {{ body }}",
        }
    )
    assert made.build().code == 0
    assert made.output(PAGE) == "xuân+hạ <p>Thân <em>bài</em>.</p>\n"


def test_a_hugo_bundle_with_toml_builds_as_it_is(site) -> None:
    made = site(
        {
            "content/posts/cho-phien/index.md": '+++\ntitle = "Chợ phiên"\ndate = 2020-08-05T07:00:00+07:00\n'
            'tags = ["chợ"]\ndraft = false\n+++\n![Chợ](anh.jpg)\n',
            "content/posts/cho-phien/anh.jpg": pixels(),
            "content/posts/_index.md": "---\ntitle: Bài\n---\nTất cả bài.\n",
        }
    )
    assert made.build().codes == ["base-url-missing"]
    assert "2020/08/05/cho-phien/anh.jpg" in made.files()
    assert "posts/index.html" in made.files()


def test_explain_walks_from_the_file_to_the_page(site) -> None:
    made = site({"a.md": article(TITLE), "b.md": article(TITLE)})
    made.build()
    for target in ("content/a.md", "a.md", "/2020/08/05/cho-phien-hop-lai/", f"build/{PAGE}"):
        result = made.run("explain", target)
        assert result.code == 0, target
        assert "content/a.md" in result.out
        assert "article.html" in result.out
    assert "content/a.md" in made.run("explain", "b.md").out
    made.write("content/a.md", article("Chợ phiên họp lại", body=LONG + " Thêm một câu."))
    made.build()
    assert "text" in made.run("explain", "a.md").out.splitlines()[-1]


def test_init_makes_a_site_that_builds_and_never_overwrites(tmp_path: Path) -> None:
    for language in ("vi", "en"):
        folder = tmp_path / language
        assert run("init", folder, "--lang", language).code == 0
        assert run("build", "--site", folder, "--strict").code == 0
        before = tree(folder)
        (folder / "bimson.yaml").write_text("title: Của tôi\n")
        assert run("init", folder, "--lang", language).code == 0
        assert (folder / "bimson.yaml").read_text() == "title: Của tôi\n"
        assert set(tree(folder)) == set(before)


def test_messages_follow_the_locale_and_lang_overrides_it(site) -> None:
    made = site({"a.md": article(TITLE, "17/05/04")})
    vietnamese = made.run("build", env={"LC_ALL": "vi_VN.UTF-8"})
    assert "không phải là" in vietnamese.err or "không" in vietnamese.err
    assert "is not a date" in made.run("build", "--lang", "en", env={"LC_ALL": "vi_VN.UTF-8"}).err
    assert "Cách dùng" in run("--help", "--lang", "vi").out
    assert "Usage" in run("--help").out


def test_results_go_to_stdout_and_messages_to_stderr_without_colour(site) -> None:
    result = site({"a.md": article(TITLE, "17/05/04")}).run("build")
    assert result.code == 1
    assert len(result.out.splitlines()) == 1
    assert "content/a.md:3:12: error[timestamp-unreadable]" in result.err
    assert "\x1b" not in result.out + result.err


def test_help_and_version_import_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from bimson_site.cli import run; run(['--help']); run(['--version']);"
        "print(sorted({'babel','jinja2','markdown_it','yaml','rich','nh3','sqlite3','importlib.resources'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_interrupting_leaves_the_old_site_and_no_traceback(site) -> None:
    import os
    import signal
    import subprocess
    import sys

    many = {f"2020-08-05-{n}.md": f"Chuyện số {n}. " + LONG for n in range(1_500)}
    made = site(many)
    command = [
        sys.executable,
        "-m",
        "bimson_site",
        "build",
        "--site",
        str(made.root),
        "--jobs",
        "2",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    stage = made.root / "build/.bimson-site/stage"
    while process.poll() is None and not (stage.is_dir() and any(stage.iterdir())):
        pass
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not made.files()
    assert made.build().code == 0


@pytest.mark.parametrize(
    ("reference", "published"),
    [
        ("/hinh/cho.png", True),
        ("/hinh/khong-co.png", False),
        ("{{ site.url }}/x.png", False),
        ("http://[loi", False),
        ("//khac.example/x.png", False),
    ],
)
def test_references_from_the_root_and_odd_ones(site, reference: str, published: bool) -> None:
    made = site(
        {"a.md": article(TITLE, body=f"![Chợ]({reference})"), "static/hinh/cho.png": pixels()}
    )
    assert made.build().code == 0
    assert ('src="../../../../hinh/cho.png"' in made.output(PAGE)) is published


def test_json_is_printed_in_every_exit_code(site) -> None:
    made = site({"a.md": article(TITLE)})
    made.write("bimson.yaml", "tittle: x\n")
    refused = made.build()
    assert (refused.code, refused.codes, refused.json["written"]) == (2, ["config-unknown-key"], 0)
    assert made.run("build", "--json", "--nope").json["problems"][0]["code"] == "usage"
    assert made.run("list", "--json").code == 2


def test_links_can_name_files_for_reading_without_a_server(site) -> None:
    made = site({"a.md": article(TITLE), "bimson.yaml": "links: explicit\n"})
    made.build()
    links = re.findall(r'href="([^"]*)"', made.output(PAGE))
    assert not [x for x in links if x.endswith("/")]


def test_menu_footer_and_featured_are_shown(site) -> None:
    made = site(
        {
            "a.md": article(TITLE),
            "b.md": article("Cầu", "2021-01-01", LONG + "b"),
            "gioi-thieu.md": "---\ntitle: Giới thiệu\nkind: page\n---\nKho.\n",
            "bimson.yaml": "menu:\n  - Về kho: gioi-thieu/\n  - {title: Ngoài, url: 'https://x.example'}\n"
            "footer: {keeper: Thư viện, contact: kho@x.example}\nfeatured: [a.md]\nclosed: 2025-06-30\n",
        }
    )
    made.build()
    home = made.output("index.html")
    for words_ in ('href="gioi-thieu/"', 'href="https://x.example"', "Thư viện", "kho@x.example"):
        assert words_ in home
    assert home.index("Chợ phiên") < home.index("Cầu")


@pytest.mark.parametrize(
    ("fields", "url", "old"),
    [
        ("permalink: /about-us/\nredirect_from: [/old-about/]", "/about-us/", "old-about"),
        ("aliases: [/cu/]\nurl: /moi/", "/moi/", "cu"),
        ("permalink: /lien-he.html", "/lien-he/", "lien-he.html"),
        ("permalink: /Có dấu/", "/co-dau/", "Có dấu"),
    ],
)
def test_an_ordinary_page_stands_where_it_asks_and_its_old_addresses_lead_there(
    site, fields: str, url: str, old: str
) -> None:
    made = site({"about.md": f"---\ntitle: Kho\nlayout: page\n{fields}\n---\nKho.\n"})
    assert made.build().code == 0
    assert [row["url"] for row in made.run("list", "--json").lines] == [url]
    moved = made.root / "build" / old
    assert "0; url=" in (moved / "index.html" if moved.is_dir() else moved).read_text()


def test_a_file_that_becomes_a_folder_and_back(site) -> None:
    made = site({"a.md": article(TITLE), "static/gt": "tệp"})
    made.build()
    (made.root / "static/gt").unlink()
    made.write("content/gt.md", "---\ntitle: Kho\nkind: page\n---\nKho.\n")
    assert made.build().code == 0
    assert "gt/index.html" in made.files()
    (made.root / "content/gt.md").unlink()
    made.write("static/gt", "tệp")
    assert made.build().code == 0
    assert made.files()["gt"] == "tệp".encode()
    assert made.build().json["written"] == 0


def test_a_build_does_not_write_through_links(site, tmp_path: Path) -> None:
    made = site({"a.md": article(TITLE)})
    made.build()
    before = made.files()
    outside = tmp_path / "ngoai"
    outside.mkdir()
    import shutil

    shutil.rmtree(made.root / "build/coverage")
    (made.root / "build/coverage").symlink_to(outside)
    made.build()
    assert not list(outside.iterdir())
    assert made.files() == before


def test_a_link_back_to_content_doubles_nothing(site) -> None:
    made = site({"a.md": article(TITLE)})
    (made.root / "content/vong").symlink_to(".")
    assert [row["path"] for row in made.run("list", "--json").lines] == ["content/a.md"]


def test_a_hugo_publish_date_holds_back_and_a_cover_is_a_picture(site) -> None:
    made = site(
        {
            "a.md": "---\ntitle: Tin\ndate: 2020-01-05\npublishDate: 2999-01-01\n---\nX.\n",
            "b.md": "---\ntitle: Bìa\ndate: 2020-01-05\ncover: {image: a.png, alt: Núi, caption: x}\n"
            "categories: [[Tech, Web]]\n---\nX.\n",
            "a.png": pixels(),
        }
    )
    result = made.build()
    assert (result.json["held_back"], result.codes) == (1, ["base-url-missing"])
    assert {"2020/01/05/bia/a.png", "sections/tech/index.html"} <= set(made.files())


def test_copies_of_one_other_source_are_one_record(site) -> None:
    made = site(
        {
            "a.md": article(
                TITLE, "2020-08-05", author="Mai Liên", source="Báo Sông", section="Tin"
            ),
            "b.md": article(TITLE, "2020-08-06", author="Hà Vy", source="Báo Núi"),
            "c.md": article(TITLE, "2020-08-06", author="Trần An", source="Báo Núi"),
        }
    )
    made.build()
    page = words(made.output("sources/bao-nui/index.html"))
    assert page.count(TITLE) == 1
    assert "Hà Vy, Trần An" in page


def test_aliases_on_our_own_files_are_said(site) -> None:
    made = site(
        {"a.md": article(TITLE, aliases="[/404.html, /feed.xml, /2020/index.html, /x/index.html]")}
    )
    assert made.build().codes == [
        "address-clash",
        "address-clash",
        "alias-invalid",
        "base-url-missing",
    ]
    assert "x/index.html" in made.files()


@pytest.mark.parametrize("word", ["false", "no", "off", "0", "không"])
def test_a_post_that_is_not_published_is_a_draft(site, word: str) -> None:
    made = site({"a.md": f"---\ntitle: Tin\ndate: 2020-01-02\npublished: {word}\n---\nX.\n"})
    assert [row["status"] for row in made.run("list", "--json").lines] == ["draft"]


def test_an_unreadable_publish_date_publishes_nothing(site) -> None:
    made = site({"a.md": "---\ntitle: Tin\ndate: 2020-01-02\npublishDate: soon\n---\nX.\n"})
    assert (made.build().code, made.build().json["articles"]) == (1, 0)


def test_no_canonical_hides_a_text_that_another_copy_shows(site) -> None:
    made = site(
        {
            "a.md": article(TITLE, canonical="content/b.md"),
            "b.md": article(TITLE, access="record"),
        }
    )
    made.build()
    assert "người bán người mua" in made.output(PAGE)


def test_pictures_that_only_a_copy_has_are_kept(site) -> None:
    made = site(
        {
            "a.md": article(TITLE, body=LONG + "\n\n![Chợ](a.jpg)", tags="[chợ]"),
            "b.md": article(
                TITLE,
                body=LONG + "\n\n![Chợ](b.jpg)",
                image="c.jpg",
                image_alt="Chợ",
                rights="Giữ.",
            ),
            "a.jpg": pixels(1),
            "b.jpg": pixels(2),
            "c.jpg": pixels(3),
        }
    )
    result = made.build()
    assert (result.json["copies"], result.codes) == (1, ["base-url-missing"])
    folder = "2020/08/05/cho-phien-hop-lai"
    assert {f"{folder}/{n}.jpg" for n in "abc"} <= set(made.files())
    assert 'href="a.jpg"' in made.output(PAGE)  # b says more about itself, so it keeps the page


def test_a_static_file_where_a_page_needs_its_folder(site) -> None:
    made = site({"a.md": article(TITLE), "static/2020/08/05/cho-phien-hop-lai": "tệp"})
    assert made.build().codes == ["base-url-missing"]
    (row,) = made.run("list", "--json").lines
    assert row["url"] == "/2020/08/05/cho-phien-hop-lai-2/"
    assert "2020/08/05/cho-phien-hop-lai-2/index.html" in made.files()


def test_no_two_entries_of_the_feed_have_one_id(site) -> None:
    made = site({"a.md": article("Một", id="q"), "b.md": article("Hai", body=LONG + "b", id="q")})
    made.build()
    ids = re.findall("<id>(.*?)</id>", made.output("feed.xml"))
    assert len(ids) == len(set(ids)) == 3


def test_links_to_folders_and_names_without_an_ending(site) -> None:
    made = site(
        {
            "content/b1/index.md": "---\ntitle: Một\ndate: 2020-08-05\n---\nX.\n",
            "content/b2/index.md": "---\ntitle: Hai\ndate: 2020-08-05\n---\n[a](../b1) [b](../c)\n",
            "content/c.md": "---\ntitle: Ba\ndate: 2020-08-05\n---\nY.\n",
        }
    )
    made.build()
    page = made.output("2020/08/05/hai/index.html")
    assert 'href="../mot/"' in page
    assert 'href="../ba/"' in page


def test_fronts_of_a_jekyll_site_are_pages(site) -> None:
    made = site(
        {
            "content/index.md": "---\nlayout: home\ntitle: Chào\n---\nX.\n",
            "content/tin/index.md": "---\nlayout: default\ntitle: Tin\n---\nX.\n",
        }
    )
    assert made.build().codes == ["base-url-missing"]
    urls = {row["url"] for row in made.run("list", "--json").lines}
    assert urls == {"/chao/", "/tin/"}


BAD_PLANS = {
    "Page('/../evil.txt', 'v', '')": "no address",
    "Page('nope', 'v', '')": "no address",
    "Page('/x/', 'nobody', '')": "nobody",
    "Page('/x/', 'v', {'a': 1})": "digest",
    "'not a page'": "not str",
    "Page('/x/', 'text', '')": "not str",
}


@pytest.mark.parametrize("page", BAD_PLANS)
def test_an_extension_is_told_what_it_does_wrong(site, page: str) -> None:
    code = (
        "from bimson_site.extension import Extension, Planner, View\n"
        "from bimson_site.model import Page, Whole\n"
        f"plan = lambda whole, masthead: [{page}]\n"
        "EXTENSION = Extension('x', (Planner('x', Whole, plan),),\n"
        "  (View('v', lambda *a: b'x'), View('text', lambda *a: 'x')))\n"
    )
    made = site(
        {"a.md": article(TITLE), "extensions/x.py": code, "bimson.yaml": "extensions: [x]\n"}
    )
    result = made.build()
    assert (result.code, result.codes) == (2, ["extension-failed"])
    assert BAD_PLANS[page] in result.json["problems"][0]["message"]
    assert not (made.root / "evil.txt").exists()


def test_lists_print_nothing_else_when_they_fail(site) -> None:
    made = site({"a.md": article(TITLE), "bimson.yaml": "tittle: x\n"})
    for command in ("list", "duplicates"):
        result = made.run(command, "--json")
        assert (result.code, result.out) == (2, "")
        assert "config-unknown-key" in result.err


def test_a_full_output_is_the_machine_not_the_content(site) -> None:
    import subprocess
    import sys

    made = site({"a.md": article(TITLE)})
    for command in ("build", "list"):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "bimson_site", command, "--json", "--site", made.root],
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
        assert done.returncode == 3, command
        assert b"Traceback" not in done.stderr


def test_explain_finds_an_output_file_from_elsewhere(site) -> None:
    made = site({"a.md": article(TITLE)})
    made.build()
    assert made.run("explain", str(made.root / "build" / PAGE)).code == 0


def test_a_link_to_a_heading_of_another_article(site) -> None:
    made = site(
        {
            "a.md": article("Một", body="[giá](b.md#giá-cả)"),
            "b.md": article("Hai", body="X.\n\n## Giá cả\n\nY."),
        }
    )
    made.build()
    assert 'href="../hai/#gia-ca"' in made.output("2020/08/05/mot/index.html")
    assert '<h2 id="gia-ca">' in made.output("2020/08/05/hai/index.html")


def test_own_whole_addresses_in_texts_become_relative(site) -> None:
    made = site(
        {
            "a.md": article(
                TITLE,
                body="[nhà](https://kho.example/bao) [năm](https://kho.example/bao/2020/#x)"
                " [khác](https://kho.example/baochi/) [hỏi](https://kho.example/bao/?q=1)"
                " <a href='https://kho.example/bao/2020/08/'>tháng</a>",
            ),
            "bimson.yaml": "base_url: https://kho.example/bao\n",
        }
    )
    made.build()
    page = made.output(PAGE)
    body = page[page.index('<div class="body">') :]
    found = re.findall(r'<a href="([^"]*)"', body)[:5]
    assert found == [
        "../../../../",
        "../../../#x",
        "https://kho.example/baochi/",
        "https://kho.example/bao/?q=1",
        "../../",
    ]


def test_a_cache_of_another_version_is_begun_anew(site) -> None:
    """Its records may have another form: here they are no records at all."""
    import sqlite3

    made = site({"a.md": article(TITLE)})
    made.build()
    before = made.files()
    with sqlite3.connect(made.root / ".bimson/published.sqlite3") as db:
        db.execute("UPDATE program SET identity = 'older'")
        db.execute("UPDATE builds SET state = x'00'")
    db.close()
    report = made.build()
    assert (report.code, report.json["written"]) == (0, 0)
    assert made.files() == before
