"""What machines read in the head of an article, and how its foot says to cite it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape

import html5lib
import pytest

from conftest import LONG, Site, article

BASE = {"bimson.yaml": "title: Kho Bến Đò\nbase_url: https://kho.example/bao\n"}
URL = "https://kho.example/bao/2020/08/05/cau-moi/"
FULL = article(
    "Cầu mới",
    "2020-08-05T07:00",
    authors="[Nguyễn Văn A, Mai Liên]",
    section="Tin tức",
    tags="[cầu, đường]",
    source="Báo Bến Đò",
    source_url="https://bendo.example/412",
    summary="Cầu đã thông xe.",
    updated="2020-08-06",
)

Make = Callable[..., Site]


def page(made: Site, path: str = "2020/08/05/cau-moi/index.html") -> str:
    assert made.build().code == 0
    return made.output(path)


def linked(text: str) -> dict[str, object]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    told: dict[str, object] = json.loads(found[0])
    return told


def metas(text: str) -> list[tuple[str, str]]:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return [(m.get("name") or m.get("property"), m.get("content")) for m in tree.iter("meta")]


def shown(text: str) -> list[str]:
    """The texts of the citation box: plain, BibTeX, two Wikipedias."""
    box = text[text.index('<details class="cite">') : text.index("</details>")]
    return [unescape(each) for each in re.findall(r"<(?:p|pre)>(.*?)</(?:p|pre)>", box, re.DOTALL)]


NOTICES = {
    "correction: Cầu dài 214 mét.": [("Đính chính:", "Cầu dài 214 mét.")],
    "corrections:\n  - date: 2020-08-09\n    text: Cầu dài 214 mét.\n  - 2020-08-12: Bà Lan là bí thư.": [
        ("Đính chính (9/8/2020):", "Cầu dài 214 mét."),
        ("Đính chính (12/8/2020):", "Bà Lan là bí thư."),
    ],
    "withdrawn: true": [("Bài này đã được rút lại.", "")],
    "withdrawn: false": [],
    "correction: ~": [],
    "retracted:\n  date: 2020-08\n  reason: Không kiểm chứng được.": [
        ("Bài này đã được rút lại (tháng 8 năm 2020).", "Không kiểm chứng được.")
    ],
}


@pytest.mark.parametrize("field", NOTICES)
def test_corrections_and_withdrawals_stand_above_the_text(site: Make, field: str) -> None:
    made = site(
        {**BASE, "a.md": f"---\ntitle: Cầu mới\ntimestamp: 2020-08-05\n{field}\n---\n{LONG}"}
    )
    text = page(made)
    found = re.findall(r'<p class="notice"><strong>(.*?)</strong> ?(.*?)</p>', text)
    assert [each for each in found if "lưu trữ" not in each[0]] == NOTICES[field]
    told = linked(text)
    corrected = [words for head, words in NOTICES[field] if head.startswith("Đính")]
    assert told.get("correction", []) == corrected
    assert ("creativeWorkStatus" in told) == ("rút lại" in str(NOTICES[field]))


def test_a_correction_that_cannot_be_read_is_a_warning(site: Make) -> None:
    text = f"---\ntitle: Cầu\ntimestamp: 2020-08-05\ncorrections:\n  - day: x\n    words: y\n---\n{LONG}"
    found = site({**BASE, "a.md": text}).build().json["problems"]
    assert [(p["code"], p["path"], p["line"]) for p in found] == [
        ("value-ignored", "content/a.md", 5)
    ]


def test_linked_data_has_every_property_that_is_known(site: Make) -> None:
    made = site({**BASE, "a.md": FULL})
    person = {"@type": "Person", "url": "https://kho.example/bao/authors/nguyen-van-a/"}
    told = linked(page(made))
    assert told.pop("author")[0] == {**person, "name": "Nguyễn Văn A"}
    assert told == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Cầu mới",
        "description": "Cầu đã thông xe.",
        "datePublished": "2020-08-05T07:00:00+07:00",
        "dateModified": "2020-08-06",
        "publisher": {"@type": "Organization", "name": "Báo Bến Đò"},
        "sdPublisher": {"@type": "Organization", "name": "Kho Bến Đò"},
        "articleSection": ["Tin tức"],
        "keywords": ["cầu", "đường"],
        "inLanguage": "vi",
        "url": URL,
        "mainEntityOfPage": URL,
        "isBasedOn": "https://bendo.example/412",
        "isAccessibleForFree": True,
    }


@pytest.mark.parametrize(
    ("stamp", "folder", "told", "cited"),
    [
        ("2020-08-05", "2020/08/05", "2020-08-05", "2020/08/05"),
        ("2020-08", "2020/08", "2020-08", "2020/08"),
        ("2020", "2020", "2020", "2020"),
        ("~2020", "2020", None, None),
        ("", "undated", None, None),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known(
    site: Make, stamp: str, folder: str, told: str | None, cited: str | None
) -> None:
    text = page(site({**BASE, "a.md": article("Cầu", stamp)}), f"{folder}/cau/index.html")
    assert linked(text).get("datePublished") == told
    head = dict(metas(text))
    assert head.get("citation_publication_date") == cited
    assert head.get("article:published_time") == told


def test_zotero_is_told_that_it_is_a_newspaper_article(site: Make) -> None:
    head = metas(page(site({**BASE, "a.md": FULL})))
    assert ("DC.type", "newspaperArticle") in head
    assert ("citation_title", "Cầu mới") in head
    assert [v for k, v in head if k == "citation_author"] == ["Nguyễn Văn A", "Mai Liên"]
    assert ("citation_journal_title", "Báo Bến Đò") in head
    assert ("citation_publication_date", "2020/08/05") in head


def test_a_shared_link_is_described(site: Make) -> None:
    files = {**BASE, "a.md": article("Cầu", body=f"![Cầu](cau.jpg)\n\n{LONG}")}
    made = site({**files, "content/cau.jpg": b"\xff\xd8"})
    head = dict(metas(page(made, "2020/08/05/cau/index.html")))
    assert head["og:type"] == "article"
    assert head["og:url"] == "https://kho.example/bao/2020/08/05/cau/"
    assert head["og:image"] == "https://kho.example/bao/2020/08/05/cau/cau.jpg"
    assert head["og:description"].startswith("Sáng thứ ba")
    assert head["twitter:card"] == "summary_large_image"


def test_without_base_url_no_address_of_this_site_is_told(site: Make) -> None:
    text = page(site({"a.md": FULL}))
    told = linked(text)
    assert {"url", "mainEntityOfPage", "image"}.isdisjoint(told)
    assert told["author"][1] == {"@type": "Person", "name": "Mai Liên"}
    assert not [name for name, _ in metas(text) if name and name.startswith(("og:", "twitter:"))]
    assert "https://bendo.example/412" in shown(text)[1]


HOSTILE = "Cầu </script><script>alert(1)</script> & “a” \u2028 <!-- {{x}} | [[y]] ~~~~ ''z''"


def test_nothing_that_a_title_says_ends_the_script(site: Make) -> None:
    made = site({**BASE, "a.md": article(json.dumps(HOSTILE), slug="cau-moi")})
    text = page(made)
    script = text[text.index("ld+json") :].split("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(script[len('ld+json">') :])
    assert linked(text)["headline"].startswith("Cầu </script><script>alert(1)</script> & “a”")
    html5lib.HTMLParser(strict=True).parse(text)
    assert "<script>alert" not in text


def test_a_citation_is_escaped_for_its_syntax(site: Make) -> None:
    made = site(
        {**BASE, "a.md": article(json.dumps(HOSTILE), slug="cau-moi", source=r"A {B\} $&#_%~^")}
    )
    _, bibtex, vietnamese, english = shown(page(made))
    assert r"journal = {A \textbraceleft{}B\textbackslash{}\textbraceright{} \$\&\#\_\%" in bibtex
    assert bibtex.count("{") == bibtex.count("}")
    for wiki in (vietnamese, english):
        inner = wiki[2:-2]
        assert not {"{{", "}}", "[[", "~~~", "''", "<", ">"} & {
            inner[i : i + n] for i in range(len(inner)) for n in (1, 2, 3)
        }
        assert "&#123;&#123;x&#125;&#125; &#124; &#91;&#91;y" in wiki


def test_an_article_is_cited_with_names_kept_whole(site: Make) -> None:
    plain, bibtex, vietnamese, english = shown(page(site({**BASE, "a.md": FULL})))
    assert plain == (f"Nguyễn Văn A, Mai Liên. “Cầu mới”. Báo Bến Đò, 5/8/2020. Kho Bến Đò. {URL}")
    assert bibtex == (
        "@article{cau-moi-2020-08-05,\n"
        "  author = {{Nguyễn Văn A} and {Mai Liên}},\n"
        "  title = {{Cầu mới}},\n"
        "  journal = {Báo Bến Đò},\n"
        "  year = {2020},\n  month = aug,\n  day = {5},\n"
        f"  url = {{{URL}}},\n}}"
    )
    assert vietnamese == (
        "{{chú thích báo |author1=Nguyễn Văn A |author2=Mai Liên |tiêu đề=Cầu mới |báo=Báo Bến Đò"
        f" |ngày=2020-08-05 |language=vi |url={URL} |via=Kho Bến Đò}}}}"
    )
    assert english.startswith("{{cite news |author1=Nguyễn Văn A |author2=Mai Liên |title=Cầu mới")


def test_one_author_is_cited_without_a_number(site: Make) -> None:
    _, bibtex, vietnamese, english = shown(
        page(
            site({**BASE, "a.md": article("Cầu mới", "2020-08", author="Nguyễn Văn A")}),
            "2020/08/cau-moi/index.html",
        )
    )
    assert bibtex.startswith("@misc{cau-moi-2020-08,\n  author = {{Nguyễn Văn A}},\n")
    assert "|tác giả=Nguyễn Văn A" in vietnamese
    assert "|ngày=tháng 8 năm 2020" in vietnamese
    assert "|date=August 2020" in english


@pytest.mark.parametrize("access", ["summary", "record"])
def test_what_readers_may_not_see_no_machine_is_told(site: Make, access: str) -> None:
    secret = "Phần kín của bài. " * 20
    body = f"![Ảnh kín](kin.jpg)\n\n{secret}"
    files = {
        **BASE,
        "a.md": article(
            "Cầu mới", body=body, access=access, summary="Chỉ tóm tắt.", image="kin.jpg"
        ),
        "content/kin.jpg": b"\xff\xd8",
    }
    text = page(site(files))
    told = linked(text)
    assert told["isAccessibleForFree"] is False
    assert "image" not in told
    assert "Phần kín" not in text
    assert "kin.jpg" not in text
    assert ("Chỉ tóm tắt." in text) == (access == "summary")


def test_hidden_and_embargoed_articles_have_no_page(site: Make) -> None:
    made = site(
        {
            **BASE,
            "a.md": article("Cầu mới", access="hidden"),
            "b.md": article("Sau này", embargo_until="2999-01-01"),
            "c.md": article("Tin"),
        }
    )
    made.build()
    told = "".join(data.decode("utf-8", "replace") for data in made.files().values())
    assert "Cầu mới" not in told
    assert "Sau này" not in told


def test_rights_are_a_licence_where_they_are_an_address(site: Make) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    made = site({**BASE, "a.md": article("Cầu mới", rights=licence)})
    assert linked(page(made))["license"] == licence
    made.write("content/a.md", article("Cầu mới", rights="Xin phép tòa soạn"))
    assert linked(page(made))["copyrightNotice"] == "Xin phép tòa soạn"


def test_the_page_stays_light(site: Make) -> None:
    """HTML and CSS of an article in 20 KB compressed (its text apart, which has its own length)."""
    import gzip

    made = site({**BASE, "a.md": FULL})
    page(made)
    files = made.files()
    parts = (files["2020/08/05/cau-moi/index.html"], files["style.css"], files["theme.css"])
    assert sum(len(gzip.compress(each)) for each in parts) < 20_000
