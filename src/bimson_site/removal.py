"""Takes an article down at a person's word: its files, its rows in the ledger, what the cache remembers.

What goes is settled by `pipeline.removal`; the next build takes down the pages. The ledger is written first,
so that a removal which is interrupted can be asked for again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bimson_site import intake, routes
from bimson_site import survey as surveys
from bimson_site.console import Voice, visible
from bimson_site.effects import cache
from bimson_site.effects.cache import Cache
from bimson_site.effects.site import Site
from bimson_site.errors import Location, SiteError, problem
from bimson_site.model import ODD
from bimson_site.pipeline import removal, terms
from bimson_site.pipeline.kin import links
from bimson_site.pipeline.ledger import lines
from bimson_site.pipeline.release import Moment
from bimson_site.survey import Survey
from bimson_site.text import vietnamese
from bimson_site.text.verdicts import Verdict
from bimson_site.walkthrough import file_meant


class Planned(NamedTuple):
    """What will go: files, names of owners; terms that only these articles have; and articles that tell the
    same in other words, which stay."""

    files: tuple[str, ...]
    owners: frozenset[str]
    terms: frozenset[str]
    alike: tuple[str, ...]
    urls: tuple[str, ...]


def plan(site: Site, target: str, moment: Moment) -> Planned:
    """What goes with an article, named by an address or a file. SiteError (usage) if nothing is meant."""
    return intake.with_cache(site, lambda kept: _plan(site, target, moment, kept))


def _plan(site: Site, target: str, moment: Moment, kept: Cache) -> Planned:
    surveyed = surveys.survey(site, moment, kept)
    ledger = site.permalinks.ledger
    path, owner = _meant(site, target, surveyed)
    paths = removal.cluster(surveyed.archive, path) if path else ()
    names = surveyed.places.owners
    owners = removal.owners_of(paths, lambda each: names.get(each, each), ledger)
    owners |= {owner} if owner else set()
    slips = kept.slips()
    odd = kept.articles(s.number for s in slips if s.flags & ODD).values()
    beside = {vietnamese.nfc(source.path): source.path for source in surveyed.sources.beside}
    own = (beside[name] for name in removal.beside(odd, paths) if name in beside)
    urls = tuple(sorted(u for u, o in ledger.published.owner_of.items() if o in owners))
    left = terms.wording(s for s in slips if s.path not in paths).shown
    here = terms.wording(s for s in slips if s.path in paths).shown
    lone = frozenset(terms.owner(key) for key in here.keys() - left.keys())
    told = links(surveyed.pairs).get(paths[0], ()) if paths else ()
    alike = tuple(each.path for each in told if each.verdict in _ALIKE)
    return Planned((*paths, *own), owners, lone, alike, urls)


_ALIKE = frozenset({Verdict.VERSION, Verdict.REVISION})


def _meant(site: Site, target: str, surveyed: Survey) -> tuple[str, str]:
    """The file that is meant, "" where it is gone; and then the owner of the address."""
    if found := file_meant(site, target, surveyed.sources.articles):
        return found, ""
    url = routes.here(target, site.config.base_url) or "/" + target.lstrip("/")
    urls = {url, f"{url}/", url.removesuffix("index.html")}
    for path, own in surveyed.places.of.items():
        if own in urls:
            return path, ""
    for path, moved in surveyed.places.moved.items():
        if not urls.isdisjoint(moved):
            return path, ""
    owner_of = site.permalinks.ledger.published.owner_of
    if owner := next((owner_of[u] for u in sorted(urls) if u in owner_of), ""):
        if owner not in site.permalinks.ledger.paths_of:
            raise SiteError(problem("usage", Location(target), reason=removal.NO_ARTICLE))
        return "", owner
    raise SiteError(problem("usage", Location(target), reason=removal.UNKNOWN))


def told(planned: Planned, voice: Voice, *, redact: bool) -> Iterator[str]:
    """What will go, and what will not, in words."""
    yield voice.counted("{n} file is deleted:", "{n} files are deleted:", len(planned.files))
    yield from (f"  {visible(path)}" for path in planned.files)
    number = len(planned.urls)
    if redact:
        yield voice.counted(
            "{n} address becomes unreadable:", "{n} addresses become unreadable:", number
        )
    else:
        yield voice.counted("{n} address loses its page:", "{n} addresses lose their page:", number)
    yield from (f"  {visible(url)}" for url in planned.urls)
    if planned.alike:
        yield voice.say("These tell the same in other words, and stay:")
        yield from (f"  {visible(path)}" for path in planned.alike)
    yield voice.say("git, backups and copies elsewhere are yours to clean.")


def carry_out(site: Site, planned: Planned, reason: str, day: str, *, redact: bool) -> None:
    """Write the ledger, delete the files, forget what the cache knows. OSError as the system gives it."""
    ledger = site.permalinks.ledger
    if redact:
        rows = removal.forgotten(ledger, planned.owners, planned.terms, reason, day)
        site.permalinks.replace(rows)
    else:
        site.permalinks.record(lines(removal.noted(ledger, planned.owners, reason, day)))
    for path in planned.files:
        place = site.root / path
        place.unlink(missing_ok=True)
        for folder in _above(place, site.root / "content"):
            with contextlib.suppress(OSError):  # not empty
                folder.rmdir()
    cache.forget_all(site.root)


def _above(place: Path, top: Path) -> Iterator[Path]:
    for folder in place.parents:
        if folder == top:
            return
        yield folder
