"""Clusters become stories: terms and copies united, references resolved, old addresses gathered.

Takes the folded archive and its addresses; gives the values that partitions are made of. Never decides
what repeats what (`pipeline.dedupe`) nor what a reference means. Next: `pipeline.references`, `shelve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bimson_site.errors import Problem
from bimson_site.model import (
    Access,
    Appearance,
    Archive,
    Article,
    Card,
    Cluster,
    Sources,
    Story,
    TermKind,
    sealed,
)
from bimson_site.pipeline import dedupe, references, terms
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.references import Surroundings
from bimson_site.pipeline.terms import Glossary, TermKey
from bimson_site.text import vietnamese


@dataclass(frozen=True, slots=True)
class Entry:
    """A card with the terms under which it is listed. A record of another source has one too."""

    card: Card
    keys: tuple[TermKey, ...]


def story(
    cluster: Cluster, around: Surroundings, moved: Iterable[str]
) -> tuple[Story, tuple[Problem, ...]]:
    """One page of the archive. `moved` are the old addresses that lead to it."""
    keeper = cluster.keeper
    url = around.urls[keeper.path]
    links, attachments, problems = references.resolve(keeper, url, around)
    canonical, unknown = references.canonical(keeper, url, around)
    appearances, attachments = _appearances(cluster, url, around, attachments)
    voices = terms.united(cluster)
    refs = around.glossary.refs_of
    sources = refs(terms.keys_of((keeper,), TermKind.SOURCE))
    made = Story(
        article=_owned(keeper, around),
        url=url,
        authors=refs(terms.keys_of(voices, TermKind.AUTHOR)),
        sections=refs(terms.keys_of(voices, TermKind.SECTION)),
        tags=refs(terms.keys_of(voices, TermKind.TAG)),
        source=sources[0] if sources else None,
        copies=appearances,
        links=links,
        attachments=attachments,
        moved=tuple(moved),
        canonical=canonical,
    )
    return made, (*problems, *unknown)


def hold(
    archive: Archive,
    places: Addresses,
    glossary: Glossary,
    sources: Sources,
    static: Mapping[str, str],
    base_url: str,
) -> tuple[tuple[tuple[Story, ...], tuple[Entry, ...], tuple[Story, ...]], tuple[Problem, ...]]:
    """The stories, the entries by date, the ordinary pages; and the problems of what they refer to."""
    files = {vietnamese.nfc(source.path): source.path for source in sources.beside}
    named = _names(archive, places, base_url)
    unpublished = frozenset(
        vietnamese.nfc(s.path)
        for s in (*sources.articles, *sources.hidden)
        if s.path not in places.of
    )
    around = Surroundings(
        files, places.of, glossary, base_url, named, static, places.owners, unpublished
    )
    made: list[Story] = []
    listed: list[Entry] = []
    problems: list[Problem] = []
    for cluster in archive.clusters:
        one, found = story(cluster, around, places.moved.get(cluster.keeper.path, ()))
        made.append(one)
        listed += entries(cluster, one, around)
        problems += found
    pages = []
    for article in archive.pages:
        one, found = story(Cluster(article), around, places.moved.get(article.path, ()))
        pages.append(one)
        problems += found
    return (tuple(made), chronological(listed), tuple(pages)), tuple(problems)


def chronological(found: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries by date, the undated last; at one moment by address."""
    return tuple(
        sorted(
            found,
            key=lambda e: (
                not e.card.published.known,
                e.card.published.instant,
                e.card.url,
                e.card.record,
                e.card.id,
            ),
        )
    )


def _names(archive: Archive, places: Addresses, base_url: str) -> dict[str, str]:
    """Every way to name an article, to the address of the page that has its text."""
    named: dict[str, str] = {}
    groups = [(c.keeper, *(k.article for k in c.copies)) for c in archive.clusters]
    for group in (*groups, *((page,) for page in archive.pages)):
        for article in group:
            for name in dedupe.names(article, places.of[article.path], base_url):
                named.setdefault(vietnamese.nfc(name), places.of[group[0].path])
    return named


def entries(cluster: Cluster, made: Story, around: Surroundings) -> tuple[Entry, ...]:
    """The cards of a cluster: the story's own, and one record for each other source."""
    own = Entry(_card(made.article, made), _keys(terms.united(cluster)))
    home = dedupe.origin(cluster.keeper)
    others: dict[str, list[Article]] = {}
    for copy in cluster.copies:
        if (origin := dedupe.origin(copy.article)) != home:
            others.setdefault(origin, []).append(copy.article)
    owners = around.owners
    return (
        own,
        *(_record(tuple(found), made, around.glossary, owners) for found in others.values()),
    )


def _keys(articles: Iterable[Article]) -> tuple[TermKey, ...]:
    articles = tuple(articles)
    own = [key for kind in TermKind for key in terms.keys_of(articles, kind)]
    with_parents = (each for key in own for each in (*terms.parents(key), key))
    return tuple(dict.fromkeys(with_parents))


def _card(article: Article, made: Story) -> Card:
    return sealed(
        Card(
            url=made.url,
            title=article.title,
            published=article.published,
            id=article.id,
            updated=article.updated,
            authors=tuple(ref.name for ref in made.authors),
            section=made.sections[0].name if made.sections else "",
            source=made.source.name if made.source else "",
            summary=_summary(article),
            language=article.language,
            noindex=article.noindex,
        )
    )


def _record(
    articles: tuple[Article, ...], made: Story, glossary: Glossary, owners: Mapping[str, str]
) -> Entry:
    """The record of one source: the first of its copies, with the bylines of all of them."""
    article = articles[0]
    names = {
        kind: tuple(r.name for r in glossary.refs_of(terms.keys_of(articles, kind)))
        for kind in TermKind
    }
    card = Card(
        url=made.url,
        title=article.title,
        published=article.published,
        id=owners.get(article.path, article.id),
        authors=names[TermKind.AUTHOR],
        section=names[TermKind.SECTION][0] if names[TermKind.SECTION] else "",
        source=names[TermKind.SOURCE][0] if names[TermKind.SOURCE] else dedupe.origin(article),
        summary="",
        language=article.language,
        noindex=article.noindex,
        record=True,
    )
    return Entry(sealed(card), _keys(articles))


def _summary(article: Article) -> str:
    if article.access is Access.RECORD:
        return ""
    return article.summary or (article.lede if article.access is Access.FULL else "")


def _owned(article: Article, around: Surroundings) -> Article:
    """The article under the id by which it owns its address: no two have one."""
    owner = around.owners.get(article.path, article.id)
    return article if owner == article.id else sealed(replace(article, id=owner))


def _appearances(
    cluster: Cluster, url: str, around: Surroundings, attachments: tuple[tuple[str, str], ...]
) -> tuple[tuple[Appearance, ...], tuple[tuple[str, str], ...]]:
    """The copies, each with the files that only it has; those are published beside the page too."""
    found = []
    for copy in cluster.copies:
        before = set(attachments)
        if cluster.keeper.access is Access.FULL:
            _, attachments, _ = references.resolve(copy.article, url, around, attachments)
        own = tuple(target for path, target in attachments if (path, target) not in before)
        found.append(_appearance(copy.article, own))
    return tuple(found), attachments


def _appearance(article: Article, own: tuple[str, ...]) -> Appearance:
    return Appearance(
        files=own,
        path=article.path,
        title=article.title,
        published=article.published,
        authors=article.authors,
        source=article.source,
        source_url=article.source_url,
    )
