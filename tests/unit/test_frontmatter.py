"""An article file is cut and its fields are read as text, with places; hostile YAML is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bimson_site.errors import Problem
from bimson_site.text.frontmatter import (
    Document,
    Fields,
    Items,
    Node,
    Text,
    block,
    body_at,
    read,
    split,
)


def article(text: str) -> Document:
    return read(text.encode(), "a.md")


def plainly(node: Node) -> object:
    """A node as text, tuples and dicts, to be compared at a glance."""
    match node:
        case Text(text=text):
            return text
        case Items(items=items):
            return [plainly(item) for item in items]
        case Fields(pairs=pairs):
            return {pair.key: plainly(pair.value) for pair in pairs}


def said(problem: Problem) -> tuple[str, int, int]:
    return problem.code, problem.where.line, problem.where.column


# --- cutting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fields", "body", "line"),
    [
        ("---\ntitle: Cầu mới\n---\nThân\n", {"title": "Cầu mới"}, "Thân\n", 4),
        ("\ufeff---\ntitle: Cầu\n---\nThân", {"title": "Cầu"}, "Thân", 4),
        ("\n  \n\n---\ntitle: Cầu\n---\nThân", {"title": "Cầu"}, "Thân", 7),
        ("--- \t\ntitle: Cầu\n---  \nThân", {"title": "Cầu"}, "Thân", 4),
        ("---\r\ntitle: Cầu\r\n---\r\nMột\r\nHai", {"title": "Cầu"}, "Một\nHai", 4),
        ("---\rtitle: Cầu\r---\rMột\rHai", {"title": "Cầu"}, "Một\nHai", 4),
        ("---\ntitle: Cầu\n...\nThân", {"title": "Cầu"}, "Thân", 4),
        ("---\n---\nThân", {}, "Thân", 3),
        ("---\n# chưa điền\n---\n\nThân", {}, "\nThân", 4),
        ("---\ntitle: Cầu\n---", {"title": "Cầu"}, "", 4),
        ("---\ntitle: Cầu\n---\n\n---\n\nSau vạch", {"title": "Cầu"}, "\n---\n\nSau vạch", 4),
        ("", {}, "", 1),
        ("Chỉ có thân\n", {}, "Chỉ có thân\n", 1),
        ("\ufeffChỉ có thân", {}, "Chỉ có thân", 1),
        ("----\ntitle: Cầu\n----\n", {}, "----\ntitle: Cầu\n----\n", 1),
        (" ---\ntitle: Cầu\n ---\n", {}, " ---\ntitle: Cầu\n ---\n", 1),
        ('+++\ntitle = "Cầu"\n+++\nThân', {"title": "Cầu"}, "Thân", 4),
    ],
)
def test_a_file_is_cut_into_fields_and_body(
    text: str, fields: object, body: str, line: int
) -> None:
    found = article(text)
    assert (plainly(found.fields), found.body, found.line, found.problems) == (
        fields,
        body,
        line,
        (),
    )
    assert body_at(text.encode(), found.offset) == body


@given(st.text(alphabet="-+.\r\n\ufeff a:đ", max_size=40))
def test_cutting_never_fails_and_the_body_is_found_again(text: str) -> None:
    raw = text.encode()
    found = read(raw, "a.md")
    if not any(p.code == "front-matter-unclosed" for p in found.problems):
        assert body_at(raw, found.offset) == found.body
        unix = text.replace("\r\n", "\n").replace("\r", "\n")
        assert unix.endswith(found.body)


@pytest.mark.parametrize(
    ("text", "line"),
    [("---\ntitle: Cầu\n", 1), ("\n\n---\n", 3), ("---", 1), ("+++\na = 1\n---\n", 1)],
)
def test_a_block_that_never_closes_is_an_error_at_its_opening(text: str, line: int) -> None:
    assert [said(p) for p in article(text).problems] == [("front-matter-unclosed", line, 1)]


@pytest.mark.parametrize(
    ("raw", "place", "byte"),
    [
        ("đi".encode() + b"\xe1 x", (1, 3), "0xE1"),
        (b"---\r\ntitle: \xcf\r\n---\r\n", (2, 8), "0xCF"),
        (b"---\ntitle: a\n---\n\nm\xf4t", (5, 2), "0xF4"),
        (b"a\rb\r\x80", (3, 1), "0x80"),
        ("đi".encode("utf-16"), (1, 1), "0xFF"),
        ("ab".encode("utf-16-le"), (1, 2), "0x00"),
        (b"a\n\0", (2, 1), "0x00"),
        (b"a\xff\0", (1, 2), "0xFF"),
        (b"---\nnever closed \xff", (2, 14), "0xFF"),
    ],
)
def test_bytes_that_are_not_utf8_are_named(raw: bytes, place: tuple[int, int], byte: str) -> None:
    (problem,) = read(raw, "a.md").problems
    assert said(problem) == ("encoding-invalid", *place)
    assert dict(problem.values)["byte"] == byte


# --- values -------------------------------------------------------------------------------------------


def test_scalars_stay_text_and_know_whether_they_were_quoted() -> None:
    fields = article("""---
