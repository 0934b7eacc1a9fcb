"""What articles name: files beside them, other articles, files of the site, the page they stand for.

Owns how a reference becomes an address, and the problem where it names nothing; never reads a file and
never parses a body (`text.markdown` finds the references). Who asks: `pipeline.stories`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from bimson_site import routes
from bimson_site.errors import Location, Problem, problem
from bimson_site.model import Access, Article, Asset, Enclosed, Picture, Shown, Source
from bimson_site.text import markdown, slugs, vietnamese


class Answering(Protocol):
    """What answers an address of the site: `pipeline.answers.Answers`."""

    def __call__(self, path: str) -> str: ...
    def asked(self, reference: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a story may refer to: files beside articles by path (NFC); the site's base_url; `named` gives
    the address that a name (NFC: a path, an id, an address) of an article means, or ""; static
    files by folded address; paths (NFC) of article files that have no page now; what answers an address; what is known of pictures, by path; the
    address below which files lie that are not in the tree, or ""."""

    files: Mapping[str, Source]
    base_url: str
    named: Callable[[str], str]
    static: Mapping[str, Asset]
    unpublished: Collection[str]
    answers: Answering
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    media_base: str = ""


def resolve(
    article: Article, url: str, around: Surroundings, given: Iterable[Asset] = ()
) -> tuple[tuple[tuple[str, str], ...], tuple[Asset, ...], list[Problem]]:
    """Resolve what a body names: files beside it get an address beside the page, articles theirs, files that
    are missing one below `media_base`, if there is one. What leads nowhere has the address "": of such a link or
    picture only the words are printed. `given` are files that have their addresses there already."""
    links: list[tuple[str, str]] = []
    attachments = {asset.path: asset for asset in given}
    names = {asset.url.rpartition("/")[2] for asset in attachments.values()}
    problems = []
    for reference, line, column in article.references:
        place = _split(reference)
        tail = f"#{place.fragment}" if place.fragment else ""
        path = place.path or (routes.HOME if place.netloc else "")
        if "{{" in reference or "{%" in reference or not path:
            continue  # another system's template language: shown as it stands
        where = Location(article.path, line, column)
        beside = "" if path.startswith("/") else _beside(article.path, path)
        if beside in around.files:
            source = around.files[beside]
            if source.path not in attachments:
                own = url + _free(slugs.file_slug(posixpath.basename(beside)), names)
                picture = around.pictures.get(source.path)
                attachments[source.path] = Asset(
                    source.path, own, False, source.stamp, picture.clean if picture else ""
                )
            links.append((reference, attachments[source.path].url + tail))
        elif beside and (named := _named(beside, around)):
            fragment = f"#{markdown.anchor(unquote(place.fragment))}" if tail else ""
            links.append((reference, named + fragment))
        elif beside in around.unpublished:
            problems.append(problem("link-unpublished", where, file=beside))
            links.append((reference, ""))
        elif _is_file(beside) and around.media_base and beside.startswith("content/"):
            below = quote(beside.removeprefix("content"))
            links.append((reference, around.media_base + below + tail))
        elif _is_file(beside):
            problems.append(problem("file-missing", where, file=unquote(path)))
            links.append((reference, ""))
        elif (found := _below(place, path, url, around)) is not None:
            if not found and _is_file(path):
                problems.append(problem("file-missing", where, file=unquote(path)))
            elif not found:
                problems.append(problem("link-dead", where, url=unquote(reference)))
            links.append((reference, found and found + tail))
    if article.access is not Access.FULL:
        attachments = {}  # what readers may not see is not published beside the page either
    return tuple(links), tuple(attachments.values()), problems


def shown(
    article: Article,
    links: Iterable[tuple[str, str]],
    attachments: Sequence[Asset],
    around: Surroundings,
) -> tuple[Shown, ...]:
    """The pictures among the references of an article, with the versions that are shown. `attachments` are all
    files beside its page: a version takes a name that none of them has."""
    if not around.pictures or article.access is not Access.FULL:
        return ()
    beside = {asset.url: asset for asset in attachments}
    names = {url.rpartition("/")[2] for url in beside}
    found = {}
    for _, url in links:
        asset = beside.get(url)
        picture = (
            around.pictures.get(owner.path) if (owner := asset or _static(url, around)) else None
        )
        if picture is None or not picture.width or url in found:
            continue
        if not picture.small:
            found[url] = Shown(url, url, picture.width, picture.height)
            continue
        small, size = routes.smaller(url, picture.small_width), picture[4:6]
        if asset is None:  # of static/: one version for all pages that show it
            found[url] = Shown(url, _unclaimed(small, around.static), *size)
            continue
        folder, _, name = small.rpartition("/")
        own = f"{folder}/{_free(name, names)}"
        version = Asset(asset.path, own, False, asset.stamp, picture.small)
        found[url] = Shown(url, own, *size, version)
    return tuple(found.values())


