"""Raw HTML made harmless: what may stand in a body.

Owns the allow lists and the only import of nh3; never parses Markdown and never knows addresses of
this site (a function hands them in). Next: `text.links`, `text.players`. Who calls it: `text.markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3

from bimson_site.text import players
from bimson_site.text.lines import without_controls
from bimson_site.text.links import SCHEMES, encoded, is_reference, is_safe

_TAG_NAMES = (
    "a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup dd del"
    " details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li"
    " mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td"
    " tfoot th thead time tr u ul var wbr"
)
_TAGS = frozenset(_TAG_NAMES.split())
_ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"aria-label", "href", "name"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"alt", "height", "loading", "src", "width"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_ALIGNED = {"align-left", "align-center", "align-right"}
_CLASSES = {
    "a": {"footnote-backref"},
    "div": {"footnotes"},
    "li": {"footnote-item"},
    "p": {"embed"},
    "sup": {"footnote-ref"},
    "td": _ALIGNED,
    "th": _ALIGNED,
}
# Their content is not for readers.
_GONE = {"script", "style", "template"}
# Blocks that we do not print: dropping the bare tags would glue their texts together.
_STRANGE_BLOCK = re.compile(
    r"<(/?)(?:center|dir|fieldset|form|frameset|hgroup|legend|listing|main|marquee|menu|nav|noframes"
    r"|noembed|noscript|optgroup|option|plaintext|search|select|textarea|title|xmp)\b[^>]*>",
    re.IGNORECASE,
)
_WANTED = re.compile(r"""href\s*=\s*["']?#([^"'\s>]+)""", re.IGNORECASE)
_IMG = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r' alt="([^"]*)"')
_NO_CLASS = re.compile(r'(<[a-z][a-z0-9]*(?: [^<>]*)?) class=""')
_DEAD_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)


def clean(html: str, resolve: Callable[[str], str], own: str = "") -> str:
    """A harmless version of an HTML fragment.

    `resolve` maps each reference (see `is_reference`, as for `own`) to the address to print; of one that gives "" only the words
    are left. Ids stay only where
    a link of the same fragment leads to them, so that they cannot clash with the page around.
    """
    html = _STRANGE_BLOCK.sub(r"<\1div>", html)
    if players.PLAYER.search(html):
        html = players.cards(html)
    wanted = set(_WANTED.findall(html))

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name in {"href", "src"}:
            if tag not in {"a", "img"} or not is_safe(value, picture=tag == "img"):
                return None
            return (resolve(encoded(value)) or None) if is_reference(value, own) else value
        if name in {"id", "name"}:
            return value if value in wanted else None
        if name in {"width", "height"}:
            return value if value.isascii() and value.isdigit() else None
        return value

    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        allowed_classes=_CLASSES,
        set_tag_attribute_values={"img": {"loading": "lazy"}},
        url_schemes=set(SCHEMES) | {"data"},
        link_rel=None,
    )
    cleaned = without_controls(cleaned)  # "&#12;" has become one
    # In what nh3 writes, "<" and ">" stand for tags and for nothing else.
    cleaned = _NO_CLASS.sub(r"\1", _DEAD_LINK.sub(r"\1", cleaned))
    return _IMG.sub(_picture, cleaned).replace("<p></p>", "")


def _picture(found: re.Match[str]) -> str:
    """A picture with alternative text; without an address only the text is left of it."""
    tag = found[0]
    alt = _ALT.search(tag)
    if " src=" not in tag:
        return alt[1] if alt else ""
    return tag if alt else f'<img alt=""{tag[4:]}'
