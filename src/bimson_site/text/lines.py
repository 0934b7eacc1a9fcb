"""Characters that no page may hold, taken out: of texts that stand in one line, and of bodies.

Owns which characters these are; knows neither fields nor Markdown. Who asks: readers of settings and of
bodies, and whatever makes HTML of what people wrote.
"""

from __future__ import annotations

import re

from bimson_site.text import vietnamese

# Controls without tab and line feed, and noncharacters: none may stand in HTML (WHATWG HTML, 13.1.4 and
# 13.2.3.5) nor, mostly, in XML.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF)
)
_CONTROLS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_NONCHARACTERS}]")
# A text of nothing but these has no such character: twenty times as fast as looking for one.
_CLEAN = re.compile("[ -~\xa0-\ufdcf\n\t\ufdf0-\ufffd\U00010000-\U0001fffd]*+")


def in_one_line(text: str) -> str:
    """NFC, runs of white space as one space, control characters gone."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c.isspace() else " " for c in text)
    return vietnamese.nfc(single_spaced(text))


def single_spaced(text: str) -> str:
    """Runs of white space as one space, and none at the ends."""
    # A space is the only white space that is printable.
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    return " ".join(text.split())


def without_controls(text: str) -> str:
    r"""The text without control characters, save tab and line feed; \r\n, \r and NEL are line feeds."""
    if _CLEAN.fullmatch(text):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x85" in text:
        text = text.replace("\x85", "\n")
    return _CONTROLS.sub("", text)
