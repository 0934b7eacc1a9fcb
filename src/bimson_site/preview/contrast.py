"""How well the colours of a `theme.css` stand out from each other, as WCAG measures it.

Pure. Knows which variables of the theme lie on which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of any size

# What is written in which colour on which ground; variables of theme.css.
_PAIRS = (
    ("ink", "paper"),
    ("muted", "paper"),
    ("link", "paper"),
    ("visited", "paper"),
    ("paper", "link"),
    ("ink", "panel"),
    ("muted", "panel"),
    ("link", "panel"),
    ("visited", "panel"),
    ("notice-ink", "notice"),
    ("added-ink", "added"),
    ("removed-ink", "removed"),
    ("on-pale", "step-1"),
    ("on-pale", "step-2"),
    ("on-pale", "step-3"),
    ("on-strong", "step-4"),
    ("on-strong", "step-5"),
)


class Pair(NamedTuple):
    """Two variables, text and ground, with their contrast from 1 to 21 on a light screen and on a dark one;
    None where a value is no hexadecimal colour."""

    text: str
    ground: str
    light: float | None
    dark: float | None


def measured(css: str) -> Iterator[Pair]:
    """The pairs of colours of a theme.css."""
    light, _, dark = css.partition("prefers-color-scheme: dark")
    by_day = _colours(light)
    by_night = {**by_day, **_colours(dark)}
    for text, ground in _PAIRS:
        yield Pair(text, ground, _of(by_day, text, ground), _of(by_night, text, ground))


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\s*;", css))


def _of(colours: dict[str, str], text: str, ground: str) -> float | None:
    if text not in colours or ground not in colours:
        return None
    one, other = sorted((_luminance(colours[text]), _luminance(colours[ground])))
    return (other + 0.05) / (one + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance", of a colour in sRGB."""
    whole = colour if len(colour) == 6 else "".join(2 * c for c in colour)
    parts = (int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
