"""A new article file, for a person to write in: where it lies, what it begins with; never over another."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from bimson_site.text import slugs

_ENOUGH = 1_000  # articles of one name on one day


def write(root: Path, title: str, when: datetime, text: str) -> str:
    """Write an article of this title, published at a moment (in the site's zone), that holds a text for a
    beginning; its path below the site. FileExistsError where a thousand of its name are there."""
    stem = slugs.slug(title) or "bai"
    for number in range(1, _ENOUGH):
        name = stem if number == 1 else f"{stem}-{number}"
        path = f"content/{when:%Y/%m/%d}/{name}.md"
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with place.open("x", encoding="utf-8", newline="\n") as file:
                file.write(article(title, when, text))
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, "there are a thousand of them", str(root / path))


def article(title: str, when: datetime, text: str) -> str:
    """The file: the title in quotation marks, so that a colon in it means nothing to YAML."""
    stamp = when.isoformat(timespec="minutes")
    return (
        f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\ntimestamp: {stamp}\n---\n\n{text}\n"
    )
