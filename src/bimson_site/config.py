"""bimson.yaml as a frozen SiteConfig: every setting typed, checked, and refused if unknown.

Owns the settings (`SETTINGS`, one row each) and their defaults; never reads a file, never guesses.
Next: `text.frontmatter.block` reads the YAML; `model.Masthead` is the slice that pages see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from bimson_site.errors import Location, Problem, Severity, problem
from bimson_site.model import MenuItem, Timestamp
from bimson_site.text import dates
from bimson_site.text.frontmatter import Field, Fields, Items, Node, Text, block


@dataclass(frozen=True, slots=True)
class Footer:
    """Who stands behind the archive, in the owner's words; '' where the file says nothing."""

    keeper: str = ""
    responsible: str = ""
    contact: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ListSizes:
    """How many cards: on the home page, in the feed, on a term's first page, and in one year of a
    term before it is cut into months."""

    home: int = 12
    feed: int = 20
    term: int = 50
    period: int = 200


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What bimson.yaml says, with defaults. `menu` None is the theme's own menu; `base_url` has no
    slash at its end; `closed` is in the site's zone; `featured` are paths of article files."""

    title: str = "Lưu trữ"
    description: str = ""
    language: str = "vi"
    base_url: str = ""
    timezone: str = "Asia/Ho_Chi_Minh"
    menu: tuple[MenuItem, ...] | None = None
    footer: Footer = Footer()
    rights: str = ""
    sections: tuple[str, ...] = ()
    lists: ListSizes = ListSizes()
    missing_authors: tuple[str, ...] = ("Unknown", "N/A", "admin", "Chưa rõ")
    closed: Timestamp | None = None
    successor: str = ""
    featured: tuple[str, ...] = ()
    links: str = "relative"
    extensions: tuple[str, ...] = ()
    output: str = "build"


_DEFAULT = SiteConfig()


def read(
    text: str | None, path: str = "bimson.yaml"
) -> tuple[SiteConfig | None, tuple[Problem, ...]]:
    """The configuration in the text of bimson.yaml (None: there is no such file), and all problems.

    With an error among the problems there is no configuration.
    """
    fields, found = block(text or "", path, texts=frozenset({"title", "description", "rights"}))
    problems = [_of_config(each) for each in found]
    values: dict[str, Any] = {}
    nodes = _nodes(fields, "", path, problems)
    for name, reader in _READERS.items():
        if name not in nodes:
            continue
        zone = values.get("", {}).get("timezone", _DEFAULT.timezone)
        value = reader(nodes[name]) if reader else _date(nodes[name], zone)
        if isinstance(value, _Wrong):
            problems.append(_refusal(name, value, path))
        else:
            group, _, own = name.rpartition(".")
            values.setdefault(group, {})[own] = value
    if any(each.severity is Severity.ERROR for each in problems):
        return None, tuple(sorted(problems))
    own = values.get("", {})
    own["footer"] = Footer(**values.get("footer", {}))
    own["lists"] = ListSizes(**values.get("lists", {}))
    return SiteConfig(**own), tuple(sorted(problems))


def _of_config(found: Problem) -> Problem:
    """A problem of YAML in the words of the configuration; warnings stay what they are."""
    values = dict(found.values)
    match found.code:
        case "front-matter-invalid":
            return problem("config-invalid", found.where, reason=values["reason"])
        case "front-matter-refused":
            return problem("config-invalid", found.where, reason=f"it uses {values['what']}")
        case _:
            return found


def _nodes(fields: Fields, group: str, path: str, problems: list[Problem]) -> dict[str, Node]:
    """The values that are set, by dotted name; an empty value is one that is not set."""
    nodes: dict[str, Node] = {}
    known = _names_in(group)
    for field in fields.pairs:
        name = f"{group}.{field.key}".lstrip(".")
        inner = _names_in(name)
        if field.key not in known:
            problems.append(_unknown(field, name, known, path))
        elif _is_null(field.value):
            continue
        elif not inner:
            nodes[name] = field.value
        elif isinstance(field.value, Fields):
            nodes |= _nodes(field.value, name, path, problems)
        else:
            wrong = _Wrong(field.value, "indented lines below it: " + ", ".join(inner))
            problems.append(_refusal(name, wrong, path))
    return nodes


def _is_null(node: Node) -> bool:
    return isinstance(node, Text) and node.plain and node.text in {"", "~", "null", "Null", "NULL"}


def _unknown(field: Field, name: str, known: tuple[str, ...], path: str) -> Problem:
    """Names of one level are compared; a name that belongs inside a group is sent there."""
    moved = (n for n in _READERS if n.endswith(f".{field.key}") and "." not in name)
    meant = next(moved, None) or next(iter(get_close_matches(field.key.lower(), known, 1)), None)
    known_names = f"the settings are: {', '.join(known)}"
    suggestion = f'did you mean "{meant}"?' if meant else known_names
    where = Location(path, field.line, field.column)
    return problem("config-unknown-key", where, key=name, suggestion=suggestion)


