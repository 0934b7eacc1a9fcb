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
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files
from itertools import count
from pathlib import Path
from typing import Self

from bimson_site.errors import Location, MachineError, SiteError, problem
from bimson_site.model import UNSETTLED, Source
from bimson_site.pipeline.outputs import Outputs, Stamp, folder_of

FOLDER = ".bimson"  # the folder at a site's root where the cache lies
MARK = ".bimson-site"  # the folder in build/ that says: this output is ours
STAGE = "stage"
ASIDE = "aside"  # where files wait whose place in the stage is taken
_NOTE = (
    "This folder is written by bimson-site. Every build deletes what it did not write; files of\n"
    "your own belong in static/. Thư mục này do bimson-site ghi; tệp riêng xin đặt trong static/.\n"
)


def now(folder: Path) -> int:
    """The time of a folder's own file system, in nanoseconds since 1970: what is written from now on is
    not older. (Its clock may be coarser than the machine's, or another machine's.)"""
    handle, name = tempfile.mkstemp(prefix=".now-", dir=folder)
    try:
        return os.fstat(handle).st_mtime_ns
    finally:
        os.close(handle)
        os.unlink(name)  # noqa: PTH108 - mkstemp gives a string


def walk(root: Path, folder: str, now: int = 0) -> list[Source]:
    """Every file below `root/folder`, links followed, each folder once; paths relative to `root`.

    A link that leads nowhere and a folder that may not be read are listed (size -1), so that they can
    be named. `.git` is not entered. `now` is the file system's time before the walk, in nanoseconds
    since 1970: a file that is not older may change again within the same tick of the clock, so it gets
    a stamp that no other walk will see (git's rule for "racy" files).
    """
    found: list[Source] = []
    seen = _identity(root / folder)
    queue = [folder]
    while queue:
        here = queue.pop()
        try:
            entries = list(os.scandir(f"{root}/{here}"))
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
                found.append(_source(path, status, now))
    return found


def _source(path: str, status: os.stat_result, now: int) -> Source:
    regular = stat.S_ISREG(status.st_mode)
    written, changed = status.st_mtime_ns, status.st_ctime_ns
    if now and max(written, changed) >= now - _grain(written):
        return Source(path, status.st_size, regular, now, UNSETTLED)
    # SQLite's integers have 64 bits and a sign; an inode may need all of them.
    return Source(path, status.st_size, regular, written, changed, status.st_ino & _INODE)


def _grain(moment: int) -> int:
    """How far apart two moments of a file system must be to be told apart, in nanoseconds: 20 ms where it counts in
    fractions of a second, else 2 s (FAT)."""
    return 20_000_000 if moment % 1_000_000_000 else 2_000_000_000


_INODE = 2**63 - 1


def _identity(folder: Path) -> set[tuple[int, int]]:
    """Device and inode of a folder, so that a link which leads back to it is not entered again."""
    try:
        status = folder.stat()
    except OSError:
        return set()
    return {(status.st_dev, status.st_ino)}


def read(root: Path, path: str) -> bytes:
    """The bytes of a file of the site. OSError as the system gives it."""
    # A third of the time of `open`, and a tenth of Path's, which counts where there are thousands.
    handle = os.open(f"{root}/{path}", _READ)
    try:
        wanted = os.fstat(handle).st_size + 1
        data = os.read(handle, wanted)
        if len(data) < wanted:
            return data
        parts = [data]  # it grows as we read
        while data := os.read(handle, wanted):
            parts.append(data)
        return b"".join(parts)
    finally:
        os.close(handle)


_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)


def name_of(root: Path, folder: Path) -> str:
    """How an output folder is called: relative to the site where it lies in it."""
    place, site = folder.resolve(), root.resolve()
    inside = site in place.parents
    return place.relative_to(site).as_posix() if inside else place.as_posix()


def begins(place: Path, text: str) -> bool:
    """Whether a file is there and begins with a text."""
    try:
        with place.open("rb") as file:
            return file.read(len(text.encode())) == text.encode()
    except OSError:
        return False


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


@dataclass(frozen=True, slots=True)
class Existing:
    """What an output folder holds: the stamp of each file by path (forward slashes), its folders ("" for
    the folder itself; None: nobody has looked), and the links in it. Our own mark is left out, and what is below a
    top-level name that starts with a dot: that is the owner's."""

    files: Mapping[str, Stamp]
    folders: frozenset[str] | None = None
    links: tuple[str, ...] = ()


