"""Addresses through random histories: one owner for each, for ever, whatever comes, goes or is renamed.

A history is a list of steps; after each one the addresses are settled with the ledger so far, and
the new rows join it. `docs/decisions/0005-assign-under-histories.md` tells what the spike showed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bimson_site import routes
from bimson_site.model import (
    ODD,
    Archive,
    Article,
    Body,
    Kind,
    Precision,
    Signature,
    Timestamp,
    sealed,
)
from bimson_site.pipeline import addresses, dedupe, records, terms
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.assign import (
    NOTHING_PUBLISHED,
    Claim,
    Published,
    Settlement,
    assign,
)
from bimson_site.pipeline.identity import Past, identify
from bimson_site.pipeline.ledger import NO_LEDGER, Ledger
from bimson_site.pipeline.recording import news
from bimson_site.text import slugs

# --- assign by itself: any claims, in any succession ----------------------------------------------

OWNERS = st.sampled_from("abcdef")
# Few wishes that get in each other's way: natural slugs that look like suffixes, and letter case.
WISHES = st.sampled_from(
    ["/d/tin/", "/d/tin-2/", "/d/tin-3/", "/d/tin-2-2/", "/d/Tin/", "/tin.html", "/tin-2.html"]
)
CLAIMS = st.dictionaries(OWNERS, st.tuples(WISHES, st.booleans()), max_size=6)
STATIC = {routes.folded("/d/tin-4/"): "static/d/tin-4/index.html"}


def claims_of(state: Mapping[str, tuple[str, bool]]) -> list[Claim]:
    return [Claim(owner, wish, firm) for owner, (wish, firm) in state.items()]


def check(claims: Iterable[Claim], ledger: Mapping[str, str], made: Settlement) -> None:
    """What must hold after every step of every history."""
    assert set(made.urls) == {claim.owner for claim in claims}
    places = [routes.folded(url) for url in made.urls.values()]
    assert len(set(places)) == len(places), "one address, two owners"
    assert not STATIC.keys() & set(places)
    ever = {routes.folded(url): owner for url, owner in ledger.items()}
    for owner, url in made.urls.items():
        assert ever.get(routes.folded(url), owner) == owner, "a published address went to another"
    assert dict(made.rows) == {u: o for o, u in made.urls.items() if u not in ledger}


@settings(max_examples=300)
@given(st.lists(CLAIMS, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_histories_of_claims(history, random) -> None:
    """Owners come, go, and change their wishes; nobody ever loses an address to another."""
    ledger: dict[str, str] = {}
    before: dict[str, tuple[tuple[str, bool], str]] = {}
    for state in history:
        claims = claims_of(state)
        made = assign(claims, Published(ledger), STATIC)
        check(claims, ledger, made)
        for owner, url in made.urls.items():
            if owner in before and before[owner][0] == state[owner]:
                assert url == before[owner][1], "an address changed though its owner did not"
        ledger |= dict(made.rows)
        again = assign(claims, Published(ledger), STATIC)
        assert again.urls == made.urls
        assert again.rows == ()
        random.shuffle(claims)
        assert assign(claims, Published(ledger), STATIC).urls == made.urls, (
            "the ledger does not settle it"
        )
        before |= {owner: (state[owner], url) for owner, url in made.urls.items()}


# --- the whole way: files of an archive that grows, shrinks and is edited ---------------------------

TITLES = st.sampled_from(["Tin", "Tin 2", "TIN", "Tin!", "Mưa lớn", "Mưa lớn 2"])
TAGS = st.lists(st.sampled_from(["Tin", "tin", "C", "C++", "Hòa", "Hóa"]), max_size=2).map(tuple)


@dataclass(frozen=True)
class File:
    """What the steps of a history change."""

    title: str
    day: int
    hour: int
    text: int
    tags: tuple[str, ...]
    folder: str = "a"
    given: bool = False


FILES = st.builds(
    File,
    title=TITLES,
    day=st.integers(1, 3),
    hour=st.integers(0, 23),
    text=st.integers(0, 2),
    tags=TAGS,
    given=st.booleans(),
)
STEPS = st.one_of(
    st.tuples(st.just("add"), FILES),
    st.tuples(st.just("remove"), st.integers(0, 9)),
    st.tuples(
        st.sampled_from(["rename", "retitle", "redate", "collide"]), st.integers(0, 9), FILES
    ),
)


def step(files: dict[int, File], number: int, move: tuple) -> None:
    """Carry out one step; `number` is the identity of a file that is new."""
    if move[0] == "add":
        files[number] = move[1]
        return
    if not files:
        return
    chosen = sorted(files)[move[1] % len(files)]
    match move[0]:
        case "remove":
            del files[chosen]
        case "rename":
            files[chosen] = replace(files[chosen], folder=f"{number}")
        case "retitle":
            files[chosen] = replace(files[chosen], title=move[2].title)
        case "redate":
            files[chosen] = replace(files[chosen], day=move[2].day, hour=move[2].hour)
        case "collide":
            files[number] = replace(move[2], title=files[chosen].title, day=files[chosen].day)


def article(number: int, file: File, *, folds: bool = False, **fields: object) -> Article:
    """An article with an id of its own, so that it stays itself when its file is renamed."""
    key = f"text {file.text}" if folds else f"text of {number}"
    path = f"content/{file.folder}/{number}.md"
    made = Article(
        id=f"id {number}",
        path=path,
        title=file.title,
        published=Timestamp(Precision.TIME, datetime(2020, 8, file.day, file.hour), 7 * 3600),
        tags=file.tags,
        slug=slugs.slug(file.title),
        slug_given=file.given,
        skeleton=key.encode().hex(),
        body=Body(path, 0, 1, key.encode().hex().ljust(32, "0")[:32]),
    )
    return sealed(replace(made, **fields))  # type: ignore[arg-type]


def fold(articles: Iterable[Article]) -> Archive:
    """The articles folded: what has one skeleton here has one text."""
    by_number = dict(enumerate(articles))
    slips = [records.slip(a, number) for number, a in by_number.items()]
    suspects = [by_number[s.number] for s in dedupe.suspects(slips)]
    said = {a.path: Signature(a.skeleton, 200, a.title.casefold(), False) for a in suspects}
    clusters, _ = dedupe.dedupe(suspects, said, partial(addresses.natural, base_url=""), "")
    return dedupe.fold(slips, clusters)


def settle(articles: Iterable[Article], ledger: Ledger) -> tuple[Addresses, tuple]:
    articles = list(articles)
    archive = fold(articles)
    odd = {a.path: a for a in articles if records.slip(a).flags & ODD}
    live = sorted((records.slip(a) for a in articles), key=lambda slip: slip.order)
    past = Past(ledger, identify(live, (), odd, {a.path for a in articles}, ledger))
    said = terms.wording(live)
    return addresses.settle(archive, odd, said.shown, past, {}, "")


def recorded(articles: Iterable[Article], made: Addresses, ledger: Ledger = NO_LEDGER) -> Ledger:
    """The ledger as it is after a build."""
    return Ledger((*ledger.rows, *news(fold(articles), made, ledger, "2026-11-24")))


def claimed(made: Addresses, keepers: Iterable[str]) -> list[str]:
    """Every address that something stands on: pages, terms, and what leads to pages."""
    moved = [url for urls in made.moved.values() for url in urls]
    return [*(made.of[path] for path in keepers), *made.terms.values(), *moved]


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=14), st.booleans(), st.randoms(use_true_random=False))
def test_histories_of_an_archive(moves, folds, random) -> None:
    """However files are listed, they get the same addresses; each address has one owner for ever."""
    files: dict[int, File] = {}
    ledger = NO_LEDGER
    for number, move in enumerate(moves):
        step(files, number, move)
        articles = [article(n, f, folds=folds) for n, f in files.items()]
        made, problems = settle(articles, ledger)
        random.shuffle(articles)
        assert settle(articles, ledger) == (made, problems), "the order of the files shows"
        keepers = (slip.path for slip in fold(articles).keepers)
        places = list(map(routes.folded, claimed(made, keepers)))
        assert len(set(places)) == len(places), "two things stand on one address"
        before = ledger.published.owner_of
        ledger = recorded(articles, made, ledger)
        assert before.items() <= ledger.published.owner_of.items(), "an address changed hands"
        again, _ = settle(articles, ledger)
        assert (again.of, again.terms, again.moved) == (made.of, made.terms, made.moved)
        assert recorded(articles, again, ledger) == ledger


@given(st.lists(FILES, min_size=1, max_size=6), st.lists(FILES, min_size=1, max_size=6))
def test_older_material_flips_no_suffix(newer, older) -> None:
    """A harvest of the past arrives after the present was published."""
    there = [article(n, replace(f, given=False)) for n, f in enumerate(newer)]
    first, _ = settle(there, NO_LEDGER)
    past = [
        article(n, replace(f, hour=0, given=False), id=f"old {n}") for n, f in enumerate(older, 100)
    ]
    second, _ = settle([*past, *there], recorded(there, first))
    assert {path: second.of[path] for path in first.of} == first.of
    assert {owner: second.terms[owner] for owner in first.terms} == first.terms


@pytest.mark.parametrize(
    ("titles", "slugs_given"),
    [
        (["Tin", "Tin", "Tin 2"], ["tin", "tin-3", "tin-2"]),
        (["Tin 2", "Tin", "Tin"], ["tin-2", "tin", "tin-3"]),
        (["Tin", "TIN", "tin!"], ["tin", "tin-2", "tin-3"]),
    ],
)
def test_natural_slugs_come_before_suffixes(titles, slugs_given) -> None:
    claims = [Claim(f"{n}", f"/d/{slugs.slug(title)}/") for n, title in enumerate(titles)]
    assert list(assign(claims, NOTHING_PUBLISHED, {}).urls.values())  # every claim is answered
    made = assign(claims, NOTHING_PUBLISHED, {}).urls
    assert [made[f"{n}"] for n in range(len(titles))] == [f"/d/{slug}/" for slug in slugs_given]


# --- what the spike of 2026-11-24 found wrong, and was mended ----------------------------------------


def test_a_lost_firm_wish_is_said_again() -> None:
    """The second build, with the ledger of the first, finds the same error."""
    claims = [Claim("a", "/d/tin/", firm=True), Claim("b", "/d/tin/", firm=True)]
    first = assign(claims, NOTHING_PUBLISHED, {})
    assert assign(claims, Published(dict(first.rows)), {}).lost == first.lost


def test_a_free_firm_wish_is_granted() -> None:
    """ "Tin 2" is given the slug `tin`, which is free: that is what a person asked for."""
    made = assign([Claim("a", "/d/tin/", firm=True)], Published({"/d/tin-2/": "a"}), {})
    assert made.urls == {"a": "/d/tin/"}


def test_a_static_file_on_a_published_address() -> None:
    taken = {routes.folded("/d/tin/"): "static/d/tin/index.html"}
    made = assign([Claim("a", "/d/tin/")], Published({"/d/tin/": "a"}), taken)
    assert made.urls == {"a": "/d/tin-2/"}


def test_a_page_and_a_term_want_one_address() -> None:
    """A page under /tags/ is moved aside, onto the address of the tag "Tin 2"."""
    file = File("Chuyện", 1, 1, 0, ("Tin 2",))
    page = article(1, file, kind=Kind.PAGE, page_path="/tags/tin/", tags=())
    made, _ = settle([page, article(2, file)], NO_LEDGER)
    assert made.of[page.path] not in made.terms.values()


def test_an_id_that_is_the_path_of_another() -> None:
    one = article(1, File("Một", 1, 1, 0, ()), id="content/a/2.md")
    other = article(2, File("Hai", 1, 2, 0, ()), id="content/a/2.md")
    made, _ = settle([one, other], NO_LEDGER)
    assert made.of[one.path] != made.of[other.path]


def test_every_published_address_leads_on() -> None:
    """Re-titled: the address that was published still answers."""
    old = article(1, File("Cũ", 1, 1, 0, ()))
    first, _ = settle([old], NO_LEDGER)
    new = article(1, File("Mới", 1, 1, 0, ()))
    made, _ = settle([new], recorded([old], first))
    assert made.moved == {new.path: (first.of[old.path],)}
