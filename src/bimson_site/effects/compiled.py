"""Compiled templates from one command to the next: compiling them all takes as long as printing a
thousand pages. One file in `.bimson/`, for this program only; always safe to delete."""

from __future__ import annotations

import contextlib
import marshal
from pathlib import Path
from zlib import crc32

from bimson_site.effects import files, tool

_NAME = "templates-"


def load(root: Path) -> dict[str, bytes]:
    """What this program compiled before, for a site or in this process; it grows as more is compiled."""
    try:
        data = _place(root).read_bytes()
    except OSError:
        return _HERE
    if crc32(data[4:]).to_bytes(4, "little") == data[:4]:
        _HERE.update(marshal.loads(data[4:]))  # noqa: S302 - written by `save`, and the sum is right
    return _HERE


_HERE: dict[str, bytes] = {}  # its keys are digests of what was compiled, so sites may share it


def save(root: Path, compiled: dict[str, bytes]) -> None:
    """Keep what was compiled, in place of what other versions of the program had left."""
    data = marshal.dumps(tuple(compiled.items()), 2)
    place = _place(root)
    with contextlib.suppress(OSError):
        fresh = place.with_suffix(".new")
        fresh.write_bytes(crc32(data).to_bytes(4, "little") + data)
        fresh.replace(place)
        for other in place.parent.glob(f"{_NAME}*"):
            if other != place:
                other.unlink()


def _place(root: Path) -> Path:
    return root / files.FOLDER / f"{_NAME}{tool.identity()}"
