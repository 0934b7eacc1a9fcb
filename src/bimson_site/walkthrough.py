"""How a page comes about, told step by step: the lines of `bimson-site explain`.

Reads the survey, the plan and what was published last; decides nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from bimson_site import build, jobs, routes
from bimson_site.build import Survey
from bimson_site.console import Voice, moment, visible
from bimson_site.effects import cache, files
from bimson_site.effects.site import Site
from bimson_site.errors import Location, SiteError, problem
from bimson_site.features import BUILT_IN
from bimson_site.listing import listing
from bimson_site.model import Listing, Page
from bimson_site.pipeline.release import Moment
from bimson_site.text import vietnamese


def explain(
    site: Site, target: str, when: Moment, voice: Voice, zone: tzinfo | None
) -> Iterator[str]:
    """The walk of an address or a file. SiteError (usage) if the site knows neither."""
    surveyed = build.survey(site, when)
    pages = {page.url: page for page in build.planned(site, surveyed).pages}
    rows = {
        row.path: row for row in listing(surveyed, voice.words.gettext, lambda s: moment(s, zone))
    }
    path = _path(site, target, rows)
    if path is not None:
        row = rows[path]
        yield from _file(row, surveyed, voice)
        url = row.url
    else:
        url = _address(site, target, pages, rows, voice)
    if url in pages:
        yield from _page(site, pages[url], voice)


def _path(site: Site, target: str, rows: dict[str, Listing]) -> str | None:
    """The source file that is meant: relative to here, to the site, or to content/."""
    by_nfc = {vietnamese.nfc(path): path for path in rows}
    wish = vietnamese.nfc(target.replace("\\", "/")).removeprefix("./")
    candidates = [wish, f"content/{wish}"]
    place = Path(target)
    if place.exists():
        candidates.insert(0, vietnamese.nfc(files.name_of(site.root, place)))
    return next((by_nfc[c] for c in candidates if c in by_nfc), None)


def _address(
    site: Site, target: str, pages: dict[str, Page], rows: dict[str, Listing], voice: Voice
) -> str:
    """The planned address that is meant: whole, from the root, or the file in the output folder."""
    wish = routes.here(target, site.config.base_url) or "/" + target.lstrip("/")
    if Path(target).exists():
        wish = "/" + files.name_of(site.root, Path(target))
    below = wish.removeprefix(f"/{site.config.output}")
    for url in (wish, f"{wish}/", below, f"{below}/", below.removesuffix("index.html")):
        if url in pages:
            return url
    known = [*pages, *rows]
    close = difflib.get_close_matches(target, known, 1, 0.5)
    reason = voice.say(
        "{target} is neither an address nor a source file of this site", target=target
    )
    if close:
        reason += "; " + voice.say("perhaps {close}", close=close[0])
    raise SiteError(problem("usage", Location(target), reason=reason))


def _file(row: Listing, surveyed: Survey, voice: Voice) -> Iterator[str]:
    yield voice.style(visible(row.path), bold=True)
    article = next(
        (each.article for each in surveyed.loaded if each.path == row.path and each.article), None
    )
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
    for cluster in surveyed.archive.clusters:
        if cluster.keeper.path == row.path:
            for copy in cluster.copies:
                yield "  " + voice.say("keeps the text of its copy {path}", path=copy.article.path)


def _page(site: Site, page: Page, voice: Voice) -> Iterator[str]:
    yield voice.style(page.url, bold=True)
    views = jobs.views_of((*BUILT_IN, *site.extensions))
    yield "  " + voice.say("claimed by: {owner}", owner=page.owner)
    templates = views[page.view].templates if page.view in views else ()
    paths = ", ".join(site.templates[t].path for t in templates if t in site.templates)
    yield "  " + voice.say("drawn by: {view}", view=page.view) + (f" ({paths})" if paths else "")
    for body in page.reads:
        yield "  " + voice.say("reads the text of: {path}", path=f"{body.path}:{body.line}")
    output = f"{site.config.output}/{routes.output(page.url)}"
    yield "  " + voice.say("file: {path}", path=output)
    published = cache.recall(site.root, site.config.output).get(page.url)
    if published is None:
        yield "  " + voice.say("never built yet")
        return
    why = ", ".join(voice.say(f"because of: {part}") for part in published.why)
    yield "  " + voice.say("last written {why}", why=why)
