"""A build that is stopped at any moment leaves a site whose links work, and the next one heals it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest

from conftest import LONG, Site, article

OLD = {
    "content/a.md": article("Chợ phiên", "2020-08-05", author="Mai Liên", tags="[chợ]"),
    "content/b.md": article("Cầu cũ", "2020-08-06", LONG + "b", author="Hà Vy", tags="[cầu]"),
    "content/c.md": article("Núi", "2019-01-01", LONG + "c", aliases="[/cu/nui.html]"),
}
NEW = {
    "content/a.md": article("Chợ phiên họp lại", "2020-08-05", author="Mai Liên", tags="[chợ]"),
    "content/c.md": article("Núi", "2019-01-01", LONG + "c", aliases="[/cu/nui.html]"),
    "content/d.md": article("Đò ngang", "2021-02-03", LONG + "d", author="Lê An", tags="[đò, chợ]"),
    "content/gioi-thieu.md": "---\ntitle: Giới thiệu\nkind: page\n---\nKho.\n",
}


class KilledError(BaseException):
    """What ends a process: nothing in the tool catches it."""


def site_of(root: Path, files: dict[str, str]) -> Site:
    made = Site(root)
    for old in (root / "content").glob("*.md"):
        old.unlink()
    for path, text in files.items():
        made.write(path, text)
    return made


def dead_links(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Links that lead nowhere, on all pages that can be reached from home."""
    seen, queue, dead = set(), ["index.html"], []
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        for link in re.findall(rb'(?:href|src|url)="?=?([^"#]*)"', files[name]):
            text = unquote(link.decode())
            if not text or "://" in text or text.startswith(("mailto:", "0;")):
                continue
            target = resolved(PurePosixPath(name).parent, text)
            found = next(
                (t for t in (target, f"{target}/index.html".lstrip("/")) if t in files), None
            )
            if found is None:
                dead.append((name, text))
            elif found.endswith(".html"):
                queue.append(found)
    return dead


def resolved(folder: PurePosixPath, link: str) -> str:
    parts: list[str] = []
    for part in (folder / link).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(p for p in parts if p != ".")


@pytest.mark.parametrize("step", [0, 1, 2, 3, 5, 8, 13, 17, 21, 25, 30, 40, 99])
def test_stopped_between_two_files(step: int, tmp_path: Path, monkeypatch) -> None:
    made = site_of(tmp_path / "site", OLD)
    made.build()
    assert dead_links(made.files()) == []
    site_of(made.root, NEW)
    stop_after(step, monkeypatch)
    try:
        made.build()
    except KilledError:
        assert step < 99
    monkeypatch.undo()
    assert dead_links(made.files()) == []
    made.build()
    clean = site_of(tmp_path / "clean", NEW)
    shutil.copytree(made.root / "permalinks", clean.root / "permalinks")
    clean.build()
    assert made.files() == clean.files()


def stop_after(steps: int, monkeypatch) -> None:
    """End the process at the n-th file that is moved into place or deleted."""
    left = [steps]

    def counted(real):
        def call(self, *arguments, **options):
            if "build" in self.parts and (
                "stage" in self.parts or ".bimson-site" not in self.parts
            ):
                left[0] -= 1
                if left[0] < 0:
                    raise KilledError
            return real(self, *arguments, **options)

        return call

    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))


def test_the_crawler_finds_a_dead_link(tmp_path: Path) -> None:
    made = site_of(tmp_path / "site", OLD)
    made.build()
    files = made.files()
    del files["2020/08/index.html"]
    assert dead_links(files)
