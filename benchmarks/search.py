"""What search costs: bytes, requests and files of the index, time and memory to make it, what it finds.

    python benchmarks/search.py --size 10000 [--pagefind]

A corpus whose words are as many and as unequal as those of news (README.md, "Search") is built with and without
search; then the reader of the site is asked, under node, and every byte that it fetches is counted, gzipped.
With --pagefind and the command that runs it (`make bench-search` installs it by npm) it is measured on the same pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import measure
import readers

from bimson_site.index.tokens import words

ONSETS = "b c ch d đ g gh gi h k kh l m n ng nh ph qu r s t th tr v x".split()
RHYMES = (
    "a ai am an ang anh ao ay âm ân âng âu ay ăm ăn ăng e em en eo ê ên êu i ia iêm iên iêng im in inh iu o oa"
    " oai oan oang oi om on ong ô ôi ôm ôn ông ơ ơi ơm ơn u ua uâ uân ui um un ung uôi uôn uông uy uyên ư ưa ưng"
    " ươi ươm ươn ương ach ac at ăc ăt âc ât êt ich iêc it oc oat ôc ôt uc uôc ut ưc ươc"
).split()
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VOCABULARY = 24_000
PAGEFIND_QUERIES = 40
IN_A_ROW = (5, 8, 12)  # syllables: more than are looked up
NODE = """
const fs = require("fs"), zlib = require("zlib"), path = require("path");
const [root, cases] = [process.argv[1], JSON.parse(fs.readFileSync(0, "utf8"))];
const search = require(path.join(root, "search.js"));
const code = zlib.gzipSync(fs.readFileSync(path.join(root, "search.js"))).length;
const text = (html) => html.split('<div class="body">')[1].split("</article>")[0].replace(/<[^>]*>/g, "\\n");
(async () => {
  const out = [];
  for (const {query, want} of cases) {
    let bytes = code, requests = 1, trips = 0, waiting = [];
    const seen = new Map();
    // What is asked for together comes together, and is one round trip.
    const trip = () => { const all = waiting; waiting = []; trips++; all.forEach((answer) => answer()); };
    const fetched = (name, read) => {
      if (seen.has(name)) return Promise.resolve(seen.get(name));
      const data = fs.readFileSync(path.join(root, name));
      bytes += Math.min(data.length, zlib.gzipSync(data).length); requests++;
      seen.set(name, read(data));
      return new Promise((answer) => {
        if (waiting.push(() => answer(seen.get(name))) === 1) setImmediate(trip);
      });
    };
    const get = (name) => fetched(name, (data) => name.endsWith(".json") ? JSON.parse(data) : new Uint8Array(data));
    let read = 0, first = null;
    const textOf = (link) => { read++; return fetched(path.join(link, "index.html"), (data) => text(String(data))); };
    const start = process.hrtime.bigint();
    const index = await search.open(get);
    const {places} = await index.find(query);
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    const kept = [];
    await index.show(search.parsed(query), places, 0, textOf, (row) => {
      if (row) kept.push(row[0]);
      if (row && !first) first = {bytes, requests, trips};
    });
    out.push({first, bytes, requests, ms, read, count: places.length, found: kept.findIndex((l) => want && l.endsWith(want))});
  }
  console.log(JSON.stringify(out));
})();
"""


def vocabulary(chance: Random) -> list[str]:
    """Words of one and two syllables, the most frequent first."""
    syllables = [
        unicodedata.normalize(
            "NFC", onset + re.sub("([aăâeêioôơuưy])", r"\1" + tone, rhyme, count=1)
        )
        for onset in ONSETS
        for rhyme in RHYMES
        for tone in TONES
    ]
    chance.shuffle(syllables)
    syllables = syllables[:5000]
    weights = list(accumulate(1 / (n + 10) for n in range(len(syllables))))
    known = syllables[:150]
    while len(known) < VOCABULARY:
        known.append(" ".join(chance.choices(syllables, cum_weights=weights, k=2)))
    return known


def corpus(folder: Path, size: int, length: int) -> list[tuple[str, str, str]]:
    """Write articles; gives the file name, title and body of each."""
    chance = Random(f"search {size}")
    known = vocabulary(chance)
    weights = list(accumulate(1 / (n + 2.7) for n in range(len(known))))
    made = []
    for number in range(size):
        year, month, day = 2000 + number * 25 // size, 1 + number % 12, 1 + number % 28
        # Each article has a subject: some words of its own, told again and again.
        own = [known[int(chance.random() * len(known))] for _ in range(12)]
        title = " ".join([*chance.choices(known, cum_weights=weights, k=4), *own[:3]]).capitalize()
        sentences, total = [], 0
        while total < length:
            some = chance.choices(known, cum_weights=weights, k=8 + int(chance.random() * 8))
            some[int(chance.random() * len(some))] = own[int(chance.random() * len(own))]
            if chance.random() < 0.3:
                some.append(str(int(chance.random() * 5000)))
            sentence = " ".join(some).capitalize() + "."
            sentences.append(sentence)
            total += len(sentence.encode()) + 1
        name = f"bai-{number:06}"
        body = "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
        place = folder / f"content/{year}/{month:02}/{name}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        head = f"title: {title}\ntimestamp: {year}-{month:02}-{day:02}T07:00\nslug: {name}\n"
        head += f"section: Mục {number % 12}\nauthor: Người viết {number % 50}\n"
        place.write_text(f"---\n{head}---\n{body}\n", encoding="utf-8")
        made.append((name, title, body))
    return made


def build(site: Path, *, search: bool) -> measure.Run:
    """A cold build."""
    (site / "bimson.yaml").write_text(f"search: {str(search).lower()}\n", encoding="utf-8")
    for name in ("build", ".bimson", "permalinks"):
        shutil.rmtree(site / name, ignore_errors=True)
    return warm(site)


def warm(site: Path) -> measure.Run:
    command = [str(Path(sys.executable).parent / "bimson-site"), "build", "--site", str(site)]
    return ran(*command)


def ran(*command: str) -> measure.Run:
    run = measure.run(command, Path.cwd())
    if run.code:
        raise SystemExit(run.output + run.errors)
    return run


def cost(run: measure.Run) -> str:
    return f"{run.wall:.1f} s, CPU {run.cpu:.1f} s, {run.memory / 1e6:.0f} MB (others kept {run.others:.1f} cores busy)"


def folded(text: str) -> str:
    return " ".join(word.folded for word in words(text))


def asked(site: Path, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    given = json.dumps(cases)
    root = site / "build/search"
    done = subprocess.run(
        ["node", "-e", NODE, str(root)], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def spread(values: Sequence[float]) -> str:
    values = sorted(values)
    return f"median {values[len(values) // 2]:.1f}, p95 {values[len(values) * 95 // 100]:.1f}, worst {values[-1]:.1f}"


def told(name: str, rows: Sequence[dict[str, Any]]) -> None:
    firsts = [row["first"] for row in rows if row["first"]]
    print(f"{name}: {sum(row['found'] >= 0 for row in rows)} of {len(rows)} in the first ten")
    print("  KB to the first result:", spread([f["bytes"] / 1000 for f in firsts]))
    print("  requests to the first result:", spread([f["requests"] for f in firsts]))
    print("  round trips to the first result:", spread([f["trips"] for f in firsts]))
    print("  texts looked into:", spread([row["read"] for row in rows if "read" in row] or [0]))
    print("  KB to ten results:", spread([row["bytes"] / 1000 for row in rows]))
    print("  ms of the reader, files at hand:", spread([row["ms"] for row in rows]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=3_800)
    parser.add_argument("--pagefind", help="the command that runs it")
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    site = Path(tempfile.mkdtemp(prefix="search-", dir="/dev/shm"))
    try:
        measured(site, options)
    finally:
        shutil.rmtree(site)


def measured(site: Path, options: argparse.Namespace) -> None:
    made = corpus(site, options.size, options.length)
    for search in (False, True)[options.size > 20_000 :]:
        print(f"cold, search {search}: {cost(build(site, search=search))}", flush=True)
    files = [p for p in (site / "build/search").rglob("*") if p.is_file()]
    gz = sum(len(gzip.compress(p.read_bytes(), 6)) for p in files)
    raw = sum(p.stat().st_size for p in files)
    print(
        f"{len(files)} files, {raw / 1e6:.1f} MB, {gz / 1e6:.1f} MB gzipped, {gz / options.size:.0f} B an article"
    )
    chance = Random(7)
    some = chance.sample(made, options.queries)
    six = [{"query": " ".join(folded(t).split()[:6]), "want": f"{n}/"} for n, t, _ in some]
    told("six syllables of a title, without marks", asked(site, six))
    scanned = (
        made if options.size <= 20_000 else []
    )  # a scan of more takes longer than all the rest
    texts = [f" {folded(t)} | {folded(b)} " for _, t, b in scanned]
    phrases = []
    for name, _, body in some:
        said = folded(chance.choice(body.split(". "))).split()
        at = chance.randrange(max(1, len(said) - 3))
        phrases.append((name, " ".join(said[at : at + 3])))
    unique = [sum(f" {p} " in text for text in texts) == 1 for _, p in phrases]
    rows = asked(site, [{"query": f'"{p}"', "want": f"{n}/"} for n, p in phrases])
    told("three syllables of a text in quotation marks", rows)
    pairs = [(row, one) for row, one in zip(rows, unique, strict=True) if one]
    print(f"  unique: {sum(row['found'] >= 0 for row, _ in pairs)} of {len(pairs)} found")
    rows = asked(site, [{"query": p, "want": f"{n}/"} for n, p in phrases])
    told("the same without quotation marks", rows)
    apart = [
        {"query": " ".join(chance.sample(folded(body).split(), 3)), "want": f"{name}/"}
        for name, _, body in some
    ]
    told("three syllables of a text, from anywhere in it", asked(site, apart))
    for many in IN_A_ROW:
        cases = []
        for name, _, body in some:
            said = folded(body).split()
            at = chance.randrange(len(said) - many)
            cases.append({"query": " ".join(said[at : at + many]), "want": f"{name}/"})
        told(f"{many} syllables of a text in a row", asked(site, cases))
    before = {p: p.stat().st_mtime_ns for p in files}
    (site / "content/2024/12/moi.md").write_text(
        "---\ntitle: Bài mới\ntimestamp: 2024-12-30T08:00\n---\n" + made[5][2], encoding="utf-8"
    )
    run = warm(site)
    after = {p: p.stat().st_mtime_ns for p in (site / "build/search").rglob("*") if p.is_file()}
    written = sum(before.get(p) != t for p, t in after.items())
    print(f"one article added: {written} files of search written, {cost(run)}", flush=True)
    spent = readers.slowed(site / "build", [str(row["query"]) for row in six])
    print(f"ms of the reader at a fourth of the speed, files at hand: {spread(spent)}", flush=True)
    if options.pagefind:
        beside(site, options.pagefind, some[:PAGEFIND_QUERIES])


def beside(site: Path, command: str, some: Sequence[tuple[str, str, str]]) -> None:
    """Pagefind on the same pages, its index among them as its users have it."""
    run = ran(*command.split(), "--site", str(site / "build"))
    files = [p for p in (site / "build/pagefind").rglob("*") if p.is_file()]
    size = sum(p.stat().st_size for p in files) / 1e6
    print(f"pagefind: {cost(run)}, {len(files)} files, {size:.1f} MB", flush=True)
    for kind, said in (("without", folded), ("with", str)):
        cases = [
            {"query": " ".join(said(title).split()[:6]), "want": f"{name}/"}
            for name, title, _ in some
        ]
        rows = readers.pagefind(site / "build", cases)
        told(f"pagefind, six syllables of a title, {kind} marks", rows)


if __name__ == "__main__":
    main()
