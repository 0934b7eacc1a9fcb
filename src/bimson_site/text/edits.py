"""Edits: what lies between two texts, word by word, and of which kind each difference is.

Owns the kinds and how a difference is told to be of one; never judges a pair (`text.verdicts`). Alignment and
the form of a word are those of `text.similarity`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from bimson_site.text import similarity
from bimson_site.text.furniture import IGNORABLE, is_furniture


class Kind(StrEnum):
    """What an edit touches; the first two say nothing new."""

    ORTHOGRAPHIC = "orthographic"  # spelling: spaces, quotes, capitals, place of the tone, i or y
    BOILERPLATE = "boilerplate"  # agency tag, date line, source, photo credit, author line
    NUMBER = "number"  # also a date, a weekday, a unit, a sign, a currency
    NEGATION = "negation"
    NAME = "name"  # a word with a capital inside a sentence
    WORD = "word"


LIGHT = frozenset({Kind.ORTHOGRAPHIC, Kind.BOILERPLATE})


class Edit(NamedTuple):
    """One difference: words as written before and after, '' where there are none."""

    kind: Kind
    before: str
    after: str


class _Word(NamedTuple):
    shown: str
    form: str
    opens: bool  # a sentence or a block
    shouts: bool  # it stands in a line of capitals


def edits(before: str, after: str) -> tuple[Edit, ...]:
    """The differences between two visible texts (a block per line): those of their frames first, then
    in the order of the text. Empty for texts that read the same."""
    return tuple(each for each in told(before, after) if isinstance(each, Edit))


def told(before: str, after: str) -> tuple[Edit | str, ...]:
    """The same with the words of the later text that stand between the differences, as they are written."""
    ours, our_frame = _read(before)
    theirs, their_frame = _read(after)
    return (*_reframed(our_frame, their_frame), *_reworded(ours, theirs))


# --- reading ----------------------------------------------------------------------------------------

_STOP = re.compile(r"[.!?…:]['\"”’»)\]]*$")


def _read(text: str) -> tuple[list[_Word], list[str]]:
    """The words of a text that count, and the lines that only frame it."""
    text = IGNORABLE.sub("", similarity.decoded(text))
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    last = len(lines) - similarity.EDGE_LINES
    frame = set()
    for at, line in enumerate(lines):
        edge = not similarity.EDGE_LINES <= at < last
        if _is_tag(line, at_edge=edge) or (edge and is_furniture(line)):
            frame.add(at)
    kept = [line for at, line in enumerate(lines) if at not in frame]
    words = [word for line in kept for word in _words(line)]
    if not words:  # a text of frames alone is not empty, as for its key
        return [word for line in lines for word in _words(line)], []
    return words, [line for at, line in enumerate(lines) if at in frame]


def _words(line: str) -> list[_Word]:
    found, opens, shouts = [], True, line.isupper()
    for shown in line.split():
        if form := similarity.form(shown):
            found.append(_Word(shown, form, opens, shouts))
            opens = False
        if not (opens or shown[-1].isalnum()):
            opens = _STOP.search(shown) is not None
    return found


# --- frames -----------------------------------------------------------------------------------------

_NAMES = r"(?P<names>[^\W\d_][\w.’'+/,& -]*?)"
_CREDIT = re.compile(
    r"[\[(]?(?:(?P<picture>(?:ảnh|hình ảnh|clip|video|đồ họa|photos?|graphics?)\s?:)|(?:bài|bài và ảnh|bài, ảnh"
    rf"|tin, ảnh|tin|tác giả|người viết|author|words|text|story)\s?:|by|photo by)\s{_NAMES}[\])]?\.?",
    re.IGNORECASE,
)
# Agencies that others print the news of; one that is not here counts as a name.
_AGENCY = (
    r"(?:TTXVN|TTXVN/Vietnam\+|VNA|VNS|Vietnam\+|VietnamPlus|VOV|VTV|VnExpress|Reuters|AP|AFP|UPI|dpa|ANSA"
    r"|EFE|PTI|TASS|Interfax|Xinhua|Kyodo|Yonhap|Bernama|Bloomberg|BBC|CNN|Tân Hoa xã)"
)
_TAG = re.compile(
    rf"(?:{_NAMES},?\s)?[\[(]{_AGENCY}[\])]\s?[-–—:.]?"  # with its dateline: HÀ NỘI (TTXVN) -
    rf"|[\[(]?(?:theo|nguồn:|nguồn tin:|source:|via)\s{_AGENCY}[\])]?[.,]?",
    re.IGNORECASE,
)
_LONGEST_FRAME = 40  # words; four lines of a page's head are some thirty
_LONGEST_CREDIT = 60  # characters
_NAME_WORDS = range(2, 5)  # words of a person's name
_BETWEEN_NAMES = frozenset({"và", "and", "&", "-", "/"})


def _is_tag(said: str, *, at_edge: bool) -> bool:
    """An agency's tag, a credit or an author's line, all of whose names have their capitals. Only at an
    edge are "By Lan" and "Huế (AFP)" such: elsewhere they may say who did it, and where."""
    if len(said) > _LONGEST_CREDIT:
        return False
    found = _TAG.fullmatch(said) or _CREDIT.fullmatch(said)
    if found is None or not _are_names((found["names"] or "").split()):
        return False
    return at_edge or not found["names"] or bool(found.groupdict().get("picture"))


def _are_names(words: list[str]) -> bool:
    return all(word[0].isupper() or word in _BETWEEN_NAMES for word in words)


def _reframed(ours: list[str], theirs: list[str]) -> list[Edit]:
    """The edit between two frames, if any."""
    if similarity.forms(" ".join(ours)) == similarity.forms(" ".join(theirs)):
        return []
    return [Edit(Kind.BOILERPLATE, " ".join(ours), " ".join(theirs))]


def _is_frame(words: list[_Word], *, at_edge: bool) -> bool:
    """True if the words are nothing but tags, credits and, at an edge of the text, furniture."""
    if not 0 < len(words) <= _LONGEST_FRAME:
        return False
    reached = {0}  # the words before these places are all frame
    for stop in range(1, len(words) + 1):
        for start in sorted(reached):
            said = " ".join(word.shown for word in words[start:stop])
            if _is_tag(said, at_edge=at_edge) or (at_edge and _is_head(said)):
                reached.add(stop)
                break
    return len(words) in reached


def _is_head(said: str) -> bool:
    """A date line within a paragraph has a weekday or an hour: "Ngày 5/8/2020 Sở họp" is news."""
    return is_furniture(said) and (not said[-4:].isdigit() or len(said.split()) > 2)


def _frames(words: list[_Word], hunk: slice) -> bool:
    """True if that part of a text only frames it; nothing does."""
    part = words[hunk]
    if not part:
        return True
    after = words[hunk.stop : hunk.stop + 1]
    begins = hunk.start == 0 and bool(after) and not after[0].shown[0].islower()
    ends = hunk.stop == len(words) and part[0].opens
    if ends and hunk.start and _is_bare_name(part):
        return not words[hunk.start - 1].shown[-1].isalnum()  # below prose, not in a list of names
    return _is_frame(part, at_edge=begins or ends)


def _is_bare_name(words: list[_Word]) -> bool:
    shown = [word.shown for word in words]
    return len(words) in _NAME_WORDS and _are_names(shown) and all(map(str.isalpha, shown))


# --- words ------------------------------------------------------------------------------------------


def _reworded(ours: list[_Word], theirs: list[_Word]) -> list[Edit | str]:
    """The edits between two texts without their frames, and what is between these, in order."""
    found: list[Edit | str] = []
    one = two = 0
    gaps = similarity.hunks([word.form for word in ours], [word.form for word in theirs])
    end = (slice(len(ours), len(ours)), slice(len(theirs), len(theirs)))
    for here, there in [*gaps, end]:
        found += _respelt(ours[one : here.start], theirs[two : there.start])
        if here.stop > here.start or there.stop > there.start:
            found += _hunk(ours, here, theirs, there)
        one, two = here.stop, there.stop
    return found


def _respelt(ours: list[_Word], theirs: list[_Word]) -> list[Edit | str]:
    """Words with equal forms: those that are written otherwise, one edit for neighbours, and the others."""
    found: list[Edit | str] = []
    same: list[str] = []
    for mine, other in zip(ours, theirs, strict=True):
        if mine.shown == other.shown:
            same.append(other.shown)
            continue
        beside = not same
        if same:
            found.append(" ".join(same))
            same = []
        _add(found, Edit(Kind.ORTHOGRAPHIC, mine.shown, other.shown), beside=beside)
    return [*found, " ".join(same)] if same else found


def _hunk(
    ours: list[_Word], here: slice, theirs: list[_Word], there: slice
) -> Sequence[Edit | str]:
    """The edits of one place where the words differ."""
    before, after = ours[here], theirs[there]
    whole = Edit(_kind(before, after), _shown(before), _shown(after))
    if whole.kind is Kind.ORTHOGRAPHIC:
        return [whole]
    if _frames(ours, here) and _frames(theirs, there):
        return [whole._replace(kind=Kind.BOILERPLATE)]
    if len(before) != len(after):
        return [whole]
    found: list[Edit | str] = []
    for mine, other in zip(before, after, strict=True):
        edit = Edit(_kind([mine], [other]), mine.shown, other.shown)
        _add(found, edit, beside=bool(found))
    return found


def _add(found: list[Edit | str], edit: Edit, *, beside: bool) -> None:
    """Appends an edit, or lengthens the last one that is of its kind and beside it."""
    last = found[-1] if beside and found else None
    if isinstance(last, Edit) and last.kind is edit.kind:
        found.pop()
        edit = Edit(edit.kind, f"{last.before} {edit.before}", f"{last.after} {edit.after}")
    found.append(edit)


def _shown(words: list[_Word]) -> str:
    return " ".join(word.shown for word in words)


_NEGATIONS = frozenset(
    similarity.forms(
        "không chưa chẳng chả đừng chớ khỏi cấm"
        " not no never none nor neither without cannot nothing nobody"
    )
)
_SHORT_NOT = re.compile(r"n['’]t\b", re.IGNORECASE)
# Words that count, measure or date; compared by their forms, so in small letters and tones last.
_MEASURES = frozenset(
    similarity.forms(
        "không một hai ba bốn năm sáu bảy tám chín mười mươi mốt tư lăm trăm nghìn ngàn vạn triệu tỷ tỉ rưỡi nửa"
        " âm dương thứ chủ nhật cn ngày tháng năm giờ phút giây tuần quý sáng trưa chiều tối đêm am pm sa ch"
        " giêng chạp km m cm mm ha kg g mg tạ tấn yến lít ml l độ c f kw kwh mw w v hz đồng đ vnd vnđ usd eur euro"
        " đô yên xu hào cent cents dollar dollars pound pounds percent phần"
        " zero one two three four five six seven eight nine ten eleven twelve hundred thousand million billion"
        " first second third half dozen minus plus below above monday tuesday wednesday thursday friday saturday"
        " sunday january february march april may june july august september october november december"
        " second minute hour day week month year seconds minutes hours days weeks months years noon midnight"
        " metre metres meter meters kilometre kilometres kilometer kilometers mile miles tonne tonnes ton tons"
        " gram grams kilogram kilograms kilo kilos litre litres liter liters degree degrees celsius fahrenheit"
        " hectare hectares acre acres foot feet inch inches watt watts kilowatt kilowatts"
    )
)
_SIGNS = frozenset({"Sc", "Sm", "So"})


def _kind(before: list[_Word], after: list[_Word]) -> Kind:
    """The kind of the difference between two runs of words, frames aside."""
    words = [*before, *after]
    spelt = _spelling(before)
    if spelt == _spelling(after) and (
        _joined(before) == _joined(after) or not any(map(_is_name, words))
    ):
        return Kind.ORTHOGRAPHIC
    if _negations(before) != _negations(after):
        return Kind.NEGATION
    if all(map(_is_measure, words)):
        return Kind.NUMBER
    return Kind.NAME if all(map(_is_name, words)) else Kind.WORD


def _joined(words: list[_Word]) -> str:
    return similarity.joined([word.form for word in words])


# The one vowel of a syllable is i or y by the paper's custom: kỹ and kĩ, tỷ and tỉ, quý and quí; thúy and thúi
# are two words. Names keep their letter.
_I_OR_Y = re.compile(r"(?:[hklmst]|qu)[yýỳỷỹỵ]")
_Y_AS_I = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")


def _spelling(words: list[_Word]) -> str:
    """The joined forms, with i for each y that may be written so."""
    return similarity.joined(
        [w.form.translate(_Y_AS_I) if _I_OR_Y.fullmatch(w.form) else w.form for w in words]
    )


def _negations(words: list[_Word]) -> int:
    return sum(w.form in _NEGATIONS or _SHORT_NOT.search(w.shown) is not None for w in words)


def _is_measure(word: _Word) -> bool:
    form = word.form
    if form in _MEASURES or any(map(str.isdigit, form)):
        return True
    return all(c in "#%&@‰‱" or unicodedata.category(c) in _SIGNS for c in form)


def _is_name(word: _Word) -> bool:
    letter = next(filter(str.isalpha, word.shown), "")
    return letter.isupper() and not word.opens and not word.shouts
