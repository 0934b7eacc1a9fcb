"""Every problem code has a tiny broken site that shows it: its place, the exit code, what stays whole.

`expected.json` in a site holds the exit code and every problem as [code, path, line, column].
Renew them with `pytest tests/test_bad_sites.py --renew` and read the diff.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bimson_site import jobs
from bimson_site.effects import files
from bimson_site.errors import CODES, Severity
from bimson_site.model import LoadRules
from conftest import Site, run, tree

SITES = Path(__file__).parent / "sites"
# These need something that a folder of files cannot hold; see the tests below.
STAGED = {
    "internal",
    "ledger-locked",
    "machine-refused",
    "name-undecodable",
    "output-busy",
    "usage",
    "worker-died",
}
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")


def copied(name: str, tmp_path: Path) -> Site:
    root = tmp_path / "site"
    shutil.copytree(
        SITES / name, root, symlinks=True, ignore=shutil.ignore_patterns("expected.json")
    )
    return Site(root)


def test_every_code_has_a_site() -> None:
    found = {path.name.removeprefix("bad-") for path in SITES.glob("bad-*")}
    assert found == set(CODES)


@pytest.mark.parametrize("code", sorted(set(CODES) - STAGED))
def test_the_site_shows_its_problem(
    code: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    site = copied(f"bad-{code}", tmp_path)
    result = site.build()
    found = {
        "exit": result.code,
        "problems": [
            [p["code"], p["path"], p["line"], p["column"]] for p in result.json["problems"]
        ],
    }
    expected = SITES / f"bad-{code}" / "expected.json"
    if request.config.getoption("--renew"):
        expected.write_text(
            json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    assert found == json.loads(expected.read_text(encoding="utf-8"))
    assert code in result.codes
    if result.code == 2:
        assert not (site.root / "build").exists() or code == "output-foreign"
    else:
        assert (site.root / "build/index.html").is_file()


@pytest.mark.parametrize("code", sorted(set(CODES) - STAGED))
def test_an_error_for_people_names_place_code_and_cure(code: str, tmp_path: Path) -> None:
    site = copied(f"bad-{code}", tmp_path)
    said = {lang: run("build", "--site", site.root, "--lang", lang).err for lang in ("en", "vi")}
    label = CODES[code].severity
    assert f"{label}[{code}]" in said["en"]
    assert f"[{code}]" in said["vi"]
    assert said["en"] != said["vi"]
    assert "{" not in said["vi"].replace("{{", "").replace("{%", "").split("expected.json")[0]


def test_errors_stop_nothing_but_with_strict_nothing_is_written(tmp_path: Path) -> None:
    site = copied("bad-timestamp-unreadable", tmp_path)
    assert site.build("--strict").code == 1
    assert not (site.root / "build").exists()
    assert site.build().code == 1
    assert any("cho-phien" in name for name in site.files())
    assert not any("cau-moi" in name for name in site.files())


def test_a_foreign_folder_is_left_as_it_was(tmp_path: Path) -> None:
    site = copied("bad-output-foreign", tmp_path)
    before = tree(site.root)
    site.build()
    after = {
        name: data for name, data in tree(site.root).items() if not name.startswith(".bimson/")
    }
    assert after == before


@UNIX
def test_names_that_are_no_text_are_named_and_stop_nothing(tmp_path: Path) -> None:
    site = copied("bad-name-undecodable", tmp_path)
    for path in (b"content/\xff.md", b"content/b\xe0i.jpg", b"static/\xff.txt"):
        place = site.root / os.fsdecode(path)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"---\ntimestamp: 2020-08-05\n---\n")
    result = site.build()
    assert result.code == 1
    assert result.codes.count("name-undecodable") == 3
    statuses = [row["status"] for row in site.run("list", "--json").lines]
    assert sorted(statuses) == ["page", "set_aside", "set_aside"]
    assert "name-undecodable" in site.run("build").err


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Another build at work."""
    with files.Output(folder.parent, folder):
        yield


