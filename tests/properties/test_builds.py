"""Same inputs, same bytes: whatever the machine, the order, the place or the number of processes."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bimson_site import intake, routes, shelving, survey
from bimson_site.effects import workers
from bimson_site.effects.cache import ARTICLES
from bimson_site.effects.site import Site as OpenSite
from bimson_site.effects.site import open_site
from bimson_site.errors import PHRASES, Location, MachineError, SiteError, problem
from bimson_site.pipeline.release import Moment
from conftest import LONG, Site, article, run_process, tree

RICH = {
    "content/2020/08/05/a.md": article("Chợ phiên", "2020-08-05T07:00", author="Mai Liên"),
    "content/2020/08/05/b.md": article("Chợ phiên", "2020-08-05T08:00", tags="[chợ, Chợ, CHỢ]"),
    "content/c.md": article(
        "Cầu mới", "2021-03", LONG + "c", section="Tin/Đường", tags="[cầu, chợ]"
    ),
    "content/d.md": article("Cầu mới", "2021-03", LONG + "d", aliases="[/cu/d.html]"),
    "content/e.md": article("Núi", "~1998", "![Núi](nui.jpg)\n*Núi buổi sớm*"),
    "content/nui.jpg": "jpeg",
    "content/f.md": article("", "", "# Đò dọc\n\nMột chuyến đò.[^1]\n\n[^1]: Chú thích.\n"),
    "content/g.md": article("Hỏng", "17/05/04"),
    "content/ve/gioi-thieu.md": "---\ntitle: Giới thiệu\nkind: page\n---\nKho.\n",
    "bimson.yaml": "base_url: https://kho.example\n",
}


def put(root: Path, files: dict[str, str], order: Callable[[list[str]], object] = sorted) -> Site:
    """Write a site, its files made in a given order (which is the order of many listings)."""
    made = Site(root)
    names = list(files)
    order(names)
    for name in names:
        made.write(name, files[name])
    return made


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], object]:
    made = put(tmp_path_factory.mktemp("reference"), RICH)
    report = made.build("--jobs", "1").json
    return made.files(), report["problems"]


@pytest.mark.parametrize(
    ("env", "options"),
    [
        ({"TZ": "America/New_York", "LC_ALL": "C"}, ()),
        ({"TZ": "Pacific/Kiritimati", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "7"}, ()),
        ({"PYTHONHASHSEED": "1"}, ("--jobs", "8")),
        ({"PYTHONUTF8": "0", "PYTHONHASHSEED": "0"}, ("--jobs", "2")),
    ],
)
def test_the_machine_leaves_no_trace(reference, tmp_path: Path, env, options) -> None:
    root = tmp_path / "chỗ khác" / "nơi này"
    made = put(root, RICH, order=lambda names: random.Random(3).shuffle(names))
    old = os.umask(0o077)
    try:
        result = run_process("build", "--site", root, "--json", "--lang", "en", *options, env=env)
    finally:
        os.umask(old)
    files, problems = reference
    assert made.files() == files
    assert result.json["problems"] == problems


@pytest.mark.parametrize("dies", [False, True])
def test_what_is_worked_out_beside_is_the_same(
    reference, tmp_path: Path, monkeypatch, dies: bool
) -> None:
    """Shelves that another process binds, and templates that it compiles; also where it dies."""
    elsewhere = tmp_path / "elsewhere"
    bound = shelving._bound

    def watched(*arguments):
        if multiprocessing.current_process().daemon:
            with elsewhere.open("a") as file:
                file.write("bound\n")
            if dies:
                os._exit(1)
        return bound(*arguments)

    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(shelving, "_bound", watched)
    made = put(tmp_path / "site", RICH)
    result = made.build("--jobs", "2")
    assert made.files() == reference[0]
    assert result.json["problems"] == reference[1]
    if workers._FORKED:
        assert elsewhere.read_text() == "bound\n"


EDITED = "content/c.md"


@pytest.fixture
def apart(monkeypatch) -> None:
    """Every site is worth a process that surveys it."""
    if not workers._FORKED:
        pytest.skip("processes are not forked here")
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 1)


def elsewhere(monkeypatch, does: Callable[[], None]) -> None:
    """Have something done where a site is surveyed in a process of its own."""
    surveyed, here = survey.survey, os.getpid()

    def watched(*arguments):
        if os.getpid() != here:
            does()
        return surveyed(*arguments)

    monkeypatch.setattr(survey, "survey", watched)


def test_a_site_that_is_surveyed_in_a_process_of_its_own_is_the_same(
    reference, apart, tmp_path: Path, monkeypatch
) -> None:
    seen = tmp_path / "seen"
    elsewhere(monkeypatch, seen.touch)
    made = put(tmp_path / "site", {**RICH, EDITED: RICH[EDITED] + "Thêm.\n"})
    assert made.build("--jobs", "2", "--locked").code == 1
    assert not made.files()
    assert made.build("--jobs", "2", "--strict").code == 1
    assert not made.files()
    made.build("--jobs", "2")
    assert seen.exists()
    seen.unlink()
    again = made.build("--jobs", "2")
    assert (again.json["written"], again.json["problems"]) == (0, reference[1])
    assert not seen.exists()
    made.write(EDITED, RICH[EDITED])
    (made.root / "build" / "index.html").unlink()
    result = made.build("--jobs", "2")
    assert result.json["problems"] == reference[1]
    assert made.files() == reference[0]
    rehearsed = made.build("--jobs", "2", "--dry-run")
    assert (rehearsed.code, rehearsed.json["problems"]) == (result.code, reference[1])


def test_a_survey_that_is_killed_leaves_the_old_site(apart, tmp_path: Path, monkeypatch) -> None:
    made = put(tmp_path / "site", RICH)
    made.build("--jobs", "2")
    before = made.files()
    (made.root / "content/z.md").write_text(article("Khác", "2019-01-01"), encoding="utf-8")
    with monkeypatch.context() as patched:
        elsewhere(patched, lambda: os.kill(os.getpid(), signal.SIGKILL))
        result = made.build("--jobs", "2")
    assert result.code == 3
    (said,) = result.json["problems"]
    assert said["code"] == "machine-refused"
    assert workers._KILLED in said["message"]
    assert workers._KILLED in PHRASES
    assert made.files() == before
    assert made.build("--jobs", "2").json["written"] > 0


class UnsendableError(Exception):
    """One that no other process can have."""


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (SiteError(problem("config-invalid", Location("x"), reason="no")), 2, "config-invalid"),
        (
            MachineError(problem("machine-refused", Location("x"), reason="no")),
            3,
            "machine-refused",
        ),
        (OSError(errno.ENOSPC, "No space left on device", "x"), 3, "machine-refused"),
        (ZeroDivisionError("division by zero"), 70, "internal"),
        (UnsendableError(sys.stderr), 70, "internal"),
    ],
)
def test_what_fails_in_a_process_of_its_own_is_told_as_here(
    apart, tmp_path: Path, monkeypatch, failure: Exception, code: int, said: str
) -> None:
    def fail() -> None:
        raise failure

    made = put(tmp_path / "site", RICH)
    elsewhere(monkeypatch, fail)
    result = made.build("--jobs", "2")
    assert (result.code, [p["code"] for p in result.json["problems"]]) == (code, [said])


def test_a_damaged_cache_heals_where_another_process_meets_it(
    reference, apart, tmp_path: Path, monkeypatch
) -> None:
    made = put(tmp_path / "site", RICH)
    made.build("--jobs", "2")
    with sqlite3.connect(made.root / ".bimson" / ARTICLES) as db:
        db.execute("UPDATE reams SET files = ?", (b"damaged",))
    (made.root / "build/index.html").unlink()
    assert made.build("--jobs", "2").json["problems"] == reference[1]
    assert made.files() == reference[0]


def test_the_working_directory_does_not_matter(reference, tmp_path: Path) -> None:
    made = put(tmp_path, RICH)
    command = [sys.executable, "-m", "bimson_site", "build"]
    subprocess.run(command, cwd=made.root, check=False, capture_output=True)
    assert made.files() == reference[0]


def test_a_build_over_any_older_one_equals_a_clean_one(reference, tmp_path: Path) -> None:
    made = put(
        tmp_path, {**RICH, "content/z.md": article("Khác", "2019-01-01"), "static/x/y.txt": "y"}
    )
    made.build()
    shutil.rmtree(made.root / "static")
    (made.root / "content/z.md").unlink()
    made.build()
    clean = put(tmp_path / "clean", RICH)
    shutil.copytree(made.root / "permalinks", clean.root / "permalinks")
    clean.build()
    files = made.files()
    assert files == clean.files()
    tombstone = "2019/01/01/khac/index.html"
    assert files.keys() - reference[0].keys() == {tombstone}


def test_the_comparison_can_fail(reference, tmp_path: Path) -> None:
    made = put(tmp_path, {**RICH, "content/c.md": RICH["content/c.md"].replace("Cầu", "Cau")})
    made.build()
    assert made.files() != reference[0]


titles = st.text(max_size=60) | st.sampled_from(
    ["Tin", "Tin 2", "tin", "Con", "2020", "🙂", "Hòa", "Hóa"]
)
stamps = st.sampled_from(
    ["2020-08-05", "2020-08-05T07:00", "2020-08", "2020", "~1998", "", "2021-01-01"]
)
articles = st.tuples(
    titles, stamps, st.sampled_from(["", LONG, "Ngắn.", LONG + "x"]), titles, titles
)


@given(st.lists(articles, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_no_two_pages_share_an_address_and_order_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, theme: OpenSite, found, shuffler
) -> None:
    files = {}
    for number, (title, stamp, body, tag, slug) in enumerate(found):
        quoted = {k: repr_yaml(v) for k, v in {"title": title, "tags": tag, "slug": slug}.items()}
        files[f"content/{number}.md"] = article(timestamp=stamp, body=body, **quoted)
    files["content/.keep"] = ""
    planned = []
    for order in (sorted, shuffler.shuffle):
        made = put(tmp_path_factory.mktemp("p"), files, order)
        site = replace(theme, root=made.root)
        with intake.opened(site, passing=True) as kept:
            surveyed = survey.survey(site, Moment(2**40), kept)
            pages = tuple(survey.pages(site, surveyed, kept))
        planned.append((pages, surveyed.problems))
        shutil.rmtree(made.root)
    assert planned[0] == planned[1]
    outputs = [routes.folded(page.url) for page in planned[0][0]]
    assert len(outputs) == len(set(outputs))
    for output in outputs:
        parts = output.split("/")
        assert all(part not in {"", ".", ".."} and len(part.encode()) <= 255 for part in parts)
        assert not any(part.split(".")[0] in {"con", "nul", "aux", "prn"} for part in parts)


@pytest.fixture(scope="module")
def theme(tmp_path_factory: pytest.TempPathFactory) -> OpenSite:
    """A site without articles, opened once: its templates are the same for every example."""
    return open_site(put(tmp_path_factory.mktemp("theme"), {"content/.keep": ""}).root)


def repr_yaml(text: str) -> str:
    import json

    clean = "".join(c for c in text if c.isprintable())
    return json.dumps(clean, ensure_ascii=False) if clean else ""


def test_trees_are_compared_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    assert tree(tmp_path) == {"a": b"1"}
