"""Lists of a former site's addresses, and which of them this site answers.

Pure: the bytes of a list (one a line), a sitemap or an access log in; addresses with how often they
were asked for out. `answer` says what an address gets. The command `check --old-urls` reads the file
and prints.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Never
from urllib.parse import unquote, urlsplit
from xml.parsers import expat  # a document type, so any entity, is refused below

from bimson_site.features import lookup
from bimson_site.pipeline.servers import sent

Answer = Literal["page", "redirect", "look-up", "gone", "missing"]

# The common and the combined format: httpd.apache.org, mod_log_config; nginx's "combined" is the same.
_LOGGED = re.compile(
    r'\S+ \S+ .*?\[[^\]]+\] "(?P<method>[A-Z]+) (?P<address>\S+)(?: HTTP/[\d.]+)?" (?P<status>\d{3}) '
)


class UnreadableError(ValueError):
    """A sitemap that is not one, or that declares a document type."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Addresses with their counts, in order of address, and further sitemaps that a sitemap names."""

    addresses: tuple[tuple[str, int], ...]
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What this site answers, as addresses below it (decoded paths, perhaps with "?query"). Redirects
    have their targets; queries are as browsers send them. The page 404 looks addresses up that are
    folded (`features.lookup`). At `silent` ones something else stands."""

    pages: AbstractSet[str]
    redirects: Mapping[str, str]
    gone: AbstractSet[str] = frozenset()
    looked_up: Mapping[str, str] = field(default_factory=dict)
    silent: AbstractSet[str] = frozenset()


class Got(NamedTuple):
    """What an address gets, and the address that it leads to ("" unless it leads on)."""

    answer: Answer
    target: str = ""


def read(data: bytes, *, failed: bool = False) -> Listed:
    """The addresses of a list, a sitemap or an access log, told apart by how they begin. Of a log, what
    was asked for with GET and answered (status below 400); with `failed`, whatever the answer."""
    start = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return _sitemap(data)
    lines = data.decode("utf-8-sig", "replace").splitlines()
    first = next((line for line in lines if line.strip()), "")
    found = _logged(lines, failed) if _LOGGED.match(first) else _listed(lines)
    return Listed(tuple(sorted(Counter(found).items())))


def _listed(lines: list[str]) -> Iterator[str]:
    return (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _logged(lines: list[str], failed: bool) -> Iterator[str]:
    for line in lines:
        entry = _LOGGED.match(line)
        if entry and entry["method"] == "GET" and (failed or entry["status"] < "400"):
            yield entry["address"]


def _sitemap(data: bytes) -> Listed:
    """The <loc> of every <url>, and of every <sitemap> (sitemaps.org); no other <loc> (of images)."""
    opened: list[str] = []
    found: dict[str, list[str]] = {"url": [], "sitemap": []}
    text: list[str] = []

    def start(name: str, _attributes: object) -> None:
        opened.append(name.rpartition(" ")[2])
        text.clear()

    def end(_name: str) -> None:
        if opened.pop() == "loc" and opened and opened[-1] in found:
            found[opened[-1]].append("".join(text).strip())

    def refuse(*_: object) -> Never:
        msg = "a sitemap has no document type"
        raise UnreadableError(msg)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnreadableError(str(error)) from None
    return Listed(tuple(sorted(Counter(found["url"]).items())), tuple(sorted(found["sitemap"])))


def local(address: str, base_url: str = "") -> str | None:
    """The address below the site: host left out (a log has none, and the old one may have been
    another), path decoded, NFC; None outside the site's folder. "/index.html" is its folder."""
    try:
        parts = urlsplit(address.partition("#")[0])
    except ValueError:
        return None
    prefix = urlsplit(base_url).path.rstrip("/")
    path = parts.path or "/"
    path = path if path.startswith("/") else f"/{path}"
    if not f"{path}/".startswith(f"{prefix}/"):
        return None
    path = unicodedata.normalize("NFC", unquote(path[len(prefix) :] or "/"))
    path = re.sub(r"(?<=/)index\.html$", "", path)
    return f"{path}?{parts.query}" if parts.query else path


def answer(address: str, answers: Answered) -> Got:
    """What an address below the site gets: as it is written, without its query (the home page answers no
    query: it is not what was asked for), with or without its last slash; else from the page 404, which
    is shown where nothing stands."""
    address = sent(address)
    if address in answers.silent:
        return Got("missing")
    path, _, query = address.partition("?")
    forms = [address] if query else []
    if not query or path != "/":
        forms += [path, path[:-1] if path.endswith("/") else f"{path}/"]
    for form in forms:
        if form in answers.gone:
            return Got("gone")
        if form in answers.redirects:
            return Got("redirect", answers.redirects[form])
        if form in answers.pages:
            return Got("page")
    looked = (answers.looked_up.get(lookup.folded(form)) for form in (address, path))
    target = next(filter(None, looked), "") if path != "/" else ""
    return Got("look-up", target) if target else Got("missing")
