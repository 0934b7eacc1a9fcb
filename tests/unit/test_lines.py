"""Which characters no page may hold: all of them, one by one."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.text.lines import in_one_line, single_spaced, without_controls

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


def is_control(char: str) -> bool:
    """Controls save tab and line feed, and noncharacters."""
    code = ord(char)
    nowhere = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return nowhere or (unicodedata.category(char) == "Cc" and char not in "\t\n")


def test_every_control_character_goes_and_no_other() -> None:
    ends = "\r\x85"  # these become line feeds
    others = [char for char in EVERY if char not in ends]
    kept = "".join(char for char in others if not is_control(char))
    assert without_controls("".join(others)) == kept
    assert without_controls(kept) == kept
    for char in filter(is_control, others):
        assert without_controls(f"a{char}ễ") == "aễ"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\n"])
def test_a_line_ends_in_one_way(end: str) -> None:
    assert without_controls(f"a{end}b") == "a\nb"


spaced = st.text(st.sampled_from("aễ \t\n\xa0\u2028\u200b\x07"))


@given(spaced | st.text())
def test_one_line_has_single_spaces(text: str) -> None:
    assert single_spaced(text) == " ".join(text.split())
    line = in_one_line(text)
    assert line.isprintable()
    assert in_one_line(line) == line == " ".join(line.split())
