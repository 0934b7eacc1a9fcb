"""What a page of the preview says beside itself: its own errors, the number of other problems, a banner.

Pure but for the line of a file that a problem is about. The script in `theme/preview/` shows it, so everything here
is in the owner's language. Next: `answers`, which asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from bimson_site import console
from bimson_site.console import Voice
from bimson_site.errors import Problem, Severity

ROOM = "/_preview/"  # below it stands what is the preview's own
SCRIPT = f"{ROOM}preview.js"
DRAFTS = f"{ROOM}drafts"  # below it, what waits has its addresses
_OVERLAID = 10  # errors that an overlay shows; the start page has all


@dataclass(frozen=True, slots=True)
class Note:
    """What goes to a tab: `version` changes with all that its page shows but styles; `styles` are digests
    of style sheets by address; `said` is what stands beside the page."""

    version: str
    styles: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """The note as JSON."""
        whole = {"version": self.version, "styles": dict(self.styles), **dict(self.said)}
        return json.dumps(whole, ensure_ascii=False)


def said(
    problems: Iterable[Problem],
    own: Collection[str],
    broken: Iterable[Problem],
    root: Path,
    voice: Voice,
    waiting: str = "",
) -> tuple[tuple[str, Any], ...]:
    """What stands beside a page that is made of the files `own`: `broken` and the errors of these files in
    full, all others as a number; `waiting` says why the page is not public."""
    every = tuple(problems)
    mine = [p for p in every if p.where.path in own and p.severity is Severity.ERROR]
    shown = [*broken, *mine]
    warned = sum(p.where.path in own and p.severity is Severity.WARNING for p in every)
    others = len(every) - len(mine) - warned
    parts = []
    if warned:
        parts.append(voice.counted("{n} warning here", "{n} warnings here", warned))
    if others:
        parts.append(voice.counted("{n} problem elsewhere", "{n} problems elsewhere", others))
    return (
        ("overlay", [told(p, root, voice) for p in shown[:_OVERLAID]]),
        ("heading", voice.counted("{n} error", "{n} errors", len(shown)) if shown else ""),
        ("stale", voice.say("The page shows the last good state.") if shown else ""),
        ("hide", voice.say("Hide")),
        ("badge", " · ".join(parts)),
        ("warned", bool(warned)),
        ("room", ROOM),
        ("banner", waiting),
    )


def told(found: Problem, root: Path, voice: Voice) -> dict[str, object]:
    """A problem with the line it is about: the part around the column in three pieces, of which the second is what is
    wrong; all empty where there is no such line."""
    where = found.where
    line = console.line_of(root / where.path, where.line)
    excerpt = before = wrong = ""
    if line is not None:
        excerpt, _ = console.excerpt(line, where.column)
        start = 0 if where.column <= 60 else where.column - 40
        before = excerpt[: len(line[start : where.column - 1]) + bool(start)]
        found_there = _WORD.match(excerpt, len(before))
        wrong = found_there[0] if found_there else "▲"
    return {
        **console.problem_json(found, voice.words.gettext),
        "label": voice.say(found.severity.value),
        "before": before,
        "wrong": wrong,
        "after": excerpt[len(before) + len(wrong) :],
    }


_WORD = re.compile(r"\S+|.")


# --- into the page ------------------------------------------------------------------------------------

_REFERENCE = re.compile(rb"""\b(?:src|href)\s*=\s*["']([^"'#?]+)""")


def injected(page: bytes, note: Note) -> bytes:
    """A page with the preview's script at its end; all else as it is."""
    script = f'<script src="{SCRIPT}" data-note="{escape(note.text)}"></script>\n'.encode()
    at = page.rfind(b"</body>")
    at = len(page) if at < 0 else at
    return page[:at] + script + page[at:]


def noted(
    data: bytes, path: str, digest_of: Callable[[str], str], words: tuple[tuple[str, Any], ...]
) -> Note:
    """The note of a page at a path: `digest_of` gives what changes with the bytes of a file of the site at
    a path, "" where the path is no such file's."""
    state = blake2b(data, digest_size=8)
    styles: dict[str, str] = {}
    for reference in sorted(set(_REFERENCE.findall(data))):
        there = _path(path, reference.decode("utf-8", "replace"))
        if there and (digest := digest_of(there)):
            if there.endswith(".css"):
                styles[there] = digest
            else:
                state.update(digest.encode())
    return Note(state.hexdigest(), tuple(styles.items()), words)


def _path(here: str, reference: str) -> str:
    """The path that a reference leads to; "" where it leads to another host."""
    try:
        parts = urlsplit(urljoin(here, unescape(reference)))
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else unquote(parts.path)


def blank(title: str, language: str) -> bytes:
    """A page where there is none to show."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(title)}</title>\n'
        f"<body>\n</body>\n</html>\n"
    ).encode()
