"""Verdicts: what two articles are to each other.

Owns the table of facts.md, "Repeated bodies", row by row; never finds the pairs (`pipeline.kin`) and never
joins more than two. Equal texts are judged by `similarity.admits` alone, as in `pipeline.dedupe`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from bimson_site.model import UNDATED, Signature, Timestamp
from bimson_site.text import edits as between
from bimson_site.text import similarity
from bimson_site.text.edits import LIGHT, Edit, Kind
from bimson_site.text.similarity import LIKE_TITLES, LONG, WINDOW

ALIKE = 0.8  # of the tokens: below, two texts of one mould are hardly told from two on one matter
OVERLAPPING = 0.5  # of the tokens: half of both texts is shared
ONE_DAY = 24 * 3600


class Verdict(StrEnum):
    """What two articles are to each other; only the first two are one text under two addresses."""

    REPEAT = "repeat"  # the same text, sent again
    REFILE = "refile"  # the same text with its spelling or its frame mended
    REVISION = "revision"  # a later state of one article, from one address
    VERSION = "version"  # the same news told again with other words: both stay
    SERIES = "series"  # another of its kind: the next day's weather
    RELATED = "related"  # half of the words are shared
    NONE = "none"


FOLDED = frozenset({Verdict.REPEAT, Verdict.REFILE})


@dataclass(frozen=True)
class Side:
    """One article as it is judged: visible text as in `markdown.Reading.text`; '' for what is unknown."""

    title: str
    text: str
    published: Timestamp = UNDATED
    source_url: str = ""
    external_id: str = field(default="", kw_only=True)

    @cached_property
    def signature(self) -> Signature:
        return similarity.signature(self.text, self.title)

    @cached_property
    def tokens(self) -> list[str]:
        """The tokens that count for the key."""
        return similarity.counted(self.text, self.title)


class Judgement(NamedTuple):
    """A verdict, the row that gave it, the likeness of the texts (0 to 1), and what lies between them
    (empty where the texts are equal or have nothing to do with each other)."""

    verdict: Verdict
    rule: str
    likeness: float
    edits: tuple[Edit, ...] = ()


def judge(a: Side, b: Side) -> Judgement:
    """What `a` and `b` are to each other. Verdict, rule and likeness are the same for (b, a); the edits
    lead from `a` to `b`.

    Rules: same-key, same-source, other-day, long-apart, short-apart, other-title (equal texts);
    same-source, light-edits, light-short, numbers, edited, alike, overlap, unlike, empty.
    """
    one, two = a.signature, b.signature
    if not (one.key and two.key):
        same = not (one.key or two.key) and _is_one_source(a, b)
        return _revision(1.0) if same else Judgement(Verdict.NONE, "empty", 0.0)
    if one.key == two.key:
        return _judge_equal(a, b)
    likeness = similarity.likeness(a.tokens, b.tokens)
    if likeness < OVERLAPPING:
        return Judgement(Verdict.NONE, "unlike", likeness)
    found = _edits(a, b)
    if _is_one_source(a, b):
        return _revision(likeness, found)
    verdict, rule = _judge_edited(a, b, likeness, {edit.kind for edit in found})
    return Judgement(verdict, rule, likeness, found)


def _judge_equal(a: Side, b: Side) -> Judgement:
    """The rows of an equal key. What did not change is a repeat, whatever address it is from."""
    one, two = a.signature, b.signature
    if similarity.admits(one, a.published, two, b.published):
        return Judgement(Verdict.REPEAT, "same-key", 1.0)
    if _is_one_source(a, b):
        return _revision(1.0)
    if one.tokens < LONG:
        rule = "short-apart"
    elif similarity.apart(a.published, b.published) > WINDOW:
        rule = "long-apart"
    else:
        rule = "other-day" if one.deictic or two.deictic else "other-title"
    return Judgement(Verdict.SERIES, rule, 1.0)


def _judge_edited(a: Side, b: Side, likeness: float, kinds: set[Kind]) -> tuple[Verdict, str]:
    """The rows of another key: what was edited, under which titles, how far apart."""
    seconds = similarity.apart(a.published, b.published)
    similar = _title_likeness(a, b) >= LIKE_TITLES
    if kinds <= LIGHT:
        if _is_refile(a, b):
            return Verdict.REFILE, "light-edits"
        return (Verdict.VERSION if similar and seconds <= WINDOW else Verdict.SERIES), "light-apart"
    # What comes daily comes a whole day later; a title with another number is another title.
    another = not similar or _numbers(a.signature.title) != _numbers(b.signature.title)
    if kinds - LIGHT == {Kind.NUMBER} and (seconds >= ONE_DAY or another):
        return Verdict.SERIES, "numbers"
    if similar and seconds <= WINDOW and _retold(a, b, likeness):
        return Verdict.VERSION, "edited"
    if likeness >= ALIKE:
        return Verdict.SERIES, "alike"
    return Verdict.RELATED, "overlap"


def _retold(a: Side, b: Side, likeness: float) -> bool:
    """True where four fifths of the shorter text stand in the longer, in their order. With less, titles that
    are alike mislead: of five such pairs in three archives three were different news (two issues of a weekly,
    a round before and after it was played)."""
    one, two = len(a.tokens), len(b.tokens)
    return likeness * (one + two) / 2 >= ALIKE * min(one, two)


def _is_refile(a: Side, b: Side) -> bool:
    """The row of light edits: long texts, similar titles with the same numbers, and the guard of equal
    texts (hours, and "today" on another day)."""
    one, two = a.signature, b.signature
    return (
        min(one.tokens, two.tokens) >= LONG
        and _title_likeness(a, b) >= LIKE_TITLES
        and _numbers(one.title) == _numbers(two.title)
        and similarity.admits(one, a.published, replace(two, key=one.key), b.published)
    )


def _numbers(title: str) -> Counter[str]:
    return Counter(word for word in title.split() if any(map(str.isdigit, word)))


def _title_likeness(a: Side, b: Side) -> float:
    return similarity.title_likeness(a.signature.title, b.signature.title)


def _edits(a: Side, b: Side) -> tuple[Edit, ...]:
    """From `a` to `b`; sought in one direction, for the shortest way back may lead elsewhere."""
    ours, theirs = _compared(a), _compared(b)
    if ours <= theirs:
        return between.edits(ours, theirs)
    return tuple(Edit(kind, after, before) for kind, before, after in between.edits(theirs, ours))


def _compared(side: Side) -> str:
    """The text below a first line that repeats the title; all of it where nothing else counts."""
    text = similarity.below_title(side.text, side.title)
    return text if similarity.normalise(text) else side.text


# --- one source -------------------------------------------------------------------------------------

_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)


def _is_one_source(a: Side, b: Side) -> bool:
    """The same address or id, and the same title: link posts share the address that they point to."""
    title = a.signature.title
    if not title or title != b.signature.title:
        return False
    here, there = _address(a.source_url), _address(b.source_url)
    return bool(here and here == there) or bool(a.external_id and a.external_id == b.external_id)


def _address(url: str) -> str:
    """An address without what servers ignore: scheme, "www.", a slash at the end. Queries tell articles
    apart (default.aspx?aID=7)."""
    return _SCHEME.sub("", url.strip()).rstrip("/")


def _revision(likeness: float, found: tuple[Edit, ...] = ()) -> Judgement:
    return Judgement(Verdict.REVISION, "same-source", likeness, found)
