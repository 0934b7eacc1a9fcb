"""Whatever is saved, and whenever one looks, the preview ends as a clean build of the same files.

`make edits` makes a thousand edits; here are fewer. The seed is in the failure: BIMSON_SITE_SEED repeats it.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from test_incremental import (
    CONFIGS,
    DATES,
    NAMES,
    OTHERS,
    PLACES,
    RULES,
    TAGS,
    TEXTS,
    THEMES,
    TITLES,
    File,
)

from bimson_site import routes
from bimson_site.effects import files
from bimson_site.preview.edition import Terms
from bimson_site.preview.session import Session, StaleError
from bimson_site.text import dates
from conftest import Site
from running import Served, serving

EDITS = int(os.environ.get("BIMSON_SITE_EDITS", "60"))
SEED = int(os.environ.get("BIMSON_SITE_SEED", random.SystemRandom().randrange(10**6)))
DAY = "2025-01-01"
AS_OF = dates.read(DAY, "Asia/Ho_Chi_Minh").instant
BESIDE = ("content/nui.jpg", "static/x.txt", "static/2020/index.html", "static/style.css")


class Editor:
    """Someone who saves files at random; `edit` gives the paths that were touched."""

    def __init__(self, site: Site, rng: random.Random) -> None:
        self.site, self.rng = site, rng
        self.files: dict[str, File] = {}
        site.write("content/nui.jpg", "jpeg")
        self.put("a", File())

    def put(self, name: str, file: File) -> str:
        self.files[name] = file
        self.site.write(f"content/{name}.md", str(file))
        return f"content/{name}.md"

    def remove(self, path: str) -> str:
        (self.site.root / path).unlink(missing_ok=True)
        return path

    def edit(self) -> list[str]:
        pick = self.rng.choice
        name = pick(sorted(self.files) or ["a"])
        file = self.files.get(name, File())
        match pick(
            (
                "add",
                "text",
                "text",
                "text",
                "title",
                "date",
                "tags",
                "field",
                "break",
                "delete",
                "rename",
                "config",
                "rules",
                "places",
                "theme",
                "beside",
            )
        ):
            case "add":
                return [
                    self.put(pick(NAMES), File(pick(TITLES), pick(DATES), pick(TEXTS), pick(TAGS)))
                ]
            case "text":
                file.text = pick(TEXTS)
            case "title":
                file.title = pick(TITLES)
            case "date":
                file.date = pick(DATES)
            case "tags":
                file.tags = pick(TAGS)
            case "field":
                key = pick(sorted(OTHERS))
                file.others = {**file.others, key: pick(OTHERS[key])}
            case "break":
                file.broken = not file.broken
            case "delete":
                self.files.pop(name, None)
                return [self.remove(f"content/{name}.md")]
            case "rename":
                self.files.pop(name, None)
                return [self.remove(f"content/{name}.md"), self.put(pick(NAMES), file)]
            case "config":
                self.site.write("bimson.yaml", pick(CONFIGS))
                return ["bimson.yaml"]
            case "rules":
                self.site.write("dedupe.yaml", pick(RULES))
                return ["dedupe.yaml"]
            case "places":
                self.site.write("places.yaml", pick(PLACES))
                return ["places.yaml"]
            case "theme":
                path = f"templates/{(which := pick(sorted(THEMES)))}"
                self.remove(path)
                if text := pick(THEMES[which]):
                    self.site.write(path, text)
                return [path]
            case "beside":
                path = pick(BESIDE)
                self.remove(path)
                if text := pick(("", "jpeg", "h1 { color: red }")):
                    self.site.write(path, text)
                return [path]
        return [self.put(name, file)]


def clean(site: Site, folder: Path) -> dict[str, bytes] | None:
    """The files of a build of nothing but the sources; None where the site as a whole cannot be built."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(site.root, folder, ignore=shutil.ignore_patterns("build", ".bimson"))
    code = Site(folder).build("--as-of", DAY, "--jobs", "1").code
    return Site(folder).files() if code < 2 else None


def shown(session: Session) -> dict[str, bytes]:
    edition = session.edition
    found = {}
    for url in edition.contents.places:
        drawn = session.draw(edition, url)
        asset, data = drawn.asset, drawn.data
        if asset:
            data = (
                files.packaged_file(asset.path)
                if asset.packaged
                else files.read(session.root, asset.path)
            )
        found[routes.output(url)] = data
    return found


def look(session: Session, rng: random.Random) -> None:
    """Look at some page, as a tab would, in whatever state the session is."""
    edition = rng.choice((session.edition, session.waiting)) or session.edition
    if edition and edition.contents.places:
        try:
            session.draw(edition, rng.choice(sorted(edition.contents.places)))
        except (StaleError, OSError):
            session.plan()


def test_the_session_ends_as_a_clean_build(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    editor = Editor(Site(tmp_path / "site"), rng)
    session = Session(tmp_path / "site", Terms(as_of=AS_OF), lambda: AS_OF)
    session.plan()
    for number in range(1, EDITS + 1):
        paths = editor.edit()
        if rng.random() < 0.7:
            session.hint(paths)
        if rng.random() < 0.5:
            look(session, rng)
        if rng.random() < 0.5:
            session.plan()
        if rng.random() < 0.1 and not session.broken:
            session.with_waiting()
        if number % 10 == 0 or number == EDITS:
            session.plan()
            expected = clean(editor.site, tmp_path / "clean")
            assert (expected is None) == bool(session.broken), (SEED, number, session.broken)
            if expected is not None:
                assert shown(session) == expected, (SEED, number)
    session.close()


def served_files(running: Served, paths: list[str]) -> dict[str, bytes]:
    """What the preview serves for the files of a build, without its script."""
    found = {}
    for path in paths:
        got = running.get("/" + quote(path))
        start = got.body.find(b'<script src="/_preview/preview.js"')
        end = got.body.find(b"</script>\n", start) + len(b"</script>\n")
        found[path] = got.body if start < 0 else got.body[:start] + got.body[end:]
    return found


def test_the_running_preview_ends_as_a_clean_build(tmp_path: Path) -> None:
    """Edits come faster than it can plan; all it has are the events of the system."""
    rng = random.Random(SEED)
    editor = Editor(Site(tmp_path / "site"), rng)
    with serving(editor.site, "--as-of", DAY) as running:
        for _ in range(EDITS):
            editor.edit()
            if rng.random() < 0.05:
                running.get("/")
        editor.site.write("bimson.yaml", "title: Kho\n")
        editor.site.write("dedupe.yaml", "")
        expected = clean(editor.site, tmp_path / "clean")
        assert expected is not None
        paths = sorted(path for path in expected if not path.startswith("."))
        for _ in range(200):
            got = served_files(running, paths)
            if got == {path: expected[path] for path in paths}:
                break
            time.sleep(0.25)
        else:
            pytest.fail(f"seed {SEED}: {[p for p in paths if got[p] != expected[p]]}")
