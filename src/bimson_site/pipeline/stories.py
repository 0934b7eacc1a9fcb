"""Stories as rows: for each page of the archive, what others decide about it.

Resolves references, gathers old addresses, copies and kin. Never decides what repeats what (`pipeline.dedupe`) nor what
a reference means (`pipeline.references`). Before: `pipeline.cards`; next: `pipeline.stacks`; `assemble` makes stories of
the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from bimson_site import routes
from bimson_site.errors import Problem
from bimson_site.model import (
    FULL,
    NOINDEX,
    ODD,
    AppearanceRow,
    Asset,
    CardRow,
    Enclosed,
    KinRow,
    Place,
    Shown,
    Slip,
    StoryRow,
    TermRef,
    bytes_of,
    digest,
)
from bimson_site.pipeline import cards, dedupe, references
from bimson_site.pipeline.cards import Desk, Terms
from bimson_site.pipeline.drafts import Draft
from bimson_site.pipeline.terms import TermKey
from bimson_site.text.verdicts import Verdict


class Dated(NamedTuple):
    """A story with its date, its card, whether search engines may list it, and the digests of its articles. Unlike the
    row's own these do not tell when the files beside it were written, so they are the same on every machine."""

    instant: int
    story: StoryRow
    card: CardRow
    listed: bool
    articles: bytes


class Extra(NamedTuple):
    """What a story has beside its article, terms and card: most have nothing. Fields as in `StoryRow`; `articles` are
    the digests of its copies; the digest changes with each of them."""

    moved: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Asset, ...] = ()
    canonical: str = ""
    copies: tuple[AppearanceRow, ...] = ()
    articles: tuple[bytes, ...] = ()
    kin: tuple[KinRow, ...] = ()
    pictures: tuple[Shown, ...] = ()
    named: tuple[Place, ...] = ()
    files: tuple[Enclosed, ...] = ()
    digest: bytes = b""


_NOTHING = Extra()

# An ordinary page is listed nowhere, whatever terms it names.
_NO_TERMS: tuple[tuple[TermKey, ...], ...] = ((), (), (), ())


def extras(draft: Draft, desk: Desk) -> tuple[dict[str, Extra], list[Problem]]:
    """What the stories of a shelf have beside their articles, by path, of those that depend on other articles than
    their own copies: that refer to something, mention a place that is no more, or have kin; the problems of what they
    refer to."""
    found: dict[str, Extra] = {}
    problems: list[Problem] = []
    links = desk.links
    for slip in draft.keepers:
        if slip.flags & ODD or slip.mentions or slip.path in links or _odd_copies(slip, desk):
            found[slip.path], wrong = _extra(slip, desk)
            problems += wrong
    return found, problems


def _odd_copies(slip: Slip, desk: Desk) -> bool:
    copies = desk.archive.copies
    return slip.path in copies and any(c.article.flags & ODD for c in copies[slip.path])


def said(draft: Draft, found: Mapping[str, Extra], desk: Desk) -> bytes:
    """What stands for all that the stories of a shelf have beside what its cards are made of; `found` as `extras`."""
    copies, moved, owners = desk.archive.copies, desk.places.moved, desk.places.owners
    parts: list[object] = []
    for slip in draft.keepers:
        path = slip.path
        if path in found:
            parts += (path, found[path].digest)
        elif path in copies or path in moved:
            told = [
                (c.article.number, c.reason, owners.get(c.article.path))
                for c in copies.get(path, ())
            ]
            parts += (path, tuple(moved.get(path, ())), tuple(told))
    return bytes_of(tuple(parts))


def completed(draft: Draft, found: Mapping[str, Extra], desk: Desk) -> dict[str, Extra]:
    """`extras` with those of the other stories that have anything."""
    copies, moved = desk.archive.copies, desk.places.moved
    others = {s.path: s for s in draft.keepers if s.path in copies or s.path in moved}
    made = {path: _extra(slip, desk)[0] for path, slip in others.items() if path not in found}
    return {**found, **made}


def refers(draft: Draft, desk: Desk) -> bool:
    """Whether an article on a shelf may refer to any page: then all cards must be listed before its story is made."""
    return bool(desk.odd) and any(s.flags & ODD or _odd_copies(s, desk) for s in draft.keepers)


def stories(draft: Draft, found: Mapping[str, Extra], desk: Desk) -> list[Dated]:
    """The stories of a shelf, oldest first."""
    made = []
    for slip in draft.keepers:
        extra = found.get(slip.path, _NOTHING)
        told, card = desk.card(slip)
        own = desk.told_alone(slip) if extra.copies else told
        story = _story(slip, told, own[3].refs[:1], card, extra)
        articles = b"".join((slip.digest, *extra.articles))
        made.append(Dated(slip.instant, story, card, not slip.flags & NOINDEX, articles))
    made.sort(key=lambda s: (s.instant, s.story.url))
    return made


def pages(desk: Desk) -> tuple[tuple[StoryRow, ...], list[Problem]]:
    """The ordinary pages, and the problems of what they refer to."""
    found: list[StoryRow] = []
    problems: list[Problem] = []
    told = desk.told(_NO_TERMS)
    for slip in desk.archive.pages:
        path = slip.path
        card = cards.card(slip, told, desk.places.of[path], desk.places.owners.get(path, path))
        extra, wrong = _extra(slip, desk)
        found.append(_story(slip, told, (), card, extra))
        problems += wrong
    return tuple(found), problems


