"""The preview's server, attacked and asked as browsers ask, over a real socket."""

from __future__ import annotations

import os
import socket
import threading

import pytest

from bimson_site.preview import gate
from conftest import LONG, article

FILES = {
    "a.md": article("Chợ phiên", body="![Núi](nui.png)\n\n" + LONG, tags="[chợ]"),
    "content/nui.png": bytes(range(256)) * 4,
    "content/nhap.md": article("Bài nháp", body=LONG + "nháp", draft="true"),
    "static/x y/tệp.txt": "chữ",
    "static/film.mp4": b"0123456789" * 100,
    "bimson.yaml": "title: Kho\nlanguage: vi\n",
}
PAGE = "/2020/08/05/cho-phien/"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    from conftest import Site
    from running import serving

    made = Site(tmp_path_factory.mktemp("served") / "site")
    for name, data in FILES.items():
        made.write(name if "/" in name or name.endswith(".yaml") else f"content/{name}", data)
    made.root.parent.joinpath("secret.txt").write_text("bí mật")
    made.build()
    with serving(made) as running:
        running.get(
            "/_preview/"
        )  # waits for the plan: files of the last build have marks of their own
        yield running


def test_files_of_the_last_build_have_their_types_and_parts_before_there_is_a_plan(site) -> None:
    from running import serving

    made = site({name: data for name, data in FILES.items() if "/" in name or name[0] != "c"})
    made.build()
    with serving(made) as running:
        got = running.get("/film.mp4", "Range: bytes=5-14")
        assert (got.status, got.body) == (206, b"5678901234")
        assert running.get("/style.css").headers["content-type"] == "text/css; charset=utf-8"


def test_a_page_is_what_a_build_writes_but_for_one_script(served) -> None:
    page = served.get(PAGE)
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    built = served.site.output("2020/08/05/cho-phien/index.html")
    start = page.text.index('<script src="/_preview/preview.js"')
    end = page.text.index("</script>\n", start) + len("</script>\n")
    assert page.text[:start] + page.text[end:] == built


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/style.css", "text/css; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
        ("/feed.xml", "application/xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        (f"{PAGE}nui.png", "image/png"),
        ("/x%20y/t%E1%BB%87p.txt", "text/plain; charset=utf-8"),
        ("/film.mp4", "video/mp4"),
        ("/_preview/preview.js", "text/javascript; charset=utf-8"),
    ],
)
def test_files_have_their_types(served, path: str, kind: str) -> None:
    got = served.get(path)
    assert (got.status, got.headers["content-type"]) == (200, kind)


def test_a_name_in_decomposed_letters_is_found(served) -> None:
    assert served.get("/x%20y/te%CC%A3%CC%82p.txt").text == "chữ"


@pytest.mark.parametrize("path", [PAGE, "/style.css", "/film.mp4"])
def test_what_a_browser_has_is_not_sent_again(served, path: str) -> None:
    mark = served.get(path).headers["etag"]
    again = served.get(path, f"If-None-Match: {mark}")
    assert (again.status, again.body) == (304, b"")


def test_a_part_of_a_file_can_be_asked_for(served) -> None:
    got = served.get("/film.mp4", "Range: bytes=5-14")
    assert (got.status, got.body) == (206, b"5678901234")
    assert got.headers["content-range"] == "bytes 5-14/1000"
    assert served.get("/film.mp4", "Range: bytes=5000-").status == 416


def test_head_has_no_body(served) -> None:
    got = served.get(PAGE, method="HEAD")
    assert (got.status, got.body) == (200, b"")
    assert int(got.headers["content-length"]) > 1000
    assert served.get("/_preview/events?page=/", method="HEAD").status == 404


def test_what_is_missing_is_the_page_404(served) -> None:
    got = served.get("/khong-co/")
    assert got.status == 404
    assert "Không có trang này" in got.text


def test_a_folder_without_its_slash_leads_to_it(served) -> None:
    got = served.get(PAGE[:-1])
    assert (got.status, got.headers["location"]) == (302, PAGE)


ROUTES = (
    PAGE,
    "/",
    "/style.css",
    "/_preview/",
    "/_preview/events?page=/",
    "/_preview/preview.js",
    "/_preview/style/",
    "/_preview/drafts/2020/08/05/bai-nhap/",
    "/_preview/khong",
    "/khong",
)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost@evil", "1.2.3.4"],
)
def test_a_foreign_host_gets_nothing(served, route: str, host: str) -> None:
    got = served.get(route, host=host.format(port=served.port))
    assert (got.status, got.body) == (403, b"403\n")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1"]
)
def test_a_foreign_origin_gets_nothing(served, route: str, origin: str) -> None:
    got = served.get(route, f"Origin: {origin.format(port=served.port)}")
    assert (got.status, got.body) == (403, b"403\n")


