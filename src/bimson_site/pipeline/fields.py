"""The fields of an article: their names, those that other systems give them, and their shapes.

Turns the nodes of a front matter into typed values or problems; reads no file and no date.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bimson_site.errors import Location, Problem, problem
from bimson_site.text.frontmatter import Field, Fields, Items, Node, Text
from bimson_site.text.lines import in_one_line

# Our name first, then the names in Jekyll, Hugo, Pelican, WordPress exports and newsroom systems.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "timestamp": ("timestamp", "date", "publishDate", "published_at", "pubdate", "published"),
    "updated": ("updated", "lastmod", "modified", "last_modified_at", "updated_at", "dateModified"),
    "authors": ("authors", "author", "byline", "creator"),
    "sections": ("sections", "section", "categories", "category"),
    "tags": ("tags", "tag", "keywords"),
    "summary": ("summary", "description", "excerpt", "deck", "standfirst"),
    "slug": ("slug",),
    "lang": ("lang", "language"),
    "image": ("image", "featured_image", "cover"),
    "source": ("source", "publisher"),
    "source_url": ("source_url", "original_url", "link", "blogger_orig_url"),
    "aliases": ("aliases", "alias", "redirect_from", "permalink", "url"),
    "canonical": ("canonical", "canonical_url"),
    "id": ("id",),
    "rights": ("rights", "license", "licence", "copyright"),
    "corrections": ("corrections", "correction"),
    "withdrawn": ("withdrawn", "retracted"),
    "collected": (
        "collected",
        "retrieved",
        "accessed",
        "access_date",
        "scraped",
        "crawled",
        "fetched",
    ),
    "attachments": ("attachments", "attachment"),
    "access": ("access",),
    "embargo_until": ("embargo_until", "embargo"),
    "draft": ("draft",),
    "noindex": ("noindex",),
    "kind": ("kind", "type", "layout"),
    "body": ("body",),
}
GRAVE = frozenset({"timestamp", "embargo_until", "access", "draft", "noindex", "kind", "published"})
LISTS = frozenset({"authors", "sections", "tags", "aliases"})
# Keys of other systems that mean nothing here and are no slips of the pen.
_FOREIGN = frozenset(
    {"resources", "titles", "dates", "layouts", "images", "links", "types", "sources", "ids"}
)

_FIELD_OF = {
    name.lower(): (ours, rank) for ours, all_ in NAMES.items() for rank, name in enumerate(all_)
}
_TWO_MEANINGS = frozenset({"published", "layout", "type", "url"})
_TRUE = frozenset({"true", "yes", "on", "1", "có"})
_NULL = frozenset({"", "~", "null"})
_FALSE = frozenset({"false", "no", "off", "0", "", "không", "null", "~"})
YES_OR_NO = _TRUE | _FALSE
# Where a mapping stands for a text, the key that names it.
_NAMING = ("name", "title", "path", "url", "src", "image")


@dataclass(frozen=True, slots=True)
class Found:
    """The fields of one file by our names (several where a list has several keys), and the rest."""

    path: str
    known: Mapping[str, tuple[Field, ...]]
    extra: str
    problems: list[Problem] = field(default_factory=list)

    def at(self, name: str) -> Location:
        """Where a field stands, else the start of the file."""
        found = self.known.get(name)
        return self.where(found[0].value) if found else Location(self.path)

    def where(self, node: Node) -> Location:
        return Location(self.path, node.line, node.column)

    def text(self, name: str) -> str:
        """The text of a field in one line, "" where it is missing or null."""
        for each in self.known.get(name, ()):
            if text := self._one(name, each.value):
                return text
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        """All texts of a list field, in order, each once; a single text may hold commas."""
        found: list[str] = []
        for each in self.known.get(name, ()):
            found += self._many(name, each.value)
        return tuple(dict.fromkeys(found))

    def spots(self, name: str) -> tuple[tuple[str, str, int, int], ...]:
        """Each text of a list field with the key it stands under, its line and its column."""
        found = []
        for each in self.known.get(name, ()):
            nodes = each.value.items if isinstance(each.value, Items) else (each.value,)
            for node in nodes:
                found += [
                    (t, each.key.lower(), node.line, node.column) for t in self._many(name, node)
                ]
        return tuple(found)

    def flag(self, name: str) -> bool:
        """A yes or no, in English or Vietnamese; false where it is missing."""
        for each in self.known.get(name, ()):
            word = self._one(name, each.value).lower()
            if word in _TRUE:
                return True
            if word not in _FALSE:
                self.refuse(name, each.value, "true or false")
        return False

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One word out of a few; the first where it is missing."""
        word = self.text(name).lower()
        if word in allowed or not word:
            return word or allowed[0]
        self.refuse(name, self.known[name][0].value, ", ".join(allowed))
        return allowed[0]

    def refuse(self, name: str, node: Node, expected: str) -> None:
        shown = f'"{node.text}"' if isinstance(node, Text) else _shape(node)
        self.problems.append(
            problem("value-invalid", self.where(node), field=name, value=shown, expected=expected)
        )

    def ignore(self, name: str, node: Node, expected: str) -> None:
        """A value that cannot be used, in a field without which the article can be published; in
        the others (date, access, draft …) a misreading could publish what should not be."""
        if name in GRAVE:
            self.refuse(name, node, expected)
            return
        shown = f'"{node.text}"' if isinstance(node, Text) else _shape(node)
        where = self.where(node)
        self.problems.append(
            problem("value-ignored", where, field=name, value=shown, expected=expected)
        )

    def _one(self, name: str, node: Node) -> str:
        if isinstance(node, Text):
            return "" if is_null(node) else in_one_line(node.text)
        if isinstance(node, Items) and len(node.items) <= 1:
            return self._one(name, node.items[0]) if node.items else ""
        if isinstance(node, Fields):
            for key in _NAMING:
                for pair in node.pairs:
                    if pair.key.lower() == key and isinstance(pair.value, Text):
                        return in_one_line(pair.value.text)
            if not node.pairs:
                return ""
        self.ignore(name, node, "a text")
        return ""

    def _many(self, name: str, node: Node) -> list[str]:
        if isinstance(node, Items):
            return [text for item in node.items for text in self._many(name, item)]
        text = self._one(name, node)
        if name == "tags" and "," in text and isinstance(node, Text):
            return [part.strip() for part in text.split(",") if part.strip()]
        return [text] if text else []


