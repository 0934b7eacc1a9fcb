"""The only module that spells an address of the site, an output path or a link.

Addresses are paths below the site: they start with "/" and, for a page, end with "/". Nothing here
decides who gets an address (`pipeline.assign`) or what stands there (`features`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import quote, unquote, urlsplit

from bimson_site.model import Day, Precision, TermKind, Timestamp

HOME = "/"
UNDATED = "/undated/"
COVERAGE = "/coverage/"
ANNIVERSARIES = "/on-this-day/"
NOT_FOUND = "/404.html"
FEED = "/feed.xml"
RSS = "/rss.xml"
JSON_FEED = "/feed.json"
SITEMAP = "/sitemap.xml"
DATA_PACKAGE = "/data/datapackage.json"
DATA_CITATION = "/data/CITATION.cff"
DATA_SCHEMA = "/data/article.schema.json"
DATA_CLUSTERS = "/data/clusters.jsonl"
DATA_COUNTS = "/data/counts.csv"
ROBOTS = "/robots.txt"
NO_JEKYLL = "/.nojekyll"
STYLE = "/style.css"
THEME_STYLE = "/theme.css"
FAVICON = "/favicon.svg"

# The maps of old addresses that servers and hosts read, and the script of the page 404.
NGINX_MAP = "/redirects/nginx.conf"
CADDY_MAP = "/redirects/Caddyfile"
APACHE_MAP = "/.htaccess"
IIS_MAP = "/web.config"
HOST_MAP = "/_redirects"
LOOK_UP = "/old/look-up.js"

SEARCH = "/search/"
SEARCH_ENTRY = "/search/index.json"
SEARCH_SCRIPT = "/search/search.js"
SLASH_SCRIPT = "/search/slash.js"

# Pages a file in the site's static/ may replace: a person who writes robots.txt means it.
YIELDING = frozenset({ROBOTS, NO_JEKYLL, NOT_FOUND})

_FIXED = frozenset(
    {
        *(HOME, UNDATED, COVERAGE, NOT_FOUND, FEED, RSS, JSON_FEED, SITEMAP, ROBOTS, NO_JEKYLL),
        *(SEARCH, SEARCH_ENTRY, SEARCH_SCRIPT, SLASH_SCRIPT),
        *(DATA_PACKAGE, DATA_CITATION, DATA_SCHEMA, DATA_CLUSTERS, DATA_COUNTS),
    }
)
_DATA_PART = re.compile(r"/data/(\d{4}(-\d\d)?|undated)(\.\d+)?\.jsonl/?").fullmatch
_MAPS = frozenset(
    each[1:].lower() for each in (NGINX_MAP, CADDY_MAP, APACHE_MAP, IIS_MAP, HOST_MAP, LOOK_UP)
)
_SHARD = re.compile(r"/old/[0-9a-f]{2}\.json/?").fullmatch
_SEARCHED = re.compile(r"/search/[0-9a-f]{16}(/.*)?").fullmatch
_TREES = frozenset({"sitemaps", "on-this-day", *TermKind})
# File names that Windows keeps for devices (Microsoft, "Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z0-9/._-]*").fullmatch
_SAFE = "/.~-_!$&'()*+,;=@:"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')


def year(number: int) -> str:
    return f"/{number:04d}/"


def month(year_number: int, number: int) -> str:
    return f"/{year_number:04d}/{number:02d}/"


def day(when: Day) -> str:
    return f"/{when.year:04d}/{when.month:02d}/{when.day:02d}/"


def anniversary(month_number: int, day_number: int) -> str:
    """A day of the calendar in all years."""
    return f"{ANNIVERSARIES}{month_number:02d}-{day_number:02d}/"


def shelf(when: Timestamp) -> str:
    """The folder of an article: as deep as its date is known."""
    if when.precision >= Precision.DAY:
        return day(Day(when.local.year, when.local.month, when.local.day))
    if when.precision is Precision.MONTH:
        return month(when.local.year, when.local.month)
    return year(when.local.year) if when.known else UNDATED


def article(when: Timestamp, slug: str) -> str:
    return f"{shelf(when)}{slug}/"


def raw_text(page_url: str, body_digest: str) -> str:
    """The text of a copy as it was written, beside the page of its keeper; the same for equal texts."""
    return f"{page_url}copies/{body_digest[:16]}.txt"


def copies(page_url: str, number: int) -> str:
    """A page of copies for which the page of their keeper has no room, from 1."""
    return f"{page_url}copies/{number}/"


def changes(page_url: str, other_id: str) -> str:
    """The page that shows what lies between the text of a page and another's, which is known by the name
    under which it owns its address, so that it may move: below one page they are few, and 40 bits tell
    them apart."""
    name = blake2b(other_id.encode(), digest_size=5).hexdigest()
    return f"{page_url}changes/{name}/"


def terms(kind: TermKind) -> str:
    return f"/{kind.value}/"


def term_period(term_url: str, year_number: int, month_number: int) -> str:
    """A term's page of a year, a month, or (year 0) of what has no date."""
    if not year_number:
        return f"{term_url}undated/"
    tail = f"{month_number:02d}/" if month_number else ""
    return f"{term_url}{year_number:04d}/{tail}"


