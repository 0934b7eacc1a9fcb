"""Medians and ratios of benchmark results.

python benchmarks/report.py benchmarks/results/*.jsonl
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

Record = dict[str, Any]
OURS = "bimson-site"
QUIET = 0.15  # cores; the sampler itself takes up to 0.05
WORDS = {
    "cold": "cold build",
    "noop": "nothing changed",
    "body": "one body edited",
    "title": "one title edited",
    "new": "one article added, the newest",
    "old": "one article added, the oldest",
    "template": "template of articles edited",
    "write": "floor: writing the same files",
    "walk content": "floor: walking content/",
    "walk build": "floor: walking build/",
}


def line(record: Record) -> str:
    """One run, for the person who waits."""
    pages = f", {record['html_written']} pages written" if "html_written" in record else ""
    problems = f", {record['problems']} PROBLEMS" if record.get("problems") else ""
    return (
        f"{record['size']:>8} {record['tool']}, {WORDS[record['scenario']]}: {record['wall']:.2f} s, "
        f"CPU {record['cpu']:.2f} s, {record['memory'] / 1e6:.0f} MB{pages}{problems}"
    )


def medians(records: Iterable[Record]) -> dict[tuple[int, int, str, str], Record]:
    """(size, bytes of a body, scenario, tool) to the medians of its runs."""
    groups: dict[tuple[int, int, str, str], list[Record]] = defaultdict(list)
    for each in records:
        groups[each["size"], each["body_bytes"], each["scenario"], each["tool"]].append(each)
    return {
        key: {
            name: median(each.get(name, 0) for each in found)
            for name in ("wall", "cpu", "memory", "html_written", "html")
        }
        | {"runs": len(found)}
        for key, found in groups.items()
    }


def tables(records: Iterable[Record]) -> str:
    """A Markdown table for each size; "×" is wall time against bimson-site in the same scenario."""
    records = list(records)
    found = medians(records)
    parts = []
    for size, body in sorted({key[:2] for key in found}):
        parts += [
            f"\n### {size:,} articles, bodies of {body:,} bytes\n",
            "| | tool | wall | × | CPU | memory | HTML written | runs |",
            "|---|---|---:|---:|---:|---:|---:|---:|",
        ]
        for scenario, words in WORDS.items():
            ours = found.get((size, body, scenario, OURS))
            rows = [
                (key[3], each) for key, each in found.items() if key[:3] == (size, body, scenario)
            ]
            parts += [_row("" if at else words, *row, ours) for at, row in enumerate(rows)]
    busy = max((each.get("others", 0) for each in records), default=0)
    if busy > QUIET:
        parts.append(
            f"\nOther programs kept up to {busy:.1f} cores busy during these runs: the figures are "
            "provisional."
        )
    return "\n".join(parts)


def _row(words: str, tool: str, each: Record, ours: Record | None) -> str:
    ratio = f"{each['wall'] / ours['wall']:.2f}" if ours else ""
    memory = f"{each['memory'] / 1e6:.0f} MB" if each["memory"] else ""
    pages = f"{each['html_written']:.0f} of {each['html']:.0f}" if each["html"] else ""
    return (
        f"| {words} | {tool} | {each['wall']:.2f} s | {ratio} | {each['cpu']:.2f} s | {memory} "
        f"| {pages} | {each['runs']} |"
    )


def read(paths: Iterable[str]) -> list[Record]:
    return [json.loads(each) for path in paths for each in Path(path).read_text().splitlines()]


if __name__ == "__main__":
    print(tables(read(sys.argv[1:])))
