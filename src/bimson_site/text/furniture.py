"""Lines that frame a text: its date, where it is from, how many have read it.

Owns what such a line looks like, and which characters nobody sees; never what a key is made of. Who asks:
`text.similarity`.
"""

from __future__ import annotations

import re
import unicodedata

from bimson_site.text.dates import is_date_line

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties, 15.1): zero width, never seen.
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

LONGEST_FURNITURE = 80  # characters
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


def is_furniture(line: str) -> bool:
    """True if the whole line is a date, a source ("Theo TTXVN", "Nguồn: …") or a count of readers."""
    if len(line) > LONGEST_FURNITURE:
        return False
    line = unicodedata.normalize("NFC", " ".join(IGNORABLE.sub("", line).split()))
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
