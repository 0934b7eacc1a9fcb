"""Clusters: who joins whom, and who keeps the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import (
    UNDATED,
    Access,
    Article,
    Body,
    Kind,
    Precision,
    Signature,
    Timestamp,
    sealed,
)
from bimson_site.pipeline import addresses, records
from bimson_site.pipeline.dedupe import dedupe, fold
from bimson_site.pipeline.dedupe import suspects as suspects_of

START = datetime(2020, 8, 5, 7)


Told = tuple[Article, Signature]


def said(name: str, hours: float | None = 0, key: str = "k", tokens: int = 200, **more) -> Told:
    """An article `hours` after the start (None: undated) with a text of a key and a length."""
    when = UNDATED if hours is None else Timestamp(Precision.TIME, START + timedelta(hours=hours))
    path = f"content/{name}.md"
    signature = more.pop("signature", Signature(key, tokens, "tin", deictic=False))
    made = Article(
        id=path,
        path=path,
        title="Tin",
        slug="tin",
        published=when,
        skeleton=key.encode().hex(),
        body=Body(path, 0, 1, name.encode().hex().ljust(32, "0")[:32]),
    )
    return sealed(replace(made, **more)), signature


def folded(*told: Told, base_url: str = "https://kho.example") -> list[list[str]]:
    """The clusters as names, each keeper first."""
    slips = [records.slip(article, number) for number, (article, _) in enumerate(told)]
    suspects = suspects_of(slips)
    articles = [told[s.number][0] for s in suspects]
    signatures = {s.path: told[s.number][1] for s in suspects}
    found, _ = dedupe(articles, signatures, lambda a: addresses.natural(a, base_url), base_url)
    archive = fold(slips, found)
    groups = [[k, *(c.article for c in archive.copies.get(k.path, ()))] for k in archive.keepers]
    return [
        [slip.path.removeprefix("content/").removesuffix(".md") for slip in group]
        for group in groups
    ]


def test_a_window_is_not_transitive() -> None:
    """c is 72 hours from b, but its cluster is judged by a."""
    assert folded(said("a", 0), said("b", 60), said("c", 120)) == [["a", "b"], ["c"]]


def test_another_key_is_another_text_and_no_key_is_no_text() -> None:
    assert folded(said("a"), said("b", key="l")) == [["a"], ["b"]]
    assert folded(said("a", key=""), said("b", key="")) == [["a"], ["b"]]


def test_an_undated_copy_joins_a_long_text() -> None:
    assert folded(said("a", 500), said("b", None)) == [["a", "b"]]
    assert folded(said("a", 500, tokens=10), said("b", None, tokens=10)) == [["a"], ["b"]]


def test_an_ordinary_page_is_never_folded() -> None:
    assert folded(said("a"), said("b", kind=Kind.PAGE)) == [["a"]]


@pytest.mark.parametrize(
    ("canonical", "keeper"),
    [
        ("content/b.md", "b"),
        ("b.md", "b"),
        ("https://kho.example/2020/08/05/khac/", "b"),
        ("/2020/08/05/khac/", "b"),
        ("https://bao.example/x", "a"),
        ("content/khong-co.md", "a"),
    ],
)
def test_a_person_may_name_the_keeper(canonical: str, keeper: str) -> None:
    a = said("a", canonical=canonical, tags=("chợ",), authors=("Mai Liên",))
    assert folded(a, said("b", 1, slug="khac"))[0][0] == keeper


@pytest.mark.parametrize(
    "better",
    [{"authors": ("Mai Liên",)}, {"tags": ("chợ",)}, {"summary": "Tóm tắt."}, {"image": "a.png"}],
)
def test_the_more_complete_one_keeps_the_page(better: dict[str, object]) -> None:
    assert folded(said("a"), said("b", 1, **better)) == [["b", "a"]]
    assert folded(said("a", **better), said("b", 1)) == [["a", "b"]]


def test_a_text_that_readers_may_see_keeps_the_page() -> None:
    hidden = said("a", access=Access.RECORD, authors=("Mai Liên",), tags=("chợ",))
    assert folded(hidden, said("b", 1)) == [["b", "a"]]


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from("kl"), st.booleans()), max_size=8),
    st.randoms(use_true_random=False),
)
def test_clusters_do_not_depend_on_order(found, shuffler) -> None:
    articles = [
        said(f"{n}", hours, key, tags=("chợ",) if rich else ())
        for n, (hours, key, rich) in enumerate(found)
    ]
    first = folded(*articles)
    shuffler.shuffle(articles)
    assert folded(*articles) == first
    assert sorted(n for group in first for n in group) == sorted(f"{n}" for n in range(len(found)))


def count_comparisons(monkeypatch, articles: list[Told]) -> int:
    from bimson_site.text import similarity

    calls = [0]
    real = similarity.admits

    def counted(*arguments) -> bool:
        calls[0] += 1
        return real(*arguments)

    monkeypatch.setattr(similarity, "admits", counted)
    folded(*articles)
    return calls[0]


@pytest.mark.parametrize(
    "more",
    [
        {"tokens": 20},  # short notices, one a day
        {"tokens": 200},  # long ones
    ],
)
def test_many_notices_with_one_text_are_compared_with_few(monkeypatch, more) -> None:
    notices = [said(f"{n}", 24.0 * 4 * n, **more) for n in range(400)]
    assert count_comparisons(monkeypatch, notices) <= 2 * len(notices)


def test_short_notices_with_other_titles_are_not_compared(monkeypatch) -> None:
    notices = [
        said(f"{n}", n / 100, tokens=20, signature=Signature("k", 20, f"tin {n}", deictic=False))
        for n in range(400)
    ]
    assert count_comparisons(monkeypatch, notices) == 0


def test_many_copies_are_compared_once_each(monkeypatch) -> None:
    assert count_comparisons(monkeypatch, [said(f"{n}", n / 100) for n in range(400)]) == 399