# --- readers: a node in, a value or what is wrong with it out --------------------------------------


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A node that is not what its setting wants, and what would be; or a key that has no place."""

    node: Node
    expected: str
    stray: Field | None = None


def _refusal(name: str, wrong: _Wrong, path: str) -> Problem:
    if wrong.stray is not None:
        return _unknown(wrong.stray, f"{name}.{wrong.stray.key}", ("title", "url"), path)
    match wrong.node:
        case Text(text=text):
            shown = f'"{text if len(text) <= 60 else text[:59] + "…"}"'
        case Items():
            shown = "a list"
        case Fields():
            shown = "a list of settings"
    where = Location(path, wrong.node.line, wrong.node.column)
    return problem("config-value", where, key=name, value=shown, expected=wrong.expected)


def _text(node: Node) -> str | _Wrong:
    return node.text.strip() if isinstance(node, Text) else _Wrong(node, "a text")


def _matching(pattern: str, expected: str) -> Callable[[Node], str | _Wrong]:
    """A reader of texts that a pattern matches as a whole."""
    wanted = re.compile(pattern)

    def reader(node: Node) -> str | _Wrong:
        fits = isinstance(node, Text) and wanted.fullmatch(node.text)
        return node.text if fits and isinstance(node, Text) else _Wrong(node, expected)

    return reader


def _list_of(
    item: Callable[[Node], Any], expected: str, most: int | None = None
) -> Callable[[Node], tuple[Any, ...] | _Wrong]:
    """A reader of lists, of at most `most` items; the first wrong item is the one that is named."""

    def reader(node: Node) -> tuple[Any, ...] | _Wrong:
        if not isinstance(node, Items):
            return _Wrong(node, expected)
        if most is not None and len(node.items) > most:
            return _Wrong(node.items[most], f"at most {most}")
        values = tuple(item(each) for each in node.items)
        return next((value for value in values if isinstance(value, _Wrong)), values)

    return reader


def _name(node: Node) -> str | _Wrong:
    value = _text(node)
    return _Wrong(node, "a name") if value == "" or _is_null(node) else value


def _base_url(node: Node) -> str | _Wrong:
    wrong = _Wrong(node, "an address such as https://luutru.example or https://example.vn/luu-tru")
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


def _zone(node: Node) -> str | _Wrong:
    if isinstance(node, Text) and dates.zone(node.text) is not None:
        return node.text
    return _Wrong(node, "a time zone such as Asia/Ho_Chi_Minh or UTC")


def _date(node: Node, zone: str) -> Timestamp | _Wrong:
    value = dates.read(node.text, zone) if isinstance(node, Text) else None
    return _Wrong(node, "a date such as 2025-07-01") if value is None else value


def _menu_item(node: Node) -> MenuItem | _Wrong:
    """`{title: Tin, url: /tin/}`, or shorter `Tin: /tin/`."""
    wrong = _Wrong(node, "title and url, such as  - Giới thiệu: /gioi-thieu/")
    if not isinstance(node, Fields):
        return wrong
    title, url = node.get("title"), node.get("url")
    if title or url:
        stray = next((field for field in node.pairs if field not in {title, url}), None)
        if stray or not (title and url):
            return _Wrong(node, wrong.expected, stray)
        words, target = _name(title.value), _ADDRESS(url.value)
    elif len(node.pairs) == 1:
        words, target = node.pairs[0].key.strip() or wrong, _ADDRESS(node.pairs[0].value)
    else:
        return wrong
    if isinstance(words, _Wrong):
        return words
    return target if isinstance(target, _Wrong) else MenuItem(words, target)


_ADDRESS = _matching(
    r"(?:https?://|mailto:)[^\s]+|(?![^/?#]*:)(?!//)[^\s]+", "an address such as /tin/"
)
_SIZE = _matching(r"[1-9][0-9]{0,2}|1000", "a whole number from 1 to 1000")
_PATH = _matching(
    r"(?!/)(?!(?:.*/)?\.\.?(?:/|$))[^\\]+", "the path of an article, below this folder"
)
# Folders that hold what the owner wrote are no place for what is deleted and made anew.
_FOLDER = _matching(
    r"(?!(?i:content|templates|static|permalinks)(?:/|$))\w[\w.-]*(?:/\w[\w.-]*)*",
    "the name of a folder of its own, such as build",
)
_EXTENSION = _matching(r"[A-Za-z_]\w*(?:[.-]\w+)*", "names such as my_extension")


def _size(node: Node) -> int | _Wrong:
    value = _SIZE(node)
    return value if isinstance(value, _Wrong) else int(value)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting for the reference: its dotted name as the owner writes it, and its default."""

    name: str
    default: object


_READERS: dict[str, Callable[[Node], Any] | None] = {
    "title": _name,
    "description": _text,
    "language": _matching(r"[a-z]{2}(?:-[A-Z]{2})?", "a language such as vi, en or pt-BR"),
    "base_url": _base_url,
    "timezone": _zone,
    "menu": _list_of(_menu_item, "a list, such as  - Giới thiệu: /gioi-thieu/"),
    "footer.keeper": _text,
    "footer.responsible": _text,
    "footer.contact": _text,
    "footer.text": _text,
    "rights": _text,
    "sections": _list_of(_name, "a list, such as [Tin tức, Thể thao]"),
    "lists.home": _size,
    "lists.feed": _size,
    "lists.term": _size,
    "lists.period": _size,
    "missing_authors": _list_of(_name, "a list, such as [Unknown, admin]"),
    "closed": None,  # a date, read in the site's own zone
    "successor": _text,
    "featured": _list_of(_PATH, "a list of paths of articles", most=6),
    "links": _matching("relative|explicit", "relative or explicit"),
    "extensions": _list_of(_EXTENSION, "a list, such as [my_extension]"),
    "output": _FOLDER,
}
SETTINGS = tuple(Setting(name, attrgetter(name)(_DEFAULT)) for name in _READERS)


def _names_in(group: str) -> tuple[str, ...]:
    """The names one level below a group ('' for the top), in the order of the table."""
    prefix = f"{group}." if group else ""
    below = (name.removeprefix(prefix) for name in _READERS if name.startswith(prefix))
    return tuple(dict.fromkeys(name.partition(".")[0] for name in below))
