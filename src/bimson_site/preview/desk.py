"""The desk of a running preview: one thread that plans and draws, the tabs that look on, what is to be done next.

Owns the order: saved files are read at once, tabs are told; when all has been quiet for a moment, the whole site is
planned and tabs are told again. Requests for pages wait for a running plan. Next: `answers`, `server`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from bimson_site.preview.answers import Answer, Answers

Result = TypeVar("Result")

QUIET = 0.1  # seconds without an event or a request after which the site is planned
AT_MOST = 2.0  # seconds after which it is planned although events keep coming


@dataclass(eq=False)
class Tab:
    """A tab of a browser: the path it shows, and what it is to be told next (None: the end)."""

    path: str
    news: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    last: str = ""


class Desk:
    """`answers` is used in one thread only, but for its table of files."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.tabs: set[Tab] = set()
        self._thread = ThreadPoolExecutor(1, "desk")
        self._saved: set[str] = set()
        self._stirred = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def do(self, work: Callable[[], Result]) -> Result:
        """Have something done in the desk's thread, after what it is doing."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def answer(self, path: str) -> Answer:
        """The answer to a path: a file at once, a page when the desk has time."""
        if self._saved:
            self._stirred.set()  # quiet begins anew: whoever looks comes before the plan
        if found := self.answers.file(path):
            return found
        return await self.do(lambda: self.answers.answer(path))

    # --- what happens -------------------------------------------------------------------------------

    def stir(self, paths: Iterable[str]) -> None:
        """Files have changed; from any thread."""
        self._loop.call_soon_threadsafe(self._note, frozenset(paths))

    def _note(self, paths: frozenset[str]) -> None:
        self._saved |= paths
        self._stirred.set()

    async def run(self) -> None:
        """Keep the preview as the files are, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            if not self._saved:
                continue
            hinted = frozenset(self._saved)
            if await self.do(lambda hinted=hinted: self.answers.session.hint(hinted)):  # type: ignore[misc]
                await self.tell()
            await self._quiet()
            self._saved.clear()
            await self.do(self.answers.session.plan)
            await self.tell()

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
            answer = await self.do(lambda path=path: self.answers.answer(path))  # type: ignore[misc]
            said = answer.news
            for tab in looking:
                if tab.path == path and tab.last != said:
                    tab.last = said
                    tab.news.put_nowait(said)

    def close(self) -> None:
        """Let every tab go."""
        for tab in self.tabs:
            tab.news.put_nowait(None)

    def end(self) -> None:
        """Let the thread end, and the session in it."""
        self._thread.submit(self.answers.close)
        self._thread.shutdown(wait=True)
