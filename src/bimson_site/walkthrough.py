"""What was decided, told to the owner: how a page comes about (`bimson-site explain`), and which articles
repeat each other (`bimson-site duplicates`).

Reads the survey, the plan and what was published last; decides nothing.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

from bimson_site import pressroom, routes
from bimson_site import survey as surveys
from bimson_site.console import Voice, moment, visible
from bimson_site.effects import files
from bimson_site.effects.cache import Cache
from bimson_site.effects.site import Site
from bimson_site.errors import Location, SiteError, problem
from bimson_site.features import BUILT_IN
from bimson_site.listing import listing
from bimson_site.model import Face, Listing, Page, Slip
from bimson_site.pipeline import dedupe, records
from bimson_site.pipeline.assemble import Wanted
from bimson_site.pipeline.release import Moment
from bimson_site.survey import Survey
from bimson_site.text import vietnamese


def explain(
    site: Site, target: str, when: Moment, voice: Voice, zone: tzinfo | None
) -> tuple[str, ...]:
    """The walk of an address or a file. SiteError (usage) if the site knows neither."""
    return surveys.with_cache(
        site, lambda kept: tuple(_walk(site, target, when, voice, zone, kept))
    )


def _walk(
    site: Site, target: str, when: Moment, voice: Voice, zone: tzinfo | None, kept: Cache
) -> Iterator[str]:
    surveyed = surveys.survey(site, when, kept)
    rows = {
        row.path: row for row in listing(surveyed, voice.words.gettext, lambda s: moment(s, zone))
    }
    path = _path(site, target, rows)
    pages = surveys.pages(site, surveyed, kept)
    if path is not None:
        row = rows[path]
        yield from _file(row, surveyed, kept, voice)
        page = next((p for p in pages if p.url == row.url), None) if row.url else None
    else:
        page = _page_at(site, target, pages, rows, voice)
    if page is not None:
        yield from _page(site, page, kept, voice)


def _path(site: Site, target: str, rows: dict[str, Listing]) -> str | None:
    """The source file that is meant: relative to here, to the site, or to content/."""
    by_nfc = {vietnamese.nfc(path): path for path in rows}
    wish = vietnamese.nfc(target.replace("\\", "/")).removeprefix("./")
    candidates = [wish, f"content/{wish}"]
    place = Path(target)
    if place.exists():
        candidates.insert(0, vietnamese.nfc(files.name_of(site.root, place)))
    return next((by_nfc[c] for c in candidates if c in by_nfc), None)


def _page_at(
    site: Site, target: str, pages: Iterable[Page], rows: dict[str, Listing], voice: Voice
) -> Page:
    """The page that is meant by its address: whole, from the root, or the file in the output folder."""
    wish = routes.here(target, site.config.base_url) or "/" + target.lstrip("/")
    if Path(target).exists():
        wish = "/" + files.name_of(site.root, Path(target))
    below = wish.removeprefix(f"/{site.config.output}")
    wishes = [wish, f"{wish}/", below, f"{below}/", below.removesuffix("index.html")]
    known: dict[str, None] = {}
    found: dict[str, Page] = {}
    for page in pages:
        known[page.url] = None
        if page.url in wishes:
            found.setdefault(page.url, page)
    for url in wishes:
        if url in found:
            return found[url]
    close = difflib.get_close_matches(target, [*known, *rows], 1, 0.5)
    reason = voice.say(
        "{target} is neither an address nor a source file of this site", target=target
    )
    if close:
        reason += "; " + voice.say("perhaps {close}", close=close[0])
    raise SiteError(problem("usage", Location(target), reason=reason))


def _file(row: Listing, surveyed: Survey, kept: Cache, voice: Voice) -> Iterator[str]:
    yield voice.style(visible(row.path), bold=True)
    article = kept.article(row.path)
    if article:
        yield "  " + voice.say('is read as "{title}"', title=article.title)
        yield "  " + voice.say(
            "published: {when}", when=article.published.iso or voice.say("undated")
        )
    yield f"  {voice.say('status')}: {voice.say(row.status)}" + (
        f" ({voice.words.gettext(row.reason)})" if row.reason else ""
    )
    if row.keeper and row.reason == dedupe.RULED:
        yield "  " + voice.say("the page of {keeper} stands for it", keeper=row.keeper)
    elif row.keeper:
        yield "  " + voice.say("its text has its page at {keeper}", keeper=row.keeper)
    yield from _copies(row, surveyed, voice)
    if row.url:
        yield "  " + voice.say("address: {url}", url=row.url)


def _copies(row: Listing, surveyed: Survey, voice: Voice) -> Iterator[str]:
    for copy in surveyed.archive.copies.get(row.path, ()):
        path = copy.article.path
        if copy.reason == dedupe.RULED:
            yield "  " + voice.say("stands for {path} too, as dedupe.yaml says", path=path)
        else:
            yield "  " + voice.say("keeps the text of its copy {path}", path=path)


def _page(site: Site, page: Page, kept: Cache, voice: Voice) -> Iterator[str]:
    yield voice.style(page.url, bold=True)
    views = pressroom.views_of((*BUILT_IN, *site.extensions))
    yield "  " + voice.say("claimed by: {owner}", owner=page.owner)
    templates = views[page.view].templates if page.view in views else ()
    paths = ", ".join(site.templates[t].path for t in templates if t in site.templates)
    yield "  " + voice.say("drawn by: {view}", view=page.view) + (f" ({paths})" if paths else "")
    for body in page.reads:
        yield "  " + voice.say("reads the text of: {path}", path=f"{body.path}:{body.line}")
    output = f"{site.config.output}/{routes.output(page.url)}"
    yield "  " + voice.say("file: {path}", path=output)
    past = kept.published(site.config.output)
    receipts = (r for p in past.values() for r in records.unpacked_receipts(p.receipts))
    receipt = next((r for r in receipts if r.url == page.url), None)
    if receipt is None:
        yield "  " + voice.say("never built yet")
        return
    why = ", ".join(voice.say(f"because of: {part}") for part in receipt.why)
    yield "  " + voice.say("last written {why}", why=why)


# --- repeats ------------------------------------------------------------------------------------------


class Member(NamedTuple):
    """An article of a cluster: what the archive does with it, and its own words about itself; `reason`
    why it is a copy, '' for the keeper."""

    path: str
    status: str
    url: str
    published: str
    title: str
    source: str
    byline: tuple[str, ...]
    reason: str


Repeats = tuple[tuple[Member, ...], ...]  # cluster by cluster, each with its keeper first


def repeats(surveyed: Survey, kept: Cache) -> Repeats:
    """The articles that have copies, in archive order, each with its copies."""
    archive = surveyed.archive
    clusters = [(s, found) for s in archive.keepers if (found := archive.copies.get(s.path))]
    numbers = {s.number for s, _ in clusters} | {c.article.number for _, f in clusters for c in f}
    faces = kept.fetch(Wanted(frozenset(), frozenset(numbers))).faces

    def member(slip: Slip, status: str, reason: str) -> Member:
        face: Face = faces[slip.number]
        byline = tuple(records.names_of(records.kinds_of(slip.terms)[0]))
        source, _ = records.source_of(slip)
        url = surveyed.places.of[slip.path]
        return Member(
            slip.path, status, url, face.published.iso, face.title, source, byline, reason
        )

    return tuple(
        (member(keeper, "page", ""), *(member(c.article, "copy", c.reason) for c in copies))
        for keeper, copies in clusters
    )


def differences(keeper: Member, copy: Member) -> Iterator[tuple[str, str, str]]:
    """What a copy says about itself in other words than its keeper: field, its words, the keeper's."""
    if vietnamese.term_key(copy.title) != vietnamese.term_key(keeper.title):
        yield "title", copy.title, keeper.title
    if {*map(vietnamese.term_key, copy.byline)} != {*map(vietnamese.term_key, keeper.byline)}:
        yield "byline", ", ".join(copy.byline), ", ".join(keeper.byline)
    if copy.published != keeper.published:
        yield "date", copy.published, keeper.published


