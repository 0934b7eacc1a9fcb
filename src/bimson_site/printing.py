"""Plans, renders and stages the pages of every partition that is not as it was; `build` publishes them.

The cache of partitions enters here: one whose rows, templates, words and program are those of the last build
keeps its pages, unless somebody touched their files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from bimson_site import pressroom, routes
from bimson_site.effects import compiled, files
from bimson_site.effects.cache import Cache, Published
from bimson_site.effects.files import Existing
from bimson_site.effects.site import Site
from bimson_site.effects.workers import Hands
from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.features import BUILT_IN
from bimson_site.model import Receipt, digest
from bimson_site.pipeline import assemble, hosting, publish, records, remarks, render
from bimson_site.pipeline.assemble import Outline
from bimson_site.pipeline.plan import in_conflict, unique
from bimson_site.pipeline.records import Stamp
from bimson_site.survey import Edition
from bimson_site.theme.engine import Press


class Job(NamedTuple):
    """What a build works on and with; in a rehearsal nothing is written."""

    site: Site
    folder: Path
    hands: Hands
    kept: Cache
    rehearsal: bool = False

    @property
    def name(self) -> str:
        """What the output folder is called."""
        return files.name_of(self.site.root, self.folder)


class Pressed(NamedTuple):
    """What came of printing: every file that belongs into the output, with its stamp; staged files and
    their places, those of new pages first; partitions that the cache is to keep, and keys that it may
    drop; staged files that are not to be published after all; what was printed; problems; how many of
    the files only lead to another."""

    outputs: Mapping[str, Stamp]
    moves: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, Published], ...]
    gone: tuple[str, ...]
    withdrawn: tuple[tuple[str, str], ...]
    printed: Mapping[str, pressroom.Printed]
    problems: tuple[Problem, ...]
    redirects: int


def press(
    job: Job, edition: Edition, existing: Existing, then: Mapping[str, Stamp] | None
) -> Pressed:
    """Print what is not as it was. `then` are the files of the last build with their stamps, if there was
    one. SiteError with every template that failed."""
    past = job.kept.published(job.name) if then is not None else {}
    then = then or {}
    damaged = {path for path, stamp in then.items() if existing.files.get(path) != stamp}
    versions = Versions(job.site, edition)
    dirty = [
        outline
        for outline in edition.outlines
        if (before := past.get(outline.key)) is None
        or versions.of(outline, before.views) != before.digest
        or (damaged and not damaged.isdisjoint(_paths(before)))
    ]
    gone = past.keys() - {outline.key for outline in edition.outlines}
    job.hands.lap("compare with the last build")
    printed = _print(job, edition, dirty, past, damaged, existing)
    job.hands.lap("plan and print")
    old = {path for key in (*printed, *gone) if key in past for path in _paths(past[key])}
    left = {path: stamp for path, stamp in then.items() if path not in old}
    fresh = [pair for each in printed.values() for pair in each.files]
    found = _uncontested(left, fresh, printed)
    if in_conflict(left, [path for path, _ in fresh]):
        found = _contested(edition, printed, past)
    outputs, moves, refused, clashes = found
    dead = remarks.menu(edition.masthead.menu, {routes.place(path) for path in outputs})
    redirects = 0
    if job.rehearsal:
        redirects = sum(r.view == "redirect" for r in _receipts(edition, printed, past))
    sizes = {path: stamp[0] for path, stamp in outputs.items()}
    over = hosting.over(job.site.config.host, sizes)
    return Pressed(
        outputs,
        moves,
        tuple(_to_keep(edition.outlines, printed, past, versions, {r.url for r in refused})),
        tuple(gone),
        tuple((r.staged, routes.output(r.url)) for r in refused if r.staged),
        printed,
        (*clashes, *dead, *over),
        redirects,
    )


class _Settled(NamedTuple):
    """The files of the output, the moves that bring them there, pages without their address, and what
    there is to say about those."""

    outputs: Mapping[str, Stamp]
    moves: tuple[tuple[str, str], ...]
    refused: tuple[Receipt, ...] = ()
    clashes: tuple[Problem, ...] = ()


def _uncontested(
    left: Mapping[str, Stamp],
    fresh: Iterable[tuple[str, Stamp]],
    printed: Mapping[str, pressroom.Printed],
) -> _Settled:
    new = chain.from_iterable(each.new for each in printed.values())
    changed = chain.from_iterable(each.changed for each in printed.values())
    return _Settled({**left, **dict(fresh)}, (*new, *changed))


def _contested(
    edition: Edition, printed: Mapping[str, pressroom.Printed], past: Mapping[str, Published]
) -> _Settled:
    """Where two pages want one address all must speak, in the order of their rights."""
    granted, refused, clashes = unique(_receipts(edition, printed, past))
    outputs = {routes.output(r.url): r.stamp for r in granted}
    return _Settled(outputs, publish.moves(granted), refused, clashes)


def _paths(published: Published) -> list[str]:
    return [routes.output(r.url) for r in records.unpacked_receipts(published.receipts)]


def _receipts(
    edition: Edition, printed: Mapping[str, pressroom.Printed], past: Mapping[str, Published]
) -> Iterator[Receipt]:
    """The receipts of all pages, printed now or before, in the order of their rights."""
    for outline in edition.outlines:
        if outline.key in printed:
            yield from records.unpacked_receipts(printed[outline.key].receipts)
        else:
            for receipt in records.unpacked_receipts(past[outline.key].receipts):
                yield receipt._replace(fate=publish.KEPT, staged="")


class Versions:
    """What a partition was made of, beside its rows: the site's words, templates, planners, program; the
    views and the press that draw its pages."""

    def __init__(self, site: Site, edition: Edition) -> None:
        self.views = pressroom.views_of((*BUILT_IN, *site.extensions))
        self.press = Press(edition.masthead, site.templates, compiled=site.compiled)
        before = len(site.compiled)
        self.press.prepare()
        if len(site.compiled) != before:
            compiled.save(site.root, site.compiled)
        self._base = (self.press.masthead_digest, site.tool)
        self._templates: dict[str, str] = {}

    def of(self, outline: Outline, views: str) -> str:
        """A digest of an outline and of all that the named views need."""
        if views not in self._templates:
            found = (render.template(v, self.views, self.press) for v in views.split())
            self._templates[views] = digest(tuple(found))
        return digest((outline.digest, *self._base, self._templates[views]))


def _print(
    job: Job,
    edition: Edition,
    dirty: Sequence[Outline],
    past: Mapping[str, Published],
    damaged: set[str],
    existing: Existing,
) -> dict[str, pressroom.Printed]:
    """What came of some partitions, by key."""
    site, watch = job.site, job.hands.watch
    printing = pressroom.Printing(
        root=site.root,
        folder=job.folder,
        masthead=edition.masthead,
        templates=site.templates,
        extensions=tuple(site.config.extensions),
        kept=job.kept.folder,
        tool=site.tool,
        compiled=site.compiled,
        empty=not existing.files,
        rehearsal=job.rehearsal,
        clock=watch.clock if watch else None,
    )
    commissions = [_commission(outline, past.get(outline.key), damaged) for outline in dirty]
    printer = partial(pressroom.make_printer, printing)
    printed = tuple(job.hands.work("write", printer, commissions, _lost, _weight))
    failed = sorted({p for each in printed for p in each.problems})
    if failed:
        raise SiteError(*failed)
    if watch:
        for each in printed:
            watch.add(each.timings)
    return {outline.key: each for outline, each in zip(dirty, printed, strict=True)}


def _commission(
    outline: Outline, before: Published | None, damaged: set[str]
) -> pressroom.Commission:
    receipts = records.unpacked_receipts(before.receipts) if before else ()
    return pressroom.Commission(
        outline.partition,
        {r.url: r for r in receipts},
        frozenset(r.url for r in receipts if routes.output(r.url) in damaged),
    )


def _weight(commission: pressroom.Commission) -> int:
    return assemble.weight(commission.partition)


def _lost(commission: pressroom.Commission) -> pressroom.Printed:
    owner = assemble.name(commission.partition)
    reason = f"the process that printed {owner} died"
    return pressroom.Printed(problems=(problem("internal", Location(owner), reason=reason),))


def _to_keep(
    outlines: Sequence[Outline],
    printed: Mapping[str, pressroom.Printed],
    past: Mapping[str, Published],
    versions: Versions,
    refused: set[str],
) -> Iterator[tuple[str, Published]]:
    """Partitions for the cache. One with a page that was refused its address is looked at every time:
    whoever has the address may go."""
    for outline in outlines:
        now, before = printed.get(outline.key), past.get(outline.key)
        if refused:
            yield from _without_refused(outline, now, before, versions, refused)
        elif now is not None:
            made = versions.of(outline, now.views)
            yield outline.key, Published(made, now.views, now.receipts)


def _without_refused(
    outline: Outline,
    now: pressroom.Printed | None,
    before: Published | None,
    versions: Versions,
    refused: set[str],
) -> Iterator[tuple[str, Published]]:
    known = now or before
    assert known is not None  # every partition was printed, now or before
    receipts = records.unpacked_receipts(known.receipts)
    granted = tuple(r for r in receipts if r.url not in refused)
    if len(granted) < len(receipts):
        yield outline.key, Published("", known.views, records.packed_receipts(granted))
    elif now is not None:
        yield outline.key, Published(versions.of(outline, now.views), now.views, now.receipts)
