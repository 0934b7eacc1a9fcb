"""Watches the files of a site; the only import of watchdog.

Events are hints: paths that may have changed. What has changed is found by looking (`session`), so an event that
is lost costs time and nothing else. Where the system cannot watch, the files are looked at every second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

# What stands at the top of a site and counts; nothing else there is ours.
FOLDERS = ("content", "templates", "static", "words", "permalinks", "extensions")
SETTINGS = ("bimson.yaml", "dedupe.yaml", "places.yaml")
_CHANGES = frozenset({"created", "modified", "moved", "deleted", FileClosedEvent.event_type})
EVERY = 1.0  # seconds between two looks where the system does not watch
# File systems over a network tell nobody what other machines write (inotify(7), "Limitations and caveats").
_FAR = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "vboxsf", "afpfs")


class Watch(FileSystemEventHandler):
    """Tells `stirred` which paths below the root may have changed, from a thread of its own. `polling`
    says why the system does not watch; "" where it does."""

    def __init__(self, root: Path, stirred: Callable[[Iterable[str]], None]) -> None:
        self._root = root.resolve()
        self._stirred = stirred
        self._observer: BaseObserver = Observer()
        self._watched: set[str] = set()
        self.polling = ""

    def start(self) -> None:
        """Begin to watch."""
        if kind := far(self._root):
            self.polling = kind
        else:
            try:
                self._begin()
            except OSError as err:  # the limit of inotify, most often
                self.polling = err.strerror or str(err)
                self.stop()
        if self.polling:
            self._watched.clear()
            self._observer = PollingObserver(timeout=EVERY)
            self._begin()

    def stop(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def _begin(self) -> None:
        self._observer.schedule(self, str(self._root), recursive=False)
        self._enter()
        self._observer.start()

    def _enter(self) -> None:
        """Watch the folders that are there by now."""
        for name in FOLDERS:
            place = self._root / name
            if name not in self._watched and place.is_dir():
                self._watched.add(name)
                # A folder may be a link, which is only followed where it is named itself.
                self._observer.schedule(self, str(place.resolve()), recursive=True)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _CHANGES:
            return
        paths = {os.fsdecode(p) for p in (event.src_path, event.dest_path) if p}
        found = {path for p in paths if (path := self._below(p))}
        for name in found & set(FOLDERS):
            if event.event_type in {"deleted", "moved"}:
                self._watched.discard(name)
        if found & set(FOLDERS):
            self._enter()
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


def far(place: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of the file system of a place, where it lies on another machine; "" where it does not, or
    nobody can say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for (
        line
    ) in lines:  # proc(5): the fifth field is the mount point, the type follows a lone hyphen
        fields, _, rest = line.partition(" - ")
        point = fields.split()[4].replace("\\040", " ")
        holds = point == "/" or place == Path(point) or Path(point) in place.parents
        if holds and len(point) >= len(best):
            best, kind = point, rest.split()[0]
    return kind if kind.startswith(_FAR) else ""
