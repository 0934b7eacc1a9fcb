"""The ledger: every address ever published, whose it is, and what stood there.

Text of `permalinks/YYYY.csv` in, facts out, new rows out. The order of rows means nothing, and a row that
stands twice is one, so that two branches merge by taking all lines. No build reads it yet (issue 4).
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bimson_site import routes
from bimson_site.model import Archive, Article, Slip
from bimson_site.pipeline.addresses import Addresses

FOLDER = "permalinks"
HEADER = ("url", "id", "path", "key", "since", "as")
PAGE, COPY, ALIAS, TERM = "page", "copy of ", "alias", "term"


class Row(NamedTuple):
    """One address as it was first published: its owner; the file it was published from ("" for terms);
    the skeleton of its text that day; the day (for people, and for whom an address is where two
    machines gave it away); what stood there: a page, an alias, a term, "copy of" an owner."""

    url: str
    id: str
    path: str
    key: str
    since: str
    stands: str


@dataclass(frozen=True)
class Ledger:
    """What the rows say, each looked up once."""

    rows: tuple[Row, ...] = ()

    @cached_property
    def owner_of(self) -> dict[str, str]:
        """The owner of every address. Of two owners the one that a person named has it, else the older."""
        found: dict[str, str] = {}
        for row in sorted(self.rows, key=lambda r: (r.id == r.path, r.since, r.id)):
            found.setdefault(row.url, row.id)
        return found

    @cached_property
    def owner_at(self) -> dict[str, str]:
        """The owner that was last met in a file; of several, one that came from elsewhere."""
        owner_of = self.owner_of
        rows = sorted(self.rows, key=lambda r: (r.id == r.path, r.since, r.id))
        found: dict[str, str] = {}
        for row in rows:
            if row.path and row.path not in found:
                found[row.path] = owner_of[row.url]
        return found

    @cached_property
    def pages(self) -> frozenset[str]:
        """Paths of files that had a page of their own."""
        return frozenset(row.path for row in self.rows if row.stands == PAGE)

    @cached_property
    def known(self) -> frozenset[tuple[str, str, str]]:
        return frozenset((row.url, row.path, row.stands) for row in self.rows)


def read(text: str) -> tuple[tuple[Row, ...], tuple[int, ...]]:
    """The rows of one file, and the numbers of lines (from 1) that are none."""
    rows, damaged = [], []
    for line, fields in _lines(text):
        if fields == list(HEADER) or not fields:
            continue
        if len(fields) != len(HEADER) or not _is_row(Row(*fields)):
            damaged.append(line)
            continue
        row = Row(*fields)
        rows.append(row if row.id else row._replace(id=row.path))
    return tuple(rows), tuple(damaged)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line by itself: a quotation mark that nobody closed damages one line, not all."""
    for number, whole in enumerate(text.split("\n"), 1):
        line = whole.removesuffix("\r")
        if '"' not in line:
            yield number, line.split(",") if line else []
            continue
        try:
            yield number, next(csv.reader([line], strict=True), [])
        except csv.Error:
            yield number, [""]


def _is_row(row: Row) -> bool:
    stands = row.stands in {PAGE, ALIAS, TERM} or row.stands.startswith(COPY)
    return stands and bool(row.id or row.path) and routes.is_address(row.url)


def text(rows: Iterable[Row]) -> str:
    """Rows as lines of CSV, in the order of their addresses. An id that is the path is left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in sorted(rows):
        writer.writerow(row._replace(id="") if row.id == row.path else row)
    return out.getvalue()


def file_of(url: str) -> str:
    """The file of an address: that of its year, else one for all that have none."""
    head = url[1:5]
    dated = head.isascii() and head.isdigit() and url[5:6] == "/"
    return f"{FOLDER}/{head if dated else 'undated'}.csv"


# --- who is who ---------------------------------------------------------------------------------------


def identify(
    slips: Iterable[Slip],
    odd: Mapping[str, Article],
    on_disk: Collection[str],
    ledger: Ledger,
) -> dict[str, str]:
    """Whose addresses an article has, by path, where it is neither its path nor an id of its own.

    A file that is gone and a new one with its planned address, else with its text, are one article;
    not where several are meant. `slips` are live, in archive order.
    """
    if not ledger.rows:
        return {}
    at = ledger.owner_at
    ids = {p: a.id for p, a in odd.items() if a.id != p}
    fresh = [s for s in slips if s.path not in ids and s.path not in at]
    found = {
        s.path: at[s.path]
        for s in slips
        if s.path not in ids and s.path in at and at[s.path] != s.path
    }
    here = {at[path] for path in on_disk if path in at} | set(ids.values()) | set(found.values())
    gone = {row.id for row in ledger.rows if row.path} - here if fresh else set()
    if not gone:
        return found
    for slip in fresh:
        owner = ledger.owner_of.get(slip.wish) if slip.wish else None
        if owner in gone:
            gone.discard(owner)
            found[slip.path] = owner
    keys: dict[str, set[str]] = defaultdict(set)
    for row in ledger.rows:
        if row.key and row.id in gone:
            keys[row.key].add(row.id)
    count = Counter(s.skeleton for s in fresh if s.path not in found)
    for slip in fresh:
        owners = keys.get(slip.skeleton.hex(), ()) if slip.skeleton else ()
        if slip.path not in found and len(owners) == 1 and count[slip.skeleton] == 1:
            found[slip.path] = next(iter(owners))
    return found


def heirs(ledger: Ledger, name_of: Mapping[str, str]) -> dict[str, str]:
    """By owners that are gone, a live path that was folded into theirs; `name_of` are the owners'
    names of live paths, in archive order."""
    copies: dict[str, set[str]] = defaultdict(set)
    for row in ledger.rows:
        if row.stands.startswith(COPY):
            copies[row.stands.removeprefix(COPY)].add(ledger.owner_of[row.url])
    if not copies:
        return {}
    live = {name: path for path, name in reversed(list(name_of.items()))}
    order = {name: at for at, name in enumerate(name_of.values())}
    found: dict[str, str] = {}
    for owner in copies:
        if owner in live:
            continue
        seen, ask = {owner}, [owner]
        while ask:  # an heir that is gone has heirs of its own
            ask = [c for each in ask for c in sorted(copies.get(each, ())) if c not in seen]
            seen.update(ask)
        if heir := min((o for o in seen if o in live), key=lambda o: order[o], default=None):
            found[owner] = live[heir]
    return found


# --- what is new --------------------------------------------------------------------------------------


def news(archive: Archive, places: Addresses, ledger: Ledger, since: str) -> tuple[Row, ...]:
    """The rows that this state of the archive adds; none where the ledger has them all."""
    known, name = ledger.known, places.owners
    rows: list[Row] = []

    def add(url: str, slip: Slip, stands: str) -> None:
        if (url, slip.path, stands) not in known:
            owner = name.get(slip.path, slip.path)
            rows.append(Row(url, owner, slip.path, slip.skeleton.hex(), since, stands))

    for slip in (*archive.pages, *archive.keepers):
        page = places.of[slip.path]
        add(page, slip, PAGE)
        copies = archive.copies.get(slip.path, ())
        own = {places.of[c.article.path]: c.article for c in copies}
        for url, copy in own.items():
            if url != page:
                add(url, copy, f"{COPY}{name.get(slip.path, slip.path)}")
        for url in places.moved.get(slip.path, ()):
            if url not in own and url not in ledger.owner_of:
                add(url, slip, ALIAS)
    for owner, url in places.terms.items():
        if (url, "", TERM) not in known:
            rows.append(Row(url, owner, "", "", since, TERM))
    return tuple(rows)