def test_its_own_names_and_origin_are_answered(served) -> None:
    port = served.port
    assert (
        served.get(PAGE, f"Origin: http://localhost:{port}", host=f"localhost:{port}").status == 200
    )
    assert served.get(PAGE, host=f"[::1]:{port}").status == 200


def test_no_host_and_two_hosts_get_nothing(served) -> None:
    assert b" 403 " in served.raw(b"GET / HTTP/1.0\r\n\r\n").split(b"\r\n")[0]
    two = b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    assert served.raw(two).split(b"\r\n")[0].split()[1] in {b"400", b"403"}


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/static/../../secret.txt",
        "/2020/../../secret.txt",
        "//secret.txt",
        "/%2fetc/passwd",
        "//etc/passwd",
        "/x%00y",
        "/%ff%fe",
        "/%",
        "/%zz",
        "http://evil.example/",
        "http://127.0.0.1/style.css",
        "*",
        "/bimson.yaml",
        "/content/a.md",
        "/.bimson/articles.sqlite3",
        "/.bimson-site/lock",
        "/_preview/drafts/../../secret.txt",
        "/_preview/nope",
        "/" + "a/" * 2000,
    ],
)
def test_no_path_leaves_the_site(served, target: str) -> None:
    got = served.get(target)
    assert got.status in {404, 400}
    assert b"b\xc3\xad m\xe1\xba\xadt" not in got.body
    assert b"root:" not in got.body


def test_only_reading_is_known(served) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert served.get(PAGE, method=method).status == 405


