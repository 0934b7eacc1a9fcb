"""Run a program and say what it cost: wall time, CPU time with its children, peak memory.

CPU is user + system of the process and of all children it waited for (wait4). Memory is the largest
sum of PSS over the process and its descendants, sampled about every 100 ms from /proc/*/smaps_rollup;
where a sample itself is slow (gigabytes), less often, so that sampling takes under a twentieth of a core.
A peak shorter than the pause is missed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.1
SHARE = 20  # pause at least so many times as long as a sample took


@dataclass(frozen=True, slots=True)
class Run:
    """What one run cost, in seconds and bytes; `others` is how many cores other programs kept busy
    meanwhile; `output` and `errors` are the end of what it printed."""

    wall: float
    cpu: float
    memory: int
    others: float
    code: int
    output: str
    errors: str


def run(command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Run:
    """Run to its end. Output goes to files, so that no pipe can hold the program up."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        busy, start = _busy(), time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=dict(os.environ) | dict(env or {}), stdout=out, stderr=err
        )
        sampler = _Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        cpu = usage.ru_utime + usage.ru_stime
        others = max(0.0, (_busy() - busy - cpu) / wall)
        process.returncode = os.waitstatus_to_exitcode(status)
        sampler.stop()
        return Run(
            wall,
            cpu,
            sampler.peak,
            others,
            process.returncode,
            _tail(out),
            _tail(err),
        )


class _Sampler(threading.Thread):
    """Watches a process and its descendants until it is told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self._over = pid, 0, threading.Event()

    def run(self) -> None:
        pause = PAUSE / 10  # a short program is seen at least once
        while not self._over.wait(pause):
            start = time.thread_time()
            self.peak = max(self.peak, sum(map(_pss, family(self.pid))))
            pause = max(PAUSE, SHARE * (time.thread_time() - start))

    def stop(self) -> None:
        self._over.set()
        self.join()


def family(pid: int) -> list[int]:
    """A process and all that descend from it, as far as they live."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def _pss(pid: int) -> int:
    try:
        with Path(f"/proc/{pid}/smaps_rollup").open() as lines:
            return next((int(line.split()[1]) << 10 for line in lines if line[:4] == "Pss:"), 0)
    except OSError:  # it has ended, or is not ours
        return 0


def _busy() -> float:
    """CPU seconds that this machine has worked since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, _idle, _wait, *interrupts = map(int, fields)
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def _tail(file: object, size: int = 1 << 20) -> str:
    length = file.seek(0, 2)  # type: ignore[attr-defined]
    file.seek(max(0, length - size))  # type: ignore[attr-defined]
    return file.read().decode("utf-8", "replace")  # type: ignore[attr-defined]


def changed(folder: Path, since: int) -> tuple[int, int, int]:
    """Files below a folder that came or changed since (nanoseconds): HTML, all; and HTML there is."""
    pages = files = total = 0
    queue = [os.fspath(folder)]
    while queue:
        with os.scandir(queue.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    queue.append(entry.path)
                    continue
                html = entry.name.endswith(".html")
                total += html
                if entry.stat(follow_symlinks=False).st_ctime_ns >= since:
                    files += 1
                    pages += html
    return pages, files, total


def is_tmpfs(folder: Path) -> bool:
    """True if a folder lies in memory."""
    best, kind = "", ""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, name, *_ = line.split()
        if folder.resolve().is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, name
    return kind == "tmpfs"
