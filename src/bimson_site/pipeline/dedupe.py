"""Repeats: articles with one and the same text become one cluster, a keeper and its copies.

Exact repeats first, by the key of the visible text and the guard of `text.similarity`; then those that were
judged to differ in spelling or frame only (`pipeline.kin`); and what a person
has ruled (`pipeline.rulings`), whose word is final. Never merges what both refuse; where copies disagree
about themselves, both are kept and it is said.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from types import MappingProxyType
from urllib.parse import urlsplit

from bimson_site.errors import Location, Problem, problem
from bimson_site.model import (
    ORDINARY,
    Access,
    Archive,
    Article,
    Cluster,
    Copy,
    Precision,
    Signature,
    Slip,
)
from bimson_site.pipeline import records
from bimson_site.pipeline.rulings import FILE, NOTHING_RULED, Ruled
from bimson_site.text import similarity, vietnamese

REPEAT = "repeat"  # Reuters' word: the same text, sent again
REFILE = "refile"  # the same with its spelling or its frame mended
RULED = FILE  # a person says so


def order(article: Article) -> tuple[object, ...]:
    """Archive order: published, then the source's address, then the text, then the path."""
    return (
        not article.published.known,
        article.published.instant,
        article.source_url,
        article.body.digest,
        unicodedata.normalize("NFC", article.path),
        article.path,
    )


def origin(article: Article) -> str:
    """Which paper or site an article is from, for telling copies of one source from another's."""
    return _origin(article.source, article.source_url)


def origin_of(slip: Slip) -> str:
    """The same, by a slip."""
    return _origin(*records.source_of(slip))


def _origin(source: str, source_url: str) -> str:
    if named := vietnamese.term_key(source):
        return named
    return urlsplit(source_url).netloc.removeprefix("www.").casefold()


def suspects(slips: Sequence[Slip], ruled: Ruled = NOTHING_RULED) -> tuple[Slip, ...]:
    """The articles that may repeat another: those whose skeleton is not theirs alone, and those that
    are said to. Ordinary pages are never folded."""
    bearing = [s for s in slips if s.skeleton and not s.flags & ORDINARY]
    count = Counter(s.skeleton for s in bearing)
    named = {path for group in ruled.same for path in group}
    if not named:
        return tuple(s for s in bearing if count[s.skeleton] > 1)
    return tuple(
        s for s in slips if s.path in named or (count[s.skeleton] > 1 and not s.flags & ORDINARY)
    )


def by_skeleton(slips: Iterable[Slip], size: int) -> Iterator[tuple[Slip, ...]]:
    """Suspects in groups of about this size, those of one skeleton together: none repeats one of another group, if no
    person says so."""
    alike: dict[bytes, list[Slip]] = defaultdict(list)
    for slip in slips:
        alike[slip.skeleton].append(slip)
    some: list[Slip] = []
    for found in alike.values():
        some += found
        if len(some) >= size:
            yield tuple(some)
            some = []
    if some:
        yield tuple(some)


def dedupe(
    articles: Iterable[Article],
    signatures: Mapping[str, Signature],
    url_of: Callable[[Article], str],
    base_url: str,
    ruled: Ruled = NOTHING_RULED,
    had_page: Mapping[str, str] = MappingProxyType({}),
) -> tuple[tuple[Cluster, ...], tuple[Problem, ...]]:
    """The clusters of those articles that repeat each other, or are said to. `signatures` are theirs by
    path; `url_of` is the address an article would get if it stood alone; `had_page` is the first day on
    which an article had a page, by path, of those that had one.

    Each group of articles that are said to be the same is a cluster. Within one key, the others are
    taken in archive order; each joins the first cluster of a group of which one admits it, else the
    first of which the first member does, or opens one; never one with an article that it is said to
    differ from.
    """
    articles = sorted(articles, key=order)
    clusters, said = _ruled(articles, ruled)
    named: dict[tuple[str, str], list[tuple[Article, list[Article]]]] = defaultdict(list)
    for members in clusters:
        for article in members:
            if signatures[article.path].key:
                named[_key(signatures[article.path])].append((article, members))
    apart = Apart(ruled)
    opened: dict[tuple[str, str], list[list[Article]]] = defaultdict(list)
    for article in articles:
        own = signatures[article.path]
        if not own.key or article.path in said:
            continue
        key = _key(own)
        open_now = opened[key] = [c for c in opened[key] if _may_admit(c[0], article)]
        candidates = (*named.get(key, ()), *((c[0], c) for c in open_now))
        found = next(
            (
                c
                for first, c in candidates
                if _admits(first, article, signatures) and apart(article, c)
            ),
            None,
        )
        if found is None:
            found = []
            clusters.append(found)
            open_now.append(found)
        found.append(article)
    folded = [_keeper_first(m, said, had_page, url_of, base_url) for m in clusters if len(m) > 1]
    problems = [p for keeper, *copies in folded for p in _disagreements(keeper, copies)]
    return tuple(_cluster(members, said) for members in folded), tuple(problems)


