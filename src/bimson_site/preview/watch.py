"""Watches the files of a site; the only import of watchdog.

Events are hints: paths that may have changed. What has changed is found by looking (`session`), so an event that
is lost costs time and nothing else. Where the system cannot watch, or ceases to, the files are looked at every second.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import (
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

# What stands at the top of a site and counts; nothing else there is ours.
FOLDERS = ("content", "templates", "static", "words", "permalinks", "extensions")
SETTINGS = ("bimson.yaml", "dedupe.yaml", "places.yaml")
# The system is asked for no other events: those of mere reading would fill its queue at every build.
_CHANGES: list[type[FileSystemEvent]] = [
    *(FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent),
    *(DirCreatedEvent, DirMovedEvent, DirDeletedEvent, FileAttribEvent, DirAttribEvent),
]
EVERY = 1.0  # seconds between two looks where the system does not watch
# File systems of other machines tell nobody what those write (inotify(7), "Limitations and caveats").
_FAR = (
    *("nfs", "cifs", "smb", "9p", "afpfs", "ceph", "virtiofs", "vboxsf", "vmhgfs", "prl_fs"),
    *(f"fuse.{name}" for name in ("sshfs", "rclone", "ceph", "glusterfs", "vmhgfs-fuse")),
)


class Watch(FileSystemEventHandler):
    """Tells `stirred` which paths below the root may have changed, from a thread of its own. `unwatched` is told
    why the system does not watch them, at the start or whenever it ceases to."""

    def __init__(
        self,
        root: Path,
        stirred: Callable[[Iterable[str]], None],
        unwatched: Callable[[str], None],
    ) -> None:
        self._root = root.resolve()
        self._stirred = stirred
        self._unwatched = unwatched
        self._observer: BaseObserver = Observer()
        self._watched: set[str] = set()
        self._lock = threading.Lock()
        self._ended = False
        self._polling = False
        self._complaints = _Complaints(self._cease_soon)

    def start(self) -> None:
        """Begin to watch."""
        _LIBRARY.addHandler(self._complaints)
        reason = next(filter(None, map(far, self._places())), "")
        if not reason:
            try:
                self._begin()
                self._spare()
            except OSError as err:
                reason = _said(err)
        if reason:
            self._cease(reason)

    def stop(self) -> None:
        with self._lock:
            self._ended = True
            _LIBRARY.removeHandler(self._complaints)
            self._end()

    def _begin(self) -> None:
        self._observer.schedule(self, str(self._root), recursive=False, event_filter=_CHANGES)
        self._enter()
        self._observer.start()

    def _end(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()
        self._watched.clear()

    def _cease(self, reason: str) -> None:
        """Look at the files from now on, for the system does not tell of all."""
        with self._lock:
            if self._ended or self._polling:
                return
            self._polling = True
            self._end()
            self._observer = PollingObserver(timeout=EVERY)
            self._begin()
            self._unwatched(reason)
            self._stirred(frozenset(FOLDERS))  # nobody knows what was missed

    def _cease_soon(self, reason: str) -> None:
        """The same, from a thread that watches and would have to wait for itself."""
        threading.Thread(target=self._cease, args=(reason,), daemon=True).start()

    def _spare(self) -> None:
        """OSError where the system would not watch one folder more; then it may have left one of ours out, for
        watchdog is silent of those below the one that it was given."""
        with tempfile.TemporaryDirectory(prefix="bimson-site-") as other:
            watch = self._observer.schedule(self, other)
            self._observer.unschedule(watch)

    def _places(self) -> list[Path]:
        """The site's folder, and those in it that are there by now, wherever they lie."""
        found = [self._root / name for name in FOLDERS]
        # A folder may be a link, which is only followed where it is named itself.
        return [self._root, *(place.resolve() for place in found if place.is_dir())]

    def _enter(self) -> None:
        """Watch the folders that are there by now."""
        for name in FOLDERS:
            place = self._root / name
            if name not in self._watched and place.is_dir():
                self._watched.add(name)
                where = str(place.resolve())
                self._observer.schedule(self, where, recursive=True, event_filter=_CHANGES)

    def on_any_event(self, event: FileSystemEvent) -> None:
        paths = {os.fsdecode(p) for p in (event.src_path, event.dest_path) if p}
        found = {path for p in paths if (path := self._below(p))}
        for name in found & set(FOLDERS):
            if event.event_type in {"deleted", "moved"}:
                self._watched.discard(name)
        try:
            if found & set(FOLDERS):
                self._enter()
            if event.is_directory and found and not self._polling:
                self._spare()  # there may be folders in it
        except OSError as err:
            self._cease_soon(_said(err))
        if found:
            self._stirred(found)

    def _below(self, path: str) -> str:
        """A path relative to the site; "" for what does not count."""
        for name in self._watched:
            real = os.path.realpath(self._root / name)
            if path.startswith(real + os.sep):
                return f"{name}/{Path(path).relative_to(real).as_posix()}"
        if os.path.dirname(path) != str(self._root):  # noqa: PTH120 - a third of pathlib's time
            return ""
        name = os.path.basename(path)  # noqa: PTH119
        return name if name in {*FOLDERS, *SETTINGS} else ""


class _Complaints(logging.Handler):
    """Hears what watchdog says only to its log: that the system's queue was full, that a folder is lost."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told(record.getMessage())


_LIBRARY = logging.getLogger("watchdog")


def _said(err: OSError) -> str:
    return err.strerror or str(err)


def far(place: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of the file system of a place, where it lies on another machine; "" where it does not, or
    nobody can say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    # proc(5): the fifth field is the mount point, the type follows a lone hyphen
    for line in lines:
        fields, _, rest = line.partition(" - ")
        point = fields.split()[4].replace("\\040", " ")
        holds = point == "/" or place == Path(point) or Path(point) in place.parents
        if holds and len(point) >= len(best):
            best, kind = point, rest.split()[0]
    return kind if kind.startswith(_FAR) else ""
