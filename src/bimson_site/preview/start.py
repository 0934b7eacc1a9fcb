"""The start page of the preview, /_preview/: what is wrong, what waits, which texts are copies or versions.

Decides nothing; reads the last edition. Its words are the owner's, its looks stand in `theme/preview/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from bimson_site import walkthrough
from bimson_site.console import Voice
from bimson_site.effects import files
from bimson_site.errors import Problem, Severity
from bimson_site.model import utc
from bimson_site.preview import notes
from bimson_site.preview.edition import Edition
from bimson_site.preview.guide import GUIDE
from bimson_site.preview.notes import DRAFTS
from bimson_site.preview.session import Session
from bimson_site.text import dates

SHOWN = 200  # lines of a kind


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: a path of the preview ("" for none), what is there, and what is said of it."""

    href: str
    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the start page shows. Problems come as `notes.told` gives them, errors first."""

    title: str
    home: str
    problems: tuple[dict[str, Any], ...] = ()
    drafts: tuple[Line, ...] = ()
    future: tuple[Line, ...] = ()
    repeats: tuple[Line, ...] = ()
    versions: tuple[Line, ...] = ()


def told(session: Session, waiting: Edition | None, voice: Voice, prefix: str) -> Told:
    """What there is to tell of a session as it stands."""
    edition = session.edition
    found = _ordered((*session.broken, *(edition.problems if edition else ())))
    problems = tuple(notes.told(p, session.root, voice) for p in found)
    if edition is None:
        return Told("bimson-site", "", problems)
    config = edition.site.config
    zone = dates.zone(config.timezone)
    released = edition.surveyed.released
    of = waiting.contents.of if waiting else {}
    titles = _titles(
        session, waiting, {s.path for s in released.drafts} | {h.path for h in released.held_back}
    )

    def line(path: str, when: str = "") -> Line:
        url = of.get(path, "")
        remark = " · ".join(filter(None, (when, path)))
        return Line(f"{DRAFTS}{url}" if url else "", titles.get(path) or path, remark)

    repeats = walkthrough.repeats(edition.surveyed, session.reader(edition))
    copies: list[Line] = []
    versions: list[Line] = []
    for keeper, copied, linked in repeats:
        here = prefix + keeper.url
        if copied:
            copies.append(Line(here, keeper.title, ", ".join(copy.path for copy in copied)))
        others = [f"{each.member.path} ({voice.say(each.verdict)})" for each in linked]
        if others:
            versions.append(Line(here, keeper.title, ", ".join(others)))
    return Told(
        config.title,
        f"{prefix}/",
        problems,
        tuple(line(slip.path) for slip in released.drafts),
        tuple(
            line(held.path, utc(held.until).astimezone(zone).strftime("%d/%m/%Y %H:%M"))
            for held in released.held_back
        ),
        tuple(copies),
        tuple(versions),
    )


def _titles(session: Session, waiting: Edition | None, paths: set[str]) -> dict[str, str]:
    if waiting is None:
        return {}
    numbers = [s.number for s in waiting.surveyed.released.live if s.path in paths]
    found = session.reader(waiting).articles(numbers[:SHOWN])
    return {article.path: article.title for article in found.values()}


def _ordered(found: Iterable[Problem]) -> list[Problem]:
    return sorted(found, key=lambda p: (p.severity is not Severity.ERROR, p))


def page(told: Told, voice: Voice) -> bytes:
    """The page in HTML."""
    say = voice.say
    style = files.packaged_file("preview/start.css").decode()
    healthy = f"<p>{escape(say('Nothing is wrong.'))}</p>"
    problems = "".join(map(_problem, told.problems[:SHOWN])) + _more(told.problems)
    sections = (
        (say("Problems"), len(told.problems), problems or healthy),
        (say("Drafts"), len(told.drafts), _lines(told.drafts)),
        (say("Articles of the future"), len(told.future), _lines(told.future)),
        (say("Copies of one text"), len(told.repeats), _lines(told.repeats)),
        (say("Versions and relatives"), len(told.versions), _lines(told.versions)),
    )
    shown = "".join(
        f"<section>\n<h2>{escape(name)} <small>{count}</small></h2>\n{body}</section>\n"
        for name, count, body in sections
        if count or name == sections[0][0]
    )
    home = (
        f'<p><a href="{escape(quote(told.home))}">{escape(say("To the home page"))}</a> · '
        f'<a href="{GUIDE}">{escape(say("Style guide"))}</a></p>\n'
        if told.home
        else ""
    )
    name = escape(say("Preview"))
    return (
        f'<!doctype html>\n<html lang="{escape(voice.words.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{name} – {escape(told.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>{escape(told.title)} <small>{name}</small></h1>\n{home}{shown}</main>\n</body>\n</html>\n"
    ).encode("utf-8", "replace")


def _problem(found: dict[str, Any]) -> str:
    place = f"{found['path']}:{found['line']}:{found['column']}"
    excerpt = ""
    if found["wrong"]:
        before, wrong, after = (escape(found[part]) for part in ("before", "wrong", "after"))
        excerpt = f"<pre>{before}<b>{wrong}</b>{after}</pre>\n"
    return (
        f'<article class="{escape(found["severity"])}">\n'
        f"<h3>{escape(found['label'])}: {escape(found['message'])}</h3>\n"
        f"<p><code>{escape(place)}</code></p>\n{excerpt}<p>{escape(found['hint'])}</p>\n</article>\n"
    )


def _lines(found: Sequence[Line]) -> str:
    rows = "".join(
        "<li>"
        + (
            f'<a href="{escape(quote(line.href))}">{escape(line.name)}</a>'
            if line.href
            else escape(line.name)
        )
        + (f" <small>{escape(line.remark)}</small>" if line.remark else "")
        + "</li>\n"
        for line in found[:SHOWN]
    )
    return f"<ul>\n{rows}</ul>\n{_more(found)}" if rows else ""


def _more(found: Sequence[object]) -> str:
    return f"<p>… {len(found) - SHOWN}</p>\n" if len(found) > SHOWN else ""
