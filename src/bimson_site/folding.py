"""Which articles have one text, and what the others are to each other: dedupe and kin, with what is known.

Orders these two stages of the survey and reads what they ask for: signatures and judgements are made in
workers, and kept. What a repeat is: `pipeline.dedupe`; what kin is: `pipeline.kin`, `text.verdicts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from bimson_site import jobs
from bimson_site.effects.cache import Cache
from bimson_site.effects.site import Site
from bimson_site.effects.workers import Hands
from bimson_site.errors import Problem
from bimson_site.jobs import Unjudged
from bimson_site.model import FULL, Archive, Article, Cluster, Pair, Signature, Slip, digest
from bimson_site.pipeline import addresses, dedupe, kin, records
from bimson_site.pipeline.identity import Past
from bimson_site.pipeline.release import Release
from bimson_site.pipeline.rulings import Ruled

_AT_A_TIME = 5_000  # articles that are in memory whole


class Desk(NamedTuple):
    """What folding works on and with."""

    site: Site
    released: Release
    ruled: Ruled
    past: Past
    kept: Cache
    hands: Hands


class Folded(NamedTuple):
    """The clusters of articles that have one text, and what there is to say about them."""

    clusters: tuple[Cluster, ...]
    problems: tuple[Problem, ...]


def fold(desk: Desk) -> Folded:
    """Fold exact repeats. Only articles whose skeletons are alike, and those that a person names, are looked
    at; and if they say what they said last time, so do their clusters."""
    site, released, ruled, _, kept, _ = desk
    base_url = site.config.base_url
    suspects = dedupe.suspects(released.live, ruled)
    had_page = _had_page(desk, suspects)
    articles_said = tuple([(slip.path, slip.digest) for slip in suspects])
    said = digest((base_url, tuple(ruled), tuple(had_page.items()), articles_said))
    if known := kept.folded(said):
        return _as_before(Folded(*known), suspects, kept)
    url_of = partial(addresses.natural, base_url=base_url)
    clusters: list[Cluster] = []
    problems: list[Problem] = []
    told: set[bytes] = set()
    whole = True
    for some in [suspects] if any(ruled) else dedupe.by_skeleton(suspects, _AT_A_TIME):
        articles = list(kept.articles(s.number for s in some).values())
        signatures, names = _signatures(desk, some, articles)
        told |= names
        signed = [article for article in articles if article.path in signatures]
        whole = whole and len(signed) == len(some)
        found = dedupe.dedupe(signed, signatures, url_of, base_url, ruled, had_page)
        clusters += found[0]
        problems += found[1]
    kept.keep_only_signatures(told)
    made = Folded(tuple(clusters), tuple(problems))
    if whole:
        kept.keep_folded(said, *made)
    return made


def _as_before(folded: Folded, suspects: Sequence[Slip], kept: Cache) -> Folded:
    """What was known, with its problems where they stand now: what a slip's digest stands for says no lines."""
    if not folded.problems:
        return folded
    wrong = {each.where.path for each in folded.problems}
    named = kept.articles(slip.number for slip in suspects if slip.path in wrong)
    articles = {article.path: article for article in named.values()}
    problems = tuple(dedupe.placed(each, articles) for each in folded.problems)
    return folded._replace(problems=problems)


def _had_page(desk: Desk, slips: Sequence[Slip]) -> dict[str, str]:
    paths = sorted([slip.path for slip in slips])
    return {path: day for path in paths if (day := desk.past.had_page(path))}


