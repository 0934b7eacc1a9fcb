"""What there is to say about files that did not become pages, and about the site as a whole."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from bimson_site import routes
from bimson_site.errors import Location, Problem, Severity, problem
from bimson_site.model import Article, Asset, MenuItem, SetAside, Sources
from bimson_site.pipeline import references
from bimson_site.text import vietnamese


def taken(assets: Iterable[Asset]) -> Mapping[str, str]:
    """Folded addresses of the files that are published as they are, to the names of the files."""
    return {routes.folded(asset.url): asset.path for asset in assets}


def set_aside(problems: Iterable[Problem], healthy: Container[str]) -> tuple[SetAside, ...]:
    """Article files without an article, each with the first of its errors (or why it is hidden);
    `healthy` are the paths that have one."""
    found: dict[str, SetAside] = {}
    for each in sorted(problems):
        if each.where.path not in healthy and (
            each.severity is Severity.ERROR or each.code == "file-hidden"
        ):
            found.setdefault(each.where.path, SetAside(each.where.path, each.code))
    return tuple(found.values())


def unused(sources: Sources, articles: Iterable[Article]) -> Iterator[Problem]:
    """Files beside the articles that no article names: nothing is skipped in silence."""
    named = {path for article in articles for path in references.paths(article)}
    for source in sources.beside:
        if vietnamese.nfc(source.path) not in named:
            yield problem("file-unused", Location(source.path))


def featured(paths: Iterable[str], known: Container[str]) -> Iterator[Problem]:
    """Paths of the editor's shelf that no live article has; `known` are those of live articles."""
    for path in paths:
        if path not in known and f"content/{path}" not in known:
            yield problem("featured-unknown", Location("bimson.yaml"), path=path)


def in_content(path: str) -> str:
    """How the path of an article is written out where a person may leave content/ away."""
    return path if path.startswith("content/") else f"content/{path}"


def menu(items: Iterable[MenuItem], known: Container[str]) -> Iterator[Problem]:
    """Lines of the menu that lead to an address of this site where nothing stands; `known` are the
    folded addresses where something does."""
    for item in items:
        url = item.url.partition("#")[0].partition("?")[0]
        own = url.startswith("/") and not url.startswith("//")
        if own and routes.folded(url) not in known and routes.folded(f"{url}/") not in known:
            yield problem("menu-dead", Location("bimson.yaml"), url=item.url)


def without_base_url(base_url: str) -> Iterator[Problem]:
    if not base_url:
        yield problem("base-url-missing", Location("bimson.yaml"))
