"""The first half of the pipeline, in order: walk, load, release, dedupe, assign, shelve.

Orders these stages and nothing else: every stage is a pure function in `pipeline`, every effect is in
`effects`. What it gives, `list`, `duplicates` and `explain` show, and `build` prints. What article files say
is read from the cache where their stamps are as they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from bimson_site import darkroom, folding, intake, jobs, routes, shelving
from bimson_site.darkroom import Gallery
from bimson_site.effects.cache import Cache, Known
from bimson_site.effects.site import Site
from bimson_site.effects.workers import ALONE, Hands
from bimson_site.errors import Problem
from bimson_site.features import BUILT_IN
from bimson_site.folding import Desk
from bimson_site.intake import Walked
from bimson_site.model import (
    ODD,
    Archive,
    Article,
    Asset,
    Assets,
    CardRow,
    Masthead,
    Page,
    Pair,
    Partition,
    Slip,
    Sources,
    TermKind,
    Whole,
    digest,
    utc,
)
from bimson_site.pipeline import (
    addresses,
    assemble,
    cards,
    drafts,
    gazetteer,
    kin,
    named,
    old_addresses,
    recording,
    references,
    remarks,
    shelve,
    shelve_search,
    shelve_terms,
    stories,
    terms,
)
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.answers import Answers
from bimson_site.pipeline.assemble import Outline, Rows
from bimson_site.pipeline.identity import Past, identify, waiting
from bimson_site.pipeline.ledger import Row
from bimson_site.pipeline.masthead import masthead
from bimson_site.pipeline.old_addresses import Answering
from bimson_site.pipeline.plan import plan
from bimson_site.pipeline.records import Found
from bimson_site.pipeline.release import Moment, Release, release, span
from bimson_site.pipeline.rulings import NOTHING_RULED, Ruled
from bimson_site.pipeline.shelve import Holdings
from bimson_site.pipeline.stacks import Inventory, Stacks
from bimson_site.text import dates, vietnamese


@dataclass(frozen=True, slots=True)
class Edition:
    """What is printed: the archive as planners will see it, and the words of the site. At any moment of
    its `span` (from, to before; seconds since 1970 UTC) the same articles are live."""

    outlines: tuple[Outline, ...]
    masthead: Masthead
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Survey:
    """All that is known before a page is planned."""

    sources: Sources
    released: Release
    archive: Archive
    pairs: tuple[Pair, ...]
    places: Addresses
    edition: Edition
    problems: tuple[Problem, ...]
    old: Answering


# --- walk and load ------------------------------------------------------------------------------------


class Stale(NamedTuple):
    """Article files that are not as they were when they were read, to be read; what is known of the same files, and of
    those that are gone, by path; the paths of these."""

    to_read: list[jobs.Unread]
    past: Mapping[str, Known]
    gone: AbstractSet[str]


def stale(walked: Walked, kept: Cache) -> Stale:
    """What a walk found otherwise than it is known."""
    places, past = kept.unlike(walked.articles)
    other = [walked.articles[place] for place in places]
    to_read = [jobs.Unread(s, past[s.path].digest if s.path in past else b"") for s in other]
    return Stale(to_read, past, past.keys() - {source.path for source in other})


def read(site: Site, kept: Cache, hands: Hands, walked: Walked | None = None) -> Walked:
    """Read every article file that is not as it was; what they say is in the cache then."""
    walked = walked or intake.walk(site, kept, hands)
    if walked.digest:
        return walked
    sources, unfit = walked.sources, walked.unfit
    to_read, past, gone = stale(walked, kept)
    if gone:
        kept.forget(past[path].number for path in gone)
    whole = True
    if to_read:
        reader = partial(jobs.make_reader, site.root, intake.rules(site))
        whole = kept.keep(hands.work("read", reader, to_read, jobs.died_reading), past)
    others = tuple((s.path, *s.stamp) for s in (*sources.beside, *sources.hidden))
    walked.digest = digest((kept.history, others, tuple(p.where.path for p in unfit)))
    if whole:
        kept.keep_walk(walked.seen, walked.digest)
    hands.lap("read")
    return walked


# --- release to shelve --------------------------------------------------------------------------------


def survey(
    site: Site, moment: Moment, kept: Cache, hands: Hands = ALONE, walked: Walked | None = None
) -> Survey:
    """Read everything and decide everything, without planning a page."""
    config = site.config
    walked = walked or read(site, kept, hands)
    walked.let_go()
    slips = kept.slips()
    released = release(slips, moment)
    odd = _by_path(kept, (s for s in released.live if s.flags & ODD))
    hands.lap("fetch what is known")
    ruled, misruled = _ruled(site, walked.sources, slips, released, kept)
    past = _past(site, walked.sources, slips, released, odd)
    desk = Desk(site, released, ruled, past, kept, hands)
    folded = folding.fold(desk)
    hands.lap("fold repeats")
    archive, pairs, repeated = folding.compare(desk, folded)
    hands.lap("compare texts")
    said = terms.wording(
        (*archive.keepers, *(c.article for k in archive.copies.values() for c in k))
    )
    taken = remarks.taken(site.assets)
    places, placed = addresses.settle(archive, odd, said.shown, past, taken, config.base_url)
    glossary = terms.glossary(said.shown, places.terms)
    hands.lap("assign addresses")
    gallery = darkroom.look(site, walked.sources, kept, hands)
    hands.lap("look at pictures")
    extended = any(extension.planners for extension in site.extensions)

    listed: list[Inventory] = []  # of all shelves, before an address is asked for

    def answering() -> Answers:
        return Answers(listed, places, glossary, config, open_ended=extended)

    static = {routes.folded(asset.url): asset for asset in site.assets}
    rows = cards.Desk(
        archive,
        odd,
        places,
        said,
        glossary,
        walked.sources,
        static,
        config.base_url,
        answering,
        kin.links(pairs),
        gallery.of,
        config.media_base,
        {place.name: place for place in site.places},
    )
    drawn_up = drafts.drafts(archive, places)
    shelved = shelving.shelve(drawn_up, rows, kept, config.lists, listed, hands)
    standing, misnamed = stories.pages(rows)
    said_wrong = tuple(kept.problems())
    healthy = {slip.path for slip in slips}
    aside = remarks.set_aside((*walked.unfit, *said_wrong), healthy)
    copies = sum(map(len, archive.copies.values()))
    holdings = Holdings(
        shelved.shelves, standing, glossary, aside, len(released.held_back), copies, places.gone
    )
    hands.lap("make rows")
    old = old_addresses.answering(places, holdings.gone, config, taken)
    hands.lap("old addresses")
    used = {*shelved.pictures, *(p.shown for row in standing for p in row.pictures)}
    assets = _assets(site, used, gallery, taken)
    featured = _featured(site, rows)
    outlines, whole = _outlines(site, assets, holdings, featured, old, kept)
    hands.lap("shelve")
    found = {
        *site.warnings,
        *walked.unfit,
        *said_wrong,
        *gallery.problems,
        *repeated,
        *misruled,
        *placed,
        *shelved.problems,
        *misnamed,
        *_lost_wishes(places, slips, kept),
        *remarks.unused(
            walked.sources, _by_path(kept, (s for s in slips if s.flags & ODD)).values()
        ),
        *remarks.featured(config.featured, {slip.path for slip in released.live}),
        *remarks.without_base_url(config.base_url),
        *old_addresses.problems(old, places, odd, config.base_url),
    }
    front = masthead(config, whole, site.words)
    live = span(slips, moment.as_of)
    hands.lap("gather problems")
    edition = Edition(outlines, front, live)
    problems = tuple(sorted(found))
    return Survey(walked.sources, released, archive, pairs, places, edition, problems, old)


def news(site: Site, surveyed: Survey, moment: Moment) -> tuple[Row, ...]:
    """What the ledger is to learn from a build at a moment."""
    ledger, today = site.permalinks.ledger, day(site, moment)
    return recording.news(surveyed.archive, surveyed.places, ledger, today)


def day(site: Site, moment: Moment) -> str:
    """The date of a moment in the zone of a site: 2026-11-24."""
    zone = dates.zone(site.config.timezone)
    return utc(moment.as_of).astimezone(zone).date().isoformat()


def _by_path(kept: Cache, slips: Iterable[Slip]) -> dict[str, Article]:
    return {article.path: article for article in kept.articles(s.number for s in slips).values()}


def _past(
    site: Site,
    sources: Sources,
    slips: Sequence[Slip],
    released: Release,
    odd: Mapping[str, Article],
) -> Past:
    """What was published before, as the files of now stand to it."""
    ledger = site.permalinks.ledger
    there = {*sources.articles, *(source.path for source in sources.hidden)}
    paths = {slip.path for slip in released.live}
    others = [slip for slip in slips if slip.path not in paths]
    names = identify(released.live, others, odd, there, ledger)
    hidden = {slip.path for slip in released.withheld}
    away = there - paths - hidden if ledger.rows else ()
    return Past(ledger, names, waiting(away, names, ledger))


def _ruled(
    site: Site, sources: Sources, slips: Sequence[Slip], released: Release, kept: Cache
) -> tuple[Ruled, tuple[Problem, ...]]:
    """What a person has ruled about articles that are live, and what is wrong with the rules."""
    if not any(site.rulings):
        return NOTHING_RULED, ()
    files = sources.articles
    asked = named.unread(site.rulings, {vietnamese.nfc(path) for path in files})
    odd = _by_path(kept, (s for s in slips if s.flags & ODD)) if asked else {}
    live = {slip.path for slip in released.live}
    return named.resolve(site.rulings, files, slips, odd, live, site.config.base_url)


def _lost_wishes(places: Addresses, slips: Sequence[Slip], kept: Cache) -> Iterator[Problem]:
    lost = {path for path, *_ in places.lost}
    articles = _by_path(kept, (s for s in slips if s.path in lost)) if lost else {}
    return addresses.lost((articles[path], wish, holder) for path, wish, holder in places.lost)


def _assets(
    site: Site, used: Collection[str], gallery: Gallery, taken: Mapping[str, str]
) -> tuple[Asset, ...]:
    """The files of the theme and of static/, with the smaller versions of pictures that pages show."""
    if not gallery.of:
        return site.assets
    versions = references.static_versions(site.assets, gallery.of, taken, used)
    return (*darkroom.published(site.assets, gallery), *versions)


def _featured(site: Site, rows: cards.Desk) -> list[CardRow]:
    """The cards that the owner wants to see first."""
    if not site.config.featured:
        return []
    slips = [rows.slip_of.get(remarks.in_content(path)) for path in site.config.featured]
    return [rows.card(slip)[1] for slip in slips if slip]


def _outlines(
    site: Site,
    assets: tuple[Asset, ...],
    holdings: Holdings,
    featured: Sequence[CardRow],
    old: Answering,
    kept: Cache,
) -> tuple[tuple[Outline, ...], Whole]:
    """The archive as planners will see it, and its front door. Files of the site come first, so that
    they keep their names."""
    config = site.config
    years = shelve.years(holdings)
    stack = Stacks(kept.rows)
    rows = shelve.whole(holdings, years, config.lists, featured)
    found = assemble.fetched(rows, stack)
    whole = assemble.assemble(found, kept.fetch(assemble.wanted(found)), listed=stack)
    assert isinstance(whole, Whole)

    def partitions() -> Iterator[Partition]:
        yield Assets(assets)
        yield rows
        yield old.partition(site.script)
        yield from shelve.standing(holdings)
        yield from shelve.shelves(holdings)
        yield from years
        yield from shelve.anniversaries(holdings)
        yield from shelve_terms.term_partitions(
            holdings, config.lists, config.sections, (TermKind.SECTION, *config.feeds)
        )
        if config.data != "none":
            yield from shelve.data(holdings)
        if config.search:
            known_as = gazetteer.synonyms(site.places)
            yield from shelve_search.partitions(holdings, stack, site.search_scripts, known_as)
        yield from shelve.vanished(holdings)

    return tuple(map(assemble.outline, partitions())), whole


def pages(site: Site, surveyed: Survey, kept: Cache) -> Iterator[Page]:
    """Every page that planners ask for, partition by partition."""
    edition = surveyed.edition
    stack = Stacks(kept.rows)
    for each in edition.outlines:
        partition = assemble.fetched(each.partition, stack)
        found = kept.fetch(assemble.wanted(partition))
        yield from pages_of(site, partition, edition.masthead, found, stack)


def pages_of(
    site: Site, partition: Partition, front: Masthead, found: Found, rows: Rows
) -> Iterator[Page]:
    """Every page that planners ask for over one partition as it was fetched, from what it wants (`assemble.wanted`) and
    the rows of its cards."""
    planners = tuple(p for e in (*BUILT_IN, *site.extensions) for p in e.planners)
    whole = assemble.assemble(partition, found, listed=rows)
    yield from plan((whole,), front, planners)