def compare(desk: Desk, folded: Folded) -> tuple[Archive, tuple[Pair, ...], tuple[Problem, ...]]:
    """What articles that have pages are to each other: those that differ in spelling or frame only are
    folded too. Gives the archive as it is then, its pairs, and the problems of repeats."""
    site, released, ruled, _, kept, _ = desk
    clusters, problems = folded
    archive = dedupe.fold(released.live, clusters)
    hashes = kept.sentences()
    comparable = [s for s in archive.keepers if s.flags & FULL and s.number in hashes]
    texts = [hashes[slip.number] for slip in comparable]
    near = [(comparable[one], comparable[two]) for one, two in kin.candidates(texts)]
    slips = {slip.path: slip for pair in near for slip in pair}
    by_keeper = {cluster.keeper: dedupe.members_of(cluster) for cluster in clusters}
    apart = dedupe.Apart(ruled)

    def may_join(path: str, others: Sequence[str]) -> bool:
        theirs = (each for other in others for each in by_keeper.get(other, (other,)))
        return apart.may_join(by_keeper.get(path, (path,)), theirs)

    def judge(pairs: Sequence[tuple[str, str]]) -> list[Pair]:
        return _judged(desk, [Unjudged(slips[a], slips[b]) for a, b in pairs])

    def ask(earlier: str, later: str) -> str:
        asked = judge([(earlier, later)]) if may_join(later, (earlier,)) else []
        return asked[0].verdict if asked else ""

    pairs = judge([(a.path, b.path) for a, b in near if may_join(b.path, (a.path,))])
    groups = kin.refiled(pairs, ask, may_join)
    if groups:
        joined = {path for first, others in groups.items() for path in (first, *others)}
        everyone = {each for path in joined for each in by_keeper.get(path, (path,))}
        members = [slip for slip in released.live if slip.path in everyone]
        articles = {a.path: a for a in kept.articles(s.number for s in members).values()}
        base_url = site.config.base_url
        url_of, had_page = partial(addresses.natural, base_url=base_url), _had_page(desk, members)
        made, found = dedupe.join(clusters, groups, articles, url_of, base_url, ruled, had_page)
        clusters = (*(c for c in clusters if c.keeper not in joined), *made)
        problems = (*(p for p in problems if p.where.path not in everyone), *found)
        archive = dedupe.fold(released.live, clusters)
    page_of = {path: cluster.keeper for cluster in clusters for path in cluster.copies}
    named = {page_of.get(path, path) for pair in pairs for path in pair[:2]}
    order = {slip.path: at for at, slip in enumerate(archive.keepers) if slip.path in named}
    return archive, kin.settled(pairs, page_of, order), problems


def _judged(desk: Desk, asked: Sequence[Unjudged]) -> list[Pair]:
    """What some pairs are to each other; those that are known are not compared again."""
    kept = desk.kept
    names = [records.pair(*pair) for pair in asked]
    known = kept.judged(set(names))
    unknown = {name: pair for name, pair in zip(names, asked, strict=True) if name not in known}
    if unknown:
        judge = partial(jobs.make_judge, desk.site.root, kept.folder)
        found = desk.hands.work("read", judge, list(unknown.values()), jobs.unjudged)
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
    desk: Desk, suspects: Sequence[Slip], articles: Sequence[Article]
) -> tuple[dict[str, Signature], set[bytes]]:
    """The signatures of suspects by path; none where a text is gone by now. And by what they are known."""
    kept = desk.kept
    said = {article.path: records.said(article) for article in articles}
    known = kept.signatures(set(said.values()))
    alike: dict[bytes, dict[bytes, Slip]] = defaultdict(dict)
    for slip in suspects:
        if said[slip.path] not in known:  # one of each title, together with all that have its body
            alike[slip.tie[-16:]][said[slip.path]] = slip
    if alike:
        groups = [tuple(slips.values()) for slips in alike.values()]
        signer = partial(jobs.make_signer, desk.site.root, kept.folder)
        signed = desk.hands.work("read", signer, groups, _unsigned, len)
        made = {
            said[slip.path]: signature
            for slips, signatures in zip(groups, signed, strict=True)
            for slip, signature in zip(slips, signatures, strict=False)
        }
        kept.keep_signatures(made)
        known |= made
    signatures = {path: known[each] for path, each in said.items() if each in known}
    return signatures, set(said.values())


def _unsigned(_slips: Sequence[Slip]) -> tuple[Signature, ...]:
    return ()