def existing(folder: Path) -> Existing:
    """What an output folder holds; nothing where there is none."""
    found: dict[str, Stamp] = {}
    folders, links = [], []
    queue = [""] if folder.is_dir() else []
    while queue:
        here = queue.pop()
        folders.append(here[:-1])
        for entry in os.scandir(f"{folder}/{here}"):
            path = f"{here}{entry.name}"
            if path == MARK:
                continue
            if entry.is_symlink() and not path.startswith("."):
                links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                if not (here == "" and entry.name.startswith(".")):
                    queue.append(f"{path}/")
            else:
                found[path] = _stamp(entry.stat(follow_symlinks=False))
    return Existing(found, frozenset(folders), tuple(links))


def untouched(folder: Path, left: Outputs, share: int = 0, many: int = 1) -> bool:
    """Whether an output folder holds what a build left there: each file with its stamp, and nothing else that a build
    would delete. Only one of many shares is looked at.

    A folder is not opened where its time says that nothing came into it or went (`Output.times`): that takes a third of
    listing it, and nearly every page has a folder of its own.
    """
    last, place = None, str(folder)
    try:
        for path, size, written, inode, changed in left.rows(share, many):
            here = folder_of(path)
            if here != last:
                last = here
                if changed == UNSETTLED:
                    if not _holds(folder, here, left):
                        return False
                elif os.lstat(f"{place}/{here}").st_mtime_ns != changed:
                    return False
            if path[-1] != "/":
                status = os.lstat(f"{place}/{path}")
                found = status.st_size, status.st_mtime_ns, status.st_ino & _INODE
                if found != (size, written, inode):
                    return False
    except OSError:
        return False
    return True


def _holds(folder: Path, path: str, left: Outputs) -> bool:
    """Whether what lies in a folder are the files and folders that should, and no links."""
    wanted = left.inside(path)
    found = {
        entry.name: None if entry.is_symlink() else entry.is_dir()
        for entry in os.scandir(f"{folder}/{path}")
        if path or entry.name in wanted or not entry.name.startswith(".")
    }
    return found == wanted


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
        self._tells = (
            False  # whether a folder's time says on this file system that something came into it
        )

    def __enter__(self) -> Self:
        refuse_foreign(self._root, self.folder)
        mark = self.folder / MARK
        self._made_here = not self.folder.exists()
        mark.mkdir(parents=True, exist_ok=True)
        try:
            self._lock = lock(mark / "lock")
        except BlockingIOError:
            shown = name_of(self._root, self.folder)
            raise MachineError(problem("output-busy", Location(shown), folder=shown)) from None
        (mark / "README.txt").write_text(_NOTE, encoding="utf-8", newline="\n")
        self._clear()
        os.utime(mark, ns=(0, 0))
        before = mark.stat().st_mtime_ns
        (mark / STAGE).mkdir()
        self._tells = mark.stat().st_mtime_ns != before
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self._clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if failure and self._made_here and not self.existing().files:
            shutil.rmtree(
                self.folder, ignore_errors=True
            )  # nothing was written, so nothing is left

    def existing(self) -> Existing:
        """Everything in the folder. Links are removed: they are never ours, and a build must not write
        through them."""
        found = existing(self.folder)
        for link in found.links:
            (self.folder / link).unlink()
        return found

    def put_in_place(
        self,
        moves: Sequence[tuple[str, str]],
        deletions: Iterable[str],
        folders: Collection[str] | None = None,
    ) -> None:
        """Move staged files to their places, in order, then delete; empty folders go too.

        `folders` are those that the output has already (None: the disk is asked): where a file needs another, the
        staged folder is moved whole, with all that waits in it, for nothing of an older build can be there.
        """
        deletions = tuple(deletions)
        moved = set[str]()
        stage_folder = self.folder / MARK / STAGE
        for staged, path in moves:
            if staged != path:  # its place was taken when it was written: see `stage`
                self._make_room(stage_folder / path.rpartition("/")[0])
                (stage_folder.parent / staged).replace(stage_folder / path)
        for _, path in moves:
            whole = next((f for f in _above(path) if f in moved or not self._has(f, folders)), None)
            if whole is None:
                self._put(stage_folder / path, self.folder / path)
            elif whole not in moved:
                moved.add(whole)
                self._put(stage_folder / whole, self.folder / whole)
        for path in deletions:
            self._delete(path)

    def times(self) -> Callable[[str], int]:
        """A function that tells when something last came into a folder or went, in nanoseconds since 1970: UNSETTLED
        where it was so lately that more may happen within the same tick of the clock, or where the file system does
        not tell."""
        settled, place = now(self.folder / MARK), str(self.folder)

        def told(folder: str) -> int:
            changed = os.lstat(f"{place}/{folder}").st_mtime_ns
            young = not self._tells or changed >= settled - _grain(changed)
            return UNSETTLED if young else changed

        return told

    def _has(self, folder: str, known: Collection[str] | None) -> bool:
        return folder in known if known is not None else (self.folder / folder).is_dir()

    def _put(self, staged: Path, place: Path) -> None:
        try:
            staged.replace(place)
        except OSError:  # what an older build left stands in the way: a file, or a folder
            self._make_room(place.parent)
            if place.is_symlink() or place.is_file():
                place.unlink()
            elif place.is_dir():
                shutil.rmtree(place)
            staged.replace(place)

    def withdraw(self, staged: Iterable[tuple[str, str]]) -> None:
        """Take back staged files that are not to be published after all."""
        mark = self.folder / MARK
        for name, path in staged:
            (mark / STAGE / path if name == path else mark / name).unlink(missing_ok=True)

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
        for name in (STAGE, ASIDE):
            shutil.rmtree(self.folder / MARK / name, ignore_errors=True)


