"""Measure bimson-site beside its peers: the same articles, the same pages, the runs interleaved.

    python benchmarks/bench.py --sizes 1000 --tools bimson-site,hugo --scenarios cold

Every run becomes a line of benchmarks/results/*.jsonl; medians and ratios are printed at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import corpus
import measure
import peers
import report
from tools import HERE, INSTALL, TOOLS, Tool

Record = dict[str, Any]


# --- what happens to a site before a run ------------------------------------------------------------


def lone(texts: corpus.Corpus, turn: int) -> corpus.Article:
    """An article from the middle that nothing repeats, another one each time."""
    block = texts.size // corpus.BLOCK // 2 + turn
    first = block * corpus.BLOCK
    copied = texts.article(first + corpus.BLOCK - 1).copy_of
    return texts.article(first if copied != first else first + 1)


def body(tool: Tool, turn: int) -> None:
    article = lone(tool.texts, turn)
    tool.put(replace(article, body=f"{article.body}\nThêm một câu, lần {turn}.\n"))


def title(tool: Tool, turn: int) -> None:
    article = lone(tool.texts, -1 - turn)
    tool.put(replace(article, title=f"{article.title} lần {turn}", stem=article.name))


def new(tool: Tool, turn: int) -> None:
    tool.put(tool.texts.article(tool.texts.size + 2 * turn))


def old(tool: Tool, turn: int) -> None:
    tool.put(tool.texts.old(tool.texts.size + 2 * turn + 1))


SCENARIOS: dict[str, Callable[[Tool, int], None]] = {
    "cold": lambda tool, _: tool.clean(),
    "noop": lambda _tool, _turn: None,
    "body": body,
    "title": title,
    "new": new,
    "old": old,
    "template": lambda tool, turn: tool.edit_template(turn),
}
FLOOR = "floor"


# --- runs -----------------------------------------------------------------------------------------------


def measured(tool: Tool, scenario: str, turn: int) -> Record:
    """One run of one tool, its site prepared for the scenario."""
    SCENARIOS[scenario](tool, turn)
    os.sync()
    time.sleep(0.05)  # so that a change of this run cannot bear the time of the last
    since = time.time_ns() - 10_000_000
    found = measure.run(tool.command(), tool.folder, tool.env)
    if found.code:
        sys.exit(f"{tool.name}, {scenario}: exit code {found.code}\n{found.output}\n{found.errors}")
    pages, files, total = measure.changed(tool.folder / tool.output, since)
    said = json.loads(found.output) if found.output.startswith("{") else {}
    own = {name: said[name] for name in ("written", "kept", "deleted", "copies") if name in said}
    if said.get("problems"):
        own["problems"] = len(said["problems"])
    return {
        "tool": tool.name,
        "scenario": scenario,
        "wall": round(found.wall, 3),
        "cpu": round(found.cpu, 3),
        "memory": found.memory,
        "others": round(found.others, 2),
        "html_written": pages,
        "files_written": files,
        "html": total,
        **own,
    }


def floors(tool: Tool) -> Iterator[Record]:
    """Writing the files of a build afresh, and walking what it reads and what it wrote."""
    built, fresh = tool.folder / tool.output, tool.folder.parent / "floor"
    tasks = {
        "write": ["write", str(fresh), str(built)],
        "walk content": ["walk", str(tool.folder / "content")],
        "walk build": ["walk", str(built)],
    }
    for name, task in tasks.items():
        shutil.rmtree(fresh, ignore_errors=True)
        found = measure.run([sys.executable, str(HERE / "floor.py"), *task], tool.folder)
        said = json.loads(found.output)
        others = round(found.others, 2)
        yield {"tool": "floor", "scenario": name, "memory": 0, "others": others, **said}
    shutil.rmtree(fresh, ignore_errors=True)


def rounds(tools: list[Tool], scenarios: list[str], turns: int) -> Iterator[Record]:
    """All runs, one tool after the other within each scenario, another tool first in each round."""
    built = set[str]()
    for turn in range(turns):
        for scenario in scenarios:
            shift = turn % len(tools)
            for tool in tools[shift:] + tools[:shift]:
                if scenario == FLOOR:
                    if type(tool) is Tool:
                        yield from ({**each, "round": turn} for each in floors(tool))
                    continue
                if scenario != "cold" and tool.name not in built:
                    measured(tool, "cold", turn)
                built.add(tool.name)
                yield {**measured(tool, scenario, turn), "round": turn}


def sized(size: int, options: argparse.Namespace, save: Callable[[Record], None]) -> None:
    """Every tool's site of one size, then the rounds."""
    texts = corpus.Corpus(size, options.seed, options.body_bytes)
    folder = options.folder / f"{size}"
    wanted = [TOOLS[name](folder, texts) for name in options.tools]
    tools = [tool for tool in wanted if not tool.missing()]
    for tool in wanted:
        if tool in tools:
            tool.prepare()
        else:
            print(f"{tool.name} is not installed and is left out; {INSTALL}", file=sys.stderr)
    if not tools:
        return
    common = {
        "size": size,
        "body_bytes": options.body_bytes,
        "seed": options.seed,
        "tmpfs": measure.is_tmpfs(folder),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
    }
    versions = {tool.name: tool.version() for tool in tools}
    for record in rounds(tools, options.scenarios, options.rounds):
        save({**record, **common, "version": versions.get(record["tool"], "")})
    if not options.keep:
        shutil.rmtree(folder)


# --- the command ----------------------------------------------------------------------------------------


def names(known: list[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        found = text.split(",")
        if wrong := [name for name in found if name not in known]:
            reason = f"{', '.join(wrong)}; known: {', '.join(known)}"
            raise argparse.ArgumentTypeError(reason)
        return found

    return read


def parsed() -> argparse.Namespace:
    scenarios = [*SCENARIOS, FLOOR]
    memory = Path("/dev/shm")  # noqa: S108 - tmpfs is what is wanted
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=lambda t: [*map(int, t.split(","))], default=[1000])
    parser.add_argument("--tools", type=names([*TOOLS]), default=[*TOOLS], help=", ".join(TOOLS))
    parser.add_argument(
        "--scenarios", type=names(scenarios), default=scenarios, help=", ".join(scenarios)
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=corpus.SEED)
    parser.add_argument("--body-bytes", type=int, default=corpus.BODY_BYTES)
    parser.add_argument("--folder", type=Path, default=memory / "bimson-bench")
    parser.add_argument("--results", type=Path, help="default: benchmarks/results/<time>.jsonl")
    parser.add_argument("--keep", action="store_true", help="keep the sites")
    parser.add_argument("--install", action="store_true", help="install the peers and end")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    if options.install:
        peers.install()
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    if not measure.is_tmpfs(options.folder):
        print(f"{options.folder} is not on tmpfs: the disk is measured too", file=sys.stderr)
    path = options.results or HERE / "results" / f"{time.strftime('%Y%m%d-%H%M%S')}.jsonl"
    path.parent.mkdir(exist_ok=True)
    done: list[Record] = []
    with path.open("a") as lines:

        def save(record: Record) -> None:
            done.append(record)
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
            lines.flush()
            print(report.line(record), file=sys.stderr)

        for size in options.sizes:
            sized(size, options, save)
    print(report.tables(done))
    print(f"\n{path}")


if __name__ == "__main__":
    main()
