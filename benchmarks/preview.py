"""From a saved file to a repainted page: the preview before headless Chromium.

    python benchmarks/preview.py --size 10000 --rounds 40

A save is timed from just before the file is written to the frame that shows it: the second one of the reloaded
page (style sheets hold the first back), or the one after a style sheet's new colour is computed. Both clocks are
this machine's. Writes lines of JSON like `bench.py`; README.md says what disturbs it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import corpus
from browsing import chromium

# Chromium does not report a first contentful paint for every reload; frames come for each.
SECOND_FRAME = """addEventListener('DOMContentLoaded', () =>
  requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = Date.now(); })));"""
FRAME = """async wanted => {
  while (getComputedStyle(document.querySelector('h1')).color !== wanted)
    await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return Date.now();
}"""


def started(root: Path) -> tuple[subprocess.Popen[str], str, float]:
    """A preview that answers: its process, its address, seconds until its first page was read."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bimson_site", "serve", "--site", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    address = next(
        found[0] for line in process.stdout if (found := re.search(r"http://[\w.:]+", line))
    )
    urlopen(f"{address}/").read()
    return process, address, time.perf_counter() - start


def ended(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait()


def page_of(address: str, article: corpus.Article) -> str:
    """The address of an article, from the list of its day."""
    day = f"{address}/{article.published:%Y/%m/%d}/"
    text = urlopen(day).read().decode()
    slug = corpus.slug(article.title)
    return day + next(h for h in re.findall(r'href="([^":]+/)"', text) if h.startswith(slug[:30]))


def saves(root: Path, texts: corpus.Corpus, rounds: int, pause: float) -> dict[str, list[float]]:
    """Milliseconds of each save, by what was saved."""
    process, address, _ = started(root)
    found: dict[str, list[float]] = {"body": [], "style": [], "template": []}
    article = texts.article(texts.size // 2)
    place = root / article.path
    templates, styles = root / "templates", root / "static/style.css"
    with chromium() as browser:
        page = browser.new_page()
        page.add_init_script(SECOND_FRAME)
        page.goto(page_of(address, article))
        page.wait_for_timeout(3000)

        def reloaded(what: str, path: Path, text: str, words: str) -> None:
            before = time.time()
            path.write_text(text, encoding="utf-8")
            page.wait_for_function(
                "w => document.body?.textContent.includes(w)", arg=words, timeout=0
            )
            page.wait_for_function("window.painted", timeout=0)
            found[what].append(page.evaluate("window.painted") - before * 1000)

        original = place.read_text(encoding="utf-8")
        for turn in range(rounds):
            words = f"Lần lưu thứ {turn}."
            reloaded("body", place, f"{original}\n\n{words}\n", words)
            time.sleep(pause)
        styles.parent.mkdir(exist_ok=True)
        for turn in range(rounds):
            before = time.time()
            styles.write_text(f"h1 {{ color: rgb(0, 0, {turn + 1}) }}\n", encoding="utf-8")
            painted = page.evaluate(FRAME, f"rgb(0, 0, {turn + 1})")
            found["style"].append(painted - before * 1000)
            time.sleep(pause)
        styles.unlink()
        templates.mkdir(exist_ok=True)
        base = (Path(__file__).parents[1] / "src/bimson_site/theme/templates/base.html").read_text(
            encoding="utf-8"
        )
        for turn in range(rounds):
            words = f"Mẫu thứ {turn}."
            reloaded(
                "template",
                templates / "base.html",
                base.replace("</main>", f"<p>{words}</p></main>"),
                words,
            )
            time.sleep(pause)
    ended(process)
    place.write_text(original, encoding="utf-8")
    shutil.rmtree(templates)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--pause", type=float, default=2.5, help="seconds between saves")
    parser.add_argument(
        "--folder", type=Path, help="where the site lies; kept (default: a passing one)"
    )
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="preview-", dir="/dev/shm"))
    texts = corpus.Corpus(options.size)
    if not (folder / "content").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        corpus.write(folder, options.size)
        (folder / "bimson.yaml").write_text(
            "title: Kho\nlanguage: vi\nbase_url: https://kho.example\n"
        )
    cold, *warm = (_start(folder) for _ in range(4))
    figures: dict[str, object] = {
        "size": options.size,
        "cold_start_s": round(cold, 2),
        "warm_start_s": round(statistics.median(warm), 2),
        "load": os.getloadavg()[0],
    }
    for what, each in saves(folder, texts, options.rounds, options.pause).items():
        if each:
            ordered = sorted(each)
            figures[what] = {
                "saves": len(each),
                "median_ms": round(statistics.median(each)),
                "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]),
                "worst_ms": round(ordered[-1]),
            }
    print(json.dumps(figures))
    if not options.folder:
        shutil.rmtree(folder)


def _start(folder: Path) -> float:
    process, _, seconds = started(folder)
    ended(process)
    return seconds


if __name__ == "__main__":
    main()
