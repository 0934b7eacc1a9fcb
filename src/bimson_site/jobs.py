"""What a worker runs: read a file, call a pure function, store what comes of it.

The `make_…` functions are called once in each process; they and their arguments can be pickled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from bimson_site import routes
from bimson_site.effects import cache, extensions, files
from bimson_site.effects.cache import Reading
from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.extension import Extension, View
from bimson_site.features import BUILT_IN
from bimson_site.model import (
    Asset,
    Body,
    Loaded,
    Masthead,
    Page,
    Partition,
    Receipt,
    Signature,
    Slip,
    Source,
)
from bimson_site.pipeline import assemble, load, publish, records, render
from bimson_site.pipeline.load import LoadRules
from bimson_site.pipeline.plan import plan
from bimson_site.theme.engine import Press, TemplateSource

# --- reading ------------------------------------------------------------------------------------------


def make_loader(root: Path, rules: LoadRules) -> Callable[[Source], Loaded]:
    """A task that reads and loads one article file; what cannot be read is a problem, not an end."""

    def task(source: Source) -> Loaded:
        try:
            raw = files.read(root, source.path)
        except OSError as err:
            return unreadable(source, err)
        return load.load(source.path, raw, rules)

    return task


class Unread(NamedTuple):
    """A file to be read, and the digest that its bytes had when it was read last, if ever."""

    source: Source
    digest: bytes = b""


def make_reader(root: Path, rules: LoadRules) -> Callable[[Unread], Reading]:
    """A task that reads one article file and makes its record, if its bytes are not as they were."""

    def task(unread: Unread) -> Reading:
        source = unread.source
        try:
            raw = files.read(root, source.path)
        except OSError as err:
            return reading(source, b"", unreadable(source, err))
        digest = blake2b(raw, digest_size=16).digest()
        if digest == unread.digest:
            return Reading(source, digest, same=True)
        return reading(source, digest, load.load(source.path, raw, rules))

    return task


def reading(source: Source, digest: bytes, loaded: Loaded) -> Reading:
    """What is kept of a file that was loaded."""
    article = loaded.article
    problems = records.packed_problems(loaded.problems) or None
    if article is None:
        return Reading(source, digest, problems=problems)
    face = records.packed_face(records.face(article))
    return Reading(source, digest, records.slip(article), face, records.packed(article), problems)


def unreadable(source: Source, err: OSError) -> Loaded:
    reason = err.strerror or str(err)
    return Loaded(
        source.path, None, (problem("source-unreadable", Location(source.path), reason=reason),)
    )


def died(source: Source) -> Loaded:
    """What stands for a file that killed the process which read it."""
    return Loaded(source.path, None, (problem("worker-died", Location(source.path)),))


def died_reading(unread: Unread) -> Reading:
    return reading(unread.source, b"", died(unread.source))


def make_signer(root: Path, kept: Path) -> Callable[[Slip], Signature | None]:
    """A task that makes the signature of an article; none where its text is gone by now."""
    articles = cache.Reader(kept)

    def task(slip: Slip) -> Signature | None:
        article = articles.article(slip.number)
        try:
            return load.signature(files.read(root, slip.path), article)
        except (OSError, ValueError):
            return None

    return task


# --- printing -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Printing:
    """Everything that printing needs beside a partition: where, with which words, templates, planners
    and views; where the articles are kept; what stands for the program itself; compiled templates; whether the output is
    empty yet; whether nothing is to be written; by which clock (seconds) templates are timed."""

    root: Path
    folder: Path
    masthead: Masthead
    templates: Mapping[str, TemplateSource]
    extensions: tuple[str, ...]
    kept: Path
    tool: str
    compiled: Mapping[str, bytes]
    empty: bool = False
    rehearsal: bool = False
    clock: Callable[[], float] | None = None


class Commission(NamedTuple):
    """A partition (with rows) to be printed; its pages by address as they were published last, and
    those of them whose files are not as they were left."""

    partition: Partition
    past: Mapping[str, Receipt]
    damaged: frozenset[str] = frozenset()


class Printed(NamedTuple):
    """The receipts of a partition's pages, or the problems that their templates had; pages and seconds
    by template, where that is measured."""

    receipts: tuple[Receipt, ...]
    problems: tuple[Problem, ...] = ()
    timings: Mapping[str, tuple[int, float]] = {}


def make_printer(printing: Printing) -> Callable[[Commission], Printed]:
    """A task that plans the pages of one partition, renders those that are not as they were, and
    stages their files where the output differs."""
    found = (*BUILT_IN, *extensions.import_all(printing.root, printing.extensions))
    planners = tuple(p for extension in found for p in extension.planners)
    views = views_of(found)
    front, templates, compiled = printing.masthead, printing.templates, dict(printing.compiled)
    press = Press(front, templates, compiled=compiled, clock=printing.clock)
    articles = cache.Reader(printing.kept)
    shared: dict[str, tuple[bytes, bytes, bytes]] = {}

    def task(commission: Commission) -> Printed:
        rows = commission.partition
        partition = assemble.assemble(rows, articles.fetch(assemble.wanted(rows)))
        receipts: list[Receipt] = []
        problems: list[Problem] = []
        for page in plan((partition,), printing.masthead, planners):
            if page.view not in shared:
                shared[page.view] = render.shared_parts(page.view, views, press, printing.tool)
            parts = (*render.own_parts(page), *shared[page.view])
            past = commission.past.get(page.url)
            if past is not None and past.parts == parts and page.url not in commission.damaged:
                receipts.append(past._replace(owner=page.owner, fate=publish.KEPT, staged=""))
                continue
            try:
                data = draw(page, printing.root, views, press)
            except SiteError as err:
                problems += err.problems
                continue
            receipts.append(_stage(printing, page, data, parts, past))
        timings = dict(press.timings)
        press.timings.clear()
        return Printed(tuple(receipts), tuple(problems), timings)

    return task


def draw(page: Page, root: Path, views: Mapping[str, View], press: Press) -> bytes:
    """The bytes of a page. SiteError, or OSError where a file fails."""
    if isinstance(page.inputs, Asset):
        asset = page.inputs
        return files.packaged_file(asset.path) if asset.packaged else files.read(root, asset.path)
    if page.view not in views:
        reason = f"{page.url} asks for the view {page.view}, and there is none of that name"
        where = Location(page.owner)
        raise SiteError(problem("extension-failed", where, name=page.owner, reason=reason))
    texts = [text_of(root, body) for body in page.reads]
    return render.render(page, texts, views, press)


def text_of(root: Path, body: Body) -> str:
    return load.body_text(files.read(root, body.path), body)


def views_of(found: Sequence[Extension]) -> dict[str, View]:
    """All views by name; a later extension may replace a view of an earlier one."""
    return {view.name: view for extension in found for view in extension.views}


def _stage(
    printing: Printing, page: Page, data: bytes, parts: tuple[bytes, ...], past: Receipt | None
) -> Receipt:
    folder = printing.folder
    output = routes.output(page.url)
    why = publish.reasons(parts, past.parts if past else None)
    same = None if printing.empty else files.compare(folder, output, data)
    if same:
        fate, staged, stamp = publish.KEPT, "", files.stamp(folder, output)
        why = past.why if past else why
    else:
        fate = publish.NEW if same is None else publish.CHANGED
        staged, stamp = "", (len(data), 0, 0)
        if not printing.rehearsal:
            staged, stamp = files.stage(folder, output, data)
    stands_in = page.view == "redirect"
    return Receipt(page.url, page.owner, stands_in, page.view, parts, fate, staged, stamp, why)