def _above(path: str) -> Iterator[str]:
    """The folders that hold a file, outermost first."""
    at = path.find("/")
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)


def stamp(folder: Path, path: str) -> Stamp:
    """The stamp of a published file."""
    return _stamp(os.stat(f"{folder}/{path}"))  # noqa: PTH116 - as in `read`


def _stamp(status: os.stat_result) -> Stamp:
    """What shows that a published file was changed by hand: size, time of writing, inode."""
    return status.st_size, status.st_mtime_ns, status.st_ino & _INODE


class Stage:
    """The place in an output folder where files wait to be put in place, for one process that writes
    them."""

    def __init__(self, folder: Path) -> None:
        self._mark = f"{folder}/{MARK}"
        self._made: set[str] = set()

    def write(self, path: str, data: bytes) -> tuple[str, Stamp]:
        """Write a file: the name under which it waits, and its stamp. That name is its path, unless
        something waits there already (another page that claims the address, or the remains of a process
        that died): then it waits aside."""
        name = path
        try:
            handle = self._open_new(STAGE, path)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            name = f"{ASIDE}/{os.getpid()}-{next(_numbers)}"
            handle = self._open_new("", name)
        try:
            written = os.write(handle, data)
            while written < len(data):
                written += os.write(handle, data[written:])
            return name, _stamp(os.fstat(handle))
        finally:
            os.close(handle)

    def _open_new(self, folder: str, path: str) -> int:
        """A file that nobody has made yet, opened for writing; its folder is made where it lacks."""
        place = f"{self._mark}/{folder}/{path}"
        above = place[: place.rfind("/")]
        if above not in self._made:
            self._make(above)
        return os.open(place, _NEW, 0o666)

    def _make(self, folder: str) -> None:
        """As os.makedirs, but mostly without asking: nearly always only the last folder lacks."""
        above = folder[: folder.rfind("/")]
        if above not in self._made and len(above) > len(self._mark):
            self._make(above)
        try:
            os.mkdir(folder)  # noqa: PTH102 - as in `read`
        except FileExistsError:
            if not os.path.isdir(folder):  # noqa: PTH112 - as in `read`
                raise
        if len(self._made) > _REMEMBERED:
            self._made.clear()
        self._made.add(folder)


_REMEMBERED = 10_000  # folders that a process knows to be there
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_numbers = count(1)


def compare(folder: Path, path: str, data: bytes) -> bool | None:
    """Whether the output already has exactly these bytes at a path; None where it has no file there."""
    try:
        return os.stat(f"{folder}/{path}").st_size == len(data) and read(folder, path) == data  # noqa: PTH116
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


def refuse_foreign(root: Path, folder: Path) -> None:
    """SiteError (output-foreign) if a folder is not for a build to write."""
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


def lock(path: Path) -> int:
    """An exclusive lock that the system drops when the process ends, however it ends: a handle to be
    closed. BlockingIOError if another has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as err:
        os.close(handle)
        raise BlockingIOError(err.errno, err.strerror, os.fspath(path)) from err
    return handle
