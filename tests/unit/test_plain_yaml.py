"""YAML line by line: whatever it reads, libyaml reads alike; and it does read what articles hold."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bimson_site.text import mending, plain_yaml
from bimson_site.text.frontmatter import TEXT_KEYS
from bimson_site.text.nodes import Field, Fields, Items, Text

ODD = [
    *":,-#'\"[]{}&*!|>%@?\\ \n_.=<~\t\r",
    ": ",
    " #",
    "''",
    "- ",
    "\n- ",
    "\n ",
    "\nb: ",
    "...",
    "---",
]
ODD += ["\u00a0", "\u0085", "\u2028", "\ufeff", "\u0007", "\ufffe", "😀", "<<", "null", ""]
WORDS = [
    "chợ",
    "2020-08-05T08:00:00+07:00",
    "x:y",
    "C#",
    "“mở”",
    "(a)",
    "it's",
    "1",
    "null",
    "a, b",
]
words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
# Most lines mean one thing only; an odd piece in one of three makes that doubtful.
oddly = st.tuples(words, st.sampled_from(ODD), words | st.just("")).map("".join)
bare = words | words | words | oddly
quoted = bare | bare.map("'{}'".format) | bare.map('"{}"'.format)
listed = st.lists(quoted, max_size=3).map(", ".join).map("[{}]".format)
ends = st.sampled_from(["\n", "\n", "\n", " \n", "\n\n", ""])
keys = st.sampled_from(["title", "tags", "a", "b-c", "Date", "summary", "d", "e", "f"])
pairs = st.tuples(keys, st.sampled_from([": ", ": ", ":  ", ":"]), quoted | listed, ends)
dashes = st.tuples(st.sampled_from(["- ", "  - ", "-   "]), quoted, ends).map("".join)
lists = st.tuples(keys, st.sampled_from([":\n", ": \n"]), st.lists(dashes, max_size=3).map("".join))
blocks = st.lists((pairs | lists).map("".join) | dashes, min_size=1, max_size=4).map("".join)


@given(blocks)
@settings(max_examples=600)
@example("a:\n\n- b\n\n- c\nd: e\n\n")
@example("a: b\n- c\n")
@example("a:\n- b\n - c\n")
@example("title: [a]\n")
@example("title: a # b\n")
@example("a: ['b', c: d]\n")
@example("a: [b, ]\n")
@example("a: 'b''c'  \n")
@example("a: b:\n")
def test_libyaml_reads_the_same(block: str) -> None:
    found = plain_yaml.read(block, 2, TEXT_KEYS)
    if found is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_yaml, "read", lambda *_: None)
        fields, problems = mending.read(block, "a.md", 2, TEXT_KEYS, mend=True)
    assert repr(found) == repr(fields)
    assert problems == ()


def test_an_ordinary_article_is_read() -> None:
    block = """\
title: "Chợ cũ: mở lại"
timestamp: 2020-08-05T08:00:00+07:00
authors: [Mai Liên, 'Hà Vy']
tags:
  - chợ

  - "phường #2"
draft:
"""
    assert plain_yaml.read(block, 2, TEXT_KEYS) == Fields(
        (
            Field("title", 2, 1, Text("Chợ cũ: mở lại", False, 2, 8)),
            Field("timestamp", 3, 1, Text("2020-08-05T08:00:00+07:00", True, 3, 12)),
            Field(
                "authors",
                4,
                1,
                Items((Text("Mai Liên", True, 4, 11), Text("Hà Vy", False, 4, 21)), 4, 10),
            ),
            Field(
                "tags",
                5,
                1,
                Items((Text("chợ", True, 6, 5), Text("phường #2", False, 8, 5)), 6, 3),
            ),
            Field("draft", 9, 1, Text("", True, 9, 7)),
        ),
        2,
        1,
    )


@pytest.mark.parametrize(
    "block",
    [
        "",
        "title: Chợ: mở\n",
        "title: mở # lại\n",
        "title: [mở]\n",
        "a: b\na: c\n",
        "a: b\n  c\n",
        "a:\n  b: c\n",
        "a: |\n  b\n",
        'a: "b\\n"\n',
        "a: *b\n",
        "<<: b\n",
        "a: {b: c}\n",
        "a: [b, [c]]\n",
        "a: b\u2028c: d\n",
        "a:\tb\n",
        "a: b",
        "a: " + "b" * plain_yaml.LONGEST + "\n",
    ],
)
def test_what_may_mean_more_is_left_to_libyaml(block: str) -> None:
    assert plain_yaml.read(block, 2, TEXT_KEYS) is None
