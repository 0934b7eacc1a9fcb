"""Before the first plan is done, the preview shows the last build, and says so where another would be published now."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bimson_site import words
from bimson_site.console import Voice
from bimson_site.effects.site import open_site
from bimson_site.preview.answers import Answers
from bimson_site.preview.early import SMALL, Seen
from bimson_site.preview.edition import Terms
from bimson_site.preview.session import Session
from conftest import LONG, Site, article

GOLDEN = Path(__file__).parents[1] / "sites/golden"
NOW = 1_767_225_600  # 2026-01-01 in UTC
PAGE = "/2020/08/05/cho-phien-hop-lai/"
FILE = "build/2020/08/05/cho-phien-hop-lai/index.html"


@pytest.fixture
def built(tmp_path: Path) -> Site:
    """The golden site, built; its tests know what it should be."""
    shutil.copytree(GOLDEN, tmp_path / "site", ignore=shutil.ignore_patterns("expected*"))
    made = Site(tmp_path / "site")
    time.sleep(0.1)  # a file of a moment ago is not yet known by its times
    made.build("--as-of", "2026-01-01")
    assert not made.build("--as-of", "2026-01-01").json["written"]
    return made


def answers(made: Site, **terms: object) -> Answers:
    session = Session(made.root, Terms(**terms), lambda: NOW)  # type: ignore[arg-type]
    return Answers(session, Voice(words.catalogue("vi")))


def test_every_file_of_the_build_is_shown_without_a_plan(built: Site) -> None:
    early = answers(built)
    assert early.session.begin()
    assert early.session.early.stands
    for path, data in built.files().items():
        url = f"{early.prefix}/{path}"
        found = early.answer(url.removesuffix("index.html"))
        assert found.status == 200
        if found.file:
            assert found.file.read_bytes() == data, path
            continue
        assert found.data.startswith(data[: data.find(b"</body>")] if found.note else data), path
    assert early.session.plans == 0


def test_a_tab_that_saw_it_early_has_no_news_when_it_is_planned(built: Site) -> None:
    early = answers(built)
    early.session.begin()
    before = early.answer(early.prefix + "/")
    early.session.catch_up()
    after = early.answer(early.prefix + "/")
    assert early.session.plans == 1
    assert (before.data, before.news) == (after.data, after.news)


def test_what_no_build_knows_is_planned(built: Site) -> None:
    early = answers(built)
    early.session.begin()
    assert early.answer("/_preview/").status == 200
    assert early.session.plans == 1


def test_a_page_that_was_changed_by_hand_is_not_shown(built: Site) -> None:
    early = answers(built)
    early.session.begin()
    good = built.output(FILE.removeprefix("build/"))
    built.write(FILE, "<p>Khác.</p>")
    shown = early.answer(early.prefix + PAGE).data.decode()
    assert shown.startswith(good[: good.find("</body>")])
    assert early.session.plans == 1


CHANGES = {
    "article": ("content/moi.md", article("Bài mới", body=LONG)),
    "template": ("templates/404.html", "<p>Lạc"),
    "settings": ("bimson.yaml", "title: Kho khác\n"),
    "broken settings": ("bimson.yaml", "title: [\n"),
    "ledger": ("permalinks/2020.csv", "url,id,path,key,since,as\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_of_another_site_the_last_build_is_shown_as_what_it_is(built: Site, change: str) -> None:
    built.write(*CHANGES[change])
    early = answers(built)
    if change == "broken settings":
        assert not early.session.begin()
        return
    assert early.session.begin()
    assert not early.session.early.stands
    shown = early.answer(early.prefix + PAGE)
    assert "Trang này là của lần dựng trước" in shown.news
    early.session.catch_up()
    assert early.session.plans == 1
    assert early.answer(early.prefix + PAGE).news != shown.news


@pytest.mark.parametrize(
    "terms", [{"drafts": True}, {"future": True}, {"as_of": 1_500_000_000}], ids=str
)
def test_at_another_moment_the_last_build_does_not_stand(
    built: Site, terms: dict[str, object]
) -> None:
    session = answers(built, **terms).session
    assert session.begin()
    assert not session.early.stands


def test_a_site_that_was_never_built_is_planned_first(built: Site) -> None:
    shutil.rmtree(built.root / ".bimson")
    assert open_site(built.root)
    assert not answers(built).session.begin()


def test_of_a_site_that_was_only_previewed_what_one_saw_last_is_shown(built: Site) -> None:
    shutil.rmtree(built.root / ".bimson")
    shutil.rmtree(built.root / "build")
    last = answers(built)
    last.session.plan()
    prefix = last.prefix
    seen = {path: last.answer(prefix + path) for path in ("/", PAGE, "/none/", "/_preview/")}
    last.close()
    early = answers(built)
    assert early.session.begin()
    assert not early.session.early.stands
    for path in ("/", PAGE):
        shown = early.answer(prefix + path)
        assert "Trang này là của lần xem trước" in shown.news
        start = seen[path].data.index(b'<script src="/_preview/preview.js')
        assert shown.data[:start] == seen[path].data[:start]
    style = early.answer(prefix + "/style.css")
    assert (style.status, style.data) == (200, last.answer(prefix + "/style.css").data)
    assert not early.at_hand(prefix + "/none/")
    assert not early.at_hand("/_preview/")
    assert early.session.plans == 0
    early.session.catch_up()
    assert early.answer(prefix + "/").news == seen["/"].news  # a tab need not load it again
    built.write("content/moi.md", article("Bài mới", body=LONG))
    early.session.plan()  # which leaves standing what is kept
    early.session.close()
    again = answers(built)
    assert again.session.begin()
    assert again.at_hand(prefix + PAGE)


def test_drafts_are_not_kept_to_be_shown(built: Site) -> None:
    built.write("content/nhap.md", article("Bài nháp", body=LONG, draft="true"))
    last = answers(built)
    last.session.plan()
    last.answer(last.prefix + "/")
    draft = "/_preview/drafts/2020/08/05/bai-nhap/"
    assert last.answer(draft).status == 200
    last.close()
    early = answers(built)
    assert early.session.begin()
    assert set(early.session.early.seen.pages) == {"/"}


def test_what_was_taken_down_is_not_kept(built: Site) -> None:
    built.write("content/go.md", article("Bài bị gỡ", body=LONG + "gỡ"))
    last = answers(built)
    last.session.plan()
    for path in ("/2020/08/05/", "/2020/08/05/bai-bi-go/"):
        assert "Bài bị gỡ" in last.answer(last.prefix + path).data.decode()
    (built.root / "content/go.md").unlink()
    last.session.plan()
    last.close()
    early = answers(built)
    early.session.begin()
    pages = early.session.early.seen.pages
    assert set(pages) == {"/2020/08/05/"}
    assert "Bài bị gỡ" not in pages["/2020/08/05/"].decode()


def test_a_small_site_is_waited_for_and_a_large_one_not(built: Site) -> None:
    built.write(*CHANGES["template"])
    session = answers(built).session
    session.begin()
    assert session.early.passes_soon
    large = replace(session.early, outputs=dict.fromkeys(map(str, range(SMALL)), (0, 0, 0)))
    assert not large.passes_soon
    assert not replace(session.early, outputs={}, seen=Seen(SMALL)).passes_soon
