"""The style guide, /_preview/style/: every kind of page at its worst, in the face of the site.

An invented archive (`worst`) stands in a folder of its own, outside the site, and is planned and drawn like any
other, with the templates, styles, extensions and settings of the previewed site. Next: `session`, `answers`.
"""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import quote

from bimson_site import locales, routes
from bimson_site.console import Voice
from bimson_site.effects import files
from bimson_site.effects.permalinks import Permalinks
from bimson_site.effects.site import Site
from bimson_site.model import TermKind
from bimson_site.pipeline.rulings import NO_RULINGS
from bimson_site.preview import contrast, worst
from bimson_site.preview.edition import Edition, Terms
from bimson_site.preview.notes import ROOM
from bimson_site.preview.session import Session
from bimson_site.text import dates

GUIDE = f"{ROOM}style/"
ARCHIVE = f"{GUIDE}archive"  # before the addresses of the invented archive


class Guide:
    """The invented archive in the face of a site, planned when somebody looks at it."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._session: Session | None = None
        self._site: Site | None = None

    def session(self, site: Site) -> Session:
        """The preview of the invented archive, as a site would show it."""
        if self._session is None:
            self._folder = tempfile.TemporaryDirectory(prefix="bimson-site-style-")
            root = Path(self._folder.name)
            for path, text in worst.files().items():
                place = root / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8", newline="\n")
            terms = Terms(as_of=worst.AS_OF)
            self._session = Session(root, terms, lambda: float(worst.AS_OF), self._opened)
        if self._site is not site:
            self._site = site
            self._session.plan()
        return self._session

    def _opened(self, root: Path) -> Site:
        assert self._site is not None  # `session` has set it
        config = self._site.config
        config = replace(
            config,
            base_url=config.base_url or "https://archive.example",
            featured=worst.FEATURED,
            closed=config.closed or dates.read("2025-06-30", config.timezone),
            successor=config.successor or "https://new.example",
        )
        own = Permalinks(root)
        return replace(self._site, root=root, config=config, rulings=NO_RULINGS, permalinks=own)

    def close(self) -> None:
        if self._session and self._folder:
            self._session.close()
            self._folder.cleanup()


def pieces(edition: Edition, voice: Voice) -> tuple[tuple[str, str], ...]:
    """What the guide shows: what it is called, and its address in the invented archive."""
    say = voice.say
    changes = next((url for url in edition.contents.places if "/changes/" in url), "")
    day = edition.contents.of["content/everything.md"]
    copies = edition.contents.of["content/again-0.md"]
    return (
        (say("An article with everything at once"), day),
        (
            say("A title in capitals, no author, no picture"),
            edition.contents.of["content/capitals.md"],
        ),
        (say("A summary in place of the text"), edition.contents.of["content/summary.md"]),
        (say("A record in place of the text"), edition.contents.of["content/record.md"]),
        (say("More copies than a page has room for"), copies),
        (say("Copies on a page of their own"), routes.copies(copies, 1)),
        (say("What changed"), changes),
        (say("Home"), routes.HOME),
        (say("Year"), routes.year(2021)),
        (say("Month"), routes.month(2021, 3)),
        (say("Day"), "/2021/03/27/"),
        (say("Authors"), routes.terms(TermKind.AUTHOR)),
        (say("Author"), f"{routes.terms(TermKind.AUTHOR)}do-thu-hanh/"),
        (say("Sections"), routes.terms(TermKind.SECTION)),
        (say("Section"), f"{routes.terms(TermKind.SECTION)}doi-song/"),
        (say("Sources"), routes.terms(TermKind.SOURCE)),
        (say("On this day"), "/on-this-day/03-27/"),
        (say("What this archive holds"), routes.COVERAGE),
        (say("Undated articles"), routes.UNDATED),
        (say("An ordinary page"), edition.contents.of["content/page.md"]),
        (say("Search"), routes.SEARCH),
        (say("Nothing stands here"), routes.NOT_FOUND),
        (say("An old address"), "/tin/cho-tet.html"),
        (say("Taken out of the archive"), worst.GONE),
    )


def page(title: str, edition: Edition, css: str, voice: Voice) -> bytes:
    """The guide in HTML: the contrast of the colours, and a frame for each piece on a telephone and on a desk."""
    say = voice.say
    style = files.packaged_file("preview/start.css").decode()
    name = escape(say("Style guide"))
    told = escape(
        say(
            "Every part of the theme at its worst, through the templates, styles and settings of this site. "
            "The archive is invented."
        )
    )
    frames = "".join(
        _piece(label, url)
        for label, url in pieces(edition, voice)
        if url in edition.contents.places
    )
    return (
        f'<!doctype html>\n<html lang="{escape(voice.words.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{name} – {escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f'<body class="guide">\n<main>\n<h1>{escape(title)} <small>{name}</small></h1>\n<p>{told}</p>\n'
        f'<p><a href="{ROOM}">{escape(say("Preview"))}</a></p>\n{_contrasts(css, voice)}{frames}'
        "</main>\n</body>\n</html>\n"
    ).encode("utf-8", "replace")


def _piece(label: str, url: str) -> str:
    """A page in two frames. Without scripts a redirect stays where it is."""
    at, name = escape(quote(f"{ARCHIVE}{url}")), escape(label)
    frames = "".join(
        f'<iframe class="{width}" src="{at}" title="{name}" sandbox="allow-same-origin" loading="lazy"></iframe>\n'
        for width in ("phone", "desk")
    )
    return f'<section>\n<h2><a href="{at}">{name}</a></h2>\n<div class="frames">\n{frames}</div>\n</section>\n'


def _contrasts(css: str, voice: Voice) -> str:
    say = voice.say

    def cell(value: float | None) -> str:
        if value is None:
            return "<td>?</td>"
        shown = locales.ratio(math.floor(value * 10) / 10, voice.words.language)  # 4.48 is short
        short = value < contrast.ENOUGH
        return f'<td class="short">{shown} ✗</td>' if short else f"<td>{shown}</td>"

    rows = "".join(
        f'<tr><th scope="row"><code>--{pair.text}</code> / <code>--{pair.ground}</code></th>'
        f"{cell(pair.light)}{cell(pair.dark)}</tr>\n"
        for pair in contrast.measured(css)
    )
    return (
        f"<section>\n<h2>{escape(say('Contrast'))}</h2>\n"
        f"<p>{escape(say('Text wants 4.5 : 1 against its ground; ✗ marks what has less.'))}</p>\n"
        f'<table>\n<tr><td></td><th scope="col">{escape(say("light"))}</th>'
        f'<th scope="col">{escape(say("dark"))}</th></tr>\n{rows}</table>\n</section>\n'
    )
