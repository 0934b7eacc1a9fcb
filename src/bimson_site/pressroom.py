"""What a worker runs to print: assemble a partition, plan its pages, draw and stage those that differ.

`make_printer` is called once in each process; it and its argument can be pickled. Next: `printing` says what
is printed; `jobs` is the other half of what workers do.
"""

from __future__ import annotations

import marshal
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, overload

from bimson_site import routes
from bimson_site.effects import cache, extensions, files
from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.extension import Extension, Planner, View
from bimson_site.features import BUILT_IN
from bimson_site.index import postings
from bimson_site.model import (
    Asset,
    Body,
    Masthead,
    Page,
    Partition,
    Receipt,
    Terms,
    Titles,
    bytes_of,
)
from bimson_site.pipeline import assemble, load, publish, records, render
from bimson_site.pipeline.assemble import Catalogue
from bimson_site.pipeline.plan import plan
from bimson_site.pipeline.records import Found
from bimson_site.text import markdown
from bimson_site.theme.engine import Press
from bimson_site.theme.sources import TemplateSource


@dataclass(frozen=True, slots=True)
class Printing:
    """Everything that printing needs beside a partition: where, with which words, templates, planners
    and views; where the articles are kept; what stands for the program itself; compiled templates; the rows of the
    cards that partitions list; whether the output is empty yet; whether nothing is to be written; by which clock
    (seconds) templates are timed."""

    root: Path
    folder: Path
    masthead: Masthead
    templates: Mapping[str, TemplateSource]
    extensions: tuple[str, ...]
    kept: Path
    tool: str
    compiled: Mapping[str, bytes]
    listed: Catalogue
    empty: bool = False
    rehearsal: bool = False
    clock: Callable[[], float] | None = None


class Commission(NamedTuple):
    """A partition to be printed: what it is called, what it weighs, its rows (`assemble.packed`); its pages as they were
    published last, packed, and those files of them that are not as they were left."""

    owner: str
    weight: int
    partition: bytes
    past: bytes = b""
    damaged: frozenset[str] = frozenset()


class Commissions(Sequence[Commission]):
    """Commissions packed one after the other, and unpacked where they are asked for: a process that looks at ten thousand
    values of its parent's copies the memory around each of them."""

    def __init__(self, found: Iterable[Commission]) -> None:
        self._data, self._ends = bytearray(), array("Q", [0])
        for *plain, damaged in found:
            self._data += bytes_of((*plain, tuple(sorted(damaged))))
            self._ends.append(len(self._data))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> Commission: ...
    @overload
    def __getitem__(self, at: slice) -> list[Commission]: ...
    def __getitem__(self, at: int | slice) -> Commission | list[Commission]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        data = memoryview(self._data)[self._ends[at] : self._ends[at + 1]]
        *plain, damaged = marshal.loads(data)  # noqa: S302 - made above, in this build
        return Commission._make((*plain, frozenset(damaged)))


class Printed(NamedTuple):
    """What came of a partition: the receipts of its pages, packed (`records.unpacked_receipts`); its files, packed too
    (`files_of`), for there may be a million; the names of the views that drew them; the problems that templates had; pages
    and seconds by template, where that is measured."""

    receipts: bytes = b""
    files: bytes = b""
    views: str = ""
    problems: tuple[Problem, ...] = ()
    timings: Mapping[str, tuple[int, float]] = {}


class Made(NamedTuple):
    """A file of a partition: its path, its stamp, its fate (a word of `publish`), and the name under which it waits to
    be published, "" where that is its path."""

    path: str
    stamp: tuple[int, int, int]
    fate: str
    staged: str


def files_of(printed: Printed) -> Iterator[Made]:
    made = marshal.loads(zlib.decompress(printed.files)) if printed.files else ()  # noqa: S302 - by `_printed`
    return map(Made._make, made)


class _Copy(NamedTuple):
    """A page on its way: the place of its commission among those at hand, its parts, how it was published
    last, whether it must be drawn."""

    of: int
    page: Page
    parts: tuple[bytes, ...]
    past: Receipt | None
    wanted: bool


