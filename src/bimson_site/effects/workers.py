"""Runs one task over many items, here or in several processes, with results in order.

`run(make, items, …)`: `make` builds the task once in each process. An item that kills its process
costs only itself: the pool breaks whole, so the batch is tried again by halves until one item is
left, and `lost` says what to give in its place.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item], Result]

BATCH = 64
# Below this many items a second process costs more than it brings (measured: 0.15 s to start one).
WORTH_IT = 300


def _one(_item: object) -> int:
    return 1


def run(
    make: Callable[[], Task[Item, Result]],
    items: Sequence[Item],
    jobs: int | None,
    lost: Callable[[Item], Result],
    weigh: Callable[[Item], int] = _one,
) -> Iterator[Result]:
    """Results in the order of the items. `jobs` None: as many processes as are worth it. `weigh` says
    how much work an item is, beside others."""
    if jobs is None:
        jobs = (os.cpu_count() or 1) if sum(map(weigh, items)) >= WORTH_IT else 1
    if jobs <= 1:
        yield from map(make(), items)
        return
    yield from _parallel(make, _batches(items, weigh), jobs, lost)


def _batches(items: Sequence[Item], weigh: Callable[[Item], int]) -> Iterator[tuple[Item, ...]]:
    """Items in order, put together until they weigh enough."""
    batch: list[Item] = []
    weight = 0
    for item in items:
        batch.append(item)
        weight += weigh(item)
        if weight >= BATCH:
            yield tuple(batch)
            batch, weight = [], 0
    if batch:
        yield tuple(batch)


# Told how far a stage is: (stage, done, of how many). Stages are "read" and "write".
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """No progress is shown."""


class Stopwatch:
    """Where the time goes. `clock` counts seconds; it can be pickled, for other processes have it too."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.laps: dict[str, float] = {}
        self.templates: dict[str, tuple[int, float]] = {}
        self._last = clock()

    def lap(self, stage: str) -> None:
        """What has passed since the last lap was this stage."""
        now = self.clock()
        self.laps[stage] = self.laps.get(stage, 0.0) + now - self._last
        self._last = now

    def add(self, templates: Mapping[str, tuple[int, float]]) -> None:
        """Pages and seconds by template, of one process; all are added up."""
        for name, (pages, seconds) in templates.items():
            before = self.templates.get(name, (0, 0.0))
            self.templates[name] = before[0] + pages, before[1] + seconds


@dataclass(frozen=True, slots=True)
class Hands:
    """How the work is done: in how many processes (None: as many as are worth it), watched by whom, and
    by which watch."""

    many: int | None = None
    progress: Progress = silent
    watch: Stopwatch | None = None

    def lap(self, stage: str) -> None:
        if self.watch:
            self.watch.lap(stage)

    def work(
        self,
        stage: str,
        make: Callable[[], Task[Item, Result]],
        items: Sequence[Item],
        lost: Callable[[Item], Result],
        weigh: Callable[[Item], int] = _one,
    ) -> Iterator[Result]:
        """`run`, step by step before the eyes of who watches."""
        for done, result in enumerate(run(make, items, self.many, lost, weigh), 1):
            self.progress(stage, done, len(items))
            yield result


ALONE = Hands(1)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Work without Python's search for cycles of garbage: our values make none, and looking through
    millions of them again and again would cost as much as the work itself."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
    gc.freeze()  # what the parent made is never garbage here; looking at it would copy its memory
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
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
