"""The ledger: every address ever published, whose it is, and what stood there.

Text of `permalinks/YYYY.csv` in, facts out. The order of rows means nothing, and a row that stands twice is
one, so that two branches merge by taking all lines. Whose files are whose now: `pipeline.identity`; what a
build adds: `pipeline.recording`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bimson_site import routes
from bimson_site.pipeline.assign import Published, hidden

FOLDER = "permalinks"
HEADER = ("url", "id", "path", "key", "since", "as")
PAGE, COPY, ALIAS, TERM, REMOVED = "page", "copy of ", "alias", "term", "removed"
REDACTED = "redacted"  # instead of an owner; before a digest, instead of an address
_UNREAD = f"{REDACTED}:"

_HEADER, _WIDTH, _STANDS = list(HEADER), len(HEADER), frozenset({PAGE, ALIAS, TERM})
# Nearly all addresses; the others are looked at name by name.
_PLAIN = re.compile(r"/(?:[a-z0-9][a-z0-9_-]{0,199}/)+").fullmatch


class Row(NamedTuple):
    """One address as it was first published: its owner; the file it was published from ("" for terms);
    the start of its text's digest that day; the day (for people, and for whom an address is where two
    machines gave it away); what stood there: a page, an alias, a term, "copy of" an owner; "removed" and why."""

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
    def _columns(self) -> tuple[tuple[str, ...], ...]:
        """The rows by their fields: a step over one field of all costs a third of one over rows."""
        return tuple(zip(*self.rows, strict=True)) or ((),) * _WIDTH

    @cached_property
    def published(self) -> Published:
        """The owner of every address."""
        urls, ids, *_ = self._columns
        owners = dict(zip(urls, ids, strict=True))
        unread = [url for url in owners if url.startswith(_UNREAD)]
        if len(owners) < len(urls):
            several: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows:
                several[row.url].append(row)
            owners |= {url: self._owner(rows) for url, rows in several.items() if len(rows) > 1}
        for url in unread:
            del owners[url]
        return Published(owners, frozenset(url.removeprefix(_UNREAD) for url in unread))

    def _owner(self, rows: Iterable[Row]) -> str:
        """Of all that were met at one address, who has it. Of one file the name that it got last, a given id
        before a path; of several files, who had more there than a copy, who has a given id, the older."""
        by_file: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_file[row.path].append(row)
        rights = []
        for some in by_file.values():
            last = max(some, key=lambda r: (r.id not in self.named_by_path, r.since, r.id))
            copy = all(row.stands.startswith(COPY) for row in some if row.id == last.id)
            first = min(row.since for row in some)
            rights.append((copy, last.id in self.named_by_path, first, last.id))
        return min(rights)[-1]

    @cached_property
    def named_by_path(self) -> frozenset[str]:
        """Owners that are named by their first path; the others have an id that a person gave. Where that
        path is the name of another, a + follows it."""
        _, ids, paths, *_ = self._columns
        both = zip(ids, paths, strict=True)
        return frozenset([id_ for id_, path in both if id_ == path or id_.rstrip("+") == path])

    @cached_property
    def owner_in(self) -> dict[str, str]:
        """The owner that was last met in a file; one that came from elsewhere before the file's own name."""
        paths = self._columns[2]
        found = dict(zip(paths, paths, strict=True))
        found.pop("", None)
        found.update(self.strangers)
        return found

    @cached_property
    def strangers(self) -> dict[str, str]:
        """The same of files in which an owner of another name than their path was met last."""
        _, ids, paths, *_ = self._columns
        found: dict[str, Row] = {}
        for id_, path, row in zip(ids, paths, self.rows, strict=True):
            if id_ != path and path:
                held = found.setdefault(path, row)
                if held is not row and self._younger(row) > self._younger(held):
                    found[path] = row
        return {path: row.id for path, row in found.items()}

    def _younger(self, row: Row) -> tuple[bool, bool, str, str]:
        return row.id != row.path, row.id not in self.named_by_path, row.since, row.id

    @cached_property
    def met(self) -> dict[tuple[str, str], str]:
        """By owner and file, the last day on which anything new was said of the one in the other."""
        _, ids, paths, _, days, _ = self._columns
        found: dict[tuple[str, str], str] = {}
        for both, day in zip(zip(ids, paths, strict=True), days, strict=True):
            if day >= found.get(both, ""):
                found[both] = day
        return found

    @cached_property
    def met_elsewhere(self) -> set[str]:
        """The owners that were met in more than one file."""
        _, ids, paths, *_ = self._columns
        both = list(zip(ids, paths, strict=True))
        away = Counter(id_ for id_, _ in {(i, p) for i, p in both if i != p and p})
        at_home = {id_ for id_, path in both if id_ == path} if away else set()
        return {id_ for id_, files in away.items() if files > 1 or id_ in at_home}

    @cached_property
    def last_met(self) -> dict[str, str]:
        """By owner, the last day on which anything new was said of it."""
        _, ids, paths, _, days, _ = self._columns
        found: dict[str, str] = {}
        for id_, path, day in zip(ids, paths, days, strict=True):
            if path and day >= found.get(id_, ""):
                found[id_] = day
        return found

    @cached_property
    def twins(self) -> dict[str, set[str]]:
        """By text, the owners that had it, where there were several."""
        _, ids, _, keys, *_ = self._columns
        first: dict[str, str] = {}
        found: dict[str, set[str]] = {}
        for key, id_ in zip(keys, ids, strict=True):
            if key and first.setdefault(key, id_) != id_:
                found.setdefault(key, {first[key]}).add(id_)
        return found

    @cached_property
    def paths_of(self) -> dict[str, set[str]]:
        """By owner, the files in which it was met."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            if row.path:
                found[row.id].add(row.path)
        return found

    @cached_property
    def _owners_in(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            found[row.path].add(row.id)
        return found

    @cached_property
    def superseded(self) -> frozenset[str]:
        """The paths by which articles were known that got an id since."""
        _, ids, paths, *_ = self._columns
        given = {id_ for id_, path in zip(ids, paths, strict=True) if path} - self.named_by_path
        return frozenset(old for name in given for old in self.former(name))

    def former(self, name: str, *paths: str) -> set[str]:
        """The paths by which an article was known before a person gave it an id; `paths` are those of its
        file beside the ones in which the ledger met it. A path that was met since then is another article's: its own
        file came back."""
        if name in self.named_by_path or name.rstrip("+") in paths:
            return set()
        places = {*self.paths_of.get(name, ()), *paths}
        found = {owner for path in places for owner in self._owners_in.get(path, ())}
        found = (found & self.named_by_path) - {name}
        named = self._first_met.get(name)
        return found if named is None else {old for old in found if self.last_met[old] <= named}

    @cached_property
    def _first_met(self) -> dict[str, str]:
        """By owner with an id that a person gave, the first day on which it was met."""
        found: dict[str, str] = {}
        for row in self.rows:
            if row.path and row.id not in self.named_by_path:
                found[row.id] = min(row.since, found.get(row.id, row.since))
        return found

    def last_day(self, former: str, name: str, path: str) -> str:
        """When an article of a given id was last met under a former name; `path` is that of its file."""
        places = {*self.paths_of.get(name, ()), path}
        return max(self.met.get((former, place), "") for place in places)

    @cached_property
    def pages(self) -> dict[str, str]:
        """By owner, the first day on which it had a page of its own."""
        _, ids, _, _, days, stands = self._columns
        found: dict[str, str] = {}
        for id_, day, word in zip(ids, days, stands, strict=True):
            if word == PAGE and day <= found.get(id_, day):
                found[id_] = day
        return found

    @cached_property
    def stood(self) -> dict[str, set[str]]:
        """By address, what stood there: more than one word where that has changed."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            found[row.url].add(row.stands)
        return found

    @cached_property
    def reasons(self) -> dict[str, str]:
        """By address, why a person removed what stood there; the last reason where there are several."""
        removed = (row for row in self.rows if row.stands.startswith(REMOVED))
        in_order = sorted(removed, key=lambda row: (row.since, row.stands))
        return {row.url: row.stands.removeprefix(REMOVED).removeprefix(": ") for row in in_order}

    @cached_property
    def copies(self) -> dict[str, set[str]]:
        """By owner, those that were copies of it."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            if row.stands.startswith(COPY):
                found[row.stands.removeprefix(COPY)].add(row.id)
        return found

    def folded_into(self, *owners: str) -> Iterator[str]:
        """These owners, those that were copies of them, of these, and so on: the nearest first."""
        seen, ask = set(owners), sorted(owners)
        while ask:
            yield from ask
            found = {copy for owner in ask for copy in self.copies.get(owner, ())} - seen
            seen |= found
            ask = sorted(found)

    @cached_property
    def known(self) -> frozenset[tuple[str, str, str, str]]:
        urls, ids, paths, _, _, stands = self._columns
        return frozenset(zip(urls, ids, paths, stands, strict=True))


NO_LEDGER = Ledger()


# A line of ours that needs no care, whole: files of nothing else are read four times as fast.
_LINES = re.compile(
    r"^((?:/[a-z0-9][a-z0-9_-]{0,199})+/),"
    r"(?=,?[^,\n])([^,\"%\r\n\ufffd]*),([^,\"%\r\n\ufffd]*),([0-9a-f]*),([0-9-]*),"
    r"(page|alias|term|copy of [^,\"%\r\n\ufffd]*)$",
    re.MULTILINE,
).findall
_FIRST = ",".join(HEADER) + "\n"


def read(text: str) -> tuple[tuple[Row, ...], tuple[int, ...]]:
    """The rows of one file, and the numbers of lines (from 1) that are none. A damaged last line without
    an end is what a killed build left: it is none either, and nobody's fault."""
    plain = _LINES(text)
    if len(plain) == text.count("\n") - 1 and text.startswith(_FIRST):
        same: dict[str, str] = {}  # one text for each day and each word, not one for each row
        one = same.setdefault
        return tuple(
            [Row(u, i or p, p, key, one(day, day), one(s, s)) for u, i, p, key, day, s in plain]
        ), ()
    rows, damaged = [], []
    last, broken = 1 + text.count("\n"), "\ufffd" in text
    for line, fields in _lines(text):
        if fields == _HEADER or not fields:
            continue
        if broken and any("\ufffd" in field for field in fields):
            damaged.append(line)
        elif len(fields) == _WIDTH and _is_row(*fields):
            url, id_, path, *rest = fields
            rows.append(Row(url, id_ or path, path, *rest))
        elif line != last:
            damaged.append(line)
    return tuple(rows), tuple(damaged)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line by itself: a quotation mark that nobody closed damages one line, not all."""
    for number, whole in enumerate(text.split("\n"), 1):
        line = whole.removesuffix("\r")
        if '"' not in line and "%" not in line:
            yield number, line.split(",") if line else []
            continue
        try:
            fields = next(csv.reader([line], strict=True), [])
        except csv.Error:
            fields = [""]
        yield number, [_ESCAPED.sub(lambda found: chr(int(found[1], 16)), f) for f in fields]


def _is_row(url: str, id_: str, path: str, _key: str, _since: str, stands: str) -> bool:
    known = stands in _STANDS or stands.startswith(COPY)
    known = known or stands == REMOVED or stands.startswith(f"{REMOVED}: ")
    return known and bool(id_ or path) and bool(_PLAIN(url) or _is_address(url))


def _is_address(url: str) -> bool:
    if url.startswith(_UNREAD):
        return True
    return routes.is_address(url) or ("?" in url and routes.old_query(url, "") == url)


def redacted(url: str) -> str:
    """What is left of an address that may not be read any more."""
    return f"{_UNREAD}{hidden(url)}"


def text(rows: Iterable[Row]) -> str:
    """Rows as lines of CSV, in the order of their addresses. An id that is the path is left out."""
    in_order = [
        (url, "" if id_ == path else id_, path, *rest) for url, id_, path, *rest in sorted(rows)
    ]
    plain = "".join([",".join(fields) + "\n" for fields in in_order])
    commas = (_WIDTH - 1) * len(in_order)
    if (plain.count(","), plain.count("\n")) == (commas, len(in_order)) and not _CARE(plain):
        return plain
    return _with_care(in_order)


def _with_care(rows: Iterable[Sequence[str]]) -> str:
    """The same where a field may hold what separates fields: a first build writes ten rows in the time of one here."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for fields in rows:
        escaped: Sequence[str] = fields
        if _CONTROL.search("".join(fields)):
            escaped = [_CONTROL.sub(lambda found: f"%{ord(found[0]):02X}", f) for f in fields]
        writer.writerow(escaped)
    return out.getvalue()