def test_a_slow_client_holds_nobody_up(served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0")
        got = []
        asking = [
            threading.Thread(target=lambda: got.append(served.get(PAGE).status)) for _ in range(20)
        ]
        for each in asking:
            each.start()
        for each in asking:
            each.join()
        assert got == [200] * 20


def test_a_draft_has_an_address_of_its_own_and_is_in_no_list(served) -> None:
    start = served.get("/_preview/").text
    assert "/_preview/drafts/2020/08/05/bai-nhap/" in start
    page = served.get("/_preview/drafts/2020/08/05/bai-nhap/")
    assert page.status == 200
    assert "Draft: readers do not see this page." in page.text
    for path in ("/", "/2020/08/", "/2020/08/05/"):
        assert "Bài nháp" not in served.get(path).text
    asked = served.get("/2020/08/05/bai-nhap/")
    assert (asked.status, asked.headers["location"]) == (
        302,
        "/_preview/drafts/2020/08/05/bai-nhap/",
    )
    style = served.get("/_preview/drafts/style.css")
    assert (style.status, style.headers["location"]) == (302, "/style.css")


def test_an_article_of_the_future_says_when_readers_will_see_it(serve) -> None:
    running = serve({**FILES, "mai.md": article("Mai sau", "2999-01-02T08:30:00+07:00")})
    assert "/_preview/drafts/2999/01/02/mai-sau/" in running.get("/_preview/").text
    page = running.get("/_preview/drafts/2999/01/02/mai-sau/").text
    assert "Readers will see this page from 02/01/2999 08:30 on." in page
    assert "Mai sau" not in running.get("/").text


def test_the_start_page_tells_of_copies_and_versions(serve) -> None:
    more = " ".join(f"Câu thứ {n} của bài viết dài này." for n in range(40))
    files = {
        **FILES,
        "again.md": article("Chợ phiên", body="![Núi](nui.png)\n\n" + LONG, tags="[chợ]"),
        "long.md": article("Bản đầu", "2021-01-01", more),
        "longer.md": article("Bản sau", "2021-01-02", f"{more} Và thêm một câu khác hẳn ở cuối."),
    }
    start = serve(files).get("/_preview/").text
    assert "Copies of one text <small>1</small>" in start
    assert "content/again.md" in start
    assert "Versions and relatives <small>" in start
    assert "content/longer.md" in start


def test_drafts_are_in_lists_with_the_option(serve) -> None:
    running = serve(FILES, "--drafts")
    assert "Bài nháp" in running.get("/2020/08/05/").text
    assert running.get("/2020/08/05/bai-nhap/").status == 200


def test_a_site_in_a_folder_of_its_host(serve) -> None:
    running = serve({**FILES, "bimson.yaml": "base_url: https://kho.example/bao/cu\n"})
    assert running.get("/").headers["location"] == "/bao/cu/"
    assert running.get(f"/bao/cu{PAGE}").status == 200
    missing = running.get("/bao/cu/khong/")
    assert missing.status == 404
    assert "/bao/cu/style.css" in missing.text
    assert running.get(PAGE).status == 404
    draft = running.get("/bao/cu/2020/08/05/bai-nhap/")
    assert draft.headers["location"] == "/_preview/drafts/2020/08/05/bai-nhap/"


def test_ctrl_c_ends_it_at_once_with_a_tab_open_and_nothing_was_said_of_requests(serve) -> None:
    running = serve(FILES)
    with socket.create_connection(("127.0.0.1", running.port)) as tab:
        head = f"GET /_preview/events?page={PAGE} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        tab.sendall(head.encode())
        got = b""
        while b"data:" not in got:
            got += tab.recv(65536)
        running.get(PAGE)
        running.raw(b"\x16\x03\x01 not HTTP\r\n\r\n")
        code, said = running.end()
    assert code == 0
    assert said.splitlines() == [
        f"http://127.0.0.1:{running.port}/",
        f"Problems, drafts and copies: http://127.0.0.1:{running.port}/_preview/",
        "Ctrl-C ends it.",
    ]


def test_the_browser_is_opened_when_asked_for(serve, tmp_path, monkeypatch) -> None:
    asked = tmp_path / "asked"
    browser = tmp_path / "xdg-open"  # what opens addresses on a desk of Linux
    browser.write_text(f'#!/bin/sh\necho "$1" >> {asked}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    running = serve({**FILES, "bimson.yaml": "base_url: https://kho.example/bao\n"}, "--open")
    while not (asked.exists() and asked.read_text().endswith("\n")):
        pass
    assert asked.read_text() == f"http://127.0.0.1:{running.port}/bao/\n"


def test_each_request_is_said_with_v(serve) -> None:
    running = serve(FILES, "-v")
    running.get("/khong-co/")
    assert "404 GET /khong-co/" in running.end()[1]


def test_a_port_that_is_taken_is_refused_and_the_next_free_one_is_found(serve, site) -> None:
    first = serve(FILES)
    from conftest import run

    taken = run("serve", "--site", first.site.root, "--port", first.port)
    assert taken.code == 2
    assert "cannot be used" in taken.err
    from running import serving

    with serving(first.site) as second:
        assert second.port != first.port
        assert second.get(PAGE).status == 200


def test_a_host_for_everybody_is_warned_of(serve) -> None:
    running = serve(FILES, "--host", "0.0.0.0")
    assert running.get(PAGE, host="192.0.2.7:80").status == 200
    assert running.get(PAGE, host="evil.example").status == 403
    assert "Warning" in running.end()[1]


def test_the_built_folder_as_a_web_server_shows_it(serve, site) -> None:
    made = site({**FILES, "b.md": article("Cầu", body=LONG + "b", aliases="[/cu/]")}, "built")
    made.build()
    (made.root / "build/lien-ket.txt").symlink_to(made.root / "bimson.yaml")
    from running import serving

    with serving(made, "--built") as running:
        page = running.get(PAGE)
        assert page.body == made.files()["2020/08/05/cho-phien/index.html"]
        assert running.get("/2020").status == 301
        assert running.get("/2020").headers["location"] == "/2020/"
        assert running.get("/cu/").body == made.files()["cu/index.html"]
        missing = running.get("/khong/")
        assert (missing.status, missing.body) == (404, made.files()["404.html"])
        for odd in (
            "/.bimson-site/lock",
            "/lien-ket.txt",
            "/%2e%2e/bimson.yaml",
            "/../bimson.yaml",
        ):
            assert running.get(odd).status == 404
        assert running.get(PAGE, host="evil.example").status == 403
        assert running.get("/_preview/").status == 404


def test_the_built_folder_of_a_site_below_a_path(site) -> None:
    from running import serving

    made = site({**FILES, "bimson.yaml": "base_url: https://kho.example/bao/cu\n"}, "below")
    made.build()
    with serving(made, "--built") as running:
        for path in ("/", "/bao/cu"):
            got = running.get(path)
            assert (got.status, got.headers["location"]) == (302, "/bao/cu/")
        assert running.get(f"/bao/cu{PAGE}").status == 200
        assert running.get("/bao/cu/2020").headers["location"] == "/bao/cu/2020/"
        for path in (PAGE, "/bao/", "/bao/cu2/"):
            assert running.get(path).status == 404
        part = running.get("/bao/cu/film.mp4", "Range: bytes=5-14")
        assert (part.status, part.body) == (206, b"5678901234")
        mark = running.get("/bao/cu/style.css").headers["etag"]
        assert running.get("/bao/cu/style.css", f"If-None-Match: {mark}").status == 304


def test_built_needs_a_build(site) -> None:
    from conftest import run

    made = site({"a.md": article()})
    result = run("serve", "--built", "--site", made.root)
    assert result.code == 2
    assert "build the site first" in result.err


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/", "/"),
        (b"/a/?x=/../", "/a/"),
        (b"/a%20b", "/a b"),
        (b"/te%CC%A3", "/tẹ"),
        (b"/a//b", None),
        (b"//a", None),
        (b"/./a", None),
        (b"", None),
        (b"a", None),
    ],
)
def test_the_path_of_a_target(target: bytes, path: str | None) -> None:
    assert gate.path_of(target) == path
