"""Lists of a former site's addresses, and what this site answers them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.pipeline.old_urls import Answered, UnreadableError, answer, local, read

LOG = b"""\
1.2.3.4 - - [05/Aug/2020:11:43:20 +0700] "GET /tin/cu.html HTTP/1.1" 200 2326
1.2.3.4 - an user [05/Aug/2020:11:43:21 +0700] "GET /tin/cu.html HTTP/1.1" 304 - "-" "x \\"y\\""
1.2.3.4 - - [05/Aug/2020:11:43:22 +0700] "GET /a?b=1 HTTP/1.1" 301 0 "https://x/" "Mozilla"
1.2.3.4 - - [05/Aug/2020:11:43:23 +0700] "POST /form HTTP/1.1" 200 1
1.2.3.4 - - [05/Aug/2020:11:43:24 +0700] "GET /wp-login.php HTTP/1.1" 404 1
1.2.3.4 - - [05/Aug/2020:11:43:25 +0700] "-" 400 0
rubbish
"""
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def test_a_list() -> None:
    found = read("\ufeff# cũ\n/a\n\n https://x.example/b?c \r\n/a\n".encode())
    assert found.addresses == (("/a", 2), ("https://x.example/b?c", 1))


def test_an_access_log_counts_what_was_answered() -> None:
    assert read(LOG).addresses == (("/a?b=1", 1), ("/tin/cu.html", 2))
    assert ("/wp-login.php", 1) in read(LOG, failed=True).addresses


def test_a_sitemap() -> None:
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
    <urlset {NS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
    <url><loc> https://x.example/a?b=1&amp;c=2 </loc>
    <image:image><image:loc>https://x.example/a.jpg</image:loc></image:image></url>
    <url><loc><![CDATA[https://x.example/b]]></loc></url></urlset>"""
    expected = (("https://x.example/a?b=1&c=2", 1), ("https://x.example/b", 1))
    assert read(text.encode()).addresses == expected


def test_a_sitemap_of_sitemaps() -> None:
    text = (
        f"<sitemapindex {NS}><sitemap><loc>https://x.example/1.xml</loc></sitemap></sitemapindex>"
    )
    found = read(text.encode())
    assert (found.addresses, found.sitemaps) == ((), ("https://x.example/1.xml",))


@pytest.mark.parametrize(
    "text",
    [
        b'<!DOCTYPE urlset [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>',
        b'<!DOCTYPE urlset SYSTEM "file:///etc/passwd"><urlset/>',
        b"<urlset><url><loc>&unknown;</loc></url></urlset>",
        b"<urlset><url>",
        b"<",
    ],
)
def test_what_is_no_sitemap_is_refused(text: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(text)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read(data)
    except UnreadableError:
        assert data


@pytest.mark.parametrize(
    ("address", "base_url", "below"),
    [
        ("https://cu.example/tin/b%C3%A0i.html?a=%C3%A0#x", "", "/tin/bài.html?a=%C3%A0"),
        ("http://cu.example", "https://moi.example", "/"),
        ("/kho/a", "https://moi.example/kho", "/a"),
        ("/kho", "https://moi.example/kho", "/"),
        ("/khoa", "https://moi.example/kho", None),
        ("/a/index.html", "", "/a/"),
        ("a.html", "", "/a.html"),
        ("http://[x", "", None),
    ],
)
def test_an_address_below_the_site(address: str, base_url: str, below: str | None) -> None:
    assert local(address, base_url) == below


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/x/", "page"),
        ("/x", "page"),
        ("/x/?utm=1", "page"),
        ("/cu.html?y", "redirect"),
        ("/d.aspx?b=2&a=1", "look-up"),
        ("/d.aspx?a=2", "missing"),
        ("/d.aspx?a=1&b=2", "redirect"),
        ("/t?q=à", "redirect"),
        ("/t?q=%C3%A0", "redirect"),
        ("/Cu.html", "look-up"),
        ("/E?A=1", "look-up"),
        ("/x/?p=1", "missing"),
        ("/xoa/", "gone"),
        ("/", "page"),
        ("/?p=7", "redirect"),
        ("/?p=8", "missing"),
        ("/y", "missing"),
    ],
)
def test_what_an_address_gets(address: str, expected: str) -> None:
    redirects = dict.fromkeys(("/cu.html", "/d.aspx?a=1&b=2", "/?p=7", "/t?q=%C3%A0"), "/x/")
    looked_up = dict.fromkeys(("/cu.html", "/e?a=1", "?p=8", "/d.aspx?a=1&b=2"), "/x/")
    known = Answered({"/", "/x/"}, redirects, {"/xoa/"}, looked_up, {"/x/?p=1"})
    found = answer(address, known)
    assert found == (expected, "/x/" if expected in {"redirect", "look-up"} else "")
