"""Maps of old addresses as texts: what each server's holds, and what none may hold."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import Old
from bimson_site.pipeline.servers import SERVERS, answers

ROWS = (
    Old("/tin/bài cũ.html", "/2020/08/05/x/"),
    Old("/cau/", "/2020/08/05/cầu/"),
    Old("/default.aspx?ctl=article&aID=7", "/2020/08/05/x/"),
    Old("/xoa.html", None),
)


def lines(server: str, *rows: Old, prefix: str = "") -> list[str]:
    return (answers(server, rows, prefix).text or "").splitlines()


def reasons(server: str, *rows: Old) -> dict[str, str]:
    return {refused.address: refused.reason for refused in answers(server, rows).refused}


def test_nginx() -> None:
    found = lines("nginx", *ROWS, prefix="/kho")
    assert '    "/kho/tin/bài cũ.html" "/kho/tin/bài cũ.html // >/kho/2020/08/05/x/";' in found
    assert '    "/kho/cau" "/kho/cau // >/kho/2020/08/05/c%E1%BA%A7u/";' in found
    assert '    "/kho/xoa.html" "/kho/xoa.html // >gone";' in found
    query = "/kho/default.aspx?ctl=article&aID=7"
    assert f'    "{query.lower()}" "{query} // >/kho/2020/08/05/x/";' in found


def test_apache() -> None:
    found = lines("apache", *ROWS, prefix="/kho")
    assert (
        r'RewriteRule "^tin/bài\x20cũ\x2ehtml$" "/kho/2020/08/05/x/" [R=301,NE,QSD,L,NS]' in found
    )
    assert r'RewriteRule "^cau$" "/kho/2020/08/05/c\%E1\%BA\%A7u/" [R=301,NE,QSD,L,NS]' in found
    assert r'RewriteRule "^xoa\x2ehtml$" "-" [G,NS]' in found
    at = found.index('RewriteCond "%{QUERY_STRING}" "^ctl=article&aID=7$"')
    assert found[at + 1].startswith(r'RewriteRule "^default\x2easpx$" "/kho/2020/08/05/x/"')
    assert 'RewriteCond "%{QUERY_STRING}" "^aID=7&ctl=article$"' in found


def test_caddy() -> None:
    found = lines("caddy", *ROWS, prefix="/kho")
    assert '\t"/kho/default.aspx?aID=7&ctl=article" /kho/2020/08/05/x/' in found
    assert '\t"/kho/xoa.html" gone' in found


def test_iis_is_xml() -> None:
    rows = (*ROWS, Old('/a"<b>&.aspx?x=1&y="', "/b/"))
    text = answers("iis", rows, "/kho").text
    assert text
    root = ET.fromstring(text.encode())
    keys = {add.get("key"): add.get("value") for add in root.iter("add") if add.get("key")}
    assert keys['/kho/a"<b>&.aspx?x=1&y=%22'] == "/kho/b/"
    assert keys["/kho/xoa.html"] == "gone"
    assert len(list(root.iter("rule"))) == 4


def test_iis_does_not_tell_case_apart() -> None:
    rows = (Old("/Tin/", "/tin/"), Old("/A.html", "/x/"), Old("/a.html", "/y/"))
    assert reasons("iis", *rows) == {
        "/Tin/": "a page stands at this address",
        "/a.html": "another row answers this address",
    }
    assert reasons("nginx", *rows) == {}


def test_hosts_with_redirects() -> None:
    assert lines("netlify", *ROWS, prefix="/kho") == [
        "/kho/default.aspx ctl=article aID=7 /kho/2020/08/05/x/ 301!",
        "/kho/cau/ /kho/2020/08/05/c%E1%BA%A7u/ 301!",
        "/kho/tin/b%C3%A0i%20c%C5%A9.html /kho/2020/08/05/x/ 301!",
    ]
    assert lines("cloudflare-pages", *ROWS) == [
        "/cau/ /2020/08/05/c%E1%BA%A7u/ 301",
        "/tin/b%C3%A0i%20c%C5%A9.html /2020/08/05/x/ 301",
        "/cau /2020/08/05/c%E1%BA%A7u/ 301",
    ]
    gone = {"/xoa.html": "this host has no answer 410"}
    asked = {"/default.aspx?ctl=article&aID=7": "this host does not look at queries"}
    assert reasons("netlify", *ROWS) == gone
    assert reasons("cloudflare-pages", *ROWS) == gone | asked
    assert reasons("netlify", Old("/a*.html", "/b/"), Old("/a?b&b=1", "/b/")) == {
        "/a*.html": "* and : are wildcards there",
        "/a?b&b=1": "this host takes only name=value in a query",
    }


@pytest.mark.parametrize(
    ("server", "count", "what"),
    [
        ("gitlab-pages", 1_001, "redirects"),
        ("gitlab-pages", 999, "bytes in one file"),
        ("cloudflare-pages", 2_001, "redirects"),
        ("netlify", 10_001, "redirects"),
        ("iis", 3_000, "bytes in one file"),
    ],
)
def test_more_than_a_host_takes_is_no_map(server: str, count: int, what: str) -> None:
    long = "x" * 60 if what == "bytes in one file" else "x"
    made = answers(server, [Old(f"/{long}{n}.html", "/x/") for n in range(count)])
    assert made.text is None
    (found,) = made.problems
    assert found.code == "host-limit"
    assert ("what", what) in found.values
    assert answers(server, [Old(f"/x{n}.html", "/x/") for n in range(900)]).text


@pytest.mark.parametrize(
    ("address", "target", "reason"),
    [
        ("/a", "//evil.example/", "it is not a path of this site"),
        ("/a", "https://evil.example/", "it is not a path of this site"),
        ("/a", "/\\evil.example/", "it is not a path of this site"),
        ("/a", "\\evil.example", "it is not a path of this site"),
        ("/a", "/../x/", "it is not a path of this site"),
        ("/a", "", "it is not a path of this site"),
        ("/a", "/x/\r\nX: y", "it has a control character"),
        ("/a\n/b /c 301", "/x/", "it has a control character"),
        ("/a?b\u2028", "/x/", "it has a control character"),
        ("/a?\ud800", "/x/", "it has a control character"),
        ("a", "/x/", "it is not a path of this site"),
        ("/a//b", "/x/", "it is not a path of this site"),
        ("/" + "a" * 1_000, "/x/", "it is too long"),
        ("/a?" + "ạ" * 120, "/x/", "it is too long"),
        ("/x/", "/x/", "a page stands at this address"),
        ("/", "/x/", "a page stands at this address"),
    ],
)
@pytest.mark.parametrize("server", SERVERS)
def test_what_no_map_holds(server: str, address: str, target: str, reason: str) -> None:
    made = answers(server, [Old(address, target)])
    assert [refused.reason for refused in made.refused] == [reason]
    assert made.text == answers(server, []).text


def test_the_first_of_two_rows_stays() -> None:
    rows = (Old("/a.html", "/x/"), Old("/a.html", "/y/"), Old("/a.html", None))
    made = answers("caddy", rows)
    assert '\t"/a.html" /x/' in (made.text or "").splitlines()
    assert len(made.refused) == 1
    assert answers("caddy", reversed(rows)) == made


def test_an_address_as_written_comes_before_another_s_other_form() -> None:
    rows = (Old("/a?x=1&b=2", "/x/"), Old("/a?b=2&x=1", "/y/"), Old("/c/", "/x/"), Old("/c", "/y/"))
    found = lines("caddy", *rows)
    assert [line for line in found if line.startswith('\t"')] == [
        '\t"/c" /y/',
        '\t"/c/" /x/',
        '\t"/a?b=2&x=1" /y/',
        '\t"/a?x=1&b=2" /x/',
    ]


def test_nginx_words_stay_within_its_buffer() -> None:
    rows = [Old(f"/{'$' * 900}{n}", "/x/") for n in "aA"]
    rows += [Old("/" + "b" * n + "B" * (900 - n), "/x/") for n in range(9)]
    made = answers("nginx", rows)
    assert max(map(len, (made.text or "").splitlines())) < 5_200
    assert {refused.reason for refused in made.refused} == {"it is too long"}


HARD = st.text(
    st.sampled_from("/ab.?&= \"'`$%{}()[]\\^|*+:;#<>-~@!,\r\n\t\x00\x85\u2028\ud800ạÀ\u0300İß"),
    max_size=12,
)
PATHS = st.one_of(HARD, HARD.map("/".__add__), st.text().map("/".__add__))


@given(
    st.sampled_from(sorted(SERVERS)),
    st.lists(st.builds(Old, PATHS, st.one_of(st.none(), PATHS)), max_size=6),
    st.sampled_from(["", "/kho", "/kho c%C5%A9"]),
)
def test_no_map_has_a_control_character_or_leads_elsewhere(
    server: str, rows: list[Old], prefix: str
) -> None:
    made = answers(server, rows, prefix)
    text = made.text or ""
    own = "\n\t" if server == "caddy" else "\n"
    odd = {"Cc", "Cs", "Zl", "Zp"}
    assert not [c for c in text if unicodedata.category(c) in odd and c not in own]
    assert text.count("\n") <= 40 + 4 * len(rows)
    for target in targets(server, text):
        assert re.fullmatch(r"/(?!/)[A-Za-z0-9/%._~-]*", target), target
        assert "/../" not in f"{target}/"
    assert answers(server, rows[::-1], prefix) == made


def targets(server: str, text: str) -> list[str]:
    """Where the rows of a map lead, read the way its server does."""
    body = [line for line in text.splitlines() if not line.startswith("#")]
    if server == "nginx":
        rows = [line.rpartition(" // >")[2] for line in body if line.startswith('    "/')]
        found = [row.removesuffix('";') for row in rows]
    elif server == "apache":
        rules = [re.search(r'" "([^"]*)" \[[^]]*\]$', line) for line in body]
        found = [rule[1].replace("\\%", "%") for rule in rules if rule]
    elif server == "caddy":
        found = [line.rpartition(" ")[2] for line in body if line.startswith('\t"')]
    elif server == "iis":
        found = [add.get("value") or "/" for add in ET.fromstring(text.encode()).iter("add")]
    else:
        found = [line.split(" ")[-2] for line in body]
    return [target for target in found if target not in {"gone", "-", '\t""', '""'}]
