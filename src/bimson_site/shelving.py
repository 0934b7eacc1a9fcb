"""What stands on which shelf: rows are made where anything on a shelf is another, and kept; of all others what was told
of them last time is enough to plan by.

Orders `pipeline.cards`, `stories` and `stacks`, with the cache. Next: `survey` cuts the partitions by what it gives.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from bimson_site.config import ListSizes
from bimson_site.effects.cache import Cache
from bimson_site.effects.workers import Hands
from bimson_site.errors import Problem
from bimson_site.pipeline import cards, stacks, stories
from bimson_site.pipeline.cards import Desk
from bimson_site.pipeline.drafts import Draft
from bimson_site.pipeline.stacks import Bound, Inventory, Shelved


class Shelving(NamedTuple):
    """The shelves in time, the undated last; the addresses of the pictures that stories show; the problems of what
    they refer to."""

    shelves: tuple[Shelved, ...]
    pictures: frozenset[str]
    problems: tuple[Problem, ...]


_Rows = tuple[bytes, bytes, bytes, bytes]  # what `Cache.keep_shelves` takes


def shelve(
    drafts: Sequence[Draft],
    desk: Desk,
    kept: Cache,
    sizes: ListSizes,
    listed: list[Inventory],
    hands: Hands,
) -> Shelving:
    """Bind all shelves. Their inventories are added to `listed` before the first story asks what answers an address."""
    work = _Binding(desk, kept.shelves(), max(sizes.term, sizes.home, sizes.feed))
    here, there = work.halves(drafts)
    new = sum(map(work.new_in, there))
    with hands.beside(_LOOKS * new, partial(_bound, desk, work.known, work.end, there)) as bound:
        kept.keep_shelves(work.cards(here, listed))
        made = bound() if new else []
    kept.keep_shelves(made)
    work.known.update((said, told) for said, told, *_ in made)
    kept.keep_shelves(work.cards(there, listed))
    kept.keep_shelves(work.waiting())
    found = tuple(Shelved(each, work.bound[each.address]) for each in listed)
    kept.keep_only_shelves(
        {said for each in found for said in (each.inventory.said, each.bound.address)},
        {at for each in found for at in (each.inventory.address, each.bound.address)},
    )
    return Shelving(found, frozenset(work.pictures), tuple(work.problems))


_LOOKS = 8  # an article takes as long to be bound as so many files to be looked at
# Of more articles than this, two processes copy as much memory for each other as they save work (measured at 100,000).
_BESIDE = 20_000


def _bound(desk: Desk, known: dict[bytes, bytes], end: int, drafts: Sequence[Draft]) -> list[_Rows]:
    """The rows of what is new on some shelves, as another process makes them."""
    return list(_Binding(desk, known, end).cards(drafts, []))


@dataclass(frozen=True, slots=True)
class _Binding:
    """Shelves at work: what was told of them last time by what they said; how many of the newest a list may show; what
    was bound by now, by the address of the cards; the shelves whose stories wait until all cards are listed."""

    desk: Desk
    known: dict[bytes, bytes]
    end: int
    bound: dict[bytes, Bound] = field(default_factory=dict)
    later: list[tuple[Draft, bytes]] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def said(self, draft: Draft) -> bytes:
        """What stands for all that the cards of a shelf are made of, but for how their terms are shown."""
        return draft.said + b"%d" % self.end

    def new_in(self, draft: Draft) -> int:
        """How many articles are to be bound, by about."""
        return 0 if self.said(draft) in self.known else len(draft.keepers) + len(draft.records)

    def halves(self, drafts: Sequence[Draft]) -> tuple[Sequence[Draft], Sequence[Draft]]:
        """Shelves in their order, in two halves that take about as long; the second is empty where two are too many."""
        ends = list(accumulate(map(self.new_in, drafts)))
        total = ends[-1] if ends else 0
        middle = bisect_left(ends, total / 2) if total <= _BESIDE else len(drafts)
        return drafts[:middle], drafts[middle:]

    def cards(self, drafts: Iterable[Draft], listed: list[Inventory]) -> Iterator[_Rows]:
        """List the cards of shelves, and bind the stories of those that refer to nothing: what is told of an article is
        at hand then. Gives the rows of what is new."""
        glossary = self.desk.glossary
        for draft in drafts:
            said = self.said(draft)
            inventory = self._inventory(said)
            if inventory is None:
                entries = cards.entries(draft, self.desk)
                inventory, rows = stacks.bind_cards(draft.shelf, said, entries, self.end, glossary)
                yield said, stacks.packed_inventory(inventory), inventory.address, rows
            listed.append(inventory)
            if stories.refers(draft, self.desk):
                self.later.append((draft, inventory.address))
            else:
                yield from self._stories(draft, inventory.address)

    def waiting(self) -> Iterator[_Rows]:
        """Bind the stories that waited."""
        for draft, address in self.later:
            yield from self._stories(draft, address)

    def _inventory(self, said: bytes) -> Inventory | None:
        """What was told of a shelf that said the same, if its terms are shown as they were."""
        told = self.known.get(said)
        if told is None:
            return None
        inventory = stacks.unpacked_inventory(told)
        keys = (key for key, _ in inventory.terms)
        same = stacks.address(said, keys, self.desk.glossary) == inventory.address
        return inventory if same else None

    def _stories(self, draft: Draft, address: bytes) -> Iterator[_Rows]:
        extras, wrong = stories.extras(draft, self.desk)
        self.problems.extend(wrong)
        self.pictures.update(p.shown for extra in extras.values() for p in extra.pictures)
        at = stacks.at_stories(stories.said(draft, extras, self.desk), address)
        if told := self.known.get(at):
            self.bound[address] = stacks.unpacked_bound(told)
            return
        extras = stories.completed(draft, extras, self.desk)
        bound, rows = stacks.bind_stories(at, stories.stories(draft, extras, self.desk))
        self.bound[address] = bound
        yield at, stacks.packed_bound(bound), at, rows
