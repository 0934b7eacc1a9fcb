"""What a build left in the output folder: every published file with its stamp, and the time of each folder.

Owns the form in which the cache keeps it; never looks at the folder (`effects.files`). Files lie together by the first
two folders of their path, which for articles is a month: what a build did not touch is not packed anew.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from bimson_site.model import UNSETTLED

Stamp = tuple[int, int, int]
"""What shows that a published file is as it was left: its size, time of writing and inode."""

_NO_STAMP = (0, 0, 0)
_TOP = ""  # the piece of the files that have no two folders above them


class Piece(NamedTuple):
    """Some files by path, and their stamps and the times of the folders that hold them, column by column. A folder that
    holds nothing but folders stands among them, as "2020/01/". `settled`: whether all times say something."""

    paths: bytes
    numbers: bytes
    files: int
    settled: bool

    def rows(self) -> Iterator[tuple[str, int, int, int, int]]:
        names = self.paths.decode("utf-8", "surrogatepass").split("\0")
        numbers, many = array("q", self.numbers), len(names)
        columns = (numbers[at : at + many] for at in range(0, len(numbers), many))
        return zip(names, *columns, strict=True)


class Outputs:
    """Every file that a build published, with its stamp; and when something last came into each folder or went.
    Unpacked when somebody asks."""

    def __init__(self, pieces: Mapping[str, Piece]) -> None:
        self._pieces = pieces

    @classmethod
    def unpacked(cls, packed: Iterable[tuple[str, bytes, bytes, int, bool]]) -> Outputs:
        return cls({piece[0]: Piece(*piece[1:]) for piece in packed})

    @property
    def packed(self) -> tuple[tuple[str, bytes, bytes, int, bool], ...]:
        """What `unpacked` takes: texts, numbers and tuples of them."""
        return tuple((name, *piece) for name, piece in self._pieces.items())

    @property
    def count(self) -> int:
        return sum(piece.files for piece in self._pieces.values())

    @cached_property
    def files(self) -> Mapping[str, Stamp]:
        """The stamp of each file by path (forward slashes)."""
        return {path: (a, b, c) for path, a, b, c, _ in self.rows() if path[-1] != "/"}

    def rows(self, share: int = 0, many: int = 1) -> Iterator[tuple[str, int, int, int, int]]:
        """Of one of many shares of about the same size: path of each file, its size, time of writing and inode, and the
        time of its folder; files of one folder together. Of folders that hold nothing but folders the path ends in "/"."""
        for piece in list(self._pieces.values())[share::many]:
            yield from piece.rows()

    def inside(self, folder: str) -> dict[str, bool]:
        """What a folder holds ("": the output folder): each name, and whether it is that of a folder."""
        found, above = {}, f"{folder}/" if folder else ""
        piece = self._pieces.get(_piece_of(folder))
        below = [path for path, *_ in piece.rows()] if piece else []
        if _piece_of(folder) == _TOP:
            below += [f"{name}/" for name in self._pieces if name != _TOP]
        for path in below:
            if path.startswith(above):
                name, inner, _ = path[len(above) :].partition("/")
                found[name] = bool(inner)
        found.pop("", None)  # the folder itself
        return found

    def after(
        self, came: Mapping[str, Stamp], went: Iterable[str], time_of: Callable[[str], int]
    ) -> Outputs:
        """What is left after some files came, new or in the place of others, and some went. `time_of` is asked for the
        times of all folders that may know of it, and again for those that were UNSETTLED."""
        new, old = _by_piece(came), _by_piece(went)
        restless = {name for name, piece in self._pieces.items() if not piece.settled}
        pieces = dict(self._pieces)
        for name in {*new, *old, *restless} - {_TOP}:
            files, times = self._opened(name)
            _change(files, came, new[name], old[name])
            folders = {folder for folder in _above(files) if "/" in folder}
            for folder in _above(chain(new[name], old[name])):
                times.pop(folder, None)
            if files:
                pieces[name] = _packed(files, folders, times, time_of)
            else:
                pieces.pop(name, None)
        files, _ = self._opened(_TOP)
        _change(files, came, new[_TOP], old[_TOP])
        tops = {name.partition("/")[0] for name in pieces} | {_TOP}
        pieces[_TOP] = _packed(files, tops.union(map(folder_of, files)), {}, time_of)
        return Outputs(dict(sorted(pieces.items())))

    def _opened(self, name: str) -> tuple[dict[str, Stamp], dict[str, int]]:
        """The files of a piece, and the times of their folders."""
        rows = list(self._pieces[name].rows()) if name in self._pieces else []
        files = {path: (a, b, c) for path, a, b, c, _ in rows if path[-1] != "/"}
        return files, {folder_of(path): time for path, *_, time in rows}


def folder_of(path: str) -> str:
    """The folder that holds a file: "a/b" for "a/b/c"; "a/b" for "a/b/" too."""
    return path[: max(path.rfind("/"), 0)]


def _piece_of(folder: str) -> str:
    """The piece in which the files of a folder lie."""
    parts = folder.split("/", 2)
    return "/".join(parts[:2]) if len(parts) > 1 else _TOP


def _by_piece(paths: Iterable[str]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[_piece_of(folder_of(path))].append(path)
    return found


def _above(paths: Iterable[str]) -> set[str]:
    """All folders that hold files, or folders of files."""
    found = {""}
    for path in paths:
        folder = folder_of(path)
        while folder not in found:
            found.add(folder)
            folder = folder_of(folder)
    return found


def _change(
    files: dict[str, Stamp], came: Mapping[str, Stamp], new: Iterable[str], old: Iterable[str]
) -> None:
    for path in old:
        files.pop(path, None)
    files.update((path, came[path]) for path in new)


def _packed(
    files: Mapping[str, Stamp],
    folders: Collection[str],
    times: Mapping[str, int],
    time_of: Callable[[str], int],
) -> Piece:
    """A piece of these files and folders; the times that are not known are asked for."""
    known = {folder: times.get(folder, UNSETTLED) for folder in folders}
    known |= {folder: time_of(folder) for folder, time in known.items() if time == UNSETTLED}
    holding = set(map(folder_of, files))
    paths = sorted((*files, *(f"{folder}/" for folder in known.keys() - holding)))
    rows = [(*files.get(path, _NO_STAMP), known[folder_of(path)]) for path in paths]
    numbers = array("q", chain.from_iterable(zip(*rows, strict=True)))
    settled = UNSETTLED not in known.values()
    said = "\0".join(paths).encode("utf-8", "surrogatepass")
    return Piece(said, numbers.tobytes(), len(files), settled)


NO_OUTPUTS = Outputs({})
