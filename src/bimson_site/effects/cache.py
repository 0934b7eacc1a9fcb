"""What was published last: each page's named digests, and why it was last written.

One SQLite file in `.bimson/` at the site's root; always safe to delete. A cache that cannot be read
is begun anew; one that cannot be written is done without.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = ".bimson"


@dataclass(frozen=True, slots=True)
class Published:
    """A page as it was last published: the digests of its parts, and why it was last written."""

    parts: tuple[tuple[str, str], ...]
    why: tuple[str, ...]


def recall(root: Path, output: str) -> dict[str, Published]:
    """What is known of an output folder, by address; nothing where there is no readable cache."""
    place = root / FOLDER / "cache.sqlite3"
    if not place.is_file():
        return {}
    try:
        with contextlib.closing(sqlite3.connect(place)) as db:
            rows = db.execute("SELECT url, parts, why FROM published WHERE output = ?", (output,))
            return {url: _published(parts, why) for url, parts, why in rows}
    except (sqlite3.Error, ValueError, TypeError):
        return {}


def remember(root: Path, output: str, pages: Iterable[tuple[str, Published]]) -> None:
    """Replace what is known of an output folder, in one transaction."""
    folder = root / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        _write(folder / "cache.sqlite3", output, pages)
    except sqlite3.DatabaseError:
        (folder / "cache.sqlite3").unlink(missing_ok=True)
    except OSError:
        return


def _write(place: Path, output: str, pages: Iterable[tuple[str, Published]]) -> None:
    with contextlib.closing(sqlite3.connect(place)) as db, db:
        db.execute(
            "CREATE TABLE IF NOT EXISTS published"
            " (output TEXT, url TEXT, parts TEXT, why TEXT, PRIMARY KEY (output, url)) WITHOUT ROWID"
        )
        db.execute("DELETE FROM published WHERE output = ?", (output,))
        db.executemany(
            "INSERT INTO published VALUES (?, ?, ?, ?)",
            ((output, url, json.dumps(p.parts), json.dumps(p.why)) for url, p in pages),
        )


def _published(parts: str, why: str) -> Published:
    return Published(tuple((n, d) for n, d in json.loads(parts)), tuple(json.loads(why)))
