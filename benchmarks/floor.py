"""The floor under every generator: writing the same files, or walking a folder, and nothing else.

    python benchmarks/floor.py write FOLDER LIKE     files of the same names and sizes as below LIKE
    python benchmarks/floor.py walk FOLDER           names and stat of every file

Prints wall and CPU seconds of that alone: neither Python's start nor the listing is counted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator


def listing(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    queue = [folder]
    while queue:
        with os.scandir(queue.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    queue.append(entry.path)
                else:
                    yield entry.path, entry.stat(follow_symlinks=False)


def write(files: list[tuple[str, int]]) -> None:
    """One process, each folder made once, each file opened, written at once, closed."""
    text = memoryview(b"x" * max(size for _, size in files))
    made = set[str]()
    for path, size in files:
        folder = os.path.dirname(path)
        if folder not in made:
            os.makedirs(folder, exist_ok=True)
            made.add(folder)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(handle, text[:size])
        os.close(handle)


def main() -> None:
    task, folder, *like = sys.argv[1:]
    files = []
    if task == "write":
        start = len(like[0])
        files = [(folder + path[start:], found.st_size) for path, found in listing(like[0])]
    wall, cpu = time.perf_counter(), time.process_time()
    if task == "write":
        write(files)
    else:
        files = [(path, found.st_size) for path, found in listing(folder)]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    total = sum(size for _, size in files)
    print(json.dumps({"wall": wall, "cpu": cpu, "files": len(files), "bytes": total}))


if __name__ == "__main__":
    main()
