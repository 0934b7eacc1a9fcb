"""`build/` as a web server would show it: files, the index of a folder, the page for what is missing.

Reads; knows no preview. What lies outside the folder is never reached, through links neither.
"""

from __future__ import annotations

from pathlib import Path

from bimson_site import routes
from bimson_site.effects.files import MARK
from bimson_site.preview.answers import NOTHING, Answer


def answer(folder: Path, prefix: str, path: str) -> Answer:
    """The answer to a path (decoded; see `gate.path_of`) of a site that lies at a prefix of its host."""
    if prefix and path in {"/", prefix}:
        return Answer(302, goto=f"{prefix}/")
    below = path.removeprefix(prefix) if path.startswith(f"{prefix}/") else ""
    place = _inside(folder, routes.output(below)) if below else None
    if place and place.is_file():
        return Answer(200, place.name, file=place)
    if place and place.is_dir() and (place / "index.html").is_file():
        return Answer(301, goto=f"{path}/")
    missing = _inside(folder, routes.output(routes.NOT_FOUND))
    if missing and missing.is_file():
        return Answer(404, "404.html", file=missing)
    return NOTHING


def _inside(folder: Path, path: str) -> Path | None:
    """A place in the folder; None for what leads out of it, our own mark, and names that no file has."""
    if path.split("/", 1)[0] == MARK or "\0" in path:
        return None
    try:
        place = (folder / path).resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return place if folder.resolve() in place.parents else None
