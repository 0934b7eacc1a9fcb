"""Gaps of the archive as spans."""

from __future__ import annotations

import pytest

from bimson_site.features.front import spans


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ((), ()),
        (((2020, 8),), (((2020, 8), (2020, 8)),)),
        (((2020, 11), (2020, 12), (2021, 1)), (((2020, 11), (2021, 1)),)),
        (((2020, 1), (2020, 3)), (((2020, 1), (2020, 1)), ((2020, 3), (2020, 3)))),
    ],
)
def test_neighbouring_months_are_one_span(months, expected) -> None:
    assert tuple(spans(months)) == expected
