"""The pipeline, in order: survey (walk to shelve), then plan, render, publish.

Orders the stages and nothing else. The cache enters in three places: of article files in `survey`, of
partitions in `_press`, of a whole build in `_as_before`; each is memoisation, never another way to build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from bimson_site import jobs, routes
from bimson_site import survey as surveys
from bimson_site.effects import compiled, files
from bimson_site.effects.cache import Cache, Published
from bimson_site.effects.files import Existing
from bimson_site.effects.site import Site
from bimson_site.effects.workers import ALONE, Hands
from bimson_site.errors import Location, Problem, Severity, SiteError, problem
from bimson_site.features import BUILT_IN
from bimson_site.model import Receipt, Rehearsal, Report, digest
from bimson_site.pipeline import assemble, hosting, publish, records, remarks, render
from bimson_site.pipeline.assemble import Outline
from bimson_site.pipeline.discover import is_article
from bimson_site.pipeline.plan import in_conflict, unique
from bimson_site.pipeline.records import Finished, Stamp
from bimson_site.pipeline.release import Moment
from bimson_site.survey import Survey
from bimson_site.theme.engine import Press


def build(
    site: Site, folder: Path, moment: Moment, hands: Hands = ALONE, *, strict: bool = False
) -> Report:
    """Build a site into a folder. SiteError and MachineError leave the folder as it was; so do
    errors in the content where the build is strict."""
    return surveys.with_cache(
        site, lambda kept: _build(site, folder, moment, hands, kept, strict=strict)
    )


def _build(
    site: Site, folder: Path, moment: Moment, hands: Hands, kept: Cache, *, strict: bool
) -> Report:
    walked = surveys.read(site, kept, hands)
    job = _Job(site, folder, hands, kept)
    last = records.unpacked_build(kept.state(job.name))
    now = digest((site.digest, walked.digest, moment.future, moment.drafts))
    if report := _as_before(job, moment, last, now, strict=strict):
        return report
    surveyed = surveys.survey(site, moment, kept, hands, walked)
    report = _report(surveyed)
    if strict and _wrong(report):
        return report
    with files.Output(site.root, folder) as output:
        existing = output.existing()
        hands.lap("walk the output")
        pressed = _press(job, surveyed, existing, last)
        report = _told(report, pressed)
        output.withdraw(pressed.withdrawn)
        if strict and _wrong(report):
            return report
        moves = publish.moves(pressed.fresh)
        deletions = publish.deletions(existing.files, pressed.outputs)
        output.put_in_place(moves, deletions, existing.folders)
        hands.lap("put in place")
        finished = Finished(now, *surveyed.span, report, pressed.outputs)
        kept.publish(job.name, records.packed_build(finished), pressed.changed, pressed.gone)
        hands.lap("remember")
    return replace(
        report,
        written=len(moves),
        kept=len(pressed.outputs) - len(moves),
        deleted=len(deletions),
    )


def rehearse(site: Site, folder: Path, moment: Moment, hands: Hands = ALONE) -> Rehearsal:
    """What `build` would do: everything is planned and drawn, and nothing is written."""
    return surveys.with_cache(site, lambda kept: _rehearse(site, folder, moment, hands, kept))


def _rehearse(site: Site, folder: Path, moment: Moment, hands: Hands, kept: Cache) -> Rehearsal:
    files.refuse_foreign(site.root, folder)
    surveyed = surveys.survey(site, moment, kept, hands)
    job = _Job(site, folder, hands, kept, rehearsal=True)
    existing = files.existing(folder)
    pressed = _press(job, surveyed, existing, records.unpacked_build(kept.state(job.name)))
    moves = publish.moves(pressed.fresh)
    deletions = publish.deletions(existing.files, pressed.outputs)
    report = replace(
        _told(_report(surveyed), pressed),
        written=len(moves),
        kept=len(pressed.outputs) - len(moves),
        deleted=len(deletions),
    )
    changed = {r.owner for r in pressed.fresh if r.fate in publish.WRITTEN and is_article(r.owner)}
    return Rehearsal(
        report,
        tuple(sorted(changed)),
        tuple(sorted(path for _, path in moves)),
        deletions,
        len(pressed.outputs),
        sum(size for size, *_ in pressed.outputs.values()),
        pressed.redirects,
    )


class _Job(NamedTuple):
    """What a build works on and with; in a rehearsal nothing is written."""

    site: Site
    folder: Path
    hands: Hands
    kept: Cache
    rehearsal: bool = False

    @property
    def name(self) -> str:
        return files.name_of(self.site.root, self.folder)


def _told(report: Report, pressed: Pressed) -> Report:
    """A report with what was found in printing."""
    return replace(
        report,
        pages=sum(path.endswith(".html") for path in pressed.outputs),
        problems=tuple(sorted({*report.problems, *pressed.problems})),
    )


def _wrong(report: Report) -> bool:
    return any(p.severity is Severity.ERROR for p in report.problems)


def _report(surveyed: Survey) -> Report:
    return Report(
        articles=len(surveyed.archive.keepers),
        copies=sum(map(len, surveyed.archive.copies.values())),
        held_back=surveyed.released.held_back,
        problems=surveyed.problems,
    )


def _as_before(
    job: _Job, moment: Moment, last: Finished | None, now: str, *, strict: bool
) -> Report | None:
    """The report of a build that has nothing to do: no file, setting or template is another than last
    time, nothing has gone live since, and every published file is as it was left."""
    if last is None or last.context != now:
        return None
    if not last.since <= moment.as_of < last.until or (strict and _wrong(last.report)):
        return None
    if not (job.folder / files.MARK).is_dir():
        return None
    with files.Output(job.site.root, job.folder) as output:
        same = output.existing().files == last.outputs
    job.hands.lap("walk the output")
    if not same:
        return None
    return replace(last.report, written=0, kept=len(last.outputs), deleted=0)


# --- plan and render ----------------------------------------------------------------------------------


class Pressed(NamedTuple):
    """What came of printing: every file that belongs into the output, with its stamp; the receipts of
    the pages that were printed now; partitions that the cache is to keep, and keys that it may drop;
    staged files that are not to be published after all; problems."""

    outputs: Mapping[str, Stamp]
    fresh: tuple[Receipt, ...]
    changed: tuple[tuple[str, Published], ...]
    gone: tuple[str, ...]
    withdrawn: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    redirects: int


def _press(job: _Job, surveyed: Survey, existing: Existing, last: Finished | None) -> Pressed:
    """Plan, render and stage the pages of every partition that is not as it was. SiteError with every
    template that failed."""
    site = job.site
    then = last.outputs if last else {}
    past = job.kept.published(job.name) if last else {}
    damaged = {path for path, stamp in then.items() if existing.files.get(path) != stamp}
    versions = _Versions(site, surveyed)
    dirty = [
        outline
        for outline in surveyed.outlines
        if (before := past.get(outline.key)) is None
        or versions.of(outline, before.views) != before.digest
        or (damaged and _touched(before, damaged))
    ]
    receipts_of = {
        key: records.unpacked_receipts(past[key].receipts)
        for key in (*(o.key for o in dirty), *(past.keys() - {o.key for o in surveyed.outlines}))
        if key in past
    }
    job.hands.lap("compare with the last build")
    printed = _print(job, surveyed, dirty, receipts_of, damaged, existing)
    job.hands.lap("plan and print")
    old = {routes.output(r.url) for each in receipts_of.values() for r in each}
    outputs = {path: stamp for path, stamp in then.items() if path not in old}
    fresh = tuple(chain.from_iterable(printed.values()))
    refused: tuple[Receipt, ...] = ()
    clashes: tuple[Problem, ...] = ()
    if in_conflict([*outputs, *(routes.output(r.url) for r in fresh)]):
        granted, refused, clashes = unique(_all_receipts(surveyed, printed, past))
        printed = _with_refused(surveyed, printed, past, {r.url for r in refused})
        outputs = {routes.output(r.url): r.stamp for r in granted}
        fresh = tuple(r for r in granted if r.fate in publish.WRITTEN)
    else:
        outputs |= {routes.output(r.url): r.stamp for r in fresh}
    changed = _to_keep(surveyed.outlines, printed, versions, frozenset(refused))
    dead = remarks.menu(surveyed.masthead.menu, {routes.place(path) for path in outputs})
    redirects = 0
    if site.config.host or job.rehearsal:
        redirects = sum(r.stands_in for r in _all_receipts(surveyed, printed, past))
    sizes = {path: stamp[0] for path, stamp in outputs.items()}
    over = hosting.over(site.config.host, sizes, redirects)
    return Pressed(
        outputs,
        fresh,
        tuple(changed),
        tuple(past.keys() - {o.key for o in surveyed.outlines}),
        tuple((r.staged, routes.output(r.url)) for r in refused if r.staged),
        (*clashes, *dead, *over),
        redirects,
    )


def _all_receipts(
    surveyed: Survey,
    printed: Mapping[str, tuple[Receipt, ...]],
    past: Mapping[str, Published],
) -> Iterator[Receipt]:
    """The receipts of all pages, printed now or before, in the order of their rights."""
    for outline in surveyed.outlines:
        key = outline.key
        yield from printed[key] if key in printed else records.unpacked_receipts(past[key].receipts)


def _with_refused(
    surveyed: Survey,
    printed: Mapping[str, tuple[Receipt, ...]],
    past: Mapping[str, Published],
    refused: set[str],
) -> dict[str, tuple[Receipt, ...]]:
    """What was printed, and partitions printed before with a page that is refused its address now."""
    found = dict(printed)
    for outline in surveyed.outlines:
        if outline.key not in found:
            receipts = records.unpacked_receipts(past[outline.key].receipts)
            if any(r.url in refused for r in receipts):
                found[outline.key] = receipts
    return found


class _Versions:
    """What a partition was made of, beside its rows: the site's words, templates, planners, program."""

    def __init__(self, site: Site, surveyed: Survey) -> None:
        self._views = jobs.views_of((*BUILT_IN, *site.extensions))
        self._press = Press(surveyed.masthead, site.templates, compiled=site.compiled)
        before = len(site.compiled)
        self._press.prepare()
        if len(site.compiled) != before:
            compiled.save(site.root, site.compiled)
        self._base = (self._press.masthead_digest, site.tool)
        self._templates: dict[str, str] = {}

    def of(self, outline: Outline, views: str) -> str:
        """A digest of an outline and of all that the named views need."""
        if views not in self._templates:
            found = (render.template(v, self._views, self._press) for v in views.split())
            self._templates[views] = digest(tuple(found))
        return digest((outline.digest, *self._base, self._templates[views]))


