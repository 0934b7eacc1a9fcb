"""A small working site for a beginner: written once, never over anything."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path

_DEFAULT = "en"


def write(folder: Path, language: str, today: str) -> Iterator[tuple[str, bool]]:
    """Write the starter in a language (English where there is none); `today` is an ISO date.

    Gives each path and whether it was written: a file that is there already is left alone.
    """
    root = package_files("bimson_site.theme") / "starter"
    source = root / language
    if not source.is_dir():
        source = root / _DEFAULT
    for path, text in sorted(_texts(source, "")):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text.replace("@TODAY@", today))
        except FileExistsError:
            yield path, False
        else:
            yield path, True


def _texts(folder: Traversable, above: str) -> Iterator[tuple[str, str]]:
    for item in folder.iterdir():
        path = f"{above}{item.name}"
        if item.is_dir():
            yield from _texts(item, f"{path}/")
        else:
            yield path, item.read_text(encoding="utf-8")