def find(fields: Fields, path: str) -> Found:
    """Sort the keys of a front matter: ours by our name, best name first; the rest as JSON text."""
    known: dict[str, tuple[Field, ...]] = {}
    ranks: dict[str, list[tuple[int, Field]]] = {}
    rest: list[Field] = []
    for each in fields.pairs:
        ours, rank = _meaning(each)
        if not ours:
            rest.append(each)
        elif ours in known:
            ranks[ours].append((rank, each))
        else:
            known[ours] = (each,)
            ranks[ours] = [(rank, each)]
    for ours, found in ranks.items():
        if len(found) > 1:
            found.sort(key=lambda pair: pair[0])
            known[ours] = tuple(each for _, each in found)
            if ours not in LISTS:
                rest += [each for _, each in found[1:]]
    problems = [p for each in rest for p in _misspelt(each, path)]
    return Found(path, known, json_text(rest) if rest else "{}", problems)


def _meaning(each: Field) -> tuple[str, int]:
    """Our name of a key, and how good a name it is; "" for a key that is not ours."""
    key, ours, rank = _named(each.key)
    if key not in _TWO_MEANINGS:
        return ours, rank
    value = each.value
    if key == "published" and isinstance(value, Text) and value.text.lower() in _TRUE | _FALSE:
        return "published", 0  # Jekyll's flag, not a date
    if key in {"layout", "type"} and not (isinstance(value, Text) and value.text.lower() == "page"):
        return "", 0
    if key == "url" and isinstance(value, Text) and "://" in value.text:
        return "source_url", 9
    return ours, rank


@lru_cache(maxsize=1024)
def _named(key: str) -> tuple[str, str, int]:
    """A key as it is compared, our name for it ("" for none), and how good a name it is."""
    key = key.lower().replace("-", "_")
    return key, *_FIELD_OF.get(key, ("", 0))


def _misspelt(each: Field, path: str) -> Iterable[Problem]:
    if suggestion := _close(each.key):
        where = Location(path, each.line, each.column)
        yield problem("key-misspelt", where, field=each.key, suggestion=suggestion)


@lru_cache(maxsize=1024)
def _close(key: str) -> str:
    """The field that a key is very likely meant to be, "" for none or for a known name."""
    if key.lower().replace("-", "_") in _FIELD_OF or key.lower() in _FOREIGN or len(key) < 4:
        return ""
    match = difflib.get_close_matches(key.lower(), list(_FIELD_OF), 1, 0.8)
    return next((n for all_ in NAMES.values() for n in all_ if match and n.lower() == match[0]), "")


def is_null(node: Text) -> bool:
    return node.plain and len(node.text) < 5 and node.text.lower() in _NULL


def json_text(fields: Iterable[Field]) -> str:
    """Fields as JSON text, scalars as text: what templates see as `extra`."""
    plain = {each.key: _plain(each.value) for each in fields}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def _plain(node: Node) -> object:
    if isinstance(node, Text):
        return None if is_null(node) else node.text
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return {each.key: _plain(each.value) for each in node.pairs}


def _shape(node: Node) -> str:
    return "a list" if isinstance(node, Items) else "a group of fields"
