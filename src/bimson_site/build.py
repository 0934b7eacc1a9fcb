"""The pipeline, in order: survey (walk to shelve), then plan, render, publish.

Orders the stages and nothing else. The cache enters in five places: of article files in `survey`, of pairs in `folding`, of
the rows of a shelf in `shelving`, of partitions in `printing`, of a whole build in `_as_before`; each is memoisation, never
another way to build. All that comes before printing is one function (`_decide`), which large archives have done in a
process of its own. The stages themselves are imported when it is known that there is something to do: that takes as long
as looking at 20,000 files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bimson_site import intake, routes
from bimson_site.effects import files, workers
from bimson_site.effects.cache import Cache
from bimson_site.effects.files import Existing
from bimson_site.effects.site import Site, compiling
from bimson_site.effects.workers import ALONE, Hands
from bimson_site.errors import Location, Problem, Severity, problem
from bimson_site.intake import Walked
from bimson_site.model import Rehearsal, Report, digest
from bimson_site.pipeline import ledger, records
from bimson_site.pipeline.discover import is_article
from bimson_site.pipeline.ledger import Row, file_of
from bimson_site.pipeline.outputs import NO_OUTPUTS, Outputs
from bimson_site.pipeline.records import Finished
from bimson_site.pipeline.release import Moment
from bimson_site.pipeline.server_maps import APACHE_HEAD

if TYPE_CHECKING:
    from bimson_site.printing import Order, Pressed
    from bimson_site.survey import Survey


class Options(NamedTuple):
    """How a site is built: `strict`: not with errors in the content; `record`: the ledger learns
    the new addresses; `locked`: not where there are any."""

    strict: bool = False
    record: bool = True
    locked: bool = False


USUAL = Options()


def build(
    site: Site, folder: Path, moment: Moment, hands: Hands = ALONE, options: Options = USUAL
) -> Report:
    """Build a site into a folder. SiteError and MachineError leave the folder as it was; so do
    errors in the content where the build is strict, and new addresses where it is locked."""
    return intake.with_cache(site, lambda kept: _build(site, folder, moment, hands, kept, options))


def _build(
    site: Site, folder: Path, moment: Moment, hands: Hands, kept: Cache, options: Options
) -> Report:
    last = records.unpacked_build(kept.state(files.name_of(site.root, folder)))
    output = files.Output(site.root, folder)
    with ExitStack() as held:
        if ours := (folder / files.MARK).is_dir():
            held.enter_context(output)
        else:
            files.refuse_foreign(site.root, folder)
        untouched = _look(folder, last if ours else None, hands, held)
        compiled = held.enter_context(compiling(site, hands))
        walked = intake.walk(site, kept, hands)
        if report := _as_before(site, walked, moment, last, untouched, hands, options):
            return report
        desk = _Desk(site, folder, moment, kept, options, walked, last, untouched, compiled)
        with hands.apart(len(walked.articles), partial(_decide, desk), kept.folder) as decide:
            del walked, desk  # a large archive needs the room

            from bimson_site import printing
            from bimson_site.pipeline import publish

            report, decided = decide()
        if decided is None:
            return report
        site.compiled.update(decided.compiled)
        if not ours:
            held.enter_context(output)
        then = last.outputs.files if last else None
        existing = Existing(then) if then is not None and decided.stands else output.existing()
        job = printing.Job(site, folder, hands, kept)
        pressed = printing.press(job, decided.order, existing, then)
        report = _told(report, pressed)
        output.withdraw(pressed.withdrawn)
        if options.strict and _wrong(report):
            return report
        if options.record:
            site.permalinks.record(decided.lines)
            report = replace(report, recorded=bool(decided.lines))
            hands.lap("record addresses")
        deletions = publish.deletions(existing.files, pressed.outputs, _ours(folder, last))
        output.put_in_place(pressed.moves, deletions, existing.folders)
        hands.lap("put in place")
        outputs = _left(output, pressed, deletions, last if existing.folders is None else None)
        owed = bool(decided.lines) and not report.recorded
        left = replace(report, new_addresses=report.new_addresses * owed, recorded=False)
        context = _context(site, decided.walked, moment)
        finished = Finished(context, *decided.span, left, owed, outputs)
        kept.publish(job.name, records.packed_build(finished), pressed.changed, pressed.gone)
        hands.lap("remember")
    return replace(
        report,
        written=len(pressed.moves),
        kept=len(pressed.outputs) - len(pressed.moves),
        deleted=len(deletions),
    )


class _Desk(NamedTuple):
    """What a build decides on and with: `untouched` says whether the output folder is as the `last` build left it, `compiled`
    gives templates that were compiled meanwhile."""

    site: Site
    folder: Path
    moment: Moment
    kept: Cache
    options: Options
    walked: Walked
    last: Finished | None
    untouched: Callable[[], bool]
    compiled: Callable[[], Mapping[str, bytes]]


class _Decided(NamedTuple):
    """What comes of a survey: what is to be printed; lines for the ledger, by file; the digest of the files of content/;
    from when to before when the same articles are live (seconds since 1970 UTC); whether the output folder stands as it
    was left; templates that were compiled meanwhile."""

    order: Order
    lines: Mapping[str, bytes]
    walked: str
    span: tuple[int, int]
    stands: bool
    compiled: Mapping[str, bytes]


def _decide(desk: _Desk, hands: Hands) -> tuple[Report, _Decided | None]:
    """Read and survey a site, and order what is to be printed; only the report where the options forbid to print. A large
    archive takes much room for that, which it needs again to print: so this may be done in a process of its own, and the
    result is all that is left of it."""
    from bimson_site import printing
    from bimson_site import survey as surveys

    site, folder, moment, kept, options, walked, last, untouched, compiled = desk
    kept.at_hand()
    surveyed = surveys.survey(site, moment, kept, hands, surveys.read(site, kept, hands, walked))
    news = surveys.news(site, surveyed, moment)
    report, edition = _report(site, surveyed, news), surveyed.edition
    if options.locked and news:
        problems = tuple(sorted((*report.problems, *_locked(news))))
        return replace(report, problems=problems), None
    if options.strict and _wrong(report):
        return report, None
    lines = ledger.lines(news)
    del surveyed, news
    walked.forget()
    site.permalinks.put_away()
    same = untouched()
    damaged = None if last is None else frozenset() if same else _damaged(folder, last)
    hands.lap("walk the output")
    site.compiled.update(compiled())
    order = printing.order(printing.Job(site, folder, hands, kept), edition, damaged)
    return report, _Decided(order, lines, walked.digest, edition.span, same, site.compiled)


def _damaged(folder: Path, last: Finished) -> frozenset[str]:
    """The published files that are not as the last build left them."""
    there, left = files.existing(folder).files, last.outputs.files
    return frozenset(path for path, stamp in left.items() if there.get(path) != stamp)


def rehearse(site: Site, folder: Path, moment: Moment, hands: Hands = ALONE) -> Rehearsal:
    """What `build` would do: everything is planned and drawn, and nothing is written."""
    return intake.with_cache(site, lambda kept: _rehearse(site, folder, moment, hands, kept))


def _rehearse(site: Site, folder: Path, moment: Moment, hands: Hands, kept: Cache) -> Rehearsal:
    from bimson_site import printing
    from bimson_site.pipeline import publish

    files.refuse_foreign(site.root, folder)
    job = printing.Job(site, folder, hands, kept, rehearsal=True)
    last = records.unpacked_build(kept.state(job.name))
    walked = intake.walk(site, kept, hands)
    with ExitStack() as held:
        untouched = _look(folder, last, hands, held)
        desk = _Desk(site, folder, moment, kept, USUAL, walked, last, untouched, dict)
        with hands.apart(len(walked.articles), partial(_decide, desk), kept.folder) as decide:
            del walked, desk
            report, decided = decide()
    assert decided is not None  # nothing forbids it
    then = last.outputs.files if last else None
    existing = Existing(then) if then is not None and decided.stands else files.existing(folder)
    pressed = printing.press(job, decided.order, existing, then)
    deletions = publish.deletions(existing.files, pressed.outputs, _ours(folder, last))
    report = replace(
        _told(report, pressed),
        written=len(pressed.moves),
        kept=len(pressed.outputs) - len(pressed.moves),
        deleted=len(deletions),
    )
    receipts = (r for p in pressed.printed.values() for r in records.unpacked_receipts(p.receipts))
    changed = {r.owner for r in receipts if r.fate in publish.WRITTEN and is_article(r.owner)}
    return Rehearsal(
        report,
        tuple(sorted(changed)),
        tuple(sorted(path for _, path in pressed.moves)),
        deletions,
        len(pressed.outputs),
        sum(size for size, *_ in pressed.outputs.values()),
        pressed.redirects,
    )


def _told(report: Report, pressed: Pressed) -> Report:
    """A report with what was found in printing."""
    return replace(
        report,
        pages=sum(path.endswith(".html") for path in pressed.outputs),
        problems=tuple(sorted({*report.problems, *pressed.problems})),
    )


def _wrong(report: Report) -> bool:
    return any(p.severity is Severity.ERROR for p in report.problems)


def _context(site: Site, walked: str, moment: Moment) -> str:
    """All that a build depends on but the clock, the ledger as it stands now."""
    return digest((site.digest, site.permalinks.digest, walked, moment.future, moment.drafts))


def _locked(news: Sequence[Row]) -> Iterator[Problem]:
    """One problem for each file of the ledger that lacks rows."""
    files: dict[str, list[str]] = defaultdict(list)
    for row in sorted(news):
        files[file_of(row.url)].append(row.url)
    for path, urls in files.items():
        yield problem("ledger-locked", Location(path), url=urls[0], count=len(urls))


def _report(site: Site, surveyed: Survey, news: Sequence[Row]) -> Report:
    known = site.permalinks.ledger.published.owner_of
    return Report(
        articles=len(surveyed.archive.keepers),
        copies=sum(map(len, surveyed.archive.copies.values())),
        held_back=surveyed.released.held_back,
        problems=surveyed.problems,
        new_addresses=len({row.url for row in news} - known.keys()),
    )


def _ours(folder: Path, last: Finished | None) -> frozenset[str]:
    """Files at the top whose names start with a dot and that builds have written: by what the cache
    remembers, and where it is lost, by how our map for Apache begins."""
    known = {path for path in last.outputs.files if path.startswith(".")} if last else set()
    path = routes.output(routes.APACHE_MAP)
    return frozenset({*known, *({path} if files.begins(folder / path, APACHE_HEAD) else ())})


def _look(folder: Path, last: Finished | None, hands: Hands, held: ExitStack) -> Callable[[], bool]:
    """Begin to look whether an output folder holds exactly what the last build left there, in two processes that
    take half each: that takes as long as the walk of content/ meanwhile."""
    if last is None:
        return lambda: False
    left = last.outputs
    halves = [partial(files.untouched, folder, left, share, 2) for share in range(2)]
    looked = [held.enter_context(hands.beside(left.count, half)) for half in halves]
    return cache(lambda: all(half() for half in looked))


def _left(
    output: files.Output, pressed: Pressed, deletions: Sequence[str], last: Finished | None
) -> Outputs:
    """What a build leaves to the next to be found; `last` is the one before, where nobody but us has touched its
    files since."""
    if last is None:
        return NO_OUTPUTS.after(pressed.outputs, (), output.times())
    came = {path: pressed.outputs[path] for _, path in pressed.moves}
    return last.outputs.after(came, deletions, output.times())


class LastBuild(NamedTuple):
    """What the last build left of itself, if there was one, and whether one now would publish the same."""

    finished: Finished | None
    stands: bool


def last_build(site: Site, moment: Moment, kept: Cache) -> LastBuild | None:
    """The last build into the usual folder; None where so much was written since that its pages say little. Whether
    the folder is as it was left, nobody has looked."""
    last = records.unpacked_build(kept.state(site.config.output))
    walked = intake.walk(site, kept)
    if not walked.digest:
        from bimson_site import survey as surveys

        many = len(surveys.stale(walked, kept).to_read) >= workers.WORTH_IT
        return None if many else LastBuild(last, stands=False)
    now = _context(site, walked.digest, moment)
    return LastBuild(last, last is not None and _stands(last, now, moment))


def _stands(last: Finished, now: str, moment: Moment) -> bool:
    """Whether a build would publish what the last one did: all that it depends on is as it was, and nothing has
    gone live since."""
    return last.context == now and last.since <= moment.as_of < last.until


def _as_before(
    site: Site,
    walked: Walked,
    moment: Moment,
    last: Finished | None,
    untouched: Callable[[], bool],
    hands: Hands,
    options: Options,
) -> Report | None:
    """The report of a build that has nothing to do: no file, setting or template is another than last
    time, nothing has gone live since, and every published file is as it was left."""
    if last is None or not _stands(last, _context(site, walked.digest, moment), moment):
        return None
    if last.owed and (options.record or options.locked):
        return None
    if options.strict and _wrong(last.report):
        return None
    same = untouched()
    hands.lap("walk the output")
    if not same:
        return None
    return replace(last.report, written=0, kept=last.outputs.count, deleted=0)
