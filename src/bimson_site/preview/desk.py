"""The desk of a running preview: one thread that draws, one that plans, the tabs that look on, what is to be done next.

Owns the order: saved files are read at once, tabs are told; when all has been quiet for a moment, the whole site is
planned and tabs are told again. Requests for pages wait for a running plan, but not for long: who looks at a large
archive sees the last edition, with what was saved since, and is told when there is another. Next: `answers`, `server`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from bimson_site.effects.workers import Hands, Stopwatch
from bimson_site.preview.answers import Answer, Answers

Result = TypeVar("Result")

QUIET = 0.1  # seconds without an event or a request after which the site is planned
AT_MOST = 2.0  # seconds after which it is planned although events keep coming
PATIENCE = 0.3  # seconds that a request waits for a running plan
FIRST_PATIENCE = 0.6  # seconds after the start in which it waits for the first plan, before a page of the last build


@dataclass(eq=False)
class Tab:
    """A tab of a browser: the path it shows, and what it is to be told next (None: the end)."""

    path: str
    news: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    last: str = ""


class EndedError(Exception):
    """The preview ends, and nobody waits for what it was planning."""


class Desk:
    """`answers` is used in one thread only, but for its table of files and for `Session.prepare`."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.tabs: set[Tab] = set()
        self._thread = ThreadPoolExecutor(1, "desk")
        self._planner = ThreadPoolExecutor(1, "planner")
        self._planning: asyncio.Task[None] | None = None
        self._saved: set[str] = set()
        self._shown = True
        self.ended = False
        self._stirred = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._loop = asyncio.get_running_loop()
        self._first: asyncio.Future[None] = self._loop.create_future()
        self._patient_until = self._loop.time() + FIRST_PATIENCE

    async def do(self, work: Callable[[], Result]) -> Result:
        """Have something done in the desk's thread, after what it is doing."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def answer(self, path: str) -> Answer:
        """The answer to a path: a file at once, a page when the desk has time."""
        if self._saved:
            self._stirred.set()  # quiet begins anew: whoever looks comes before the plan
        if found := self.answers.file(path):
            return found
        if early := self.answers.session.early:
            patience = self._patient_until - self._loop.time()
            if early.passes_soon and patience > 0:
                await asyncio.wait([self._first], timeout=patience)
        elif self._planning and not self._saved:  # what was saved meanwhile is shown already
            await asyncio.wait([self._planning], timeout=PATIENCE)
        return await self._drawn(path)

    async def _drawn(self, path: str) -> Answer:
        """What stands at a path. What only the first plan can tell waits for it here, not in the thread that draws:
        others ask for what is at hand."""
        if not self.answers.at_hand(path):
            await asyncio.wait([self._first])
        return await self.do(lambda: self.answers.answer(path))

    # --- what happens -------------------------------------------------------------------------------

    def stir(self, paths: Iterable[str]) -> None:
        """Files have changed; from any thread."""
        self._loop.call_soon_threadsafe(self._note, frozenset(paths))

    def _note(self, paths: frozenset[str]) -> None:
        self._saved |= paths
        self._shown = not paths and self._shown
        self._stirred.set()
        if self._saved:
            self._settled.clear()

    async def settled(self) -> None:
        """Wait until all that was saved is planned and told."""
        await self._settled.wait()

    async def run(self) -> None:
        """Keep the preview as the files are, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            if self._saved:
                await self._show()
                await self._quiet()
                await self._show()
                await self._plan()
            if not self._saved:
                self._settled.set()

    async def _show(self) -> None:
        """Read at once what was saved, and tell of it."""
        if self._shown:
            return
        self._shown = True
        saved = frozenset(self._saved)
        if await self.do(lambda: self.answers.session.hint(saved)):
            await self.tell()

    async def _plan(self) -> None:
        """Plan the site; what is saved meanwhile is shown, and is left to be planned."""
        self._saved.clear()
        self._planning = asyncio.create_task(self._planned())
        while not self._planning.done():
            stirred = asyncio.create_task(self._stirred.wait())
            await asyncio.wait([self._planning, stirred], return_when=asyncio.FIRST_COMPLETED)
            stirred.cancel()
            self._stirred.clear()
            await self._show()
        planned, self._planning = self._planning, None
        planned.result()
        await self.tell()
        if self._saved:
            self._stirred.set()

    async def _planned(self) -> None:
        session = self.answers.session
        prepared = await self._loop.run_in_executor(self._planner, session.prepare, self._hands())
        saved = frozenset(self._saved)

        def adopt() -> None:
            session.adopt(prepared)
            session.hint(saved)  # the plan may have begun before

        await self.do(adopt)
        if not self._first.done():
            self._first.set_result(None)

    def _hands(self) -> Hands:
        """One process, for there are threads; a plan is left at the end of whichever stage it is in when the preview ends."""

        def go_on() -> float:
            if self.ended:
                raise EndedError
            return 0.0

        def progress(_stage: str, _done: int, _total: int) -> None:
            go_on()

        return Hands(1, progress, Stopwatch(go_on))

    async def _quiet(self) -> None:
        """Until nothing has happened for a moment, and no file that was saved is empty: an editor may be
        about to fill it."""
        end = asyncio.get_running_loop().time() + AT_MOST
        while asyncio.get_running_loop().time() < end:
            try:
                await asyncio.wait_for(self._stirred.wait(), QUIET)
            except TimeoutError:
                if not any(map(self.answers.session.empty, self._saved)):
                    return
            self._stirred.clear()

    # --- tabs ---------------------------------------------------------------------------------------

    async def join(self, tab: Tab) -> None:
        """Tell a tab now, and from now on."""
        self.tabs.add(tab)
        await self.tell([tab])

    async def tell(self, tabs: Iterable[Tab] = ()) -> None:
        """Tell tabs (all, unless some are given) what their pages are by now, where that is news."""
        looking = tuple(tabs) or tuple(self.tabs)
        for path in sorted({tab.path for tab in looking}):
            said = (await self._drawn(path)).news
            for tab in looking:
                if tab.path == path and tab.last != said:
                    tab.last = said
                    tab.news.put_nowait(said)

    def close(self) -> None:
        """Let every tab go."""
        for tab in self.tabs:
            tab.news.put_nowait(None)

    def end(self) -> None:
        """Let the threads end, and the session in the one that draws."""
        self.ended = True
        self._planner.shutdown(wait=True)
        self._thread.submit(self.answers.close)
        self._thread.shutdown(wait=True)
