"""The readers of search in headless Chromium: ours on a processor slowed down to a fourth, and Pagefind's.

Files come from a server of this process. Bytes are those of the files that were fetched, gzipped where that is
less (Pagefind's own are compressed already), the scripts included.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from browsing import chromium, served

Row = dict[str, Any]
SLOWED = 4  # times slower than this machine
OURS = """
async (queries) => {
  const search = module.exports, files = window.held ??= new Map(), slow = [];
  const get = async (name) => {
    if (!files.has(name)) {
      const answer = await fetch("/search/" + name);
      files.set(name, await (name.endsWith(".json") ? answer.text() : answer.arrayBuffer()));
    }
    const held = files.get(name);
    return typeof held === "string" ? JSON.parse(held) : new Uint8Array(held);
  };
  for (const query of queries) {
    const start = performance.now(), index = await search.open(get);
    const {places} = await index.find(query);
    await index.show(search.parsed(query), places, 0, async () => "", () => {});
    slow.push(performance.now() - start);
  }
  return slow;
}
"""
PAGEFIND = """
async (query) => {
  const pagefind = await import("/pagefind/pagefind.js");
  await pagefind.init();
  const {results} = await pagefind.search(query);
  const found = results.slice(0, 10);
  if (found.length) await found[0].data();
  const start = performance.now();
  await pagefind.search(query + " ");
  const ms = performance.now() - start;
  return {ms, count: results.length, urls: await Promise.all(found.map(async (r) => (await r.data()).url))};
}
"""


def slowed(build: Path, queries: Sequence[str]) -> list[float]:
    """Milliseconds of our reader for each query, its files at hand, ten results told."""
    with served(build) as address, chromium() as browser:
        page = browser.new_page()
        page.add_init_script("window.module = {exports: {}}")
        page.goto(f"{address}/404.html")
        page.add_script_tag(url=f"{address}/search/search.js")
        page.evaluate(OURS, list(queries))
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        found: list[float] = page.evaluate(OURS, list(queries))
        return found


def pagefind(build: Path, cases: Sequence[Row]) -> list[Row]:
    """What Pagefind's reader does with queries: `found`, the place of the article that is wanted among the first ten
    (-1: not there), KB to the first result, requests, milliseconds of the query (not slowed, all loaded)."""

    @cache
    def weight(path: str) -> int:
        data = (build / path.lstrip("/")).read_bytes()
        return min(len(data), len(gzip.compress(data)))

    rows = []
    with served(build) as address, chromium() as browser:
        for case in cases:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{address}/404.html")
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))  # type: ignore[misc]
            told = page.evaluate(PAGEFIND, case["query"])
            paths = [unquote(urlsplit(url).path) for url in asked]
            # Nine more fragments were fetched to see which articles they are.
            more = [path for path in paths if ".pf_fragment" in path][1:]
            bytes_ = sum(map(weight, paths)) - sum(map(weight, more))
            first = {"bytes": bytes_, "requests": len(paths) - len(more), "trips": 0}
            places = (
                at for at, url in enumerate(told["urls"]) if unquote(url).endswith(case["want"])
            )
            row = {"first": first if told["count"] else None, "bytes": bytes_, "ms": told["ms"]}
            rows.append(row | {"count": told["count"], "found": next(places, -1)})
            context.close()
    return rows
