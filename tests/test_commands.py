"""The command line at its edges: wrong calls, closed pipes, odd names, programs of others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bimson_site.effects import files
from conftest import Site, article, run, run_process

Make = Callable[..., Site]
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX file names")
EXTENSION = """
from bimson_site.extension import Extension, Planner
from bimson_site.model import Whole
{outside}
def plan(*_):
    {inside}
    return ()
EXTENSION = Extension("may", planners=(Planner("may", Whole, plan),))
"""


# --- calls that cannot be -------------------------------------------------------------------------

WRONG = [
    (("nope",), "không có lệnh nope, chỉ có build, check, duplicates, explain, init, list, new, remove, search, serve, theme"),
    (("build", "--nope"), "không có tùy chọn --nope"),
    (("build", "thua"), "thừa thua"),
    (("build", "--out"), "--out thiếu giá trị"),
    (("build", "--strict=1"), "--strict không nhận giá trị"),
    (("build", "--jobs", "hai"), '--jobs cần một số nguyên từ 1 trở lên, không phải "hai"'),
    (("build", "--jobs", "0"), '--jobs cần một số nguyên từ 1 trở lên, không phải "0"'),
    (("build", "--as-of", "mai"), '"mai" không phải ngày'),
    (("build", "--lang", "xx"), 'không có thông báo bằng "xx", chỉ có en, vi'),
    (("--lang", "xx", "build"), 'không có thông báo bằng "xx", chỉ có en, vi'),
    (("build", "--lang", "--drafts"), "--lang thiếu giá trị"),
    (("build", "--lang"), "--lang thiếu giá trị"),
    (("explain",), "thiếu TARGET"),
    (("check",), "thiếu --old-urls"),
    (("explain", "/khong-co/"), "/khong-co/ không phải địa chỉ, cũng không phải tệp nguồn của trang này"),
    (("init",), "thiếu DIR"),
    (("init", "a", "b"), "thừa b"),
    (("init", __file__), f"{Path(__file__).as_posix()} là tệp, không phải thư mục"),
    (("init", f"{__file__}/x"), f"{Path(__file__).as_posix()} là tệp, không phải thư mục"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=lambda value: " ".join(value)[:40])
def test_a_wrong_call_is_told_in_the_owners_language(
    arguments: tuple[str, ...], said: str, site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site({"a.md": article()}).root)
    result = run(*arguments, env={"LC_ALL": "vi_VN.UTF-8"})
    assert (result.code, result.out) == (2, "")
    assert f"lỗi[usage] {said}\n" in result.err


def test_a_wrong_call_is_json_where_json_is_asked_for(site: Make) -> None:
    result = site().run("build", "--lang", "--json")
    assert (result.code, result.codes) == (2, ["usage"])


@pytest.mark.parametrize("language", ["vi", "vi-VN", "VI_vn"])
def test_a_region_of_a_language_is_that_language(language: str) -> None:
    assert "Cách dùng:" in run("--help", "--lang", language).out
    assert "Cách dùng:" in run(f"--lang={language}", "build", "--help").out


@pytest.mark.parametrize("arguments", [(), ("--lang", "en"), ("--help",)])
def test_without_a_command_there_is_help(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Usage: bimson-site [OPTIONS] COMMAND")


def test_a_site_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    there = run("build", "--site", "missing", "--json").json["problems"][0]
    here = run("build", "--json").json["problems"][0]
    assert (there["code"], there["message"]) == (
        "content-missing",
        "there is no content folder in missing",
    )
    assert here["message"] == f"there is no content folder in {tmp_path.as_posix()}"


# --- pipes ----------------------------------------------------------------------------------------


@UNIX
@pytest.mark.parametrize("options", [("list", "--json"), ("list",), ("duplicates",), ("--help",)])
def test_a_reader_that_has_enough_is_no_mishap(options: tuple[str, ...], site: Make) -> None:
    made = site({f"{n}.md": article(f"Tin {n}", body=f"Tin số {n}.") for n in range(5)})
    reading, writing = os.pipe()
    os.close(reading)  # nobody reads, as after `| head -1`
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bimson_site", *options],
            stdout=writing,
            stderr=subprocess.PIPE,
            cwd=made.root,
            check=False,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert b"Exception ignored" not in done.stderr


@UNIX
def test_head_after_a_long_list(site: Make) -> None:
    made = site({f"{n}.md": article(f"Tin {n}", body=f"Tin số {n}.") for n in range(300)})
    line = f'"{sys.executable}" -m bimson_site list --json | head -1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", line], cwd=made.root, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr, done.stdout.count(b"\n")) == (0, b"", 1)


# --- extensions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        {"outside": "import sys; sys.exit()", "inside": "pass"},
        {"outside": "", "inside": "raise SystemExit(0)"},
    ],
)
def test_an_extension_cannot_end_the_build(code: dict[str, str], site: Make) -> None:
    made = site(
        {
            "a.md": article(),
            "bimson.yaml": "extensions: [may]\n",
            "extensions/may.py": EXTENSION.format(**code),
        }
    )
    result = made.build()
    assert (result.code, result.codes) == (2, ["extension-failed"])
    assert "SystemExit" in result.json["problems"][0]["message"]


def test_what_an_extension_prints_stays_out_of_json(site: Make) -> None:
    code = EXTENSION.format(outside="print('khi nhập')", inside="print('khi gọi')")
    made = site(
        {"a.md": article(), "bimson.yaml": "extensions: [may]\n", "extensions/may.py": code}
    )
    result = made.build()
    assert (result.code, result.json["articles"]) == (0, 1)
    assert "khi nhập" in result.err
    assert "khi gọi" in result.err


# --- what the machine refuses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("content/a.md", "content/a.md"),
        ("build/.bimson-site/stage/17", "build"),
        ("build/.bimson-site", "build"),
        ("../beside/x", "{above}/beside/x"),
        ("../beside/.bimson-site/lock", "{above}/beside"),
        ("", "."),
    ],
)
@pytest.mark.parametrize("relative", [True, False])
def test_a_refused_file_is_named_as_the_owner_knows_it(
    path: str, shown: str, relative: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "site"
    root.mkdir()
    monkeypatch.chdir(root)
    here = Path() if relative else root
    (found,) = files.machine_error(OSError(28, "No space", here / path), here).problems
    assert found.where.path == shown.format(above=tmp_path.as_posix())


def test_a_refusal_without_a_file_names_the_site(tmp_path: Path) -> None:
    (found,) = files.machine_error(OSError("zlib"), tmp_path).problems
    assert (found.where.path, dict(found.values)) == (".", {"reason": "zlib"})


def test_a_refused_build_names_the_output_and_not_what_lies_in_it(
    site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(stage: files.Stage, name: str, _: bytes) -> None:
        raise OSError(28, "No space left", f"{stage._mark}/{files.STAGE}/{name}")

    monkeypatch.setattr(files.Stage, "write", refuse)
    result = site({"a.md": article()}).build()
    found = result.json["problems"]
    assert (result.code, [p["path"] for p in found]) == (3, ["build"])


@pytest.mark.parametrize("out", ["content/x", ".", "static"])
def test_a_folder_of_the_site_is_no_output(out: str, site: Make) -> None:
    made = site({"a.md": article()})
    result = made.build("--out", str(made.root / out))
    assert (result.code, result.codes) == (2, ["output-foreign"])
    found = result.json["problems"][0]
    assert "is part of the site" in found["message"]
    assert "empty it" not in found["hint"]


# --- odd names ------------------------------------------------------------------------------------


@UNIX
def test_a_name_with_control_characters_keeps_the_table_whole(site: Make) -> None:
    made = site({"b.md": article("Hai", body="Hai.")})
    made.write("content/a\n\x1b[31m\u202e.md", article("Một", body="Một."))
    lines = made.run("list").out.splitlines()
    assert len(lines) == 2
    assert "content/a\\n\\x1b[31m\\u202e.md" in lines[0]
    assert lines[0].index("/2020/") == lines[1].index("/2020/")
    assert made.run("list", "--json").lines[0]["path"] == "content/a\n\x1b[31m\u202e.md"


# --- what owners write, on pages ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successor", "shown"),
    [
        ("https://moi.example/tin", '<a href="https://moi.example/tin">moi.example</a>.'),
        ("http://moi.example", '<a href="http://moi.example">moi.example</a>.'),
        ("Báo Mới", "Nay tiếp nối tại Báo Mới."),
        ("moi.example", "Nay tiếp nối tại moi.example."),
    ],
)
def test_only_a_web_address_of_a_successor_is_a_link(
    successor: str, shown: str, site: Make
) -> None:
    made = site({"a.md": article(), "bimson.yaml": f"closed: 2025-06-30\nsuccessor: {successor}\n"})
    assert made.build().code == 0
    for page in ("index.html", "2020/08/05/index.html"):
        assert shown in made.output(page)
    made.write("content/b.md", article("Chợ phiên", "2020-08-06", "Chợ họp.")).build()
    for page in ("index.html", "2020/08/06/cho-phien/index.html"):
        (notice,) = re.findall(r'<p class="notice">(.*cập nhật từ.*)</p>', made.output(page))
        assert shown in notice


def test_an_article_of_a_closed_archive_says_so(site: Make) -> None:
    made = site({"a.md": article("Chợ phiên"), "bimson.yaml": "closed: 2025-06-30\n"})
    made.build()
    page = made.output("2020/08/05/cho-phien/index.html")
    assert re.search(
        r'<p class="notice">Kho này đã ngừng cập nhật từ [^<]*2025, không nhận thêm bài.</p>', page
    )
    made.write("bimson.yaml", "title: Kho\n").build()
    assert "không nhận thêm bài" not in made.output("2020/08/05/cho-phien/index.html")


def test_control_characters_of_settings_and_bodies_reach_no_page(site: Make) -> None:
    made = site(
        {
            "a.md": article("Chợ", body="Chợ \x01họp\x0b &#12; <b>đông\x7f</b>."),
            "bimson.yaml": 'title: "K\\u0001ho"\ndescription: "Một\\u0007kho"\nrights: "Giữ\\u007f quyền"\n'
            'footer: {keeper: "Nhà\\u0000xuất bản", text: "Lời\\u001b[1m"}\n'
            'menu: [{"Tr\\u0001ang": /2020/}, {title: "Chợ\\u0002", url: /2020/08/}]\n',
        }
    )
    assert made.build().code == 0
    for path, data in made.files().items():
        text = data.decode() if path.endswith((".html", ".xml")) else ""
        assert not [c for c in text if (c < " " and c not in "\t\n") or c == "\x7f"], path
    assert "<title>K ho</title>" in made.output("index.html")


def test_json_front_matter_makes_an_article(site: Make) -> None:
    made = site({"a.md": '{\n "title": "Chợ phiên",\n "date": "2020-08-05"\n}\n\nChợ họp.\n'})
    result = made.build()
    assert (result.code, result.codes) == (0, ["base-url-missing"])
    page = made.output("2020/08/05/cho-phien/index.html")
    assert "<p>Chợ họp.</p>" in page
    assert "{" not in page.split("<main", 1)[1].split('<details class="cite">', 1)[0]


def test_a_process_of_its_own_answers_the_same(site: Make) -> None:
    made = site({"a.md": article()})
    done = run_process("build", "--site", made.root, "--lang", "xx")
    assert done.code == 2
    assert "only in en, vi" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(
    ("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_that_want_it(site, env: dict[str, str], coloured: bool) -> None:
    import pty

    made = site({"a.md": article("Tin", "17/05/04")})
    parent, child = pty.openpty()
    settings = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **env}
    if not env:
        settings.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "bimson_site", "build", "--site", str(made.root)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=child, env=settings, check=False)
    os.close(child)
    said = os.read(parent, 65536).decode()
    os.close(parent)
    assert "timestamp-unreadable" in said
    assert ("\x1b[" in said) is coloured


def test_names_that_only_say_that_nobody_is_known_can_be_set(site) -> None:
    made = site(
        {
            "a.md": article("Một", author="Ban biên tập"),
            "b.md": article("Hai", body="Khác.", author="Unknown"),
            "bimson.yaml": "missing_authors: [Ban biên tập]\n",
        }
    )
    made.build()
    assert {n for n in made.files() if n.startswith("authors/")} == {
        "authors/index.html",
        "authors/unknown/index.html",
    }
