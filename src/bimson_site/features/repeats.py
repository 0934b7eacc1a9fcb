"""What a page has below it because its text was published more than once: the texts of its copies as they were
written, the copies for which it has no room, and what changed between two texts.

Owns these pages; never decides what repeats what (`pipeline.dedupe`, `pipeline.kin`). Nothing here shows a text
that readers may not see: then its copy or its kin has no `body`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View, templated
from bimson_site.model import Access, Appearance, Body, Masthead, Page, Shelf, Story, Timestamp
from bimson_site.text import edits, markdown, similarity
from bimson_site.text.edits import Edit
from bimson_site.theme.engine import Press

ON_THE_PAGE = 20  # copies that the article's own page lists
ON_ONE_PAGE = 200  # copies on each of the pages of the others
CONTEXT = 12  # words that are shown on either side of a difference


@dataclass(frozen=True, slots=True)
class Told:
    """One of two texts that are compared."""

    title: str
    published: Timestamp
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two texts, the earlier one first, and the page that they belong to."""

    url: str
    title: str
    before: Told
    after: Told
    language: str


@dataclass(frozen=True, slots=True)
class More:
    """Some of the copies of a text, from the place `start` among all; addresses of the pages beside."""

    url: str
    title: str
    copies: tuple[Appearance, ...]
    start: int
    count: int
    before: str
    after: str


def plan_shelf(shelf: Shelf, _masthead: Masthead) -> Iterator[Page]:
    for story in shelf.stories:
        if story.copies:
            yield from _raw_texts(story)
            yield from _more(story)
            yield from _against_copies(story)
        if story.kin:
            yield from _against_kin(story)


def _raw_texts(story: Story) -> Iterator[Page]:
    """The text of each copy as it was written; equal texts are one file."""
    texts = {copy.raw: copy for copy in story.copies if copy.body}
    for url, copy in texts.items():
        assert copy.body is not None
        yield Page(url, "raw-text", None, (copy.body,), owner=copy.path)


def _more(story: Story) -> Iterator[Page]:
    left = story.copies[ON_THE_PAGE:]
    last = -(-len(left) // ON_ONE_PAGE)
    for number in range(1, last + 1):
        start = (number - 1) * ON_ONE_PAGE
        more = More(
            story.url,
            story.article.title,
            left[start : start + ON_ONE_PAGE],
            ON_THE_PAGE + start + 1,
            len(story.copies),
            routes.copies(story.url, number - 1) if number > 1 else story.url,
            routes.copies(story.url, number + 1) if number < last else "",
        )
        yield Page(routes.copies(story.url, number), "copies", more, owner=story.article.path)


def _against_copies(story: Story) -> Iterator[Page]:
    """Each copy whose words are others, beside the text of the page."""
    article = story.article
    ours = _own(story)
    for copy in story.copies:
        if not (copy.changes and copy.body and article.access is Access.FULL):
            continue
        source = copy.source
        theirs = Told(copy.title, copy.published, source, copy.raw)
        told, reads = (ours, theirs), (article.body, copy.body)
        if _when(copy.published) < _when(article.published):
            told, reads = told[::-1], reads[::-1]
        yield _difference(copy.changes, story, told, reads)


def _against_kin(story: Story) -> Iterator[Page]:
    """Each earlier version beside this one."""
    for kin in story.kin:
        if kin.body is None or story.article.access is not Access.FULL:
            continue
        card = kin.card
        before = Told(card.title, card.published, card.source, card.url)
        bodies = kin.body, story.article.body
        yield _difference(kin.changes, story, (before, _own(story)), bodies)


def _own(story: Story) -> Told:
    article = story.article
    source = story.source.name if story.source else ""
    return Told(article.title, article.published, source, story.url)


def _when(stamp: Timestamp) -> tuple[bool, int]:
    return not stamp.known, stamp.instant


def _difference(url: str, story: Story, told: tuple[Told, Told], reads: tuple[Body, Body]) -> Page:
    article = story.article
    inputs = Difference(story.url, article.title, *told, article.language)
    return Page(url, "difference", inputs, reads, owner=article.path)


# --- views --------------------------------------------------------------------------------------------

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def draw_raw(_page: Page, texts: Sequence[str], _press: Press) -> bytes:
    """The text as it was written, without comments, which no page shows; with the mark by which browsers
    know UTF-8 where the server does not say so."""
    return f"\ufeff{without_comments(texts[0])}".encode("utf-8", "replace")


def without_comments(text: str) -> str:
    """A text as it was written, without what no page shows."""
    return _COMMENT.sub("", text)


# What became of some words, and the words.
Passage = tuple[tuple[str, str], ...]
SAME, REMOVED, ADDED, CUT = "same", "removed", "added", "cut"


def passages(before: str, after: str) -> tuple[Passage, ...]:
    """The places where two visible texts differ, each with some words around; differences that are close
    to each other stand in one."""
    found: list[list[tuple[str, str]]] = []
    told = edits.told(before, after)
    for at, part in enumerate(told):
        if isinstance(part, Edit):
            if not found:
                found.append([])
            found[-1] += [(how, words) for how, words in _sides(part) if words]
            continue
        words = part.split()
        first, last = at == 0, at == len(told) - 1
        if not (first or last) and len(words) <= 2 * CONTEXT:
            found[-1].append((SAME, part))
            continue
        if not first:
            found[-1] += _cut(words, words[:CONTEXT], after=True)
        if not last:
            found.append(_cut(words, words[-CONTEXT:], after=False))
    return tuple(tuple(each) for each in found if any(how in {REMOVED, ADDED} for how, _ in each))


def _sides(edit: Edit) -> tuple[tuple[str, str], tuple[str, str]]:
    return (REMOVED, edit.before), (ADDED, edit.after)


def _cut(words: Sequence[str], kept: Sequence[str], *, after: bool) -> list[tuple[str, str]]:
    """Some words at the edge of a difference, and a sign where there are more."""
    same = (SAME, " ".join(kept))
    if len(kept) == len(words):
        return [same]
    return [same, (CUT, "…")] if after else [(CUT, "…"), same]


def draw_difference(page: Page, texts: Sequence[str], press: Press) -> bytes:
    inputs = page.inputs
    assert isinstance(inputs, Difference)
    titles = inputs.before.title, inputs.after.title
    before, after = (
        similarity.below_title(markdown.read(text).text, title)
        for text, title in zip(texts, titles, strict=True)
    )
    return press.render("difference.html", page, passages=passages(before, after))


EXTENSION = Extension(
    "repeats",
    planners=(Planner("repeats", Shelf, plan_shelf),),
    views=(
        View("raw-text", draw_raw),
        templated("copies", "copies.html"),
        View("difference", draw_difference, ("difference.html",)),
    ),
)