draft: no
time: 12:30:45
mode: 0755
day: 2024-02-30
quoted: "true"
empty:
literal: |
  null
---
""").fields
    assert {p.key: (p.value.text, p.value.plain) for p in fields.pairs} == {  # type: ignore[union-attr]
        "draft": ("no", True),
        "time": ("12:30:45", True),
        "mode": ("0755", True),
        "day": ("2024-02-30", True),
        "quoted": ("true", False),
        "empty": ("", True),
        "literal": ("null\n", False),
    }


def test_every_key_and_value_has_its_place_in_the_file_in_characters() -> None:
    fields = article("\n---\ntác giả: [Ông 😀, Bà]\nnơi:\n  tỉnh: Hà\n---\n").fields
    first, second = fields.pairs
    assert (first.line, first.column, first.value.line, first.value.column) == (3, 1, 3, 10)
    assert isinstance(first.value, Items)
    assert [(i.line, i.column) for i in first.value.items] == [(3, 11), (3, 18)]
    assert isinstance(second.value, Fields)
    inner = second.value.pairs[0]
    assert (inner.line, inner.column, inner.value.line, inner.value.column) == (5, 3, 5, 9)


def test_a_line_separator_is_no_line_end_and_hides_no_second_field() -> None:
    found = article("---\ntitle: Một\u2028hai: ba\nauthor: An\n---\n")
    assert plainly(found.fields) == {"title": "Một hai: ba", "author": "An"}
    assert found.fields.pairs[1].line == 3


@pytest.mark.parametrize(
    ("yaml", "place"),
    [("a: 1\nb: 2\na: 3", (3, 1)), ("x:\n  a: 1\n  a: 3", (3, 3))],
)
def test_of_a_key_that_stands_twice_the_last_counts(yaml: str, place: tuple[int, int]) -> None:
    fields, problems = block(yaml, "f.yaml")
    assert "3" in str(plainly(fields))
    assert [said(p) for p in problems] == [("key-duplicate", *place)]
    assert problems[0].others[0].line == int(dict(problems[0].values)["first"])


# --- refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml", "what", "place"),
    [
        ("a: &neo 1", "an anchor (&neo)", (1, 4)),
        ("a: *neo", "an alias (*neo)", (1, 4)),
        ("b: 1\na: {<<: {c: d}}", "a merge key (<<)", (2, 5)),
        ("a: !!python/name:os.system x", "a tag (tag:yaml.org,2002:python/name:os", (1, 4)),
        ("a: ! x", "a tag (!)", (1, 4)),
        ("? [a]\n: b", "a list or mapping as a key", (1, 3)),
        ("a: " + "[" * 30 + "]" * 30, "more than 16 levels", (1, 19)),
        ("a: [" + "x," * 20_000 + "]", "more than 10,000 values", None),
        ("a: " + "x" * (1 << 20), "more than 1 MiB", (1, 1)),
    ],
)
def test_what_articles_do_not_need_is_refused_by_name(
    yaml: str, what: str, place: tuple[int, int] | None
) -> None:
    fields, (problem,) = block(yaml, "f.yaml")
    assert fields.pairs == ()
    assert problem.code == "front-matter-refused"
    assert what in dict(problem.values)["what"]
    assert place is None or (problem.where.line, problem.where.column) == place


@pytest.mark.parametrize(
    ("yaml", "reason", "place"),
    [
        ("a: b: c", "a second colon in one line", (1, 5)),
        ("a: 1\nchỉ có chữ\n", "a line without a colon", (2, 1)),
        ('a: 1\nb: "mở\nc: 2\n', "a quotation mark is never closed", (2, 4)),
        ("a: [1, 2\nb: 3", "a list in [ ] lacks a comma or its end", (1, 4)),
        ("a: @x", "@ begins a value", (1, 4)),
        ("a:\n\t- x", "a tab may not indent", (2, 1)),
        ("ông: b\x01c", "U+0001 is not text", (1, 7)),
        ("- a\n- b", "a list where fields should be", (1, 1)),
        ("chỉ có chữ", "a line without a colon", (1, 1)),
        ("a: 1\n---\nb: 2", "a second document begins here", (2, 1)),
        ('a: "\\uD800"', "found invalid Unicode character escape code", (1, 7)),
    ],
)
def test_broken_yaml_says_where_and_why(yaml: str, reason: str, place: tuple[int, int]) -> None:
    fields, (problem,) = block(yaml, "f.yaml")
    assert fields.pairs == ()
    assert said(problem) == ("front-matter-invalid", *place)
    assert dict(problem.values)["reason"] == reason


REFUSED, INVALID = "front-matter-refused", "front-matter-invalid"


@pytest.mark.parametrize(
    ("yaml", "code"),
    [
        ("[" * 30_000, REFUSED),
        ("a: " + "[\n" * 30_000, REFUSED),
        ("a: " + "{x: " * 30_000, REFUSED),
        ("- " * 30_000, REFUSED),
        ("? " * 30_000, REFUSED),
        ("a:\n " + "? " * 30_000, REFUSED),
        ("k" * 60_000 + ": x", INVALID),
        ("k" * 60_000, INVALID),
        ("a: [" + "[]," * 349_000, REFUSED),
        ("title: [\n  x\n" * 60_000, INVALID),
        ("title: ok\n" * 80_000, REFUSED),
        ("title: a: b\n" * 80_000, INVALID),
        ("a: x\u2028\n" * 100_000, REFUSED),
        ("a: &a [x]\n" + "b: {<<: [*a,*a,*a,*a,*a,*a,*a,*a,*a]}\n" * 20, REFUSED),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_hostile_yaml_is_refused_at_its_first_mistake(yaml: str, code: str) -> None:
    """One problem, where a limit or a mistake stops the reader: what follows is never read."""
    found = article(f"---\n{yaml}\n---\n")
    assert found.fields.pairs == ()
    assert [p.code for p in found.problems] == [code]


@pytest.mark.parametrize(
    ("yaml", "fields", "codes"),
    [
        ("title: " + "[" * 1_000_000, {"title": "[" * 1_000_000}, {"line-mended"}),
        ("#\n" * 500_000, {}, set()),
        ("a: b\n" * 9_000, {"a": "b"}, {"key-duplicate"}),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_huge_yaml_below_the_limits_is_read(
    yaml: str, fields: dict[str, str], codes: set[str]
) -> None:
    found = article(f"---\n{yaml}\n---\n")
    # Compared outside the assert, where pytest would explain a difference letter by letter.
    same = plainly(found.fields) == fields
    assert same
    assert {p.code for p in found.problems} == codes


@given(st.text(alphabet="a:-[]{}#&*!|>'\"%@`?,\\ \t\nđ\u2028\x07<", max_size=60))
def test_any_text_is_read_or_has_a_problem_inside_it(text: str) -> None:
    fields, problems = block(text, "f.yaml")
    assert isinstance(fields, Fields)
    for problem in problems:
        assert 1 <= problem.where.line <= text.count("\n") + 2
        assert problem.where.column >= 1


# --- headlines ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Thị xã: Khởi công cầu mới",
        "[Ảnh] Lễ hội làng",
        "[Video]",
        "{x}",
        '"A" và "B"',
        "'Mở' rồi đóng",
        "@ban_doc hỏi",
        "*đậm*",
        "& những người khác",
        "- một dòng",
        "%: giá tăng",
        "! Chú ý",
        "? Ai đúng",
        "`mã`",
        "> Xem thêm",
        "| Góc nhìn",
        "Kết thúc bằng hai chấm:",
        '"Mở mà không đóng',
        "C:\\tin: mới",
        ", phẩy",
    ],
)
def test_a_headline_that_yaml_refuses_is_read_as_the_whole_line(title: str) -> None:
    found = article(f"---\nauthor: An\ntitle:  {title} \ntags: [a]\n---\n")
    assert plainly(found.fields) == {"author": "An", "title": title, "tags": ["a"]}
    (warning,) = found.problems
    assert said(warning) == ("line-mended", 3, 9)
    mended, again = block(dict(warning.values)["mended"], "f.yaml")
    assert (plainly(mended), again) == ({"title": title}, ())


@pytest.mark.parametrize(
    ("yaml", "codes"),
    [
        ("title: a: b\n  c", ["front-matter-invalid"]),
        ("title: >\n  a: b\nx: y: z", ["front-matter-invalid"]),
        ("author: a: b", ["front-matter-invalid"]),
        ("title: a: b\nauthor: c: d", ["front-matter-invalid"]),
        ("x:\n  title: a: b", ["front-matter-invalid"]),
        ("title: a: b\nsummary: [c]", ["line-mended", "line-mended"]),
        ("title: a: b\n\nDescription: @c", ["line-mended", "line-mended"]),
        ("title:a", ["line-mended"]),
        ("author: An\ntitle:a\ntags: [b]", ["line-mended"]),
        ("title: []", []),
        ("title:\n  - a", []),
        ("title: >\n  a: b", []),
        ("title: |", []),
    ],
)
def test_only_lines_of_text_fields_are_mended(yaml: str, codes: list[str]) -> None:
    assert [p.code for p in article(f"---\n{yaml}\n---\n").problems] == codes


def test_the_first_error_stands_where_mending_does_not_help() -> None:
    (problem,) = article("---\ntitle: a: b\nauthor: c: d\n---\n").problems
    assert said(problem) == ("front-matter-invalid", 2, 9)


@pytest.mark.parametrize(
    ("line", "value", "mended", "column"),
    [
        ("title: Tin số #1 hôm nay", "Tin số", 'title: "Tin số #1 hôm nay"', 15),
        ("title: #1", "", 'title: "#1"', 8),
        ('summary: Nói "gì" #a', 'Nói "gì"', 'summary: "Nói \\"gì\\" #a"', 19),
    ],
)
def test_a_comment_that_swallows_a_headline_is_pointed_out(
    line: str, value: str, mended: str, column: int
) -> None:
    found = article(f"---\n{line}\n---\n")
    assert [said(p) for p in found.problems] == [("comment-in-text", 2, column)]
    assert dict(found.problems[0].values) == {
        "field": line.partition(":")[0],
        "value": value,
        "mended": mended,
    }
    assert list(plainly(found.fields).values()) == [value]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "line",
    ['title: "Tin #1" # xem lại', "author: An # xem lại", "title: C#1", "summary: # hai câu", "#x"],
)
def test_a_comment_that_swallows_nothing_is_no_matter(line: str) -> None:
    assert article(f"---\n{line}\n---\n").problems == ()


def test_a_comment_after_a_text_of_several_lines_is_seen_too() -> None:
    found = article("---\nsummary: Một\n  hai #3\n---\n")
    assert [said(p) for p in found.problems] == [("comment-in-text", 3, 7)]
    assert dict(found.problems[0].values)["mended"] == 'summary: "Một hai #3"'


def faithful(typed: str, value: Text) -> bool:
    """Whether YAML's reading of a line is what its writer meant."""
    if value.plain:
        return value.text == typed
    inner = typed[1:-1]
    if typed[0] == "'":
        return value.text == inner.replace("''", "'")
    return "\\" in inner or value.text == inner


