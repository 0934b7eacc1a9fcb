"""Digests depend on every field, on nothing else, and tell apart what differs."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import Card, Precision, Timestamp, digest, sealed

WHEN = Timestamp(Precision.TIME, datetime(2020, 8, 5, 11, 43, 20), 7 * 3600)
CARD = Card("/2020/08/05/tin/", "Tin", WHEN, authors=("Mai Liên", "Hà Vy"))

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4).map(tuple),
    max_leaves=12,
)


@given(values, values)
def test_two_values_have_one_digest_only_if_they_are_equal(a: object, b: object) -> None:
    assert (digest(a) == digest(b)) == (repr(a) == repr(b))


def test_a_digest_is_the_same_in_every_process() -> None:
    assert digest(CARD) == "8a3021f0b6a1c416250575351dbe5d3e"


@pytest.mark.parametrize("name", [f.name for f in fields(Card)])
def test_every_field_counts(name: str) -> None:
    value = getattr(CARD, name)
    other = {str: "khác", bool: True, tuple: ("Ai",)}.get(type(value), "khác")
    assert digest(replace(CARD, **{name: other})) != digest(CARD)


def test_what_has_no_settled_order_has_no_digest() -> None:
    with pytest.raises(TypeError):
        digest({"a": 1})


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
