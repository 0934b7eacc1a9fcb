"""Characters that no page may hold, taken out: of texts that stand in one line, and of bodies.

Owns which characters these are; knows neither fields nor Markdown. Who asks: readers of settings and of
bodies, and whatever makes HTML of what people wrote.
"""

from __future__ import annotations

import re

from bimson_site.text import vietnamese

# C0 without tab and line feed, and DEL: none may stand in HTML (WHATWG HTML, 13.1.4) nor, mostly, in XML.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def in_one_line(text: str) -> str:
    """NFC, runs of white space as one space, control characters gone."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    return vietnamese.nfc(" ".join(text.split()))


def without_controls(text: str) -> str:
    r"""The text without control characters, save tab and line feed; \r\n and \r are line feeds."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text)
