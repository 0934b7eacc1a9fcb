"""Files of the theme that a site replaces: copies to start from, and how they differ from the theme's by now.

Owns which file stands in for which (templates in templates/, all others in static/); draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bimson_site.effects import files

_PLACES = {"templates": "templates", "assets": "static"}  # the theme's folder, the site's


class Replaced(NamedTuple):
    """A file of the site that takes the place of the theme's: its path, the theme's text, its own."""

    path: str
    theirs: str
    own: str


def offered() -> Mapping[str, tuple[str, str]]:
    """What may be replaced: by name, where it is in the theme and where the site's own would stand."""
    return {
        name: (f"{folder}/{name}", f"{place}/{name}")
        for folder, place in _PLACES.items()
        for name, _ in files.packaged(folder)
    }


def copy(root: Path, name: str) -> tuple[str, bool]:
    """Copy a file of the theme into the site: where it is, and whether it was written; one that is there
    already is left alone. `name` is one of those offered. OSError as the system gives it."""
    packaged, path = offered()[name]
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with place.open("xb") as file:
            file.write(files.packaged_file(packaged))
    except FileExistsError:
        return path, False
    return path, True


def replaced(root: Path) -> Iterator[Replaced]:
    """The texts that the site has in place of the theme's, by path."""
    for packaged, path in sorted(offered().values(), key=lambda each: each[1]):
        place = root / path
        theirs = files.packaged_file(packaged)
        if place.is_file() and b"\0" not in theirs:
            own = place.read_bytes()
            yield Replaced(path, theirs.decode(), own.decode("utf-8-sig", "replace"))