def term_feed(term_url: str) -> str:
    """The Atom feed of a term, beside its first page."""
    return f"{term_url}feed.xml"


def sitemap_part(year_number: int, month_number: int, part: int = 0) -> str:
    """The sitemap of a month, of a year's articles without a month, or (year 0) of the undated;
    `part` counts up from 0 where one file would be too large."""
    name = f"{year_number:04d}" if year_number else "undated"
    tail = f"-{month_number:02d}" if month_number else ""
    return f"/sitemaps/{name}{tail}{f'.{part + 1}' if part else ''}.xml"


def data_part(year_number: int, month_number: int, part: int = 0) -> str:
    """The articles of a month as JSON Lines; named as its sitemap is."""
    name = f"{year_number:04d}" if year_number else "undated"
    tail = f"-{month_number:02d}" if month_number else ""
    return f"/data/{name}{tail}{f'.{part + 1}' if part else ''}.jsonl"


SITEMAP_PAGES = "/sitemaps/pages.xml"


def search_shard(segment: str, slot: int) -> str:
    """A file of the words of a segment of the search index."""
    return f"/search/{segment}/{slot}.bin"


def search_block(segment: str, block: int) -> str:
    """A file that describes articles of a segment where they are found."""
    return f"/search/{segment}/{block}.json"


def search_facets(segment: str) -> str:
    """By what the results of a segment can be narrowed."""
    return f"/search/{segment}/facets.json"


def old_shard(name: str) -> str:
    """A file in which the page 404 looks old addresses up; the name is two hexadecimal digits."""
    return f"/old/{name}.json"


def variant(url: str, number: int) -> str:
    """The address beside a taken one: /a/tin/ becomes /a/tin-2/, /a/tin.html becomes /a/tin-2.html."""
    if url.endswith("/"):
        return f"{url[:-1]}-{number}/"
    stem, dot, ending = url.rpartition(".")
    return f"{stem}-{number}{dot}{ending}" if dot else f"{url}-{number}"


def is_variant(url: str, wish: str) -> bool:
    """True where `url` is `wish` or one of the addresses `variant` makes of it."""
    if url == wish:
        return True
    number = re.fullmatch(r".*-(\d+)(?:/|\.\w+)?", url)
    return number is not None and variant(wish, int(number[1])) == url


def ours(url: str) -> bool:
    """True for an address that a page of the archive itself may stand on: a year, month or day, a
    term or its lists, the undated, coverage, the feeds, the sitemaps, the data, the page for what is missing,
    the maps of old addresses."""
    if place(url.strip("/")) in _MAPS or _SHARD(url) or _DATA_PART(url) or _SEARCHED(url):
        return True
    head = url.strip("/").split("/", 1)[0]
    return (
        url in _FIXED or head in _TREES or re.fullmatch(r"/\d{4}/(\d\d/(\d\d/)?)?", url) is not None
    )


