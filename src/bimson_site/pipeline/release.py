"""What the public may see now: splits the articles by draft, access and date.

Owns the statuses draft, held back and withheld; the clock's reading is handed in (`as_of`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bimson_site.model import Access, Article, HeldBack


@dataclass(frozen=True, slots=True)
class Moment:
    """When and for whom a build is made: `as_of` in seconds since 1970 UTC."""

    as_of: int
    future: bool = False
    drafts: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """The live articles, and those that are not, each with its reason."""

    live: tuple[Article, ...]
    drafts: tuple[Article, ...]
    held_back: tuple[HeldBack, ...]
    withheld: tuple[Article, ...]


def release(articles: Iterable[Article], moment: Moment) -> Release:
    """Split by what a reader may see at a moment. Held-back articles are in order of going live."""
    live, drafts, held, withheld = [], [], [], []
    for article in articles:
        until = goes_live(article)
        if article.access is Access.HIDDEN:
            withheld.append(article)
        elif article.draft and not moment.drafts:
            drafts.append(article)
        elif until > moment.as_of and not moment.future:
            held.append(HeldBack(article.path, until))
        else:
            live.append(article)
    held.sort(key=lambda h: (h.until, h.path))
    return Release(tuple(live), tuple(drafts), tuple(held), tuple(withheld))


def goes_live(article: Article) -> int:
    """The first moment (seconds since 1970 UTC) at which readers may see an article."""
    dates = [d.instant for d in (article.published, article.embargo_until) if d and d.known]
    return max(dates, default=-(2**62))
