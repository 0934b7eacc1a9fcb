"""What must happen to the output folder: which files are put in place, and which go.

Decides; `effects.files` applies it. Order: files that are new, files that change, files that go, so
that no link on a page that readers can reach ever leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bimson_site.model import Receipt

NEW, CHANGED, KEPT = "new", "changed", "kept"


@dataclass(frozen=True, slots=True)
class Publication:
    """Moves of staged files to their places, in order, then deletions (paths in the output)."""

    moves: tuple[tuple[str, str], ...]
    deletions: tuple[str, ...]
    kept: int


def publish(receipts: Sequence[Receipt], existing: Iterable[str]) -> Publication:
    """`existing` are the files of the output folder before the build.

    Every file that the plan does not name goes, except below top-level names that start with a dot:
    those are the owner's (.git) or named by the plan (.nojekyll). A file where the plan needs a folder
    makes room when the folder is made.
    """
    planned = {receipt.output for receipt in receipts}
    folders = {p[:i] for p in planned for i, c in enumerate(p) if c == "/"}
    moves = [
        (receipt.staged, receipt.output)
        for fate in (NEW, CHANGED)
        for receipt in receipts
        if receipt.fate == fate
    ]
    stale = (p for p in existing if p not in planned and p not in folders)
    gone = sorted(path for path in stale if not path.startswith("."))
    kept = sum(receipt.fate == KEPT for receipt in receipts)
    return Publication(tuple(moves), tuple(gone), kept)


def reasons(receipt: Receipt, before: Sequence[tuple[str, str]] | None) -> tuple[str, ...]:
    """Why a page was written: "new", the names of the parts that changed, or "output" if none did
    (then the file itself had been changed or removed)."""
    if before is None:
        return ("new",)
    then = dict(before)
    changed = tuple(name for name, value in receipt.parts if then.get(name) != value)
    return changed or ("output",)