def make_printer(printing: Printing) -> Callable[[Sequence[Commission]], tuple[Printed, ...]]:
    """A task that plans the pages of some partitions, renders those that are not as they were, and
    stages their files where the output differs."""
    found = (*BUILT_IN, *extensions.import_all(printing.root, printing.extensions))
    planners: dict[type, list[Planner]] = defaultdict(list)
    for planner in (p for extension in found for p in extension.planners):
        planners[planner.over].append(planner)
    views = views_of(found)
    front, templates, compiled = printing.masthead, printing.templates, dict(printing.compiled)
    press = Press(front, templates, compiled=compiled, clock=printing.clock)
    articles = cache.Reader(printing.kept)
    cards: assemble.Cards = {}
    stage = None if printing.rehearsal else files.Stage(printing.folder)

    @lru_cache
    def shared(view: str) -> tuple[bytes, bytes, bytes]:
        return render.shared_parts(view, views, press, printing.tool)

    def task(commissions: Sequence[Commission]) -> tuple[Printed, ...]:
        partitions = [assemble.opened(each.partition) for each in commissions]
        found = articles.fetch(assemble.wanted(*partitions))
        if len(cards) > _REMEMBERED:
            cards.clear()
        copies = planned(commissions, partitions, found)
        receipts: list[list[Receipt]] = [[] for _ in commissions]
        problems: list[list[Problem]] = [[] for _ in commissions]
        while some := list(islice(copies, _TOGETHER)):
            for copy, made in zip(some, together(some, found.drawn), strict=True):
                if isinstance(made, SiteError):
                    problems[copy.of] += made.problems
                else:
                    receipts[copy.of].append(_receipt(printing, stage, copy, made))
        timings = [dict(press.timings), *({} for _ in commissions[1:])]
        press.timings.clear()
        return tuple(map(_printed, receipts, problems, timings))

    def planned(
        commissions: Sequence[Commission], partitions: Sequence[Partition], found: Found
    ) -> Iterator[_Copy]:
        for of, (each, rows) in enumerate(zip(commissions, partitions, strict=True)):
            past = {r.url: r for r in records.unpacked_receipts(each.past)} if each.past else {}
            partition = assemble.assemble(rows, found, cards, printing.listed)
            for page in plan((partition,), printing.masthead, planners[type(partition)]):
                parts = (*render.own_parts(page), *shared(page.view))
                before = past.get(page.url)
                wanted = before is None or before.parts != parts
                wanted = wanted or (bool(each.damaged) and routes.output(page.url) in each.damaged)
                yield _Copy(of, page, parts, before, wanted)

    def together(
        copies: Sequence[_Copy], drawn: Mapping[str, tuple[str, str]]
    ) -> list[bytes | SiteError]:
        """The bytes of some pages, or what their templates had; step by step for all of them and view by view: a
        processor that does one thing many times finds its code and data at hand (a tenth of the time, measured
        2026-11-24)."""
        root = printing.root
        texts = [
            [read(root, each, drawn, articles) for each in copy.page.reads] if copy.wanted else ()
            for copy in copies
        ]
        made: list[bytes | SiteError] = [b""] * len(copies)
        for at in sorted(range(len(copies)), key=lambda at: copies[at].page.view):
            if copies[at].wanted:
                made[at] = _attempt(copies[at].page, texts[at], root, views, press)
        return made

    return task


def _attempt(
    page: Page, texts: Sequence[Any], root: Path, views: Mapping[str, View], press: Press
) -> bytes | SiteError:
    try:
        return draw(page, texts, root, views, press)
    except SiteError as err:
        return err


def _printed(
    receipts: Sequence[Receipt],
    problems: Sequence[Problem],
    timings: Mapping[str, tuple[int, float]],
) -> Printed:
    made = []
    for receipt in receipts:
        path = routes.output(receipt.url)
        staged = "" if receipt.staged == path else receipt.staged
        made.append((path, receipt.stamp, receipt.fate, staged))
    return Printed(
        records.packed_receipts(receipts),
        zlib.compress(bytes_of(tuple(made)), 1),
        " ".join(sorted({r.view for r in receipts})),
        tuple(problems),
        timings,
    )


def draw(
    page: Page, texts: Sequence[Any], root: Path, views: Mapping[str, View], press: Press
) -> bytes:
    """The bytes of a page. SiteError, or OSError where a file fails."""
    if isinstance(page.inputs, Asset):
        asset = page.inputs
        if asset.packaged:
            return files.packaged_file(asset.path)
        return files.read(root, asset.made or asset.path)
    if page.view not in views:
        reason = f"{page.url} asks for the view {page.view}, and there is none of that name"
        where = Location(page.owner)
        raise SiteError(problem("extension-failed", where, name=page.owner, reason=reason))
    return render.render(page, texts, views, press)


def text_of(root: Path, body: Body) -> str:
    """The text of a body. OSError or ValueError where its file is not as it was."""
    return load.body_text(files.read(root, body.path), body)


def read(
    root: Path,
    wanted: Body | Terms | Titles,
    drawn: Mapping[str, tuple[str, str]],
    articles: cache.Reader,
) -> Any:
    """What a page reads: the text of a body, with its HTML where that is known (see `Found`); or the terms
    of articles, as `index.postings` wants them; or titles."""
    if isinstance(wanted, Terms):
        return terms_of(wanted, articles)
    if isinstance(wanted, Titles):
        return articles.titles(wanted.numbers)
    text = text_of(root, wanted)
    return markdown.Drawn.of(text, *drawn[wanted.path]) if wanted.path in drawn else text


def terms_of(wanted: Terms, articles: cache.Reader) -> Iterator[tuple[int, bytes]]:
    """The place of each article with those of its terms that belong to the part; of a copy, its title's."""
    rows = {row.number: row for row in wanted.rows}
    for number, data in articles.terms(rows):
        row = rows[number]
        told = postings.titles_of(data) if row.copy else data
        yield row.place, postings.part_of(told, wanted.part, wanted.parts)


def views_of(found: Sequence[Extension]) -> dict[str, View]:
    """All views by name; a later extension may replace a view of an earlier one."""
    return {view.name: view for extension in found for view in extension.views}


_TOGETHER = 128  # pages that are drawn and staged step by step together
_REMEMBERED = 5_000  # cards that a process keeps, for one card stands in many lists


def _receipt(printing: Printing, stage: files.Stage | None, copy: _Copy, data: bytes) -> Receipt:
    """Stage a page that was drawn, where the output differs."""
    _, page, parts, past, wanted = copy
    if past is not None and not wanted:
        return past._replace(owner=page.owner, fate=publish.KEPT, staged="")
    folder, output = printing.folder, routes.output(page.url)
    why = publish.reasons(parts, past.parts if past else None)
    same = None if printing.empty else files.compare(folder, output, data)
    if same:
        fate, staged, stamp = publish.KEPT, "", files.stamp(folder, output)
        why = past.why if past else why
    else:
        fate = publish.NEW if same is None else publish.CHANGED
        staged, stamp = stage.write(output, data) if stage else ("", (len(data), 0, 0))
    stands_in = page.view in {"redirect", "gone"}
    return Receipt(page.url, page.owner, stands_in, page.view, parts, fate, staged, stamp, why)
