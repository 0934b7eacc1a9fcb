"""The benchmark's corpus keeps its promises, and its site builds without a word."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import mean
from xml.etree import ElementTree as ET

import bench
import corpus
import plot
import pytest
import report

from conftest import Site, tree

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def test_the_same_seed_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    corpus.write(tmp_path / "here", 40)
    corpus.write(tmp_path / "other", 40, seed=corpus.SEED + 1)
    command = [sys.executable, str(BENCHMARKS / "corpus.py"), str(tmp_path / "there")]
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([*command, "--size", "40"], check=True, env=env, stdout=subprocess.DEVNULL)
    here, there, other = (tree(tmp_path / name) for name in ("here", "there", "other"))
    assert len(here) == 40
    assert here == there
    assert not {*here.values()} & {*other.values()}


@pytest.mark.parametrize("body_bytes", [2000, 5000])
def test_the_corpus_has_the_shares_it_promises(body_bytes: int) -> None:
    articles = list(corpus.Corpus(2000, body_bytes=body_bytes))
    first = [a for a in articles if a.copy_of < 0]
    repeats = [a for a in articles if a.copy_of >= 0]
    assert len(repeats) == 200
    assert 0.17 < mean(a.rich for a in first) < 0.23
    assert 0.9 < mean(len(a.body.encode()) for a in first) / body_bytes < 1.1
    for repeat in repeats:
        original = articles[repeat.copy_of]
        assert repeat.body == original.body
        assert repeat.source != original.source
        assert timedelta() < repeat.published - original.published <= timedelta(hours=48)
    assert 0.4 < mean(a.title != articles[a.copy_of].title for a in repeats) < 0.6
    assert len({name for a in first for name in a.authors}) == 50
    assert len({tag for a in first for tag in a.tags}) == 100
    assert {len(a.tags) for a in first} == {1, 2, 3, 4}
    assert (len({a.section for a in first}), len({a.source for a in first})) == (8, 5)
    assert {a.published.year for a in articles} == {*range(2000, 2025)}
    assert not any(a.published.second for a in articles)
    assert len({corpus.slug(name) for name in corpus.tags() + corpus.authors()}) == 150
    marks = Counter(line[:2] for a in first if a.rich for line in a.body.splitlines())
    assert all(marks[mark] for mark in ("##", "- ", "1.", "> ", "| ", "**"))
    assert not any(
        line[:1] in "#->|*" for a in first if not a.rich for line in a.body.split("\n\n")
    )


def test_heads_are_the_articles_without_their_texts() -> None:
    texts = corpus.Corpus(30)
    for head, article in zip(texts.heads(), texts, strict=True):
        assert (head.path, head.tags, head.source) == (article.path, article.tags, article.source)
        assert len(head.body) < len(article.body)


def test_the_minimal_site_builds_and_takes_every_edit(tmp_path: Path) -> None:
    tool = bench.TOOLS["bimson-site"](tmp_path, corpus.Corpus(30))
    tool.prepare()
    made = Site(tool.folder)
    result = made.build()
    assert (result.code, result.json["problems"]) == (0, [])
    assert (result.json["articles"], result.json["copies"]) == (27, 3)
    assert "30 bài" in made.output("index.html")
    assert "theme.css" not in "".join(made.output(f"{p}/index.html") for p in ("tags", "coverage"))
    before = made.files()
    for scenario in ("body", "title", "new", "old", "template"):
        bench.SCENARIOS[scenario](tool, 0)
        assert made.build().json["problems"] == [], scenario
        after = made.files()
        assert after != before, scenario
        before = after
    bench.SCENARIOS["cold"](tool, 0)
    assert not (tool.folder / "build").exists()


def test_the_default_theme_builds_the_same_corpus(tmp_path: Path) -> None:
    corpus.write(tmp_path, 30)
    shutil.copy(BENCHMARKS / "sites/bimson-site/bimson.yaml", tmp_path)
    result = Site(tmp_path).build()
    assert (result.code, result.json["problems"]) == (0, [])


def test_results_become_tables_and_a_picture() -> None:
    def run(tool: str, size: int, wall: float, scenario: str = "cold") -> dict[str, object]:
        each = {"tool": tool, "size": size, "wall": wall, "scenario": scenario}
        return {**each, "body_bytes": 5000, "cpu": 1.0, "memory": 10**8}

    runs = [run("bimson-site", 1000, wall) for wall in (0.9, 1.0, 9.0)]
    runs += [run("hugo", 1000, 2.0), run("hugo", 10_000, 30.0), run("floor", 1000, 0.1, "write")]
    assert "|  | hugo | 2.00 s | 2.00 | 1.00 s | 100 MB |  | 1 |" in report.tables(runs)
    picture = plot.draw(plot.series(runs))
    words = [each.text for each in ET.fromstring(picture).iter() if each.text]
    assert {"bimson-site 1", "hugo 3", "writing the files alone 0.1"} <= {*words}
