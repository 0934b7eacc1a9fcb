"""Incremental builds equal clean ones: byte for byte and problem for problem, whatever happened before."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bimson_site.effects import workers
from bimson_site.effects.cache import Cache
from bimson_site.pipeline import assemble
from conftest import LONG, Result, Site, article

# Texts that are versions, refiles and relatives of each other.
STORY = (
    "Chợ phiên bên sông mở lại sau hai tháng tu sửa. Người bán từ ba xã mang rau và vải đến từ sớm.\n\n"
    "Ban quản lý cho biết có 412 quầy hàng đã thuê chỗ. Đoàn thanh niên giúp các cụ qua cầu phao mới.\n\n"
    "Ông Lê Đức Mộc trông coi bến đò suốt mùa nước lớn. Bà con mong con đường vào chợ được trải nhựa.\n"
)
TEXTS = (
    STORY,
    STORY.replace("412", "421"),
    STORY.replace("quản lý", "quản lí"),
    STORY[:220] + "\n\n" + "Trường làng khai giảng năm học mới giữa ngày nắng đẹp. " * 3,
    LONG,
    LONG + "Hết.",
    "Ngắn.",
    "",
    "## Mục\n\n- một\n- hai\n\n[b](b.md) và ![nui](nui.jpg)\n",
    LONG + "c",
    "[cầu](/2020/08/05/cau-moi/), [chợ](/tags/cho/), [ngày](/2020/08/06/), [cũ](/cu/a.html), [x](/x?id=1)\n",
    "[năm](https://kho.example/2019/) và [tác giả](https://kho.example/authors/mai-lien/2020/)\n",
)
KIN = 4  # of the texts, the first
TITLES = ("Chợ phiên", "Cầu mới", "Tin", "Tin 2", "Đò ngang")
DATES = (
    "2020-08-05",
    "2019-08-05",
    "2020-08-05T07:00",
    "2020-08-06",
    "2020-09",
    "2021",
    "",
    "2030-01-01",
)
TAGS = ("", "[chợ]", "[Chợ, cầu]", "[CHỢ, đò, cầu]")
NAMES = ("a", "b", "c", "d", "tin/e", "tin/f")
OTHERS = {
    "aliases": ("", "[/cu/a.html]", "[/cu/b/]", "['/x?id=1']", "['/x?id=1', '/?p=2']"),
    "author": ("", "Mai Liên", "Hà Vy"),
    "section": ("", "Tin", "Tin/Đường"),
    "source": ("", "Báo Một", "Báo Hai"),
    "slug": ("", "tin", "rieng"),
    "draft": ("", "true"),
    "access": ("", "record", "hidden"),
    "source_url": ("", "https://bao.example/1"),
}
CONFIGS = (
    "",
    "title: Kho\n",
    "base_url: https://kho.example\n",
    "lists: {home: 2, term: 2, period: 1}\n",
    "timezone: UTC\n",
    "menu: [{title: Chợ, url: /tags/cho/}]\n",
    "featured: [a.md, tin/e.md]\n",
    "missing_authors: [Mai Liên]\n",
    "servers: [nginx, caddy, apache, iis, netlify]\n",
    "host: gitlab-pages\n",
)
RULES = (
    "",
    "same:\n  - [a.md, b.md]\n",
    "same:\n  - [tin/e.md, b.md, c.md]\n",
    "different:\n  - [a.md, b.md, d.md]\n",
    "same:\n  - [a.md, c.md]\ndifferent:\n  - [c.md, a.md]\n",
)
PLACES = (
    "",
    "bến đò: cầu Mới\n",
    "bến đò: {now: cầu Mới, since: 2025-07-01}\nnăm học: {now: mùa học}\n",
    "chợ phiên: [\n",
    "sông: suối\nđò Ngang: cầu\n",
)
THEMES = {
    "day.html": (
        "",
        "{% extends 'base.html' %}{% block main %}<h1>{{ it.day.day }}</h1>{% endblock %}\n",
    ),
    "base.html": (
        "",
        "<!doctype html><title>{{ site.title }}</title>{% block main %}{% endblock %}\n",
    ),
}


class KilledError(BaseException):
    """What ends a process: nothing in the tool catches it."""


@dataclass
class File:
    """An article file as it will be written."""

    title: str = "Tin"
    date: str = "2020-08-05"
    text: str = LONG
    tags: str = ""
    others: dict[str, str] = field(default_factory=dict)
    broken: bool = False

    def __str__(self) -> str:
        if self.broken:
            return "---\ntitle: [Hỏng\n---\nChữ.\n"
        return article(self.title, self.date, self.text, tags=self.tags, **self.others)


class Archive(RuleBasedStateMachine):
    """An archive whose owner does things, and builds; then a clean build of the same must be equal."""

    jobs: tuple[str, ...] = ()  # of the warm builds; the clean ones have one process

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kho-"))
        self.site = Site(self.folder / "site")
        self.site.write("content/nui.jpg", "jpeg")
        self.files: dict[str, File] = {}
        self.options = AS_OF
        self.put("a", File())
        self.built: Result | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def put(self, name: str, file: File) -> None:
        self.files[name] = file
        self.site.write(f"content/{name}.md", str(file))
        self.built = None

    def take(self, name: str) -> tuple[str, File]:
        """A file that there is, as near to the wish as can be."""
        known = sorted(self.files)
        chosen = name if name in self.files else known[len(name) % len(known)]
        return chosen, self.files[chosen]

    @rule(
        name=st.sampled_from(NAMES),
        title=st.sampled_from(TITLES),
        date=st.sampled_from(DATES),
        text=st.sampled_from(TEXTS),
        tags=st.sampled_from(TAGS),
    )
    def add(self, name: str, title: str, date: str, text: str, tags: str) -> None:
        self.put(name, File(title, date, text, tags))

    @rule(
        texts=st.lists(st.sampled_from(TEXTS[:KIN]), min_size=2, max_size=4),
        date=st.sampled_from(DATES[:3]),
        later=st.sampled_from(DATES[:3]),
    )
    def tell_again(self, texts: list[str], date: str, later: str) -> None:
        """Some articles that are versions, refiles, repeats or relatives of each other."""
        for name, text in zip(NAMES, texts, strict=False):
            self.put(name, File("Chợ phiên", date if name == "a" else later, text))

    @precondition(lambda self: self.files)
    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(TEXTS))
    def edit(self, name: str, text: str) -> None:
        name, file = self.take(name)
        file.text = text
        self.put(name, file)

    @precondition(lambda self: self.files)
    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        name, _ = self.take(name)
        del self.files[name]
        (self.site.root / f"content/{name}.md").unlink()
        self.built = None

    @precondition(lambda self: self.files)
    @rule(name=st.sampled_from(NAMES), new=st.sampled_from(NAMES))
    def rename(self, name: str, new: str) -> None:
        name, file = self.take(name)
        self.delete(name)
        self.put(new, file)

    @precondition(lambda self: self.files)
    @rule(name=st.sampled_from(NAMES), tags=st.sampled_from(TAGS), title=st.sampled_from(TITLES))
    def retag_and_retitle(self, name: str, tags: str, title: str) -> None:
        name, file = self.take(name)
        file.tags, file.title = tags, title
        self.put(name, file)

    @precondition(lambda self: self.files)
    @rule(name=st.sampled_from(NAMES), date=st.sampled_from(DATES))
    def redate(self, name: str, date: str) -> None:
        name, file = self.take(name)
        file.date = date
        self.put(name, file)

    @precondition(lambda self: self.files)
    @rule(name=st.sampled_from(NAMES), data=st.data())
    def set_a_field(self, name: str, data: st.DataObject) -> None:
        name, file = self.take(name)
        key = data.draw(st.sampled_from(sorted(OTHERS)))
        file.others[key] = data.draw(st.sampled_from(OTHERS[key]))
        self.put(name, file)

    @precondition(lambda self: self.files)
    @rule(name=st.sampled_from(NAMES))
    def break_or_mend(self, name: str) -> None:
        name, file = self.take(name)
        file.broken = not file.broken
        self.put(name, file)

    @rule(text=st.sampled_from(CONFIGS))
    def configure(self, text: str) -> None:
        self.site.write("bimson.yaml", text)
        self.built = None

    @rule(text=st.sampled_from(RULES))
    def rule_about_repeats(self, text: str) -> None:
        (self.site.root / "dedupe.yaml").unlink(missing_ok=True)
        if text:
            self.site.write("dedupe.yaml", text)
        self.built = None

    @rule(text=st.sampled_from(PLACES))
    def name_places(self, text: str) -> None:
        (self.site.root / "places.yaml").unlink(missing_ok=True)
        if text:
            self.site.write("places.yaml", text)
        self.built = None

    @rule(name=st.sampled_from(sorted(THEMES)), which=st.integers(0, 1))
    def edit_the_theme(self, name: str, which: int) -> None:
        place = self.site.root / "templates" / name
        place.unlink(missing_ok=True)
        if THEMES[name][which]:
            self.site.write(f"templates/{name}", THEMES[name][which])
        self.built = None

    @rule(
        text=st.sampled_from(("", "jpeg", "tấm ảnh khác")),
        place=st.sampled_from(
            ("content/nui.jpg", "static/x.txt", "static/2020/index.html", "static/_redirects")
        ),
    )
    def change_a_file_beside(self, text: str, place: str) -> None:
        (self.site.root / place).unlink(missing_ok=True)
        if text:
            self.site.write(place, text)
        self.built = None

    @precondition(lambda self: (self.site.root / "build/index.html").exists())
    @rule(data=st.data(), how=st.sampled_from(("remove", "change", "add")))
    def damage_the_output(self, data: st.DataObject, how: str) -> None:
        place = self.site.root / "build" / data.draw(st.sampled_from(sorted(self.site.files())))
        match how:
            case "remove":
                place.unlink()
            case "change":
                place.write_bytes(b"x" * place.stat().st_size)
            case "add":
                (place.parent / "la.html").write_text("lạ")
        self.built = None

    @rule(step=st.integers(0, 12))
    def be_killed(self, step: int) -> None:
        """A build ends between two files that are put in place, or before the cache has heard of it."""
        with pytest.MonkeyPatch.context() as patch:
            left = [step]

            def stop(real):
                def call(*arguments, **options):
                    left[0] -= 1
                    if left[0] < 0:
                        raise KilledError
                    return real(*arguments, **options)

                return call

            patch.setattr(Path, "replace", stop(Path.replace))
            patch.setattr(Path, "unlink", stop(Path.unlink))
            patch.setattr(Cache, "publish", stop(Cache.publish))
            with contextlib.suppress(KilledError):
                self.site.build(*self.options, *self.jobs)
        self.built = None

    @rule()
    def publish_from_now_on(self) -> None:
        """Builds whose addresses the ledger learns."""
        self.options = ALONE
        self.built = None

    @rule()
    def lose_the_cache(self) -> None:
        shutil.rmtree(self.site.root / ".bimson", ignore_errors=True)
        self.built = None

    @rule()
    def get_other_times(self) -> None:
        """A fresh clone: the same bytes, other times."""
        for place in (self.site.root / "content").rglob("*.md"):
            os.utime(place, ns=(1_600_000_000_123_456_789, 1_600_000_000_123_456_789))
        self.built = None

    @invariant()
    def warm_equals_clean(self) -> None:
        if self.built is None:
            self.built = self.site.build(*self.options, *self.jobs)
            compare(self.site, self.built, self.folder / "clean", self.options)


class Apart(Archive):
    """The same where each site is surveyed in a process of its own, as large ones are."""

    jobs = ("--jobs", "2")


ALONE = ("--jobs", "1")
AS_OF = ("--as-of", "2025-01-01", *ALONE)


def compare(site: Site, built: Result, clean: Path, options: tuple[str, ...] = AS_OF) -> None:
    """A site that was built where it stands, and the same built anew from nothing but its ledger."""
    shutil.rmtree(clean, ignore_errors=True)
    shutil.copytree(site.root, clean, ignore=shutil.ignore_patterns("build", ".bimson"))
    anew = Site(clean).build(*options)
    assert (built.code, built.json["problems"]) == (anew.code, anew.json["problems"])
    if built.code < 2:
        assert site.files() == Site(clean).files()
        assert {k: built.json[k] for k in ("articles", "pages", "copies", "held_back")} == {
            k: anew.json[k] for k in ("articles", "pages", "copies", "held_back")
        }


def test_whatever_happens_a_warm_build_equals_a_clean_one() -> None:
    steps = settings(
        max_examples=int(os.environ.get("BIMSON_SITE_HISTORIES", "12")), stateful_step_count=12
    )
    run_state_machine_as_test(Archive, settings=steps)


def test_the_same_where_another_process_surveys(monkeypatch) -> None:
    monkeypatch.setattr(workers, "WORTH_A_PROCESS", 1)
    few = int(os.environ.get("BIMSON_SITE_HISTORIES", "12")) // 4
    run_state_machine_as_test(Apart, settings=settings(max_examples=few, stateful_step_count=12))


def test_the_comparison_fails_where_a_change_is_overlooked(tmp_path: Path, monkeypatch) -> None:
    """With digests that see no change, the warm build differs, and the comparison says so."""
    monkeypatch.setattr(assemble, "digest", lambda _value: "0" * 32)
    site = Site(tmp_path / "site").write("content/a.md", article("Chợ"))
    compare(site, site.build(*AS_OF), tmp_path / "clean")
    site.write("content/a.md", article("Cầu"))
    with pytest.raises(AssertionError):
        compare(site, site.build(*AS_OF), tmp_path / "clean")
