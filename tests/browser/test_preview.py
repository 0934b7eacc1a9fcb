"""An editor at work: files are saved, and the browser shows the right thing each time, by itself.

Debian's Chromium before the real preview. Without it these tests are skipped, in CI they fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import LONG, article
from running import Served

HERE = Path(__file__).parents[2]

expect.set_options(timeout=120_000)  # where a test hangs, it ends some day

FILES = {
    "cho.md": article("Chợ phiên", body="Câu thứ nhất. " + LONG * 12),
    "cau.md": article("Cầu mới", "2020-08-06", body=LONG + "cầu"),
    "nhap.md": article("Bài nháp", body=LONG + "nháp", draft="true"),
    "bimson.yaml": "title: Kho báo\nlanguage: vi\n",
}
URL = "/2020/08/05/cho-phien/"


@pytest.fixture
def served(serve) -> Served:
    return serve(FILES, lang="vi")


@pytest.fixture
def look(browser: Browser, served: Served) -> Iterator[object]:
    """`look(path)` opens a tab, whose loads are counted as `loads`."""
    context = browser.new_context()

    def tab(path: str = URL) -> Page:
        page = context.new_page()
        page.loads = 0  # type: ignore[attr-defined]

        def loaded(_: object) -> None:
            page.loads += 1  # type: ignore[attr-defined]

        page.on("load", loaded)
        page.goto(f"http://127.0.0.1:{served.port}{path}")
        return page

    yield tab
    context.close()


def test_a_saved_article_shows_and_the_place_where_one_reads_stays(served, look) -> None:
    page, other = look(), look("/2020/08/06/cau-moi/")
    page.evaluate("scrollTo(0, 400)")
    served.site.write("content/cho.md", FILES["cho.md"].replace("Câu thứ nhất", "Câu đã sửa"))
    expect(page.locator("main")).to_contain_text("Câu đã sửa")
    page.wait_for_function("scrollY === 400")
    page.wait_for_load_state("load")  # text and place are there a moment before the event is
    assert page.loads == 2
    assert other.loads == 1


def test_lists_follow_a_new_title_and_the_tab_follows_the_article(served, look) -> None:
    page, month = look(), look("/2020/08/")
    served.site.write("content/cho.md", FILES["cho.md"].replace("Chợ phiên", "Chợ đêm"))
    expect(page.locator("h1")).to_have_text("Chợ đêm")
    page.wait_for_url("**/2020/08/05/cho-dem/")
    expect(month.locator("main")).to_contain_text("Chợ đêm")


def test_a_template_shows_on_every_page(served, look) -> None:
    page, other = look(), look("/2020/08/06/cau-moi/")
    base = (HERE / "src/bimson_site/theme/templates/base.html").read_text()
    served.site.write("templates/base.html", base.replace("<main ", "<p id=moi>Mẫu mới</p><main "))
    for each in (page, other):
        expect(each.locator("#moi")).to_have_text("Mẫu mới")
    (served.site.root / "templates/base.html").unlink()
    expect(page.locator("#moi")).to_have_count(0)


def test_a_style_sheet_is_swapped_without_a_reload(served, look) -> None:
    page = look()
    served.site.write("static/style.css", "h1 { color: rgb(1, 2, 3) }\n")
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    served.site.write("static/style.css", "h1 { color: rgb(4, 5, 6) }\n")
    expect(page.locator("h1")).to_have_css("color", "rgb(4, 5, 6)")
    assert page.loads == 1


def test_a_picture_that_changes_is_shown_anew(served, look) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="20"/>'
    served.site.write("content/nui.svg", svg.format(30))
    served.site.write("content/cho.md", article("Chợ phiên", body="![Núi](nui.svg)\n\n" + LONG))
    page = look()
    page.wait_for_function("document.querySelector('main img')?.naturalWidth === 30")
    served.site.write("content/nui.svg", svg.format(70))
    page.wait_for_function("document.querySelector('main img')?.naturalWidth === 70")


def test_the_settings_count(served, look) -> None:
    page = look()
    served.site.write("bimson.yaml", "title: Kho đổi tên\nlanguage: vi\n")
    expect(page.locator(".masthead .name")).to_have_text("Kho đổi tên")
    served.site.write("bimson.yaml", "title: [Kho\n")
    expect(page.locator(".overlay h2")).to_have_text("1 lỗi")
    expect(page.locator(".overlay code")).to_contain_text("bimson.yaml:")
    expect(page.locator(".masthead .name")).to_have_text("Kho đổi tên")
    served.site.write("bimson.yaml", "title: Kho lành\nlanguage: vi\n")
    expect(page.locator(".masthead .name")).to_have_text("Kho lành")
    expect(page.locator(".overlay")).to_have_count(0)


def test_broken_front_matter_is_told_in_the_page_and_goes_when_mended(served, look) -> None:
    page, other = look(), look("/2020/08/06/cau-moi/")
    served.site.write("content/cho.md", FILES["cho.md"].replace("2020-08-05", "17/05/04"))
    overlay = page.locator(".overlay")
    expect(overlay.locator("h3")).to_have_text('lỗi: "17/05/04" không phải ngày')
    expect(overlay.locator("code")).to_have_text("content/cho.md:3:12")
    expect(overlay.locator("pre")).to_have_text("timestamp: 17/05/04")
    expect(overlay.locator("pre b")).to_have_text("17/05/04")
    expect(overlay.locator("p").last).to_contain_text("viết là 2004-05-17")
    expect(page.locator("h1")).to_have_text("Chợ phiên")  # the last good state
    expect(other.locator(".badge")).to_contain_text("ở nơi khác")
    expect(other.locator(".overlay")).to_have_count(0)
    overlay.get_by_role("button").click()
    expect(overlay).to_have_count(0)
    expect(page.locator(".badge")).to_contain_text("1 lỗi")
    served.site.write("content/cho.md", FILES["cho.md"].replace("Câu thứ nhất", "Đã lành"))
    expect(page.locator("main")).to_contain_text("Đã lành")
    expect(page.locator(".overlay")).to_have_count(0)


def test_a_broken_template_is_told_and_the_page_stays(served, look) -> None:
    page = look()
    served.site.write(
        "templates/article.html",
        "{% extends 'base.html' %}\n{% block main %}{{ nope.x }}{% endblock %}",
    )
    expect(page.locator(".overlay code")).to_contain_text("templates/article.html:2")
    expect(page.locator("h1")).to_have_text("Chợ phiên")
    served.site.write(
        "templates/article.html",
        "{% extends 'base.html' %}{% block main %}<h1>Lành</h1>{% endblock %}",
    )
    expect(page.locator("h1")).to_have_text("Lành")
    expect(page.locator(".overlay")).to_have_count(0)


def test_a_template_that_is_empty_leaves_the_tab_listening(served, look) -> None:
    page = look()
    served.site.write("templates/base.html", "")
    expect(page.locator("h1")).to_have_count(0)
    served.site.write("templates/base.html", "<!doctype html><title>x</title><h1>Đủ</h1>")
    expect(page.locator("h1")).to_have_text("Đủ")


def test_a_deleted_article_is_gone_and_comes_back(served, look) -> None:
    page, day = look(), look("/2020/08/05/")
    (served.site.root / "content/cho.md").unlink()
    expect(page.locator("h1")).to_have_text("Không có trang này")
    expect(day.locator("h1")).to_have_text("Không có trang này")
    served.site.write("content/cho.md", FILES["cho.md"])
    expect(page.locator("h1")).to_have_text("Chợ phiên")


def test_a_renamed_file_keeps_its_page(served, look) -> None:
    page = look()
    root = served.site.root
    (root / "content/tin").mkdir()
    (root / "content/cho.md").rename(root / "content/tin/cho-moi.md")
    served.site.write("content/tin/cho-moi.md", FILES["cho.md"].replace("Câu thứ nhất", "Chỗ mới"))
    expect(page.locator("main")).to_contain_text("Chỗ mới")


def test_an_editor_that_saves_by_renaming_is_followed(served, look) -> None:
    page = look()
    for number in range(5):
        text = FILES["cho.md"].replace("Câu thứ nhất", f"Lần {number}.")
        served.site.write("content/.cho.md.swp", text)
        (served.site.root / "content/.cho.md.swp").rename(served.site.root / "content/cho.md")
        expect(page.locator("main")).to_contain_text(f"Lần {number}.")


def test_a_hundred_saves_end_with_the_last(served, look) -> None:
    page = look()
    for number in range(100):
        text = FILES["cho.md"].replace("Câu thứ nhất", f"Lần {number}.")
        served.site.write("content/cho.md", text)
    expect(page.locator("main")).to_contain_text("Lần 99.")


def test_a_draft_has_a_banner_and_becomes_public(served, look) -> None:
    start = look("/_preview/")
    expect(start.locator("h1")).to_contain_text("Kho báo")
    start.get_by_role("link", name="Bài nháp").click()
    expect(start.locator(".banner")).to_have_text("Bản nháp: bạn đọc chưa thấy trang này.")
    expect(start.locator("h1")).to_have_text("Bài nháp")
    served.site.write("content/nhap.md", FILES["nhap.md"].replace("draft: true", "draft: false"))
    start.wait_for_url(f"http://127.0.0.1:{served.port}/2020/08/05/bai-nhap/")
    expect(start.locator(".banner")).to_have_count(0)


def test_the_start_page_follows(served, look) -> None:
    start = look("/_preview/")
    served.site.write("content/hong.md", article("Hỏng", "17/05/04"))
    expect(start.locator("article.error code").first).to_have_text("content/hong.md:3:12")
    expect(start.locator("article.error pre b")).to_have_text("17/05/04")
    (served.site.root / "content/hong.md").unlink()
    expect(start.locator("article.error")).to_have_count(0)
    served.site.write("bimson.yaml", "title: [Kho\n")
    expect(start.locator("article.error code").first).to_contain_text("bimson.yaml:")
    expect(start.locator(".overlay, .badge")).to_have_count(0)  # the page has it all
