"""Digests depend on every field, on nothing else, and tell apart what differs."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import (
    Article,
    Body,
    Card,
    Day,
    Kind,
    Precision,
    Timestamp,
    digest,
    sealed,
)

WHEN = Timestamp(Precision.TIME, datetime(2020, 8, 5, 11, 43, 20), 7 * 3600)
CARD = Card("/2020/08/05/tin/", "Tin", WHEN, authors=("Mai Liên", "Hà Vy"))
ARTICLE = Article(
    id="a.md",
    path="content/a.md",
    title="Tin",
    skeleton="",
    body=Body("content/a.md", 0, 1, ""),
    places=(("title", 2, 8),),
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4).map(tuple),
    max_leaves=12,
)


@given(values, values)
def test_two_values_have_one_digest_only_if_they_are_equal(a: object, b: object) -> None:
    assert (digest(a) == digest(b)) == (repr(a) == repr(b))


@given(st.text() | st.text("ab", max_size=2))
def test_a_digest_sees_no_sharing(text: str) -> None:
    """Which strings are one object, or interned, differs from process to process."""
    shared, apart = sys.intern(text), "".join(list(text))
    assert digest((shared, shared, (shared,))) == digest((apart, "".join(list(text)), (apart,)))


def test_a_digest_is_the_same_in_every_process() -> None:
    assert digest(CARD) == "b729e73abf1a8ce5890f8f1df84a19b4"
    assert sealed(ARTICLE).digest == "c680c576b25a8125d3188688124aad58"


@dataclass(frozen=True)
class Nothing:
    """A value without fields."""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        (0.0, -0.0),
        ("", None),
        ("a", b"a"),
        ((), ""),
        (((),), ()),
        (("a", "b"), ("ab",)),
        (Day(2020, 8, 5), (2020, 8, 5)),
        (Day(2020, 8, 5), ("Day", 2020, 8, 5)),
        (Day(2020, 8, 5), (2020, 8, 5, "Day")),
        (Nothing(), ()),
        (WHEN, replace(WHEN, offset=0)),
        (datetime(2020, 8, 5), datetime(2020, 8, 5, tzinfo=UTC)),
        (datetime(2020, 8, 5), "2020-08-05T00:00:00"),
        (sealed(CARD), sealed(CARD).digest),
    ],
)
def test_what_differs_in_type_differs_in_digest(one: object, other: object) -> None:
    assert digest(one) != digest(other)
    assert digest((one,)) != digest((other,))


def test_a_member_of_an_enum_is_its_value() -> None:
    assert digest(Kind.PAGE) == digest("page")
    assert digest((Precision.DAY,)) == digest((4,))


@pytest.mark.parametrize("name", [f.name for f in fields(Card)])
def test_every_field_counts(name: str) -> None:
    value = getattr(CARD, name)
    other = {str: "khác", bool: True, tuple: ("Ai",)}.get(type(value), "khác")
    assert digest(replace(CARD, **{name: other})) != digest(CARD)


@pytest.mark.parametrize("value", [{"a": 1}, {"a"}, frozenset("a"), ["a"], 1j, ...])
def test_what_has_no_settled_order_has_no_digest(value: object) -> None:
    for held in (value, (value,), Day(value, 8, 5)):  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            digest(held)


@pytest.mark.parametrize(
    ("precision", "iso"),
    [
        (Precision.TIME, "2020-08-05T11:43:20+07:00"),
        (Precision.DAY, "2020-08-05"),
        (Precision.MONTH, "2020-08"),
        (Precision.YEAR, "2020"),
        (Precision.ABOUT, "~2020"),
        (Precision.UNDATED, ""),
    ],
)
def test_a_timestamp_says_as_much_as_is_known(precision: Precision, iso: str) -> None:
    assert replace(WHEN, precision=precision).iso == iso


def test_an_instant_is_in_utc() -> None:
    assert WHEN.instant == 1596602600


def test_a_sealed_card_stands_for_its_fields() -> None:
    card = sealed(CARD)
    assert card.digest == digest(CARD)
    assert sealed(card) == card
    assert digest((card,)) != digest((sealed(replace(CARD, title="Khác")),))
    assert sealed(replace(card, title="Khác")).digest != card.digest


def test_where_fields_stand_does_not_count() -> None:
    assert sealed(ARTICLE).digest == sealed(replace(ARTICLE, places=())).digest
    assert sealed(ARTICLE).places == ARTICLE.places


@pytest.mark.parametrize("name", [f.name for f in fields(Article) if f.name != "places"])
def test_every_other_field_of_an_article_counts(name: str) -> None:
    other = {str: "khác", bool: True, tuple: ("Ai",)}.get(type(getattr(ARTICLE, name)), WHEN)
    assert digest(replace(ARTICLE, **{name: other})) != digest(ARTICLE)
