"""What the public may see now: splits the articles by draft, access and date.

Owns the statuses draft, held back and withheld; the clock's reading is handed in (`as_of`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bimson_site.model import DRAFT, HIDDEN, NEVER, Article, HeldBack, Slip


@dataclass(frozen=True, slots=True)
class Moment:
    """When and for whom a build is made: `as_of` in seconds since 1970 UTC."""

    as_of: int
    future: bool = False
    drafts: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """The live articles, and those that are not, each with its reason."""

    live: tuple[Slip, ...]
    drafts: tuple[Slip, ...]
    held_back: tuple[HeldBack, ...]
    withheld: tuple[Slip, ...]


def release(slips: Iterable[Slip], moment: Moment) -> Release:
    """Split by what a reader may see at a moment. Held-back articles are in order of going live."""
    live: list[Slip] = []
    drafts: list[Slip] = []
    held: list[HeldBack] = []
    withheld: list[Slip] = []
    hidden_or_draft = HIDDEN if moment.drafts else HIDDEN | DRAFT
    end = NEVER if moment.future else moment.as_of
    for slip in slips:
        if slip.flags & hidden_or_draft:
            (withheld if slip.flags & HIDDEN else drafts).append(slip)
        elif slip.until > end:
            held.append(HeldBack(slip.path, slip.until))
        else:
            live.append(slip)
    held.sort(key=lambda h: (h.until, h.path))
    return Release(tuple(live), tuple(drafts), tuple(held), tuple(withheld))


def span(slips: Iterable[Slip], as_of: int) -> tuple[int, int]:
    """The moments, from the first to before the last, at which the same articles are live as at
    `as_of` (seconds since 1970 UTC)."""
    moments = [s.until for s in slips]
    past = max((m for m in moments if m <= as_of), default=-NEVER)
    return past, min((m for m in moments if m > as_of), default=NEVER)


def goes_live(article: Article) -> int:
    """The first moment (seconds since 1970 UTC) at which readers may see an article."""
    dates = [d.instant for d in (article.published, article.embargo_until) if d and d.known]
    return max(dates, default=-NEVER)
