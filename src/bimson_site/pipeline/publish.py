"""What must happen to the output folder: which files are put in place, and which go.

Decides; `effects.files` applies it. Order: files that are new, files that change, files that go, so
that no link on a page that readers can reach ever leads nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bimson_site import routes
from bimson_site.model import Receipt
from bimson_site.pipeline.render import PARTS

NEW, CHANGED, KEPT = "new", "changed", "kept"
WRITTEN = frozenset({NEW, CHANGED})


def moves(receipts: Sequence[Receipt]) -> tuple[tuple[str, str], ...]:
    """Staged files and their places, in the order in which they are put there."""
    return tuple(
        (receipt.staged, routes.output(receipt.url))
        for fate in (NEW, CHANGED)
        for receipt in receipts
        if receipt.fate == fate
    )


def deletions(
    existing: Iterable[str], planned: Collection[str], ours: Collection[str] = ()
) -> tuple[str, ...]:
    """Files that go: every one that the plan does not name, except below top-level names that start
    with a dot, which are the owner's (.git), unless they are known to be `ours` (.htaccess). A file where
    the plan needs a folder makes room when the folder is made.
    """
    unplanned = (path for path in existing if path not in planned)
    stale = {path for path in unplanned if not path.startswith(".") or path in ours}
    if stale:
        stale -= {path[:i] for path in planned for i, c in enumerate(path) if c == "/"}
    return tuple(sorted(stale))


def reasons(parts: Sequence[bytes], before: Sequence[bytes] | None) -> tuple[str, ...]:
    """Why a page was written: "new", the names of the parts that changed, or "output" if none did
    (then the file itself had been changed or removed)."""
    if before is None:
        return ("new",)
    pairs = zip(PARTS, parts, before, strict=False)
    return tuple(name for name, now, then in pairs if now != then) or ("output",)
