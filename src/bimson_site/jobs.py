"""What a worker runs: read a file, call a pure function, store what comes of it.

The `make_…` functions are called once in each process; they and their arguments can be pickled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from bimson_site import routes
from bimson_site.effects import extensions, files
from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.extension import Extension, View
from bimson_site.features import BUILT_IN
from bimson_site.model import Asset, Body, Loaded, Masthead, Page, Receipt, Source
from bimson_site.pipeline import load, publish, render
from bimson_site.pipeline.load import LoadRules
from bimson_site.theme.engine import Press, TemplateSource


def make_loader(root: Path, rules: LoadRules) -> Callable[[Source], Loaded]:
    """A task that reads and loads one article file; what cannot be read is a problem, not an end."""

    def task(source: Source) -> Loaded:
        try:
            raw = files.read(root, source.path)
        except OSError as err:
            return unreadable(source, err.strerror or str(err))
        return load.load(source.path, raw, rules)

    return task


def unreadable(source: Source, reason: str) -> Loaded:
    found = problem("source-unreadable", Location(source.path), reason=reason)
    return Loaded(source.path, None, (found,))


def died(source: Source) -> Loaded:
    """What stands for a file that killed the process which read it."""
    return Loaded(source.path, None, (problem("worker-died", Location(source.path)),))


@dataclass(frozen=True, slots=True)
class Printing:
    """Everything that rendering needs beside a page: where, with which words, templates and views."""

    root: Path
    folder: Path
    masthead: Masthead
    templates: Mapping[str, TemplateSource]
    extensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """The receipt of a page, or the problem that its template had."""

    receipt: Receipt | None
    problems: tuple[Problem, ...] = ()


def make_printer(printing: Printing) -> Callable[[tuple[int, Page]], Printed]:
    """A task that renders one numbered page and stages its file where the output differs."""
    views = views_of((*BUILT_IN, *extensions.import_all(printing.root, printing.extensions)))
    press = Press(printing.masthead, printing.templates)

    def task(numbered: tuple[int, Page]) -> Printed:
        number, page = numbered
        try:
            data, parts = draw(page, printing.root, views, press)
        except SiteError as err:
            return Printed(None, err.problems)
        return Printed(_stage(printing.folder, number, page, data, parts))

    return task


def draw(
    page: Page, root: Path, views: Mapping[str, View], press: Press
) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """The bytes of a page and the digests of its parts. SiteError, or OSError where a file fails."""
    if isinstance(page.inputs, Asset):
        data = _asset(root, page.inputs)
        return data, (("bytes", blake2b(data, digest_size=16).hexdigest()),)
    if page.view not in views:
        reason = f"{page.url} asks for the view {page.view}, and there is none of that name"
        where = Location(page.owner)
        raise SiteError(problem("extension-failed", where, name=page.owner, reason=reason))
    texts = [text_of(root, body) for body in page.reads]
    return render.render(page, texts, views, press), render.parts(page, views, press)


def text_of(root: Path, body: Body) -> str:
    return load.body_text(files.read(root, body.path), body)


def views_of(found: Sequence[Extension]) -> dict[str, View]:
    """All views by name; a later extension may replace a view of an earlier one."""
    return {view.name: view for extension in found for view in extension.views}


def _asset(root: Path, asset: Asset) -> bytes:
    if asset.packaged:
        return files.packaged_file(asset.path)
    return files.read(root, asset.path)


def _stage(
    folder: Path, number: int, page: Page, data: bytes, parts: tuple[tuple[str, str], ...]
) -> Receipt:
    output = routes.output(page.url)
    same = files.compare(folder, output, data)
    if same:
        return Receipt(output, publish.KEPT, "", parts, page.url)
    fate = publish.NEW if same is None else publish.CHANGED
    files.stage(folder, f"{number}", data)
    return Receipt(output, fate, f"{number}", parts, page.url)
