"""What was decided, told to the owner: how a page comes about (`bimson-site explain`), and which articles
repeat each other (`bimson-site duplicates`).

Reads the survey, the plan and what was published last; decides nothing.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

from bimson_site import comparing, intake, pressroom, routes
from bimson_site import survey as surveys
from bimson_site.console import Voice, moment, visible
from bimson_site.effects import files
from bimson_site.effects.cache import Cache, Reader
from bimson_site.effects.site import Site
from bimson_site.errors import Location, SiteError, problem
from bimson_site.features import BUILT_IN
from bimson_site.listing import listing
from bimson_site.model import Article, Listing, Page, Slip, Terms, Titles
from bimson_site.pipeline import dedupe, records
from bimson_site.pipeline.release import Moment
from bimson_site.survey import Survey
from bimson_site.text import vietnamese


def explain(
    site: Site, target: str, when: Moment, voice: Voice, zone: tzinfo | None
) -> tuple[str, ...]:
    """The walk of an address or a file. SiteError (usage) if the site knows neither."""
    return intake.with_cache(site, lambda kept: tuple(_walk(site, target, when, voice, zone, kept)))


def _walk(
    site: Site, target: str, when: Moment, voice: Voice, zone: tzinfo | None, kept: Cache
) -> Iterator[str]:
    surveyed = surveys.survey(site, when, kept)
    rows = {
        row.path: row for row in listing(surveyed, voice.words.gettext, lambda s: moment(s, zone))
    }
    path = file_meant(site, target, rows)
    pages = surveys.pages(site, surveyed, kept)
    if path is not None:
        row = rows[path]
        yield from _file(row, surveyed, kept, voice)
        page = next((p for p in pages if p.url == row.url), None) if row.url else None
    else:
        page = _page_at(site, target, pages, rows, voice)
    if page is not None:
        yield from _page(site, page, kept, voice)


def file_meant(site: Site, target: str, paths: Iterable[str]) -> str | None:
    """Which source file is meant: relative to here, to the site, or to content/."""
    by_nfc = {vietnamese.nfc(path): path for path in paths}
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
    for each in page.reads:
        if isinstance(each, Terms):
            yield "  " + voice.say("reads the words of: {n} articles", n=len(each.rows))
        elif isinstance(each, Titles):
            yield "  " + voice.say("reads the titles of: {n} articles", n=len(each.numbers))
        else:
            yield "  " + voice.say("reads the text of: {path}", path=f"{each.path}:{each.line}")
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
    article: Article


class Linked(NamedTuple):
    """An article with a page of its own that a keeper is linked with: what it is (a word of
    `text.verdicts`), and the likeness of the texts."""

    member: Member
    verdict: str
    likeness: float


class Repeat(NamedTuple):
    """An article that has copies or is linked with others, in archive order."""

    keeper: Member
    copies: tuple[Member, ...]
    linked: tuple[Linked, ...]


Repeats = tuple[Repeat, ...]


def repeats(surveyed: Survey, kept: Cache | Reader) -> Repeats:
    """The articles that have copies or are linked with others, in archive order."""
    archive = surveyed.archive
    links: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for earlier, later, verdict, likeness in surveyed.pairs:
        links[earlier].append((later, verdict, likeness))
        links[later].append((earlier, verdict, likeness))
    keepers = {s.path: s for s in archive.keepers if s.path in archive.copies or s.path in links}
    copies = {path: archive.copies.get(path, ()) for path in keepers}
    numbers = {s.number for s in keepers.values()}
    numbers |= {copy.article.number for found in copies.values() for copy in found}
    articles = kept.articles(numbers)

    def member(slip: Slip, status: str, reason: str) -> Member:
        article = articles[slip.number]
        byline = tuple(map(bytes.decode, records.names_of(records.kinds_of(slip.terms)[0])))
        source, _ = records.source_of(slip)
        url = surveyed.places.of[slip.path]
        when, title = article.published.iso, article.title
        return Member(slip.path, status, url, when, title, source, byline, reason, article)

    pages = {path: member(keeper, "page", "") for path, keeper in keepers.items()}
    return tuple(
        Repeat(
            page,
            tuple(member(c.article, "copy", c.reason) for c in copies[path]),
            tuple(
                Linked(pages[other], verdict, likeness) for other, verdict, likeness in links[path]
            ),
        )
        for path, page in pages.items()
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
            "linked": [
                {
                    "path": each.member.path,
                    "verdict": each.verdict,
                    "likeness": round(each.likeness, 4),
                }
                for each in linked
            ],
        }
        for keeper, copies, linked in found
    ]


def repeats_table(found: Repeats) -> str:
    """The same for a spreadsheet: CSV, an article a line, those that are linked after the copies, with the
    mark by which spreadsheets know UTF-8.
    A cell that one would run as a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("keeper", "path", "status", "url", "published", "title", "source", "reason"))
    for keeper, copies, linked in found:
        others = ((each.member, "linked", each.verdict) for each in linked)
        mine = ((member, member.status, member.reason) for member in (keeper, *copies))
        for m, status, reason in (*mine, *others):
            row = (keeper.path, m.path, status, *m[2:6], reason)
            writer.writerow([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in row])
    return "\ufeff" + text.getvalue()


_FORMULA = frozenset("=+-@\t\r")  # OWASP, "CSV Injection"


def repeats_told(root: Path, found: Repeats, voice: Voice) -> Iterator[str]:
    """The same in words, with the first words that differ; a pair of pages stands below its earlier one."""
    place = {each.keeper.path: place for place, each in enumerate(found)}
    for at, (keeper, copies, linked) in enumerate(found):
        onward = [each for each in linked if place[each.member.path] > at]
        if not (copies or onward):
            continue
        yield voice.style(visible(keeper.path), bold=True)
        for copy in copies:
            words = () if copy.reason == dedupe.REPEAT else _words(root, keeper, copy, voice)
            alike, *edits = words or ("",)
            yield f"  = {visible(copy.path)}  ({voice.say(copy.reason)}{alike})"
            for field, here, there in differences(keeper, copy):
                yield "      " + _differs(field, visible(here), visible(there), voice)
            yield from edits
        for each in onward:
            alike, *edits = _words(root, keeper, each.member, voice)
            yield f"  ~ {visible(each.member.path)}  ({voice.say(each.verdict)}{alike})"
            yield from edits


_EDITS_TOLD = 5  # of a pair; `--explain` has all


def _words(root: Path, one: Member, two: Member, voice: Voice) -> Sequence[str]:
    """The likeness of two texts, in words that follow a reason; and the first differences, a line each."""
    try:
        _, _, likeness, edits = comparing.judged(root, one.article, two.article)
    except (OSError, ValueError):  # gone since it was read
        return ("",)
    lines = [f"      {comparing.edit_told(edit, voice)}" for edit in edits[:_EDITS_TOLD]]
    if len(edits) > _EDITS_TOLD:
        lines.append(f"      … {len(edits) - _EDITS_TOLD}")
    return (f", {comparing.percent(likeness)}", *lines)


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
