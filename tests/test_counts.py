"""What must not grow with the archive: files parsed, pages planned and written, questions to the cache."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bimson_site import pressroom
from bimson_site.effects import cache, files, tool, workers
from bimson_site.model import UNSETTLED
from bimson_site.pipeline import cards, load
from conftest import LONG, Result, Site, article, run

AS_OF = ("--as-of", "2030-01-01", "--jobs", "1")


@pytest.fixture
def counted(monkeypatch) -> Callable[[Site], tuple[Result, Counter[str]]]:
    """Builds a site here, and counts."""
    counts: Counter[str] = Counter()

    def count(module: object, name: str, what: Callable[..., str]) -> None:
        real = getattr(module, name)

        def call(*arguments, **options):
            counts[what(*arguments)] += 1
            return real(*arguments, **options)

        monkeypatch.setattr(module, name, call)

    count(load, "load", lambda *_: "parsed")
    count(pressroom, "draw", lambda *_: "drawn")
    count(files, "read", lambda *_: "read")
    real_plan = pressroom.plan

    def planned(*arguments):
        for page in real_plan(*arguments):
            counts["planned"] += 1
            yield page

    monkeypatch.setattr(pressroom, "plan", planned)
    real_connect = cache._connect

    def connect(*arguments):
        db = real_connect(*arguments)
        db.set_trace_callback(lambda _statement: counts.update(["questions"]))
        return db

    monkeypatch.setattr(cache, "_connect", connect)

    def build(site: Site) -> tuple[Result, Counter[str]]:
        counts.clear()
        result = site.build(*AS_OF)
        return result, Counter(counts)

    return build


def archive(root: Path, size: int) -> Site:
    """An archive of some days a month, several authors and tags, all of one shape."""
    site = Site(root)
    site.write("bimson.yaml", "base_url: https://kho.example\nsearch: false\n")
    for number in range(size):
        year, month, day = 2000 + number // 48, 1 + number // 4 % 12, 1 + number % 4 * 7
        site.write(
            f"content/{year}/{number}.md",
            article(
                f"Bài số {number}",
                f"{year}-{month:02}-{day:02}T08:00",
                LONG + f"Bài {number}.",
                author=f"Người {number % 5}",
                tags=f"[thẻ {number % 7}, thẻ {number % 3}]",
            ),
        )
    return site


def test_nothing_is_read_or_drawn_again_where_nothing_has_changed(tmp_path, counted) -> None:
    site = archive(tmp_path / "site", 30)
    _, first = counted(site)
    assert first["parsed"] == 30
    settle(site)
    result, counts = counted(site)
    assert (result.json["written"], result.json["kept"]) == (0, len(site.files()))
    assert (counts["parsed"], counts["read"], counts["planned"], counts["drawn"]) == (0, 0, 0, 0)


def settle(site: Site) -> None:
    """Let the sources become older than the next walk: one as young as the walk is read again."""
    time.sleep(0.05)
    site.build(*AS_OF)


def test_a_fresh_clone_with_a_kept_cache_parses_nothing(tmp_path, counted) -> None:
    """Other times, other inodes, the same bytes."""
    site = archive(tmp_path / "site", 30)
    counted(site)
    before = site.files()
    clone = tmp_path / "clone"
    shutil.copytree(site.root, clone)
    for place in (clone / "content").rglob("*.md"):
        os.utime(place)
    _, counts = counted(Site(clone))
    assert counts["parsed"] == 0
    assert Site(clone).files() == before


@pytest.mark.parametrize("where", ["2000/1.md", "2000/0.md", "last"])
def test_the_cost_of_an_edit_does_not_grow_with_the_archive(tmp_path, counted, where) -> None:
    seen = []
    for size in (96, 288):
        site = archive(tmp_path / f"{size}", size)
        counted(site)
        settle(site)
        name = f"{2000 + (size - 1) // 48}/{size - 1}.md" if where == "last" else where
        text = (site.root / "content" / name).read_text(encoding="utf-8")
        site.write(f"content/{name}", text.replace("Bài ", "Tin ", 1))
        result, counts = counted(site)
        assert counts["parsed"] == 1
        seen.append((result.json["written"], counts["planned"], counts["drawn"]))
    assert seen[1][0] <= 20
    assert seen[1][1] <= 2 * seen[0][1]  # three times the archive
    assert seen[1][2] <= 2 * seen[0][2]


def test_an_edit_of_a_body_draws_one_page(tmp_path, counted) -> None:
    site = archive(tmp_path / "site", 48)
    for number in range(48):  # a summary of its own, or the lede is the card's
        place = site.root / f"content/2000/{number}.md"
        text = place.read_text(encoding="utf-8")
        place.write_text(text.replace("---\n", "---\nsummary: Tóm tắt.\n", 1), encoding="utf-8")
    counted(site)
    settle(site)
    place = site.root / "content/2000/20.md"
    place.write_text(place.read_text(encoding="utf-8") + "\nThêm một câu.\n", encoding="utf-8")
    result, counts = counted(site)
    # Its page and the two files that bear the name of the release; the record of it, drawn too, is as it was.
    assert (result.json["written"], counts["drawn"]) == (3, 4)


def test_an_article_that_arrives_late_touches_only_its_own_lists(tmp_path, counted) -> None:
    """At either end of time: its page, its day, month and year, its terms, the front door."""
    for when in ("2000-01-01", "2002-12-31"):
        site = archive(tmp_path / when, 144)
        site.build(*AS_OF)
        site.write("content/late.md", article("Bài muộn", when, author="Người 1", tags="[thẻ 2]"))
        result = site.build(*AS_OF)
        assert result.json["written"] <= 24, when


def test_rows_are_made_for_the_shelves_that_are_another(tmp_path, monkeypatch) -> None:
    """An edit, a new article, and a tag that gets another spelling everywhere: only where it is shown."""
    made: list[tuple[int, int]] = []
    entries = cards.entries
    monkeypatch.setattr(
        cards, "entries", lambda draft, desk: made.append(draft.shelf) or entries(draft, desk)
    )
    site = archive(tmp_path / "site", 48)
    site.build(*AS_OF)
    assert len(made) == 12
    made.clear()
    site.write("content/2000/7.md", article("Khác hẳn", "2000-02-22T08:00"))
    site.build(*AS_OF)
    assert made == [(2000, 2)]
    made.clear()
    site.write("content/new.md", article("Bài mới", "2000-05-20", tags="[thẻ 2]"))
    site.build(*AS_OF)
    assert made == [(2000, 5)]
    made.clear()
    for number in range(9):  # all in January, and a tag is shown as most write it
        site.write(f"content/x{number}.md", article(f"X{number}", "2000-01-09", tags="[THẺ 5]"))
    site.build(*AS_OF)
    shown = {1 + number // 4 % 12 for number in range(48) if number % 7 == 5}
    assert {month for _, month in made} == {1, *shown} < set(range(1, 13))


def test_a_build_heals_where_rows_are_missing_or_damaged(tmp_path) -> None:
    site = archive(tmp_path / "site", 24)
    site.build(*AS_OF)
    for wrong in (
        "DELETE FROM stacks",
        "UPDATE stacks SET rows = x'00'",
        "UPDATE shelves SET told = x'00'",
        "UPDATE reams SET files = x'00'",
        "DELETE FROM reams",
    ):
        with closing(sqlite3.connect(site.root / ".bimson" / cache.ARTICLES)) as db:
            db.execute(wrong)
            db.commit()
        site.write("content/2000/3.md", article(f"Khác hẳn {len(wrong)}", "2000-01-22T08:00"))
        site.build(*AS_OF)
        warm = site.files()
        shutil.rmtree(site.root / ".bimson")
        site.build(*AS_OF)
        assert warm == site.files(), wrong


def test_questions_do_not_grow_with_every_article(tmp_path, counted) -> None:
    asked, months = (
        [],
        192 // 4 - 48 // 4,
    )  # a shelf whose cards stand in a list that is another is opened
    for size in (48, 192):
        site = archive(tmp_path / f"{size}", size)
        counted(site)
        settle(site)
        site.write("content/2000/3.md", article("Khác hẳn", "2000-01-22T08:00"))
        asked.append(counted(site)[1]["questions"])
    assert asked[1] <= asked[0] + 10 + months


def test_two_edits_within_one_tick_are_both_seen(tmp_path, counted) -> None:
    """The second has the same length, and (set by hand) the same time of writing."""
    site = archive(tmp_path / "site", 4)
    place = site.root / "content/2000/2.md"
    for word in ("một", "hai", "bốn"):
        text = article(f"Tin {word}", "2000-01-15", LONG + word)
        place.write_text(text, encoding="utf-8")
        os.utime(place, ns=(1_700_000_000_000_000_123,) * 2)
        site.build(*AS_OF)
        assert f"Tin {word}" in site.output("2000/index.html") + "".join(
            data.decode() for name, data in site.files().items() if name.endswith("15/index.html")
        )


def test_a_file_as_young_as_the_walk_is_not_trusted(tmp_path) -> None:
    site = archive(tmp_path / "site", 1)
    now = files.now(tmp_path)
    (young,) = files.walk(site.root, "content", now)
    (old,) = files.walk(site.root, "content", now + 10**10)
    assert young.changed == UNSETTLED
    assert old.changed != UNSETTLED
    assert old.stamp != young.stamp


def test_a_rehearsal_writes_nothing_and_says_what_a_build_would_do(tmp_path) -> None:
    site = archive(tmp_path / "site", 12)
    site.build(*AS_OF)
    before = site.files()
    site.write("content/2000/3.md", article("Khác hẳn", "2000-01-22T08:00"))
    told = site.build(*AS_OF, "--dry-run").json
    assert site.files() == before
    assert told["dry_run"] is True
    assert told["changed"][-1] == "content/2000/3.md" or "content/2000/3.md" in told["changed"]
    done = site.build(*AS_OF).json
    after = site.files()
    assert {k: done[k] for k in ("written", "kept", "deleted", "pages")} == {
        k: told[k] for k in ("written", "kept", "deleted", "pages")
    }
    assert told["write"] == sorted(n for n in after if after[n] != before.get(n))
    assert told["delete"] == sorted(before.keys() - after.keys())
    assert (told["files"], told["bytes"]) == (len(after), sum(map(len, after.values())))


def test_a_rehearsal_makes_no_folder(tmp_path) -> None:
    site = archive(tmp_path / "site", 3)
    told = site.build(*AS_OF, "--dry-run").json
    assert told["written"] == told["files"] > 0
    assert not (site.root / "build").exists()
    text = run("build", "--site", site.root, "--dry-run").out
    assert "3 articles are new or changed:" in text
    assert "Nothing was written." in text


def test_a_profile_names_stages_and_templates(tmp_path) -> None:
    site = archive(tmp_path / "site", 3)
    profile = site.build(*AS_OF, "--profile").json["profile"]
    assert list(profile["stages"])[:2] == ["open the site", "walk content/"]
    assert profile["templates"]["article.html"]["pages"] == 3
    text = run("build", "--site", site.root, "--profile").err
    assert "walk content/" in text


def test_what_was_read_before_a_build_was_ended_is_not_read_again(
    tmp_path, counted, monkeypatch
) -> None:
    class EndedError(BaseException):
        """What ends a process: nothing in the tool catches it."""

    site = archive(tmp_path / "site", 60)
    monkeypatch.setattr(cache, "_AT_A_TIME", 5)
    monkeypatch.setattr(workers, "BATCH", 5)
    real, left = load.load, [32]

    def ended(*arguments):
        left[0] -= 1
        if left[0] < 0:
            raise EndedError
        return real(*arguments)

    monkeypatch.setattr(load, "load", ended)
    with pytest.raises(EndedError):
        site.build(*AS_OF)
    monkeypatch.setattr(load, "load", real)
    time.sleep(0.05)
    _, counts = counted(site)
    assert counts["parsed"] <= 60 - 25


@pytest.mark.parametrize(
    ("path", "text", "touched"),
    [
        (
            "templates/day.html",
            "{% extends 'base.html' %}{% block main %}Ngày{% endblock %}",
            r"\d{4}/\d\d/\d\d/index\.html",
        ),
        ("templates/feed.xml", "<feed>{{ site.title }}</feed>", r"(.*/)?feed\.xml"),
        ("templates/macros.html", None, r".*\.html"),
        (
            "bimson.yaml",
            "base_url: https://kho.example\nsearch: false\nlists: {home: 3}\n",
            r"index\.html",
        ),
        (
            "bimson.yaml",
            "base_url: https://kho.example\nsearch: false\nlists: {feed: 3}\n",
            r"(.*/)?feed\.xml|rss\.xml|feed\.json",
        ),
        (
            "bimson.yaml",
            "base_url: https://kho.example\nsearch: false\nfeatured: [2000/3.md]\n",
            r"(coverage/)?index\.html",
        ),
        ("bimson.yaml", "base_url: https://kho.example\nsearch: false\ntitle: Khác\n", r".*"),
    ],
)
def test_a_change_of_template_or_setting_touches_the_pages_that_use_it(
    tmp_path, counted, path, text, touched
) -> None:
    site = archive(tmp_path / "site", 24)
    site.build(*AS_OF)
    before = site.files()
    if text is None:
        packaged = dict(files.packaged("templates"))[path.partition("/")[2]].decode()
        text = packaged.replace("<li>", '<li class="x">')
    site.write(path, text)
    result, counts = counted(site)
    after = site.files()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed
    assert all(re.fullmatch(touched, name) for name in changed), sorted(changed)
    assert result.json["written"] == len(changed)
    assert counts["parsed"] == 0
    everything = re.fullmatch(touched, "2000/01/index.html") is not None
    assert counts["drawn"] < 12 or everything or "day" in path


def test_another_program_draws_everything_again(tmp_path, counted, monkeypatch) -> None:
    site = archive(tmp_path / "site", 12)
    _, first = counted(site)
    monkeypatch.setattr(tool, "identity", lambda: "0123456789abcdef")
    result, counts = counted(site)
    assert (counts["parsed"], counts["drawn"]) == (first["parsed"], first["drawn"])
    assert result.json["written"] == 0  # to the same bytes


def test_an_edit_of_equal_size_is_seen_where_the_clock_stands_still(tmp_path, monkeypatch) -> None:
    """As on file systems that count whole seconds: both walks fall into one tick."""
    monkeypatch.setattr(files, "now", lambda _folder: 1_000_000_000_000_000_000)
    site = Site(tmp_path)
    site.write("content/a.md", article("Chợ", body=f"Một. {LONG}"))
    site.build()
    site.write("content/a.md", article("Chợ", body=f"Mốt. {LONG}"))
    assert site.build().json["articles"] == 1
    assert "Mốt. " in site.output("2020/08/05/cho/index.html")


def test_rows_that_nobody_needs_any_more_go(tmp_path) -> None:
    site = archive(tmp_path / "site", 8)
    kept = []
    for number in range(40):
        site.write("content/2000/3.md", article(f"Bài {number}", "2000-01-22T08:00"))
        site.build(*AS_OF)
        with closing(sqlite3.connect(site.root / ".bimson" / cache.ARTICLES)) as db:
            kept.append(db.execute("SELECT count(*) FROM stacks").fetchone()[0])
    assert kept[0] == 4  # cards and stories of two months
    assert max(kept) <= 30