def repeats_json(found: Repeats) -> list[dict[str, object]]:
    """The array that `duplicates --json` prints."""
    return [
        {
            "keeper": keeper.path,
            "copies": [{"path": copy.path, "reason": copy.reason} for copy in copies],
            "differences": [
                {"path": copy.path, "field": field, "here": here, "there": there}
                for copy in copies
                for field, here, there in differences(keeper, copy)
            ],
        }
        for keeper, *copies in found
    ]


def repeats_table(found: Repeats) -> str:
    """The same for a spreadsheet: CSV, an article a line, with the mark by which spreadsheets know UTF-8.
    A cell that one would run as a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("keeper", "path", "status", "url", "published", "title", "source", "reason"))
    for keeper, *copies in found:
        for m in (keeper, *copies):
            row = (keeper.path, *m[:6], m.reason)
            writer.writerow([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in row])
    return "\ufeff" + text.getvalue()


_FORMULA = frozenset("=+-@\t\r")  # OWASP, "CSV Injection"


def repeats_told(found: Repeats, voice: Voice) -> Iterator[str]:
    """The same in words."""
    for keeper, *copies in found:
        yield voice.style(visible(keeper.path), bold=True)
        for copy in copies:
            yield f"  = {visible(copy.path)}  ({voice.say(copy.reason)})"
            for field, here, there in differences(keeper, copy):
                yield "      " + _differs(field, visible(here), visible(there), voice)


def _differs(field: str, here: str, there: str, voice: Voice) -> str:
    match field:
        case "title":
            return voice.say('its title is "{here}", not "{there}"', here=here, there=there)
        case "byline":
            nobody = voice.say("nobody")
            return voice.say(
                "its byline is {here}, not {there}", here=here or nobody, there=there or nobody
            )
        case _:
            undated = voice.say("undated")
            return voice.say(
                "its date is {here}, not {there}", here=here or undated, there=there or undated
            )
