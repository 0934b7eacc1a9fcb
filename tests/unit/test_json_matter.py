"""Hugo's JSON front matter: fields with their places; what is no JSON object stays text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.errors import Problem
from bimson_site.text.frontmatter import Fields, Items, Node, Text, body_at, read, split

PLAIN = {
    "title": "Cầu: mới",
    "date": "2020-08-05",
    "draft": True,
    "weight": 1.50,
    "tags": ["a", "b"],
    "none": None,
    "params": {"nơi": "Hà", "by line": 3},
}


def plainly(node: Node) -> object:
    match node:
        case Text(text=text):
            return text
        case Items(items=items):
            return [plainly(item) for item in items]
        case Fields(pairs=pairs):
            return {pair.key: plainly(pair.value) for pair in pairs}


def as_text(value: object) -> object:
    """What JSON says, every scalar as the text that stands in the file."""
    match value:
        case dict():
            return {key: as_text(inner) for key, inner in value.items()}
        case list():
            return [as_text(inner) for inner in value]
        case str():
            return value
    return json.dumps(value)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_gives_the_same_values(indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(PLAIN, indent=indent, ensure_ascii=ascii_only)
    found = read(f"{text}\nThân\n".encode(), "a.md")
    assert (plainly(found.fields), found.body, found.problems) == (as_text(PLAIN), "Thân\n", ())
    kinds = {p.key: p.value.plain for p in found.fields.pairs if isinstance(p.value, Text)}
    assert kinds == {"title": False, "date": False, "draft": True, "weight": True, "none": True}


def test_keys_and_values_have_their_places() -> None:
    found = read(
        b'\n{\r\n  "a\\u0062": {"c":\r\n 1}, "ab": "\\"c\\": 2",\r\n "c" : 3 }\r\nx', "a.md"
    )
    places = [(p.key, p.line, p.column, p.value.line, p.value.column) for p in found.fields.pairs]
    assert places == [("ab", 4, 6, 4, 12), ("c", 5, 2, 5, 8)]
    (twice,) = found.problems
    assert (twice.code, twice.where.line, twice.others[0].line) == ("key-duplicate", 4, 3)
    assert (found.body, found.line) == ("x", 6)


@pytest.mark.parametrize(
    ("text", "fields", "body"),
    [
        ('{"a": "b"}', {"a": "b"}, ""),
        ('{"a": "b"} \r\n\r\nThân', {"a": "b"}, "\nThân"),
        ('\ufeff{"a": "b"}\nThân', {"a": "b"}, "Thân"),
        ('{"a": "b"}Thân', {"a": "b"}, "Thân"),
        ('{"a": "\\ud83d\\ude00 \\ud800"}', {"a": "😀 \ufffd"}, ""),
        ('{"a": ' + "9" * 9_000 + "}", {"a": "9" * 9_000}, ""),
        *(
            (same, {}, same)
            for same in (
                "{}",
                "{} là ngoặc",
                "{% raw %}Thân{% endraw %}",
                "{{< figure src=a.jpg >}}",
                "{{ page.title }}",
                "{một}",
                "{",
                '{"a": "b",}\nThân',
                '{"a": "b"\nThân',
                '[{"a": "b"}]',
                ' {"a": "b"}',
                'Thân\n{"a": "b"}',
            )
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_only_a_json_object_is_a_block(text: str, fields: object, body: str) -> None:
    found = read(text.encode(), "a.md")
    assert (plainly(found.fields), found.body, found.problems) == (fields, body, ())
    assert body_at(text.encode(), found.offset) == found.body


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"a":' * 30_000, "more than 16 levels of nesting"),
        ('{"a":' + "[" * 30_000, "more than 16 levels of nesting"),
        ('{"a":' * 17 + "1" + "}" * 17, "more than 16 levels of nesting"),
        ('{"a": "' + "x" * (1 << 20) + '"}', "more than 1 MiB"),
    ],
    ids=lambda value: value[:16],
)
def test_what_is_deep_or_long_beyond_reason_is_refused(text: str, what: str) -> None:
    found = read(text.encode(), "a.md")
    assert found.fields.pairs == ()
    assert [(p.code, dict(p.values)) for p in found.problems] == [
        ("front-matter-refused", {"what": what})
    ]


def test_sixteen_levels_are_read() -> None:
    assert read(('{"a":' * 16 + "1" + "}" * 16).encode(), "a.md").problems == ()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab:"{}\\ đ'), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text('ab:"{}\\ đ\n'), values, min_size=1, max_size=4), st.text("{}x\n"))
def test_any_object_is_read_as_json_reads_it(value: dict[str, object], body: str) -> None:
    raw = json.dumps(value, indent=1, ensure_ascii=False).encode()
    cut = split(raw + b"\n" + body.encode(), "a.md")
    assert not isinstance(cut, Problem)
    assert (cut.fence, cut.body) == ("{", body)
    found = read(raw, "a.md")
    assert plainly(found.fields) == as_text(value)
    lines = raw.decode().split("\n")
    for pair in found.fields.pairs:
        spelt = json.dumps(pair.key, ensure_ascii=False)
        assert lines[pair.line - 1][pair.column - 1 :].startswith(spelt)
