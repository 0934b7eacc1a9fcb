"""What stands on each shelf: an inventory to plan by, and packed rows that are fetched when a page is made of them.

The rows of an archive take ten times the room of their inventories, and of those of a closed month nobody asks but
the pages of that month. So a shelf is bound once: what it holds is kept under an address that stands for all that it was
made of, and read again only by whoever prints from it. Pure: where it is kept, `effects.cache` knows. Before:
`pipeline.cards`, `stories`; next: `shelve` cuts the partitions by inventories, `assemble` fetches their rows.
"""

from __future__ import annotations

import marshal
import pickle
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from io import BytesIO
from operator import attrgetter
from typing import Any, NamedTuple

from bimson_site import model
from bimson_site.model import CardRow, Leaf, TermKind, bytes_of
from bimson_site.pipeline.cards import Entry
from bimson_site.pipeline.drafts import Period
from bimson_site.pipeline.stories import Dated
from bimson_site.pipeline.terms import Glossary, TermKey

SIZE = 16  # bytes of a digest

ALL, OWN, STORIES, REPEATED, FOUND = "cards", "own", "stories", "repeated", "found"


class Listed(NamedTuple):
    """A list of cards on a shelf: how many, a digest of them all, and the digests one after the other of those at its
    open end: the newest, or the first of those without a date."""

    length: int
    digest: bytes
    end: bytes


class Inventory(NamedTuple):
    """What stands on a shelf, but not the rows: what stands for all that it was made of (`Draft.said`), the address of the
    rows; all cards, and those that are no records of other sources; of each day (yyyymmdd) how many of both; those of
    each day of the calendar (mmdd), and of each term; how many search engines may list; how many there are of each
    day, source and section; the first and the last card, and of those that are no records."""

    shelf: Period
    said: bytes
    address: bytes
    cards: Listed
    own: Listed
    days: tuple[tuple[int, int, int], ...]
    calendar: tuple[tuple[int, Listed], ...]
    terms: tuple[tuple[TermKey, Listed], ...]
    listed: int
    table: tuple[tuple[int, str, str, int], ...]
    edges: tuple[CardRow, CardRow]
    own_edges: tuple[CardRow, CardRow] | None


class Bound(NamedTuple):
    """The stories of a shelf, but not the rows: their address, how many, a digest of them; how many have copies, and a
    digest of these; what stands for all articles in them, and for those that search engines may list."""

    address: bytes
    stories: int
    digest: bytes
    repeated: int
    of_repeated: bytes
    articles: bytes
    of_found: bytes


NO_STORIES = Bound(b"", 0, b"", 0, b"", b"", b"")


class Shelved(NamedTuple):
    """A shelf as it is known to those who plan."""

    inventory: Inventory
    bound: Bound


def term_list(key: TermKey) -> str:
    """The name of a term's list."""
    return f"{key[0]._value_}:{key[1]}"


def day_list(day: int) -> str:
    """The name of the list of a day of the calendar (mmdd)."""
    return f"day {day}"


# --- binding ----------------------------------------------------------------------------------------


def address(said: bytes, keys: Iterable[TermKey], glossary: Glossary) -> bytes | None:
    """The address of the cards of a draft that said this, listed under these terms as they are shown now; None where
    one of them is no more."""
    found = [glossary.digests.get(key) for key in keys]
    if None in found:
        return None
    return blake2b(said + b"".join(filter(None, found)), digest_size=SIZE).digest()