def _touched(before: Published, damaged: set[str]) -> bool:
    receipts = records.unpacked_receipts(before.receipts)
    return any(routes.output(receipt.url) in damaged for receipt in receipts)


def _print(
    job: _Job,
    surveyed: Survey,
    dirty: Sequence[Outline],
    past: Mapping[str, tuple[Receipt, ...]],
    damaged: set[str],
    existing: Existing,
) -> dict[str, tuple[Receipt, ...]]:
    """The receipts of some partitions by key."""
    site, watch = job.site, job.hands.watch
    printing = jobs.Printing(
        root=site.root,
        folder=job.folder,
        masthead=surveyed.masthead,
        templates=site.templates,
        extensions=tuple(site.config.extensions),
        kept=job.kept.folder,
        tool=site.tool,
        compiled=site.compiled,
        empty=not existing.files,
        rehearsal=job.rehearsal,
        clock=watch.clock if watch else None,
    )
    commissions = [
        jobs.Commission(
            outline.partition,
            {r.url: r for r in past.get(outline.key, ())},
            frozenset(r.url for r in past.get(outline.key, ()) if routes.output(r.url) in damaged),
        )
        for outline in dirty
    ]
    printer = partial(jobs.make_printer, printing)
    printed = tuple(job.hands.work("write", printer, commissions, _lost, _weight))
    failed = sorted({p for each in printed for p in each.problems})
    if failed:
        raise SiteError(*failed)
    for each in printed if watch else ():
        watch.add(each.timings)  # type: ignore[union-attr]
    return {o.key: each.receipts for o, each in zip(dirty, printed, strict=True)}


def _weight(commission: jobs.Commission) -> int:
    return assemble.weight(commission.partition)


def _lost(commission: jobs.Commission) -> jobs.Printed:
    owner = assemble.name(commission.partition)
    reason = f"the process that printed {owner} died"
    return jobs.Printed((), (problem("internal", Location(owner), reason=reason),))


def _to_keep(
    outlines: Sequence[Outline],
    printed: Mapping[str, tuple[Receipt, ...]],
    versions: _Versions,
    refused: frozenset[Receipt],
) -> Iterator[tuple[str, Published]]:
    """Partitions for the cache. One with a page that was refused its address is looked at every time:
    whoever has the address may go."""
    for outline in outlines:
        if outline.key not in printed:
            continue
        receipts = tuple(r for r in printed[outline.key] if r not in refused)
        views = " ".join(sorted({r.view for r in receipts}))
        whole = len(receipts) == len(printed[outline.key])
        made = versions.of(outline, views) if whole else ""
        bare = (r._replace(fate="", staged="") for r in receipts)
        yield outline.key, Published(made, views, records.packed_receipts(bare))