def _ruled(articles: Iterable[Article], ruled: Ruled) -> tuple[list[list[Article]], dict[str, int]]:
    """The clusters that a person made, and the place of each article in its group by path."""
    by_path = {article.path: article for article in articles} if ruled.same else {}
    groups = [[by_path[path] for path in group if path in by_path] for group in ruled.same]
    clusters = [group for group in groups if len(group) > 1]
    return clusters, {a.path: place for group in clusters for place, a in enumerate(group)}


class Apart:
    """Who may stand beside whom, by the groups of those that are said to differ."""

    def __init__(self, ruled: Ruled) -> None:
        self._groups: dict[str, set[int]] = defaultdict(set)
        for number, group in enumerate(ruled.different):
            for path in group:
                self._groups[path].add(number)

    def __call__(self, article: Article, members: Iterable[Article]) -> bool:
        """True where no member is said to differ from the article."""
        return self.may_join((article.path,), (member.path for member in members))

    def may_join(self, some: Iterable[str], others: Iterable[str]) -> bool:
        """True where nobody of the one side is said to differ from anybody of the other, by path."""
        if not self._groups:
            return True
        own = {group for path in some for group in self._groups.get(path, ())}
        return not own or all(own.isdisjoint(self._groups.get(path, ())) for path in others)


def join(
    clusters: Iterable[Cluster],
    groups: Mapping[str, Sequence[str]],
    articles: Mapping[str, Article],
    url_of: Callable[[Article], str],
    base_url: str,
    ruled: Ruled = NOTHING_RULED,
    had_page: Mapping[str, str] = MappingProxyType({}),
) -> tuple[tuple[Cluster, ...], tuple[Problem, ...]]:
    """The clusters of groups of articles that have one text after all (`kin.refiled`), each with its own
    cluster, and where they disagree. `articles` are all of these by path. Who keeps the page is decided
    anew; copies that are written otherwise than its text are `refiled`."""
    by_keeper = {cluster.keeper: cluster for cluster in clusters}
    said = {path: place for group in ruled.same for place, path in enumerate(group)}
    made: list[Cluster] = []
    problems: list[Problem] = []
    for first, others in groups.items():
        parts = [by_keeper.get(path, Cluster(path, ())) for path in (first, *others)]
        text_of = {path: part.keeper for part in parts for path in members_of(part)}
        members = sorted((articles[path] for path in text_of), key=order)
        here = {path: said[path] for path in text_of if path in said}
        keeper, *copies = _keeper_first(members, here, had_page, url_of, base_url)
        problems += _disagreements(keeper, copies)
        text = text_of[keeper.path]
        refiled = tuple(c.path for c in copies if text_of[c.path] != text and c.path not in here)
        made.append(_cluster([keeper, *copies], here)._replace(refiled=refiled))
    return tuple(made), tuple(problems)


def members_of(cluster: Cluster) -> tuple[str, ...]:
    return (cluster.keeper, *cluster.copies)


def _cluster(members: Sequence[Article], said: Container[str]) -> Cluster:
    keeper, *copies = (member.path for member in members)
    return Cluster(keeper, tuple(copies), tuple(path for path in copies if path in said))


def fold(slips: Iterable[Slip], clusters: Iterable[Cluster]) -> Archive:
    """The live articles in archive order, the copies of each with it."""
    clusters = tuple(clusters)
    copies_of = {path: cluster.keeper for cluster in clusters for path in cluster.copies}
    reasons = {path: REFILE for cluster in clusters for path in cluster.refiled}
    reasons |= {path: RULED for cluster in clusters for path in cluster.ruled}
    slips = list(slips)
    # With ASCII alone NFC changes nothing, and C may compare.
    plain = "".join([slip.path for slip in slips]).isascii()
    by_order = attrgetter("instant", "tie", "path") if plain else attrgetter("order")
    in_order = sorted(slips, key=by_order)
    pages = tuple([slip for slip in in_order if slip.flags & ORDINARY])
    if pages:
        in_order = [slip for slip in in_order if not slip.flags & ORDINARY]
    copies: dict[str, list[Copy]] = defaultdict(list)
    for slip in [slip for slip in in_order if slip.path in copies_of]:
        copies[copies_of[slip.path]].append(Copy(slip, reasons.get(slip.path, REPEAT)))
    keepers = tuple([slip for slip in in_order if slip.path not in copies_of])
    return Archive(keepers, {path: tuple(each) for path, each in copies.items()}, pages)


