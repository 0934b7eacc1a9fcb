"""Which addresses the archive asks for: of pages, articles, copies, terms and old addresses.

Makes the claims that `assign` settles, and says what the losers lost. Spelling is in `routes`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter

from bimson_site import routes
from bimson_site.errors import Location, Problem, problem
from bimson_site.model import FIRM, ODD, ORDINARY, Archive, Article, Gone, Kind, Slip
from bimson_site.pipeline import terms
from bimson_site.pipeline.assign import Claim, Published, Settlement, assign
from bimson_site.pipeline.identity import Past
from bimson_site.pipeline.ledger import ALIAS, heirs
from bimson_site.text import slugs


@dataclass(frozen=True, slots=True)
class Addresses:
    """`of`: the address of every live article by path (a copy's is its own); `terms`: of terms by
    owner; `moved`: by path of a keeper or page, the addresses that lead to it; `owners`: the name under
    which an article owns addresses, by path, where it is another than its path; `lost`: paths whose
    firm wish was not granted, with the wish and who has it; `gone`: published addresses of which nothing is left;
    `queries`: as `moved`, addresses with a query, at which no page can stand."""

    of: Mapping[str, str]
    terms: Mapping[str, str]
    moved: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, str]
    lost: tuple[tuple[str, str, str], ...]
    gone: tuple[Gone, ...]
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
    past: Past,
    static: Mapping[str, str],
    base_url: str,
) -> tuple[Addresses, tuple[Problem, ...]]:
    """Give every article, term and old address its place. `odd` are the odd articles by path; `static`
    maps folded addresses of files that are there already to their names."""
    owners, problems = past.names, _shared_ids(archive, odd, past)
    keepers = (*archive.pages, *archive.keepers)
    copies = [c.article for each in archive.copies.values() for c in each]
    paths = [slip.path for slip in keepers]
    names = [owners.get(path, path) for path in paths] if owners else paths
    # Whom articles with ids and published addresses belong to now: a first build has no room to spare.
    live = dict(zip(names, paths, strict=True)) if odd or past.ledger.rows else {}
    live |= {owners.get(s.path, s.path): s.path for s in copies} if live else {}
    renamed = _renamed(odd.values(), past, live)
    live |= {former: live[name] for former, name in renamed.items()}
    published = past.ledger.published
    if renamed:
        owner_of = published.owner_of.items()
        owners_now = {url: renamed.get(owner, owner) for url, owner in owner_of}
        published = Published(owners_now, published.unread)
    keeper_of = {c.article.path: path for path, each in archive.copies.items() for c in each}
    wish_of = partial(_wish, odd=odd, base_url=base_url)
    own_name = owners.get
    first = assign(
        [
            _claim(slip, name, wish_of(slip)) if slip.flags & _UNUSUAL else Claim(name, slip.wish)
            for slip, name in zip(keepers, names, strict=True)
        ],
        published,
        static,
    )
    of = {path: first.urls[name] for path, name in zip(paths, names, strict=True)}
    taken = {**static, **first.places}
    own = [s for s in copies if wish_of(s) != of[keeper_of[s.path]]]
    second = assign([Claim(own_name(s.path, s.path), wish_of(s)) for s in own], published, taken)
    of |= {s.path: of[keeper_of[s.path]] for s in copies}
    of |= {s.path: second.urls[own_name(s.path, s.path)] for s in own}
    taken |= second.places
    third = assign(_term_claims(shown, published), published, taken)
    taken |= third.places
    moved: dict[str, list[str]] = {}
    for copy in own:
        moved.setdefault(keeper_of[copy.path], []).append(of[copy.path])
    by_owner = {owner: path for path, owner in owners.items()}
    old = [odd[s.path] for s in (*keepers, *copies) if s.flags & ODD] if odd else []
    free = _Free(static, taken)
    former = _former(published, (first, second, third), free)
    named = _named(old, base_url) if former else set()
    for url, owner in former:
        if owner not in live or not free(url):
            continue
        if _key(url) in named and past.ledger.stood[url] == {ALIAS}:
            continue  # never more than an alias: whoever names it now has it
        moved.setdefault(keeper_of.get(live[owner], live[owner]), []).append(url)
        taken[_key(url)] = owner
    problems += _old(old, keeper_of, of, taken, by_owner, moved, base_url)
    problems += _reserved(old, base_url)
    problems += _asked(old, keeper_of, moved, base_url)
    gone = _left(former, live, keeper_of, past, free, moved, taken)
    lost = tuple(
        (by_owner.get(claim.owner, claim.owner), claim.wish, by_owner.get(holder, holder))
        for claim, holder in first.lost
    )
    pages = {path: tuple(sorted(u for u in urls if "?" not in u)) for path, urls in moved.items()}
    found = {path: urls for path, urls in pages.items() if urls}
    queries = {
        path: tuple(sorted(asked))
        for path, urls in moved.items()
        if (asked := [u for u in urls if "?" in u])
    }
    return Addresses(of, third.urls, found, owners, lost, gone, queries), tuple(problems)


def _former(
    published: Published, settled: Iterable[Settlement], free: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """The published addresses at which nothing of now stands, with their owners."""
    if not published.owner_of:
        return []
    stands: dict[str, str] = {}
    for each in settled:
        stands.update(each.urls)
    left = published.owner_of.items()
    return sorted((url, owner) for url, owner in left if stands.get(owner) != url and free(url))


def _term_claims(shown: Mapping[terms.TermKey, str], published: Published) -> list[Claim]:
    """A term stays where it was published, whatever spelling is shown now."""
    claims = terms.claims(shown)
    if not published.owner_of:
        return list(claims)
    return [
        c
        if published.owner_of.get(c.wish) == c.owner or c.owner not in published.owners
        else Claim(c.owner, published.urls_of[c.owner][0])
        for c in claims
    ]


def _left(
    former: Iterable[tuple[str, str]],
    live: Mapping[str, str],
    keeper_of: Mapping[str, str],
    past: Past,
    free: Callable[[str], bool],
    moved: dict[str, list[str]],
    taken: dict[str, str],
) -> tuple[Gone, ...]:
    """The published addresses whose owners are gone. Those that an heir answers are added to `moved`."""
    heir_of = heirs(past.ledger, live)
    waiting = {owner: owner for owner in sorted(past.waiting)}
    waits = heirs(past.ledger, waiting)
    gone = []
    taken.update((_key(url), "") for urls in moved.values() for url in urls)
    for url, owner in former:
        if owner in live or not free(url):
            continue
        taken[_key(url)] = owner
        if heir := heir_of(url, owner):
            moved.setdefault(keeper_of.get(heir, heir), []).append(url)
        else:
            is_term = owner not in past.ledger.paths_of
            away = is_term or owner in waiting or waits(url, owner) is not None
            gone.append(Gone(url, away, "" if away else past.ledger.reasons.get(url, "")))
    return tuple(gone)


class _Free:
    """Whether something that was published can still be answered: nothing of now is in its place."""

    def __init__(self, static: Mapping[str, str], taken: Mapping[str, str]) -> None:
        self._static = static
        self._taken = taken

    def __call__(self, url: str) -> bool:
        place = _key(url)
        return place not in self._taken and place.removesuffix("/index.html") not in self._static


def _named(articles: Iterable[Article], base_url: str) -> set[str]:
    """The keys of old addresses that articles name now."""
    aliases = [alias for article in articles for alias in article.aliases]
    asked = (r(a, base_url) for a in aliases for r in (routes.old_address, routes.old_query))
    return {_key(url) for url in asked if url}


def _key(url: str) -> str:
    """What two addresses share if one answers for both: the folded form, or any order of parameters."""
    path, mark, query = url.partition("?")
    return f"{path}?{'&'.join(sorted(query.split('&')))}" if mark else routes.folded(url)


_UNUSUAL = ORDINARY | FIRM | ODD  # those without any of these wish for the address in their slip


def _wish(slip: Slip, odd: Mapping[str, Article], base_url: str) -> str:
    return slip.wish or natural(odd[slip.path], base_url)


def _shared_ids(archive: Archive, odd: Mapping[str, Article], past: Past) -> list[Problem]:
    """Articles whose id is the name of another; a copy may share that of its keeper."""
    given = {path: article.id for path, article in odd.items() if article.id != path}
    if not given:
        return []
    holder = {past.name(path): path for path in (*given, *past.names)}
    ids = set(given.values())
    problems = []
    groups = ((s, *(c.article for c in archive.copies.get(s.path, ()))) for s in archive.keepers)
    for group in (*groups, *((page,) for page in archive.pages)):
        paths = {slip.path for slip in group}
        for path in sorted(paths):
            named = given.get(path, path)
            if named in ids and (first := holder[named]) not in paths:
                problems.append(_duplicate(odd.get(path), path, named, first))
    return problems


def _renamed(odd: Iterable[Article], past: Past, live: Container[str]) -> dict[str, str]:
    """The names of articles before a person gave them an id, but those that another has now: what was theirs
    is the id's. `live` are the names of live articles."""
    ledger = past.ledger
    renamed: dict[str, str] = {}
    met: dict[str, str] = {}
    for article in sorted(odd, key=attrgetter("path")):
        name = past.name(article.path)
        if name == article.path or name != article.id:
            continue
        for each in ledger.former(name, article.path):
            day = ledger.last_day(each, name, article.path)
            if (
                each not in live and met.setdefault(each, "") <= day
            ):  # of two that had it, the later
                renamed[each], met[each] = name, day
    return renamed


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
                if keeper_of.get(owner, owner) == keeper:
                    continue  # it was an address of its own before
                where = place(article, f"alias:{alias}")
                problems.append(problem("address-clash", where, url=url, owner=owner))
    return problems


def _asked(
    articles: Iterable[Article],
    keeper_of: Mapping[str, str],
    moved: dict[str, list[str]],
    base_url: str,
) -> list[Problem]:
    """Old addresses with a query: the first article that names one has it, whatever the order of its
    parameters."""
    holders = {_key(url): path for path, urls in moved.items() for url in urls if "?" in url}
    problems = []
    for article in articles:
        keeper = keeper_of.get(article.path, article.path)
        for alias in article.aliases:
            address = routes.old_query(alias, base_url)
            if address is None:
                continue
            holder = holders.setdefault(_key(address), keeper)
            if holder != keeper:
                where = place(article, f"alias:{alias}")
                problems.append(problem("address-clash", where, url=address, owner=holder))
            elif address not in moved.setdefault(keeper, []):
                moved[keeper].append(address)
    return problems


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