@given(
    st.text(
        st.one_of(
            st.sampled_from(":#\"'[]{}@&*!?-%|>`, \\đễ"),
            st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]),
        ),
        min_size=1,
        max_size=40,
    ).filter(lambda t: t.strip("\ufeff \t").strip() != "")
)
@example('"')
@example("''")
@example("\ufffe")
def test_no_headline_is_lost_or_silently_misread(typed: str) -> None:
    found = article(f"---\ntitle: {typed}\nauthor: An\n---\n")
    typed = typed.strip()
    if re.fullmatch(r"[|>]([1-9][-+]?|[-+][1-9]?)?(\s+#.*)?|#([ #].*)?|\[\s*\]|\{\s*\}", typed):
        return  # the head of a block, a bare comment, an empty list: YAML's own, and not a headline
    title = found.fields.get("title")
    assert title is not None, found.problems
    assert found.fields.get("author") is not None
    assert isinstance(title.value, Text)
    match [p.code for p in found.problems]:
        case ["line-mended"]:
            assert (
                title.value.text
                == re.sub("[\ufffe\uffff]|[^\0-\ufffd\U00010000-\U0010ffff]", "", typed).strip()
            )
        case ["comment-in-text"]:
            assert typed.startswith(title.value.text)
        case codes:
            assert codes == []
            assert faithful(typed, Text(title.value.text.strip(), title.value.plain, 1, 1))