def bind_cards(
    shelf: Period, said: bytes, entries: Sequence[Entry], end: int, glossary: Glossary
) -> tuple[Inventory, bytes]:
    """The inventory of a shelf, and its rows, packed; `end` is how many cards a list of the newest shows at most."""
    own = [entry for entry in entries if not entry.card.record]
    found = [entry for entry in own if entry.listed]
    by_day: dict[int, list[Entry]] = defaultdict(list)
    for entry in own:
        if entry.day % 100:
            by_day[entry.day % 10000].append(entry)
    by_term: dict[TermKey, list[Entry]] = defaultdict(list)
    for entry in entries:
        for key in entry.keys:
            by_term[key].append(entry)

    def listed(some: Sequence[Entry]) -> Listed:
        if len(some) == 1:  # as most are where a month has few
            digest = some[0].card.digest
            return Listed(1, digest, digest)
        digests = [entry.card.digest for entry in some]
        open_end = digests[-end:] if shelf[0] else digests[:end]
        return Listed(len(digests), _sum(digests), b"".join(open_end))

    table = Counter([(e.day, e.card.source, e.card.section) for e in entries])
    days, own_days = Counter([e.day for e in entries]), Counter([e.day for e in own])
    at = address(said, by_term, glossary)
    assert at is not None  # cards are listed under terms of the glossary
    inventory = Inventory(
        shelf,
        said,
        at,
        listed(entries),
        listed(own),
        tuple([(day, days[day], own_days[day]) for day in sorted(days)]),
        tuple([(day, listed(some)) for day, some in by_day.items()]),
        tuple([(key, listed(some)) for key, some in by_term.items()]),
        len(found),
        tuple([(*row, table[row]) for row in sorted(table)]),
        (entries[0].card, entries[-1].card),
        (own[0].card, own[-1].card) if own else None,
    )
    lists = {ALL: entries, OWN: own, FOUND: found}
    lists |= {day_list(day): some for day, some in by_day.items()}
    lists |= {term_list(key): some for key, some in by_term.items()}
    rows = {entry.card.number: bytes_of(tuple(entry.card)) for entry in entries}
    numbers = {
        name: array("I", [entry.card.number for entry in some]).tobytes()
        for name, some in lists.items()
    }
    return inventory, marshal.dumps((rows, numbers), 2)


def bind_stories(at: bytes, stories: Sequence[Dated]) -> tuple[Bound, bytes]:
    """The stories of a shelf, but not the rows, and the rows, packed, for this address (`at_stories`)."""
    repeated = [each.story for each in stories if each.story.copies]
    found = [each for each in stories if each.listed]
    bound = Bound(
        at,
        len(stories),
        _sum(each.story.digest for each in stories),
        len(repeated),
        _sum(story.digest for story in repeated),
        _sum(each.articles for each in stories),
        _sum(each.card.digest + each.articles for each in found),
    )
    data = {
        STORIES: pickled([tuple(each.story) for each in stories]),
        REPEATED: pickled([tuple(story._replace(kin=())) for story in repeated]),
        FOUND: marshal.dumps([_found(each) for each in found], 2),
    }
    return bound, marshal.dumps(data, 2)


def at_stories(said: bytes, cards: bytes) -> bytes:
    """The address of the stories of a shelf: `cards` is that of its cards, `said` stands for all else that they are made
    of (`stories.said`)."""
    return blake2b(b"stories" + cards + said, digest_size=SIZE).digest()


class Found(NamedTuple):
    """An article that may be found: its number, those of its copies, its section and its authors."""

    number: int
    copies: tuple[int, ...]
    section: str
    authors: tuple[str, ...]


def _found(each: Dated) -> tuple[object, ...]:
    copies = tuple([copy.number for copy in each.story.copies])
    return each.story.number, copies, each.card.section, each.card.authors


def pickled(value: object) -> bytes:
    """A value with rows as bytes, for `unpickled` in the same program."""
    out = BytesIO()
    packer = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    packer.dispatch_table = _BY_FIELDS
    packer.dump(value)
    return out.getvalue()


def unpickled(data: bytes) -> Any:
    return pickle.loads(data)  # noqa: S301 - made by `pickled`


