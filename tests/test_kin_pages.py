"""What readers see of texts that are alike: versions, series, related articles, copies with what they wrote."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from html import unescape

import pytest

from conftest import Site, article

STORY = (
    "Chợ phiên bên sông mở lại sau hai tháng tu sửa. Người bán từ ba xã mang rau và vải đến từ sớm.\n\n"
    "Ban quản lý cho biết có 412 quầy hàng đã thuê chỗ. Đoàn thanh niên giúp các cụ qua cầu phao mới bắc.\n\n"
    "Ông Lê Đức Mộc trông coi bến đò suốt mùa nước lớn. Bà con mong con đường vào chợ sớm được trải nhựa.\n\n"
    "Hội phụ nữ xã nấu nước chè xanh mời khách phương xa. Trẻ em được nghỉ học buổi sáng để theo mẹ đi chợ.\n"
)
OTHER = "Trường làng khai giảng năm học mới giữa ngày nắng đẹp. Thầy hiệu trưởng đánh hồi trống đầu tiên.\n"
Make = Callable[..., Site]


def page(site: Site, slug: str, day: str = "2020/08/05") -> str:
    return site.output(f"{day}/{slug}/index.html")


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def linked(site: Site, name: str) -> dict[str, str]:
    found = site.run("duplicates", "--json").json
    mine = next((c for c in found if c["keeper"] == f"content/{name}.md"), {"linked": []})
    return {one["path"].removeprefix("content/"): one["verdict"] for one in mine["linked"]}


def test_versions_lead_to_each_other_and_to_what_changed(site: Make) -> None:
    made = site(
        {
            "a.md": article("Chợ mở lại", "2020-08-05T07:00", STORY),
            "b.md": article(
                "Chợ mở lại", "2020-08-05T09:00", STORY.replace("412 quầy", "421 quầy"), slug="sau"
            ),
        }
    )
    assert made.build().code == 0
    earlier, later = page(made, "cho-mo-lai"), page(made, "sau")
    assert "bản sau: " in words(earlier)
    assert "bản trước: " in words(later)
    changes = re.search(r'href="(changes/[0-9a-f]{10}/)"', later)
    assert changes
    assert f'href="../sau/{changes[1]}"' in earlier
    shown = page(made, f"sau/{changes[1]}".rstrip("/"))
    assert '<meta name="robots" content="noindex">' in shown
    assert "bỏ: 412 thêm: 421 quầy" in words(shown)
    assert "Ông Lê Đức Mộc trông coi" not in words(shown)  # too far from the difference
    assert 'href="../../../cho-mo-lai/"' in shown
    assert 'href="../../"' in shown


def test_a_series_has_before_and_next(site: Make) -> None:
    days = ("05", "12", "19")
    made = site(
        {
            f"{d}.md": article("Chợ phiên", f"2020-08-{d}T07:00", STORY.replace("412", f"4{d}"))
            for d in days
        }
    )
    assert made.build().code == 0
    middle = page(made, "cho-phien", "2020/08/12")
    assert "Kỳ trước, 5/8/2020" in words(middle)
    nav = re.search(r'<nav class="beside" aria-label="Cùng loạt bài">.*?</nav>', middle, re.DOTALL)
    assert nav
    assert re.findall(r'href="([^"]+)"', nav[0]) == ["../../05/cho-phien/", "../../19/cho-phien/"]
    assert (
        '<section class="about" aria-labelledby="about">\n<h2 id="about">Về bài này</h2>\n<details'
        in middle
    )  # nothing to tell but how to cite
    first = page(made, "cho-phien", "2020/08/05")
    assert "Kỳ sau" in words(first)
    assert "Kỳ trước" not in words(first)


def test_related_are_earlier_ones_only(site: Make) -> None:
    half = STORY.split("\n\n")
    made = site(
        {
            "a.md": article("Chợ mở lại", "2020-08-05", STORY),
            "b.md": article(
                "Trống trường", "2020-08-25", "\n\n".join([*half[:3], OTHER, OTHER.upper()])
            ),
        }
    )
    assert made.build().code == 0
    assert "Tin trước đó về việc này Chợ mở lại" in words(page(made, "trong-truong", "2020/08/25"))
    assert "Tin trước đó" not in words(page(made, "cho-mo-lai"))


def test_another_spelling_is_folded_and_both_texts_are_there(site: Make) -> None:
    respelt = (
        STORY.replace("Hội phụ nữ", "Hội Phụ nữ")
        .replace("kỹ", "kĩ")
        .replace("Ban quản lý", "Ban quản lí")
    )
    made = site(
        {
            "a.md": article("Chợ mở lại", "2020-08-05T07:00", STORY, author="Mai Liên"),
            "b.md": article("Chợ mở lại", "2020-08-05T09:00", respelt),
        }
    )
    report = made.build()
    assert (report.json["articles"], report.json["copies"]) == (1, 1)
    found = made.run("duplicates", "--json").json
    assert [c["copies"] for c in found] == [[{"path": "content/b.md", "reason": "refile"}]]
    shown = page(made, "cho-mo-lai")
    assert "cùng bài, chỉ khác chính tả" in words(shown)
    raw = re.search(r'href="(copies/[0-9a-f]{16}\.txt)"', shown)
    assert raw
    written = made.output(f"2020/08/05/cho-mo-lai/{raw[1]}")
    assert written.rstrip() == f"\ufeff{respelt}".rstrip()
    changes = re.search(r'href="(changes/[0-9a-f]{10}/)"', shown)
    assert changes
    assert "bỏ: lý thêm: lí" in words(page(made, f"cho-mo-lai/{changes[1]}".rstrip("/")))


def test_different_is_never_compared(site: Make) -> None:
    made = site(
        {
            "a.md": article("Chợ mở lại", "2020-08-05T07:00", STORY),
            "b.md": article("Chợ mở lại", "2020-08-05T09:00", STORY.replace("lý", "lí")),
            "dedupe.yaml": "different:\n  - [a.md, b.md]\n",
        }
    )
    assert made.build().json["copies"] == 0
    assert linked(made, "a") == {}


@pytest.mark.parametrize("access", ["summary", "record", "hidden"])
def test_what_readers_may_not_see_is_in_no_file(site: Make, access: str) -> None:
    secret = STORY.replace("412 quầy", "421 quầy")
    made = site(
        {
            "a.md": article("Chợ mở lại", "2020-08-05T07:00", STORY),
            "b.md": article("Chợ mở lại", "2020-08-05T09:00", secret, access=access),
            "c.md": article("Trường", "2020-08-06", OTHER),
            "d.md": article("Trường", "2020-08-06", "Chữ kín.\n", access=access),
            "dedupe.yaml": "same:\n  - [c.md, d.md]\n",
        }
    )
    assert made.build().code == 0
    files = made.files()
    assert not [
        name for name, data in files.items() if b"421" in data or "Chữ kín".encode() in data
    ]
    assert not [name for name in files if "/changes/" in name or "/copies/" in name]


def test_a_comment_in_a_copy_is_not_published(site: Make) -> None:
    made = site(
        {
            "a.md": article("Chợ", "2020-08-05", STORY, author="Mai Liên"),
            "b.md": article("Chợ", "2020-08-05", STORY + "\n<!-- hỏi lại ông Kín -->\n"),
        }
    )
    assert made.build().json["copies"] == 1
    assert not [n for n, data in made.files().items() if "ông Kín".encode() in data]


def test_many_copies_have_pages_of_their_own_and_equal_texts_one_file(site: Make) -> None:
    texts = {
        f"{n:03}.md": article("Chợ", "2020-08-05", STORY, source=f"Báo {n}") for n in range(230)
    }
    made = site(texts)
    assert made.build().json["copies"] == 229
    names = [n for n in made.files() if "/copies/" in n]
    assert sorted(n.partition("/copies/")[2] for n in names if n.endswith("html")) == [
        "1/index.html",
        "2/index.html",
    ]
    assert len([n for n in names if n.endswith(".txt")]) == 1
    shown = page(made, "cho")
    assert "và 209 lần nữa" in words(shown)
    assert shown.count("cùng chữ") == 20
    first, second = page(made, "cho/copies/1"), page(made, "cho/copies/2")
    assert "21 đến 220 trong 229" in words(first)
    assert "221 đến 229 trong 229" in words(second)
    sources = set(re.findall(r"Báo \d+", words(shown + first + second)))
    assert len(sources) == 230


def test_a_new_version_renders_its_pages_and_no_others(site: Make) -> None:
    made = site(
        {
            "a.md": article("Chợ mở lại", "2020-08-05T07:00", STORY),
            "c.md": article("Trường", "2020-08-05T08:00", OTHER),
            "d.md": article("Trường xa", "2020-08-05T20:00", OTHER + "Xa."),
        }
    )
    made.build()
    before = made.files()
    made.write(
        "content/b.md",
        article("Chợ mở lại", "2020-08-05T22:00", STORY.replace("412", "421"), slug="sau"),
    )
    made.build()
    after = made.files()
    changed = {name for name in before if "/05/" in name and after[name] != before[name]}
    assert changed == {
        "2020/08/05/index.html",
        "2020/08/05/cho-mo-lai/index.html",
        "2020/08/05/truong-xa/index.html",  # the one before in time
    }


# --- what the owner is told --------------------------------------------------------------------------


@pytest.fixture
def versions(site: Make) -> Site:
    later = STORY.replace("412 quầy", "421 quầy")
    return site(
        {
            "a.md": article("Chợ mở lại", "2020-08-05T07:00", STORY),
            "b.md": article("Chợ mở lại", "2020-08-05T09:00", later, id="so-2"),
            "c.md": article("Trường", "2020-08-06", OTHER),
        }
    )


def test_duplicates_tell_what_is_linked(versions: Site) -> None:
    assert linked(versions, "a") == {"b.md": "version"}
    assert linked(versions, "b") == {"a.md": "version"}
    found = versions.run("duplicates", "--json").json
    assert [(c["keeper"], c["copies"]) for c in found] == [
        ("content/a.md", []),
        ("content/b.md", []),
    ]
    assert 0.9 < found[0]["linked"][0]["likeness"] < 1
    told = versions.run("duplicates")
    assert told.out == (
        "content/a.md\n  ~ content/b.md  (version, 98 %)\n      number: removed: 412  added: 421\n"
    )
    assert told.err == "0 texts repeat. 1 pair is linked.\n"
    assert (
        "content/a.md,content/b.md,linked,/2020/08/05/cho-mo-lai-2/"
        in versions.run("duplicates", "--csv").out
    )


@pytest.mark.parametrize(
    "names", [("a.md", "b.md"), ("content/a.md", "so-2"), ("/2020/08/05/cho-mo-lai/", "b.md")]
)
def test_two_articles_are_explained(versions: Site, names: tuple[str, str]) -> None:
    if names[0].startswith("/"):  # an address that both ask for
        versions.write(
            "content/b.md", article("Chợ", "2020-08-05T09:00", STORY.replace("412", "421"))
        )
        versions.write("content/a.md", article("Chợ mở lại", "2020-08-05T07:00", STORY))
    told = versions.run("duplicates", "--explain", *names)
    assert told.code == 0
    assert "  rule: " in told.out
    assert "  number: removed: 412  added: 421\n" in told.out
    found = versions.run("duplicates", "--explain", *names, "--json").json
    assert found["edits"] == [{"kind": "number", "before": "412", "after": "421"}]


def test_what_is_explained_is_in_the_owners_language(versions: Site) -> None:
    told = versions.run("duplicates", "--explain", "a.md", "c.md", "--lang", "vi").out
    assert told.startswith(
        "content/a.md\ncontent/c.md\n  kết luận: khác nhau: hai bài khác nhau\n"
        "  quy tắc: unlike: chung chưa tới một nửa số chữ\n  độ giống: "
    )


def test_what_is_ruled_is_told_and_what_is_unknown_is_refused(versions: Site) -> None:
    versions.write("dedupe.yaml", "different:\n  - [a.md, b.md]\n")
    told = versions.run("duplicates", "--explain", "a.md", "b.md")
    assert "dedupe.yaml has the last word: they are different" in told.out
    assert linked(versions, "a") == {}
    wrong = versions.run("duplicates", "--explain", "a.md", "bb.md")
    assert wrong.code == 2
    assert "no article has this path, id or address; write content/b.md" in wrong.err
    assert versions.run("duplicates", "--explain", "a.md").code == 2


@pytest.mark.parametrize(
    ("title", "date", "text"),
    [
        ("Chợ phiên mở lại rồi", "07:00", STORY),
        ("Chợ phiên mở lại", "07:30", STORY),
        ("Chợ phiên mở lại", "07:00", STORY.replace("412", "420")),
        ("Chợ phiên mở lại", "07:00", OTHER),
        ("Chợ phiên mở lại", "07:00", STORY.replace("412", "421")),
    ],
)
def test_what_changes_in_a_version_reaches_the_other_far_from_it(
    site: Make, title: str, date: str, text: str
) -> None:
    """Others stand between the two, so that nothing but their being kin makes the later page anew."""
    files = {
        "a.md": article("Chợ phiên mở lại", "2020-08-05T07:00", STORY),
        **{f"{n}.md": article(f"Số {n}", f"2020-08-05T08:0{n}", f"Tin số {n}.") for n in range(3)},
        "b.md": article(
            "Chợ phiên mở lại", "2020-08-05T22:00", STORY.replace("412", "421"), slug="sau"
        ),
    }
    warm = site(files)
    warm.build()
    files["a.md"] = article(title, f"2020-08-05T{date}", text)
    clean = site(files, "clean")
    shutil.copytree(warm.root / "permalinks", clean.root / "permalinks")
    warm.write("content/a.md", files["a.md"])
    assert warm.build().json["problems"] == clean.build().json["problems"]
    assert warm.files() == clean.files()
