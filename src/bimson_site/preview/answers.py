"""What a preview answers to a path: a page with its note, a file, another path, or that nothing stands there.

Keeps the last good state of the pages that were looked at, for as long as something is broken. Not for two threads
at a time. Knows no HTTP: `server` speaks it. Next: `session`, which draws.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bimson_site import routes
from bimson_site.console import Voice
from bimson_site.effects import files
from bimson_site.errors import Location, Problem, Severity, SiteError, problem
from bimson_site.model import Asset, utc
from bimson_site.pipeline.discover import is_article
from bimson_site.preview import guide, notes, start
from bimson_site.preview.early import Early
from bimson_site.preview.edition import Drawn, Edition
from bimson_site.preview.gate import prefix_of
from bimson_site.preview.guide import ARCHIVE, GUIDE, Guide
from bimson_site.preview.notes import DRAFTS, ROOM, Note
from bimson_site.preview.session import Session, StaleError
from bimson_site.text import dates


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: bytes of the type of a file's name, a file of the site, or a path to go to; the
    note that a page carries."""

    status: int = 200
    name: str = ""
    data: bytes = b""
    file: Path | None = None
    goto: str = ""
    note: Note | None = None

    @property
    def news(self) -> str:
        """What a tab at this path is told: its note; of an answer without one, where it leads to."""
        note = self.note or Note(f"{self.status} {self.goto}", (), _WORDLESS)
        return note.text


_WORDLESS: tuple[tuple[str, Any], ...] = (("overlay", []), ("badge", ""), ("banner", ""))
NOTHING = Answer(404, "nothing.txt", b"404\n")


