"""An article is taken down: nothing of its words is left anywhere, and its address is nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import LONG, Site, article

NAME = "Tạ Khánh Ngà"
WORDS = ("Khánh Ngà", "khanh-nga", "hồ nước Đá Bàn", "da-ban", "KHANH NGA")
TEXT = f"{LONG}\n\nBà {NAME} kể chuyện hồ nước Đá Bàn.\n\n![Ảnh](khanh-nga.jpg)\n"


@pytest.fixture
def made(site) -> Site:
    head = {"author": NAME, "tags": "[Đá Bàn, chợ]", "aliases": "['/cu/khanh-nga.html']"}
    found: Site = site(
        {
            "content/2020/khanh-nga.md": article(f"Chuyện của {NAME}", body=TEXT, **head),
            "lai.md": article(f"{NAME} kể", "2020-08-06", body=TEXT, source="Báo Hai"),
            "khac.md": article("Chợ phiên", "2020-08-07", body=f"{LONG} Khác.", tags="[chợ]"),
            "content/2020/khanh-nga.jpg": "jpeg",
            "content/khanh-nga.jpg": "jpeg",
            "bimson.yaml": "base_url: https://kho.example\nservers: [nginx, apache]\ndata: texts\n",
        }
    )
    assert found.build().code == 0
    assert left(found.root)
    return found


def left(root: Path) -> list[str]:
    """Every place in the whole site where the removed words can still be read."""
    found = []
    for place in sorted(root.rglob("*")):
        said = place.relative_to(root).as_posix().encode()
        said += place.read_bytes() if place.is_file() else b""
        found += [f"{place}: {word}" for word in WORDS if word.casefold().encode() in said.lower()]
        found += [f"{place}: {word}" for word in WORDS if word.encode() in said]
    return found


def test_nothing_is_left_but_the_address(made: Site) -> None:
    told = made.run("remove", "/2020/08/05/chuyen-cua-ta-khanh-nga/", "--reason", "Theo yêu cầu")
    assert told.code == 0
    assert made.build().code == 0
    page = made.output("2020/08/05/chuyen-cua-ta-khanh-nga/index.html")
    assert "Theo yêu cầu" in page
    assert 'content="noindex"' in page
    assert "gone" in made.output("redirects/nginx.conf")
    addresses = {"khanh-nga", "da-ban"}  # of the article, its alias, its author and its tag
    texts = [f for f in left(made.root) if f.rsplit(": ", 1)[1] not in addresses]
    rows = [f for f in texts if "/permalinks/" in f]
    assert texts == rows, "but for the terms of the ledger"
    assert made.build("--locked").json["written"] == 0


def test_redacted_nothing_is_left_at_all(made: Site) -> None:
    assert made.run("remove", "content/lai.md", "--redact", "--reason", "Riêng tư").code == 0
    assert made.build().code == 0
    assert left(made.root) == []
    assert "redacted:" in (made.root / "permalinks/undated.csv").read_text()
    assert "cho-phien" in " ".join(made.files())


def test_the_address_of_what_was_removed_is_given_to_nobody(made: Site) -> None:
    made.run("remove", "lai.md", "--redact")
    made.build()
    made.write("content/moi.md", article(f"Chuyện của {NAME}", body="Một bài khác hẳn."))
    made.build()
    urls = {row["url"] for row in made.run("list", "--json").lines}
    assert "/2020/08/05/chuyen-cua-ta-khanh-nga-2/" in urls


def test_it_can_be_restored(made: Site) -> None:
    kept = (made.root / "content/2020/khanh-nga.md").read_text()
    made.run("remove", "lai.md", "--reason", "Nhầm")
    made.build()
    made.write("content/2020/khanh-nga.md", kept.replace("![Ảnh](khanh-nga.jpg)", ""))
    made.build()
    assert "Đá Bàn" in made.output("2020/08/05/chuyen-cua-ta-khanh-nga/index.html")


def test_what_is_gone_already_gets_a_reason(made: Site) -> None:
    for name in ("2020/khanh-nga.md", "lai.md"):
        (made.root / "content" / name).unlink()
    made.build()
    told = made.run("remove", "/2020/08/05/chuyen-cua-ta-khanh-nga/", "--reason", "Theo luật")
    assert told.code == 0
    made.build()
    assert "Theo luật" in made.output("2020/08/05/chuyen-cua-ta-khanh-nga/index.html")


@pytest.mark.parametrize("target", ["/khong-co/", "khong-co.md", "/authors/ta-khanh-nga/"])
def test_what_is_no_article_is_not_removed(made: Site, target: str) -> None:
    before = left(made.root)
    assert made.run("remove", target).code == 2
    assert left(made.root) == before


def test_an_interrupted_removal_can_be_asked_for_again(made: Site, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert made.run("remove", "lai.md", "--redact").code == 3
    monkeypatch.undo()
    assert made.run("remove", "lai.md", "--redact").code == 0
    made.build()
    assert left(made.root) == []


def test_search_finds_no_word_of_it(made: Site) -> None:
    def found(words: str) -> list[str]:
        return [each["url"] for each in made.run("search", words, "--json").lines]

    assert len(found("khanh nga")) == 1
    made.run("remove", "lai.md", "--redact")
    made.build()
    assert found("khanh nga") == found("ho nuoc da ban") == []
    assert found("cho phien")
