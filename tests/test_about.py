"""What the foot of an article says of it: how it was collected, what it is handed with, its data and checksum."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from html import unescape

import pytest

from conftest import LONG, Site, article, pixels

Make = Callable[..., Site]
BASE = {"bimson.yaml": "title: Kho Bến Đò\nbase_url: https://kho.example/bao\ndata: texts\n"}
PAGE = "2020/08/05/cau-moi/index.html"


def page(made: Site) -> str:
    assert made.build().code == 0
    return made.output(PAGE)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def told(text: str, term: str) -> str:
    """What stands behind a term of the panel, "" where it is not there."""
    found = re.search(rf"<dt>{term}</dt>\s*<dd>(.*?)</dd>", text, re.DOTALL)
    return words(found[1]) if found else ""


def attached(text: str) -> list[tuple[str, str]]:
    """Address and words of each file that is listed below the text."""
    section = re.search(r'<section class="attachments".*?</section>', text, re.DOTALL)
    rows = re.findall(r"<li>(.*?)</li>", section[0], re.DOTALL) if section else []
    return [(re.findall('href="(.*?)"', row)[0], words(row)) for row in rows]


COLLECTED = {
    "collected: 2026-11-02": "2/11/2026",
    "retrieved: 2026-11": "tháng 11 năm 2026",
    "collected: chép tay từ báo in": "chép tay từ báo in",
    "collected:\n  date: 2026-11-02\n  how: đọc từ trang đã lưu": "2/11/2026: đọc từ trang đã lưu",
    "collected:\n  date: 2026-11-02": "2/11/2026",
    "collected:\n  2026-11-02: quét bản in": "2/11/2026: quét bản in",
    "collected: ~": "",
    "title: Cầu mới": "",
}


@pytest.mark.parametrize("field", COLLECTED)
def test_how_and_when_an_article_was_collected(site: Make, field: str) -> None:
    head = f"timestamp: 2020-08-05\n{field}" + ("" if field[:1] == "t" else "\ntitle: Cầu mới")
    made = site({**BASE, "a.md": f"---\n{head}\n---\n{LONG}"})
    assert told(page(made), "Thu thập") == COLLECTED[field]


def test_a_copy_says_how_it_was_collected(site: Make) -> None:
    files = {
        "a.md": article("Cầu mới", source="Báo Bến"),
        "b.md": article("Cầu mới", "2020-08-06", source="Báo Làng", collected="2026-11-02"),
    }
    made = site({**BASE, **files})
    assert "thu thập 2/11/2026" in told(page(made), "Cũng đăng")
    clusters = json.loads(made.output("data/clusters.jsonl"))
    assert clusters["copies"][0]["collected"] == {"date": "2026-11-02"}


def test_what_cannot_be_read_as_collected_is_a_warning(site: Make) -> None:
    text = f"---\ntitle: Cầu\ntimestamp: 2020-08-05\ncollected:\n  date: hôm nọ\n---\n{LONG}"
    found = site({**BASE, "a.md": text}).build().json["problems"]
    assert [(p["code"], p["path"], p["line"]) for p in found] == [
        ("value-ignored", "content/a.md", 5)
    ]


FILES = {
    "bao-cao.pdf": b"%PDF-" + b"0" * 1_234_562,
    "ban do.PDF": b"%PDF-",
    "gia.xlsx": b"0" * 900,
    "cau.png": pixels(),
    "static/tep/so.csv": b"a,b\r\n",
}
BODY = (
    f"{LONG}\n\n![Cầu](cau.png)\n\nXem [báo cáo](bao-cao.pdf#page=2), [lại](bao-cao.pdf), "
    "[sổ](/tep/so.csv), [chợ](b.md)."
)
LISTED = """[gia.xlsx, {file: ban do.PDF, title: Bản đồ}, {file: cau.png, title: Ảnh gốc},
  "https://kho-khac.example/bien-ban.docx"]"""


def archive(site: Make, body: str = BODY, **fields: str) -> Site:
    own = article("Cầu mới", body=body, **fields)
    return site({**BASE, **FILES, "a.md": own, "b.md": article("Chợ", body=f"{LONG} Khác.")})


def test_files_that_the_text_leads_to_are_listed_with_type_and_size(site: Make) -> None:
    assert attached(page(archive(site))) == [
        ("bao-cao.pdf", "bao-cao.pdf (PDF, 1,2 MB)"),
        ("../../../../tep/so.csv", "so.csv (CSV, 5 B)"),
    ]


def test_files_that_the_front_matter_lists_come_first_and_are_published(site: Make) -> None:
    made = archive(site, attachments=LISTED)
    assert attached(page(made))[:4] == [
        ("gia.xlsx", "gia.xlsx (XLSX, 900 B)"),
        ("ban-do.pdf", "Bản đồ (PDF, 5 B)"),
        ("cau.png", f"Ảnh gốc (PNG, {len(FILES['cau.png'])} B)"),
        ("https://kho-khac.example/bien-ban.docx", "bien-ban.docx (DOCX)"),
    ]
    assert made.files()["2020/08/05/cau-moi/gia.xlsx"] == FILES["gia.xlsx"]
    line = json.loads(made.output("data/2020-08.jsonl").splitlines()[0])
    assert line["attachments"][1] == {
        "url": "https://kho.example/bao/2020/08/05/cau-moi/ban-do.pdf",
        "title": "Bản đồ",
        "size": 5,
    }


def test_a_file_that_grows_is_told_with_its_new_size(site: Make) -> None:
    made = archive(site)
    page(made)
    made.write("content/bao-cao.pdf", b"%PDF-")
    assert attached(page(made))[0] == ("bao-cao.pdf", "bao-cao.pdf (PDF, 5 B)")


@pytest.mark.parametrize("access", ["summary", "record"])
def test_what_readers_may_not_see_has_no_files_and_no_checksum(site: Make, access: str) -> None:
    text = page(made := archive(site, access=access, attachments="[gia.xlsx]"))
    assert not attached(text)
    assert "SHA-256" not in text
    assert "2020/08/05/cau-moi/gia.xlsx" not in made.files()


def test_an_ordinary_page_lists_its_files_too(site: Make) -> None:
    own = f"---\ntitle: Bản đồ\nkind: page\nattachments: gia.xlsx\n---\n{LONG}"
    made = site({**BASE, "ban-do.md": own, "gia.xlsx": b"0" * 900})
    made.build()
    assert attached(made.output("ban-do/index.html")) == [("gia.xlsx", "gia.xlsx (XLSX, 900 B)")]


UNFIT = {
    "thieu.pdf": ("file-missing", 4),
    "javascript:alert(1)": ("value-ignored", 4),
    "{title: Bản đồ}": ("value-ignored", 4),
    "[gia.xlsx, [thieu.pdf]]": ("value-ignored", 4),
}


@pytest.mark.parametrize("value", UNFIT)
def test_an_attachment_that_is_none_is_a_warning(site: Make, value: str) -> None:
    made = archive(site, body=LONG, attachments=value)
    found = made.build()
    assert found.code == 0
    assert [
        (p["code"], p["line"]) for p in found.json["problems"] if p["code"] != "file-unused"
    ] == [UNFIT[value]]
    assert [words for _, words in attached(made.output(PAGE))] == (
        ["gia.xlsx (XLSX, 900 B)"] if "gia" in value else []
    )


def test_the_checksum_is_that_of_the_text_in_the_data(site: Make) -> None:
    made = archive(site, body=f"{BODY}\n\n<!-- nháp -->")
    text = page(made)
    file = re.findall(r'<a href="([^"]*)">2020-08\.jsonl</a>', text)
    assert file == ["../../../../data/2020-08.jsonl"]
    lines = [json.loads(each) for each in made.output("data/2020-08.jsonl").splitlines()]
    (line,) = (each for each in lines if each["id"] in text)
    assert line["title"] == "Cầu mới"
    assert line["sha256"] == sha256(line["text"].encode()).hexdigest()
    assert told(text, "Mã kiểm tra").endswith(line["sha256"])


SETTINGS = {
    ("data: texts", ""): (True, True),
    ("data: records", ""): (True, True),
    ("data: none", ""): (False, True),
    ("data: texts", "true"): (False, True),
}


@pytest.mark.parametrize(("setting", "noindex"), SETTINGS)
def test_a_page_names_the_data_only_where_it_is_told(
    site: Make, setting: str, noindex: str
) -> None:
    own = article("Cầu mới", noindex=noindex)
    text = page(site({"bimson.yaml": f"title: Kho\n{setting}\n", "a.md": own}))
    assert (".jsonl</a>" in text, "SHA-256" in text) == SETTINGS[setting, noindex]