class Answers:
    """The answers of one session, in the words of a voice."""

    def __init__(self, session: Session, voice: Voice) -> None:
        self.session = session
        self.voice = voice
        self._guide = Guide()
        self._good: dict[str, Drawn] = {}
        self._digests: dict[tuple[str, int, int], str] = {}

    def close(self) -> None:
        """End, and keep some pages that were looked at last: drawn anew, for what they say may be gone."""
        seen: dict[str, bytes] = {}
        for path in [*self._good][-_KEPT:]:
            url = path[len(self.prefix) :]
            with suppress(StaleError, SiteError, OSError, ValueError):
                if (edition := self.session.edition) and (drawn := self.session.draw(edition, url)):
                    seen[url] = drawn.data
        self._guide.close()
        self.session.close(seen)

    @property
    def prefix(self) -> str:
        shown = self.session.edition or self.session.early
        return prefix_of(shown.site.config.base_url) if shown else ""

    def file(self, path: str) -> Answer | None:
        """The answer where a path is that of a file which is published as it is; asks nothing but the table
        of contents, so it may be called from another thread."""
        edition, prefix = self.session.edition, self.prefix
        if edition is None or not path.startswith(f"{prefix}/"):
            return None
        url = path[len(prefix) :]
        place = edition.contents.places.get(url)
        if place is None or place.view != "file":
            return None
        if found := edition.assets.get(url):
            return self._asset(found)
        beside = place.owner.startswith("content/") and not is_article(place.owner)
        return self._file(url, place.owner) if beside else None

    def _made(self, path: str) -> Answer | None:
        """What stands for a file whose bytes were made of another: that other, whose change changes them."""
        edition = self.session.edition
        place = edition.contents.places.get(path[len(self.prefix) :]) if edition else None
        return self._file(path, place.owner) if place and place.view == "made" else None

    def answer(self, path: str) -> Answer:
        """The answer to a path, planned anew where it must be."""
        for _ in range(_TRIES):
            try:
                return self._answer(path)
            except StaleError:
                self.session.catch_up()
        reason = "the files change faster than they can be read"
        return self._broken(path, (problem("machine-refused", Location("."), reason=reason),))

    def _answer(self, path: str) -> Answer:
        if (early := self.session.early) and (found := self._early(early, path)):
            return found
        if self.session.edition is None and self.session.due:
            self.session.catch_up()
        elif self.session.due:
            self.session.plan()
        edition, prefix = self.session.edition, self.prefix
        if path == ROOM:
            return self._start()
        if edition is None:
            return self._broken(path, self.session.broken)
        if path.startswith(f"{DRAFTS}/"):
            return self._waiting(path, path[len(DRAFTS) :])
        if path == GUIDE:
            return self._style_guide(edition)
        if path.startswith(f"{ARCHIVE}/"):
            return self._invented(edition, path)
        if prefix and path in {"/", prefix}:
            return Answer(302, goto=f"{prefix}/")
        if not path.startswith(f"{prefix}/") or path.startswith(ROOM):
            return self._missing(edition, path)
        url = path[len(prefix) :]
        for each in (url, url.removesuffix("index.html") if url.endswith("/index.html") else url):
            try:
                drawn = self.session.draw(edition, each)
            except SiteError as err:
                return self._broken(path, err.problems)
            if drawn:
                return self._drawn(edition, path, drawn)
        if f"{url}/" in edition.contents.places:
            return Answer(302, goto=f"{path}/")
        return self._elsewhere(edition, path, url)

    def at_hand(self, path: str) -> bool:
        """Whether the answer to a path is there without a plan, or there was one; for any thread."""
        early = self.session.early
        return early is None or self._found(early, path) is not None

    def _found(self, early: Early, path: str) -> Path | Asset | bytes | None:
        """What was shown last at a path: a file of the last build, one of the theme or of static/, or a page that the
        last preview showed."""
        if not path.startswith(f"{self.prefix}/") or path.startswith(ROOM):
            return None
        url = path[len(self.prefix) :]
        return early.file(url) or early.asset(url) or early.seen.pages.get(url)

    def _early(self, early: Early, path: str) -> Answer | None:
        """A page or file as it was shown last, before there is a plan."""
        found = self._found(early, path)
        name = _name(path)
        if isinstance(found, Asset):
            return self._asset(found)
        if isinstance(found, Path):
            if not name.endswith(".html"):
                return Answer(200, name, file=found)
            old = self.voice.say("This page is of the last build; the newest is on its way.")
            try:
                found = found.read_bytes()
            except OSError:
                return None
        else:
            old = self.voice.say("This page is of the last preview; the newest is on its way.")
        if found is None:
            return None
        banner = "" if early.stands else old
        said = notes.said(early.problems, (), (), self.session.root, self.voice, banner)
        note = notes.noted(found, path, self._digest_at, said)
        return Answer(200, name, notes.injected(found, note), note=note)

    def _drawn(self, edition: Edition, path: str, drawn: Drawn) -> Answer:
        if drawn.asset:
            return self._asset(drawn.asset)
        name = _name(path)
        if not name.endswith(".html"):
            return Answer(200, name, drawn.data)
        if len(self._good) >= _REMEMBERED:
            self._good.clear()
        self._good.pop(path, None)  # the latest are last
        self._good[path] = drawn
        return self._page(edition, path, drawn, name=name)

    def _page(
        self,
        edition: Edition,
        path: str,
        drawn: Drawn,
        *,
        status: int = 200,
        name: str = "index.html",
        broken: Iterable[Problem] = (),
        waiting: str = "",
    ) -> Answer:
        """A page with its note; what is wrong with the whole site stands on every one."""
        wrong = (*self.session.broken, *broken)
        root, words = self.session.root, self.voice
        said = notes.said(edition.problems, set(drawn.made_of), wrong, root, words, waiting)
        note = notes.noted(drawn.data, path, self._digest_at, said)
        return Answer(status, name, notes.injected(drawn.data, note), note=note)

    def _elsewhere(self, edition: Edition, path: str, url: str) -> Answer:
        """A page that was here a moment ago: broken now, moved, waiting; or nothing."""
        good = self._good.get(path)
        if good:
            errors = [
                p
                for p in edition.problems
                if p.where.path in good.made_of and p.severity is Severity.ERROR
            ]
            moved = edition.contents.of.get(good.place.owner)
            if moved and good.place.owner.startswith("content/"):
                return Answer(302, goto=self.prefix + moved)
            if errors:
                return self._page(edition, path, good)
        waiting = self._with_waiting()
        if waiting and url in waiting.contents.places and self._why(edition, waiting, url):
            return Answer(302, goto=f"{DRAFTS}{url}")
        return self._missing(edition, path)

    def _missing(self, edition: Edition, path: str) -> Answer:
        drawn = self.session.draw(edition, routes.NOT_FOUND)
        if drawn is None or drawn.asset:
            return NOTHING
        return self._page(edition, path, drawn, status=404)

    def _broken(self, path: str, problems: tuple[Problem, ...]) -> Answer:
        """The last good state of a page, or a blank one, under what is wrong."""
        edition, good = self.session.edition, self._good.get(path)
        if edition and good:
            return self._page(edition, path, good, broken=problems)
        language = self.voice.words.language
        data = notes.blank(self.voice.say("This page cannot be shown"), language)
        said = notes.said((), (), problems, self.session.root, self.voice)
        said = tuple((k, "" if k == "stale" else v) for k, v in said)
        note = notes.noted(data, path, lambda _: "", said)
        return Answer(500, "index.html", notes.injected(data, note), note=note)

    # --- what waits ---------------------------------------------------------------------------------

    def _with_waiting(self) -> Edition | None:
        try:
            return self.session.with_waiting()
        except (SiteError, OSError):
            return None

    def _waiting(self, path: str, url: str) -> Answer:
        """A draft or an article of the future, with its files; what is public has another address."""
        edition, waiting = self.session.edition, self._with_waiting()
        assert edition is not None  # `_answer` has looked
        why = self._why(edition, waiting, url) if waiting else ""
        if waiting is None or not why:
            return Answer(302, goto=self.prefix + url)
        try:
            drawn = self.session.draw(waiting, url)
        except SiteError as err:
            return self._broken(path, err.problems)
        if drawn is None:
            return self._missing(edition, path)
        if drawn.asset:
            return self._asset(drawn.asset)
        return self._page(edition, path, drawn, waiting=why)

    def _why(self, edition: Edition, waiting: Edition, url: str) -> str:
        """Why the page at an address is not public; "" where it is, or where there is none."""
        place = waiting.contents.places.get(url)
        if place is None:
            return ""
        above = url if url.endswith("/") else url[: url.rfind("/") + 1]
        owner = waiting.contents.places.get(above, place).owner
        released = edition.surveyed.released
        if any(slip.path == owner for slip in released.drafts):
            return self.voice.say("Draft: readers do not see this page.")
        zone = dates.zone(edition.site.config.timezone)
        for held in released.held_back:
            if held.path == owner:
                when = utc(held.until).astimezone(zone).strftime("%d/%m/%Y %H:%M")
                return self.voice.say("Readers will see this page from {when} on.", when=when)
        return ""

    # --- files --------------------------------------------------------------------------------------

    def _asset(self, asset: Asset) -> Answer:
        name = asset.url.rsplit("/", 1)[-1]
        if asset.packaged:
            return Answer(200, name, files.packaged_file(asset.path))
        return self._file(asset.url, asset.made or asset.path)

    def _file(self, url: str, path: str) -> Answer:
        place = self.session.root / path
        return Answer(200, url.rsplit("/", 1)[-1], file=place) if place.is_file() else NOTHING

    def _digest_at(self, path: str) -> str:
        """What changes with the bytes of the file at a path."""
        if path.startswith(f"{DRAFTS}/"):
            path = self.prefix + path[len(DRAFTS) :]
        if early := self.session.early:
            found = self._early(early, path) if early.is_file(path[len(self.prefix) :]) else None
        else:
            found = self.file(path) or self._made(path)
        if found is None:
            return ""
        if found.file is None:
            return blake2b(found.data, digest_size=8).hexdigest()
        try:
            status = found.file.stat()
            key = str(found.file), status.st_size, status.st_mtime_ns
            if key not in self._digests:
                data = found.file.read_bytes()
                self._digests[key] = blake2b(data, digest_size=8).hexdigest()
            return self._digests[key]
        except OSError:
            return ""

    # --- the style guide ----------------------------------------------------------------------------

    def _style_guide(self, edition: Edition) -> Answer:
        """All pieces on a page, which is shown anew with whatever of the site may change them."""
        shown = self._guide.session(edition.site)
        if shown.edition is None:
            return self._broken(GUIDE, shown.broken)
        (css,) = (a for a in edition.site.assets if a.url == routes.THEME_STYLE)
        text = self._bytes(css).decode("utf-8", "replace")
        data = guide.page(edition.site.config.title, shown.edition, text, self.voice)
        said = notes.said((), (), self.session.broken, self.session.root, self.voice)
        made_of = data + edition.site.digest.encode()
        note = notes.noted(made_of, GUIDE, lambda _: "", said)
        return Answer(200, "index.html", notes.injected(data, note), note=note)

    def _invented(self, edition: Edition, path: str) -> Answer:
        """A page or file of the invented archive, as it would be published."""
        shown = self._guide.session(edition.site)
        url = path[len(ARCHIVE) :]
        if shown.edition is None:
            return self._broken(path, shown.broken)
        for each in (url, url.removesuffix("index.html") if url.endswith("/index.html") else url):
            try:
                drawn = shown.draw(shown.edition, each)
            except SiteError as err:
                return self._broken(path, err.problems)
            name = url.rsplit("/", 1)[-1] or "index.html"
            asset = drawn.asset if drawn else None
            if asset and asset.path.startswith("content/"):
                return Answer(200, name, file=shown.root / asset.path)
            if drawn:
                return self._asset(asset) if asset else Answer(200, name, drawn.data)
        return NOTHING

    def _bytes(self, asset: Asset) -> bytes:
        found = self._asset(asset)
        return found.file.read_bytes() if found.file else found.data

    # --- the start page -----------------------------------------------------------------------------

    def _start(self) -> Answer:
        session = self.session
        told = start.told(session, self._with_waiting(), self.voice, self.prefix)
        data = start.page(told, self.voice)
        said = notes.said((), (), (), session.root, self.voice)  # the page itself has all
        note = notes.noted(data, ROOM, lambda _: "", said)
        return Answer(200, "index.html", notes.injected(data, note), note=note)


def _name(path: str) -> str:
    """The name of the file that a page is published as."""
    return routes.output(path) if not path.endswith("/") else "index.html"


_TRIES = 4
_REMEMBERED = 200  # pages whose last good state is kept
_KEPT = (
    12  # of them until the next start: what an editor had in hand, for each may have to be planned
)
