"""Repeats: the key of a text, the likeness of titles, and the guard that says which are one text.

Owns the normalisation (law: facts.md, "Repeated bodies"; a change to it raises NORM_VERSION) and the
only import of rapidfuzz; never reads Markdown (`text.markdown`) and never groups (`pipeline.dedupe`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from hashlib import blake2b

from rapidfuzz.distance import Indel

from bimson_site.model import Precision, Signature, Timestamp
from bimson_site.text.dates import is_date_line
from bimson_site.text.vietnamese import tone_last

NORM_VERSION = 1

LONG = 60  # tokens from which an equal body says something by itself
VERY_LONG = 120  # tokens from which it says enough whatever the titles
LIKE_TITLES = 0.5
WINDOW = 72 * 3600  # seconds between two copies of a long text
SHORT_WINDOW = 12 * 3600  # seconds between two copies of a short one
EDGE_LINES = 3  # date and tail lines are sought in so many lines at either end

# --- tokens -----------------------------------------------------------------------------------------

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties, 15.1): zero width, never seen.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
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
    word = unicodedata.normalize("NFC", _IGNORABLE.sub("", raw)).casefold().translate(_FOLD)
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


def _decoded(text: str) -> str:
    """NFC, with entities decoded and what cannot be seen dropped, until nothing changes."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    while "&" in text:
        # Dropping may complete an entity, and an entity may be one to drop.
        clearer = unicodedata.normalize("NFC", html.unescape(_IGNORABLE.sub("", text)))
        if clearer == text:
            break
        text = clearer
    return text


def normalise(text: str) -> list[str]:
    """The tokens of the visible `text` (a block per line) that count for its key, in order.

    Date lines and tail lines at either end are left out, unless nothing else remains.
    """
    text = _decoded(text)
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    last = len(lines) - EDGE_LINES
    kept = [
        line for at, line in enumerate(lines) if EDGE_LINES <= at < last or not _is_furniture(line)
    ]
    return _tokens(" ".join(kept)) or _tokens(text)


def _tokens(text: str) -> list[str]:
    return list(filter(None, map(_FORMS.__getitem__, text.split())))


def key(tokens: list[str]) -> str:
    """32 hexadecimal digits; '' for no tokens. Words are joined, numbers are kept apart."""
    if not tokens:
        return ""
    joined = _BETWEEN_DIGITS.sub("\x1f", " ".join(tokens)).replace(" ", "")
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


# --- lines that frame a text ------------------------------------------------------------------------

_LONGEST_FURNITURE = 80  # characters
_SOURCE = re.compile(
    r"(?:nguồn(?: tin| bài| ảnh)?|theo|source|via)\s*:\s*[^:!?…]{1,40}", re.IGNORECASE
)
_BY_NAME = re.compile(r"theo ([^.,:;!?…]{1,40})", re.IGNORECASE)
_READERS = re.compile(
    r"(?:(?:số )?(?:lượt|lần) (?:xem|đọc|truy cập)|đã (?:xem|đọc)|views?|hits)\s*:?\s*[\d.,]+"
    r"|[\d.,]+\s*(?:(?:lượt|lần) (?:xem|đọc)|views)",
    re.IGNORECASE,
)
_SENTENCE_WITHIN = re.compile(r"[.]\s")


def _is_furniture(line: str) -> bool:
    """True if the whole line is a date, a source ("Theo TTXVN", "Nguồn: …") or a count of readers."""
    if len(line) > _LONGEST_FURNITURE:
        return False
    line = unicodedata.normalize("NFC", " ".join(_IGNORABLE.sub("", line).split()))
    inner = line[1:-1].strip() if line[:1] + line[-1:] in {"()", "[]"} else line
    return is_date_line(line) or _READERS.fullmatch(inner) is not None or _is_source(inner)


def _is_source(line: str) -> bool:
    if _SOURCE.fullmatch(line):
        return _SENTENCE_WITHIN.search(line) is None
    named = _BY_NAME.fullmatch(line)
    # "Theo lãnh đạo tỉnh" opens a sentence; in the name of a paper every word has its capital.
    return named is not None and all(
        word[0].isupper() for word in re.split(r"[ /]+", named[1].strip()) if word
    )


# --- titles -----------------------------------------------------------------------------------------


def title_key(title: str) -> str:
    """The tokens of a title, joined by spaces; '' if nothing of it counts."""
    return " ".join(_tokens(_decoded(title)))


def title_likeness(first: str, other: str) -> float:
    """Likeness of two title keys, 0 to 1: 1 less the share of words put in or taken out (Indel)."""
    if not first or not other:
        return 0.0
    return Indel.normalized_similarity(first.split(" "), other.split(" "))


# --- signatures and the guard -----------------------------------------------------------------------

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
_DEICTIC_FORMS = tuple(
    (f" {title_key(last)} ", tuple(f" {title_key(f'{first} {last}')} " for first in firsts))
    for last, firsts in _DEICTIC.items()
)


def _is_deictic(tokens: list[str]) -> bool:
    words = f" {' '.join(tokens)} "
    return any(
        last in words and any(form in words for form in forms) for last, forms in _DEICTIC_FORMS
    )


def signature(visible_text: str, title: str) -> Signature:
    """What a repeat of this text would be known by.

    `visible_text` as in `markdown.Reading.text`. A first line that equals the title is left out of the
    key, because some harvests repeat the title in the body.
    """
    named = title_key(title)
    first, _, rest = visible_text.lstrip().partition("\n")
    tokens = normalise(visible_text)
    if named and len(first) <= 4 * len(title) and title_key(first) == named:
        tokens = normalise(rest) or tokens
    return Signature(
        key=key(tokens),
        tokens=len(tokens),
        title=named,
        deictic=_is_deictic(tokens),
    )


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
