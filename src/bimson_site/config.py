"""bimson.yaml as a frozen SiteConfig: every setting typed, checked, and refused if unknown.

Owns the settings (`SETTINGS`, one row each) and their defaults; never reads a file, never guesses.
Next: `config_readers` for what a value may be; `model.Masthead` is the slice that pages see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from operator import attrgetter
from typing import Any

from bimson_site import config_readers as readers
from bimson_site.config_readers import Wrong
from bimson_site.errors import Location, Problem, Severity, problem
from bimson_site.model import MenuItem, TermKind, Timestamp
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
    """What bimson.yaml says, with defaults. `menu` None is the theme's own menu; `base_url` and `media_base` have no
    slash at the end; `servers` None is the one that `host` implies; `closed` is in the site's zone; `featured` are paths of article files; `feeds` are
    the kinds of terms that have feeds beside sections, which always do."""

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
    feeds: tuple[TermKind, ...] = ()
    data: str = "records"
    search: bool = True
    links: str = "relative"
    extensions: tuple[str, ...] = ()
    media_base: str = ""
    output: str = "build"
    host: str = ""
    servers: tuple[str, ...] | None = None


_DEFAULT = SiteConfig()


def read(
    text: str | None, path: str = "bimson.yaml"
) -> tuple[SiteConfig | None, tuple[Problem, ...]]:
    """The configuration in the text of bimson.yaml (None: there is no such file), and all problems.

    With an error among the problems there is no configuration.
    """
    fields, found = block(text or "", path, texts=frozenset({"title", "description", "rights"}))
    problems = [readers.retold(each, "config-invalid") for each in found]
    values: dict[str, Any] = {}
    nodes = _nodes(fields, "", path, problems)
    for name, reader in _READERS.items():
        if name not in nodes:
            continue
        zone = values.get("", {}).get("timezone", _DEFAULT.timezone)
        value = reader(nodes[name]) if reader else readers.date(nodes[name], zone)
        if isinstance(value, Wrong):
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


def _nodes(fields: Fields, group: str, path: str, problems: list[Problem]) -> dict[str, Node]:
    """The values that are set, by dotted name; an empty value is one that is not set."""
    nodes: dict[str, Node] = {}
    known = _names_in(group)
    for field in fields.pairs:
        name = f"{group}.{field.key}".lstrip(".")
        inner = _names_in(name)
        if field.key not in known:
            problems.append(_unknown(field, name, known, path))
        elif readers.is_null(field.value):
            continue
        elif not inner:
            nodes[name] = field.value
        elif isinstance(field.value, Fields):
            nodes |= _nodes(field.value, name, path, problems)
        else:
            wrong = Wrong(field.value, "indented lines below it: " + ", ".join(inner))
            problems.append(_refusal(name, wrong, path))
    return nodes


def _unknown(field: Field, name: str, known: tuple[str, ...], path: str) -> Problem:
    """Names of one level are compared; a name that belongs inside a group is sent there."""
    moved = (n for n in _READERS if n.endswith(f".{field.key}") and "." not in name)
    meant = next(moved, None) or next(iter(get_close_matches(field.key.lower(), known, 1)), None)
    where = Location(path, field.line, field.column)
    return problem("config-unknown-key", where, key=name, suggestion=meant or ", ".join(known))


def _refusal(name: str, wrong: Wrong, path: str) -> Problem:
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


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting for the reference: its dotted name as the owner writes it, and its default."""

    name: str
    default: object


_READERS: dict[str, Callable[[Node], Any] | None] = {
    "title": readers.name,
    "description": readers.text,
    "language": readers.matching(r"[a-z]{2}(?:-[A-Z]{2})?", "a language such as vi, en or pt-BR"),
    "base_url": readers.base_url,
    "timezone": readers.time_zone,
    "menu": readers.list_of(readers.menu_item, "a list, such as  - Giới thiệu: /gioi-thieu/"),
    "footer.keeper": readers.text,
    "footer.responsible": readers.text,
    "footer.contact": readers.text,
    "footer.text": readers.text,
    "rights": readers.text,
    "sections": readers.list_of(readers.name, "a list, such as [Tin tức, Thể thao]"),
    "lists.home": readers.size,
    "lists.feed": readers.size,
    "lists.term": readers.size,
    "lists.period": readers.size,
    "missing_authors": readers.list_of(readers.name, "a list, such as [Unknown, admin]"),
    "closed": None,  # a date, read in the site's own zone
    "successor": readers.successor,
    "featured": readers.list_of(readers.article_path, "a list of paths of articles", most=6),
    "feeds": readers.list_of(readers.kind, "a list, such as [authors, tags]"),
    "data": readers.matching("none|records|texts", "texts, records or none"),
    "search": readers.switch,
    "links": readers.matching("relative|explicit", "relative or explicit"),
    "extensions": readers.list_of(readers.extension, "a list, such as [my_extension]"),
    "media_base": readers.base_url,
    "output": readers.folder,
    "host": readers.matching(
        "cloudflare-pages|github-pages|gitlab-pages|netlify",
        "cloudflare-pages, github-pages, gitlab-pages or netlify",
    ),
    "servers": readers.servers,
}
SETTINGS = tuple(Setting(name, attrgetter(name)(_DEFAULT)) for name in _READERS)


def _names_in(group: str) -> tuple[str, ...]:
    """The names one level below a group ('' for the top), in the order of the table."""
    prefix = f"{group}." if group else ""
    below = (name.removeprefix(prefix) for name in _READERS if name.startswith(prefix))
    return tuple(dict.fromkeys(name.partition(".")[0] for name in below))
