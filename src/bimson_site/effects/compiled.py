"""Compiled templates from one command to the next: compiling them all takes as long as printing a
thousand pages. One file in `.bimson/`, for this program only; always safe to delete."""

from __future__ import annotations

import contextlib
from pathlib import Path

from bimson_site.effects import files, tool
from bimson_site.pipeline import records

_NAME = "templates-"


def load(root: Path) -> dict[str, bytes]:
    """What this program compiled before, for a site or in this process; it grows as more is compiled."""
    with contextlib.suppress(OSError, records.DamagedError):  # then they are compiled again
        _HERE.update(records.opened(_place(root).read_bytes()))
    return _HERE


_HERE: dict[str, bytes] = {}  # its keys are digests of what was compiled, so sites may share it


def kept(root: Path) -> bool:
    """Whether this program kept anything of a site."""
    return _place(root).exists()


def save(root: Path, compiled: dict[str, bytes]) -> None:
    """Keep what was compiled, in place of what other versions of the program had left."""
    place = _place(root)
    with contextlib.suppress(OSError):
        fresh = place.with_suffix(".new")
        fresh.write_bytes(records.sealed(tuple(compiled.items())))
        fresh.replace(place)
        for other in place.parent.glob(f"{_NAME}*"):
            if other != place:
                other.unlink()


def _place(root: Path) -> Path:
    return root / files.FOLDER / f"{_NAME}{tool.identity()}"
