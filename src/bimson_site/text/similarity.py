"""Repeats: the key of a text, the likeness of titles, and the guard that says which are one text.

Owns the normalisation (law: facts.md, "Repeated bodies") and the
only import of rapidfuzz; never reads Markdown (`text.markdown`) and never groups (`pipeline.dedupe`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

from bimson_site.model import Precision, Signature, Timestamp
from bimson_site.text import ordinary
from bimson_site.text.furniture import IGNORABLE, LONGEST_FURNITURE, is_furniture
from bimson_site.text.vietnamese import tone_last

LONG = 60  # tokens from which an equal body says something by itself
VERY_LONG = 120  # tokens from which it says enough whatever the titles
LIKE_TITLES = 0.5
WINDOW = 72 * 3600  # seconds between two copies of a long text
SHORT_WINDOW = 12 * 3600  # seconds between two copies of a short one
EDGE_LINES = 3  # date and tail lines are sought in so many lines at either end

# --- tokens -----------------------------------------------------------------------------------------

_FOLD = str.maketrans(dict.fromkeys("‐‑‒–−﹣－", "-") | {"―": "—", "ð": "đ", "∕": "/"})
_KEPT_SIGNS = frozenset("#%&@‰‱")  # punctuation to Unicode, meaning to a reader
_QUOTE_LIKE = frozenset("`´")  # symbols to Unicode, quotes on a keyboard
_BETWEEN_DIGITS = re.compile(r" (?<=[0-9] )(?=[0-9])")
_WORDS_KEPT = 1 << 16  # forms that are remembered; an archive of news has fewer common ones


class _Forms(dict[str, str]):
    """Forms of words that were met: a memo, lighter on a hit than lru_cache (70 for 110 µs a text)."""

    def __missing__(self, raw: str) -> str:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        form = self[raw] = _form(raw)
        return form


_FORMS = _Forms()


def _form(raw: str) -> str:
    """The form of one word by which it is compared; '' if nothing of it counts."""
    if raw.isascii() and raw.isalnum():
        return raw.casefold()
    word = unicodedata.normalize("NFC", IGNORABLE.sub("", raw)).casefold().translate(_FOLD)
    word = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in word)
    word = tone_last(word)  # before marks go: in "hoà.Do" the syllables are still apart
    if word.isalnum():
        return word
    return "".join(c if c.isalnum() else _mark(word, at) for at, c in enumerate(word))


def _mark(word: str, at: int) -> str:
    """What counts of the mark at `at`: signs, symbols, marks inside numbers; '' for the others."""
    mark, before, after = word[at], word[at - 1 : at] if at else "", word[at + 1 : at + 2]
    if before.isdigit() and after.isdigit():
        return "-" if mark == "—" else mark
    if mark == "-":  # a long dash is never a sign
        return mark if after.isdigit() and not before.isalnum() else ""
    category = unicodedata.category(mark)
    symbol = category[0] in "MS" and mark not in _QUOTE_LIKE
    return mark if symbol or mark in _KEPT_SIGNS else ""


def decoded(text: str) -> str:
    """NFC, with entities decoded and what cannot be seen dropped, until nothing changes."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    while "&" in text:
        # Dropping may complete an entity, and an entity may be one to drop.
        clearer = unicodedata.normalize("NFC", html.unescape(IGNORABLE.sub("", text)))
        if clearer == text:
            break
        text = clearer
    return text


def normalise(text: str) -> list[str]:
    """The tokens of the visible `text` (a block per line) that count for its key, in order.

    Date lines and tail lines at either end are left out, unless nothing else remains.
    """
    text = decoded(text)
    return forms(_without_furniture(text)) or forms(text)


def _without_furniture(text: str) -> str:
    """The text without date lines and tail lines at either end."""
    if _is_long_at_both_ends(text):
        return text
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    last = len(lines) - EDGE_LINES
    kept = [
        line for at, line in enumerate(lines) if EDGE_LINES <= at < last or not is_furniture(line)
    ]
    return text if len(kept) == len(lines) else "\n".join(kept)


def _is_long_at_both_ends(text: str) -> bool:
    """True if each line in which furniture is sought is longer than any: as nearly always."""
    start, end = 0, len(text)
    for _ in range(EDGE_LINES):
        above, below = text.find("\n", start, end), text.rfind("\n", start, end)
        if above < 0:
            return end - start > LONGEST_FURNITURE
        if min(above - start, end - below - 1) <= LONGEST_FURNITURE:
            return False
        start, end = above + 1, below
    return True


