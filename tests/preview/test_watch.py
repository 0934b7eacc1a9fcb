"""What counts as a change, and what the preview does where the system does not watch."""

from __future__ import annotations

import ctypes
import errno
import itertools
import queue
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchdog.observers import inotify_c

from bimson_site.preview import watch
from bimson_site.preview.watch import Watch


@pytest.fixture
def watched(tmp_path: Path):
    """A site that is watched, and the paths that were told of."""
    for name in ("content/tin", "build", ".bimson", ".git"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "content/a.md").write_text("a")
    told: queue.Queue[set[str]] = queue.Queue()
    found = Watch(tmp_path, told.put, pytest.fail)
    found.start()
    yield tmp_path, told, found
    found.stop()


def until(told, *paths: str) -> set[str]:
    """Everything told of until all of some paths were; folders are watched side by side."""
    seen: set[str] = set()
    while not seen.issuperset(paths):
        seen |= told.get()
    return seen


def test_every_kind_of_file_counts_and_nothing_else(watched) -> None:
    root, told, _ = watched
    (root / "build/index.html").write_text("x")
    (root / ".bimson/lock").write_text("x")
    (root / "README.md").write_text("x")
    (root / "content/a.md").read_text()
    (root / "content/tin/b.md").write_text("b")
    (root / "bimson.yaml").write_text("title: x")
    (root / "dedupe.yaml").write_text("same: []")
    (root / "places.yaml").write_text("a: b")
    seen = until(told, "content/tin/b.md", "bimson.yaml", "dedupe.yaml", "places.yaml")
    assert not {path for path in seen if path.startswith(("build", ".bimson", "README"))}
    assert "content/a.md" not in seen  # it was only read


def test_a_folder_that_comes_later_is_watched(watched) -> None:
    root, told, _ = watched
    (root / "static").mkdir()
    until(told, "static")
    (root / "static/style.css").write_text("x")
    until(told, "static/style.css")
    (root / "content/moi").mkdir()
    until(told, "content/moi")


def test_a_move_names_both_places(watched) -> None:
    root, told, _ = watched
    (root / "content/a.md").rename(root / "content/c.md")
    assert "content/a.md" in until(told, "content/c.md")


def test_a_linked_folder_is_watched_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site/content").symlink_to(tmp_path / "elsewhere")
    told: queue.Queue[set[str]] = queue.Queue()
    found = Watch(tmp_path / "site", told.put, pytest.fail)
    found.start()
    (tmp_path / "elsewhere/a.md").write_text("a")
    until(told, "content/a.md")
    found.stop()


def test_files_are_looked_at_where_the_system_does_not_watch(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "content").mkdir()
    monkeypatch.setattr(watch, "far", lambda place: "nfs4" if place.name == "content" else "")
    with looked_at(tmp_path) as (told, reasons):
        assert reasons.get() == "nfs4"
        until(told, *watch.FOLDERS)
        (tmp_path / "content/a.md").write_text("a")
        until(told, "content/a.md")


@pytest.fixture
def narrow(monkeypatch):
    """The system watches seven folders, and says of more that there is no room."""
    watches = inotify_c.inotify_add_watch
    count = itertools.count(1)

    def limited(*arguments):
        if next(count) > 7:
            ctypes.set_errno(errno.ENOSPC)
            return -1
        return watches(*arguments)

    monkeypatch.setattr(inotify_c, "inotify_add_watch", limited)


def test_files_are_looked_at_where_there_are_more_folders_than_the_system_watches(
    tmp_path: Path, narrow
) -> None:
    for number in range(7):
        (tmp_path / f"content/{number}").mkdir(parents=True)
    with looked_at(tmp_path) as (told, reasons):
        assert reasons.get() == "inotify watch limit reached"
        until(told, *watch.FOLDERS)
        (tmp_path / "content/6/a.md").write_text("a")
        until(told, "content/6/a.md")


def test_files_are_looked_at_when_a_folder_comes_that_the_system_does_not_watch(
    tmp_path: Path, narrow
) -> None:
    for number in range(4):
        (tmp_path / f"content/{number}").mkdir(parents=True)
    with looked_at(tmp_path) as (told, reasons):
        assert reasons.empty()
        (tmp_path / "content/tin").mkdir()
        assert reasons.get() == "inotify watch limit reached"
        until(told, *watch.FOLDERS)
        (tmp_path / "content/tin/a.md").write_text("a")
        until(told, "content/tin/a.md")


def test_files_are_looked_at_after_the_system_has_lost_events(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "content").mkdir()
    read, lost = inotify_c.InotifyFD.read_events, threading.Event()

    def overflowing(self):
        found = read(self)
        if found and not lost.is_set():
            lost.set()
            return [inotify_c.InotifyEvent(-1, inotify_c.InotifyConstants.IN_Q_OVERFLOW, 0, b"")]
        return found

    monkeypatch.setattr(inotify_c.InotifyFD, "read_events", overflowing)
    with looked_at(tmp_path) as (told, reasons):
        (tmp_path / "content/a.md").write_text("a")
        assert "overflow" in reasons.get()
        until(told, *watch.FOLDERS)
        (tmp_path / "content/b.md").write_text("b")
        until(told, "content/b.md")


def test_reading_is_no_event(watched) -> None:
    root, told, _ = watched
    for _ in range(3):
        (root / "content/a.md").read_text()
    (root / "content/a.md").chmod(0o600)  # it may be readable only now
    assert until(told, "content/a.md") == {"content/a.md"}


@contextmanager
def looked_at(root: Path):
    """What is told of a site, and the reasons why the system does not watch it."""
    told: queue.Queue[set[str]] = queue.Queue()
    reasons: queue.Queue[str] = queue.Queue()
    found = Watch(root, told.put, reasons.put)
    found.start()
    yield told, reasons
    found.stop()


MOUNTS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /srv/bao rw,relatime shared:1 - nfs4 kho:/bao rw
31 22 0:41 / /srv/bao/gan rw - tmpfs tmpfs rw
32 22 0:42 / /m\\040n rw - cifs //kho/n rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/bao/kho", "nfs4"),
        ("/srv/bao", "nfs4"),
        ("/srv/bao/gan/x", ""),
        ("/srv/baox", ""),
        ("/", ""),
        ("/m n/a", "cifs"),
    ],
)
def test_file_systems_of_other_machines_are_known(tmp_path: Path, place: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert watch.far(Path(place), mounts) == kind


def test_nobody_can_say_without_the_list_of_mounts(tmp_path: Path) -> None:
    assert watch.far(tmp_path, tmp_path / "none") == ""
