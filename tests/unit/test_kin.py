"""What follows from what articles are to each other: who joins whom, what pages say of each other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

from hypothesis import example, given
from hypothesis import strategies as st

from bimson_site.model import Link, Pair
from bimson_site.pipeline.kin import LONG, RELATED, candidates, links, refiled, settled
from bimson_site.text.sentences import packed
from bimson_site.text.verdicts import Verdict

VERSION, SERIES, RELATED_TO, REFILE = Verdict.VERSION, Verdict.SERIES, Verdict.RELATED, "refile"


def pairs(*told: tuple[str, str, str] | tuple[str, str, str, float]) -> tuple[Pair, ...]:
    return tuple(
        Pair(one, two, str(verdict), *(rest or (0.9,))) for one, two, verdict, *rest in told
    )


def order(names: str) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def anybody(_path: str, _others: object) -> bool:
    return True


def test_one_sentence_is_enough_for_short_texts_only() -> None:
    def proposed(size: int, *, shared: int) -> bool:
        ours, theirs = range(size), range(size - shared, 2 * size - shared)
        return candidates([packed(tuple(ours)), packed(tuple(theirs))]) == ((0, 1),)

    assert proposed(LONG - 1, shared=1)
    assert not proposed(LONG, shared=1)
    assert proposed(LONG, shared=2)


@given(st.lists(st.sets(st.integers(0, 12), max_size=8), max_size=12))
@example([{0, 2**32 - 1}, {2**32 - 1}, set(), {0}])
def test_each_sentence_proposes_the_three_before_that_carry_it(texts: list[set[int]]) -> None:
    times: Counter[tuple[int, int]] = Counter()
    for later, hashes in enumerate(texts):
        for each in hashes:
            carriers = [place for place in range(later) if each in texts[place]]
            times.update((one, later) for one in carriers[-3:])
    expected = [
        pair
        for pair in sorted(times, key=lambda pair: pair[::-1])
        if times[pair] > 1 or any(len(texts[place]) < LONG for place in pair)
    ]
    assert candidates([packed(tuple(sorted(each))) for each in texts]) == tuple(expected)


def test_a_refile_joins_the_first_and_is_asked_about_it() -> None:
    """c was compared with b only; b has joined a, so c is compared with a."""
    found = pairs(("a", "b", REFILE), ("b", "c", REFILE))
    asked = []

    def ask(one: str, two: str) -> str:
        asked.append((one, two))
        return "refile"

    assert refiled(found, ask, anybody) == {"a": ("b", "c")}
    assert asked == [("a", "c")]
    assert refiled(found, lambda _a, _b: "version", anybody) == {"a": ("b",)}


def test_who_is_parted_does_not_join() -> None:
    found = pairs(("a", "b", REFILE), ("a", "c", REFILE))

    def apart(path: str, others: Iterable[str]) -> bool:
        return not {path, *others} >= {"b", "c"}

    assert refiled(found, lambda _a, _b: "refile", apart) == {"a": ("b",)}


def test_pairs_of_copies_are_pairs_of_their_pages() -> None:
    """b is a copy of c; of two pairs of one pair of pages the closest is told, and none within a page."""
    found = pairs(("a", "b", SERIES), ("a", "c", VERSION), ("b", "c", "refile"), ("a", "d", "none"))
    assert settled(found, {"b": "c"}, order("acd")) == pairs(("a", "c", VERSION))
    turned = settled(pairs(("a", "b", VERSION)), {"a": "c"}, order("bc"))
    assert turned == pairs(("b", "c", VERSION))


def test_one_text_on_two_pages_is_a_series_or_a_version() -> None:
    found = settled(pairs(("a", "b", "repeat"), ("b", "c", "refile")), {}, order("abc"))
    assert found == pairs(("a", "b", SERIES), ("b", "c", VERSION))


def test_versions_lead_both_ways() -> None:
    assert links(pairs(("a", "b", VERSION))) == {
        "a": (Link("b", VERSION, later=True),),
        "b": (Link("a", VERSION, later=False),),
    }


def test_a_series_is_a_line() -> None:
    """c is of a series with a and b: it follows b. d and e both follow c: c leads to d."""
    told = (("a", "b"), ("a", "c"), ("b", "c"), ("c", "d"), ("c", "e"))
    found = links(pairs(*((one, two, SERIES) for one, two in told)))
    assert found["c"] == (Link("b", SERIES, later=False), Link("d", SERIES, later=True))
    assert found["a"] == (Link("b", SERIES, later=True),)
    assert found["e"] == (Link("c", SERIES, later=False),)


def test_related_are_the_likest_earlier_ones() -> None:
    told = [(name, "z", RELATED_TO, 0.5 + place / 100) for place, name in enumerate("abcdefg")]
    found = links(pairs(*told))
    assert [link.path for link in found["z"]] == list("cdefg")
    assert set(found) == {"z"}
    assert len(found["z"]) == RELATED
    same = links(pairs(*((name, "z", RELATED_TO, 0.5) for name in "abcdefg")))
    assert [link.path for link in same["z"]] == list("cdefg")


def test_what_is_settled_does_not_depend_on_the_order_of_pairs() -> None:
    names = "abcdefgh"
    chance = random.Random(3)
    verdicts = [VERSION, SERIES, RELATED_TO, "none"]
    told = [
        Pair(one, two, str(chance.choice(verdicts)), chance.random())
        for at, two in enumerate(names)
        for one in names[:at]
    ]
    page_of = {"c": "e", "d": "e"}
    expected = settled(told, page_of, order("abefgh"))
    assert settled(chance.sample(told, len(told)), page_of, order("abefgh")) == expected