def lines(rows: Iterable[Row]) -> dict[str, bytes]:
    """Rows as `text` in UTF-8, by the file that they belong to."""
    by_file: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_file[file_of(row.url)].append(row)
    return {path: text(some).encode() for path, some in by_file.items()}


# A name may hold a line break, and a line of the ledger is one row: controls are written as in addresses.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]|%(?=[0-9A-F]{2})")
_CARE = re.compile(r'["%\x00-\x09\x0b-\x1f\x7f]').search
_ESCAPED = re.compile(r"%([0-9A-F]{2})")


def file_of(url: str) -> str:
    """The file of an address: that of its year, else one for all that have none."""
    head = url[1:5]
    dated = head.isascii() and head.isdigit() and url[5:6] == "/"
    return f"{FOLDER}/{head if dated else 'undated'}.csv"


# --- where the addresses of those who are gone lead ---------------------------------------------------


def heirs(ledger: Ledger, live: Mapping[str, str]) -> Callable[[str, str], str | None]:
    """A function of an address and its owner, who is gone: the path of a live article that was folded
    into the owner's or, where nothing but a copy ever stood there, of the one it was folded into.

    `live` gives the paths of live articles by the name under which they own addresses.
    """

    def nearest(owners: Iterable[str]) -> str | None:
        return next((live[o] for o in ledger.folded_into(*owners) if o in live), None)

    def heir(url: str, owner: str) -> str | None:
        if not ledger.copies:
            return None
        stood = ledger.stood[url]
        keepers = {s.removeprefix(COPY) for s in stood if s.startswith(COPY)}
        found = nearest(ledger.copies.get(owner, ()))
        return found or (nearest(keepers) if keepers and PAGE not in stood else None)

    return heir