def enclosed(
    article: Article,
    links: Iterable[tuple[str, str]],
    attachments: Iterable[Asset],
    around: Surroundings,
) -> tuple[Enclosed, ...]:
    """The files that an article is handed with: those that its front matter lists, in that order, then those that
    its text leads to, but for the pictures that it shows."""
    if article.access is not Access.FULL:
        return ()
    beside = {asset.url: asset for asset in attachments}
    listed = dict(article.attachments)
    leads_to = dict(links)
    found = {}
    for reference in dict.fromkeys([*listed, *leads_to]):
        elsewhere = reference if "://" in reference else ""
        url = leads_to.get(reference, elsewhere).partition("#")[0]
        asset = beside.get(url) or _static(url, around)
        told = reference in listed or (asset is not None and not routes.is_image(url))
        if not url or url in found or not told:
            continue
        name = posixpath.basename(unquote(_split(reference).path))
        ending = name.rpartition(".")[2] if "." in name.strip(".") else ""
        size = (
            asset.stamp[0] if asset and not asset.packaged and not asset.made and asset.stamp else 0
        )
        title = listed.get(reference) or vietnamese.nfc(name) or url
        found[url] = Enclosed(url, title, ending.upper(), size if isinstance(size, int) else 0)
    return tuple(found.values())


def _static(url: str, around: Surroundings) -> Asset | None:
    return around.static.get(routes.folded(url)) if url else None


def _unclaimed(url: str, static: Collection[str]) -> str:
    stem, dot, ending = url.rpartition(".")
    number, free = 2, url
    while routes.folded(free) in static:
        free, number = f"{stem}-{number}{dot}{ending}", number + 1
    return free


def static_versions(
    assets: Iterable[Asset],
    pictures: Mapping[str, Picture],
    static: Collection[str],
    used: Collection[str],
) -> Iterator[Asset]:
    """The smaller versions of pictures of static/, where some page shows them."""
    for asset in assets:
        picture = pictures.get(asset.path)
        if picture and picture.small:
            url = _unclaimed(routes.smaller(asset.url, picture.small_width), static)
            if url in used:
                yield Asset(asset.path, url, False, asset.stamp, picture.small)


def paths(article: Article) -> Iterable[str]:
    """Paths (NFC) of everything an article names beside it, there or not."""
    for reference, _, _ in article.references:
        path = _split(reference).path
        if path and not path.startswith("/"):
            yield _beside(article.path, path)


def _below(place: SplitResult, path: str, url: str, around: Surroundings) -> str | None:
    """Where a path leads that is no file beside the article, as a browser would follow it from the page at `url`:
    an address; "" where nothing answers; None for a whole address with a query, which stays as it is written."""
    host = f"{place.scheme}://{place.netloc}" if place.netloc else ""
    local = unquote(routes.here(host + urljoin(url, path), around.base_url) or "")
    if place.query and (found := around.answers.asked(f"{local}?{place.query}")):
        return found
    if found := local if routes.folded(local) in around.static else around.answers(local):
        return None if place.netloc and place.query else found
    if _is_file(local) and around.media_base:
        return around.media_base + quote(local)
    return ""


def _named(path: str, around: Surroundings) -> str:
    """The address of the article that a path means: its file, its bundle's folder, or without .md."""
    candidates = (path, f"{path}/index.md", f"{path}/_index.md", f"{path}.md")
    return next((url for c in candidates if (url := around.named(c))), "")


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


def canonical(article: Article, url: str, around: Surroundings) -> tuple[str, tuple[Problem, ...]]:
    """The address that rel=canonical names: the page itself unless the front matter says another."""
    wish = article.canonical
    if not wish:
        return "", ()
    found = around.named(wish) or around.named(routes.here(wish, around.base_url) or "")
    if found:
        return ("" if found == url else found), ()
    if _split(wish).scheme in {"http", "https"} and routes.here(wish, around.base_url) is None:
        return wish, ()
    line, column = next(((n, c) for f, n, c in article.places if f == "canonical"), (1, 1))
    where = Location(article.path, line, column)
    return "", (problem("canonical-unknown", where, value=wish),)