def form(word: str) -> str:
    """The form of one word of a decoded text by which it is compared; '' if nothing of it counts."""
    return _FORMS[word]


def forms(text: str) -> list[str]:
    """The forms of the words of a decoded text that count, in order; nothing is left out as furniture."""
    return list(filter(None, map(_FORMS.__getitem__, text.split())))


def key(tokens: list[str]) -> str:
    """32 hexadecimal digits; '' for no tokens. Words are joined, numbers are kept apart."""
    if not tokens:
        return ""
    return blake2b(joined(tokens).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def joined(tokens: list[str]) -> str:
    """The tokens in one piece, numbers apart: equal where their keys are."""
    return _BETWEEN_DIGITS.sub("\x1f", " ".join(tokens)).replace(" ", "")


# --- what lies between two texts -----------------------------------------------------------------------


def likeness(first: Sequence[str], other: Sequence[str]) -> float:
    """Likeness of two lists of tokens, 0 to 1: 1 less the share of tokens put in or taken out (Indel)."""
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(first, other)


def hunks(first: Sequence[str], other: Sequence[str]) -> list[tuple[slice, slice]]:
    """Where two lists of tokens differ by the least number of edits (Levenshtein): what stands in the
    first, and what in its place in the other; neighbouring edits are one hunk."""
    found: list[tuple[slice, slice]] = []
    from rapidfuzz.distance import Levenshtein

    for code in Levenshtein.opcodes(first, other):
        if code.tag == "equal":
            continue
        ours, theirs = code.src_start, code.dest_start
        if found and found[-1][0].stop == ours and found[-1][1].stop == theirs:
            before = found.pop()
            ours, theirs = before[0].start, before[1].start
        found.append((slice(ours, code.src_end), slice(theirs, code.dest_end)))
    return found


# --- titles -----------------------------------------------------------------------------------------


def title_key(title: str) -> str:
    """The tokens of a title, joined by spaces; '' if nothing of it counts."""
    return " ".join(forms(decoded(title)))


def title_likeness(first: str, other: str) -> float:
    """Likeness of two title keys, 0 to 1: 1 less the share of words put in or taken out (Indel)."""
    if not first or not other:
        return 0.0
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(first.split(" "), other.split(" "))


# --- signatures -------------------------------------------------------------------------------------

# Words that make the day of publication part of the meaning: the last word, and what goes before it.
_PARTS_OF_DAY = ("sáng", "trưa", "chiều", "tối", "đêm", "khuya")
_DEICTIC = {
    "nay": ("hôm", *_PARTS_OF_DAY),
    "qua": ("hôm", *_PARTS_OF_DAY),
    "mai": ("ngày", *_PARTS_OF_DAY),
    "kia": ("hôm", "ngày"),
    "morning": ("this",),
    "afternoon": ("this",),
    "evening": ("this",),
    "night": ("last",),
    **dict.fromkeys(("today", "tomorrow", "yesterday", "tonight"), ("",)),
    **dict.fromkeys(
        ("todays", "tomorrows", "yesterdays", "tonights"), ("",)
    ),  # without apostrophes
}
_DEICTIC_FORMS = {
    title_key(last): tuple(f" {title_key(f'{first} {last}')} " for first in firsts)
    for last, firsts in _DEICTIC.items()
}


def _is_deictic(tokens: list[str]) -> bool:
    said = _DEICTIC_FORMS.keys() & tokens
    words = f" {' '.join(tokens)} " if said else ""
    return any(form in words for last in said for form in _DEICTIC_FORMS[last])


def signature(visible_text: str, title: str) -> Signature:
    """What a repeat of this text would be known by.

    `visible_text` as in `markdown.Reading.text`. A first line that equals the title is left out of the
    key, because some harvests repeat the title in the body.
    """
    return signatures(visible_text, (title,))[0]


def signatures(visible_text: str, titles: Iterable[str]) -> tuple[Signature, ...]:
    """The same for one text under several titles."""
    said: dict[str, Signature] = {}
    found = []
    for title in titles:
        text = below_title(visible_text, title)
        if text not in said:
            tokens = normalise(text) or normalise(visible_text)
            said[text] = Signature(key(tokens), len(tokens), "", _is_deictic(tokens))
        found.append(replace(said[text], title=title_key(title)))
    return tuple(found)


def counted(visible_text: str, title: str) -> list[str]:
    """The tokens of a text that count for its key."""
    return normalise(below_title(visible_text, title)) or normalise(visible_text)


def below_title(visible_text: str, title: str) -> str:
    """The text without a first line that equals the title."""
    first, _, rest = visible_text.lstrip().partition("\n")
    if len(first) > 4 * len(title):
        return visible_text
    if "&" not in title and "&" not in first:
        ours, theirs = _letters(title), _letters(first)
        if ours != theirs and ours is not None and theirs is not None:
            return visible_text
    named = title_key(title)
    return rest if named and title_key(first) == named else visible_text


# --- skeletons --------------------------------------------------------------------------------------

# The rarer consonants: with all of them, taking the others out is a third of the cost of a skeleton.
_KEPT_LETTERS = "bdklmpqrsvx0123456789"
_BONES = bytes(ord(char.lower()) if char.isascii() else 0 for char in ordinary.CHARACTERS).ljust(
    256
)
_FLESH = bytes(at for at, bone in enumerate(_BONES) if chr(bone) not in _KEPT_LETTERS)


def skeleton(visible_text: str, title: str) -> str:
    """What texts with one key have in common: 16 hexadecimal digits, '' for a text without a key.

    Some ASCII consonants and all digits of what counts for the key, in order, so that most articles
    are known to repeat no other without their signatures; ten times cheaper than one.
    """
    text = below_title(visible_text, title)
    if "&" in text:
        text = decoded(text)
    bones = _letters(text)
    if bones and (kept := _without_furniture(text)) is not text:
        bones = _letters(kept)
    if not bones:
        tokens = counted(visible_text, title)
        if not tokens:
            return ""
        apart = unicodedata.normalize("NFD", "".join(tokens))
        bones = "".join(c for c in apart if c in _KEPT_LETTERS).encode()
    return blake2b(bones, digest_size=8).hexdigest()


def _letters(text: str) -> bytes | None:
    """The kept letters and digits of a text of ordinary characters; None for other texts."""
    encoded = ordinary.encoded(text)
    return None if encoded is None else encoded.translate(_BONES, _FLESH)


# --- the guard --------------------------------------------------------------------------------------


def admits(a: Signature, a_when: Timestamp, b: Signature, b_when: Timestamp) -> bool:
    """True if two articles are one text that was published twice (facts.md, the table of verdicts).

    Symmetric. Dates part long texts by the gap between the periods that they mean (a month, a year,
    the years about a year); an unknown date does not part them. Short texts need a known day.
    """
    if not a.key or a.key != b.key:
        return False
    dated = min(a_when.precision, b_when.precision) >= Precision.DAY
    another_day = dated and a_when.local.date() != b_when.local.date()
    if another_day and (a.deictic or b.deictic):
        return False
    if a.tokens < LONG:
        return dated and _close(a_when, b_when, another_day) and _same_title(a.title, b.title)
    if apart(a_when, b_when) > WINDOW:
        return False
    return a.tokens >= VERY_LONG or title_likeness(a.title, b.title) >= LIKE_TITLES


def _same_title(a: str, b: str) -> bool:
    return bool(a) and key(a.split(" ")) == key(b.split(" "))


def _close(a: Timestamp, b: Timestamp, another_day: bool) -> bool:
    """Under 12 hours; where only the day is known, the same day: short notices return daily."""
    if another_day and min(a.precision, b.precision) is Precision.DAY:
        return False
    return apart(a, b) < SHORT_WINDOW


def apart(a: Timestamp, b: Timestamp) -> int:
    """Seconds between two periods, 0 where they overlap or one is unknown."""
    if not (a.known and b.known):
        return 0
    (a_start, a_end), (b_start, b_end) = _period(a), _period(b)
    return max(0, a_start - b_end, b_start - a_end)


# "About 1998" may be meant of any year from 1993 to 2003.
ABOUT_YEARS = 5


def _period(when: Timestamp) -> tuple[int, int]:
    """First and last moment of a date, in seconds since 1970 UTC."""
    start, day = when.instant, 24 * 3600
    match when.precision:
        case Precision.TIME:
            return start, start
        case Precision.DAY:
            return start, start + day
        case Precision.MONTH:
            return start, start + 31 * day
        case Precision.YEAR:
            return start, start + 366 * day
        case _:
            return start - ABOUT_YEARS * 366 * day, start + (ABOUT_YEARS + 1) * 366 * day
