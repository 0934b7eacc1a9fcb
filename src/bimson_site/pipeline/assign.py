"""Who gets which address: claims in, addresses out, and never one address for two owners.

A pure function of the claims (in archive order) and the ledger of addresses already published. It
is idempotent: with its own rows added to the ledger it gives the same addresses and no rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


def assign(
    claims: Iterable[Claim], ledger: Mapping[str, str], taken: Mapping[str, str]
) -> Settlement:
    """Settle claims. `ledger` maps every address ever published to its owner; `taken` maps the
    addresses of static files and the like (folded) to what stands there.

    First the ledger's owners keep what they have; then firm wishes, then natural ones are granted
    in order; what is left gets the first free suffix ("Tin 2" owns tin-2, so a second "Tin" is
    tin-3). Addresses that differ only in case count as one.
    """
    held = {routes.folded(url): owner for url, owner in ledger.items()}
    held.update(taken)
    wishes = list(claims)
    had = _published(wishes, ledger, taken) if ledger else {}
    urls = {c.owner: had[c.owner] for c in wishes if c.owner in had and not _asks(c, had)}
    places = {routes.folded(url): owner for owner, url in urls.items()}
    lost = []
    for claim in (*(c for c in wishes if c.firm), *(c for c in wishes if not c.firm)):
        owner, wish, firm = claim
        if owner in urls:
            continue
        place = routes.folded(wish)
        holder = held.get(place) or (taken.get(_folder(place)) if taken else None)
        if holder is None or (holder == owner and place not in taken):
            held[place] = places[place] = owner
            urls[owner] = wish
        elif firm:
            lost.append((claim, holder))
    back = {owner: url for owner, url in had.items() if owner not in urls}
    places.update((routes.folded(url), owner) for owner, url in back.items())
    urls.update(back)
    next_number: dict[str, int] = defaultdict(lambda: 2)
    for claim in wishes:
        if claim.owner in urls:
            continue
        for number in count(next_number[claim.wish]):
            url = routes.variant(claim.wish, number)
            place = routes.folded(url)
            if _folder(place) not in taken and held.setdefault(place, claim.owner) == claim.owner:
                urls[claim.owner] = url
                places[place] = claim.owner
                next_number[claim.wish] = number + 1
                break
    rows = tuple((url, owner) for owner, url in urls.items() if url not in ledger)
    return Settlement(urls, places, rows, tuple(lost))


def _folder(place: str) -> str:
    """The folder of a page: a static file of that name leaves it no room."""
    return place.removesuffix("/index.html")


def _asks(claim: Claim, had: Mapping[str, str]) -> bool:
    """True where a person asks for another address than the published one: it is looked at again."""
    return claim.firm and had[claim.owner] != claim.wish


def _published(
    wishes: list[Claim], ledger: Mapping[str, str], taken: Mapping[str, str]
) -> dict[str, str]:
    """By owner, the address the ledger has for its wish: the wish itself, else its lowest suffix."""
    wish_of = {claim.owner: claim.wish for claim in wishes}
    found: dict[str, str] = {}
    for url, owner in sorted(ledger.items(), key=lambda row: (len(row[0]), row[0])):
        wish = wish_of.get(owner)
        if wish is None or owner in found or not routes.is_variant(url, wish):
            continue
        if routes.folded(url) not in taken:
            found[owner] = url
    return found
