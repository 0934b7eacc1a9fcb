"""What the program itself is: a digest of its own source and of the libraries that shape its output.

With another of these, any page may come out otherwise, so no page of an older build is trusted.
"""

from __future__ import annotations

import sys
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import bimson_site

LIBRARIES = (
    "babel",
    "jinja2",
    "markdown-it-py",
    "markupsafe",
    "mdit-py-plugins",
    "nh3",
    "pillow",
    "polib",
    "python-slugify",
    "pyyaml",
    "rapidfuzz",
    "tzdata",
)


@cache
def identity() -> str:
    """16 hexadecimal digits: Python's version (its Unicode tables), the libraries', and our source."""
    state = blake2b(sys.version.encode(), digest_size=8)
    for name in LIBRARIES:
        state.update(f"{name} {version(name)}\n".encode())
    folder = Path(bimson_site.__file__).parent
    for place in sorted(folder.rglob("*.p[yo]")):  # the code, and the words of the catalogues
        state.update(place.relative_to(folder).as_posix().encode() + b"\0" + place.read_bytes())
    return state.hexdigest()
