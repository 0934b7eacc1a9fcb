"""Slugs: the ASCII name of a text in an address, and of an attached file.

Owns the only import of slugify; never decides who gets which slug (that is `pipeline.assign`).
Next: `text.vietnamese.fold`, which does nearly all of the work.
"""

from __future__ import annotations

import html
import re

from slugify import slugify

from bimson_site.text import ordinary
from bimson_site.text.vietnamese import fold

# A file name holds 255 bytes; 100 leave room for suffixes and for tools that add their own.
SLUG_BYTES = 100

_GAP = re.compile(r"[^a-z0-9]+")
_ASCII_GAP = re.compile(r"[\x00-/:-`{-\x7f]+")
_FOREIGN = re.compile(r"[^\W\x00-\x7f]")
# Devices of Windows, whatever the extension (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
# Days, months, years and "undated" must stay free for the shelves, and index for the page itself.
_SHELF = re.compile(r"[0-9]{1,2}|[0-9]{4}|index|undated")
_EXTENSION = re.compile(r"[a-z0-9]{1,10}")


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single hyphens, at most 100 bytes; "" if nothing is left.

    Cut between words (a longer first word is cut hard). Names that Windows, the shelves of the
    archive or the page itself need get `bai-` before them ("con", "08", "2020", "index"). The sign
    ₫ is the word dong: "50.000₫" gives 50-000-dong. Idempotent.
    """
    plain = _plain(text)
    if _DEVICE.fullmatch(plain) or _SHELF.fullmatch(plain):
        return f"bai-{plain}"
    return plain


def file_slug(name: str) -> str:
    """The name under which an attached file is published: slug of its stem, extension kept; ≤ 120 bytes.

    Folders before the name are dropped. What is left empty is called "tep"; `tep-` stands before
    devices of Windows and `index`. An extension is 1 to 10 ASCII letters or digits, in lower case;
    anything else after the last dot belongs to the stem. Idempotent.
    """
    last = re.split(r"[/\\]", name)[-1].strip()
    stem, dot, extension = last.rpartition(".")
    extension = extension.lower()
    if not stem.strip(". ") or not _EXTENSION.fullmatch(extension):
        return slug(last) or "tep"
    plain = _plain(stem) or "tep"
    if _DEVICE.fullmatch(plain) or plain == "index":
        plain = f"tep-{plain}"
    return f"{plain}{dot}{extension}"


def _plain(text: str) -> str:
    """The slug before reserved names are looked at."""
    joined = _of_ordinary(text)
    if joined is None:
        joined = _of_any(text)
    if len(joined) <= SLUG_BYTES:
        return joined
    end = joined.rfind("-", 0, SLUG_BYTES + 1)
    return joined[: end if end > 0 else SLUG_BYTES]


def _of_any(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    folded = fold(text.replace("₫", " dong "))
    if _FOREIGN.search(folded):
        # slugify drops the comma of 2,5 and joins don’t; the gaps are closed by our own rule first.
        folded = slugify(_ASCII_GAP.sub(" ", folded))
    return _GAP.sub("-", folded).strip("-")


def _letter(char: str) -> str:
    """What an ordinary character is in a slug: itself without marks, a space, or NUL for "ask further"."""
    bare = fold(char)
    if char in "&₫":
        return "\0"
    if bare.isalnum():
        return bare if bare.isascii() else "\0"
    return " "


_LETTERS = "".join(map(_letter, ordinary.CHARACTERS)).encode().ljust(256)


def _of_ordinary(text: str) -> str | None:
    """The same for a text of ordinary characters, ten times faster; None for other texts."""
    encoded = ordinary.encoded(text)
    if encoded is None or b"\0" in (letters := encoded.translate(_LETTERS)):
        return None
    return b"-".join(letters.split()).decode()
