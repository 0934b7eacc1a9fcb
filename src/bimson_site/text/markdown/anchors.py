"""Headings that can be linked to, and links to them in the spellings of other systems.

Owns the ids of headings: the slug of their words, unique in the body. Takes drawn HTML, in which a "<"
can only open a tag. Next: `drawing`.
"""

from __future__ import annotations

import html as entities
import re
from urllib.parse import unquote

from bimson_site.text import slugs

# Ids of the theme's own pages; a heading of that name takes a number.
TAKEN = frozenset({"main", "about", "related", "attachments"})

_HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')
_FRAGMENT = re.compile(r'href="#([^"]+)"')
_TAG = re.compile(r"<[^>]*>")


def anchored(html: str) -> str:
    """The body with an id on every heading; a link "#…" that means one of them leads there, whether it
    was written as the slug, as GitHub and Hugo spell ids (with marks) or as the words themselves."""
    if "<h" not in html:
        return html
    ids = set(TAKEN)
    if 'id="' in html:
        ids.update(_ID.findall(html))
    mine: set[str] = set()

    def heading(found: re.Match[str]) -> str:
        name = _free(anchor(entities.unescape(_TAG.sub("", found[2]))), ids)
        mine.add(name)
        return f'<h{found[1]} id="{name}">{found[2]}</h{found[1]}>'

    def link(found: re.Match[str]) -> str:
        target = entities.unescape(found[1])
        name = anchor(unquote(target))
        return f'href="#{name}"' if target not in ids and name in mine else found[0]

    html = _HEADING.sub(heading, html)
    return _FRAGMENT.sub(link, html) if 'href="#' in html else html


def anchor(words: str) -> str:
    """The id of a heading by its words, and of a link by its fragment."""
    return slugs.slug(words) or "muc"


def _free(name: str, ids: set[str]) -> str:
    number, free = 2, name
    while free in ids:
        free = f"{name}-{number}"
        number += 1
    ids.add(free)
    return free