def test_two_builds_at_once_the_second_is_refused(tmp_path: Path) -> None:
    site = copied("bad-output-busy", tmp_path)
    assert site.build().code == 0
    before = site.files()
    with held(site.root / "build"):
        result = site.build()
    assert (result.code, "output-busy" in result.codes) == (3, True)
    assert site.files() == before


def test_new_addresses_where_they_are_forbidden(tmp_path: Path) -> None:
    site = copied("bad-ledger-locked", tmp_path)
    result = site.build("--locked")
    (found,) = result.json["problems"]
    assert (result.code, found["code"], found["path"]) == (
        1,
        "ledger-locked",
        "permalinks/2020.csv",
    )
    assert not site.files()
    assert not (site.root / "permalinks").exists()


@UNIX
def test_a_machine_that_refuses_leaves_the_old_site(tmp_path: Path) -> None:
    """A file-size limit stands for a full disk: every write beyond 2 KB fails."""
    site = copied("bad-machine-refused", tmp_path)
    assert site.build().code == 0
    before = site.files()
    site.write("content/cho-phien.md", "---\ntitle: Chợ mới\ntimestamp: 2020-08-06\n---\nMới.\n")
    limited = subprocess.run(
        [sys.executable, "-m", "bimson_site", "build", "--site", site.root, "--json"],
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048)),
    )
    assert limited.returncode == 3
    found = json.loads(limited.stdout)["problems"]
    assert [p["code"] for p in found] == ["machine-refused"]
    assert site.files() == before
    assert not (site.root / "build/.bimson-site/stage").exists()
    assert site.build().code == 0
    assert site.files() != before


def test_a_page_that_kills_its_process_is_our_bug_and_nothing_is_written(tmp_path: Path) -> None:
    site = copied("bad-internal", tmp_path)
    result = site.build("--jobs", "2")
    assert (result.code, result.codes) == (70, ["internal"])
    assert not site.files()


REAL_READER = jobs.make_reader


def fatal_reader(root: Path, rules: LoadRules):
    """The real reader, but one file ends the process, as a crash in a C library would."""
    real = REAL_READER(root, rules)

    def task(unread):
        if any(each.source.path.endswith("-17.md") for each in unread):
            os._exit(1)
        return real(unread)

    return task


def test_a_file_that_kills_its_reader_costs_only_itself(tmp_path: Path, monkeypatch) -> None:
    site = copied("bad-worker-died", tmp_path)
    for number in range(100):
        site.write(f"content/2020-08-05-{number}.md", f"Bài số {number}.\n")
    sources = sorted(files.walk(site.root, "content"), key=lambda s: s.path)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "make_reader", fatal_reader)
        result = site.build("--jobs", "2")
    assert (result.code, result.codes.count("worker-died")) == (1, 1)
    died = [p["path"] for p in result.json["problems"] if p["code"] == "worker-died"]
    assert died == ["content/2020-08-05-17.md"]
    assert result.json["articles"] == len(sources) - 1
    again = site.build("--jobs", "2")  # what could not be read is read again
    assert (again.json["articles"], again.codes.count("worker-died")) == (len(sources), 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--nope"),
        ("build", "--jobs", "0"),
        ("build", "--as-of", "someday"),
        ("explain", "/khong-co/"),
        ("explain",),
        ("nope",),
    ],
)
def test_usage_is_explained(arguments: tuple[str, ...], tmp_path: Path) -> None:
    site = copied("bad-usage", tmp_path)
    options = ("--site", site.root) if arguments[0] != "nope" else ()
    result = run(*arguments, *options)
    assert result.code == 2
    assert "error[usage]" in result.err
    assert not (site.root / "build").exists()


def test_severities_are_two() -> None:
    assert {words.severity for words in CODES.values()} == set(Severity)
