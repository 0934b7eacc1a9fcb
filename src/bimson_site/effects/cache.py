"""What is known from earlier builds: of every article file, and of every page that was published.

Two SQLite files in `.bimson/` at the site's root, always safe to delete; the only import of sqlite3. One
that cannot be read is begun anew; where none can be kept, or another build holds them, a build has its own for
as long as it runs. Facts about files are written as soon as they are read, facts about pages last.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, Self

from bimson_site.effects import files
from bimson_site.effects.files import FOLDER
from bimson_site.effects.pictures import Facts
from bimson_site.errors import Location, MachineError, Problem, problem
from bimson_site.model import UNSETTLED, Article, Cluster, Face, Signature, Slip, Source
from bimson_site.pipeline import records
from bimson_site.pipeline.records import Found, Wanted

ARTICLES, PUBLISHED = "articles.sqlite3", "published.sqlite3"
PICTURES = "pictures"  # the folder of what was made of pictures

_ARTICLES = """
CREATE TABLE IF NOT EXISTS reams (ream INTEGER PRIMARY KEY, files BLOB);
CREATE TABLE IF NOT EXISTS records (
  number INTEGER PRIMARY KEY, face BLOB, article BLOB, html TEXT, problems BLOB);
CREATE INDEX IF NOT EXISTS wrong ON records (number) WHERE problems NOT NULL;
CREATE TABLE IF NOT EXISTS signatures (said BLOB PRIMARY KEY, signature BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sentences (number INTEGER PRIMARY KEY, hashes BLOB);
CREATE TABLE IF NOT EXISTS terms (number INTEGER PRIMARY KEY, terms BLOB);
CREATE TABLE IF NOT EXISTS judged (pair BLOB PRIMARY KEY, judgement BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folded (said TEXT PRIMARY KEY, clusters BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shelves (said BLOB PRIMARY KEY, told BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stacks (address BLOB PRIMARY KEY, rows BLOB);
CREATE TABLE IF NOT EXISTS pictures (
  path TEXT PRIMARY KEY, size INTEGER, written INTEGER, changed INTEGER, inode INTEGER, bytes TEXT,
  facts BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS walks (seen BLOB, history BLOB, said TEXT);
CREATE TABLE IF NOT EXISTS rules (digest TEXT, history BLOB);
"""
_PUBLISHED = """
CREATE TABLE IF NOT EXISTS program (identity TEXT);
CREATE TABLE IF NOT EXISTS builds (output TEXT PRIMARY KEY, state BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS partitions (
  output TEXT, key TEXT, digest TEXT, views TEXT, receipts BLOB, PRIMARY KEY (output, key)) WITHOUT ROWID;
"""
_TABLES = (
    *("reams", "records", "signatures", "sentences", "terms"),
    *("judged", "folded", "shelves", "stacks", "pictures", "walks", "rules"),
)
_MANY = 500  # numbers in one question; SQLite takes 999 everywhere
_AT_A_TIME = 2_000  # readings
_SPARE = 20  # shelves of the moment before


class Known(NamedTuple):
    """A file as it was read last: its number, a digest of its bytes."""

    number: int
    digest: bytes


class Unlike(NamedTuple):
    """Files that are not as they were when they were read: their places in a walk, and what is known of them and of
    those that are gone, by path."""

    places: list[int]
    past: dict[str, Known]


_NO_FILES: tuple[tuple[Any, ...], ...] = ((),) * len(Source._fields)


class _Ream(NamedTuple):
    """What is known of some files, field by field, as a `Source` and a `Slip` have it; `said` are digests of their bytes. A
    thousand together are fetched in a third of the time that a row for each would take."""

    number: tuple[int, ...] = ()
    path: tuple[str, ...] = ()
    size: tuple[int, ...] = ()
    written: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    inode: tuple[int, ...] = ()
    said: tuple[bytes, ...] = ()
    digest: tuple[bytes | None, ...] = ()
    face: tuple[bytes, ...] = ()
    instant: tuple[int, ...] = ()
    day: tuple[int, ...] = ()
    until: tuple[int, ...] = ()
    flags: tuple[int, ...] = ()
    wish: tuple[str, ...] = ()
    tie: tuple[bytes, ...] = ()
    skeleton: tuple[bytes, ...] = ()
    terms: tuple[bytes, ...] = ()
    mentions: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[tuple[Any, ...], ...]:
        """Paths and stamps, field by field."""
        return self.path, self.size, self.written, self.changed, self.inode

    @property
    def settled(self) -> bool:
        """Whether every file was older than the walk that saw it: a younger one is read again."""
        return UNSETTLED not in self.changed

    @property
    def slips(self) -> Iterator[Slip]:
        """Those of healthy files."""
        rows = zip(self.number, self.path, *self[_FACTS:], strict=True)
        if None in self.digest:
            rows = (row for row in rows if row[_DIGEST] is not None)  # type: ignore[assignment]
        return map(Slip._make, rows)

    def with_rows(self, rows: Mapping[int, Sequence[Any]], gone: Collection[int] = ()) -> _Ream:
        """The same with other rows in the place of those of their numbers, and without some."""
        old = zip(*self, strict=True)
        now = {row[0]: row for row in old if row[0] not in gone} | dict(rows)
        return _Ream(*zip(*(now[number] for number in sorted(now)), strict=True))


_FACTS = _Ream._fields.index("digest")
_DIGEST = Slip._fields.index("digest")
_TOGETHER = 1_024  # files of a ream


class Reading(NamedTuple):
    """What reading a file gave, to be kept: its slip (none where it is set aside), its records, and
    signatures of articles by what they said (`records.said`); the hashes of its sentences, packed; what it is found
    by (`index.postings`); only the stamp is new where `same` says that its bytes are as they were."""

    source: Source
    digest: bytes
    slip: Slip | None = None
    face: bytes | None = None
    article: bytes | None = None
    html: str | None = None
    problems: bytes | None = None
    signatures: tuple[tuple[bytes, bytes], ...] = ()
    sentences: bytes | None = None
    terms: bytes | None = None
    same: bool = False


def forget_all(root: Path) -> None:
    """Drop all that is known of a site: nothing of what was removed may be left."""
    shutil.rmtree(root / FOLDER / PICTURES, ignore_errors=True)
    for name in (ARTICLES, PUBLISHED):
        for ending in ("", "-journal"):
            (root / FOLDER / f"{name}{ending}").unlink(missing_ok=True)


class Published(NamedTuple):
    """A partition as it was published: the digest of all that made it, the names of the views that drew
    it, and its pages, packed (`records.unpacked_receipts`)."""

    digest: str
    views: str
    receipts: bytes


FAILURES = (sqlite3.Error, records.DamagedError)  # what reading a cache may raise


class LostError(Exception):
    """The cache was damaged, or has no room. It is gone: begin again, with a passing one."""


class Cache:
    """The cache of a site while one command uses it. Use as a context manager.

    `program` stands for the tool, `rules` for all that reading an article depends on; what was published by
    another or read under others is forgotten. A
    `passing` cache lies elsewhere and is gone when the command is. LostError at the end of the block
    where the cache failed within it; OSError or MachineError if the machine has no room even for a
    passing one.
    """

    def __init__(self, root: Path, program: str, rules: str, *, passing: bool = False) -> None:
        self._root = root
        self._program = program
        self._rules = rules
        self._lock: int | None = None
        self._open: list[sqlite3.Connection] = []
        self._others: list[sqlite3.Connection] = []  # of the process that this one was forked from
        self._process = 0
        self._reams: dict[int, _Ream] = {}  # those at hand, as they are on the disk
        self.passing = passing
        self.forgot = passing  # whether a number may mean another file than when it was opened
        self.folder = root / FOLDER

    def __enter__(self) -> Self:
        if not self.passing:
            try:
                self.folder.mkdir(exist_ok=True)
                (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
                self._lock = files.lock(self.folder / "lock")
                self._connect()
            except (OSError, sqlite3.OperationalError):
                self._leave()
                self.passing = True
            except sqlite3.DatabaseError:
                self._leave(forget=True)
                self.passing = True
        if self.passing:
            self.folder = Path(tempfile.mkdtemp(prefix="bimson-site-"))
            try:
                self._connect()
            except sqlite3.Error as err:
                self._leave()
                raise self._no_room(err) from err
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, _: object
    ) -> None:
        damaged = isinstance(err, FAILURES)
        self._leave(forget=damaged)
        if damaged and self.passing:
            raise self._no_room(err) from err
        if damaged:
            raise LostError from err

    def _no_room(self, err: BaseException | None) -> MachineError:
        return MachineError(problem("machine-refused", Location(FOLDER), reason=str(err)))

    def at_hand(self) -> None:
        """In a process that was forked since: go on with connections of its own (those of another may not even be closed:
        sqlite.org/howtocorrupt.html, "Carrying an open database connection across a fork()")."""
        if os.getpid() != self._process:
            self._others, self._open = self._open, []
            self._connect()

    def _connect(self) -> None:
        self._process = os.getpid()
        self._articles = _connect(self.folder / ARTICLES, _ARTICLES)
        self._open.append(self._articles)
        self._published = _connect(self.folder / PUBLISHED, _PUBLISHED)
        self._open.append(self._published)
        row = self._articles.execute("SELECT digest, history FROM rules").fetchone()
        if row is None or row[0] != self._rules:
            self.forgot = True
            row = (self._rules, self._rules.encode())
            with _transaction(self._articles) as db:
                for table in _TABLES:
                    db.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
                db.execute("DROP TABLE IF EXISTS files")  # of versions before 2026-12-01
                db.execute("INSERT INTO rules VALUES (?, ?)", row)
        self.history = row[1]
        if self._published.execute("SELECT identity FROM program").fetchone() != (self._program,):
            with _transaction(self._published) as db:
                for table in ("builds", "partitions", "program"):
                    db.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
                db.execute("INSERT INTO program VALUES (?)", (self._program,))

    def _leave(self, *, forget: bool = False) -> None:
        while self._open:
            self._open.pop().close()
        if self.passing:
            shutil.rmtree(self.folder, ignore_errors=True)
        elif forget:
            forget_all(self._root)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def now(self) -> int:
        """See `files.now`."""
        return files.now(self.folder)

    # --- article files ----------------------------------------------------------------------------

    def unlike(self, sources: Sequence[Source]) -> Unlike:
        """What a walk saw otherwise than it was read; `sources` by path, each once."""
        self._reams = dict(self._fetched())
        paths, sizes, _, written, changed, inodes = (
            zip(*sources, strict=True) if sources else _NO_FILES
        )
        columns = paths, sizes, written, changed, inodes
        place_of = dict(zip(paths, range(len(paths)), strict=True))
        same = bytearray(len(paths))
        past: dict[str, Known] = {}
        for ream in self._reams.values():
            first = place_of.get(ream.path[0], 0)
            part = slice(first, first + len(ream.path))
            if tuple(column[part] for column in columns) == ream.files and ream.settled:
                same[part] = b"\1" * len(
                    ream.path
                )  # as nearly always: then no file is looked at by itself
                continue
            for number, said, file in zip(
                ream.number, ream.said, zip(*ream.files, strict=True), strict=True
            ):
                place = place_of.get(file[0], -1)
                seen = tuple(column[place] for column in columns) if place >= 0 else ()
                if seen == file and file[3] != UNSETTLED:
                    same[place] = 1
                else:
                    past[file[0]] = Known(number, said)
        return Unlike([place for place, known in enumerate(same) if not known], past)

    def _fetched(self) -> Iterator[tuple[int, _Ream]]:
        """All reams, in their order; those at hand are not fetched again."""
        places = [place for (place,) in self._articles.execute("SELECT ream FROM reams")]
        return ((place, self._ream(place)) for place in sorted(places))

    def _ream(self, place: int) -> _Ream:
        if place in self._reams:
            return self._reams[place]
        row = self._articles.execute("SELECT files FROM reams WHERE ream = ?", (place,)).fetchone()
        return _Ream(*records.opened(row[0])) if row else _Ream()

    def _write_reams(
        self, db: sqlite3.Connection, rows: Mapping[int, Sequence[Any]], gone: Iterable[int] = ()
    ) -> None:
        """Write what is known of files, by their numbers, and forget others."""
        some: dict[int, tuple[dict[int, Sequence[Any]], set[int]]] = defaultdict(
            lambda: ({}, set())
        )
        for number, row in rows.items():
            some[number // _TOGETHER][0][number] = row
        for number in gone:
            some[number // _TOGETHER][1].add(number)
        for place, (now, left) in some.items():
            ream = self._ream(place).with_rows(now, left)
            self._reams.pop(place, None)
            if ream.number:
                entry = place, records.sealed(tuple(ream))
                db.execute("INSERT OR REPLACE INTO reams VALUES (?, ?)", entry)
            else:
                db.execute("DELETE FROM reams WHERE ream = ?", (place,))

    def _next_number(self) -> int:
        (last,) = self._articles.execute("SELECT max(ream) FROM reams").fetchone()
        return 1 if last is None else self._ream(last).number[-1] + 1

    def walked(self, seen: bytes) -> str:
        """What was kept of a walk that saw the same (`seen`, a digest), "" where another was the last, or more is
        known since."""
        found = self._articles.execute(
            "SELECT said FROM walks WHERE seen = ? AND history = ?", (seen, self.history)
        )
        return str(next(found, ("",))[0])

    def keep_walk(self, seen: bytes, said: str) -> None:
        """Keep of the last walk what it came to."""
        with _transaction(self._articles) as db:
            db.execute("DELETE FROM walks")
            db.execute("INSERT INTO walks VALUES (?, ?, ?)", (seen, self.history, said))

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop files that are gone, with everything they said."""
        rows = [(number,) for number in numbers]
        self.forgot = True
        with _transaction(self._articles) as db:
            self._write_reams(db, {}, (number for (number,) in rows))
            for table in ("records", "sentences", "terms"):
                db.executemany(f"DELETE FROM {table} WHERE number = ?", rows)  # noqa: S608
            self._note(repr(rows).encode())
            self._write_history()

    def _note(self, *news: bytes) -> None:
        """Every change of what is known enters its history, so that equal histories mean equal facts."""
        self.history = blake2b(b"\0".join((self.history, *news)), digest_size=16).digest()

    def _write_history(self) -> None:
        self._articles.execute("UPDATE rules SET history = ?", (self.history,))

    def keep(self, readings: Iterable[Reading], known: Mapping[str, Known]) -> bool:
        """Keep what was read, some thousands at a time, so that a build that is ended need not read them
        again; `known` is what was known of these files before. False where a file could not be read: it is to be read
        again."""
        whole = True
        number = self._next_number()
        for some in _by(_AT_A_TIME, readings):
            rows = []
            for reading in some:
                past = known.get(reading.source.path)
                rows.append((past.number if past else number, reading))
                number += past is None
                whole = whole and bool(reading.digest)
            with _transaction(self._articles) as db:
                self._keep(db, rows, known)
                self._write_history()
        return whole

    def _keep(
        self,
        db: sqlite3.Connection,
        rows: Sequence[tuple[int, Reading]],
        known: Container[str],
    ) -> None:
        same = {number: reading.source for number, reading in rows if reading.same}
        rows = [row for row in rows if not row[1].same]
        for _, reading in rows:
            self._note(reading.source.path.encode(), reading.digest, reading.problems or b"")
        told: dict[int, Sequence[Any]] = {
            number: (number, r.source.path, *_stamp(r), r.digest, *_slip(r)) for number, r in rows
        }
        for place in {number // _TOGETHER for number in same}:
            for row in zip(*self._ream(place), strict=True):
                if row[0] in same:
                    told[row[0]] = (*row[:2], *same[row[0]].stamp, *row[6:])
        self._write_reams(db, told)
        db.executemany(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
            ((number, r.face, r.article, r.html, r.problems) for number, r in rows),
        )
        # Written where there are some; what a file had before goes where it has none now.
        again = [(number, r) for number, r in rows if r.source.path in known]
        for table, said in (("sentences", _sentences), ("terms", _terms)):
            bare = ((number,) for number, r in again if not said(r))
            db.executemany(f"DELETE FROM {table} WHERE number = ?", bare)  # noqa: S608
            found = ((number, data) for number, r in rows if (data := said(r)))
            db.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", found)  # noqa: S608
        signed = ((said, s) for _, r in rows for said, s in r.signatures)
        db.executemany("INSERT OR REPLACE INTO signatures VALUES (?, ?)", signed)

    def slips(self) -> list[Slip]:
        """The slips of all healthy files, by path."""
        found = [slip for _, ream in self._fetched() for slip in ream.slips]
        self._reams = {}
        found.sort(key=attrgetter("path"))  # they lie nearly in order
        return found

    def problems(self) -> Iterator[Problem]:
        """What was wrong with each file, healthy or not."""
        for (data,) in self._articles.execute(
            "SELECT problems FROM records WHERE problems NOT NULL"
        ):
            yield from records.unpacked_problems(data)

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """Articles by number."""
        return _articles(self._articles, numbers)

    def fetch(self, wanted: Wanted) -> Found:
        """What a partition wants to be assembled."""
        return _found(self._articles, wanted.articles, _faces(self._articles, wanted.faces))

    def article(self, path: str) -> Article | None:
        """The article of a file; none where it is set aside or unknown."""
        for _, ream in self._fetched():
            if path in ream.path:
                number = ream.number[ream.path.index(path)]
                query = "SELECT article FROM records WHERE number = ?"
                row = self._articles.execute(query, (number,)).fetchone()
                return records.unpacked(row[0]) if row and row[0] else None
        return None

    def signatures(self, said: Collection[bytes]) -> dict[bytes, Signature]:
        """The signatures that are known already, by what the articles said (`records.said`)."""
        rows = self._articles.execute("SELECT said, signature FROM signatures") if said else ()
        return {key: records.unpacked_signature(data) for key, data in rows if key in said}

    def keep_only_signatures(self, said: Collection[bytes]) -> None:
        """Drop the signatures of articles that say something else by now, where they are many."""
        self._keep_only("signatures", "said", said, len(said) + _MANY)

    def keep_signatures(self, found: Mapping[bytes, Signature]) -> None:
        with _transaction(self._articles) as db:
            db.executemany(
                "INSERT OR REPLACE INTO signatures VALUES (?, ?)",
                ((said, records.packed_signature(s)) for said, s in found.items()),
            )

    def sentences(self) -> dict[int, bytes]:
        """The hashes of the sentences of every article that may be compared, packed, by number."""
        return dict(self._articles.execute("SELECT number, hashes FROM sentences"))

    def judged(self, pairs: Collection[bytes]) -> dict[bytes, bytes]:
        """The judgements that are known of some pairs, by what tells pairs apart (`records.pair`). Those
        of other pairs are dropped when they are many."""
        (count,) = self._articles.execute("SELECT count(*) FROM judged").fetchone()
        rows = self._articles.execute("SELECT pair, judgement FROM judged") if count else ()
        found = {pair: data for pair, data in rows if pair in pairs}
        if count > 2 * len(found) + _MANY:
            with _transaction(self._articles) as db:
                db.execute("DELETE FROM judged")
                db.executemany("INSERT INTO judged VALUES (?, ?)", found.items())
        return found

    def keep_judged(self, found: Mapping[bytes, bytes]) -> None:
        with _transaction(self._articles) as db:
            db.executemany("INSERT OR REPLACE INTO judged VALUES (?, ?)", found.items())

    def folded(self, said: str) -> tuple[tuple[Cluster, ...], tuple[Problem, ...]] | None:
        """The clusters of suspects that said the same, and their problems, if they are known."""
        row = self._articles.execute(
            "SELECT clusters FROM folded WHERE said = ?", (said,)
        ).fetchone()
        return records.unpacked_clusters(row[0]) if row else None

    def keep_folded(
        self, said: str, clusters: Iterable[Cluster], problems: Iterable[Problem]
    ) -> None:
        """Keep the clusters of these suspects, in place of all others."""
        with _transaction(self._articles) as db:
            db.execute("DELETE FROM folded")
            packed = records.packed_clusters(clusters, problems)
            db.execute("INSERT INTO folded VALUES (?, ?)", (said, packed))

    # --- shelves ------------------------------------------------------------------------------------

    def shelves(self) -> dict[bytes, bytes]:
        """What was told of shelves (`stacks.packed_inventory`, `packed_bound`), by what stands for all that they were
        made of."""
        rows = self._articles.execute("SELECT said, told FROM shelves")
        return {said: records.checked(told) for said, told in rows}

    def keep_shelves(self, bound: Iterable[tuple[bytes, bytes, bytes, bytes]]) -> None:
        """Keep shelves: by what stands for all that they were made of, what is told of each, the address of its rows,
        and these."""
        with _transaction(self._articles) as db:
            for said, told, address, rows in bound:
                entry = said, records.guarded(told)
                db.execute("INSERT OR REPLACE INTO shelves VALUES (?, ?)", entry)
                kept = address, records.guarded(rows)
                db.execute("INSERT OR REPLACE INTO stacks VALUES (?, ?)", kept)

    def keep_only_shelves(self, said: Collection[bytes], addresses: Collection[bytes]) -> None:
        """Drop the shelves that are no more, where they are many: those of a moment ago somebody may be reading."""
        spare = len(addresses) // 4 + _SPARE  # a month of a large archive takes megabytes
        self._keep_only("shelves", "said", said, spare)
        self._keep_only("stacks", "address", addresses, spare)

    def _keep_only(self, table: str, key: str, used: Collection[bytes], spare: int) -> None:
        rows = self._articles.execute(f"SELECT {key} FROM {table}")  # noqa: S608 - names of ours
        gone = [row for row in rows if row[0] not in used]
        if len(gone) > spare:
            with _transaction(self._articles) as db:
                db.executemany(f"DELETE FROM {table} WHERE {key} = ?", gone)  # noqa: S608

    def rows(self, address: bytes) -> bytes:
        """The rows that are kept at an address. FAILURES where there are none."""
        return _rows(self._articles, address)

    # --- pictures ---------------------------------------------------------------------------------

    @property
    def pictures_folder(self) -> Path:
        """Where what was made of pictures lies; it need not be there."""
        return self.folder / PICTURES

    def pictures(self) -> dict[str, tuple[tuple[int, ...], str, Facts]]:
        """Every picture that was looked at, by path: its stamp then, the digest of its bytes, its facts."""
        rows = self._articles.execute(
            "SELECT path, size, written, changed, inode, bytes, facts FROM pictures"
        )
        return {
            path: (tuple(stamp), digest, Facts(*records.opened(facts)))
            for path, *stamp, digest, facts in rows
        }

    def keep_pictures(
        self, found: Iterable[tuple[Source, str, Facts]], gone: Iterable[str]
    ) -> None:
        with _transaction(self._articles) as db:
            db.executemany("DELETE FROM pictures WHERE path = ?", ((path,) for path in gone))
            db.executemany(
                "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (source.path, *source.stamp, digest, records.sealed(tuple(facts)))
                    for source, digest, facts in found
                ),
            )

    # --- published pages --------------------------------------------------------------------------

    def state(self, output: str) -> bytes:
        """What the last build of an output folder kept of itself; nothing if there was none."""
        row = self._published.execute("SELECT state FROM builds WHERE output = ?", (output,))
        return next(row, (b"",))[0]

    def published(self, output: str) -> dict[str, Published]:
        """Every partition of an output folder, by key."""
        rows = self._published.execute(
            "SELECT key, digest, views, receipts FROM partitions WHERE output = ?", (output,)
        )
        return {key: Published._make(row) for key, *row in rows}

    def publish(
        self,
        output: str,
        state: bytes,
        changed: Iterable[tuple[str, Published]],
        gone: Iterable[str],
    ) -> None:
        """Keep what was published, in one transaction, when all of it stands in its place."""
        with _transaction(self._published) as db:
            db.executemany(
                "DELETE FROM partitions WHERE output = ? AND key = ?",
                ((output, key) for key in gone),
            )
            db.executemany(
                "INSERT OR REPLACE INTO partitions VALUES (?, ?, ?, ?, ?)",
                ((output, key, *published) for key, published in changed),
            )
            db.execute("INSERT OR REPLACE INTO builds VALUES (?, ?)", (output, state))


class Reader:
    """The articles of a cache, for a process or a thread that only reads them; FAILURES where it cannot.
    Faces that were fetched are remembered, for one card stands in many lists."""

    REMEMBERED = 5_000

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / ARTICLES)
        self._faces: dict[int, Face] = {}

    def history(self) -> bytes:
        """The history of what is known (`Cache.history`): with another one, numbers may mean others."""
        row = self._db.execute("SELECT history FROM rules").fetchone()
        return row[0] if row else b""

    def close(self) -> None:
        self._db.close()

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """Articles by number."""
        return _articles(self._db, numbers)

    def terms(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """What articles are found by, by number, one at a time."""
        return _select(self._db, "number, terms FROM terms", numbers)

    def rows(self, address: bytes) -> bytes:
        """The rows of a shelf."""
        return _rows(self._db, address)

    def titles(self, numbers: Iterable[int]) -> Iterator[str]:
        """The titles of articles, in the order of their numbers."""
        for _, data in _select(self._db, "number, face FROM records", numbers):
            yield records.unpacked_face(data).title

    def fetch(self, wanted: Wanted) -> Found:
        """What a partition wants to be assembled."""
        unknown: Collection[int] = [n for n in wanted.faces if n not in self._faces]
        if len(self._faces) + len(unknown) > self.REMEMBERED:
            self._faces.clear()
            unknown = wanted.faces
        self._faces.update(_faces(self._db, unknown))
        return _found(self._db, wanted.articles, self._faces)


def _found(db: sqlite3.Connection, numbers: Iterable[int], faces: Mapping[int, Face]) -> Found:
    """Whole articles, with the HTML of their bodies where it is known, beside faces."""
    found: dict[int, Article] = {}
    drawn: dict[str, tuple[str, str]] = {}
    for number, data, html in _select(db, "number, article, html FROM records", numbers):
        article = found[number] = records.unpacked(data)
        if html:
            drawn[article.path] = article.title, html
    return Found(found, faces, drawn)


def _rows(db: sqlite3.Connection, address: bytes) -> bytes:
    row = db.execute("SELECT rows FROM stacks WHERE address = ?", (address,)).fetchone()
    if row is None:
        raise records.DamagedError
    return records.checked(row[0])


def _articles(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Article]:
    found = _select(db, "number, article FROM records", numbers)
    return {number: records.unpacked(data) for number, data in found}


def _faces(db: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, Face]:
    found = _select(db, "number, face FROM records", numbers)
    return {number: records.unpacked_face(data) for number, data in found}


def _stamp(reading: Reading) -> tuple[int, int, int, int]:
    """The stamp of a file that was read; of one that could not be, none that will be seen again."""
    return reading.source.stamp if reading.digest else (-1, 0, 0, 0)


def _slip(reading: Reading) -> Sequence[object]:
    return reading.slip[2:] if reading.slip else (None,) * 11


def _sentences(reading: Reading) -> bytes | None:
    return reading.sentences


def _terms(reading: Reading) -> bytes | None:
    return reading.terms


def _by(size: int, items: Iterable[Reading]) -> Iterator[list[Reading]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def _select(db: sqlite3.Connection, what: str, numbers: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    wanted: Sequence[int] = sorted(set(numbers))
    for at in range(0, len(wanted), _MANY):
        some = wanted[at : at + _MANY]
        marks = ",".join("?" * len(some))
        yield from db.execute(f"SELECT {what} WHERE number IN ({marks})", some)


def _connect(place: Path, schema: str) -> sqlite3.Connection:
    # The preview plans in one thread and ends in another, never in two at a time.
    db = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    # A process that is killed leaves its journal, and the next one heals by it; only a machine that
    # falls may leave a damaged cache, and waiting for its disk would cost more than all the writing.
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA secure_delete = ON")  # what is taken down leaves the cache, too
    db.executescript(schema)
    return db


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