def _key(signature: Signature) -> tuple[str, str]:
    """What two articles must share to be looked at: short texts also their title (the guard's rule)."""
    return signature.key, signature.title if signature.tokens < similarity.LONG else ""


def _may_admit(first: Article, now: Article) -> bool:
    """False where neither this article nor any later one can join: those come in the order of time."""
    exact = min(first.published.precision, now.published.precision) >= Precision.YEAR
    return not exact or similarity.apart(first.published, now.published) <= similarity.WINDOW


def _admits(first: Article, other: Article, signatures: Mapping[str, Signature]) -> bool:
    one, two = signatures[first.path], signatures[other.path]
    return similarity.admits(one, first.published, two, other.published)


def _keeper_first(
    members: list[Article],
    said: Mapping[str, int],
    had_page: Mapping[str, str],
    url_of: Callable[[Article], str],
    base_url: str,
) -> list[Article]:
    """The keeper, then its copies. It is the one that another names as canonical; in a cluster that a
    person made the first named whose text readers may see; else the one that has had its page longest, if
    no text is hidden by it; else the most complete."""
    keeper = _named(members, url_of, base_url)
    if keeper is None and (first := [a for a in members if a.path in said]):
        keeper = min(first, key=lambda a: (a.access is not Access.FULL, said[a.path]))
    if keeper is None and (published := [a for a in members if a.path in had_page]):
        keeper = min(published, key=lambda a: (had_page[a.path], -_completeness(a)))
        if keeper.access is not Access.FULL and any(a.access is Access.FULL for a in members):
            keeper = None
    keeper = keeper or max(members, key=_completeness)
    return [keeper, *(a for a in members if a is not keeper)]


def _named(
    members: list[Article], url_of: Callable[[Article], str], base_url: str
) -> Article | None:
    """The member that another one names as its canonical, by path or by address of this site; not one
    that would hide a text which another member shows."""
    known: dict[str, Article] = {}
    for member in reversed(members):
        for name in names(member.path, url_of(member), base_url, member.id):
            known[name] = member
    shown = any(member.access is Access.FULL for member in members)
    for member in members:
        keeper = known.get(member.canonical)
        if keeper and keeper is not member and (keeper.access is Access.FULL or not shown):
            return keeper
    return None


def names(path: str, url: str, base_url: str, *ids: str) -> tuple[str, ...]:
    """The ways in which a front matter may name an article of this site."""
    own = (path, path.removeprefix("content/"), *ids, url, url.rstrip("/"))
    return (*own, base_url + url) if base_url else own


def _completeness(article: Article) -> int:
    """How much an article says about itself; access counts first, so that a text is not hidden."""
    said = (
        article.published.known,
        article.authors,
        article.tags,
        article.sections,
        article.summary,
        article.source,
        article.source_url,
        article.image,
        article.updated,
        article.rights,
    )
    return 100 * (article.access == "full") + article.published.precision + sum(map(bool, said))


def _disagreements(keeper: Article, copies: Iterable[Article]) -> Iterable[Problem]:
    """Copies of one source that contradict their keeper; other sources keep records of their own."""
    for other in copies:
        if origin(other) != origin(keeper):
            continue
        for field in ("title", "authors", "sections", "summary", "rights"):
            here, there = getattr(other, field), getattr(keeper, field)
            if here and there and _keys(here) != _keys(there):
                yield problem(
                    "copies-disagree",
                    _place(other, field),
                    others=(Location(keeper.path),),
                    keeper=keeper.path,
                    field=field,
                    here=_shown(here),
                    there=_shown(there),
                )


def _place(article: Article, field: str) -> Location:
    line, column = next(((n, c) for name, n, c in article.places if name == field), (1, 1))
    return Location(article.path, line, column)


def placed(found: Problem, articles: Mapping[str, Article]) -> Problem:
    """A problem that was found before, where its field stands now; `articles` by path."""
    place = _place(articles[found.where.path], dict(found.values)["field"])
    return replace(found, where=place)


def _keys(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(map(vietnamese.term_key, (value,) if isinstance(value, str) else value)))


def _shown(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)
