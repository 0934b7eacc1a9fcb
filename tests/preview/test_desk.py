"""The order at the desk: what is saved shows at once, a storm of saves is planned once or twice, tabs hear news."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable

import pytest

from bimson_site.console import Voice
from bimson_site.preview import serving
from bimson_site.preview.answers import Answers
from bimson_site.preview.desk import Desk, EndedError, Tab
from bimson_site.preview.edition import Terms
from bimson_site.preview.session import Session
from bimson_site.words import catalogue
from conftest import LONG, Site, article

NOW = 1_767_225_600
URL = "/2020/08/05/cho/"


def at_the_desk(
    made: Site, work: Callable[[Desk], Awaitable[None]], *, early: bool = False
) -> Session:
    """Do something at the desk of a site; its session, as it was left."""
    session = Session(made.root, Terms(), lambda: NOW)
    if early:
        assert session.begin()
    else:
        session.plan()

    async def main() -> None:
        desk = Desk(Answers(session, Voice(catalogue("en"))))
        keeping = asyncio.create_task(desk.run())
        await work(desk)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        desk.end()

    asyncio.run(main())
    return session


async def news(tab: Tab) -> dict[str, object]:
    text = await tab.news.get()
    assert text is not None
    return json.loads(text)


@pytest.mark.parametrize("pause", [0, 0.01], ids=["at once", "in a second"])
def test_a_hundred_saves_are_two_plans_at_most_and_the_last_is_shown(site, pause: float) -> None:
    made = site({"a.md": article("Chợ")})

    async def work(desk: Desk) -> None:
        before = desk.answers.session.plans
        for number in range(100):
            made.write("content/a.md", article("Chợ", "2020-08-06", LONG + f"Lần {number}."))
            desk.stir(["content/a.md"])
            await asyncio.sleep(pause)
        await desk.settled()
        answer = await desk.answer("/2020/08/06/cho/")
        assert "Lần 99." in answer.data.decode()
        assert 1 <= desk.answers.session.plans - before <= 2

    at_the_desk(made, work)


def test_a_file_that_is_empty_for_a_moment_is_waited_for(site) -> None:
    made = site({"a.md": article("Chợ")})

    async def work(desk: Desk) -> None:
        tab = Tab(URL)
        await desk.join(tab)
        first = await news(tab)
        made.write("content/a.md", "")
        desk.stir(["content/a.md"])
        await asyncio.sleep(0.3)
        assert tab.news.empty()
        made.write("content/a.md", article("Chợ", body=LONG + "Đủ."))
        desk.stir(["content/a.md"])
        after = await news(tab)
        assert after["version"] != first["version"]
        assert after["overlay"] == []

    at_the_desk(made, work)


def test_what_is_saved_while_a_plan_runs_is_shown_at_once_and_stays(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Cầu", "2021-01-01", LONG + "b")})
    looked, planned = threading.Event(), threading.Event()

    async def work(desk: Desk) -> None:
        session, tab = desk.answers.session, Tab("/2021/01/01/cau/")
        prepare = session.prepare

        def prepared(*hands):
            found = prepare(*hands)
            looked.set()
            planned.wait()  # as a large archive would
            return found

        session.prepare = prepared
        await desk.join(tab)
        await news(tab)
        made.write("content/a.md", article("Chợ phiên"))
        desk.stir(["content/a.md"])
        await asyncio.to_thread(looked.wait)
        made.write("content/b.md", article("Cầu", "2021-01-01", LONG + "b. Câu mới."))
        desk.stir(["content/b.md"])
        await news(tab)
        assert "Câu mới." in (await desk.answer(tab.path)).data.decode()
        assert (await desk.answer("/2020/08/05/cho-phien/")).status == 404
        planned.set()
        while session.plans < 3:
            assert "Câu mới." in (await desk.answer(tab.path)).data.decode()
            await asyncio.sleep(0.02)
        await desk.settled()
        assert (await desk.answer("/2020/08/05/cho-phien/")).status == 200
        assert "Câu mới." in (await desk.answer(tab.path)).data.decode()
        assert not session.edition.fresh

    at_the_desk(made, work)


def test_only_tabs_whose_page_changed_hear_of_it(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Cầu", "2021-01-01", LONG + "b")})

    async def work(desk: Desk) -> None:
        one, two = Tab(URL), Tab("/2021/01/01/cau/")
        for tab in (one, two):
            await desk.join(tab)
            await news(tab)
        made.write("content/a.md", article("Chợ", body=LONG + "khác"))
        desk.stir(["content/a.md"])
        await news(one)
        await desk.settled()
        assert one.news.empty()  # the plan says what the hint said
        assert two.news.empty()
        desk.close()
        assert await one.news.get() is None

    at_the_desk(made, work)


def test_what_only_the_first_plan_can_tell_holds_up_nobody_else(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Cầu", body=LONG + "b")})
    made.build()
    planned = threading.Event()

    async def work(desk: Desk) -> None:
        session, tab, start = desk.answers.session, Tab(URL), Tab("/_preview/")
        prepare = session.prepare

        def prepared(*hands):
            planned.wait()  # as a large archive would
            return prepare(*hands)

        session.prepare = prepared
        desk.stir(["content/"])
        joined = asyncio.create_task(desk.join(start))
        others = [asyncio.create_task(desk.answer(path)) for path in ("/none.ico", "/none/")]
        await asyncio.sleep(0.05)
        assert "Chợ" in (await desk.answer(URL)).data.decode()
        await desk.join(tab)
        await news(tab)
        assert not joined.done()
        planned.set()
        await joined
        assert [(await each).status for each in others] == [404, 404]
        assert "badge" in await news(start)

    at_the_desk(made, work, early=True)


def test_the_end_waits_for_no_plan(site) -> None:
    made = site({"a.md": article("Chợ")})
    entered = threading.Event()

    async def work(desk: Desk) -> None:
        session = desk.answers.session
        prepare = session.prepare

        def prepared(hands):
            entered.set()
            while not desk.ended:
                pass
            with pytest.raises(EndedError):
                prepare(hands)
            session.left = True
            raise EndedError

        session.prepare = prepared
        desk.stir(["content/a.md"])
        await asyncio.to_thread(entered.wait)

    assert at_the_desk(made, work).left


def test_a_bug_in_a_plan_ends_the_preview_and_is_told(site) -> None:
    made = site({"a.md": article("Chợ")})
    session = Session(made.root, Terms(), lambda: NOW)
    session.plan()

    def prepared(_):
        raise ZeroDivisionError

    session.prepare = prepared
    answers = Answers(session, Voice(catalogue("en")))
    said: list[str] = []

    def ready():
        made.write("content/b.md", article("Cầu"))

    with serving.listening("127.0.0.1", None) as listens, pytest.raises(ZeroDivisionError):
        serving.serve(answers, listens, "127.0.0.1", said.append, ready, said.append)
    assert not said
