"""One preview of one site: what would be built, planned anew when asked, each page drawn when asked.

Everything is decided and drawn by the functions of `build` (`survey`, `pressroom`); nothing is written but the
cache, and no address is recorded. What went wrong is kept beside the last edition that was whole. Used by one
thread, but for `prepare`, which may run in another meanwhile. Next: `desk`, which has both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple

from bimson_site import build as builds
from bimson_site import intake, jobs, pressroom
from bimson_site import survey as surveys
from bimson_site.effects import cache, files, workers
from bimson_site.effects.cache import Cache, LostError, Published, Reader
from bimson_site.effects.site import Site, open_site
from bimson_site.effects.workers import ALONE, Hands
from bimson_site.errors import Problem, SiteError
from bimson_site.model import (
    Asset,
    Body,
    Page,
    Partition,
    Receipt,
    Slip,
    Source,
)
from bimson_site.pipeline import assemble, records
from bimson_site.pipeline.records import Found, Wanted
from bimson_site.pipeline.release import Moment
from bimson_site.pipeline.stacks import Stacks
from bimson_site.preview.contents import Place, claim, contents
from bimson_site.preview.early import Early, Seen
from bimson_site.preview.edition import (
    Drawn,
    Edition,
    Fresh,
    Terms,
    drawn_with,
    is_file,
    with_fresh,
)
from bimson_site.printing import Versions

Claimed = dict[str, tuple[str, tuple[Receipt, ...]]]  # by partition: its digest, its claims


class StaleError(Exception):
    """Another program has changed what the cache knows: plan anew."""


class Prepared(NamedTuple):
    """What a plan came to: an edition, or what was wrong; what holds the cache that it is drawn from; the time
    (ns, of the site's file system) from which on it knows nothing; its number."""

    edition: Edition | None
    broken: tuple[Problem, ...]
    held: ExitStack
    looked: int
    number: int


class Session:
    """The preview of a site. `clock` gives seconds since 1970 UTC, `opened` the site in a folder; `edition` is
    None until a plan was whole, `early` what is shown before, `broken` says what was wrong with the last one; `plans` counts them."""

    def __init__(
        self,
        root: Path,
        terms: Terms,
        clock: Callable[[], float],
        opened: Callable[[Path], Site] = open_site,
    ) -> None:
        self.root = root
        self.terms = terms
        self.edition: Edition | None = None
        self.early: Early | None = None
        self.waiting: Edition | None = None
        self.broken: tuple[Problem, ...] = ()
        self.plans = 0
        self._clock = clock
        self._opened = opened
        self._claims: dict[bool, Claimed] = {}
        self._held = ExitStack()
        self._looked = 0
        self._planning = Lock()
        self._waits: Prepared | None = None
        self._live: Cache | None = None
        self._adopted = 0
        self._reader: tuple[Path, Reader] | None = None
        self._pages: dict[tuple[int, str], tuple[Page, ...]] = {}

    def close(self, seen: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """End; `seen` are pages, by address, to be shown at the next start until they are planned."""
        if self.edition and seen:
            self._remember(Seen(len(self.edition.contents.places), seen))
        self._forget()
        if self._waits:
            self._waits.held.close()
        self._held.close()

    # --- planning ---------------------------------------------------------------------------------

    def begin(self) -> bool:
        """Show the last build, and what the last preview showed, until the first plan is done; False where there is
        nothing to show, or so much is new that it would say little."""
        moment = self.terms.at(int(self._clock()))
        try:
            site = self._opened(self.root)
            with workers.undisturbed(), intake.opened(site) as kept:
                last = builds.last_build(site, moment, kept)
                seen = Seen.unpacked(kept.state(self._noted))
        except (SiteError, OSError, LostError):
            return False  # the plan will say what is wrong
        if last and (last.finished or seen.pages):
            built = last.finished
            outputs, problems = (built.outputs.files, built.report.problems) if built else ({}, ())
            self.early = Early(site, outputs, problems, last.stands, seen)
        return self.early is not None

    @property
    def _noted(self) -> str:
        return _NOTED[self.terms.future and self.terms.drafts]

    def _remember(self, seen: Seen) -> None:
        with (
            suppress(SiteError, OSError, LostError),
            intake.opened(self._opened(self.root)) as kept,
        ):
            kept.publish(self._noted, seen.packed, (), ())

    def plan(self, hands: Hands = ALONE) -> None:
        """Look at the whole site and plan it. Where it cannot be planned, `broken` says why and the last
        edition stays."""
        self.adopt(self.prepare(hands))

    def prepare(self, hands: Hands = ALONE) -> Prepared:
        """A plan of the site as it is, to be adopted; what is shown meanwhile stays as it is. For any thread."""
        with self._planning:
            self.plans += 1
            held, looked, edition = ExitStack(), 0, None
            broken: tuple[Problem, ...] = ()
            try:
                looked, edition = self._planned(self.terms.at(int(self._clock())), hands, held)
            except SiteError as err:
                broken = err.problems
            except OSError as err:
                broken = files.machine_error(err, self.root).problems
            self._waits = Prepared(edition, broken, held, looked, self.plans)
            return self._waits

    def catch_up(self) -> None:
        """Adopt what is being planned, when it is; where nothing is, plan."""
        with self._planning:
            prepared = self._waits
        self.adopt(prepared or self.prepare())

    def adopt(self, prepared: Prepared) -> None:
        """Show what was planned, unless something younger is shown."""
        if self._waits is prepared:
            self._waits = None
        if prepared.number < self._adopted:
            prepared.held.close()
            return
        self._adopted = prepared.number
        self.early = None
        self._forget()
        self._looked = prepared.looked or self._looked
        if prepared.edition is None:
            self.broken = prepared.broken
            prepared.held.close()
            return
        self.edition, self.waiting, self.broken = prepared.edition, None, ()
        self._live = None
        self._held.close()
        self._held = prepared.held

    def younger(self) -> tuple[str, ...]:
        """Files that were written since the last plan began; before the first one, all of them by their folder."""
        if self.early:
            return ("content/",)
        found = [
            s
            for folder in ("content", "templates", "static", "words")
            for s in files.walk(self.root, folder)
        ]
        return tuple(s.path for s in found if max(s.written, s.changed) >= self._looked)

    @property
    def due(self) -> bool:
        """Whether an article has gone live since the last plan, or the cache was changed by others."""
        if self.edition is None:
            return not self.broken
        since, until = self.edition.surveyed.edition.span
        return not since <= self.terms.at(int(self._clock())).as_of < until

    def with_waiting(self) -> Edition | None:
        """The edition in which everything is live that waits: drafts and articles of the future; planned
        when it is asked for, None where nothing waits."""
        if self.edition is None:
            return None
        released = self.edition.surveyed.released
        if self.waiting is None and (released.drafts or released.held_back):
            as_of = self.terms.at(int(self._clock())).as_of
            with self._planning:
                moment = Moment(as_of, future=True, drafts=True)
                _, self.waiting = self._planned(moment, ALONE, self._held)
        return self.waiting

    def _planned(self, moment: Moment, hands: Hands, held: ExitStack) -> tuple[int, Edition]:
        site = self._opened(self.root)
        with workers.undisturbed():
            try:
                return self._with_cache(site, moment, hands, held, passing=False)
            except LostError:
                return self._with_cache(site, moment, hands, held, passing=True)

    def _with_cache(
        self, site: Site, moment: Moment, hands: Hands, held: ExitStack, *, passing: bool
    ) -> tuple[int, Edition]:
        with ExitStack() as stack:
            kept = stack.enter_context(intake.opened(site, passing=passing))
            looked = kept.now()
            self._live = kept
            surveyed = surveys.survey(site, moment, kept, hands)
            versions = Versions(site, surveyed.edition.masthead)
            claimed = self._claimed(site, surveyed.edition, versions, moment, kept)
            outlines = {outline.key: outline for outline in surveyed.edition.outlines}
            table = contents(
                {key: receipts for key, (_, receipts) in claimed.items()},
                surveyed.edition.masthead.menu,
            )
            problems = tuple(sorted({*surveyed.problems, *table.problems}))
            edition = Edition(
                site, surveyed, table, versions, kept.folder, kept.history, outlines, problems
            )
            if kept.passing:  # pages are drawn from it until the next plan
                held.callback(stack.pop_all().close)
        return looked, edition

    def _claimed(
        self, site: Site, edition: surveys.Edition, versions: Versions, moment: Moment, kept: Cache
    ) -> Claimed:
        """The pages that ask for an address, by partition. What neither the last plan knows as it is, nor, at the
        start, the last build or an earlier preview, is planned."""
        whole = moment.future and moment.drafts
        before, name = self._claims.get(whole, {}), _NOTED[whole]
        built = {} if before else kept.published(site.config.output)
        noted = {} if before else kept.published(name)
        claimed: Claimed = {}
        news = []
        stack = Stacks(kept.rows)
        for outline in edition.outlines:
            key, made = outline.key, versions.of(outline, "")
            past, note = built.get(key), noted.get(key)
            if (known := before.get(key)) and known[0] == made:
                claimed[key] = known
            elif past and versions.of(outline, past.views) == past.digest:
                claimed[key] = made, records.unpacked_receipts(past.receipts)
            elif note and note.digest == made:
                claimed[key] = made, records.unpacked_receipts(note.receipts)
            else:
                partition = assemble.fetched(outline.partition, stack)
                found = kept.fetch(assemble.wanted(partition))
                pages = surveys.pages_of(site, partition, edition.masthead, found, stack)
                claimed[key] = made, tuple(map(claim, pages))
                news.append((key, Published(made, "", records.packed_receipts(claimed[key][1]))))
        gone = (before or noted).keys() - claimed.keys()
        if news or gone:
            kept.publish(name, kept.state(name), news, gone)
        self._claims[whole] = claimed
        return claimed

    def _forget(self) -> None:
        self._pages.clear()
        if self._reader:
            self._reader[1].close()
            self._reader = None

    # --- a file that was saved a moment ago ---------------------------------------------------------

    def hint(self, paths: Iterable[str]) -> bool:
        """Read saved files at once, before the site is planned anew: an article that keeps its place shows
        its new text, on its page and in lists; templates draw at once; files that are published as they are
        need only be told of. True where a tab may have news. Whatever else follows, the next plan finds."""
        wanted = {path for path in paths if not self.empty(path)}
        if self.edition is None:
            return False
        drawn_anew = any(map(self._of_the_theme, wanted)) and self._hint_theme()
        if self.broken:
            return drawn_anew
        site = self.edition.site
        known = {
            slip.path: slip
            for edition in (self.edition, self.waiting)
            if edition
            for slip in edition.surveyed.released.live
            if slip.path in wanted
        }
        found = {s.number: f for s in known.values() if (f := self._fresh(site, s))}
        if found:
            self._pages.clear()
            self.edition = with_fresh(self.edition, found)
            self.waiting = self.waiting and with_fresh(self.waiting, found)
        beside = any(is_file(self.edition, path) for path in wanted)
        return drawn_anew or beside or bool(found)

    def empty(self, path: str) -> bool:
        """Whether a file is there and empty: an editor may be about to fill it."""
        place = self.root / path
        try:
            return place.is_file() and not place.stat().st_size
        except OSError:
            return False

    def _of_the_theme(self, path: str) -> bool:
        """Whether a path is that of a template, or of a file that may have come or gone in the place of one of the theme;
        a folder is told of by itself when it comes with what is in it."""
        assert self.edition is not None
        top = path.partition("/")[0]
        known = is_file(self.edition, path) and (self.root / path).is_file()
        return top == "templates" or (top == "static" and not known)

    def _hint_theme(self) -> bool:
        """Draw with the templates and files as they are by now; no template has a say in what stands where."""
        assert self.edition is not None
        try:
            site = self._opened(self.root)
        except SiteError as err:
            self.broken = err.problems
            return True
        except OSError:
            return False
        if site.config != self.edition.site.config:
            return False
        self.broken = ()
        self.edition = drawn_with(self.edition, site)
        self.waiting = self.waiting and drawn_with(self.waiting, site)
        return True

    def _fresh(self, site: Site, slip: Slip) -> Fresh | None:
        """The article of a file where it would stand in the same places as before."""
        try:
            size = (self.root / slip.path).stat().st_size
        except OSError:
            return None
        task = jobs.make_reader(self.root, intake.rules(site))
        (read,) = task([jobs.Unread(Source(slip.path, size))])
        if read.slip is None or read.article is None or not size:
            return None
        same = ("instant", "day", "until", "flags", "wish", "terms")
        if any(getattr(read.slip, name) != getattr(slip, name) for name in same):
            return None
        article = records.unpacked(read.article)
        return Fresh(article, records.face(article), read.html or "")

    # --- drawing ----------------------------------------------------------------------------------

    def draw(self, edition: Edition, url: str) -> Drawn | None:
        """The page at an address of an edition; None where nothing stands. SiteError where its template
        fails, StaleError where the cache is not what it was, OSError or ValueError where a file is not."""
        place = edition.contents.places.get(url)
        if place is None:
            return None
        page = next(
            (p for p in self._planned_pages(edition, place.key) if _is(p, url, place)), None
        )
        if page is None:
            raise StaleError
        if isinstance(page.inputs, Asset):
            return Drawn(place, asset=page.inputs, made_of=(page.inputs.path,))
        try:
            reader = self.reader(edition)
            partition = self._rows(edition, place.key, Stacks(reader.rows))
            html = self._fetch(edition, assemble.wanted(partition)).drawn
            texts = [pressroom.read(self.root, each, html, reader) for each in page.reads]
        except (OSError, ValueError) as err:
            raise StaleError from err
        press, views = edition.versions.press, edition.versions.views
        data = pressroom.draw(page, texts, self.root, views, press)
        return Drawn(place, data, made_of=(page.owner, *_files(page)))

    def _planned_pages(self, edition: Edition, key: str) -> tuple[Page, ...]:
        known = self._pages.get((id(edition), key))
        if known is None:
            stack = Stacks(self.reader(edition).rows)
            partition = self._rows(edition, key, stack)
            found = self._fetch(edition, assemble.wanted(partition))
            front = edition.surveyed.edition.masthead
            try:
                known = tuple(surveys.pages_of(edition.site, partition, front, found, stack))
            except KeyError as err:
                if self._live is None:
                    raise
                raise StaleError from err  # an article that was there is broken by now
            if len(self._pages) >= _REMEMBERED:
                self._pages.clear()
            self._pages[id(edition), key] = known
        return known

    def _rows(self, edition: Edition, key: str, stack: Stacks) -> Partition:
        """A partition with what stands on the shelves that it is made of."""
        try:
            return assemble.fetched(edition.outlines[key].partition, stack)
        except cache.FAILURES as err:
            raise StaleError from err

    def reader(self, edition: Edition) -> Reader:
        """The articles as an edition was planned with them."""
        try:
            if self._reader is None or self._reader[0] != edition.kept:
                if self._reader:
                    self._reader[1].close()
                self._reader = edition.kept, Reader(edition.kept)
            reader = self._reader[1]
            if reader.history() != edition.history and not self._is_our_own(reader):
                raise StaleError
        except cache.FAILURES as err:
            raise StaleError from err
        return reader

    def _is_our_own(self, reader: Reader) -> bool:
        """Whether what the cache knows more than an edition is what our next plan has read, and no number means
        another article: then a page shows what was saved before the plan is done."""
        live = self._live
        return live is not None and not live.forgot and reader.history() == live.history

    def _fetch(self, edition: Edition, wanted: Wanted) -> Found:
        """What a partition wants, with what was saved a moment ago in the place of what was planned."""
        reader = self.reader(edition)
        try:
            found = reader.fetch(wanted)
        except cache.FAILURES as err:
            raise StaleError from err
        new = {n: f for n, f in edition.fresh.items() if n in wanted.articles or n in wanted.faces}
        if not new:
            return found
        paths = {f.article.path for f in new.values()}
        drawn = {path: html for path, html in found.drawn.items() if path not in paths}
        drawn |= {f.article.path: (f.article.title, f.html) for f in new.values() if f.html}
        return Found(
            {**found.articles, **{n: f.article for n, f in new.items() if n in wanted.articles}},
            {**found.faces, **{n: f.face for n, f in new.items()}},
            drawn,
        )


def _files(page: Page) -> tuple[str, ...]:
    return tuple(each.path for each in page.reads if isinstance(each, Body))


# Names beside those of output folders, under which the cache keeps what a preview has planned (with drafts: True).
_NOTED = {False: "preview:", True: "preview: drafts"}
_REMEMBERED = 32  # partitions whose pages are at hand


def _is(page: Page, url: str, place: Place) -> bool:
    return page.url == url and page.view == place.view and page.owner == place.owner
