"""The index of people: filed by the given name, each letter in one piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bimson_site.features.terms import plan_index
from bimson_site.model import TermIndex, TermKind, TermRef
from bimson_site.text import vietnamese


def letters(*names: str) -> list[str]:
    ordered = sorted(names, key=vietnamese.given_name_key)
    refs = tuple(
        (TermRef(TermKind.AUTHOR, name, f"/authors/{n}/"), 1) for n, name in enumerate(ordered)
    )
    (page,) = plan_index(TermIndex(TermKind.AUTHOR, refs), None)  # type: ignore[arg-type]
    return [letter for letter, _ in page.inputs[1]]


def test_people_are_filed_by_the_given_name() -> None:
    names = ("Hà Vy", "Lâm Thoả(từ Bến Đò).", "Mai Liên (tổng hợp)", "Trần Ân", "Lê An", "Đỗ Đức")
    assert letters(*names) == ["A", "Â", "Đ", "L", "T", "V"]


@given(st.lists(st.text("abđ ÂTV().,:-", min_size=1, max_size=12), unique=True, max_size=12))
def test_a_letter_stands_once_and_in_order(names: list[str]) -> None:
    found = letters(*names)
    assert len(found) == len(set(found))
    plain = [letter for letter in found if letter != "#"]
    assert plain == sorted(plain, key=vietnamese.sort_key)
