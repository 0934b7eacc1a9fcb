"""The ledger on the disk: `permalinks/*.csv`, read whole, only ever added to.

Owns the bytes; what they mean is in `pipeline.ledger`. New rows are on the disk before a page that needs them
is put in place, so that an address which anybody saw is never forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.pipeline import ledger
from bimson_site.pipeline.ledger import FOLDER, Ledger, Row

# Git takes the lines of both sides where two branches recorded addresses; line ends stay as they are.
_ATTRIBUTES = "*.csv text eol=lf merge=union\n"


class Permalinks:
    """The ledger of a site as its files are now; read once, when it is asked."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _files(self) -> dict[str, bytes]:
        found = sorted((self._root / FOLDER).glob("*.csv"))
        return {f"{FOLDER}/{place.name}": place.read_bytes() for place in found if place.is_file()}

    @property
    def digest(self) -> str:
        """Changes with every byte of the ledger."""
        sum_ = blake2b(digest_size=16)
        for path, data in sorted(self._files.items()):
            sum_.update(b"%d %s %d " % (len(path), os.fsencode(path), len(data)) + data)
        return sum_.hexdigest()

    @cached_property
    def ledger(self) -> Ledger:
        """What the files say. SiteError (ledger-damaged) with every line that says nothing."""
        rows: list[Row] = []
        problems: list[Problem] = []
        for path, data in self._files.items():
            found, damaged = ledger.read(data.decode("utf-8-sig", "replace"))
            rows += found
            problems += (problem("ledger-damaged", Location(path, line)) for line in damaged)
        if problems:
            raise SiteError(*problems)
        return Ledger(tuple(rows))

    def put_away(self) -> None:
        """Forget what the files say, for the room that it takes; who asks again has it read again."""
        self.__dict__.pop("ledger", None)

    def record(self, lines: Mapping[str, bytes]) -> None:
        """Add lines to files (`ledger.lines`), and wait until the disk has them. OSError as the system gives it; then
        the file is as it was."""
        if lines:
            folder = self._root / FOLDER
            folder.mkdir(exist_ok=True)
            attributes = folder / ".gitattributes"
            if not attributes.exists():
                attributes.write_text(_ATTRIBUTES, encoding="utf-8", newline="\n")
        for path, some in sorted(lines.items()):
            before = self._files.get(path, b"")
            whole = _whole_lines(before)
            now = (whole or _HEADING) + some
            kept = len(before) if whole.startswith(before) else len(whole)
            _grow(self._root / path, len(before), kept, now[kept:])
            self._files[path] = now
        self.put_away()

    def replace(self, rows: Iterable[Row]) -> None:
        """Write the whole ledger anew, for what may not be read any more: each file at once, whole."""
        by_file: dict[str, list[Row]] = {path: [] for path in self._files}
        for row in rows:
            by_file.setdefault(ledger.file_of(row.url), []).append(row)
        for path, some in sorted(by_file.items()):
            data = _HEADING + ledger.text(some).encode()
            if data != self._files.get(path):
                self._put(self._root / path, data)
                self._files[path] = data
        self.put_away()

    def _put(self, place: Path, data: bytes) -> None:
        waiting = place.with_suffix(".new")
        try:
            with waiting.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            waiting.replace(place)
        except OSError:
            waiting.unlink(missing_ok=True)
            raise


_HEADING = ledger.text([Row(*ledger.HEADER)]).encode()


def _whole_lines(data: bytes) -> bytes:
    """The lines of a file without what a killed build left of its last one."""
    if not data or data.endswith(b"\n"):
        return data
    head, _, tail = data.rpartition(b"\n")
    rows, _ = ledger.read(tail.decode("utf-8", "replace"))
    return data + b"\n" if rows else head + b"\n" * bool(head)


def _grow(place: Path, known: int, kept: int, more: bytes) -> None:
    """Write `more` after the first `kept` of the `known` bytes of a file; behind what another build has
    added meanwhile."""
    with place.open("ab", buffering=0) as file:
        size = file.tell()
        if size == known and kept < size:
            file.truncate(kept)
        try:
            while more:
                more = more[file.write(more) :]
            os.fsync(file.fileno())
        except OSError as err:
            file.truncate(size)
            err.filename = str(place)
            raise
