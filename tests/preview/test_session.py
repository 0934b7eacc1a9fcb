"""What the preview shows is what a build would write, byte for byte, and it writes nothing itself."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from bimson_site import routes, survey
from bimson_site.console import Voice
from bimson_site.effects import files
from bimson_site.preview.answers import Answers
from bimson_site.preview.edition import Terms
from bimson_site.preview.session import Session, StaleError
from bimson_site.text import dates
from bimson_site.words import catalogue
from conftest import LONG, Site, article, tree

GOLDEN = Path(__file__).parents[1] / "sites/golden"
NOW = 1_767_225_600  # 2026-01-01 in UTC
VOICE = Voice(catalogue("en"))


def shown(session: Session) -> dict[str, bytes]:
    """Every file that the preview would serve, by its path in an output folder."""
    edition = session.edition
    assert edition is not None, session.broken
    found = {}
    for url in edition.contents.places:
        drawn = session.draw(edition, url)
        assert drawn is not None
        asset = drawn.asset
        data = drawn.data
        if asset:
            packaged = asset.packaged
            data = (
                files.packaged_file(asset.path)
                if packaged
                else files.read(session.root, asset.path)
            )
        found[routes.output(url)] = data
    return found


def sessions(root: Path, **terms: object) -> Session:
    session = Session(root, Terms(**terms), lambda: NOW)  # type: ignore[arg-type]
    session.plan()
    return session


@pytest.fixture
def golden(tmp_path: Path) -> Site:
    shutil.copytree(GOLDEN, tmp_path / "site", ignore=shutil.ignore_patterns("expected*"))
    return Site(tmp_path / "site")


FLAGS = {
    "as it is": ((), {}),
    "drafts": (("--drafts",), {"drafts": True}),
    "future": (("--future",), {"future": True}),
    "another day": (
        ("--as-of", "2021-03-01"),
        {"as_of": dates.read("2021-03-01", "Asia/Ho_Chi_Minh").instant},
    ),
}


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("built_before", [False, True])
def test_the_preview_shows_what_a_build_writes(
    golden: Site, flags: str, built_before: bool
) -> None:
    options, terms = FLAGS[flags]
    as_of = () if "--as-of" in options else ("--as-of", "2026-01-01T00:00Z")
    if built_before:  # then most of the table of contents comes out of the cache
        golden.build(*options, *as_of)
    session = sessions(golden.root, **terms)
    mine = shown(session)
    assert golden.build(*options, *as_of).code == 1  # one of its files is broken
    assert mine == golden.files()
    assert len(mine) > 50


def test_a_preview_that_starts_again_plans_only_what_has_changed(
    golden: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[str] = []
    pages_of = survey.pages_of

    def counted(site, partition, *rest):
        planned.append(type(partition).__name__)
        return pages_of(site, partition, *rest)

    monkeypatch.setattr(survey, "pages_of", counted)
    time.sleep(0.1)  # a file of a moment ago is not yet known by its times
    sessions(golden.root).close()
    whole = len(planned)
    planned.clear()
    sessions(golden.root).close()
    assert planned == []
    golden.write("content/new.md", article("Tin mới", "2019-03-04"))
    session = sessions(golden.root)
    assert 0 < len(planned) < whole
    golden.build("--as-of", "2026-01-01T00:00Z")
    assert shown(session) == golden.files()


def test_the_comparison_can_fail(golden: Site) -> None:
    session = sessions(golden.root)
    mine = shown(session)
    golden.write("bimson.yaml", golden_config(golden) + "description: khác\n")
    golden.build("--as-of", "2026-01-01T00:00Z")
    assert mine != golden.files()


def golden_config(golden: Site) -> str:
    lines = (golden.root / "bimson.yaml").read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("description"))


def test_the_preview_writes_nothing_but_the_cache(golden: Site) -> None:
    before = tree(golden.root)
    shown(sessions(golden.root))
    after = {n: d for n, d in tree(golden.root).items() if not n.startswith(".bimson/")}
    assert after == before


def test_the_ledger_is_read_and_not_written(site) -> None:
    made = site({"a.md": article("Chợ phiên")})
    made.build()
    ledger = {n: d for n, d in tree(made.root).items() if n.startswith("permalinks/")}
    assert ledger
    made.write("content/a.md", article("Chợ phiên đổi tên"))
    session = sessions(made.root)
    assert "/2020/08/05/cho-phien/" in session.edition.contents.places
    assert ledger == {n: d for n, d in tree(made.root).items() if n.startswith("permalinks/")}


def test_two_pages_that_want_one_address_are_settled_as_a_build_does(site) -> None:
    made = site(
        {
            "a.md": article("Tin", aliases="[/tin-cu/]"),
            "b.md": article("Tin hai", body=LONG + "b", aliases="[/tin-cu/]"),
            "static/2020/08/05/tin/index.html": "của tôi",
        }
    )
    mine, problems = shown(sessions(made.root)), sessions(made.root).edition.problems
    built = made.build()
    assert mine == made.files()
    assert sorted(p.code for p in problems) == built.codes


def test_an_edit_is_planned_anew_and_equals_a_build(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Cầu", body=LONG + "b")})
    session = sessions(made.root)
    made.write("content/b.md", article("Cầu mới", "2021-01-01", LONG + "c", tags="[cầu]"))
    session.plan()
    mine = shown(session)
    made.build("--as-of", "2026-01-01T00:00Z")
    assert mine == made.files()


def test_what_is_broken_leaves_the_last_edition_standing(site) -> None:
    made = site({"a.md": article("Chợ"), "bimson.yaml": "title: Kho\n"})
    session = sessions(made.root)
    before = shown(session)
    made.write("bimson.yaml", "title: [Kho\n")
    session.plan()
    assert [p.code for p in session.broken] == ["config-invalid"]
    assert shown(session) == before
    made.write("bimson.yaml", "title: Kho mới\n")
    session.plan()
    assert not session.broken
    assert shown(session) != before


def test_a_hint_shows_the_new_text_at_once_and_the_plan_says_the_same(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Cầu", "2020-08-06", LONG + "b")})
    session = sessions(made.root)
    url = "/2020/08/05/cho/"
    made.write("content/a.md", article("Chợ", body=LONG + "Câu mới thêm."))
    assert session.hint(["content/a.md", "content/none.md"])
    hinted = shown(session)
    assert "Câu mới thêm.".encode() in hinted["2020/08/05/cho/index.html"]
    session.plan()
    planned = shown(session)
    changed = {name for name, data in planned.items() if hinted.get(name) != data}
    # the name of the release stands for the whole archive, and so does the index: they wait for the plan
    waits = {"data/CITATION.cff", "data/datapackage.json"}
    assert {name for name in changed if not name.startswith("search/")} <= waits
    pages, others = (
        {name for name in each if not name.startswith("search/")} for each in (planned, hinted)
    )
    assert pages == others
    assert not session.edition.fresh
    assert url in session.edition.contents.places


def test_a_hint_leaves_an_empty_file_for_later(site) -> None:
    made = site({"a.md": article("Chợ"), "templates/day.html": "<h1>Mẫu</h1>"})
    session = sessions(made.root)
    before = shown(session)
    made.write("templates/day.html", "")
    assert not session.hint(["templates/day.html"])
    assert shown(session) == before


def test_a_hint_shows_the_new_text_of_a_draft(site) -> None:
    made = site({"a.md": article("Nháp", draft="true")})
    session = sessions(made.root)
    session.with_waiting()
    made.write("content/a.md", article("Nháp", body=LONG + "Câu mới thêm.", draft="true"))
    assert session.hint(["content/a.md"])
    drawn = session.draw(session.waiting, "/2020/08/05/nhap/")
    assert "Câu mới thêm.".encode() in drawn.data


def test_a_hint_draws_with_new_templates_at_once_and_says_what_is_broken(site) -> None:
    made = site({"a.md": article("Chợ")})
    session = sessions(made.root)
    made.write(
        "templates/day.html", "{% extends 'base.html' %}{% block main %}<h1>Mẫu</h1>{% endblock %}"
    )
    assert session.hint(["templates/day.html"])
    hinted = shown(session)
    session.plan()
    assert shown(session) == hinted
    assert b"<h1>M\xe1\xba\xabu</h1>" in hinted["2020/08/05/index.html"]
    made.write("templates/day.html", "{% if %}")
    assert session.hint(["templates/day.html"])
    assert [p.code for p in session.broken] == ["template-invalid"]
    made.write("templates/day.html", "<h1>Lành</h1>")
    assert session.hint(["templates/day.html"])
    assert not session.broken


def test_a_hint_shows_a_file_in_the_place_of_the_themes_without_a_plan(site) -> None:
    made = site({"a.md": article("Chợ")})
    session = sessions(made.root)
    theme = shown(session)["style.css"]
    made.write("static/style.css", "h1 { color: red }")
    for told in (["static"], ["static/style.css"]):  # a new folder may be told of by itself
        assert session.hint(told)
        assert Answers(session, VOICE).file("/style.css").file == made.root / "static/style.css"
    (made.root / "static/style.css").unlink()
    assert session.hint(["static/style.css"])
    assert Answers(session, VOICE).file("/style.css").data == theme
    made.write("templates/day.html", "<h1>Mẫu</h1>")
    assert session.hint(["templates"])
    assert "Mẫu" in shown(session)["2020/08/05/index.html"].decode()
    assert session.plans == 1


def test_a_hint_follows_a_style_sheet_that_goes(site) -> None:
    made = site({"a.md": article("Chợ"), "static/style.css": "h1 { color: red }"})
    session = sessions(made.root)
    (made.root / "static/style.css").unlink()
    assert session.hint(["static/style.css"])
    assert b"--" in Answers(session, VOICE).file("/style.css").data


def test_a_hint_leaves_alone_what_would_move_the_article(site) -> None:
    made = site({"a.md": article("Chợ")})
    session = sessions(made.root)
    for text in (article("Tên khác"), article("Chợ", "2020-08-06"), "", "---\ntitle: [Hỏng\n---\n"):
        made.write("content/a.md", text)
        assert not session.hint(["content/a.md"])


def test_an_article_goes_live_while_one_looks(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Mai sau", "2026-06-01", LONG + "b")})
    now = [NOW]
    session = Session(made.root, Terms(), lambda: now[0])
    session.plan()
    assert not session.due
    assert "/2026/06/01/mai-sau/" not in session.edition.contents.places
    now[0] += 200 * 86_400
    assert session.due
    session.plan()
    assert "/2026/06/01/mai-sau/" in session.edition.contents.places


def test_what_waits_has_an_edition_of_its_own(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Nháp", body=LONG + "b", draft="true")})
    session = sessions(made.root)
    waiting = session.with_waiting()
    assert "/2020/08/05/nhap/" in waiting.contents.places
    assert "/2020/08/05/nhap/" not in session.edition.contents.places
    made.write("content/b.md", article("Nháp", body=LONG + "b"))
    session.plan()
    assert session.with_waiting() is None


def test_another_program_that_changes_the_cache_is_noticed(site) -> None:
    made = site({"a.md": article("Chợ")})
    session = sessions(made.root)
    made.write("content/a.md", article("Chợ", body=LONG + "khác"))
    made.build()
    with pytest.raises(StaleError):
        session.draw(session.edition, "/2020/08/05/cho/")
    session.plan()
    assert shown(session) == made.files()


def test_a_cache_that_another_build_holds_is_done_without(site) -> None:
    made = site({"a.md": article("Chợ")})
    with files_locked(made.root):
        session = sessions(made.root)
        mine = shown(session)
    session.close()
    made.build()
    assert mine == made.files()


def test_what_waits_shares_a_cache_that_passes(site) -> None:
    made = site({"a.md": article("Chợ"), "b.md": article("Nháp", body=LONG + "b", draft="true")})
    with files_locked(made.root):
        session = sessions(made.root)
        waiting = session.with_waiting()
        assert session.draw(waiting, "/2020/08/05/nhap/")
        assert session.draw(session.edition, "/2020/08/05/cho/")
        folders = {waiting.kept, session.edition.kept}
        made.write("bimson.yaml", "title: [x\n")
        session.plan()
        assert session.broken
        assert session.draw(session.edition, "/2020/08/05/cho/")
        session.close()
    assert not any(folder.exists() for folder in folders)


def files_locked(root: Path):
    import contextlib
    import os

    @contextlib.contextmanager
    def held():
        (root / ".bimson").mkdir(exist_ok=True)
        handle = files.lock(root / ".bimson/lock")
        try:
            yield
        finally:
            os.close(handle)

    return held()
