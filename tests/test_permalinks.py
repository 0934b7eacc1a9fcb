"""The ledger as its owner sees it: what builds record and when, and what answers at an address for ever."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import LONG, Site, article

TIN = "2020/08/05/tin/index.html"


def rows(made: Site) -> list[str]:
    places = sorted((made.root / "permalinks").glob("*.csv"))
    lines = [line for place in places for line in place.read_text().splitlines()]
    return [line for line in lines if line.startswith("/")]


def page(made: Site, path: str = TIN) -> str:
    """What stands at an address: a page, a redirect, a tombstone, or something that may come back."""
    text = made.output(path)
    if 'http-equiv="refresh"' in text:
        return "redirect"
    if "article" in text and 'content="noindex"' not in text:
        return "page"
    return "waiting" if "Hiện chưa xem được" in text else "gone"


# --- what is recorded ---------------------------------------------------------------------------------


def test_the_first_build_records_and_says_so(site) -> None:
    made: Site = site({"a.md": article("Tin", author="Mai Liên", aliases="[/cu/a.html]")})
    told = made.run("build", "--lang", "en").out
    assert told.splitlines()[-1] == "3 new addresses: commit permalinks/"
    assert (made.root / "permalinks/.gitattributes").read_text().endswith("merge=union\n")
    assert [row.split(",")[0] for row in rows(made)] == [
        "/2020/08/05/tin/",
        "/authors/mai-lien/",
        "/cu/a.html",
    ]
    assert made.build().json["new_addresses"] == 0
    assert "permalinks" not in made.run("build", "--lang", "en").out


@pytest.mark.parametrize(
    "options", [("--as-of", "2026-01-01"), ("--drafts",), ("--dry-run",), ("--strict",)]
)
def test_builds_that_nobody_sees_record_nothing(site, options) -> None:
    made: Site = site({"a.md": article("Tin"), "b.md": "---\ntitle: Hỏng\n"})
    assert made.build(*options).json["new_addresses"] == 1
    assert not (made.root / "permalinks").exists()
    assert made.build().json["new_addresses"] == 1, "it was never recorded"
    assert rows(made)


def test_an_unchanged_site_that_was_only_tried_is_recorded_later(site) -> None:
    made: Site = site({"a.md": article("Tin")})
    for _ in range(2):
        assert made.build("--as-of", "2026-01-01").json["new_addresses"] == 1
    assert made.build().json["new_addresses"] == 1
    assert len(rows(made)) == 1


def test_locked(site) -> None:
    made: Site = site({"a.md": article("Tin")})
    assert made.build("--locked").code == 1
    made.build()
    before, written = made.files(), rows(made)
    assert made.build("--locked").code == 0
    made.write("content/b.md", article("Mưa", body=LONG + "Mưa."))
    assert (made.build("--locked").code, made.files(), rows(made)) == (1, before, written)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
def test_where_the_ledger_cannot_be_written_the_old_site_stands(site) -> None:
    made: Site = site({f"{n}.md": article(f"Tin {n}", body=LONG + str(n)) for n in range(40)})
    made.build()
    before, ledger = made.files(), rows(made)
    size = (made.root / "permalinks/2020.csv").stat().st_size
    made.write("content/moi.md", article("Tin mới", body=LONG + "Mới."))
    made.build("--as-of", "2026-01-01", "--out", f"{made.root}/thu")  # fills the cache
    command = [sys.executable, "-c", FULL.format(limit=size + 20), "build", "--site", made.root]
    found = subprocess.run(command, capture_output=True, check=False, text=True)
    assert found.returncode == 3
    assert "permalinks/2020.csv" in found.stderr
    assert (made.files(), rows(made)) == (before, ledger)
    assert made.build().json["new_addresses"] == 1


# A full disk, for the ledger alone.
FULL = """
import resource, sys
from bimson_site.effects import permalinks
grow = permalinks._grow
def limited(*arguments):
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
    try:
        grow(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
permalinks._grow = limited
from bimson_site.cli import run
raise SystemExit(run(sys.argv[1:]))
"""


def test_what_a_killed_build_left_of_a_line_is_mended(site) -> None:
    made: Site = site({"a.md": article("Tin")})
    made.build()
    place = made.root / "permalinks/2020.csv"
    with place.open("a") as file:
        file.write("/2020/08/05/mua/,,content/b.md,12")
    made.write("content/b.md", article("Mưa", body=LONG + "Mưa."))
    assert made.build().code == 0
    assert len(rows(made)) == 2
    assert place.read_text().endswith(",page\n")
    assert made.build().json["written"] == 0


def test_two_branches_are_merged_by_taking_all_lines(site, tmp_path: Path) -> None:
    """Two people add an article of one title each; in either order of the merge the sites are equal."""
    made: Site = site({"a.md": article("Tin"), ".gitignore": "build\n"}, "base")
    made.write(".gitignore", "build/\n.bimson/\n")
    made.build()
    git(made.root, "init", "-q", "-b", "main")
    commit(made.root)
    for name in ("mot", "hai"):
        git(tmp_path, "clone", "-q", str(made.root), name)
        clone = Site(tmp_path / name)
        clone.write(f"content/{name}.md", article("Mưa", body=f"{LONG} {name}."))
        clone.build()
        commit(clone.root)
    for name, other in (("mot", "hai"), ("hai", "mot")):
        git(tmp_path / name, "fetch", "-q", str(tmp_path / other), f"main:{other}")
    for name, other in (("mot", "hai"), ("hai", "mot")):
        git(tmp_path / name, "merge", "-q", "--no-edit", other)
    one, two = Site(tmp_path / "mot"), Site(tmp_path / "hai")
    assert (one.build().code, two.build().code) == (0, 0)
    assert one.files() == two.files()
    assert sorted(rows(one)) == sorted(rows(two))
    assert "2020/08/05/mua-2/index.html" in one.files()
    assert one.build().json["written"] == 0


def git(folder: Path, *command: str) -> None:
    who = ["-c", "user.name=Mai", "-c", "user.email=mai@kho.example"]
    subprocess.run(["git", *who, *command], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Tin")


# --- what answers -------------------------------------------------------------------------------------


def test_removed_and_restored(site) -> None:
    made: Site = site({"a.md": article("Tin")})
    made.build()
    (made.root / "content/a.md").rename(made.root / "a.md")
    made.build()
    assert page(made) == "gone"
    assert not any(
        "2020/08/05/tin" in made.output(p) for p in ("index.html", "coverage/index.html")
    )
    (made.root / "a.md").rename(made.root / "content/a.md")
    made.build()
    assert page(made) == "page"


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        (article("Tin", draft="true"), "waiting"),
        (article("Tin", embargo_until="2100-01-01"), "waiting"),
        ("---\ntitle: [Hỏng\n  : :\n---\nChữ.\n", "waiting"),
        (article("Tin", access="hidden"), "gone"),
    ],
)
def test_a_typo_does_not_kill_an_address(site, change, stands) -> None:
    made: Site = site({"a.md": article("Tin")})
    made.build()
    made.write("content/a.md", change)
    made.build()
    assert page(made) == stands
    made.write("content/a.md", article("Tin"))
    made.build()
    assert page(made) == "page"


@pytest.mark.parametrize("change", ["title", "slug", "timestamp"])
def test_a_page_that_moves_leaves_a_redirect(site, change) -> None:
    made: Site = site({"a.md": article("Tin")})
    made.build()
    fields = {"title": "Tin", "timestamp": "2020-08-05", "slug": "tin"} | {
        change: {"title": "Mưa", "slug": "mua", "timestamp": "2020-08-06"}[change]
    }
    if change != "slug":
        del fields["slug"]
    made.write("content/a.md", article(**fields))
    made.build()
    assert page(made) == "redirect"
    assert len(rows(made)) == 2
    made.write("content/a.md", article("Tin"))
    made.build()
    assert page(made) == "page", "and back"


def test_an_alias_that_is_taken_out_still_leads_on_and_may_be_given_away(site) -> None:
    made: Site = site(
        {"a.md": article("Tin", aliases="[/cu.html]"), "b.md": article("Mưa", body="Mưa.")}
    )
    made.build()
    made.write("content/a.md", article("Tin"))
    made.build()
    assert "/2020/08/05/tin/" in made.output("cu.html")
    made.write("content/b.md", article("Mưa", body="Mưa.", aliases="[/cu.html]"))
    made.build()
    assert "/2020/08/05/mua/" in made.output("cu.html")
    assert "address-clash" not in made.build().codes


def test_an_address_with_a_query_is_remembered_too(site) -> None:
    made: Site = site(
        {
            "a.md": article("Tin", aliases="['/default.aspx?ctl=article&aID=7']"),
            "bimson.yaml": "servers: [nginx]\n",
        }
    )
    made.build()
    made.write("content/a.md", article("Tin"))
    made.build()
    assert "aID=7" in made.output("redirects/nginx.conf")
    (made.root / "content/a.md").unlink()
    made.build()
    told = made.output("redirects/nginx.conf")
    assert ("aID=7" in told, "/2020/08/05/tin/" in told) == (True, True)
    assert "gone" in told
    assert made.build().json["written"] == 0


def test_a_keeper_does_not_flip_when_more_arrives(site) -> None:
    made: Site = site({"b.md": article("Tin", "2020-08-05T08:00")})
    made.build()
    full = article("Tin sớm", "2020-08-05T07:00", author="Mai Liên", tags="[chợ]", summary="Gọn.")
    made.write("content/a.md", full)
    report = made.build().json
    assert (report["copies"], page(made), page(made, "2020/08/05/tin-som/index.html")) == (
        1,
        "page",
        "redirect",
    )
    fresh = Site(made.root.parent / "fresh")
    shutil.copytree(made.root / "content", fresh.root / "content")
    fresh.build()
    assert page(fresh) == "redirect", "without the ledger the fuller one is the keeper"


def test_when_a_keeper_goes_the_next_takes_over_in_one_hop(site) -> None:
    made: Site = site({"a.md": article("Tin", author="Mai"), "b.md": article("Tin lại")})
    made.build()
    (made.root / "content/a.md").unlink()
    made.build()
    again = "2020/08/05/tin-lai/index.html"
    assert (page(made), page(made, again)) == ("redirect", "page")
    (made.root / "content/b.md").unlink()
    made.build()
    assert (page(made), page(made, again)) == ("gone", "gone")


def test_an_id_that_is_given_later_keeps_the_addresses(site) -> None:
    made: Site = site({"a.md": article("Tin")})
    made.build()
    made.write("content/a.md", article("Mưa"))
    made.build()
    made.write("content/a.md", article("Mưa", id="bai-7"))
    made.build()
    assert (page(made), page(made, "2020/08/05/mua/index.html")) == ("redirect", "page")
    (made.root / "content/a.md").unlink()
    made.write("content/x/y.md", article("Nắng", body="Khác hẳn.", id="bai-7"))
    made.build()
    assert (page(made), page(made, "2020/08/05/mua/index.html")) == ("redirect", "redirect")


def test_a_published_address_is_not_given_away(site) -> None:
    made: Site = site({"a.md": article("Tin")})
    made.build()
    (made.root / "content/a.md").write_text(article("Mưa"))
    made.write("content/b.md", article("Tin", body="Bài khác hẳn, của người khác."))
    made.build()
    assert page(made) == "redirect"
    assert page(made, "2020/08/05/tin-2/index.html") == "page"


def test_a_term_that_vanishes_may_come_back(site) -> None:
    made: Site = site({"a.md": article("Tin", tags="[chợ]")})
    made.build()
    made.write("content/a.md", article("Tin"))
    made.build()
    assert page(made, "tags/cho/index.html") == "waiting"


def test_a_file_of_the_site_on_a_published_address_is_no_error(site) -> None:
    made: Site = site({"a.md": article("Tin"), "b.md": article("Mưa", body="Mưa.")})
    made.build()
    (made.root / "content/a.md").unlink()
    made.write("static/2020/08/05/tin/index.html", "<p>Của tôi")
    assert made.build().code == 0
    assert made.output(TIN) == "<p>Của tôi"
