"""Recording: what the ledger is to learn from a build, before its pages are put in place.

Addresses in, rows out; none where the ledger has them all. Rows are never taken back. What they say:
`pipeline.ledger`; who writes them: `effects.book`.
"""

from __future__ import annotations

from itertools import repeat

from bimson_site.model import Archive, Slip
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.identity import key_of
from bimson_site.pipeline.ledger import ALIAS, COPY, PAGE, TERM, Ledger, Row


def news(archive: Archive, places: Addresses, ledger: Ledger, since: str) -> tuple[Row, ...]:
    """The rows that this state of the archive adds. `since` is the day of the build, in the site's zone."""
    known, owner_of = ledger.known, ledger.published.owner_of
    name_of, of = places.owners.get, places.of
    rows: list[Row] = []
    here = {*(of.keys() - places.owners.keys()), *(n for p, n in places.owners.items() if p in of)}
    elsewhere = ledger.met_elsewhere
    outlived = {key for key, owners in ledger.twins.items() if not owners <= here}

    def met_anew(slip: Slip, owner: str) -> bool:
        """Whether it may be: it has its name back, or outlived another with its text; else that would seem younger."""
        return owner in elsewhere or (bool(outlived) and key_of(slip) in outlived)

    def add(url: str, slip: Slip, stands: str) -> None:
        owner = name_of(slip.path, slip.path)
        new = (url, owner, slip.path, stands) not in known
        if not new and not met_anew(slip, owner):
            return
        key = key_of(slip)
        rivals = [owner, *(twin for twin in ledger.twins.get(key, ()) if twin not in here)]
        last = max(ledger.last_met.get(each, "") for each in rivals)
        if new or ledger.met[owner, slip.path] < last:
            day = max(since, last)  # a clock that goes wrong moves no name
            rows.append(Row(url, owner, slip.path, key, day, stands))

    everyone = (*archive.pages, *archive.keepers)
    paths = [slip.path for slip in everyone]
    names = [name_of(path, path) for path in paths] if places.owners else paths
    standing = zip([of[path] for path in paths], names, paths, repeat(PAGE), strict=False)
    more = {*archive.copies, *places.moved, *places.queries}  # beside a page
    for slip, name, row in zip(everyone, names, standing, strict=True):
        path = slip.path
        if row in known and path not in more and not met_anew(slip, name):
            continue  # as nearly always: all of it is known
        add(of[path], slip, PAGE)
        copies = [c.article for c in archive.copies.get(path, ())]
        for copy in copies:
            add(of[copy.path], copy, f"{COPY}{name}")
        own = {of[copy.path] for copy in copies}
        for url in (*places.moved.get(path, ()), *places.queries.get(path, ())):
            if url not in own and url not in owner_of:
                add(url, slip, ALIAS)
    for owner, url in places.terms.items():
        if owner_of.get(url) != owner:
            rows.append(Row(url, owner, "", "", since, TERM))
    return tuple(rows)
