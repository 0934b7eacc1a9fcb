"""What each address of a former site gets from this one, told to the owner (`bimson-site check`).

Asks the survey and the plan, never the network; decides nothing. How lists are read and what answers is
`pipeline.old_urls`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bimson_site import survey as surveys
from bimson_site.console import Voice
from bimson_site.effects.cache import Cache
from bimson_site.effects.site import Site
from bimson_site.features import lookup
from bimson_site.pipeline import old_urls
from bimson_site.pipeline.old_urls import Answer, Answered, Got, Listed
from bimson_site.pipeline.servers import sent
from bimson_site.survey import Survey


class Checked(NamedTuple):
    """An address of a list, how often it stands there, what it gets and where it leads."""

    address: str
    asked: int
    answer: Answer
    target: str


def check(site: Site, surveyed: Survey, kept: Cache, listed: Listed) -> tuple[Checked, ...]:
    """Every address of a list, in order of address."""
    base_url = site.config.base_url
    known = answered(site, surveyed, kept)
    found = []
    for address, asked in listed.addresses:
        below = old_urls.local(address, base_url)
        got = old_urls.answer(below, known) if below else Got("missing")
        found.append(Checked(address, asked, *got))
    return tuple(found)


def answered(site: Site, surveyed: Survey, kept: Cache) -> Answered:
    """What a site answers: its pages, those that lead on, and the maps of its servers."""
    old = surveyed.old
    gone = {each.url for each in surveyed.places.gone if not each.waiting}
    planned = surveys.pages(site, surveyed, kept)
    pages = {page.url for page in planned if page.view != "redirect"} - gone
    redirects: dict[str, str] = {}
    for row in old.rows:
        if row.target and row.address not in old.looked_up | old.silent:
            redirects.update((form, row.target) for form in _forms(row.address))
    for row in old.rows:
        if row.target and row.address in redirects:
            redirects[sent(row.address)] = row.target  # as it is written goes before other forms
    return Answered(
        pages,
        redirects,
        {row.address for row in old.rows if row.target is None},
        {lookup.folded(row.address): row.target for row in old.rows[::-1] if row.target},
        {form for address in old.silent for form in _forms(address)},
    )


def _forms(address: str) -> tuple[str, ...]:
    """An address as browsers send it, and with its parameters sorted."""
    address = sent(address)
    path, mark, query = address.partition("?")
    return address, f"{path}{mark}{'&'.join(sorted(query.split('&')))}"


def rows(found: tuple[Checked, ...], voice: Voice) -> Iterator[tuple[str, str, str]]:
    """Lines of a table: address, what it gets, where it leads."""
    for each in found:
        yield each.address, voice.say(each.answer), each.target


def as_json(each: Checked) -> dict[str, object]:
    """The object that `check --json` prints for an address."""
    return {**each._asdict(), "target": each.target or None}


def summary(listed: Listed, count: int, missing: int, voice: Voice) -> Iterator[str]:
    """What there is to say below the table."""
    if listed.sitemaps:
        yield voice.counted(
            "The file names {n} more sitemap, which was not read.",
            "The file names {n} more sitemaps, which were not read.",
            len(listed.sitemaps),
        )
    checked = voice.counted("{n} address checked", "{n} addresses checked", count)
    without = voice.counted("{n} has no answer", "{n} have no answer", missing)
    yield f"{checked}, {without}."
