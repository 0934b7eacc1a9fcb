"""Links of bodies to addresses of the site: what something answers stays a link, all else becomes words."""

from __future__ import annotations

import re

import pytest

from conftest import LONG, Site, article

BASE = "https://kho.example/luu"
CONFIG = f"base_url: {BASE}\nlists: {{home: 2, term: 2, period: 3}}\nfeeds: [tags]\n"
LINKS = "content/lien-ket.md"


def archive(site, config: str = CONFIG) -> Site:
    """A site that has a page of every kind."""
    made = site(
        {
            f"{n}.md": article(
                f"Tin {n}", f"20{18 + n % 3}-0{1 + n % 4}-0{1 + n % 2}", f"Tin {n}.", tags="[chợ]"
            )
            for n in range(12)
        }
    )
    made.write("bimson.yaml", config)
    made.write("content/undated.md", article("Không ngày", "", tags="[chợ]", section="Tin/Chợ"))
    made.write("content/nam.md", article("Chỉ biết năm", "2017", author="Mai Liên"))
    made.write("content/mot.md", article("Chợ", "2020-03-01", LONG * 3, source="Báo Một"))
    made.write("content/hai.md", article("Chợ", "2020-03-02", LONG * 3, source="Báo Hai"))
    made.write("content/cu.md", article("Cũ", "2016-05-05", aliases="[/cu/tin.html, '/x?id=7']"))
    made.write("content/trang.md", article("Giới thiệu", "", kind="page"))
    made.write("content/se-mat.md", article("Sẽ mất", "2015-05-05"))
    made.write("static/tai/so-1.pdf", "pdf")
    made.build()
    (made.root / "content/se-mat.md").unlink()
    made.build()
    return made


def linked(made: Site, urls: list[str]) -> dict[str, str]:
    """A page with these links; what each has become: an address, or "" for words only."""
    body = " ".join(f"[từ {n}]({url})" for n, url in enumerate(urls))
    made.write(LINKS, article("Liên kết", "2020-03-01", body))
    made.build()
    html = made.output("2020/03/01/lien-ket/index.html")
    found = {int(n): href for href, n in re.findall(r'<a href="([^"]*)">từ (\d+)</a>', html)}
    return {url: found.get(n, "") for n, url in enumerate(urls)}


def test_every_page_of_the_site_can_be_linked_to(site) -> None:
    made = archive(site)
    pages = sorted(path.removesuffix("index.html") for path in made.files())
    # What is made for this page alone comes with the links, and the index is named by its contents.
    pages = [f"/{p}" for p in pages if not re.match(r"search/\w{16}/|\.|redirects|old/", p)]
    assert len(pages) > 80
    found = linked(made, pages)
    assert [url for url in pages if not found[url]] == []
    whole = linked(made, [f"{BASE}{url}" for url in pages])
    assert whole == {f"{BASE}{url}": href for url, href in found.items()}


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("/2020/03/01/cho/", "../cho/"),
        ("/2020/03/01/cho", "../cho/"),
        ("/2020/03/01/CHO/index.html", "../cho/"),
        ("/luu/2020/03/01/cho/#sau", "../cho/#sau"),
        (f"{BASE}/2020/03/01/cho/", "../cho/"),
        (BASE, "../../../../"),
        ("../cho/", "../cho/"),
        ("/cu/tin.html", "../../../../cu/tin.html"),
        ("/x?id=7", "../../../../2016/05/05/cu/"),
        (f"{BASE}/search/?q=cho", f"{BASE}/search/?q=cho"),
        ("/2015/05/05/se-mat/", "../../../../2015/05/05/se-mat/"),
        ("/tai/so-1.pdf", "../../../../tai/so-1.pdf"),
        ("/2020/03/01/cho/anh.jpg", "../cho/anh.jpg"),
        ("https://kho.example/khac/", "https://kho.example/khac/"),
        ("/2020/03/01/khong-co/", ""),
        ("/2020/03/09/", ""),
        ("/2020/13/", ""),
        ("/2014/", ""),
        ("/tags/khong/", ""),
        ("/tag/cho/", ""),
        ("/tags/cho/2011/", ""),
        ("/khong-co", ""),
        ("/khong-co.html", ""),
        ("/y?id=7", ""),
        (f"{BASE}/2020/03/01/khong-co/", ""),
        (f"{BASE}/y?id=7", ""),
        ("../khong-co/", ""),
        ("bao.example", ""),
        ("/data/", ""),
    ],
)
def test_what_answers_and_what_does_not(site, url: str, leads: str) -> None:
    made = archive(site)
    assert linked(made, [url]) == {url: leads}
    codes = set(made.build().codes)
    assert bool(codes & {"link-dead", "file-missing"}) == (not leads)


def test_raw_html_too(site) -> None:
    made = archive(site)
    body = f"<p><a href='{BASE}/nope/'>một</a> <a href='/2020/'>hai</a> <a href='/nope'>ba</a></p>"
    made.write(LINKS, article("Liên kết", "2020-03-01", body))
    result = made.build()
    assert result.codes.count("link-dead") == 2
    html = made.output("2020/03/01/lien-ket/index.html")
    assert re.search(r'<p>một <a href="../../../"[^>]*>hai</a> ba</p>', html)


def test_a_link_lives_and_dies_with_what_it_leads_to(site) -> None:
    made = archive(site)
    url = "/2021/07/07/bai-moi/"
    assert linked(made, [url, "/2021/", "/tags/moi/"]) == {url: "", "/2021/": "", "/tags/moi/": ""}
    made.write("content/moi.md", article("Bài mới", "2021-07-07", tags="[Mới]"))
    result = made.build()
    assert "link-dead" not in result.codes
    assert 'href="../../../../2021/07/07/bai-moi/"' in made.output("2020/03/01/lien-ket/index.html")
    (made.root / "content/moi.md").unlink()
    made.build()
    html = made.output("2020/03/01/lien-ket/index.html")
    assert 'bai-moi/"' in html  # a tombstone answers
    assert 'href="../../../../2021/"' not in html


def test_an_extension_may_answer_what_nobody_else_does(site) -> None:
    made = archive(site)
    made.write("extensions/so.py", EXTENSION)
    made.write("bimson.yaml", f"{CONFIG}extensions: [so]\n")
    found = linked(made, ["/so/1/", "/2020/03/01/khong-co/", "/tags/khong/"])
    assert list(map(bool, found.values())) == [True, False, False]


EXTENSION = """
from bimson_site.extension import Extension, Planner, View
from bimson_site.model import Page, Whole

EXTENSION = Extension(
    "so",
    planners=(Planner("so", Whole, lambda whole, _: [Page("/so/1/", "so", None, owner="so")]),),
    views=(View("so", lambda page, texts, press: b"<!doctype html><title>1</title>"),),
)
"""
