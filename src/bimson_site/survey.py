"""The first half of the pipeline, in order: walk, load, release, dedupe, assign, shelve.

Orders these stages and nothing else: every stage is a pure function in `pipeline`, every effect is in
`effects`. What it gives, `list`, `duplicates` and `explain` show, and `build` prints. What article files say
is read from the cache where their stamps are as they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

from bimson_site import jobs
from bimson_site.effects import files, tool, workers
from bimson_site.effects.cache import Cache, LostError
from bimson_site.effects.site import Site
from bimson_site.effects.workers import ALONE, Hands
from bimson_site.errors import Problem
from bimson_site.features import BUILT_IN
from bimson_site.jobs import Unjudged
from bimson_site.model import (
    FULL,
    ODD,
    Archive,
    Article,
    Assets,
    Cluster,
    Masthead,
    Page,
    Pair,
    Partition,
    Signature,
    Slip,
    Sources,
    Whole,
    digest,
)
from bimson_site.pipeline import (
    addresses,
    assemble,
    dedupe,
    kin,
    load,
    records,
    remarks,
    rulings,
    shelve,
    shelve_terms,
    stories,
    terms,
)
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.assemble import Outline
from bimson_site.pipeline.discover import discover
from bimson_site.pipeline.kin import Bearing
from bimson_site.pipeline.masthead import masthead
from bimson_site.pipeline.plan import plan
from bimson_site.pipeline.release import Moment, Release, release, span
from bimson_site.pipeline.rulings import Ruled
from bimson_site.pipeline.shelve import Holdings
from bimson_site.text import sentences, similarity, vietnamese

Result = TypeVar("Result")


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


# --- walk and load ------------------------------------------------------------------------------------


class Walked(NamedTuple):
    """What stands in content/: the files, the problems of those that are none, and what is another when
    anything of it is another."""

    sources: Sources
    unfit: tuple[Problem, ...]
    digest: str


def opened(site: Site, *, passing: bool = False) -> Cache:
    """The cache of a site, for what is read under its rules by this program."""
    return Cache(
        site.root, digest((tool.identity(), similarity.NORM_VERSION, _rules(site))), passing=passing
    )


def with_cache(site: Site, work: Callable[[Cache], Result]) -> Result:
    """What `work` makes with the cache; with a passing one where the cache fails under its hands."""
    with workers.undisturbed():
        try:
            with opened(site) as kept:
                return work(kept)
        except LostError:
            with opened(site, passing=True) as kept:
                return work(kept)


def _rules(site: Site) -> load.LoadRules:
    config = site.config
    return load.LoadRules(config.language, config.timezone, config.missing_authors)


def read(site: Site, kept: Cache, hands: Hands) -> Walked:
    """Read every article file that is not as it was; what they say is in the cache then."""
    sources, unfit = discover(files.walk(site.root, "content", kept.now()))
    known = kept.known()
    hands.lap("walk content/")
    unread = [
        jobs.Unread(source, past.digest if past else b"")
        for source in sources.articles
        if (past := known.get(source.path)) is None or past.stamp != source.stamp
    ]
    gone = known.keys() - {source.path for source in sources.articles}
    if gone:
        kept.forget(known[path].number for path in gone)
    if unread:
        reader = partial(jobs.make_reader, site.root, _rules(site))
        kept.keep(hands.work("read", reader, unread, jobs.died_reading), known)
    hands.lap("read")
    others = tuple((s.path, *s.stamp) for s in (*sources.beside, *sources.hidden))
    return Walked(
        sources, unfit, digest((kept.history, others, tuple(p.where.path for p in unfit)))
    )


# --- release to shelve --------------------------------------------------------------------------------


def survey(
    site: Site, moment: Moment, kept: Cache, hands: Hands = ALONE, walked: Walked | None = None
) -> Survey:
    """Read everything and decide everything, without planning a page."""
    config = site.config
    walked = walked or read(site, kept, hands)
    slips = kept.slips()
    released = release(slips, moment)
    odd = _by_path(kept, (s for s in released.live if s.flags & ODD))
    hands.lap("fetch what is known")
    ruled, misruled = _ruled(site, walked.sources, slips, released, kept)
    clusters, repeated = _clusters(site, released, ruled, kept, hands)
    archive = dedupe.fold(released.live, clusters)
    hands.lap("fold repeats")
    archive, pairs, repeated = _kin(site, released, archive, clusters, repeated, ruled, kept, hands)
    hands.lap("compare texts")
    said = terms.wording(
        (*archive.keepers, *(c.article for k in archive.copies.values() for c in k))
    )
    taken = remarks.taken(site.assets)
    places, placed = addresses.settle(archive, odd, said.shown, {}, taken, config.base_url)
    glossary = terms.glossary(said.shown, places.terms)
    hands.lap("assign addresses")
    held, resolved = stories.hold(
        archive,
        odd,
        places,
        said,
        glossary,
        walked.sources,
        taken,
        config.base_url,
        kin.links(pairs),
    )
    said_wrong = tuple(kept.problems())
    healthy = {slip.path for slip in slips}
    aside = remarks.set_aside((*walked.unfit, *said_wrong), healthy)
    copies = sum(map(len, archive.copies.values()))
    holdings = Holdings(held, glossary, aside, len(released.held_back), copies)
    hands.lap("make rows")
    outlines, whole = _outlines(site, holdings, places, kept)
    hands.lap("shelve")
    found = {
        *site.warnings,
        *walked.unfit,
        *said_wrong,
        *repeated,
        *misruled,
        *placed,
        *resolved,
        *_lost_wishes(places, slips, kept),
        *remarks.unused(
            walked.sources, _by_path(kept, (s for s in slips if s.flags & ODD)).values()
        ),
        *remarks.featured(config.featured, {slip.path for slip in released.live}),
        *remarks.without_base_url(config.base_url),
    }
    front = masthead(config, whole)
    live = span(slips, moment.as_of)
    hands.lap("gather problems")
    edition = Edition(outlines, front, live)
    return Survey(walked.sources, released, archive, pairs, places, edition, tuple(sorted(found)))


def _by_path(kept: Cache, slips: Iterable[Slip]) -> dict[str, Article]:
    return {article.path: article for article in kept.articles(s.number for s in slips).values()}


def _ruled(
    site: Site, sources: Sources, slips: Sequence[Slip], released: Release, kept: Cache
) -> tuple[Ruled, tuple[Problem, ...]]:
    """What a person has ruled about articles that are live, and what is wrong with the rules."""
    if not any(site.rulings):
        return rulings.NOTHING_RULED, ()
    files = [source.path for source in sources.articles]
    asked = rulings.unread(site.rulings, {vietnamese.nfc(path) for path in files})
    odd = _by_path(kept, (s for s in slips if s.flags & ODD)) if asked else {}
    live = {slip.path for slip in released.live}
    return rulings.resolve(site.rulings, files, slips, odd, live, site.config.base_url)


def _clusters(
    site: Site, released: Release, ruled: Ruled, kept: Cache, hands: Hands
) -> tuple[tuple[Cluster, ...], tuple[Problem, ...]]:
    """The clusters of repeats. Only articles whose skeletons are alike, and those that a person names, are looked
    at; and if they are those of last time, to the byte, so are their clusters."""
    base_url = site.config.base_url
    suspects = dedupe.suspects(released.live, ruled)
    said = digest((base_url, tuple(ruled), kept.bytes_of(s.number for s in suspects)))
    clusters, problems = kept.folded(said) or ((), None)
    if problems is None:
        articles = list(kept.articles(s.number for s in suspects).values())
        signatures = _signatures(site, suspects, articles, kept, hands)
        url_of = partial(addresses.natural, base_url=base_url)
        whole = [article for article in articles if article.path in signatures]
        clusters, problems = dedupe.dedupe(whole, signatures, url_of, base_url, ruled)
        if len(whole) == len(suspects):
            kept.keep_folded(said, clusters, problems)
    return clusters, problems


def _kin(
    site: Site,
    released: Release,
    archive: Archive,
    clusters: tuple[Cluster, ...],
    problems: tuple[Problem, ...],
    ruled: Ruled,
    kept: Cache,
    hands: Hands,
) -> tuple[Archive, tuple[Pair, ...], tuple[Problem, ...]]:
    """What articles that have pages are to each other: those that differ in spelling or frame only are
    folded too. Gives the archive as it is then, its pairs, and the problems of repeats."""
    hashes = kept.sentences()
    bearings = [
        Bearing((place,), slip.path, sentences.unpacked(hashes[slip.number]))
        for place, slip in enumerate(archive.keepers)
        if slip.flags & FULL and slip.number in hashes
    ]
    slips = {slip.path: slip for slip in archive.keepers}
    by_keeper = {cluster.keeper: dedupe.members_of(cluster) for cluster in clusters}
    apart = dedupe.Apart(ruled)

    def may_join(path: str, others: Sequence[str]) -> bool:
        theirs = (each for other in others for each in by_keeper.get(other, (other,)))
        return apart.may_join(by_keeper.get(path, (path,)), theirs)

    def judge(pairs: Sequence[tuple[str, str]]) -> list[Pair]:
        return _judged(site, [Unjudged(slips[a], slips[b]) for a, b in pairs], kept, hands)

    def ask(earlier: str, later: str) -> str:
        asked = judge([(earlier, later)]) if may_join(later, (earlier,)) else []
        return asked[0].verdict if asked else ""

    pairs = judge([(a, b) for a, b in kin.candidates(bearings) if may_join(b, (a,))])
    groups = kin.refiled(pairs, ask, may_join)
    if groups:
        joined = {path for first, others in groups.items() for path in (first, *others)}
        everyone = {each for path in joined for each in by_keeper.get(path, (path,))}
        articles = _by_path(kept, (s for s in released.live if s.path in everyone))
        url_of = partial(addresses.natural, base_url=site.config.base_url)
        made, found = dedupe.join(clusters, groups, articles, url_of, site.config.base_url, ruled)
        clusters = (*(c for c in clusters if c.keeper not in joined), *made)
        problems = (*(p for p in problems if p.where.path not in everyone), *found)
        archive = dedupe.fold(released.live, clusters)
    page_of = {path: cluster.keeper for cluster in clusters for path in cluster.copies}
    order = {slip.path: place for place, slip in enumerate(archive.keepers)}
    return archive, kin.settled(pairs, page_of, order), problems


def _judged(site: Site, asked: Sequence[Unjudged], kept: Cache, hands: Hands) -> list[Pair]:
    """What some pairs are to each other; those that are known are not compared again."""
    names = [records.pair(*pair) for pair in asked]
    known = kept.judged(set(names))
    unknown = {name: pair for name, pair in zip(names, asked, strict=True) if name not in known}
    if unknown:
        judge = partial(jobs.make_judge, site.root, kept.folder)
        found = hands.work("read", judge, list(unknown.values()), jobs.unjudged)
        made = zip(unknown, found, strict=True)
        fresh = {name: records.packed_judged(each) for name, each in made if each}
        kept.keep_judged(fresh)
        known |= fresh
    return [
        Pair(pair.earlier.path, pair.later.path, *records.unpacked_judged(known[name]))
        for name, pair in zip(names, asked, strict=True)
        if name in known
    ]


def _signatures(
    site: Site, suspects: Sequence[Slip], articles: Sequence[Article], kept: Cache, hands: Hands
) -> dict[str, Signature]:
    """The signatures of suspects by path; none where a text is gone by now."""
    said = {article.path: records.said(article) for article in articles}
    known = kept.signatures(set(said.values()))
    alike: dict[bytes, dict[bytes, Slip]] = defaultdict(dict)
    for slip in suspects:
        if said[slip.path] not in known:  # one of each title, together with all that have its body
            alike[slip.tie[-16:]][said[slip.path]] = slip
    if alike:
        groups = [tuple(slips.values()) for slips in alike.values()]
        signer = partial(jobs.make_signer, site.root, kept.folder)
        signed = hands.work("read", signer, groups, _unsigned, len)
        made = {
            said[slip.path]: signature
            for slips, signatures in zip(groups, signed, strict=True)
            for slip, signature in zip(slips, signatures, strict=False)
        }
        kept.keep_signatures(made)
        known |= made
    return {path: known[each] for path, each in said.items() if each in known}


def _unsigned(_slips: Sequence[Slip]) -> tuple[Signature, ...]:
    return ()


def _lost_wishes(places: Addresses, slips: Sequence[Slip], kept: Cache) -> Iterator[Problem]:
    lost = {path for path, *_ in places.lost}
    articles = _by_path(kept, (s for s in slips if s.path in lost)) if lost else {}
    return addresses.lost((articles[path], wish, holder) for path, wish, holder in places.lost)


def _outlines(
    site: Site, holdings: Holdings, places: Addresses, kept: Cache
) -> tuple[tuple[Outline, ...], Whole]:
    """The archive as planners will see it, and its front door. Files of the site come first, so that
    they keep their names."""
    config = site.config
    years = shelve.years(holdings)
    featured = [remarks.in_content(path) for path in config.featured]
    names = [places.owners.get(path, path) for path in featured]
    rows = shelve.whole(holdings, years, config.lists, names)
    whole = assemble.assemble(rows, kept.fetch(assemble.wanted(rows)))
    assert isinstance(whole, Whole)

    def partitions() -> Iterator[Partition]:
        yield Assets(site.assets)
        yield rows
        yield from shelve.standing(holdings)
        yield from shelve.shelves(holdings)
        yield from years
        yield from shelve_terms.term_partitions(holdings, config.lists, config.sections)

    return tuple(map(assemble.outline, partitions())), whole


def pages(site: Site, surveyed: Survey, kept: Cache) -> Iterator[Page]:
    """Every page that planners ask for, partition by partition."""
    planners = tuple(p for e in (*BUILT_IN, *site.extensions) for p in e.planners)
    edition = surveyed.edition
    for each in edition.outlines:
        drawn = assemble.assemble(each.partition, kept.fetch(assemble.wanted(each.partition)))
        yield from plan((drawn,), edition.masthead, planners)
