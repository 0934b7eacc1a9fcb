"""Runs one task over many items, here or in several processes, with results in order.

`run(make, items, …)`: `make` builds the task once in each process. An item that kills its process
costs only itself: the pool breaks whole, so the batch is tried again by halves until one item is
left, and `lost` says what to give in its place.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item], Result]

BATCH = 32
# Below this many items a second process costs more than it brings (measured: 0.15 s to start one).
WORTH_IT = 300


def run(
    make: Callable[[], Task[Item, Result]],
    items: Sequence[Item],
    jobs: int | None,
    lost: Callable[[Item], Result],
) -> Iterator[Result]:
    """Results in the order of the items. `jobs` None: as many processes as are worth it."""
    if jobs is None:
        jobs = (os.cpu_count() or 1) if len(items) >= WORTH_IT else 1
    if jobs <= 1:
        yield from map(make(), items)
        return
    batches = (tuple(items[at : at + BATCH]) for at in range(0, len(items), BATCH))
    yield from _parallel(make, batches, jobs, lost)


def _parallel(
    make: Callable[[], Task[Item, Result]],
    batches: Iterator[tuple[Item, ...]],
    jobs: int,
    lost: Callable[[Item], Result],
) -> Iterator[Result]:
    waiting: deque[tuple[tuple[Item, ...], Future[list[Result]]]] = deque()
    pool = _pool(make, jobs)
    try:
        for batch in islice(batches, jobs * 3):
            waiting.append((batch, pool.submit(_work, batch)))
        while waiting:
            batch, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
                results = _bisect(make, batch, lost)
                pool = _pool(make, jobs)
                waiting = deque((b, _again(pool, b, f)) for b, f in waiting)
            yield from results
            for following in islice(batches, 1):
                waiting.append((following, pool.submit(_work, following)))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _again(pool: ProcessPoolExecutor, batch: Sequence[Any], future: Future[Any]) -> Future[Any]:
    """A batch that was finished before the pool broke keeps its results."""
    if future.done() and not future.cancelled() and future.exception() is None:
        return future
    return pool.submit(_work, batch)


def _bisect(
    make: Callable[[], Task[Item, Result]],
    batch: Sequence[Item],
    lost: Callable[[Item], Result],
) -> list[Result]:
    with _pool(make, 1) as pool:
        try:
            return list(pool.submit(_work, batch).result())
        except BrokenProcessPool:
            pass
    if len(batch) == 1:
        return [lost(batch[0])]
    half = len(batch) // 2
    return [*_bisect(make, batch[:half], lost), *_bisect(make, batch[half:], lost)]


def _pool(make: Callable[[], Any], jobs: int) -> ProcessPoolExecutor:
    # fork shares what is already imported; elsewhere only spawn is safe.
    method = "fork" if sys.platform.startswith("linux") else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(make,))


_task: Callable[[Any], Any] | None = None  # this process's task; set once, by the pool


def _start(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _task  # noqa: PLW0603 - a pool has no other place for what its processes share
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _task = make()


def _work(batch: Iterable[Any]) -> list[Any]:
    assert _task is not None
    return [_task(item) for item in batch]
