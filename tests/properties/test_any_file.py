"""Whatever the bytes of a file, reading it gives an article or problems, never an exception."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bimson_site.errors import CODES, describe
from bimson_site.model import Loaded, LoadRules, digest
from bimson_site.pipeline import addresses, fields, records
from bimson_site.pipeline.dedupe import order, origin
from bimson_site.pipeline.load import PLAIN_ADDRESS, body_text, load, signatures
from bimson_site.pipeline.references import paths

RULES = LoadRules("vi", "Asia/Ho_Chi_Minh", ("Unknown",))
NAMES = sorted({name for names in fields.NAMES.values() for name in names})

values = st.text(max_size=30) | st.sampled_from(
    [
        "2020-08-05",
        "~1998",
        "true",
        "no",
        "null",
        "[a, b]",
        "{a: b}",
        "[[a], {b: c}]",
        "|\n  a\n  b",
        "http://[",
        "https://x.example/a b",
        "//x",
        "/../x",
        "{{ x }}",
        "*a",
        "&a",
        "!!x",
        "\u2028",
    ]
)
matter = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=6).map(
    lambda pairs: "".join(f"{name}: {value}\n" for name, value in pairs)
)
bodies = st.text(max_size=80) | st.sampled_from(
    [
        "![x](http://[)",
        "[x](//[)",
        "<a href='//['>x</a>",
        "[x]: //[\n\n[x]",
        "\ud800".encode("utf-8", "replace").decode(),
    ]
)
documents = st.builds(lambda m, b: f"---\n{m}---\n{b}".encode("utf-8", "replace"), matter, bodies)
raws = (
    documents | st.binary(max_size=60) | st.builds(lambda b: b"---\n" + b, st.binary(max_size=60))
)
names = st.sampled_from(
    ["a.md", "2020-08-05-x.md", "2020/13/x.md", "9999/12/31/x.md", "index.md", "🙂.md"]
)


@given(names, raws)
@settings(max_examples=400)
@example("a.md", b"---\nsource_url: http://[\ncanonical: http://[\n---\n")
@example("a.md", b"---\nbody: |\n  Ch\xe1\xbb\xa3\n---\n")
@example("a.md", b"---\ntitle: a\r\n---\r\nCh\xe1\xbb\xa3\r\rb\r\n")
@example("a.md", b"---\nimage: 'http://['\n---\n![x](http://[)\n")
@example("a.md", b"---\nwithdrawn: 00\ncorrections: [{2020: x}, {}, [y]]\n---\n")
@example("a.md", b"---\ncollected: [{}, 1]\nattachments: [{file: [x]}, ~, 'http://[', {}]\n---\n")
def test_any_file_is_an_article_or_a_problem(name: str, raw: bytes) -> None:
    path = f"content/{name}"
    loaded = load(path, raw, RULES)
    told(loaded)
    if loaded.article is None:
        assert loaded.problems
        return
    article = loaded.article
    assert article.title
    record = records.packed(article)
    assert records.unpacked(record.data) == replace(article, digest=record.digest.hex())
    face = records.face(article)
    assert records.unpacked_face(records.packed_face(face)) == face
    assert records.unpacked_problems(records.packed_problems(loaded.problems)) == loaded.problems
    assert digest(article)
    assert order(article)
    assert isinstance(origin(article), str)
    assert addresses.natural(article, "https://kho.example").isascii()
    assert all(PurePosixPath(p) for p in paths(article))
    assert blake2b(body_text(raw, article.body).encode(), digest_size=16).hexdigest() == (
        article.body.digest
    )
    assert bool(signatures(raw, article.body, [article.title])[0].key) == bool(article.skeleton)


@given(st.from_regex(PLAIN_ADDRESS, fullmatch=True))
def test_a_plain_address_is_whole(text: str) -> None:
    parts = urlsplit(text)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname


def told(loaded: Loaded) -> None:
    """Every problem can be told, and has a place."""
    for problem in loaded.problems:
        assert problem.code in CODES
        assert problem.where.line >= 1
        assert problem.where.column >= 1
        message, hint = describe(problem, lambda text: text)
        assert message
        assert hint
