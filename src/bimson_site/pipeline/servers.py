"""Maps of old addresses for the servers that answer a site: one source of rows, a text for each.

Pure: `Old` rows in; the text of a server's map out, with the rows it cannot take and why. How each
text is written is `pipeline.server_maps`; what browsers do where no server can be told,
`features.lookup`; how to include the files, docs/how-to/old-addresses.md.

What all have in common. A path answers with any query that has no row of its own, and drops it. A
query is compared as it is written, then with its parameters sorted. A folder ("/a/") also answers
without its slash. Paths are compared decoded and with the case they have. Targets are paths below
the site, percent-encoded in everything but letters, digits and "/-._~", so they need no quoting.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from bimson_site.errors import Location, Problem, problem
from bimson_site.model import Old
from bimson_site.pipeline import server_maps
from bimson_site.pipeline.hosting import HOSTS, Host
from bimson_site.pipeline.server_maps import Entry
from bimson_site.routes import APACHE_MAP, CADDY_MAP, HOST_MAP, IIS_MAP, NGINX_MAP, output

LONGEST = 1_000  # bytes of an address or a target: Cloudflare's longest rule; far below the others'
# As a browser sends a query (WHATWG URL, query percent-encode set); "%" stays, it is written encoded.
_QUERY_SAFE = "!$%&()*+,-./:;=?@[\\]^_`{|}~"
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
TOO_LONG = "it is too long"
NO_410 = "this host has no answer 410"
_OUTSIDE = "it is not a path of this site"
TAKEN = "a page stands at this address"
_NO_LIMIT = Host()


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """A row that a map leaves out, or one of whose forms it leaves out, and why."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A server's map: its text (None where it would be more than the server takes), and what is not in
    it. `problems` name the limit."""

    text: str | None
    refused: tuple[Refused, ...] = ()
    problems: tuple[Problem, ...] = ()


def answers(server: str, rows: Iterable[Old], prefix: str = "") -> Answers:
    """The map of a server or host in SERVERS (KeyError otherwise), for a site below `prefix`."""
    kind = SERVERS[server]
    taken: dict[Entry, str] = {}
    refused: set[Refused] = set()
    for address, entry, reason in _entries(rows, unquote(prefix).rstrip("/"), kind):
        if why := reason or kind.refuses(entry):
            refused.add(Refused(address, why))
        else:
            taken[entry] = address
    fit = list(kind.fits(taken))
    refused |= {Refused(taken[entry], TOO_LONG) for entry in taken.keys() - set(fit)}
    text = kind.write(fit)
    found = tuple(_over(server, kind, text, len(fit)))
    return Answers(None if found else text, tuple(sorted(refused)), found)


def _entries(rows: Iterable[Old], prefix: str, kind: Server) -> Iterator[tuple[str, Entry, str]]:
    """The address of a row, and each request for it that is to be answered, with "" or the reason why it
    is not: in order all rows as they are written, then the other forms of each where those are free."""
    same: Callable[[str], str] = str.lower if kind.ignores_case else str
    known = sorted(set(rows), key=lambda old: (old.address, old.target is None, old.target or ""))
    pages = {same(old.target) for old in known if old.target} | {"/"}
    seen: set[str] = set()
    forms: list[tuple[str, Entry]] = []
    for old in known:
        path, _, query = old.address.partition("?")
        to = None if old.target is None else _encoded(prefix + old.target)
        entry = Entry(prefix, path, _query(query), to)
        reason = _wrong(prefix + path, query) or (
            "" if to is None else _wrong(old.target or "", "")
        )
        if not reason and not query and same(path) in pages:
            reason = TAKEN
        if not reason and same(entry.written) in seen:
            reason = "another row answers this address"
        yield old.address, entry, reason
        if not reason:
            seen.add(same(entry.written))
            forms.extend((old.address, form) for form in kind.forms(entry))
    for of, entry in forms:
        address = same(entry.written)
        if address not in seen and address not in pages:
            seen.add(address)
            yield of, entry, ""


def sent(address: str) -> str:
    """An address below the site with its query as a browser sends it."""
    path, mark, query = address.partition("?")
    return f"{path}{mark}{_query(query)}"


def _query(text: str) -> str:
    return quote(text, safe=_QUERY_SAFE, errors="replace")


def _encoded(path: str) -> str:
    return quote(path, safe="/", errors="replace")


def _wrong(path: str, query: str) -> str:
    """Why a path or query is in no map: never an open redirect, never a second line."""
    text = path + query
    if not text.isprintable() and any(unicodedata.category(each) in _CONTROL for each in text):
        return "it has a control character"
    if path[:1] != "/" or "\\" in path or "#" in path + query:
        return _OUTSIDE
    if path != "/" and not {"", ".", ".."}.isdisjoint(path[1:].removesuffix("/").split("/")):
        return _OUTSIDE
    sent = len(_encoded(path)) + len(quote(query, safe=_QUERY_SAFE))
    return TOO_LONG if sent > LONGEST else ""


def _over(server: str, kind: Server, text: str, count: int) -> Iterator[Problem]:
    for what, found, limit in (
        ("redirects", count, kind.limit.redirects),
        ("bytes in one file", len(text.encode()), kind.limit.largest),
    ):
        if limit is not None and found > limit:
            where = Location(kind.path)
            yield problem("host-limit", where, host=server, what=what, count=found, limit=limit)


# --- what each takes -----------------------------------------------------------------------------------


def _forms(entry: Entry) -> Iterator[Entry]:
    """The same with its parameters sorted, or the folder without its slash."""
    if entry.query:
        yield Entry(entry.prefix, entry.path, "&".join(sorted(entry.query.split("&"))), entry.to)
    elif entry.path.endswith("/"):
        yield Entry(entry.prefix, entry.path[:-1], "", entry.to)


def _as_written(_entry: Entry) -> tuple[Entry, ...]:
    return ()


def _anything(_entry: Entry) -> str:
    return ""


def _no_rule(entry: Entry) -> str:
    if entry.to is None:
        return NO_410
    return "* and : are wildcards there" if re.search("[*:]", entry.path) else ""


def _no_query(entry: Entry) -> str:
    return "this host does not look at queries" if entry.query else _no_rule(entry)


def _no_parameters(entry: Entry) -> str:
    pairs = [pair.partition("=") for pair in entry.query.split("&")] if entry.query else []
    plain = all(k and v and not re.search(r"[=:*/#]", k + v) for k, _, v in pairs)
    if not plain or len({name for name, _, _ in pairs}) < len(pairs):
        return "this host takes only name=value in a query"
    return _no_rule(entry)


@dataclass(frozen=True, slots=True)
class Server:
    """Where a map is published, who writes it, and what its reader takes."""

    path: str
    write: Callable[[Iterable[Entry]], str]
    refuses: Callable[[Entry], str] = _anything
    forms: Callable[[Entry], Iterable[Entry]] = _forms
    fits: Callable[[Iterable[Entry]], Iterable[Entry]] = iter
    limit: Host = _NO_LIMIT
    ignores_case: bool = False


SERVERS: Mapping[str, Server] = {
    "nginx": Server(output(NGINX_MAP), server_maps.nginx, fits=server_maps.nginx_fits),
    "apache": Server(output(APACHE_MAP), server_maps.apache),
    "caddy": Server(output(CADDY_MAP), server_maps.caddy),
    # MaxWebConfigFileSizeInKB is 250 unless the registry says otherwise
    "iis": Server(
        output(IIS_MAP), server_maps.iis, limit=Host(largest=250 * 1024), ignores_case=True
    ),
    "netlify": Server(
        output(HOST_MAP), server_maps.forced, _no_parameters, _as_written, limit=HOSTS["netlify"]
    ),
    "cloudflare-pages": Server(
        output(HOST_MAP), server_maps.redirects, _no_query, limit=HOSTS["cloudflare-pages"]
    ),
    # a slash at the end makes no difference there; 64 KB a file
    "gitlab-pages": Server(
        output(HOST_MAP),
        server_maps.redirects,
        _no_query,
        _as_written,
        limit=replace(HOSTS["gitlab-pages"], largest=64 * 1024),
    ),
}
