"""Repeats: articles with one and the same text become one cluster, a keeper and its copies.

Exact repeats only, by the key of the visible text and the guard of `text.similarity`. Never merges
what the guard refuses, never drops a word: where copies disagree, both are kept and it is said.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from bimson_site.errors import Location, Problem, problem
from bimson_site.model import Access, Archive, Article, Cluster, Copy, Kind, Precision
from bimson_site.text import similarity, vietnamese

REPEAT = "repeat"  # Reuters' word: the same text, sent again


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
    host = urlsplit(article.source_url).netloc.removeprefix("www.")
    return vietnamese.term_key(article.source) or host.casefold()


def dedupe(
    articles: Iterable[Article], url_of: Callable[[Article], str], base_url: str
) -> tuple[Archive, tuple[Problem, ...]]:
    """Fold repeats. `url_of` is the address an article would get if it stood alone.

    Within one key, articles are taken in archive order; each joins the first cluster whose first
    member admits it, or opens one. Ordinary pages are never folded.
    """
    pages, clusters = [], []
    opened: dict[tuple[str, str], list[list[Article]]] = defaultdict(list)
    for article in sorted(articles, key=order):
        if article.kind is Kind.PAGE:
            pages.append(article)
            continue
        key = _key(article)
        open_now = opened[key] = [c for c in opened[key] if _may_admit(c[0], article)]
        found = next((c for c in open_now if _admits(c[0], article)), None)
        if found is None:
            found = []
            clusters.append(found)
            if article.signature.key:
                open_now.append(found)
        found.append(article)
    folded = [_cluster(members, url_of, base_url) for members in clusters]
    folded.sort(key=lambda c: order(c.keeper))
    problems = [p for cluster in folded for p in _disagreements(cluster)]
    return Archive(tuple(folded), tuple(pages)), tuple(problems)


def _key(article: Article) -> tuple[str, str]:
    """What two articles must share to be looked at: short texts also their title (the guard's rule)."""
    signature = article.signature
    return signature.key, signature.title if signature.tokens < similarity.LONG else ""


def _may_admit(first: Article, now: Article) -> bool:
    """False where neither this article nor any later one can join: those come in the order of time."""
    exact = min(first.published.precision, now.published.precision) >= Precision.YEAR
    return not exact or similarity.apart(first.published, now.published) <= similarity.WINDOW


def _admits(first: Article, other: Article) -> bool:
    return similarity.admits(first.signature, first.published, other.signature, other.published)


def _cluster(members: list[Article], url_of: Callable[[Article], str], base_url: str) -> Cluster:
    if len(members) == 1:
        return Cluster(members[0])
    keeper = _named(members, url_of, base_url) or max(members, key=_completeness)
    copies = tuple(Copy(a, REPEAT) for a in members if a is not keeper)
    return Cluster(keeper, copies)


def _named(
    members: list[Article], url_of: Callable[[Article], str], base_url: str
) -> Article | None:
    """The member that another one names as its canonical, by path or by address of this site; not one
    that would hide a text which another member shows."""
    known: dict[str, Article] = {}
    for member in reversed(members):
        for name in names(member, url_of(member), base_url):
            known[name] = member
    shown = any(member.access is Access.FULL for member in members)
    for member in members:
        keeper = known.get(member.canonical)
        if keeper and keeper is not member and (keeper.access is Access.FULL or not shown):
            return keeper
    return None


def names(article: Article, url: str, base_url: str) -> tuple[str, ...]:
    """The ways in which a front matter may name an article of this site."""
    own = (article.path, article.path.removeprefix("content/"), article.id, url, url.rstrip("/"))
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


def _disagreements(cluster: Cluster) -> Iterable[Problem]:
    """Copies of one source that contradict their keeper; other sources keep records of their own."""
    keeper = cluster.keeper
    for copy in cluster.copies:
        other = copy.article
        if origin(other) != origin(keeper):
            continue
        for field in ("title", "authors", "sections", "summary", "rights"):
            here, there = getattr(other, field), getattr(keeper, field)
            if here and there and _keys(here) != _keys(there):
                line, column = next(
                    ((n, c) for name, n, c in other.places if name == field), (1, 1)
                )
                yield problem(
                    "copies-disagree",
                    Location(other.path, line, column),
                    others=(Location(keeper.path),),
                    keeper=keeper.path,
                    field=field,
                    here=_shown(here),
                    there=_shown(there),
                )


def _keys(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(map(vietnamese.term_key, (value,) if isinstance(value, str) else value)))


def _shown(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)
