"""Addresses: how they are spelled, linked, and what an old one may be."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site import routes

names = st.text("abcđé 0-9.%:?#&'", min_size=1, max_size=8).filter(
    lambda s: s not in {".", ".."} and "#" not in s
)
urls = st.builds(
    lambda parts, page: "/" + "/".join(parts) + ("/" if page and parts else ""),
    st.lists(names, max_size=4),
    st.booleans(),
)


@given(urls, urls)
def test_a_link_leads_where_a_browser_would_go(here: str, there: str) -> None:
    link = routes.link(here, there)
    base = posixpath.dirname(here) if not here.endswith("/") else here
    reached = posixpath.normpath(posixpath.join(base, unquote(link.partition("#")[0]) or here))
    wanted = posixpath.normpath(base if here == there else there)
    assert reached == wanted
    assert not link.startswith("/")
    assert link


@given(urls, urls, urls, st.booleans())
def test_pages_as_deep_have_the_same_links_out_of_their_trees(
    one: str, other: str, there: str, explicit: bool
) -> None:
    found = [routes.tree(one), routes.tree(other)]
    if None in found or found[0][1] != found[1][1] or there.startswith((found[0][0], found[1][0])):
        return
    links = {routes.links_from(here, explicit=explicit)(there) for here in (one, other)}
    assert len(links) == 1


@pytest.mark.parametrize(
    ("here", "tree"),
    [
        ("/2020/08/05/tin/", ("/2020/", "../../../../")),
        ("/cũ/tin.html", ("/cũ/", "../")),
        ("/", None),
        ("/404.html", None),
    ],
)
def test_the_tree_that_holds_a_page(here: str, tree: tuple[str, str] | None) -> None:
    assert routes.tree(here) == tree


@given(urls, st.sampled_from(["/a/", "/2020/08/05/tin/", "/"]))
def test_an_explicit_link_names_the_file(here: str, there: str) -> None:
    assert routes.link(here, there, explicit=True).endswith("index.html") or here == there


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("/tin/cu.html", "/tin/cu.html"),
        ("tin/cu", "/tin/cu/"),
        ("cu.html", "/cu.html"),
        ("https://kho.example/bao/x/", "/x/"),
        ("/bao/x/", "/x/"),
        ("/tin/b%C3%A0i.html", "/tin/bài.html"),
        ("/a/../b", None),
        ("/%2e%2e/x", None),
        ("/a//b", None),
        ("/", None),
        ("https://khac.example/x", None),
        ("//khac.example/x", None),
        ("/default.aspx?aID=7", None),
        ("/con/x", None),
        ("/a/tep.", None),
        ("/.git/config", None),
        ("/a\\b", None),
        ("/x\n/y", None),
        ("/" + "a" * 201, None),
    ],
)
def test_an_old_address_is_a_path_that_a_static_file_can_answer(text: str, url: str | None) -> None:
    assert routes.old_address(text, "https://kho.example/bao") == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("/default.aspx?ctl=article&aID=7", "/default.aspx?ctl=article&aID=7"),
        ("default.aspx?a=/b", "/default.aspx?a=/b"),
        ("https://kho.example/bao/x?p=1#doc", "/x?p=1"),
        ("https://kho.example/bao?p=7", "/?p=7"),
        ("/bao/x/?p=1", "/x/?p=1"),
        ("/?p=7", "/?p=7"),
        ("?p=7", "/?p=7"),
        ("/tin/b%C3%A0i cu.aspx?q=b%C3%A0i", "/tin/bài cu.aspx?q=b%C3%A0i"),
        ("/tin/ba\u0300i?x", "/tin/bài?x"),
        ("/a:b*?x", "/a:b*?x"),
        ("/x?a?b", "/x?a?b"),
        ("/x", None),
        ("/x?", None),
        ("/x#?a", None),
        ("https://khac.example/x?p=1", None),
        ("//khac.example/x?p=1", None),
        ("/%2fkhac.example?p=1", None),
        ("\\\\khac.example?p=1", None),
        ("/%5ckhac.example?p=1", None),
        ("/a/%2e%2e/b?p=1", None),
        ("/a%3Fb?p=1", None),
        ("/a%0d%0ab?p=1", None),
        ("/a?p=1\nb", None),
        ("/%ff?p=1", None),
        ("/a//b?p=1", None),
    ],
)
def test_an_old_address_with_a_query_is_kept_as_written(text: str, url: str | None) -> None:
    assert routes.old_query(text, "https://kho.example/bao") == url


@pytest.mark.parametrize(
    ("url", "number", "variant"),
    [("/a/tin/", 2, "/a/tin-2/"), ("/a/tin.html", 3, "/a/tin-3.html"), ("/a/tin", 2, "/a/tin-2")],
)
def test_a_variant_stands_beside_a_taken_address(url: str, number: int, variant: str) -> None:
    assert routes.variant(url, number) == variant
    assert routes.is_variant(variant, url)
    assert not routes.is_variant(url, variant)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("/", True),
        ("/2020/", True),
        ("/2020/08/05/", True),
        ("/2020/08/05/tin/", False),
        ("/tags/x/", True),
        ("/coverage/", True),
        ("/gioi-thieu/", False),
        ("/20201/", False),
    ],
)
def test_the_archive_keeps_its_own_addresses(url: str, ours: bool) -> None:
    assert routes.ours(url) is ours
