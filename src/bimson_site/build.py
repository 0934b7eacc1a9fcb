"""The pipeline, in order: walk, load, release, dedupe, assign, shelve, plan, render, publish.

Orders the stages and nothing else: every stage is a pure function in `pipeline`, every effect is in
`effects`. `survey` is the half that `list`, `duplicates` and `explain` share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bimson_site import jobs
from bimson_site.effects import cache, files, workers
from bimson_site.effects.cache import Published
from bimson_site.effects.site import Site
from bimson_site.errors import Location, Problem, Severity, SiteError, problem
from bimson_site.features import BUILT_IN
from bimson_site.model import (
    Archive,
    Assets,
    Loaded,
    Masthead,
    Page,
    Partition,
    Receipt,
    Report,
    Sources,
    Whole,
)
from bimson_site.pipeline import (
    addresses,
    dedupe,
    load,
    remarks,
    shelve,
    shelve_terms,
    stories,
    terms,
)
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.discover import discover
from bimson_site.pipeline.masthead import masthead
from bimson_site.pipeline.plan import Plan, plan, unique
from bimson_site.pipeline.publish import publish, reasons
from bimson_site.pipeline.release import Moment, Release, release
from bimson_site.pipeline.shelve import Holdings

Item = TypeVar("Item")
Result = TypeVar("Result")

# Told how far a stage is: (stage, done, of how many). Stages are "read" and "write".
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True, slots=True)
class Hands:
    """How the work is done: in how many processes (None: as many as are worth it), watched by whom."""

    many: int | None = None
    progress: Progress = silent

    def work(
        self,
        stage: str,
        make: Callable[[], Callable[[Item], Result]],
        items: Sequence[Item],
        lost: Callable[[Item], Result],
    ) -> Iterator[Result]:
        for done, result in enumerate(workers.run(make, items, self.many, lost), 1):
            self.progress(stage, done, len(items))
            yield result


ALONE = Hands(1)


@dataclass(frozen=True, slots=True)
class Survey:
    """All that is known before a page is planned."""

    sources: Sources
    loaded: tuple[Loaded, ...]
    released: Release
    archive: Archive
    places: Addresses
    holdings: Holdings
    whole: Whole
    masthead: Masthead
    problems: tuple[Problem, ...]


def survey(site: Site, moment: Moment, hands: Hands = ALONE) -> Survey:
    """Read everything and decide everything, without planning a page."""
    config = site.config
    sources, unfit = discover(files.walk(site.root, "content"))
    rules = load.LoadRules(config.language, config.timezone, config.missing_authors)
    reader = partial(jobs.make_loader, site.root, rules)
    loaded = tuple(hands.work("read", reader, sources.articles, jobs.died))
    released = release((each.article for each in loaded if each.article), moment)
    url_of = partial(addresses.natural, base_url=config.base_url)
    archive, repeated = dedupe.dedupe(released.live, url_of, config.base_url)
    shown = terms.spellings(archive)
    taken = remarks.taken(site.assets)
    places, placed = addresses.settle(archive, shown, {}, taken, config.base_url)
    glossary = terms.glossary(shown, places.terms)
    held, resolved = stories.hold(archive, places, glossary, sources, taken, config.base_url)
    aside = remarks.set_aside((*unfit, *(p for each in loaded for p in each.problems)), loaded)
    holdings = Holdings(*held, glossary, aside, len(released.held_back))
    whole = shelve.whole(holdings, config.lists, config.featured)
    front = masthead(config, whole)
    found = {
        *site.warnings,
        *unfit,
        *(p for each in loaded for p in each.problems),
        *repeated,
        *placed,
        *resolved,
        *remarks.unused(sources, (each.article for each in loaded if each.article)),
        *remarks.featured(config.featured, released.live),
        *remarks.without_base_url(config.base_url),
    }
    return Survey(
        sources, loaded, released, archive, places, holdings, whole, front, tuple(sorted(found))
    )


def partitions(site: Site, surveyed: Survey) -> Iterator[Partition]:
    """The archive as planners see it. Files of the site come first, so that they keep their names."""
    config, holdings = site.config, surveyed.holdings
    yield Assets(site.assets)
    yield surveyed.whole
    yield from shelve.standing(holdings)
    yield from shelve.shelves(holdings)
    yield from shelve.years(holdings)
    yield from shelve_terms.term_partitions(holdings, config.lists, config.sections)


def planned(site: Site, surveyed: Survey) -> Plan:
    """Every page of the site, each address once; and what there is to say about them."""
    planners = tuple(p for e in (*BUILT_IN, *site.extensions) for p in e.planners)
    made = unique(plan(partitions(site, surveyed), surveyed.masthead, planners))
    dead = remarks.menu(surveyed.masthead.menu, made.pages)
    return replace(made, problems=(*made.problems, *dead))


def build(
    site: Site, folder: Path, moment: Moment, hands: Hands = ALONE, *, strict: bool = False
) -> Report:
    """Build a site into a folder. SiteError and MachineError leave the folder as it was; so do
    errors in the content where the build is strict."""
    surveyed = survey(site, moment, hands)
    made = planned(site, surveyed)
    report = _report(surveyed, made)
    if strict and any(p.severity is Severity.ERROR for p in report.problems):
        return report
    with files.Output(site.root, folder) as output:
        before = output.existing()
        receipts = _print(site, folder, surveyed.masthead, made.pages, hands)
        publication = publish(receipts, before)
        output.put_in_place(publication.moves, publication.deletions)
        _remember(site.root, folder, receipts)
    return replace(
        report,
        written=len(publication.moves),
        kept=publication.kept,
        deleted=len(publication.deletions),
    )


def _print(
    site: Site, folder: Path, front: Masthead, pages: tuple[Page, ...], hands: Hands
) -> tuple[Receipt, ...]:
    """Render and stage every page. SiteError with every template that failed."""
    names = tuple(site.config.extensions)
    printing = jobs.Printing(site.root, folder, front, site.templates, names)
    printer = partial(jobs.make_printer, printing)
    printed = tuple(hands.work("write", printer, tuple(enumerate(pages)), _lost))
    failed = sorted({p for each in printed for p in each.problems})
    if failed:
        raise SiteError(*failed)
    return tuple(each.receipt for each in printed if each.receipt)


def _lost(numbered: tuple[int, Page]) -> jobs.Printed:
    page = numbered[1]
    reason = f"the process that rendered {page.url} died"
    return jobs.Printed(None, (problem("internal", Location(page.owner), reason=reason),))


def _report(surveyed: Survey, made: Plan) -> Report:
    clusters = surveyed.archive.clusters
    return Report(
        articles=len(clusters),
        pages=sum(page.url.endswith(("/", ".html")) for page in made.pages),
        copies=sum(len(c.copies) for c in clusters),
        held_back=surveyed.released.held_back,
        problems=tuple(sorted({*surveyed.problems, *made.problems})),
    )


def _remember(root: Path, folder: Path, receipts: Sequence[Receipt]) -> None:
    """Keep what each page was made of and why it was last written, for `explain`."""
    output = files.name_of(root, folder)
    then = cache.recall(root, output)
    pages = []
    for receipt in receipts:
        past = then.get(receipt.url)
        why = (
            past.why
            if past and not receipt.staged
            else reasons(receipt, past.parts if past else None)
        )
        pages.append((receipt.url, Published(receipt.parts, why)))
    cache.remember(root, output, pages)
