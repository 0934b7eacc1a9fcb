"""How a page comes about, told step by step: the lines of `bimson-site explain`.

Reads the survey, the plan and what was published last; decides nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from pathlib import Path

from bimson_site import pressroom, routes
from bimson_site import survey as surveys
from bimson_site.console import Voice, moment, visible
from bimson_site.effects import files
from bimson_site.effects.cache import Cache
from bimson_site.effects.site import Site
from bimson_site.errors import Location, SiteError, problem
from bimson_site.features import BUILT_IN
from bimson_site.listing import listing
from bimson_site.model import Listing, Page
from bimson_site.pipeline import records
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
    if row.keeper:
        yield "  " + voice.say("its text has its page at {keeper}", keeper=row.keeper)
    yield from _copies(row, surveyed, voice)
    if row.url:
        yield "  " + voice.say("address: {url}", url=row.url)


def _copies(row: Listing, surveyed: Survey, voice: Voice) -> Iterator[str]:
    for copy in surveyed.archive.copies.get(row.path, ()):
        yield "  " + voice.say("keeps the text of its copy {path}", path=copy.article.path)


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
