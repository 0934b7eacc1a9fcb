"""Runs one task over many items, here or in several processes, with results in order.

`run(make, items, …)`: `make` builds the task once in each process; it takes some items at a time, and gives
as many results (`each` makes one of a task for single items). An item that kills its process
costs only itself: the pool breaks whole, so the batch is tried again by halves until one item is
left, and `lost` says what to give in its place.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Any, TypeVar

from bimson_site.errors import Location, MachineError, problem

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Sequence[Item]], Sequence[Result]]

BATCH = 160
# Below this many items a second process costs more than it brings (measured: 0.15 s to start one).
WORTH_IT = 300


def _one(_item: object) -> int:
    return 1


def each(task: Callable[[Item], Result]) -> Task[Item, Result]:
    """A task for several items, from one for a single item."""
    return lambda items: [task(item) for item in items]


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
        task = make()
        for start, end in _spans(items, weigh):
            yield from task(items[start:end])
        return
    yield from _parallel(make, items, _spans(items, weigh), jobs, lost)


Span = tuple[int, int]  # of items: from, to before


def _spans(items: Sequence[Item], weigh: Callable[[Item], int]) -> Iterator[Span]:
    """Items in order, put together until they weigh enough."""
    start = weight = 0
    for at, item in enumerate(items, 1):
        weight += weigh(item)
        if weight >= BATCH:
            yield start, at
            start, weight = at, 0
    if start < len(items):
        yield start, len(items)


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

    def resume(self, laps: Mapping[str, float]) -> None:
        """What has passed since the last lap were these stages, in another process."""
        self.laps, self._last = dict(laps), self.clock()

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

    @contextmanager
    def beside(self, size: int, work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
        """Have something worked out in a process of its own while we go on, where its size is worth it: what is yielded
        gives the result, when it is wanted. It changes nothing but itself."""
        if self.many == 1 or size < WORTH_A_PROCESS or not _FORKED:
            yield work
            return
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_tell, args=(work, sender), daemon=True)
        process.start()
        _beside.add(process)
        sender.close()
        try:
            yield partial(_told, receiver, work)
        finally:
            _beside.discard(process)
            process.terminate()
            process.join()
            receiver.close()

    @contextmanager
    def apart(
        self, size: int, work: Callable[[Hands], Result], folder: Path
    ) -> Iterator[Callable[[], Result]]:
        """Have something worked out in a process of its own, where its size is worth it: the memory that it takes goes with
        it, but for the result, which it leaves in a file of a folder. `work` gets the hands that it has there. What is
        yielded waits for the result; MachineError where the process was ended from outside."""
        if self.many == 1 or size < WORTH_A_PROCESS or not _FORKED:
            yield partial(work, self)
            return
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        with tempfile.TemporaryFile(dir=folder) as left, receiver:
            process = context.Process(target=_leave, args=(work, self, sender, left))
            process.start()
            sender.close()
            del work  # with all that it works on, which is the process's now
            try:
                yield partial(self._wait, process, receiver, left)
            finally:
                process.kill()
                process.join()

    def _wait(self, process: BaseProcess, receiver: Connection[Any, Any], left: IO[bytes]) -> Any:
        """What a process leaves when it ends; until then its progress is ours."""
        # Not until the pipe ends alone: a process that this one began, and that outlives it, has the other end too.
        with suppress(EOFError):
            while (told := receiver.poll(_PATIENCE)) or process.is_alive():
                if told:
                    self.progress(*receiver.recv())
        process.join()
        if process.exitcode:
            raise MachineError(problem("machine-refused", Location("."), reason=_KILLED))
        left.seek(0)
        result, laps = pickle.load(left)  # noqa: S301 - written by `_leave`
        if self.watch:
            self.watch.resume(laps)
        if isinstance(result, BaseException):
            raise result
        return result


WORTH_A_PROCESS = 5_000  # files to be looked at, or as much work: 50 ms and more
_KILLED = "a process of this build was ended from outside; there may be too little memory"
_STEPS = 500  # in which another process tells how far it is
_PATIENCE = 0.5  # seconds after which we look whether it is still there
_beside: set[BaseProcess] = set()  # processes that are no pool's


def _tell(work: Callable[[], object], sender: Connection[Any, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    sender.send(work())


def _leave(
    work: Callable[[Hands], object], hands: Hands, sender: Connection[Any, Any], left: IO[bytes]
) -> None:
    """Do some work, telling how far it is, and leave in a file what came of it: its result or its failure, and the time that
    its stages took."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()

    def tell(stage: str, done: int, total: int) -> None:
        if done == total or done % (total // _STEPS + 1) == 0:
            sender.send((stage, done, total))

    def leave(result: object) -> None:
        laps = hands.watch.laps if hands.watch else {}
        pickle.dump((result, laps), left, pickle.HIGHEST_PROTOCOL)
        left.flush()

    try:
        leave(work(replace(hands, progress=tell)))
    except Exception as err:  # noqa: BLE001 - the parent raises it
        left.seek(0)
        left.truncate()
        leave(_sendable(err))


def _sendable(failure: Exception) -> Exception:
    """A failure as another process can raise it, with what it would have said here."""
    said = "".join(traceback.format_exception(failure))
    try:
        pickle.loads(pickle.dumps(failure))  # noqa: S301 - made here
    except Exception:  # noqa: BLE001 - whatever an exception's own code does
        failure = RuntimeError(repr(failure))
    failure.add_note(said)
    return failure


def _told(receiver: Connection[Any, Any], work: Callable[[], Result]) -> Result:
    """What the process says; one that could not say it is no reason to fail, but to do it here."""
    try:
        result: Result = receiver.recv()
    except (EOFError, OSError):
        return work()
    return result


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
    items: Sequence[Item],
    spans: Iterator[Span],
    jobs: int,
    lost: Callable[[Item], Result],
) -> Iterator[Result]:
    waiting: deque[tuple[Span, Future[list[Result]]]] = deque()
    pool = _pool(make, items, jobs)
    try:
        for span in islice(spans, jobs * 3):
            waiting.append((span, _submit(pool, items, span)))
        while waiting:
            span, future = waiting.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                _end(pool)
                results = _bisect(make, items, span, lost)
                pool = _pool(make, items, jobs)
                waiting = deque((s, _again(pool, items, s, f)) for s, f in waiting)
            yield from results
            for following in islice(spans, 1):
                waiting.append((following, _submit(pool, items, following)))
    finally:
        _end(pool)


