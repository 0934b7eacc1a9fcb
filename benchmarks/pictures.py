"""The pictures of docs/pictures: every kind of page, light, dark, on a telephone and on paper.

    python benchmarks/pictures.py docs/pictures

Of the invented archive of `sample`, an archive of one article and one of thousands. Needs Chromium and the tests'
requirements (playwright); looks best with the fonts-noto-core of Debian.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sample
from browsing import chromium, served
from PIL import Image
from playwright.sync_api import Browser

AS_OF = "2026-01-01"
THOUSANDS = 5_200  # more than a home page shows a calendar for
BRIDGE = "/2021/03/12/cau-moi-thay-ben-do-cu-sau-ba-muoi-nam-cho-doi/"
_ONE = """\
title: Kho báo Bến Sông
footer: {keeper: Thư viện xã Bến Sông, contact: kho@ben-song.example}
base_url: https://kho.ben-song.example
"""

# The name of a picture, the archive that it is of, the page.
KINDS = (
    ("article", "hundreds", BRIDGE),
    ("corrected", "hundreds", sample.WITHDRAWN),
    ("home-one", "one", "/"),
    ("home-hundreds", "hundreds", "/"),
    ("home-thousands", "thousands", "/"),
    ("year", "hundreds", "/2021/"),
    ("month", "hundreds", "/2021/02/"),
    ("day", "hundreds", "/2021/02/10/"),
    ("authors", "hundreds", "/authors/"),
    ("author", "hundreds", "/authors/do-thu-hanh/"),
    ("tag", "hundreds", "/tags/cau-lang/"),
    ("section", "hundreds", "/sections/thoi-su/"),
    ("source", "hundreds", "/sources/bao-ben-song/"),
    ("on-this-day", "hundreds", "/on-this-day/02-10/"),
    ("days", "hundreds", "/on-this-day/"),
    ("coverage", "hundreds", "/coverage/"),
    ("page", "hundreds", "/gioi-thieu/"),
    ("search", "hundreds", "/search/?q=cho+tet"),
    ("difference", "hundreds", ""),
    ("tombstone", "hundreds", sample.GONE),
    ("redirect", "hundreds", "/tin/cau-moi.html"),
    ("not-found", "hundreds", "/404.html"),
)

# How a page is looked at: width and height in CSS pixels, scheme, medium, the width of the picture.
LOOKS = {
    "light": (1280, 900, "light", "screen", 1280),
    "dark": (1280, 900, "dark", "screen", 1280),
    "phone": (360, 740, "light", "screen", 360),
    "print": (680, 1009, "light", "print", 640),  # A4 at 96 dots an inch, without its margins
}
MARGIN = 57  # 15 mm of paper
_QUALITY = 62  # of WebP: small letters keep their marks


def build(folder: Path) -> dict[str, Path]:
    """The three archives, built: their outputs by name."""
    hundreds, thousands, one = (folder / name for name in ("hundreds", "thousands", "one"))
    sample.write(hundreds)
    sample.write(thousands, size=THOUSANDS)
    articles = sample.worst("vi")
    (one / "content").mkdir(parents=True)
    bridge = articles["content/worst/cau-moi.md"]
    (one / "content/cau-moi.md").write_text(bridge, encoding="utf-8")
    shutil.copy(hundreds / "content/worst/cau-moi.svg", one / "content")
    (one / "bimson.yaml").write_text(_ONE, encoding="utf-8")
    for root in (one, hundreds, thousands):
        command = [sys.executable, "-m", "bimson_site", "build", "--site", str(root)]
        subprocess.run([*command, "--as-of", AS_OF], check=False, capture_output=True)
    return {root.name: root / "build" for root in (one, hundreds, thousands)}


def take(browser: Browser, url: str, look: str, target: Path) -> None:
    """A picture of what a reader sees first. Without scripts a redirect stays where it is, and only search
    has any."""
    width, height, scheme, medium, shown = LOOKS[look]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        java_script_enabled="/search/" in url,
    )
    page = context.new_page()
    page.emulate_media(media=medium, color_scheme=scheme)
    if "/tin/" in url:  # an old address leads away at once: show its page as it is
        page.route("**/tin/**", _still)
    page.goto(url)
    if "/search/" in url:
        page.wait_for_selector("#results li")
    data = page.screenshot()
    context.close()
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    if medium == "print":
        paper = Image.new("RGB", (width + 2 * MARGIN, height + 2 * MARGIN), "white")
        paper.paste(picture, (MARGIN, MARGIN))
        picture, width, height = paper, *paper.size
    if shown != width:
        picture = picture.resize((shown, shown * height // width), Image.Resampling.LANCZOS)
    picture.save(target, "WEBP", quality=_QUALITY, method=6)


def _still(route: object) -> None:
    answer = route.fetch()  # type: ignore[attr-defined]
    text = answer.text().replace('http-equiv="refresh"', "")
    route.fulfill(response=answer, body=text)  # type: ignore[attr-defined]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", metavar="NAME", help="one kind of page")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        built = build(Path(folder))
        changes = next(built["hundreds"].glob("**/changes/*/index.html")).parent
        for name, archive, path in KINDS:
            if options.only not in {None, name}:
                continue
            at = path or f"/{changes.relative_to(built[archive])}/"
            with served(built[archive]) as root:
                for look in LOOKS:
                    take(browser, root + at, look, options.folder / f"{name}-{look}.webp")


if __name__ == "__main__":
    main()