def is_address(url: str) -> bool:
    """True for an address below the site whose every name is one that file systems take."""
    names = url.removesuffix("/").split("/")
    return url.startswith("/") and all(_portable(name) for name in names[1:])


def output(url: str) -> str:
    """The file that answers for an address, relative to the output folder, forward slashes."""
    return url[1:] + "index.html" if url.endswith("/") else url[1:]


def folded(url: str) -> str:
    """Addresses that a file system may take for one another have one folded form."""
    return place(output(url))


def folded_all(urls: Sequence[str]) -> list[str]:
    """The same of many, in their order; quicker where all are written in small letters of ASCII, as ours are."""
    text = "\n".join(urls)
    if text.isascii() and text == text.lower():
        return [url[1:] + "index.html" if url[-1:] == "/" else url[1:] for url in urls]
    return [folded(url) for url in urls]


def place(path: str) -> str:
    """The same for the file that answers."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def link(here: str, there: str, *, explicit: bool = False) -> str:
    """The relative link from one page to another, percent-encoded; an "#anchor" is kept.

    `explicit` adds index.html, for archives that are read without a server.
    """
    return links_from(here, explicit=explicit)(there)


def links_from(here: str, *, explicit: bool = False) -> Callable[[str], str]:
    """`link` for the many links of one page. Most lead out of the page's whole tree (to the menu, to
    terms), where only the way up depends on the page."""
    tree_of_page, way_up = tree(here) or ("", "")

    def links(there: str) -> str:
        if there[:1] == "/" and not there.startswith(tree_of_page):
            return way_up + _from_root(there, explicit)
        return _within(here, there, explicit)

    return links


def _within(here: str, there: str, explicit: bool) -> str:
    if "#" in there:
        there, mark, anchor = there.partition("#")
        return ("" if there == here else _within(here, there, explicit)) + mark + anchor
    if there == here:
        return "index.html" if explicit and here[-1] == "/" else "./"
    folder, up = here[: here.rfind("/") + 1], ""
    if not there.startswith(folder):
        parent = folder[: folder.rfind("/", 0, -1) + 1]
        for folder, up in _above(parent):  # noqa: B007 - the last, "", holds everything
            if there.startswith(folder):
                break
    rest = there[len(folder) :]
    if _PLAIN(rest):
        path = up + rest
    else:
        path = up + quote(rest, safe=_SAFE)
        if ":" in path.split("/", 1)[0]:
            path = "./" + path
    if not path or path[0] == "/":
        path = "./" + path
    return path + "index.html" if explicit and path[-1] == "/" else path


@lru_cache(maxsize=4096)
def _above(folder: str) -> tuple[tuple[str, str], ...]:
    """The folders that hold the folders in this one, itself the first, each with the way up to it;
    last "", in which everything is."""
    found = [(folder, up := "../")]
    while folder:
        folder = folder[: folder.rfind("/", 0, -1) + 1]
        found.append((folder, up := up + "../"))
    return tuple(found)


def tree(here: str) -> tuple[str, str] | None:
    """The topmost folder that holds a page ("/2020/"), and the way up from the page to the root; None
    for a page in the root. Links of two pages with the same way up are the same, but for those that
    lead into the tree of either."""
    end = here.find("/", 1) + 1
    return (here[:end], "../" * (here.count("/") - 1)) if end and here[0] == "/" else None


@lru_cache(maxsize=16384)
def _from_root(there: str, explicit: bool) -> str:
    path, mark, anchor = there.partition("#")
    ending = "index.html" if explicit and path[-1] == "/" else ""
    return _quoted(path[1:]) + ending + mark + anchor


def _quoted(path: str) -> str:
    return path if _PLAIN(path) else quote(path, safe=_SAFE)  # most are plain, and quoting is slow


def absolute(base_url: str, url: str) -> str:
    """The whole address, percent-encoded; "" where the site has no base_url."""
    return base_url + _quoted(url) if base_url else ""


def rooted(base_url: str, url: str) -> str:
    """The address from the root of the host, for pages that may be shown anywhere (404)."""
    return urlsplit(base_url).path + quote(url) if base_url else quote(url)


def here(text: str, base_url: str) -> str | None:
    """The path below the site that a written address means, or None if it is not of this site."""
    if base_url and (text == base_url or text.startswith(base_url + "/")):
        return text[len(base_url) :] or HOME
    if text.startswith("/") and not text.startswith("//"):
        prefix = urlsplit(base_url).path
        return text[len(prefix) :] if prefix and text.startswith(prefix + "/") else text
    return None


_PICTURES = (
    ".jpg",
    ".jpeg",
    ".jpe",
    ".png",
    ".gif",
    ".webp",
    ".avif",
    ".heic",
    ".tif",
    ".tiff",
    ".bmp",
)


def is_picture(path: str) -> bool:
    """Whether a file is a picture made of pixels, by its name."""
    return path.lower().endswith(_PICTURES)


def is_image(path: str) -> bool:
    """Whether a file is a picture of any kind, by its name."""
    return is_picture(path) or path.lower().endswith((".svg", ".svgz"))


def smaller(name: str, width: int) -> str:
    """The name or address of a version of a picture, by that of the picture: cau.jpg, cau.1200.jpg. Browsers
    show no animation of ours, so the version of a GIF is a PNG."""
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{width}.{'png' if ending.lower() == 'gif' else ending}"


def old_address(text: str, base_url: str) -> str | None:
    """The address below the site that an alias asks for, as a page or a file can answer it.

    None where no static file can: another site, a query string, a path that leaves the site, a name
    that some file system refuses. An address without an ending is answered as a folder.
    """
    path = here(text if "/" in text else f"/{text}", base_url)
    if path is None and "://" not in text and not text.startswith("//"):
        path = f"/{text}"
    if path is None or "?" in path:
        return None
    path = unicodedata.normalize("NFC", unquote(path.partition("#")[0]))
    names = path.strip("/").split("/")
    if not all(_portable(name) for name in names) or path == HOME:
        return None
    if names[-1] == "index.html" and len(names) > 1:
        names[-1:], path = [], "/"  # the folder's own page
    folder = path.endswith("/") or "." not in names[-1]
    return "/" + "/".join(names) + ("/" if folder else "")


def old_query(text: str, base_url: str) -> str | None:
    """The same for an address with a query, which a server or the page 404 may answer: "/path?query",
    the path decoded and in NFC, the query as it is written, without a fragment.

    None without a query, for another site, or where the path leaves the site. The path is no file's,
    so it may have names that file systems refuse, and keeps its ending.
    """
    written, mark, query = text.partition("#")[0].partition("?")
    path = here(written, base_url)
    if path is None and "://" not in written and written[:1] not in {"/", "\\"}:
        path = f"/{written}"
    if path is None or not query or not f"{path}{mark}{query}".isprintable():
        return None
    path = unicodedata.normalize("NFC", unquote(path))
    names = path[1:].removesuffix("/").split("/") if path != HOME else []
    if not path.isprintable() or not all(_named(name) for name in names):
        return None
    return f"{path}?{query}"


def _named(name: str) -> bool:
    """False for what leads elsewhere, or would be read as another part of an address."""
    return (
        name not in {"", ".", ".."}
        and len(name.encode()) <= 200
        and not set(name) & set("\\?#\ufffd")
    )


def _portable(name: str) -> bool:
    return (
        name not in {"", ".", ".."}
        and len(name.encode("utf-8", "replace")) <= 200
        and not _FORBIDDEN.search(name)
        and not _DEVICE.match(name)
        and name[-1] not in ". "
        and name[0] != "."
        and "�" not in name
    )