def _extra(slip: Slip, desk: Desk) -> tuple[Extra, Sequence[Problem]]:
    """What one story has beside its article."""
    url = desk.places.of[slip.path]
    moved = tuple(desk.places.moved.get(slip.path, ()))
    links, attachments, canonical, problems = _named_by(slip, url, desk)
    repeated = [copy.article for copy in desk.archive.copies.get(slip.path, ())]
    copies: tuple[AppearanceRow, ...] = ()
    if repeated:
        copies, attachments = _appearances(slip, repeated, url, desk, attachments)
    pictures: tuple[Shown, ...] = ()
    files: tuple[Enclosed, ...] = ()
    if slip.flags & ODD:
        article = desk.odd[slip.path]
        files = references.enclosed(article, links, attachments, desk.around)
        pictures = references.shown(article, links, attachments, desk.around)
    kin, compared = _kin(slip, url, desk)
    named = tuple([desk.vanished[name] for name in slip.mentions.split("\n") if name])
    articles = tuple([copy.digest for copy in repeated])
    parts = (moved, links, attachments, canonical, tuple(map(tuple, copies)), articles, pictures)
    numbers = tuple([row.card.number for row in kin])
    sum_ = bytes.fromhex(digest((*parts, named, files, compared, numbers)))
    extra = Extra(
        moved, links, attachments, canonical, copies, articles, kin, pictures, named, files, sum_
    )
    return extra, problems


def _story(
    slip: Slip, told: Terms, source: tuple[TermRef, ...], card: CardRow, extra: Extra
) -> StoryRow:
    """One page of the archive; `source` is the keeper's own, if it names one."""
    authors, tags, sections, sources = told
    parts = (
        *(slip.digest, card.digest, authors.digest, tags.digest, sections.digest, sources.digest),
        *(ref.name.encode("utf-8", "surrogatepass") for ref in source),
        extra.digest,
    )
    return StoryRow(
        slip.number,
        card.url,
        card.id,
        authors.refs,
        sections.refs,
        tags.refs,
        source[0] if source else None,
        extra.copies,
        extra.links,
        extra.attachments,
        extra.moved,
        extra.canonical,
        extra.kin,
        extra.pictures,
        extra.named,
        extra.files,
        blake2b(b"".join(parts), digest_size=16).digest(),
    )


def _named_by(
    slip: Slip, url: str, desk: Desk
) -> tuple[tuple[tuple[str, str], ...], tuple[Asset, ...], str, Sequence[Problem]]:
    """What an article refers to: links, files beside it, the address that it stands for; problems."""
    if not slip.flags & ODD:
        return (), (), "", ()
    article = desk.odd[slip.path]
    if not (article.references or article.canonical):
        return (), (), "", ()
    links, attachments, problems = references.resolve(article, url, desk.around)
    canonical, unknown = references.canonical(article, url, desk.around)
    return links, attachments, canonical, [*problems, *unknown]


def _appearances(
    slip: Slip,
    repeated: Iterable[Slip],
    url: str,
    desk: Desk,
    attachments: tuple[Asset, ...],
) -> tuple[tuple[AppearanceRow, ...], tuple[Asset, ...]]:
    """The copies, each with the files that only it has; those are published beside the page too."""
    found = []
    reasons = {c.article.path: c.reason for c in desk.archive.copies[slip.path]}
    for copy in repeated:
        own: tuple[str, ...] = ()
        if slip.flags & FULL and copy.flags & ODD and desk.odd[copy.path].references:
            before = set(attachments)
            _, attachments, _ = references.resolve(
                desk.odd[copy.path], url, desk.around, attachments
            )
            own = tuple(asset.url for asset in attachments if asset not in before)
        reason = reasons[copy.path]
        raw = changes = ""
        if slip.flags & copy.flags & FULL:
            raw = routes.raw_text(url, _body(copy).hex())
            if reason != dedupe.REPEAT and slip.skeleton and copy.skeleton:
                changes = routes.changes(url, desk.places.owners.get(copy.path, copy.path))
        ruled = reason == dedupe.RULED
        found.append(AppearanceRow(copy.number, own, ruled, reason, raw, changes))
    return tuple(found), attachments


def _body(slip: Slip) -> bytes:
    """The digest of a text."""
    return slip.tie[-16:]


def _kin(slip: Slip, url: str, desk: Desk) -> tuple[tuple[KinRow, ...], bytes]:
    """What a page says of others, and a digest of it: with the texts of those whose differences are shown
    below its own address."""
    found, parts = [], []
    for path, verdict, later in desk.links.get(slip.path, ()):
        other = desk.slip_of[path]
        _, card = desk.card(other)
        changes = ""
        if verdict in _COMPARED:
            own = desk.places.owners.get(slip.path, slip.path)
            changes = routes.changes(*((card.url, own) if later else (url, card.id)))
        found.append(KinRow(verdict, later, card, changes))
        shown = _body(other) if changes and not later else b""
        parts.append(bytes_of((verdict, later, card.digest, changes, shown)))
    return tuple(found), blake2b(b"".join(parts), digest_size=16).digest()


_COMPARED = frozenset({Verdict.VERSION, Verdict.REVISION})
