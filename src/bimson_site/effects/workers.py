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
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing.connection import wait
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
            waiting.append((batch, _submit(pool, batch)))
        while waiting:
            batch, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                _end(pool)
                results = _bisect(make, batch, lost)
                pool = _pool(make, jobs)
                waiting = deque((b, _again(pool, b, f)) for b, f in waiting)
            yield from results
            for following in islice(batches, 1):
                waiting.append((following, _submit(pool, following)))
    finally:
        _end(pool)


def _submit(pool: ProcessPoolExecutor, batch: Sequence[Any]) -> Future[Any]:
    """A pool that broke in the meantime gives a future that says so, like one that breaks later."""
    try:
        return pool.submit(_work, batch)
    except BrokenProcessPool as err:
        failed: Future[Any] = Future()
        failed.set_exception(err)
        return failed


def _end(pool: ProcessPoolExecutor) -> None:
    """Nothing more is wanted of these processes: what still runs, or hangs on its way out, is ended."""
    for process in multiprocessing.active_children():
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _again(pool: ProcessPoolExecutor, batch: Sequence[Any], future: Future[Any]) -> Future[Any]:
    """A batch that was finished before the pool broke keeps its results."""
    if future.done() and not future.cancelled() and future.exception() is None:
        return future
    return _submit(pool, batch)


def _bisect(
    make: Callable[[], Task[Item, Result]],
    batch: Sequence[Item],
    lost: Callable[[Item], Result],
) -> list[Result]:
    pool = _pool(make, 1)
    try:
        return list(_submit(pool, batch).result())
    except BrokenProcessPool:
        pass
    finally:
        _end(pool)
    if len(batch) == 1:
        return [lost(batch[0])]
    half = len(batch) // 2
    return [*_bisect(make, batch[:half], lost), *_bisect(make, batch[half:], lost)]


def _pool(make: Callable[[], Any], jobs: int) -> ProcessPoolExecutor:
    # fork shares what is already imported; elsewhere only spawn is safe.
    method = "fork" if sys.platform.startswith("linux") else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(make,))


_make: Callable[[], Callable[[Any], Any]] | None = None  # set once in each process, by the pool
_task: Callable[[Any], Any] | None = None  # made with the first batch, so that its errors travel


def _start(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _make  # noqa: PLW0603 - a pool has no other place for what its processes share
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _make = make


def _leave_with_parent() -> None:
    """A parent that was killed cannot say so; an orphan would keep the lock of the output folder."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(batch: Iterable[Any]) -> list[Any]:
    global _task  # noqa: PLW0603
    if _task is None:
        assert _make is not None
        _task = _make()
    return [_task(item) for item in batch]
