"""Recording: what the ledger is to learn from a build, before its pages are put in place.

Addresses in, rows out; none where the ledger has them all. Rows are never taken back. What they say:
`pipeline.ledger`; who writes them: `effects.book`.
"""

from __future__ import annotations

from bimson_site.model import Archive, Slip
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.identity import key_of
from bimson_site.pipeline.ledger import ALIAS, COPY, PAGE, TERM, Ledger, Row


def news(archive: Archive, places: Addresses, ledger: Ledger, since: str) -> tuple[Row, ...]:
    """The rows that this state of the archive adds. `since` is the day of the build, in the site's zone."""
    known, owner_of = ledger.known, ledger.published.owner_of
    name_of, of = places.owners.get, places.of
    rows: list[Row] = []
    met, last_met, twins = ledger.met, ledger.last_met, ledger.twins
    here = {name_of(path, path) for path in of}
    elsewhere = ledger.met_elsewhere

    def add(url: str, slip: Slip, stands: str) -> None:
        owner, key = name_of(slip.path, slip.path), key_of(slip)
        # What has its name back, or outlived another with its text, is met anew: else that would seem younger.
        rivals = [owner, *(twin for twin in twins.get(key, ()) if twin not in here)]
        last = max(last_met.get(each, "") for each in rivals)
        if (url, owner, slip.path, stands) not in known or met[owner, slip.path] < last:
            day = max(since, last)  # a clock that goes wrong moves no name
            rows.append(Row(url, owner, slip.path, key, day, stands))

    for slip in (*archive.pages, *archive.keepers):
        path = slip.path
        if (
            (of[path], name := name_of(path, path), path, PAGE) in known
            and path not in archive.copies
            and path not in places.moved
            and path not in places.queries
            and name not in elsewhere
            and not (twins and key_of(slip) in twins)
        ):
            continue  # as nearly always: all of it is known
        page, keeper = of[slip.path], name_of(slip.path, slip.path)
        add(page, slip, PAGE)
        copies = [c.article for c in archive.copies.get(slip.path, ())]
        for copy in copies:
            add(of[copy.path], copy, f"{COPY}{keeper}")
        own = {of[copy.path] for copy in copies}
        for url in (*places.moved.get(slip.path, ()), *places.queries.get(slip.path, ())):
            if url not in own and url not in owner_of:
                add(url, slip, ALIAS)
    for owner, url in places.terms.items():
        if owner_of.get(url) != owner:
            rows.append(Row(url, owner, "", "", since, TERM))
    return tuple(rows)
