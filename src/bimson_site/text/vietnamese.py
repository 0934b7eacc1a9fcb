"""Vietnamese letters: folding, the place of the tone mark, the order of dictionaries.

Owns what makes two spellings equal and which comes first; never touches dates or addresses.
Next: `text.slugs` builds addresses on `fold`; `text.dates` reads date lines through it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart; eth stands for đ in many Vietnamese pages (U+00D0 and
# U+0110 look the same). Other scripts keep their letters, marks and all.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_MARKS_ON_LATIN = re.compile(r"(?<=[\x00-\u024f])[\u0300-\u036f]+")
_ONLY_LATIN = re.compile(r"[\x00-\x7f][\x00-\x7f\u0300-\u036f]*")

# One Vietnamese syllable in NFD: onset, vowels with their circumflex, breve or horn, one tone, coda.
# Words of other languages have more vowel groups and keep their accents where they are.
_VOWELS = "[aeiouy\u0302\u0306\u031b]"
_CONSONANTS = "[b-df-hj-np-tv-xzđð]"
_SYLLABLE = re.compile(
    rf"(?<![\w\u0300-\u036f])({_CONSONANTS}{{0,3}}[aeiouy]{_VOWELS}*)"
    rf"([\u0300\u0301\u0303\u0309\u0323])({_VOWELS}*{_CONSONANTS}{{0,2}})(?![\w\u0300-\u036f])",
    re.IGNORECASE,
)

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_TERM = str.maketrans(
    {**dict.fromkeys(_DASHES, "-"), **dict.fromkeys("\u00ad\u200b\u2060\ufeff"), "ð": "đ"}
)
_JOINT = re.compile(r"(?<=[^\s-])[\s-]+(?=[^\s-])")

# The 29 letters, with f j w z where the Latin alphabet has them (CLDR's collation for `vi`).
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"": "0", "\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_SHAPES = {"\u0302", "\u0306", "\u031b"}
_OTHER = "\x7f"

_IN_BRACKETS = re.compile(r"(?<=\S)\s*\(.*$", re.DOTALL)


def nfc(text: str) -> str:
    """The text with every letter in one piece (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """What a reader types without marks: lower case, Latin letters bare, đ as d; idempotent.

    Letters of other scripts stay (in lower case), with their marks.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    apart = apart.replace("đ", "d")
    if _ONLY_LATIN.fullmatch(apart):  # nearly always; the same as below, three times as fast
        return apart.encode("ascii", "ignore").decode("ascii")
    return nfc(_MARKS_ON_LATIN.sub("", apart).translate(_LETTERS))


def tone_last(token: str) -> str:
    """The token with the tone mark of each Vietnamese syllable moved to its end; for keys only.

    So hoà = hòa, thuỷ = thủy, quý = qúy without a table, while ma ≠ má and Hòa ≠ Hóa. What is not
    shaped like one syllable with one tone (résumé, término) stays as it is, in NFC.
    """
    if token.isascii():
        return token
    return nfc(_SYLLABLE.sub(r"\1\3\2", unicodedata.normalize("NFD", token)))


@lru_cache(maxsize=1 << 14)
def term_key(text: str) -> str:
    """Two spellings are one tag or one person when their keys are equal; idempotent.

    Equal after NFC, tone placement, casefold, eth as đ, and any run of dashes and spaces between
    two words as one space (Covid-19 = COVID 19). A dash at an end counts ("A-" is not "A").
    """
    if not text.isascii():
        text = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
        text = tone_last(nfc(text.translate(_TERM)))
    return _JOINT.sub(" ", " ".join(text.split())).casefold()


@lru_cache(maxsize=1 << 14)
def _weigh(char: str) -> tuple[str, str, str]:
    """Three weights of one character of an NFC text: letter, tone or mark, case."""
    if char.isspace():
        return "\x01", "0", "0"
    if char.isdecimal():
        return f"\x04{unicodedata.decimal(char)}", "0", "0"
    category = unicodedata.category(char)
    if category[0] == "P":
        return f"\x02{char}", "0", "0"
    if category[0] == "S" or category == "No":
        return f"\x03{char}", "0", "0"
    if category[0] not in "LN":
        return "", "", ""  # marks that stand alone, controls: only the last tie-break sees them
    case = "0" if char == char.lower() else "1"
    apart = unicodedata.normalize("NFD", char.lower())
    base, marks = apart[0], apart[1:]
    shape = next((mark for mark in marks if mark in _SHAPES), "")
    letter = nfc(base + shape)
    if len(letter) > 1 or letter not in _ALPHABET:
        letter = letter if letter == "đ" else fold(char)
    if not all(one in _ALPHABET for one in letter):
        return "".join(_OTHER + one for one in nfc(char.casefold())), "0", case
    tone = "".join(_TONES.get(mark, "6") for mark in marks if mark != shape) or "0"
    return "".join(chr(0x10 + _ALPHABET.index(one)) for one in letter), tone, case


def sort_key(text: str) -> tuple[str, str, str, str]:
    """The place of a text in a Vietnamese dictionary; any two different NFC texts have two places.

    Letters first (a ă â b c d đ …), then tones (ngang huyền hỏi ngã sắc nặng), then small before
    capital. Signs come before digits, digits before letters, other scripts last. Rule: CLDR `vi`.
    """
    whole = nfc(text)
    weights = [_weigh(char) for char in whole.strip()]
    return (
        "".join([letter for letter, _, _ in weights]),
        "".join([tone for _, tone, _ in weights]),
        "".join([case for _, _, case in weights]),
        whole,
    )


def given_name(name: str) -> str:
    """The name by which a Vietnamese person is known: the last word, "(…)" and all behind it aside."""
    words = _IN_BRACKETS.sub("", name).split() or name.split()
    return words[-1] if words else ""


def given_name_key(name: str) -> tuple[tuple[str, str, str, str], tuple[str, str, str, str]]:
    """People are filed by the given name, then by the whole name."""
    return sort_key(given_name(name)), sort_key(name)


def initial(text: str) -> str:
    """The capital under which an index files a text: A Ă Â … Đ …, "#" for digits, signs, nothing.

    In a list sorted by `sort_key` each initial stands in one piece. Other scripts: their own letter.
    """
    for char in nfc(text).strip():
        weight = _weigh(char)[0]
        if weight.startswith(_OTHER):
            return weight[1].upper()
        if weight:
            return _ALPHABET[ord(weight[0]) - 0x10].upper() if weight[0] >= "\x10" else "#"
    return "#"
