"""Which addresses the archive asks for: of pages, articles, copies, terms and old addresses.

Makes the claims that `assign` settles, and says what the losers lost. Spelling is in `routes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from bimson_site import routes
from bimson_site.errors import Location, Problem, problem
from bimson_site.model import FIRM, ODD, ORDINARY, Archive, Article, Kind, Slip
from bimson_site.pipeline import terms
from bimson_site.pipeline.assign import Claim, assign
from bimson_site.text import slugs


@dataclass(frozen=True, slots=True)
class Addresses:
    """`of`: the address of every live article by path (a copy's is its own); `terms`: of terms by
    owner; `moved`: by path of a keeper or page, the addresses that lead to it; `owners`: the name under
    which an article owns addresses, by path, where it is another than its path; `lost`: paths whose
    firm wish was not granted, with the wish and who has it; `rows`: new; `queries`: as `moved`, addresses
    with a query, at which no page can stand."""

    of: Mapping[str, str]
    terms: Mapping[str, str]
    moved: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, str]
    lost: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[str, str], ...]
    queries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def natural(article: Article, base_url: str) -> str:
    """The address an article has if nobody else wants it. That of an ordinary page is its path in
    slugs, with a slash at its end; how the path was written answers as an old address."""
    if article.kind is Kind.PAGE:
        path = (routes.old_address(article.page_path, base_url) or "").removesuffix(".html")
        parts = [slugs.slug(part) for part in path.split("/") if part]
        return "/" + "/".join(p or "trang" for p in parts or [article.slug]) + "/"
    return routes.article(article.published, article.slug)


def settle(
    archive: Archive,
    odd: Mapping[str, Article],
    shown: Mapping[terms.TermKey, str],
    ledger: Mapping[str, str],
    static: Mapping[str, str],
    base_url: str,
) -> tuple[Addresses, tuple[Problem, ...]]:
    """Give every article, term and old address its place. `odd` are the odd articles by path; `static`
    maps folded addresses of files that are there already to their names."""
    owners, problems = _owners(archive, odd)
    keepers = (*archive.pages, *archive.keepers)
    copies = [c.article for each in archive.copies.values() for c in each]
    keeper_of = {c.article.path: path for path, each in archive.copies.items() for c in each}
    wish_of = partial(_wish, odd=odd, base_url=base_url)
    own_name = owners.get
    first = assign(
        [_claim(s, own_name(s.path, s.path), wish_of(s)) for s in keepers], ledger, static
    )
    of = {s.path: first.urls[own_name(s.path, s.path)] for s in keepers}
    taken = {**static, **first.places}
    own = [s for s in copies if wish_of(s) != of[keeper_of[s.path]]]
    second = assign([Claim(own_name(s.path, s.path), wish_of(s)) for s in own], ledger, taken)
    of |= {s.path: of[keeper_of[s.path]] for s in copies}
    of |= {s.path: second.urls[own_name(s.path, s.path)] for s in own}
    taken |= second.places
    third = assign(terms.claims(shown), ledger, taken)
    moved: dict[str, list[str]] = {}
    for copy in own:
        moved.setdefault(keeper_of[copy.path], []).append(of[copy.path])
    by_owner = {owner: path for path, owner in owners.items()}
    for url in sorted(ledger):  # what was published once leads to where its owner is now
        path = by_owner.get(ledger[url], ledger[url])
        if path in of and routes.folded(url) not in taken:
            moved.setdefault(keeper_of.get(path, path), []).append(url)
            taken[routes.folded(url)] = ledger[url]
    old = [odd[s.path] for s in (*keepers, *copies) if s.flags & ODD]
    problems += _old(old, keeper_of, of, taken, by_owner, moved, base_url)
    problems += _reserved(old, base_url)
    queries, contested = _asked(old, keeper_of, base_url)
    problems += contested
    lost = tuple(
        (by_owner.get(claim.owner, claim.owner), claim.wish, by_owner.get(holder, holder))
        for claim, holder in first.lost
    )
    rows = (*first.rows, *second.rows, *third.rows)
    found = {path: tuple(urls) for path, urls in moved.items()}
    return Addresses(of, third.urls, found, owners, lost, rows, queries), tuple(problems)


def _wish(slip: Slip, odd: Mapping[str, Article], base_url: str) -> str:
    return slip.wish or natural(odd[slip.path], base_url)


def _owners(archive: Archive, odd: Mapping[str, Article]) -> tuple[dict[str, str], list[Problem]]:
    """The name under which each article owns addresses: its id, if nobody else has it, by its path
    where it is another than that."""
    if all(article.id == path for path, article in odd.items()):
        return {}, []
    owners: dict[str, str] = {}
    holder: dict[str, str] = {}
    problems = []
    groups = ((s, *(c.article for c in archive.copies.get(s.path, ()))) for s in archive.keepers)
    for group in (*groups, *((page,) for page in archive.pages)):
        for slip in group:
            path = slip.path
            named = odd[path].id if path in odd else path
            first = holder.setdefault(named, path)
            name = _name(path, named, holder)
            if name != path:
                owners[path] = name
            if first not in {path, group[0].path}:
                problems.append(_duplicate(odd.get(path), path, named, first))
    return owners, problems


def _name(path: str, named: str, holder: dict[str, str]) -> str:
    """The id, else the path; and where that in turn is the id of another, something beside it."""
    name = named if holder[named] == path else path
    while holder.setdefault(name, path) != path:
        name += "+"
    return name


def _duplicate(article: Article | None, path: str, named: str, first: str) -> Problem:
    where = place(article, "id") if article else Location(path)
    return problem("id-duplicate", where, others=(Location(first),), id=named)


def _claim(slip: Slip, owner: str, wish: str) -> Claim:
    """A page's path and a given slug are firm: a person wrote them."""
    if slip.flags & ORDINARY and routes.ours(wish):
        wish = routes.variant(wish, 2) if wish != routes.HOME else "/trang/"
    return Claim(owner, wish, bool(slip.flags & FIRM))


def lost(wishes: Iterable[tuple[Article, str, str]]) -> Iterator[Problem]:
    """Firm wishes that were not granted: article, wish, who has it. The articles are published, under
    another address."""
    for article, wish, holder in wishes:
        where = place(article, "slug" if article.slug_given else "aliases")
        yield problem("address-clash", where, (Location(holder),), url=wish, owner=holder)


def _reserved(articles: Iterable[Article], base_url: str) -> list[Problem]:
    """Ordinary pages that wish for an address of the archive itself."""
    return [
        problem("address-clash", place(article, "aliases"), url=wish, owner="the archive itself")
        for article in articles
        if article.kind is Kind.PAGE and routes.ours(wish := natural(article, base_url))
    ]


def _old(
    articles: Iterable[Article],
    keeper_of: Mapping[str, str],
    of: Mapping[str, str],
    taken: Mapping[str, str],
    by_owner: Mapping[str, str],
    moved: dict[str, list[str]],
    base_url: str,
) -> list[Problem]:
    """Old addresses that articles name: each leads to its keeper's page, unless it is taken."""
    articles = [article for article in articles if article.aliases]
    held = dict(taken) if articles else {}
    answered = {routes.folded(url) for urls in moved.values() for url in urls}
    problems = []
    for article in articles:
        keeper = keeper_of.get(article.path, article.path)
        for alias in article.aliases:
            if routes.old_query(alias, base_url):
                continue
            url = routes.old_address(alias, base_url)
            if url is None or url in routes.YIELDING:
                if not _foreign(alias, base_url):
                    problems.append(
                        problem("alias-invalid", place(article, f"alias:{alias}"), alias=alias)
                    )
                continue
            holder = held.setdefault(routes.folded(url), f"alias of {keeper}")
            if routes.ours(url):
                holder = "the archive itself"
            if holder == f"alias of {keeper}":
                if routes.folded(url) not in answered:
                    answered.add(routes.folded(url))
                    moved.setdefault(keeper, []).append(url)
            elif routes.folded(url) not in {
                routes.folded(of[keeper]),
                routes.folded(of[article.path]),
            }:
                owner = by_owner.get(holder, holder.removeprefix("alias of "))
                where = place(article, f"alias:{alias}")
                problems.append(problem("address-clash", where, url=url, owner=owner))
    return problems


def _asked(
    articles: Iterable[Article], keeper_of: Mapping[str, str], base_url: str
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """Old addresses with a query: the first article that names one has it, whatever the order of its
    parameters."""
    holders: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    problems = []
    for article in articles:
        keeper = keeper_of.get(article.path, article.path)
        for alias in article.aliases:
            address = routes.old_query(alias, base_url)
            if address is None:
                continue
            path, _, query = address.partition("?")
            key = f"{path}?{'&'.join(sorted(query.split('&')))}"
            holder = holders.setdefault(key, keeper)
            if holder != keeper:
                where = place(article, f"alias:{alias}")
                problems.append(problem("address-clash", where, url=address, owner=holder))
            elif address not in found.setdefault(keeper, []):
                found[keeper].append(address)
    return {path: tuple(each) for path, each in found.items()}, problems


def written(article: Article, base_url: str) -> Iterator[tuple[str, Location]]:
    """The old addresses that an article names, and where."""
    for alias in article.aliases:
        address = routes.old_query(alias, base_url) or routes.old_address(alias, base_url)
        if address:
            yield address, place(article, f"alias:{alias}")


def _foreign(alias: str, base_url: str) -> bool:
    """An address of another host: nothing that this site could answer, and nothing wrong."""
    return alias.startswith(("http://", "https://", "//")) and routes.here(alias, base_url) is None


def place(article: Article, name: str) -> Location:
    """Where a field stands in an article's file."""
    for given, line, column in article.places:
        if given == name:
            return Location(article.path, line, column)
    return Location(article.path)
