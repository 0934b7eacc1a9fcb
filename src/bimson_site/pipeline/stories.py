"""Clusters become stories: terms and copies united, references resolved, old addresses gathered.

Takes the folded archive and its addresses; gives the values that partitions are made of.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from bimson_site import routes
from bimson_site.errors import Location, Problem, problem
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
)
from bimson_site.pipeline import dedupe, terms
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.terms import Glossary, TermKey
from bimson_site.text import slugs, vietnamese


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a story may refer to: files beside articles and addresses of articles, by path (NFC);
    the glossary; the site's base_url; names (paths, ids, addresses) of articles, to addresses; folded
    addresses of static files."""

    files: Mapping[str, str]
    urls: Mapping[str, str]
    glossary: Glossary
    base_url: str
    named: Mapping[str, str]
    static: Mapping[str, str]


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
    links, attachments, problems = _references(keeper, url, around)
    canonical, unknown = _canonical(keeper, url, around)
    voices = terms.united(cluster)
    refs = around.glossary.refs_of
    sources = refs(terms.keys_of((keeper,), TermKind.SOURCE))
    made = Story(
        article=keeper,
        url=url,
        authors=refs(terms.keys_of(voices, TermKind.AUTHOR)),
        sections=refs(terms.keys_of(voices, TermKind.SECTION)),
        tags=refs(terms.keys_of(voices, TermKind.TAG)),
        source=sources[0] if sources else None,
        copies=tuple(_appearance(c.article) for c in cluster.copies),
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
    around = Surroundings(files, places.of, glossary, base_url, named, static)
    made: list[Story] = []
    listed: list[Entry] = []
    problems: list[Problem] = []
    for cluster in archive.clusters:
        one, found = story(cluster, around, places.moved.get(cluster.keeper.path, ()))
        made.append(one)
        listed += entries(cluster, one, glossary)
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


def entries(cluster: Cluster, made: Story, glossary: Glossary) -> tuple[Entry, ...]:
    """The cards of a cluster: the story's own, and a record for each copy from another source."""
    own = Entry(_card(cluster.keeper, made), _keys(terms.united(cluster)))
    home = dedupe.origin(cluster.keeper)
    others = (c.article for c in cluster.copies if dedupe.origin(c.article) != home)
    return (own, *(_record(a, made, glossary) for a in others))


def _keys(articles: Iterable[Article]) -> tuple[TermKey, ...]:
    articles = tuple(articles)
    own = [key for kind in TermKind for key in terms.keys_of(articles, kind)]
    with_parents = (each for key in own for each in (*terms.parents(key), key))
    return tuple(dict.fromkeys(with_parents))


def _card(article: Article, made: Story) -> Card:
    return Card(
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


def _record(article: Article, made: Story, glossary: Glossary) -> Entry:
    names = {
        kind: tuple(r.name for r in glossary.refs_of(terms.keys_of((article,), kind)))
        for kind in TermKind
    }
    card = Card(
        url=made.url,
        title=article.title,
        published=article.published,
        id=article.id,
        authors=names[TermKind.AUTHOR],
        section=names[TermKind.SECTION][0] if names[TermKind.SECTION] else "",
        source=names[TermKind.SOURCE][0] if names[TermKind.SOURCE] else dedupe.origin(article),
        summary="",
        language=article.language,
        noindex=article.noindex,
        record=True,
    )
    return Entry(card, _keys((article,)))


def _summary(article: Article) -> str:
    if article.access is Access.RECORD:
        return ""
    return article.summary or (article.lede if article.access is Access.FULL else "")


def _appearance(article: Article) -> Appearance:
    return Appearance(
        path=article.path,
        title=article.title,
        published=article.published,
        authors=article.authors,
        source=article.source,
        source_url=article.source_url,
    )


def _references(
    article: Article, url: str, around: Surroundings
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], list[Problem]]:
    """Resolve what a body names: files beside it get an address beside the page, articles theirs."""
    links: list[tuple[str, str]] = []
    attachments: dict[str, str] = {}
    names: set[str] = set()
    problems = []
    for reference, line, column in article.references:
        place = _split(reference)
        tail = f"#{place.fragment}" if place.fragment else ""
        if "{{" in reference or "{%" in reference or not place.path:
            continue  # another system's template language: shown as it stands
        if place.path.startswith("/"):
            local = routes.here(place.path, around.base_url)
            if local and (routes.folded(unquote(local)) in around.static or not _is_file(local)):
                links.append((reference, local + tail))
            elif local:
                where = Location(article.path, line, column)
                problems.append(problem("file-missing", where, file=unquote(place.path)))
            continue
        path = _beside(article.path, place.path)
        if path in around.files:
            source = around.files[path]
            if source not in attachments:
                attachments[source] = url + _free(slugs.file_slug(posixpath.basename(path)), names)
            links.append((reference, attachments[source] + tail))
        elif path in around.named:
            links.append((reference, around.named[path] + tail))
        elif _is_file(path):
            where = Location(article.path, line, column)
            problems.append(problem("file-missing", where, file=unquote(place.path)))
    if article.access is not Access.FULL:
        attachments = {}  # what readers may not see is not published beside the page either
    return tuple(links), tuple(attachments.items()), problems


def referenced(article: Article) -> Iterable[str]:
    """Paths (NFC) of everything an article names beside it, there or not."""
    for reference, _, _ in article.references:
        path = _split(reference).path
        if path and not path.startswith("/"):
            yield _beside(article.path, path)


def _split(reference: str) -> SplitResult:
    try:
        return urlsplit(reference)
    except ValueError:  # "//[": no address at all
        return SplitResult("", "", "", "", "")


def _beside(article: str, reference: str) -> str:
    joined = posixpath.join(posixpath.dirname(article), unquote(reference))
    return vietnamese.nfc(posixpath.normpath(joined))


def _is_file(path: str) -> bool:
    """Whether a reference means a file (a picture, a PDF) rather than a page."""
    name = posixpath.basename(path)
    return "." in name and not name.endswith((".html", ".htm", ".php", ".aspx"))


def _free(name: str, names: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    candidate, number = name, 2
    while candidate in names or candidate == "index.html":
        candidate = f"{stem}-{number}{dot}{ending}" if dot else f"{name}-{number}"
        number += 1
    names.add(candidate)
    return candidate


def _canonical(article: Article, url: str, around: Surroundings) -> tuple[str, tuple[Problem, ...]]:
    """The address that rel=canonical names: the page itself unless the front matter says another."""
    wish = article.canonical
    if not wish:
        return "", ()
    found = around.named.get(wish) or around.named.get(routes.here(wish, around.base_url) or "")
    if found:
        return ("" if found == url else found), ()
    if urlsplit(wish).scheme in {"http", "https"} and routes.here(wish, around.base_url) is None:
        return wish, ()
    line, column = next(((n, c) for f, n, c in article.places if f == "canonical"), (1, 1))
    where = Location(article.path, line, column)
    return "", (problem("canonical-unknown", where, value=wish),)