# --- TOML -------------------------------------------------------------------------------------------------


def test_toml_gives_the_same_values() -> None:
    found = article("""+++
title = "Cầu: mới"
date = 2020-08-05T11:43:20+07:00
day = 2020-08-05
draft = true
weight = 1.50
tags = ["a", "b"]
[params]
"nơi" = "Hà"
"by line" = 3
+++
Thân""")
    assert plainly(found.fields) == {
        "title": "Cầu: mới",
        "date": "2020-08-05T11:43:20+07:00",
        "day": "2020-08-05",
        "draft": "true",
        "weight": "1.50",
        "tags": ["a", "b"],
        "params": {"nơi": "Hà", "by line": "3"},
    }
    title, date = found.fields.pairs[:2]
    assert (title.line, title.column, title.value.column) == (2, 1, 9)
    assert isinstance(title.value, Text)
    assert isinstance(date.value, Text)
    assert (title.value.plain, date.value.plain) == (False, True)


@pytest.mark.parametrize(
    ("toml", "code", "line"),
    [
        ("a = 1\nb = Cầu", "front-matter-invalid", 3),
        ("a = 1\na = 2", "front-matter-invalid", 3),
        ("a = " + "[" * 30_000, "front-matter-refused", 2),
        ("a = " + "[" * 20 + "]" * 20, "front-matter-refused", 2),
        ("a." * 30_000 + "a = 1", "front-matter-refused", 2),
        ("a = " + "9" * 6_000, "front-matter-invalid", 2),
        ("a = '" + "x" * 70_000 + "'", "front-matter-refused", 2),
    ],
    ids=lambda value: str(value)[:16],
)
def test_broken_and_hostile_toml_is_named(toml: str, code: str, line: int) -> None:
    found = article(f"+++\n{toml}\n+++\nThân")
    assert [(p.code, p.where.line) for p in found.problems] == [(code, line)]
    assert (found.fields.pairs, found.body) == ((), "Thân")


def test_split_tells_the_block_from_the_body() -> None:
    cut = split("\n---\na: b\n---\nđ".encode(), "a.md")
    assert not isinstance(cut, Problem)
    assert (cut.fence, cut.block, cut.line, cut.body, cut.offset, cut.body_line) == (
        "---",
        "a: b\n",
        3,
        "đ",
        14,
        5,
    )
