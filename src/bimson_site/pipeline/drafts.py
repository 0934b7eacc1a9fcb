"""What is to stand on which shelf: the folded archive, month by month, before its rows are made.

Next: `pipeline.cards` and `stories` make the rows of a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from bimson_site.model import Archive, Slip, bytes_of
from bimson_site.pipeline import dedupe
from bimson_site.pipeline.addresses import Addresses

Period = tuple[int, int]


def shelf_of(day: int) -> Period:
    """The shelf of a day (yyyymmdd), year and month; month 0 where only the year is known, year 0 where nothing is."""
    return day // 10000, day // 100 % 100


class Record(NamedTuple):
    """The copies of a text that one other source has, which have a card together; and the article with the page."""

    keeper: Slip
    origin: str
    copies: tuple[Slip, ...]


class Draft(NamedTuple):
    """What is to stand on one shelf, before its rows are made: the articles with pages in archive order, the records of
    other sources. `said` stands for all that its cards are made of, but for how their terms are shown."""

    shelf: Period
    keepers: tuple[Slip, ...]
    records: tuple[Record, ...]
    said: bytes


def drafts(archive: Archive, places: Addresses) -> tuple[Draft, ...]:
    """The archive by shelves: in time, the undated last."""
    keepers: dict[int, list[Slip]] = {}
    records: dict[int, list[Record]] = {}
    for slip in archive.keepers:
        keepers.setdefault(slip.day // 100, []).append(slip)
    for keeper in archive.keepers if archive.copies else ():
        if keeper.path in archive.copies:
            copies = [copy.article for copy in archive.copies[keeper.path]]
            for origin, some in by_origin(keeper, copies)[1].items():
                record = Record(keeper, origin, tuple(some))
                records.setdefault(some[0].day // 100, []).append(record)
    months = sorted({*keepers, *records}, key=lambda month: (month < 100, month))
    return tuple(
        _draft(
            shelf_of(month * 100), keepers.get(month, ()), records.get(month, ()), archive, places
        )
        for month in months
    )


def _draft(
    shelf: Period,
    keepers: Sequence[Slip],
    records: Sequence[Record],
    archive: Archive,
    places: Addresses,
) -> Draft:
    of, owners, copies = places.of, places.owners, archive.copies
    paths = [slip.path for slip in keepers]
    columns = (
        shelf,
        tuple([of[path] for path in paths]),
        tuple([owners.get(path, path) for path in paths]),
        tuple([slip.number for slip in keepers]),
        b"".join([slip.digest for slip in keepers]),
        tuple([(path, _said(c.article for c in copies[path])) for path in paths if path in copies]),
        tuple([_said_of(record, places) for record in records]),
    )
    return Draft(
        shelf, tuple(keepers), tuple(records), blake2b(bytes_of(columns), digest_size=16).digest()
    )


def _said_of(record: Record, places: Addresses) -> tuple[object, ...]:
    first = record.copies[0].path
    name, url = places.owners.get(first, first), places.of[record.keeper.path]
    return record.origin, name, url, record.copies[0].number, _said(record.copies)


def _said(slips: Iterable[Slip]) -> bytes:
    return b"".join([slip.digest for slip in slips])


def by_origin(slip: Slip, copies: Iterable[Slip]) -> tuple[list[Slip], dict[str, list[Slip]]]:
    """The copies of an article: those of its own source, and those of each other one."""
    home = dedupe.origin_of(slip)
    found: dict[str, list[Slip]] = {home: []}
    for copy in copies:
        found.setdefault(dedupe.origin_of(copy), []).append(copy)
    return found.pop(home), found
