"""Files: walk, read, stage, publish, delete. Nothing here knows what a page is.

A build stages every changed file inside the output folder and moves them into place only when all
are there, so a full disk or a failing template leaves the old site as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files as package_files
from pathlib import Path
from typing import Self

from bimson_site.errors import Location, MachineError, SiteError, problem
from bimson_site.model import Source

MARK = ".bimson-site"  # the folder in build/ that says: this output is ours
STAGE = "stage"
_NOTE = (
    "This folder is written by bimson-site. Every build deletes what it did not write; files of\n"
    "your own belong in static/. Thư mục này do bimson-site ghi; tệp riêng xin đặt trong static/.\n"
)


def walk(root: Path, folder: str) -> list[Source]:
    """Every file below `root/folder`, links followed, each folder once; paths relative to `root`.

    A link that leads nowhere and a folder that may not be read are listed (size -1), so that they can
    be named. `.git` is not entered.
    """
    found: list[Source] = []
    seen = _identity(root / folder)
    queue = [folder]
    while queue:
        here = queue.pop()
        try:
            entries = list(os.scandir(root / here))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            found.append(Source(here, -1))
            continue
        for entry in entries:
            path = f"{here}/{entry.name}"
            try:
                status = entry.stat()
            except OSError:
                found.append(Source(path, -1))
                continue
            if stat.S_ISDIR(status.st_mode):
                identity = (status.st_dev, status.st_ino)
                if entry.name != ".git" and (identity not in seen or identity == (0, 0)):
                    seen.add(identity)
                    queue.append(path)
            else:
                regular = stat.S_ISREG(status.st_mode)
                found.append(Source(path, status.st_size, regular=regular))
    return found


def _identity(folder: Path) -> set[tuple[int, int]]:
    """Device and inode of a folder, so that a link which leads back to it is not entered again."""
    try:
        status = folder.stat()
    except OSError:
        return set()
    return {(status.st_dev, status.st_ino)}


def read(root: Path, path: str) -> bytes:
    """The bytes of a file of the site. OSError as the system gives it."""
    with open(f"{root}/{path}", "rb") as file:  # noqa: PTH123 - a third of the time of Path
        return file.read()


def name_of(root: Path, folder: Path) -> str:
    """How an output folder is called: relative to the site where it lies in it."""
    place, site = folder.resolve(), root.resolve()
    inside = site in place.parents
    return place.relative_to(site).as_posix() if inside else place.as_posix()


def packaged(folder: str) -> Iterator[tuple[str, bytes]]:
    """The files of a folder of the packaged theme: (name, bytes), by name."""
    for item in sorted(
        (package_files("bimson_site.theme") / folder).iterdir(), key=lambda f: f.name
    ):
        if item.is_file() and not item.name.startswith((".", "__")):
            yield item.name, item.read_bytes()


def packaged_file(path: str) -> bytes:
    """The bytes of one file of the packaged theme, such as "assets/style.css"."""
    return (package_files("bimson_site.theme") / path).read_bytes()


class Output:
    """The output folder while one build holds it. Use as a context manager.

    SiteError (output-foreign) if the folder is not ours to write; MachineError if another build
    holds it or the machine refuses.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self._root = root
        self._lock: int | None = None
        self._made_here = False

    def __enter__(self) -> Self:
        _refuse_foreign(self._root, self.folder)
        mark = self.folder / MARK
        self._made_here = not self.folder.exists()
        mark.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(mark / "lock", name_of(self._root, self.folder))
        (mark / "README.txt").write_text(_NOTE, encoding="utf-8", newline="\n")
        self._clear()
        (mark / STAGE).mkdir()
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self._clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if failure and self._made_here and not self.existing():
            shutil.rmtree(
                self.folder, ignore_errors=True
            )  # nothing was written, so nothing is left

    def existing(self) -> frozenset[str]:
        """Every file in the folder, forward slashes, our own mark left out. Links are removed."""
        found = []
        queue = [""]
        while queue:
            here = queue.pop()
            for entry in os.scandir(self.folder / here):
                path = f"{here}{entry.name}"
                if path == MARK:
                    continue
                if entry.is_symlink() and not path.startswith("."):
                    Path(entry).unlink()  # never ours; and a build must not write through it
                elif entry.is_dir(follow_symlinks=False):
                    if not (here == "" and entry.name.startswith(".")):
                        queue.append(f"{path}/")
                else:
                    found.append(path)
        return frozenset(found)

    def put_in_place(self, moves: Iterable[tuple[str, str]], deletions: Iterable[str]) -> None:
        """Move staged files to their places, in order, then delete; empty folders go too."""
        deletions = tuple(deletions)
        made: set[str] = set()
        stage_folder = self.folder / MARK / STAGE
        for staged, path in moves:
            above = path.rpartition("/")[0]
            if above not in made:
                self._make_room(self.folder / above)
                made.add(above)
            try:
                (stage_folder / staged).replace(self.folder / path)
            except IsADirectoryError:  # a folder of an older build stands where a file belongs now
                shutil.rmtree(self.folder / path)
                (stage_folder / staged).replace(self.folder / path)
        for path in deletions:
            self._delete(path)

    def _make_room(self, folder: Path) -> None:
        """Make a folder, even where a file of an older build stands in its way."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            for part in [*reversed(folder.relative_to(self.folder).parents), folder]:
                place = self.folder / part
                if place.is_symlink() or place.is_file():
                    place.unlink()
            folder.mkdir(parents=True, exist_ok=True)

    def _delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            (self.folder / path).unlink()
        for parent in Path(path).parents:
            if parent == Path():
                break
            try:
                (self.folder / parent).rmdir()
            except OSError:
                break  # not empty

    def _clear(self) -> None:
        shutil.rmtree(self.folder / MARK / STAGE, ignore_errors=True)


def stage(folder: Path, name: str, data: bytes) -> None:
    """Write a file that waits in the output folder to be put in place. A second try replaces it."""
    with open(f"{folder}/{MARK}/{STAGE}/{name}", "wb") as file:  # noqa: PTH123 - as above
        file.write(data)


def compare(folder: Path, path: str, data: bytes) -> bool | None:
    """Whether the output already has exactly these bytes at a path; None where it has no file there."""
    try:
        with open(f"{folder}/{path}", "rb") as file:  # noqa: PTH123 - a third of the time of Path
            return os.fstat(file.fileno()).st_size == len(data) and file.read() == data
    except OSError:
        return None


def machine_error(err: OSError, root: Path) -> MachineError:
    """A refusal of the machine as a problem, with the file it concerns if it is known: relative to
    the site where it lies in it. What a build has there for itself is called the output folder."""
    name = os.fspath(err.filename) if isinstance(err.filename, str | bytes | os.PathLike) else ""
    place, site = (Path(os.path.abspath(os.fsdecode(p))) for p in (name or os.fspath(root), root))  # noqa: PTH100 - resolve may fail like what is reported here
    path = place.relative_to(site) if place.is_relative_to(site) else place
    if MARK in path.parts:
        path = Path(*path.parts[: path.parts.index(MARK)])
    where = Location(path.as_posix())
    return MachineError(problem("machine-refused", where, reason=err.strerror or str(err)))


def _refuse_foreign(root: Path, folder: Path) -> None:
    place, site = folder.resolve(), root.resolve()
    kept = [site, *(site / name for name in ("content", "templates", "static", "permalinks"))]
    inside = any(place == k or k in place.parents for k in kept[1:])
    foreign = inside or place == site or place in site.parents
    if not foreign and folder.exists():
        if not folder.is_dir():
            foreign = True
        elif not (folder / MARK).is_dir():
            foreign = any(not entry.name.startswith(".") for entry in folder.iterdir())
    if foreign:
        shown = name_of(root, folder)
        raise SiteError(problem("output-foreign", Location(shown), folder=shown))


def _lock(path: Path, shown: str) -> int:
    """An exclusive lock that the system drops when the process ends, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise MachineError(problem("output-busy", Location(shown), folder=shown)) from None
    return handle