def _submit(pool: ProcessPoolExecutor, items: Sequence[Any], span: Span) -> Future[Any]:
    """A pool that broke in the meantime gives a future that says so, like one that breaks later."""
    try:
        return pool.submit(_work_span, span) if _FORKED else pool.submit(_work, items[slice(*span)])
    except BrokenProcessPool as err:
        failed: Future[Any] = Future()
        failed.set_exception(err)
        return failed


def _end(pool: ProcessPoolExecutor) -> None:
    """Nothing more is wanted of these processes: what still runs, or hangs on its way out, is ended."""
    for process in {*multiprocessing.active_children()} - _beside:
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _again(
    pool: ProcessPoolExecutor, items: Sequence[Any], span: Span, future: Future[Any]
) -> Future[Any]:
    """A batch that was finished before the pool broke keeps its results."""
    if future.done() and not future.cancelled() and future.exception() is None:
        return future
    return _submit(pool, items, span)


def _bisect(
    make: Callable[[], Task[Item, Result]],
    items: Sequence[Item],
    span: Span,
    lost: Callable[[Item], Result],
) -> list[Result]:
    pool = _pool(make, items, 1)
    try:
        return list(_submit(pool, items, span).result())
    except BrokenProcessPool:
        pass
    finally:
        _end(pool)
    start, end = span
    if end - start == 1:
        return [lost(items[start])]
    middle = (start + end) // 2
    return [
        *_bisect(make, items, (start, middle), lost),
        *_bisect(make, items, (middle, end), lost),
    ]


# A forked process has what its parent had: code, and the items too, so that only their numbers travel.
# Elsewhere only spawn is safe, and items are sent.
_FORKED = sys.platform.startswith("linux")


def _pool(make: Callable[[], Any], items: Sequence[Any], jobs: int) -> ProcessPoolExecutor:
    if _FORKED:
        _give_back()
    context = multiprocessing.get_context("fork" if _FORKED else "spawn")
    shared = items if _FORKED else ()
    return ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(make, shared))


def _give_back() -> None:
    """Give the system what the C library holds free (glibc's does): each process would copy it when it uses it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


# Set once in each process, by the pool; the task is made with the first batch, so that its errors travel.
_make: Callable[[], Task[Any, Any]] | None = None
_task: Task[Any, Any] | None = None
_items: Sequence[Any] = ()


def _start(make: Callable[[], Task[Any, Any]], items: Sequence[Any]) -> None:
    global _make, _items
    gc.freeze()  # what the parent made is never garbage here; looking at it would copy its memory
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _make, _items = make, items


def _leave_with_parent() -> None:
    """A parent that was killed cannot say so; an orphan would keep the lock of the output folder."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work_span(span: Span) -> list[Any]:
    """Some of the items that this process has from its parent."""
    return _work(_items[slice(*span)])


def _work(items: Sequence[Any]) -> list[Any]:
    global _task  # noqa: PLW0603
    if _task is None:
        assert _make is not None
        _task = _make()
    return list(_task(items))
