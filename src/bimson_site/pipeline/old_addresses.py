"""What old addresses lead to, and what answers each: a page, the map of a server, or the page 404.

Pure: addresses that are settled in; rows, the texts of maps, and what there is to say of rows that nothing
or not every server answers. How a map is written is `pipeline.servers`; who gets an old address,
`pipeline.addresses`; what is published, `features.old_addresses`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import urlsplit

from bimson_site import routes
from bimson_site.config import SiteConfig
from bimson_site.errors import Location, Problem, problem
from bimson_site.model import Article, Asset, Gone, Old, OldAddresses
from bimson_site.pipeline import addresses, servers
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.servers import SERVERS


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers old addresses. `rows` are all of them; `maps` (server, address, text) are published;
    of the rows with a query, which a page cannot answer, `looked_up` are answered by the page 404 alone
    and `silent` by nothing. `refused`: (who refuses it, address, why)."""

    rows: tuple[Old, ...]
    maps: tuple[tuple[str, str, str], ...]
    looked_up: AbstractSet[str]
    silent: AbstractSet[str]
    refused: tuple[tuple[str, str, str], ...]
    over: tuple[Problem, ...]

    def partition(self, script: Asset) -> OldAddresses:
        return OldAddresses(self.rows, self.maps, script)


def answering(
    places: Addresses, gone: Iterable[Gone], config: SiteConfig, static: Mapping[str, str]
) -> Answering:
    """Who answers what. `static` maps folded addresses of files that are there already to their names."""
    rows = _rows(places, gone)
    asked = {old.address for old in rows if "?" in old.address}
    prefix = urlsplit(config.base_url).path
    maps: list[tuple[str, str, str]] = []
    refused: list[tuple[str, str, str]] = []
    over: list[Problem] = []
    mapped: set[str] = set()
    for name in _servers(config, static):
        made = servers.answers(name, rows, prefix)
        over += made.problems
        refused += [
            (name, left.address, left.reason)
            for left in made.refused
            if left.reason != servers.NO_410  # then the answer is 404: nothing to mend
        ]
        if made.text is not None:
            mapped |= asked.difference(left.address for left in made.refused)
            if made.text:
                maps.append((name, f"/{SERVERS[name].path}", made.text))
    silent = _hidden(asked - mapped, places, static) if asked - mapped else frozenset()
    if not maps:
        refused += [(routes.NOT_FOUND, address, servers.TAKEN) for address in sorted(silent)]
    looked_up = asked - mapped - silent
    return Answering(rows, tuple(maps), looked_up, silent, tuple(refused), tuple(over))


def _servers(config: SiteConfig, static: Mapping[str, str]) -> tuple[str, ...]:
    """The servers that the owner names; else the one that the host implies, where the site brings no map
    of its own."""
    if config.servers is not None:
        return tuple(dict.fromkeys(config.servers))
    implied = SERVERS.get(config.host)
    return (config.host,) if implied and routes.place(implied.path) not in static else ()


def _rows(places: Addresses, gone: Iterable[Gone]) -> tuple[Old, ...]:
    leads = {
        address: places.of[path]
        for named in (places.moved, places.queries)
        for path, found in named.items()
        for address in found
    }
    lost = {each.url for each in gone if not each.waiting}
    if lost:
        lost -= {*places.of.values(), *places.terms.values(), *leads}
    rows = [*(Old(*lead) for lead in leads.items()), *(Old(url, None) for url in lost)]
    return tuple(sorted(rows, key=lambda old: old.address))


def _hidden(
    asked: AbstractSet[str], places: Addresses, static: Mapping[str, str]
) -> AbstractSet[str]:
    """Addresses with a query at whose path something stands: a host shows that, and never the page 404."""
    moved = (url for found in places.moved.values() for url in found)
    standing = {*places.of.values(), *places.terms.values(), *moved}
    taken = {*static, *map(routes.folded, standing)}

    def is_hidden(address: str) -> bool:
        path = address.partition("?")[0]
        forms = (path, f"{path.removesuffix('/')}/")
        return any(routes.ours(form) or routes.folded(form) in taken for form in forms)

    return {address for address in asked if is_hidden(address)}


def problems(
    found: Answering, places: Addresses, odd: Mapping[str, Article], base_url: str
) -> Iterator[Problem]:
    """What there is to say, each where a person wrote the address, else at the article it leads to."""
    yield from found.over
    if not found.refused:
        return
    where: dict[str, Location] = {}
    for path in sorted(odd):
        for address, place in addresses.written(odd[path], base_url):
            where.setdefault(address, place)
    for named in (places.moved, places.queries):
        for path, each in named.items():
            for address in each:
                where.setdefault(address, Location(path))
    for server, address, reason in found.refused:
        place = where.get(address, Location("bimson.yaml"))
        yield problem("redirect-refused", place, server=server, url=address, reason=reason)
