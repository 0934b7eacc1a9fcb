"""Removal: what is taken down at a person's word, and what the ledger says afterwards.

Pure: what is there in, files and rows out. Who deletes and writes: `bimson_site.removal`. A removal lasts as
long as the files are away; addresses stay those of the removed article.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from bimson_site.model import Archive, Article
from bimson_site.pipeline import references
from bimson_site.pipeline.ledger import COPY, REDACTED, REMOVED, TERM, Ledger, Row, redacted
from bimson_site.text import vietnamese

# Why nothing is removed.
UNKNOWN, NO_ARTICLE = "no article has this path or address", "it is no article"


def cluster(archive: Archive, path: str) -> tuple[str, ...]:
    """The files that have the text of one: its keeper first. Only itself where it is not live."""
    for keeper, copies in archive.copies.items():
        paths = (keeper, *(copy.article.path for copy in copies))
        if path in paths:
            return paths
    return (path,)


def owners_of(paths: Iterable[str], name: Callable[[str], str], ledger: Ledger) -> frozenset[str]:
    """The names of the articles in some files, as they are now and as the ledger met them there."""
    paths = tuple(paths)
    known = {row.id for row in ledger.rows if row.path in paths}
    return frozenset({*map(name, paths), *known})


def beside(articles: Iterable[Article], paths: Collection[str]) -> tuple[str, ...]:
    """The files (NFC) that only the articles in some files name. `articles` are all that name any."""
    own: set[str] = set()
    others: set[str] = set()
    for article in articles:
        (own if article.path in paths else others).update(
            vietnamese.nfc(path) for path in references.paths(article)
        )
    return tuple(sorted(own - others))


def noted(ledger: Ledger, owners: Collection[str], reason: str, since: str) -> tuple[Row, ...]:
    """A row more for each address of some owners: removed, and why."""
    stands = f"{REMOVED}: {reason}" if reason else REMOVED
    urls = {url: owner for url, owner in ledger.published.owner_of.items() if owner in owners}
    return tuple(Row(url, urls[url], "", "", since, stands) for url in sorted(urls))


def forgotten(
    ledger: Ledger, owners: Collection[str], terms: Collection[str], reason: str, since: str
) -> tuple[Row, ...]:
    """All rows of the ledger with those of some owners, and of terms that are gone with them, made
    unreadable: of each address a digest is left, so that nobody else gets it."""
    stands = f"{REMOVED}: {reason}" if reason else REMOVED
    gone = {*owners, *terms}
    kept: list[Row] = []
    hidden: dict[str, Row] = {}
    for row in ledger.rows:
        if row.id in gone and (row.id in owners or row.stands == TERM):
            hidden[row.url] = Row(redacted(row.url), REDACTED, "", "", since, stands)
        elif row.stands.startswith(COPY) and row.stands.removeprefix(COPY) in owners:
            kept.append(row._replace(stands=f"{COPY}{REDACTED}"))
        else:
            kept.append(row)
    return (*kept, *(hidden[url] for url in sorted(hidden)))
