"""Lighthouse, asked five times about article, home, month, year and author. `make judges` runs it: it takes a quarter
of an hour, and what it says of speed wants a machine that does nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import sample
from browsing import CHROMIUM, served

from conftest import Site

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def lighthouse(url: str, report: Path) -> dict[str, int]:
    """The four scores of a page, of 100, as a phone of Lighthouse's own settings sees it."""
    flags = (
        "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking"
    )
    command = [MODULES / ".bin/lighthouse", url, "--quiet", f"--chrome-flags={flags}"]
    command += ["--output=json", f"--output-path={report}"]
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": str(CHROMIUM)})
    found = json.loads(report.read_text())["categories"]
    return {name: round(100 * each["score"]) for name, each in found.items()}


def worst_of(folder: Path, urls: Sequence[str], report: Path) -> list[str]:
    """Medians of five runs that are not 100."""
    wrong = []
    with served(folder) as host:
        for url in urls:
            runs = [lighthouse(host + url, report) for _ in range(5)]
            for name in runs[0]:
                scores = [each[name] for each in runs]
                if median(scores) < 100:
                    wrong.append(f"{url} {name} {scores}")
    return wrong


def test_lighthouse_gives_all_points_to_the_sample(tmp_path) -> None:
    sample.write(tmp_path, "vi")
    assert Site(tmp_path).build("--as-of", "2026-01-01").code == 1
    article = "/2021/03/12/cau-moi-thay-ben-do-cu-sau-ba-muoi-nam-cho-doi/"
    urls = ("/", article, "/2021/", "/2021/02/", "/authors/do-thu-hanh/")
    assert worst_of(tmp_path / "build", urls, tmp_path / "report.json") == []


def test_lighthouse_gives_all_points_to_our_own_archive(tmp_path) -> None:
    for name in ("content", "permalinks"):
        shutil.copytree(HERE.parents[1] / name, tmp_path / name)
    shutil.copy(HERE.parents[1] / "bimson.yaml", tmp_path)
    assert Site(tmp_path).build("--as-of", "2026-01-01").code == 0
    build = tmp_path / "build"
    (article,), (author,) = (
        [*build.glob("20*/*/*/*/index.html")],
        [*build.glob("authors/*/index.html")],
    )
    urls = (
        "/",
        *(f"/{p.parent.relative_to(build)}/" for p in (article, author)),
        "/2020/",
        "/2020/08/",
    )
    assert worst_of(build, urls, tmp_path / "report.json") == []
