"""The page of search in a browser, on a plain server, under a sub-path; and in the preview."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import served
from playwright.sync_api import Browser, Page, expect

from conftest import LONG, Site, article

FILES = {
    f"{n}.md": article(
        f"Chuyện bến đò số {n}",
        f"{2000 + n // 6}-0{1 + n % 6}-05",
        f"Đoạn mở đầu {n}. " + LONG + f"Ông lái đò kể chuyện xưa lần {n}.",
        author=f"Người {n % 2}",
        section="Đời sống" if n % 3 else "Tin",
    )
    for n in range(36)
} | {"cho.md": article("Chợ phiên Bỉm Sơn", "2005-08-05", "Rau, vải và <b>mật ong</b>.")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("search")
    made = Site(root / "site")
    for name, text in FILES.items():
        made.write(f"content/{name}", text)
    made.write("bimson.yaml", "title: Kho báo\nbase_url: https://kho.example/bao\n")
    made.build("--out", str(root / "www/bao"))
    with served(root / "www") as host:
        yield f"{host}/bao/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_shared_question_shows_its_answer(page: Page, home: str) -> None:
    page.goto(f"{home}search/?q=cho+phien+bim+son")
    result = page.locator("ol#results > li")
    expect(result).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("Tìm thấy 1 bài.")
    link = result.locator("a")
    expect(link).to_have_count(1)
    assert link.evaluate("a => a.pathname") == "/bao/2005/08/05/cho-phien-bim-son/"
    expect(result.locator(".meta")).to_contain_text("5/8/2005")
    expect(result.locator(".gist")).to_contain_text("mật ong")
    assert page.title().startswith("cho phien bim son")


def test_the_words_are_marked_in_the_excerpt(page: Page, home: str) -> None:
    page.goto(f"{home}search/")
    page.get_by_role("searchbox").fill("lai do ke chuyen")
    expect(page.locator("#results mark").first).to_have_text("lái đò kể chuyện")
    assert "q=lai+do+ke+chuyen" in page.url


def test_slash_leads_to_the_field_from_anywhere(page: Page, home: str) -> None:
    page.goto(f"{home}2005/")
    page.keyboard.press("/")
    page.wait_for_url(f"{home}search/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_the_form_of_the_home_page_asks(page: Page, home: str) -> None:
    page.goto(home)
    page.get_by_role("searchbox").fill("cho phien")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{home}search/?q=cho+phien")
    expect(page.locator("#results a").first).to_have_text("Chợ phiên Bỉm Sơn")


def test_arrows_escape_and_pages_of_results(page: Page, home: str) -> None:
    page.goto(f"{home}search/?q=ben+do+so")
    expect(page.get_by_role("status")).to_have_text("Tìm thấy 36 bài.")
    links = page.locator("#results a")
    expect(links).to_have_count(10)
    page.get_by_role("searchbox").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_text("Kết quả tiếp theo").click()
    expect(page.locator("ol#results")).to_have_attribute("start", "11")
    assert "page=2" in page.url
    page.go_back()
    expect(page.locator("ol#results")).to_have_attribute("start", "1")


def test_results_are_narrowed_by_year_section_and_author(page: Page, home: str) -> None:
    page.goto(f"{home}search/?q=ben+do+so")
    page.get_by_text("Lọc kết quả").click()
    expect(page.locator("[name=section] option")).to_have_count(3)
    page.get_by_label("Năm").select_option("2003")
    expect(page.get_by_role("status")).to_have_text("Tìm thấy 6 bài.")
    page.get_by_label("Tác giả").select_option("Người 1")
    expect(page.get_by_role("status")).to_have_text("Tìm thấy 3 bài.")
    expect(page.locator("[name=year] option[value='2003']")).to_have_text("2003 (3)")
    expect(page.locator("[name=section] option[value='Tin']")).to_have_text("Tin (1)")


def test_a_phrase_is_looked_for_in_the_texts(page: Page, home: str) -> None:
    page.goto(f"{home}search/?q=%22chuyen+xua+lan+7%22")
    expect(page.locator("#results a")).to_have_text("Chuyện bến đò số 7")
    page.goto(f"{home}search/?q=%22xua+chuyen+lan%22")
    expect(page.get_by_role("status")).to_contain_text("Không tìm thấy")
    expect(page.locator("#pages")).to_be_hidden()


def test_where_words_may_be_missing_the_page_says_so(page: Page, home: str) -> None:
    page.goto(f"{home}search/?q=bim+son+xyz+uvw")
    expect(page.get_by_role("status")).to_have_text(
        "Tìm thấy 1 bài. Có thể thiếu vài từ trong câu hỏi."
    )
    expect(page.locator("#results a")).to_have_text("Chợ phiên Bỉm Sơn")


def test_a_phrase_that_many_have_is_shown_before_all_texts_are_read(page: Page, home: str) -> None:
    page.goto(f"{home}search/?q=%22ke+chuyen+xua%22")
    expect(page.locator("#results a")).to_have_count(10)
    expect(page.get_by_role("status")).to_have_text(
        "Tìm thấy nhiều nhất 36 bài. Các bài còn lại chưa được dò xem có đúng cụm từ trong ngoặc kép không."
    )
    page.get_by_text("Kết quả tiếp theo").click()
    expect(page.locator("ol#results")).to_have_attribute("start", "11")
    expect(page.locator("#results a")).to_have_count(10)


def test_a_search_that_cannot_be_loaded_says_so_and_can_be_tried_again(
    page: Page, home: str
) -> None:
    page.route("**/*.bin", lambda route: route.abort())
    page.goto(f"{home}search/?q=cho+phien")
    expect(page.get_by_role("status")).to_contain_text("Không tải được")
    page.unroute("**/*.bin")
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator("#results a").first).to_have_text("Chợ phiên Bỉm Sơn")


SLOW = """
const now = window.fetch;
window.fetch = (path, asked = {}) => new Promise((answer, fail) => {
  setTimeout(() => now(path, asked).then(answer, fail), 900);
  asked.signal?.addEventListener("abort", () => fail(new DOMException("over", "AbortError")));
});
"""


def test_a_slow_search_says_that_it_goes_on(page: Page, home: str) -> None:
    page.add_init_script(SLOW)
    page.goto(f"{home}search/?q=phien+bim+son")
    expect(page.get_by_role("status")).to_have_text("Đang tìm…")
    expect(page.get_by_role("status")).to_have_text("Tìm thấy 1 bài.")


@pytest.mark.parametrize("wait", [400, 1500], ids=["the entry", "the words"])
def test_who_goes_on_typing_while_something_loads_is_answered(
    page: Page, home: str, wait: int
) -> None:
    page.add_init_script(SLOW)
    page.goto(f"{home}search/")
    page.get_by_role("searchbox").fill("chuyen ben do")
    page.wait_for_timeout(wait)
    page.get_by_role("searchbox").fill("chuyen ben do so")
    expect(page.get_by_role("status")).to_have_text("Tìm thấy 36 bài.")
    expect(page.locator("#results a")).to_have_count(10)


def test_nothing_is_loaded_before_somebody_asks(page: Page, home: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{home}search/", wait_until="networkidle")
    assert not [url for url in asked if url.endswith((".json", ".bin"))]


def test_without_scripts_the_page_leads_to_the_calendars(browser: Browser, home: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{home}search/")
    page.get_by_text("Mọi năm, theo lịch").click()
    assert page.url == home
    context.close()


def test_the_preview_searches_too(page: Page, serve) -> None:
    preview = serve(FILES, lang="vi")
    page.goto(f"http://127.0.0.1:{preview.port}/search/?q=cho+phien+bim")
    expect(page.locator("#results a")).to_have_text("Chợ phiên Bỉm Sơn")
