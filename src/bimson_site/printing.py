"""Plans, renders and stages the pages of every partition that is not as it was; `build` publishes them.

The cache of partitions enters here: one whose rows, templates, words and program are those of the last build
keeps its pages, unless somebody touched their files.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import attrgetter
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
from bimson_site.model import Masthead, Receipt, digest
from bimson_site.pipeline import assemble, hosting, publish, records, remarks, render
from bimson_site.pipeline.assemble import Catalogue, Outline
from bimson_site.pipeline.outputs import Stamp
from bimson_site.pipeline.plan import in_conflict, unique
from bimson_site.pipeline.stacks import Stacks
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


class Slot(NamedTuple):
    """A partition by its key and the digest of its rows."""

    key: str
    digest: str


@dataclass(slots=True)
class Order:
    """What is to be printed, and what it takes: all partitions in the order of their rights; the keys of those that are not
    as they were, and these packed, with the rows of their cards, until somebody takes them. The survey's own values are not
    in it: they may go before the first page is drawn, and it may come from another process."""

    masthead: Masthead
    slots: tuple[Slot, ...]
    keys: tuple[str, ...]
    commissions: pressroom.Commissions
    listed: Catalogue

    def taken(self) -> tuple[pressroom.Commissions, Catalogue]:
        """What is packed. It is half of what a process holds that prints, and goes when all is printed."""
        found = self.commissions, self.listed
        self.commissions, self.listed = pressroom.Commissions(()), assemble.catalogue({})
        return found


def order(job: Job, edition: Edition, damaged: frozenset[str] | None) -> Order:
    """What of an edition is to be printed. `damaged` are the files that are not as the last build left them; None if there
    was no last build."""
    past = job.kept.published(job.name) if damaged is not None else {}
    versions = Versions(job.site, edition.masthead)

    def as_before(outline: Outline) -> bool:
        before = past.get(outline.key)
        return (
            before is not None
            and versions.of(outline, before.views) == before.digest
            and (not damaged or damaged.isdisjoint(_paths(before)))
        )

    def commission(outline: Outline) -> pressroom.Commission:
        partition, before = outline.partition, past.get(outline.key)
        return pressroom.Commission(
            assemble.name(partition),
            assemble.weight(partition),
            assemble.packed(partition, stack),
            before.receipts if before else b"",
            frozenset(damaged.intersection(_paths(before))) if before and damaged else frozenset(),
        )

    stack = Stacks(job.kept.rows)
    wanted = [outline for outline in edition.outlines if not as_before(outline)]
    wanted.sort(key=lambda outline: assemble.time(outline.partition))
    keys = tuple([outline.key for outline in wanted])
    commissions = pressroom.Commissions(map(commission, wanted))
    slots = tuple(Slot(outline.key, outline.digest) for outline in edition.outlines)
    listed = assemble.catalogue(stack.rows)
    job.hands.lap("compare with the last build")
    return Order(edition.masthead, slots, keys, commissions, listed)


def press(job: Job, order: Order, existing: Existing, then: Mapping[str, Stamp] | None) -> Pressed:
    """Print what was ordered. `then` are the files of the last build with their stamps, if there was one. SiteError with
    every template that failed."""
    past = job.kept.published(job.name) if then is not None else {}
    then, versions = then or {}, Versions(job.site, order.masthead)
    gone = past.keys() - {slot.key for slot in order.slots}
    printed = _print(job, order, existing)
    job.hands.lap("plan and print")
    old = {path for key in (*printed, *gone) if key in past for path in _paths(past[key])}
    left = {path: stamp for path, stamp in then.items() if path not in old}
    made = [each for some in printed.values() for each in pressroom.files_of(some)]
    found = _uncontested(left, made)
    if not _known_places(old, made) and in_conflict(left, [each.path for each in made]):
        found = _contested(order, printed, past)
    outputs, moves, refused, clashes = found
    dead = remarks.menu(order.masthead.menu, _Places(outputs))
    redirects = 0
    if job.rehearsal:
        redirects = sum(r.view == "redirect" for r in _receipts(order, printed, past))
    host = job.site.config.host
    over = hosting.over(host, {path: stamp[0] for path, stamp in outputs.items()}) if host else ()
    return Pressed(
        outputs,
        moves,
        tuple(_to_keep(order.slots, printed, past, versions, {r.url for r in refused})),
        tuple(gone),
        tuple((r.staged, routes.output(r.url)) for r in refused if r.staged),
        printed,
        (*clashes, *dead, *over),
        redirects,
    )


class _Places:
    """The folded addresses of files; all are folded only where somebody asks for one that is not there as it is."""

    def __init__(self, paths: Collection[str]) -> None:
        self._paths = paths

    def __contains__(self, place: object) -> bool:
        return place in self._paths or place in self._folded

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(map(routes.place, self._paths))


def _known_places(old: Container[str], made: Sequence[pressroom.Made]) -> bool:
    """Whether files only take the places that these partitions had before: then no two can be in conflict."""
    paths = {each.path for each in made}
    return len(paths) == len(made) and all(path in old for path in paths)


class _Settled(NamedTuple):
    """The files of the output, the moves that bring them there, pages without their address, and what
    there is to say about those."""

    outputs: Mapping[str, Stamp]
    moves: tuple[tuple[str, str], ...]
    refused: tuple[Receipt, ...] = ()
    clashes: tuple[Problem, ...] = ()


def _uncontested(left: Mapping[str, Stamp], made: Sequence[pressroom.Made]) -> _Settled:
    moves = [
        (each.staged or each.path, each.path)
        for fate in (publish.NEW, publish.CHANGED)
        for each in made
        if each.fate == fate
    ]
    return _Settled({**left, **{each.path: each.stamp for each in made}}, tuple(moves))


def _contested(
    order: Order, printed: Mapping[str, pressroom.Printed], past: Mapping[str, Published]
) -> _Settled:
    """Where two pages want one address all must speak, in the order of their rights."""
    granted, refused, clashes = unique(_receipts(order, printed, past))
    outputs = {routes.output(r.url): r.stamp for r in granted}
    return _Settled(outputs, publish.moves(granted), refused, clashes)


def _paths(published: Published) -> list[str]:
    return [routes.output(r.url) for r in records.unpacked_receipts(published.receipts)]


def _receipts(
    order: Order, printed: Mapping[str, pressroom.Printed], past: Mapping[str, Published]
) -> Iterator[Receipt]:
    """The receipts of all pages, printed now or before, in the order of their rights."""
    for key, _ in order.slots:
        if key in printed:
            yield from records.unpacked_receipts(printed[key].receipts)
        else:
            for receipt in records.unpacked_receipts(past[key].receipts):
                yield receipt._replace(fate=publish.KEPT, staged="")


class Versions:
    """What a partition was made of, beside its rows: the site's words, templates, planners, program; the
    views and the press that draw its pages."""

    def __init__(self, site: Site, front: Masthead) -> None:
        self.views = pressroom.views_of((*BUILT_IN, *site.extensions))
        self.press = Press(front, site.templates, compiled=site.compiled)
        before = len(site.compiled)
        self.press.prepare()
        if len(site.compiled) != before or not compiled.kept(site.root):
            compiled.save(site.root, site.compiled)
        self._base = (self.press.masthead_digest, site.tool)
        self._templates: dict[str, str] = {}

    def of(self, outline: Outline | Slot, views: str) -> str:
        """A digest of an outline and of all that the named views need."""
        if views not in self._templates:
            found = (render.template(v, self.views, self.press) for v in views.split())
            self._templates[views] = digest(tuple(found))
        return digest((outline.digest, *self._base, self._templates[views]))


def _print(job: Job, order: Order, existing: Existing) -> dict[str, pressroom.Printed]:
    """What came of the partitions that were ordered, by key."""
    site, watch = job.site, job.hands.watch
    commissions, listed = order.taken()
    printing = pressroom.Printing(
        root=site.root,
        folder=job.folder,
        masthead=order.masthead,
        templates=site.templates,
        extensions=tuple(site.config.extensions),
        kept=job.kept.folder,
        tool=site.tool,
        compiled=site.compiled,
        listed=listed,
        empty=not existing.files,
        rehearsal=job.rehearsal,
        clock=watch.clock if watch else None,
    )
    printer = partial(pressroom.make_printer, printing)
    printed = tuple(job.hands.work("write", printer, commissions, _lost, _weight))
    failed = sorted({p for each in printed for p in each.problems})
    if failed:
        raise SiteError(*failed)
    if watch:
        for each in printed:
            watch.add(each.timings)
    return dict(zip(order.keys, printed, strict=True))


_weight = attrgetter("weight")


def _lost(commission: pressroom.Commission) -> pressroom.Printed:
    owner = commission.owner
    reason = f"the process that printed {owner} died"
    return pressroom.Printed(problems=(problem("internal", Location(owner), reason=reason),))


def _to_keep(
    slots: Sequence[Slot],
    printed: Mapping[str, pressroom.Printed],
    past: Mapping[str, Published],
    versions: Versions,
    refused: set[str],
) -> Iterator[tuple[str, Published]]:
    """Partitions for the cache. One with a page that was refused its address is looked at every time:
    whoever has the address may go."""
    for slot in slots:
        now, before = printed.get(slot.key), past.get(slot.key)
        if refused:
            yield from _without_refused(slot, now, before, versions, refused)
        elif now is not None:
            made = versions.of(slot, now.views)
            yield slot.key, Published(made, now.views, now.receipts)


def _without_refused(
    slot: Slot,
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
        yield slot.key, Published("", known.views, records.packed_receipts(granted))
    elif now is not None:
        yield slot.key, Published(versions.of(slot, now.views), now.views, now.receipts)
