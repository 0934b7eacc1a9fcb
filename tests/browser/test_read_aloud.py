"""An article and a year as a screen reader goes through them: landmarks, headings, tables and links in order, with
the names that it says: the tree of accessibility as Playwright works it out, without the addresses of links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conftest import Site, article

BODY = """\
Sáng 12 tháng 3, ông Mận chở chuyến khách cuối.[^1]

# Hai năm

### Kinh phí

| Hạng mục | Số |
|---|---:|
| Mố | 6 |

![Cầu mới nhìn từ bến](cau.svg)
*Tranh: Đỗ Thu Hạnh*

[^1]: Đò đóng năm 1991.
"""
FILES = {
    "bimson.yaml": "title: Kho Bến Đò\nbase_url: https://kho.example\nfooter: {keeper: Thư viện xã}\nsearch: false\n",
    "content/cau.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="12" height="6"/>',
    "content/cau.md": article(
        "Cầu mới", "2021-03-12T07:40", BODY, author="Đỗ Thu Hạnh", section="Thời sự"
    ),
    "content/cho.md": article("Chợ phiên", "2021-03-14", "Chợ họp từ 5 giờ sáng."),
}
ARTICLE = """\
- link "Đến nội dung"
- banner:
  - paragraph:
    - link "Kho Bến Đò"
  - navigation "Mục chính":
    - list:
      - listitem:
        - link "Theo ngày"
      - listitem:
        - link "Chuyên mục"
- main:
  - navigation "Vị trí trong kho":
    - list:
      - listitem:
        - link "2021"
      - listitem:
        - link "Tháng 3"
      - listitem:
        - link "Ngày 12"
  - article:
    - paragraph:
      - link "Thời sự"
    - heading "Cầu mới" [level=1]
    - paragraph:
      - link "Đỗ Thu Hạnh"
    - paragraph:
      - text: Đăng
      - time: 07:40, Thứ Sáu, ngày 12 tháng 3 năm 2021
    - paragraph:
      - strong: Bài lưu trữ, đăng năm 2021.
      - text: Tên gọi, chức danh, số liệu giữ như lúc đăng.
    - paragraph:
      - text: Sáng 12 tháng 3, ông Mận chở chuyến khách cuối.
      - superscript:
        - link "[1]"
    - heading "Hai năm" [level=2]
    - heading "Kinh phí" [level=3]
    - region "Bảng 1":
      - table:
        - rowgroup:
          - row "Hạng mục Số":
            - columnheader "Hạng mục"
            - columnheader "Số"
        - rowgroup:
          - row "Mố 6":
            - cell "Mố"
            - cell "6"
    - figure "Tranh: Đỗ Thu Hạnh":
      - img "Cầu mới nhìn từ bến"
      - text: Tranh: Đỗ Thu Hạnh
    - list:
      - listitem:
        - paragraph:
          - text: Đò đóng năm 1991.
          - link "Trở lại chỗ gọi chú thích 1"
    - region "Về bài này":
      - heading "Về bài này" [level=2]
      - term: Địa chỉ bền
      - definition:
        - link "https://kho.example/2021/03/12/cau-moi/"
      - group: Trích dẫn bài này
      - group: Dữ liệu và mã kiểm tra
  - navigation "Bài trước và bài sau":
    - link "Sau, 14/3/2021 › Chợ phiên"
- contentinfo:
  - paragraph: Đơn vị giữ kho: Thư viện xã.
  - list:
    - listitem:
      - link "Kho có gì, thiếu gì"
    - listitem:
      - link "Nguồn tin Atom"
"""
# Of a year: all down to the first calendar, and the one month that has articles.
YEAR = """\
- link "Đến nội dung"
- link "Đến lịch"
- banner:
  - paragraph:
    - link "Kho Bến Đò"
  - navigation "Mục chính":
    - list:
      - listitem:
        - link "Theo ngày"
      - listitem:
        - link "Chuyên mục"
- main:
  - navigation "Vị trí trong kho":
    - list:
      - listitem:
        - link "Trang chủ"
      - listitem: 2021
  - heading "Năm 2021" [level=1]
  - paragraph: 2 bài, 2 ngày có bài
  - heading "Theo tháng" [level=2]
  - list:
    - listitem:
      - link "Tháng 3 2 bài"
  - heading "Theo ngày" [level=2]
  - paragraph: Mỗi ô: ngày, dưới là số bài.
  - list:
    - listitem: 1
    - listitem: 2–3
    - listitem: 4–6
    - listitem: 7–11
    - listitem: 12 trở lên
"""
MARCH = """\
  - table "Tháng 3 2 bài":
    - caption:
      - link "Tháng 3"
      - text: 2 bài
    - rowgroup:
      - row "T2 T3 T4 T5 T6 T7 CN":
        - columnheader "T2"
        - columnheader "T3"
        - columnheader "T4"
        - columnheader "T5"
        - columnheader "T6"
        - columnheader "T7"
        - columnheader "CN"
    - rowgroup:
      - row "1 2 3 4 5 6 7":
        - cell "1"
        - cell "2"
        - cell "3"
        - cell "4"
        - cell "5"
        - cell "6"
        - cell "7"
      - row "8 9 10 11 12 1 bài 13 14 1 bài":
        - cell "8"
        - cell "9"
        - cell "10"
        - cell "11"
        - cell "12 1 bài":
          - link "12 1 bài"
        - cell "13"
        - cell "14 1 bài":
          - link "14 1 bài"
"""


@pytest.fixture(scope="module")
def heard(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is read aloud of each page: an outline in which quotation marks are only those of names."""
    made = Site(tmp_path_factory.mktemp("aloud"))
    for path, text in FILES.items():
        made.write(path, text)
    assert made.build().code == 0
    found = {}
    page = browser.new_page()
    for name in ("2021/03/12/cau-moi", "2021"):
        page.goto((Path(made.root) / "build" / name / "index.html").as_uri())
        found[name] = plain(page.locator("body").aria_snapshot())
    page.close()
    return found


def plain(snapshot: str) -> str:
    """A snapshot without addresses, arrows, and what only YAML needs."""
    lines = [
        re.sub(r"^( *- )'(.*)':$", r"\1\2:", re.sub(r': "(.*)"$', r": \1", line))
        for line in snapshot.splitlines()
        if not re.match(r" *- (/url:|text: ↩)", line)
    ]
    # The colon after a link introduced nothing but its address.
    return "".join(re.sub(r"^( *- link .*):$", r"\1", line) + "\n" for line in lines)


def test_an_article_read_aloud(heard: dict[str, str]) -> None:
    assert heard["2021/03/12/cau-moi"] == ARTICLE


def test_a_year_read_aloud(heard: dict[str, str]) -> None:
    year = heard["2021"]
    assert year[: year.index('  - table "Tháng 1"')] == YEAR
    assert MARCH in year
    months = re.findall(r'- table "(Tháng \d+)', year)
    assert months == [f"Tháng {n}" for n in range(1, 13)]
