"""Work in processes that may die: every item is answered, in order, and nobody is left behind.

Real processes, no time limits. `docs/decisions/0008-a-worker-that-dies.md` tells what was tried.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from bimson_site.effects import workers

Item = tuple[int, str]


def make() -> Callable[[Sequence[Item]], Sequence[int]]:
    """A task that doubles a number, or does to its process what the item says."""

    def task(item: Item) -> int:
        number, fate = item
        if fate == "exit":
            os._exit(9)
        if fate == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if fate == "late":
            time.sleep(0.5)
            os._exit(9)
        if fate == "raise":
            raise OSError(28, "No space left on device")
        if fate == "linger":  # what an extension may do: a thread that outlives its work
            threading.Thread(target=time.sleep, args=(3600,)).start()
        return number * 2

    return workers.each(task)


def refuse() -> Callable[[Item], int]:
    raise OSError(13, "Permission denied")


def lost(item: Item) -> int:
    return -item[0]


def items(size: int, fates: dict[int, str]) -> list[Item]:
    return [(number, fates.get(number, "")) for number in range(size)]


def answers(work: list[Item]) -> list[int]:
    return [-number if fate in {"exit", "kill", "late"} else number * 2 for number, fate in work]


@pytest.mark.parametrize(
    ("size", "fates"),
    [
        pytest.param(0, {}, id="nothing to do"),
        pytest.param(1, {0: "exit"}, id="the only one"),
        pytest.param(200, {0: "kill"}, id="the first"),
        pytest.param(200, {199: "exit"}, id="the last, alone in its batch"),
        pytest.param(64, dict.fromkeys(range(32, 40), "exit"), id="eight in a row"),
    ],
)
@pytest.mark.parametrize("jobs", [2, 3])
def test_an_item_that_kills_costs_only_itself(size, fates, jobs) -> None:
    work = items(size, fates)
    assert list(workers.run(make, work, jobs, lost)) == answers(work)


def test_the_same_without_processes() -> None:
    work = items(100, {})
    assert list(workers.run(make, work, 1, lost)) == list(workers.run(make, work, 2, lost))


def test_the_same_with_spawned_processes(monkeypatch) -> None:
    """Elsewhere than on Linux, processes are begun from nothing."""
    monkeypatch.setattr(workers, "sys", SimpleNamespace(platform="darwin"))
    work = items(70, {40: "exit"})
    assert list(workers.run(make, work, 2, lost)) == answers(work)


def test_an_error_of_the_machine_travels() -> None:
    """A full disk is not a death: it ends the work, as it would in one process."""
    with pytest.raises(OSError, match="No space left"):
        list(workers.run(make, items(200, {100: "raise"}), 2, lost))


def test_nobody_is_left_when_the_work_is_not_wanted_any_more() -> None:
    results = workers.run(make, items(2000, {}), 2, lost)
    assert next(results) == 0
    results.close()
    for process in multiprocessing.active_children():
        process.join()
    assert multiprocessing.active_children() == []


# --- what the spike of 2026-11-24 found wrong, and was mended ----------------------------------------


def test_a_death_while_results_are_taken() -> None:
    """The pool breaks between a result that was good and the next batch that is handed out."""
    work = items(400, {191: "late"})
    results = workers.run(make, work, 2, lost)
    taken = [next(results)]
    for process in multiprocessing.active_children():
        process.join()
    assert [*taken, *results] == answers(work)


def test_deaths_everywhere() -> None:
    """Deaths that come while other batches are handed out again."""
    for _ in range(3):
        work = items(640, dict.fromkeys(range(31, 640, 64), "exit") | {32: "kill"})
        assert list(workers.run(make, work, 3, lost)) == answers(work)


def test_items_are_sent_where_nothing_can_be_forked(monkeypatch) -> None:
    """As on Windows and macOS: a fresh process, and everything it works with in a pipe."""
    monkeypatch.setattr(workers, "_FORKED", False)
    work = items(300, {17: "exit"})
    assert list(workers.run(make, work, 2, lost)) == answers(work)


def test_an_error_while_the_task_is_made_travels() -> None:
    with pytest.raises(OSError, match="Permission denied"):
        list(workers.run(refuse, items(2, {}), 2, lost))


def program(fate: str) -> subprocess.Popen[str]:
    """A parent with two workers; all of them hold its output pipe, so that its end is theirs."""
    size = 4 if fate == "linger" else 10**5
    return run(
        "import test_workers as t; from bimson_site.effects import workers\n"
        f"for n in workers.run(t.make, t.items({size}, {{0: {fate!r}}}), 2, t.lost):\n"
        "    print(n, flush=True)"
    )


def run(code: str) -> subprocess.Popen[str]:
    """Some code in a process of its own."""
    here = str(Path(__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])},
        text=True,
        start_new_session=True,
    )


# What is wrong here would show as waiting for ever.
@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_its_parent(how) -> None:
    """An orphan would keep the lock of the output folder, and every later build would be refused."""
    parent = program("")
    assert parent.stdout is not None
    assert parent.stdout.readline() == "0\n"
    parent.send_signal(how)
    parent.stdout.read()  # ends when the last holder of the pipe has gone
    parent.stdout.close()
    assert parent.wait() == -how


def test_a_worker_that_does_not_end_is_ended() -> None:
    parent = program("linger")
    assert parent.communicate()[0].split() == ["0", "2", "4", "6"]
    assert parent.returncode == 0


def apart(hands: workers.Hands) -> str:
    for done in range(1, 1_001):
        hands.progress("read", done, 1_000)
    hands.lap("read")
    return f"{os.getpid()}"


def done_apart(hands: workers.Hands, size: int = workers.WORTH_A_PROCESS, work=apart) -> str:
    with TemporaryDirectory() as folder, hands.apart(size, work, Path(folder)) as done:
        return done()


def test_work_apart_tells_how_far_it_is_and_how_long_it_took() -> None:
    told: list[tuple[str, int, int]] = []
    watch = workers.Stopwatch(iter(range(100)).__next__)
    hands = workers.Hands(2, lambda *step: told.append(step), watch)
    elsewhere = done_apart(hands)
    assert (elsewhere != str(os.getpid())) is workers._FORKED
    assert told[-1] == ("read", 1_000, 1_000)
    assert told == sorted(told)
    assert watch.laps == {"read": 1}
    assert done_apart(workers.Hands(1)) == str(os.getpid())
    assert done_apart(workers.Hands(2), workers.WORTH_A_PROCESS - 1) == str(os.getpid())


def wait_for_ever(_hands: workers.Hands) -> None:
    print("0", flush=True)
    time.sleep(3600)


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_work_apart_does_not_outlive_its_parent(how) -> None:
    parent = run(
        "import test_workers as t; from bimson_site.effects import workers\n"
        "t.done_apart(workers.Hands(2), work=t.wait_for_ever)"
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "0\n"
    parent.send_signal(how)
    parent.stdout.read()
    parent.stdout.close()
    assert parent.wait() == -how


def leave_somebody(_hands: workers.Hands) -> int:
    """What an extension may do: a process that outlives the one that began it, and holds its pipes."""
    somebody = os.fork()
    if somebody == 0:
        time.sleep(3600)
        os._exit(0)
    return somebody


@pytest.mark.skipif(not workers._FORKED, reason="nobody is forked")
def test_work_apart_is_done_when_it_ends_not_when_all_that_it_began_does() -> None:
    somebody = done_apart(workers.Hands(2), work=leave_somebody)
    os.kill(somebody, signal.SIGKILL)


@pytest.mark.skipif(not workers._FORKED, reason="work is done here")
def test_a_disk_without_room_for_what_work_apart_leaves_is_told(monkeypatch) -> None:
    whole = workers.pickle.dump

    def full(result: tuple[object, object], file: object, protocol: int) -> None:
        if isinstance(result[0], str):
            raise OSError(28, "No space left on device")
        whole(result, file, protocol)

    monkeypatch.setattr(workers.pickle, "dump", full)
    with pytest.raises(OSError, match="No space left"):
        done_apart(workers.Hands(2))
