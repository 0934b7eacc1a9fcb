"""Which addresses the archive asks for: of pages, articles, copies, terms and old addresses.

Makes the claims that `assign` settles, and says what the losers lost. Spelling is in `routes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bimson_site import routes
from bimson_site.errors import Location, Problem, problem
from bimson_site.model import Archive, Article, Kind
from bimson_site.pipeline import terms
from bimson_site.pipeline.assign import Claim, Settlement, assign
from bimson_site.text import slugs


@dataclass(frozen=True, slots=True)
class Addresses:
    """`of`: the address of every live article by path (a copy's is its own); `terms`: of terms by
    owner; `moved`: by path of a keeper or page, the addresses that lead to it; `owners`: the name under
    which each article owns addresses, by path, which is its id if nobody else has it; `rows`: new."""

    of: Mapping[str, str]
    terms: Mapping[str, str]
    moved: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, str]
    rows: tuple[tuple[str, str], ...]


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
    shown: Mapping[terms.TermKey, str],
    ledger: Mapping[str, str],
    static: Mapping[str, str],
    base_url: str,
) -> tuple[Addresses, tuple[Problem, ...]]:
    """Give every article, term and old address its place. `static` maps folded addresses of files
    that are there already to their names."""
    owners, problems = _owners(archive)
    keepers = [*archive.pages, *(c.keeper for c in archive.clusters)]
    copies = [c.article for cluster in archive.clusters for c in cluster.copies]
    keeper_of = {c.article.path: k.keeper.path for k in archive.clusters for c in k.copies}
    first = assign([_claim(a, owners, base_url) for a in keepers], ledger, static)
    of = {a.path: first.urls[owners[a.path]] for a in keepers}
    taken = dict(static) | {routes.folded(url): owner for owner, url in first.urls.items()}
    own = [a for a in copies if natural(a, base_url) != of[keeper_of[a.path]]]
    second = assign([Claim(owners[a.path], natural(a, base_url)) for a in own], ledger, taken)
    of |= {a.path: of[keeper_of[a.path]] for a in copies}
    of |= {a.path: second.urls[owners[a.path]] for a in own}
    taken |= {routes.folded(url): owner for owner, url in second.urls.items()}
    third = assign(terms.claims(shown), ledger, taken)
    moved: dict[str, list[str]] = {}
    for copy in own:
        moved.setdefault(keeper_of[copy.path], []).append(of[copy.path])
    by_owner = {owner: path for path, owner in owners.items()}
    for url in sorted(ledger):  # what was published once leads to where its owner is now
        path = by_owner.get(ledger[url])
        if path is not None and routes.folded(url) not in taken:
            moved.setdefault(keeper_of.get(path, path), []).append(url)
            taken[routes.folded(url)] = ledger[url]
    problems += _lost(first, keepers, owners, base_url)
    problems += _old(keepers + copies, keeper_of, of, taken, by_owner, moved, base_url)
    rows = (*first.rows, *second.rows, *third.rows)
    made = Addresses(of, third.urls, {p: tuple(urls) for p, urls in moved.items()}, owners, rows)
    return made, tuple(problems)


def _owners(archive: Archive) -> tuple[dict[str, str], list[Problem]]:
    """By path, the name under which each article owns addresses: its id, if nobody else has it."""
    owners: dict[str, str] = {}
    holder: dict[str, str] = {}
    problems = []
    groups = [(c.keeper, *(k.article for k in c.copies)) for c in archive.clusters]
    for group in (*groups, *((page,) for page in archive.pages)):
        for article in group:
            first = holder.setdefault(article.id, article.path)
            owners[article.path] = _name(article, holder)
            if first not in {article.path, group[0].path}:
                problems.append(_duplicate(article, first))
    return owners, problems


def _name(article: Article, holder: dict[str, str]) -> str:
    """The id, else the path; and where that in turn is the id of another, something beside it."""
    name = article.id if holder[article.id] == article.path else article.path
    while holder.setdefault(name, article.path) != article.path:
        name += "+"
    return name


def _duplicate(article: Article, first: str) -> Problem:
    return problem("id-duplicate", place(article, "id"), others=(Location(first),), id=article.id)


def _claim(article: Article, owners: Mapping[str, str], base_url: str) -> Claim:
    """A page's path and a given slug are firm: a person wrote them."""
    wish = natural(article, base_url)
    firm = article.slug_given or article.kind is Kind.PAGE
    if article.kind is Kind.PAGE and routes.ours(wish):
        wish = routes.variant(wish, 2) if wish != routes.HOME else "/trang/"
    return Claim(owners[article.path], wish, firm)


def _lost(
    settled: Settlement, keepers: Iterable[Article], owners: Mapping[str, str], base_url: str
) -> list[Problem]:
    """Firm wishes that were not granted. The articles are published, under another address."""
    article_of = {owners[a.path]: a for a in keepers}
    problems = []
    for claim, holder in settled.lost:
        article = article_of[claim.owner]
        other = article_of[holder].path if holder in article_of else holder
        where = place(article, "slug" if article.slug_given else "aliases")
        problems.append(
            problem("address-clash", where, (Location(other),), url=claim.wish, owner=other)
        )
    for article in article_of.values():
        wish = natural(article, base_url)
        if article.kind is Kind.PAGE and routes.ours(wish):
            where = place(article, "aliases")
            problems.append(problem("address-clash", where, url=wish, owner="the archive itself"))
    return problems


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
    held = dict(taken)
    answered = {routes.folded(url) for urls in moved.values() for url in urls}
    problems = []
    for article in articles:
        keeper = keeper_of.get(article.path, article.path)
        for alias in article.aliases:
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


def _foreign(alias: str, base_url: str) -> bool:
    """An address of another host: nothing that this site could answer, and nothing wrong."""
    return alias.startswith(("http://", "https://", "//")) and routes.here(alias, base_url) is None


def place(article: Article, name: str) -> Location:
    """Where a field stands in an article's file."""
    for field, line, column in article.places:
        if field == name:
            return Location(article.path, line, column)
    return Location(article.path)
