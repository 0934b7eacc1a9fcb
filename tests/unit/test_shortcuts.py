"""Shortcuts around markdown-it-py: whatever a body holds, a reader sees what the library makes of it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bimson_site.text.markdown import parser as parsing
from bimson_site.text.markdown import read_and_draw, render

LIBRARY = parsing.library()


def seen(body: str, title: str) -> object:
    """All that is made of a body."""
    reading, draw = read_and_draw(body)
    html = render(body, lambda reference: "../" + reference, title=title, backlink="Về {number}")
    return reading, draw and draw(title), html


def seen_by_the_library(body: str, title: str) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "_parser", lambda: LIBRARY)
        return seen(body, title)


STARTS = (
    "", "", "", "- ", "- ", "* ", "-  ", "-     ", "+ ", "1. ", "1. ", "2. ", "1) ", "12. ", "1.", "-", "*",
    "> ", ">", ">  ", "# ", "## ", "### ", "#", "| ", "|", "| ", "  ", "    ", "\t", "**", "***", "_", "`",
    "```", "~~~", "[", "[^1]: ", "[a]: ", ":", "=", "==", "---", "***", "|-|", "|:-:|--:|", "|-|-|", "<b>",
    "&", "!", "![", "\\", "~~", "\xa0", "\u3000", "2021", "(", "\u0301", "﹡", "Ⅷ",
)  # fmt: skip
WITHIN = (
    "Chợ", "mở", "Chợ", "mở", " ", " ", " ", "  ", "*", "**", "*mở*", "**Chợ mở.**", "**mở**.", " *mở* ",
    "[mở](https://x.vn/cho-1)", "[mở](b.md)", "[mở](../b.md)", "[^1]", "[a]", "![mở](b.jpg)", "[", "](", ")",
    "|", " | ", " |", "]:", "]", "!", "\\", "`", "`mở`", "#", " #", "1", ".", ",", ":", "(", '"', "\xa0", "_",
    "~~mở~~", "&amp;", "&#12;", "&", "<b>", "<!--", "<", ">", "\t", "\u2028", "-", "=", "ª", "\u0301", "€",
)  # fmt: skip
ENDS = ("\n", "\n", "\n\n", "\n\n", "\n\n\n", "  \n", " \n\n", "\n \n", "\n\t\n", "")
line = st.tuples(
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(WITHIN), max_size=7).map("".join),
    st.sampled_from(ENDS),
).map("".join)
written = st.lists(line, max_size=9).map("".join)
soup = st.lists(st.sampled_from((*STARTS, *WITHIN, *ENDS)), max_size=16).map("".join)


@given(written | soup | st.text(), st.sampled_from(["", "Chợ", "mở"]))
@settings(max_examples=1000)
@example("Chợ|Phường\n-|-\nmở|cửa\n", "")
@example("| \n| \n", "")
@example("- Chợ\n  mở\n- ===\n> Chợ\nmở\n", "")
@example("[^1]\n\n[^1]: Chợ\n\n    mở\n", "")
@example("**Chợ**\n\n***\n\n*Chợ*\n* * *\n__a\n___\n_ b\n*\n**\nc", "")
@example("* **Chợ**\n* *mở*\n*\n_ _ _a\n", "")
def test_a_body_is_what_the_library_makes_of_it(body: str, title: str) -> None:
    assert seen(body, title) == seen_by_the_library(body, title)


# What is a shortcut, or only just none: lists, numbers, quotes, headings, tables, paragraphs, marks.
CLOSE = (
    "- Chợ\n- mở", "- Chợ\n- mở\n\n- họp", "- Chợ\n- mở\n\n* họp", "- Chợ\n\n1. mở", "- Chợ\n\n  mở",
    "- Chợ\n\n\n    mở", "1. Chợ\n1. mở\n\n2) họp", "3. Chợ\n4. mở\n\n9. họp", "1. Chợ\n2) mở", "- Chợ\n* mở",
    "- Chợ\n\n-\n", "1. Chợ\n\n2.\n", "* Chợ\n\n* * *", "- Chợ\n\n---\n\nmở", "-     Chợ\n- mở", "- - Chợ",
    "- Chợ\nmở", "- Chợ\n# mở", "- [a]: b\n\n[a]", "- > Chợ", "- *Chợ* [mở](b.md)\n- `họp`  ", "0. Chợ\n7. mở",
    "Chợ\n\n1. mở", "Chợ\n1. mở", "Chợ\n2. mở", "Chợ\n12.5 mở", "12.5 mở\n3.\n", "1234567890. mở", "2021. Chợ",
    "> Chợ\n> mở\n\n> họp", "> Chợ\nmở", "> Chợ\n>\n> mở", ">Chợ\n>  mở", "> - Chợ", "> [a]: b\n\n[a]",
    "> Chợ\n> ===", "# Chợ", "## Chợ ##", "### Chợ#", "####### Chợ", "#  Chợ  \n\nmở", "# Chợ\nmở", "#Chợ",
    "# a | b\n|-|-|", "| a | b |\n|---|--:|\n| c |", "|a|\n|-|\n|b|c|d|", "|a|b|\n|-|\n|c|", "|a|\n|:-:|\n\nb",
    "| a |\n| - |\nb", "|a\\|b|\n|-|", "|a|b|\n|-|-|\n|c\\|d|e|", "|a|b|\n|-|-|\n|`c|d`|", "|a|\n||\n|b|",
    "||\n|-|\n|b|", "| a\n|-\n| *b* `c`", "|a|b|\n|-|-|\n|c||", "|a|\n|-|\n|\n||\n", "|a|\n|-|\n|b|\n# c", "a|b\n:-|-",
    "|\n||", "|\n|", "| \n|-|\n", "|\u2028\n|-|", "|a|\n|-|\n| \n|b| ", "|a|\n|- -|", "|a|b|\n|:|-|", "| a | \n| - | \n| b | ", "|a|\n|---|\n| [b](c.md) |", "|a|\n|-|", "|a|b|\n|-||",
    "[a]: b\n\n[a]", "[a\nb]: c\n\n[a b]", "[^a]: b", "[a](b.md) c\n[^d]: e", "[a]:\nb\n\n[a]", "`a`\nb", "```\na\n\nb",
    "a\n=", "a\n---", "a\n: b", "a\n+ b", "a\n***", "**a**\n**b", "a  \nb", "a \nb", "a\n  b", "a\\\nb", "a\t\nb",
    "a\xa0\n\nb\u3000", "a\n    b", "**a**b", "**a**.", "**a.**b", "**a.**,", "x**a**", "(**a**)", "**a** **b**",
    "***a***", "**a*b**", "*a**", "* a*", "** a** b", "x*.a* b", "x ** a** b", "<https://x.vn/>", "<a@x.vn>", "a&amp;b", "**a **", "**a **.", "*a*(", "x*a*", "[a](b.md)*c*", "a *b* c* d", "**a\xa0**", "*a*\xa0b", "\xa0*a*", "**a**\u2028", "*a*\n*b*",
    "*a\nb*", "**\u0301a**", "*€a*", "*a€* b", "**a**€", "*a* b*", "![a](b.md)", "!\\[a](b.md)", "[a](b.md)[c]",
    "[a](b c)", "[a](b.md 'c')", "[a](//b)", "[a](javascript:b)", "[a](b)(c)", "[a](https://x.vn)", "[a](b.md",
    "[a](https://X.vn/)", "[a](http://x.vn:80/)", "[a] (b.md)", "[[a](b.md)]", "[a]b](c.md)", "[*a*](b.md)", "[](b)",
    "![a](b)\n\n*c*", "![a](b)\n*c*", "![a](b)\n\nc", "![a](b)\n\n*c\nd*", "[![a](b)](c)\n\n*c* d", "- ![a](b)\n\n*c*",
)  # fmt: skip
AROUND = ("{}", "{}\n", "mở\n\n{}\n\n*họp* chợ\n", "# Một\n\n{}\n \n  hai", "{}\n\n- chợ", "> {}\n")


@pytest.mark.parametrize("body", CLOSE)
def test_so_is_what_comes_close_to_a_shortcut(body: str) -> None:
    for around in AROUND:
        whole = around.format(body)
        assert seen(whole, "Một") == seen_by_the_library(whole, "Một")


@given(st.from_regex(r"(https?://)?[a-z0-9.\-]{0,9}(/[A-Za-z0-9._\-/]{0,9})?", fullmatch=True))
def test_an_address_is_encoded_as_by_the_library(url: str) -> None:
    assert parsing._parser().normalizeLink(url) == LIBRARY.normalizeLink(url)
