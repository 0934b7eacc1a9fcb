"""Repeats against what fools others: notices that differ in one word are never folded, copies printed in
another way are. Beside ours: an equal body, title and date, and 5-gram Jaccard (what MinHash estimates).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

import pytest

from bimson_site.text.similarity import title_key
from bimson_site.text.verdicts import FOLDED, Judgement, Side, Verdict, judge
from hard_cases import MOULDS, SLOTS, WAYS, Pair, in_other_dress, negatives, reprints, same_words

Judge = Callable[[Side, Side], bool]
LINKED = {Verdict.VERSION, Verdict.SERIES}


@cache
def judged(pair: Pair) -> Judgement:
    return judge(pair.a, pair.b)


@cache
def edited() -> tuple[Pair, ...]:
    return tuple(negatives(len(MOULDS) * len(SLOTS) * 26))


@cache
def equal() -> tuple[Pair, ...]:
    return tuple(same_words(400))


@cache
def copies() -> tuple[Pair, ...]:
    return tuple(pair for ways in (1, 2, 3) for pair in reprints(800, ways, seed=ways))


def folds(a: Side, b: Side) -> bool:
    return judge(a, b).verdict in FOLDED


def same_body(a: Side, b: Side) -> bool:
    return a.text.strip() == b.text.strip()


def same_title_and_day(a: Side, b: Side) -> bool:
    days = {side.published.local.date() for side in (a, b)}
    return title_key(a.title) == title_key(b.title) and len(days) == 1


def jaccard(a: Side, b: Side) -> bool:
    one, two = _shingles(a.text), _shingles(b.text)
    return bool(one or two) and len(one & two) / len(one | two) >= 0.8


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def share(pairs: Iterable[Pair], said: Judge) -> float:
    answers = [said(pair.a, pair.b) for pair in pairs]
    return sum(answers) / len(answers)


def test_there_are_enough_hard_negatives_of_every_kind() -> None:
    kinds = Counter(pair.made.split(":")[0] for pair in edited())
    assert len(edited()) >= 3000
    assert set(kinds) == set(SLOTS)
    assert min(kinds.values()) >= 300
    assert all(pair.a.text != pair.b.text for pair in edited())


def test_no_hard_negative_is_folded() -> None:
    wrong = [pair for pair in (*edited(), *equal()) if judged(pair).verdict in FOLDED]
    assert [(pair.made, judged(pair).rule, pair.a.text, pair.b.text) for pair in wrong] == []


def test_no_hard_negative_is_folded_in_another_dress() -> None:
    wrong = [p for p in in_other_dress(edited()) if judged(p).verdict in FOLDED]
    assert [(pair.made, judged(pair).rule, pair.a.text, pair.b.text) for pair in wrong] == []


def test_copies_printed_in_another_way_are_folded() -> None:
    missed = [pair for pair in copies() if judged(pair).verdict not in FOLDED]
    print("missed", len(missed), "of", len(copies()), Counter(pair.made for pair in missed))
    assert {pair.made.split(" + ")[0] for pair in copies()} == set(WAYS)
    assert len(missed) <= 0.005 * len(copies())


def test_notices_with_one_edit_are_linked() -> None:
    verdicts = Counter(judged(pair).verdict for pair in edited())
    print("one edit", verdicts)
    assert sum(verdicts[verdict] for verdict in LINKED) >= 0.9 * len(edited())


def test_a_verdict_is_the_same_from_both_sides() -> None:
    for pair in (*edited()[::3], *equal(), *copies()[::3]):
        there, back = judged(pair), judge(pair.b, pair.a)
        assert there[:3] == back[:3]
        assert [edit.kind for edit in there.edits] == [edit.kind for edit in back.edits]


@pytest.mark.parametrize("other", [same_body, same_title_and_day, jaccard])
def test_ours_beats_the_usual_ways(other: Judge) -> None:
    hard = (*edited(), *equal())
    ours, theirs = share(hard, folds), share(hard, other)
    our_recall, their_recall = share(copies(), folds), share(copies(), other)
    print(
        f"{other.__name__}: false {theirs:.1%} (ours {ours:.1%}), recall {their_recall:.1%} (ours {our_recall:.1%})"
    )
    assert ours == 0 < theirs
    assert our_recall > their_recall
