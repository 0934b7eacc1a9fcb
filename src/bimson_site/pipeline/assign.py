"""Who gets which address: claims in, addresses out, and never one address for two owners.

A pure function of the claims (in archive order) and of the addresses already published. It
is idempotent: with its own rows added to what is published it gives the same addresses and no rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import count
from typing import NamedTuple

from bimson_site import routes


class Claim(NamedTuple):
    """An owner's wish for an address. A `firm` wish was written by a person: losing it is an error."""

    owner: str
    wish: str
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """Each owner's address; the same by folded address; the ledger rows that are new; firm claims that
    lost, and to whom."""

    urls: Mapping[str, str]
    places: Mapping[str, str]
    rows: tuple[tuple[str, str], ...]
    lost: tuple[tuple[Claim, str], ...]


@dataclass(frozen=True)
class Published:
    """Every address ever published, with its owner; looked up from three sides. Of those that may not be
    read any more, digests (`hidden`)."""

    owner_of: Mapping[str, str]
    unread: frozenset[str] = frozenset()

    @cached_property
    def owners(self) -> frozenset[str]:
        return frozenset(self.owner_of.values())

    @cached_property
    def owner_at(self) -> dict[str, str]:
        """The owner by the folded address; of two addresses with one folded form, that of the first by
        letters."""
        found = dict(zip(routes.folded_all([*self.owner_of]), self.owner_of.values(), strict=True))
        if len(found) == len(self.owner_of):
            return found
        return {routes.folded(url): self.owner_of[url] for url in sorted(self.owner_of)[::-1]}

    @cached_property
    def urls_of(self) -> dict[str, list[str]]:
        """By owner the addresses it ever had, the shortest first, then by letters."""
        found: dict[str, list[str]] = defaultdict(list)
        for url in sorted(self.owner_of, key=lambda url: (len(url), url)):
            found[self.owner_of[url]].append(url)
        return found

    def is_unread(self, url: str) -> bool:
        return bool(self.unread) and hidden(url) in self.unread


NOTHING_PUBLISHED = Published({})
REMOVED = "an article that was removed"


def hidden(url: str) -> str:
    """32 hexadecimal digits by which an address is known that may not be read."""
    return blake2b(routes.folded(url).encode(), digest_size=16).hexdigest()


def assign(claims: Iterable[Claim], published: Published, taken: Mapping[str, str]) -> Settlement:
    """Settle claims. `taken` maps the addresses of static files and the like (folded) to what stands
    there.

    First the ledger's owners keep what they have; then firm wishes, then natural ones are granted
    in order; what is left gets the first free suffix ("Tin 2" owns tin-2, so a second "Tin" is
    tin-3). Addresses that differ only in case count as one.
    """
    urls, places, had, rest = _kept(list(claims), published, taken)
    if not rest:
        return Settlement(urls, places, (), ())
    lost: list[tuple[Claim, str]] = []
    held = {**published.owner_at, **taken}
    for claim in (*(c for c in rest if c.firm), *(c for c in rest if not c.firm)):
        owner, wish, firm = claim
        if owner in urls:
            continue
        place = routes.folded(wish)
        holder = held.get(place) or (taken.get(_folder(place)) if taken else None)
        if holder is None and published.is_unread(wish):
            holder = REMOVED
        if holder is None or (holder == owner and place not in taken):
            held[place] = places[place] = owner
            urls[owner] = wish
        elif firm:
            lost.append((claim, holder))
    back = {owner: url for owner, url in had.items() if owner not in urls}
    places.update((routes.folded(url), owner) for owner, url in back.items())
    urls.update(back)
    next_number: dict[str, int] = defaultdict(lambda: 2)
    for claim in rest:
        if claim.owner in urls:
            continue
        for number in count(next_number[claim.wish]):
            url = routes.variant(claim.wish, number)
            place = routes.folded(url)
            if _folder(place) in taken or published.is_unread(url):
                continue
            if held.setdefault(place, claim.owner) == claim.owner:
                urls[claim.owner] = url
                places[place] = claim.owner
                next_number[claim.wish] = number + 1
                break
    rows = tuple((url, owner) for owner, url in urls.items() if url not in published.owner_of)
    return Settlement(urls, places, rows, tuple(lost))


class _Kept(NamedTuple):
    """Who keeps a published address: by owner, and by folded address; what owners had whose wishes are looked at again;
    and the claims that are open."""

    urls: dict[str, str]
    places: dict[str, str]
    had: dict[str, str]
    rest: list[Claim]


def _kept(claims: Sequence[Claim], published: Published, taken: Mapping[str, str]) -> _Kept:
    kept = _Kept({}, {}, {}, [])
    urls, places, had, rest = kept
    wishes = [wish for _, wish, _ in claims]
    owners = map(published.owner_of.get, wishes)
    for claim, place, before in zip(claims, routes.folded_all(wishes), owners, strict=True):
        owner, wish, firm = claim
        if before == owner and place not in taken:
            urls[owner] = wish
            places[place] = owner
        elif published.owner_of and (url := _had(owner, wish, published, taken)):
            if firm:  # a person asks for another address than the published one
                had[owner] = url
                rest.append(claim)
            else:
                urls[owner] = url
                places[routes.folded(url)] = owner
        else:
            rest.append(claim)
    return kept


def _folder(place: str) -> str:
    """The folder of a page: a static file of that name leaves it no room."""
    return place.removesuffix("/index.html")


def _had(owner: str, wish: str, published: Published, taken: Mapping[str, str]) -> str | None:
    """The address that was published for an owner's wish: its lowest suffix that is free."""
    if owner not in published.owners:
        return None
    urls = (url for url in published.urls_of[owner] if routes.is_variant(url, wish))
    return next((url for url in urls if routes.folded(url) not in taken), None)