def _by_fields(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    names = [each.name for each in fields(kind)]
    fields_of = attrgetter("__class__", "__class__", *names)  # a tuple, however many there are
    return lambda value: (kind, fields_of(value)[2:])


# Frozen values are packed by their fields: how `dataclasses` does it for those with slots takes ten times as long.
_BY_FIELDS = {
    each: _by_fields(each)
    for each in vars(model).values()
    if isinstance(each, type) and is_dataclass(each)
}


def _sum(digests: Iterable[bytes]) -> bytes:
    return blake2b(b"".join(digests), digest_size=SIZE).digest()


# --- inventories as bytes -----------------------------------------------------------------------------


def packed_inventory(value: Inventory) -> bytes:
    plain: dict[str, Any] = {  # marshal knows tuples, but none with names
        "cards": tuple(value.cards),
        "own": tuple(value.own),
        "calendar": tuple([(day, *each) for day, each in value.calendar]),
        "terms": tuple([(kind._value_, name, *each) for (kind, name), each in value.terms]),
        "edges": tuple(map(tuple, value.edges)),
        "own_edges": tuple(map(tuple, value.own_edges or ())),
    }
    return marshal.dumps(tuple(value._replace(**plain)), 2)


def packed_bound(value: Bound) -> bytes:
    return marshal.dumps(tuple(value), 2)


_KINDS = {kind.value: kind for kind in TermKind}


def unpacked_inventory(data: bytes) -> Inventory:
    # Written by `packed_inventory`, and its sum is right.
    shelf, said, at, cards, own, days, calendar, terms, listed, table, edges, own_edges = (
        marshal.loads(data)  # noqa: S302
    )
    return Inventory(
        shelf,
        said,
        at,
        Listed._make(cards),
        Listed._make(own),
        days,
        tuple([(day, Listed._make(each)) for day, *each in calendar]),
        tuple([((_KINDS[kind], name), Listed._make(each)) for kind, name, *each in terms]),
        listed,
        table,
        _cards(edges),
        _cards(own_edges) if own_edges else None,
    )


def _cards(edges: Sequence[Iterable[Any]]) -> tuple[CardRow, CardRow]:
    first, last = edges
    return CardRow._make(first), CardRow._make(last)


def unpacked_bound(data: bytes) -> Bound:
    return Bound._make(marshal.loads(data))  # noqa: S302


# --- fetching -------------------------------------------------------------------------------------------


class Stacks:
    """The rows behind leaves. `fetch` gives what is kept at an address, and raises what it will where nothing is."""

    def __init__(self, fetch: Callable[[bytes], bytes]) -> None:
        self._fetch = fetch
        self._lists: dict[bytes, Mapping[str, bytes]] = {}
        self.rows: dict[int, bytes] = {}  # of every shelf of whose cards somebody asked, by number

    def numbers(self, leaf: Leaf) -> array[int]:
        """The numbers of the articles whose cards are on a leaf, in its order."""
        lists = self._lists.get(leaf.address)
        if lists is None:
            rows, lists = marshal.loads(self._fetch(leaf.address))  # noqa: S302
            self.rows.update(rows)
            self._lists[leaf.address] = lists
        found = array("I", lists[leaf.name])
        if leaf.length == len(found) and not leaf.newest_first:
            return found
        some = found[leaf.first : leaf.first + leaf.length]
        return some[::-1] if leaf.newest_first else some

    def row(self, number: int) -> CardRow:
        """The card of an article that is on a leaf whose numbers somebody asked for."""
        return CardRow._make(marshal.loads(self.rows[number]))  # noqa: S302

    def stories(self, leaf: Leaf) -> bytes:
        """The stories of a leaf, packed."""
        data: bytes = marshal.loads(self._fetch(leaf.address))[leaf.name]  # noqa: S302
        return data

    def found(self, at: bytes) -> list[Found]:
        """What may be found of a shelf, by the address of its stories."""
        data = marshal.loads(self._fetch(at))[FOUND]  # noqa: S302
        return [Found._make(each) for each in marshal.loads(data)]  # noqa: S302
