"""The shapes that settings have: each reader takes a node and gives a value, or what is wrong with it.

Owns what an address, a size, a folder of bimson.yaml may be; knows no setting by name, makes no
problem. Next: `config` says which setting has which reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bimson_site.errors import Problem, problem
from bimson_site.model import MenuItem, TermKind, Timestamp
from bimson_site.text import dates
from bimson_site.text.frontmatter import Field, Fields, Items, Node, Text
from bimson_site.text.lines import in_one_line


@dataclass(frozen=True, slots=True)
class Wrong:
    """A node that is not what its setting wants, and what would be; or a key that has no place."""

    node: Node
    expected: str
    stray: Field | None = None


def retold(found: Problem, code: str) -> Problem:
    """A problem of YAML in the words of another file of the site; warnings stay what they are."""
    values = dict(found.values)
    match found.code:
        case "front-matter-invalid":
            return problem(code, found.where, reason=values["reason"])
        case "front-matter-refused":
            return problem(code, found.where, reason=f"it uses {values['what']}")
        case _:
            return found


def is_null(node: Node) -> bool:
    """Whether nothing stands there: `~`, `null` or an empty value, without quotation marks."""
    return isinstance(node, Text) and node.plain and node.text in {"", "~", "null", "Null", "NULL"}


def text(node: Node) -> str | Wrong:
    """Any text in one line, even an empty one."""
    return in_one_line(node.text) if isinstance(node, Text) else Wrong(node, "a text")


def matching(pattern: str, expected: str) -> Callable[[Node], str | Wrong]:
    """A reader of texts that a pattern matches as a whole."""
    wanted = re.compile(pattern)

    def reader(node: Node) -> str | Wrong:
        fits = isinstance(node, Text) and wanted.fullmatch(node.text)
        return node.text if fits and isinstance(node, Text) else Wrong(node, expected)

    return reader


def switch(node: Node) -> bool | Wrong:
    """Whether something is wanted."""
    said = node.text.lower() if isinstance(node, Text) else ""
    if said in {"true", "yes", "on"}:
        return True
    return False if said in {"false", "no", "off"} else Wrong(node, "true or false")


def list_of(
    item: Callable[[Node], Any], expected: str, most: int | None = None
) -> Callable[[Node], tuple[Any, ...] | Wrong]:
    """A reader of lists, of at most `most` items; the first wrong item is the one that is named."""

    def reader(node: Node) -> tuple[Any, ...] | Wrong:
        if not isinstance(node, Items):
            return Wrong(node, expected)
        if most is not None and len(node.items) > most:
            return Wrong(node.items[most], f"at most {most}")
        values = tuple(item(each) for each in node.items)
        return next((value for value in values if isinstance(value, Wrong)), values)

    return reader


def name(node: Node) -> str | Wrong:
    """A text that is not empty."""
    value = text(node)
    return Wrong(node, "a name") if value == "" or is_null(node) else value


def base_url(node: Node) -> str | Wrong:
    """The address of the site, http or https, with any path, no slash at its end; or ''."""
    wrong = Wrong(node, "an address such as https://luutru.example or https://example.vn/luu-tru")
    if not isinstance(node, Text):
        return wrong
    url = node.text.strip()
    if url == "":
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError if it is no number
    except ValueError:
        return wrong
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return wrong
    # RFC 3986: an address is ASCII without spaces; a Vietnamese host is written as xn--….
    if (
        not re.fullmatch(r"[!-~]+", url)
        or "?" in url
        or "#" in url
        or re.search(r'[<>"\\^`{|}]', url)
    ):
        return wrong
    return url.rstrip("/")


def successor(node: Node) -> str | Wrong:
    """The address of another site, http or https, or words that name it; no other scheme."""
    value = text(node)
    if isinstance(value, Wrong) or not _SCHEME.match(value):
        return value
    if not _WEB_ADDRESS.fullmatch(value):
        return Wrong(node, "an address such as https://new.example")
    scheme, _, rest = value.partition(":")
    return f"{scheme.lower()}:{rest}"


def time_zone(node: Node) -> str | Wrong:
    """An IANA name that `dates.zone` knows."""
    if isinstance(node, Text) and dates.zone(node.text) is not None:
        return node.text
    return Wrong(node, "a time zone such as Asia/Ho_Chi_Minh or UTC")


def date(node: Node, zone: str) -> Timestamp | Wrong:
    """A date as `dates.read` reads it, in a zone that is known."""
    value = dates.read(node.text, zone) if isinstance(node, Text) else None
    return Wrong(node, "a date such as 2025-07-01") if value is None else value


def menu_item(node: Node) -> MenuItem | Wrong:
    """`{title: Tin, url: /tin/}`, or shorter `Tin: /tin/`."""
    wrong = Wrong(node, "title and url, such as  - Giới thiệu: /gioi-thieu/")
    if not isinstance(node, Fields):
        return wrong
    title, url = node.get("title"), node.get("url")
    if title or url:
        stray = next((field for field in node.pairs if field not in {title, url}), None)
        if stray or not (title and url):
            return Wrong(node, wrong.expected, stray)
        words, target = name(title.value), address(url.value)
    elif len(node.pairs) == 1:
        words, target = in_one_line(node.pairs[0].key) or wrong, address(node.pairs[0].value)
    else:
        return wrong
    if isinstance(words, Wrong):
        return words
    return target if isinstance(target, Wrong) else MenuItem(words, target)


address = matching(
    r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f]+|(?![^/?#]*:)(?!//)[^\s\x00-\x1f\x7f]+",
    "an address such as /tin/",
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # RFC 3986, 3.1
_WEB_ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_WHOLE = matching(r"[1-9][0-9]{0,2}|1000", "a whole number from 1 to 1000")
article_path = matching(
    r"(?!/)(?!(?:.*/)?\.\.?(?:/|$))[^\\]+", "the path of an article, below this folder"
)
# Folders that hold what the owner wrote are no place for what is deleted and made anew.
folder = matching(
    r"(?!(?i:content|templates|static|permalinks)(?:/|$))\w[\w.-]*(?:/\w[\w.-]*)*",
    "the name of a folder of its own, such as build",
)
extension = matching(r"[A-Za-z_]\w*(?:[.-]\w+)*", "names such as my_extension")


_SERVERS = list_of(
    matching(
        "apache|caddy|cloudflare-pages|gitlab-pages|iis|netlify|nginx",
        "apache, caddy, cloudflare-pages, gitlab-pages, iis, netlify or nginx",
    ),
    "a list, such as [nginx, caddy]",
)
_ONE_FILE = frozenset({"cloudflare-pages", "gitlab-pages", "netlify"})


def servers(node: Node) -> tuple[str, ...] | Wrong:
    """Names of servers, of which at most one reads the file _redirects."""
    found = _SERVERS(node)
    if not isinstance(found, Wrong) and len(_ONE_FILE.intersection(found)) > 1:
        return Wrong(node, "only one of cloudflare-pages, gitlab-pages and netlify")
    return found


_KIND = matching("authors|sources|tags", "authors, sources or tags")


def kind(node: Node) -> TermKind | Wrong:
    """A kind of term whose feeds are optional."""
    value = _KIND(node)
    return value if isinstance(value, Wrong) else TermKind(value)


def size(node: Node) -> int | Wrong:
    """How many cards stand on a page: 1 to 1000."""
    value = _WHOLE(node)
    return value if isinstance(value, Wrong) else int(value)
