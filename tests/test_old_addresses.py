"""Old addresses from an article to what answers them: maps in the output, the page 404, `check`."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bimson_site import routes
from bimson_site.features.lookup import folded, shard
from bimson_site.model import Gone
from bimson_site.pipeline import addresses, old_addresses
from bimson_site.pipeline.servers import SERVERS
from conftest import LONG, Site, article

NEW = "/2020/08/05/cho/"
QUERY = "default.aspx?ctl=article&aID=7"
ALIASES = f"[/tin/cho.html, /cu/, '{QUERY}']"
BASE = "base_url: https://kho.example\n"
ALL = "servers: [nginx, caddy, apache, iis, netlify]\n"


@pytest.fixture
def made(site: Callable[..., Site]) -> Site:
    return site({"a.md": article("Chợ", aliases=ALIASES), "bimson.yaml": BASE + ALL})


def looked_up(made: Site, address: str) -> str | None:
    key = folded(address)
    name = f"old/{shard(key)}.json"
    found: dict[str, str] = json.loads(made.output(name)) if name in made.files() else {}
    return found.get(key)


def test_every_map_holds_every_old_address(made: Site) -> None:
    assert made.build().codes == []
    for server in ("nginx", "caddy", "apache", "iis", "netlify"):
        text = made.output(SERVERS[server].path)
        assert text.count(NEW) >= 3, server
        assert "aID" in text, server
    assert f'"/{QUERY}" {NEW}' in made.output("redirects/Caddyfile")


def test_a_site_that_names_no_server_has_no_map(site: Callable[..., Site]) -> None:
    made = site({"a.md": article("Chợ", aliases=ALIASES), "bimson.yaml": BASE})
    assert made.build().codes == []
    assert not {server.path for server in SERVERS.values()} & made.files().keys()
    assert looked_up(made, f"/{QUERY}") == NEW
    assert looked_up(made, "/TIN/cho.html") == NEW


def test_the_host_implies_its_map_but_a_file_of_the_site_is_meant(made: Site) -> None:
    made.write("bimson.yaml", BASE + "host: netlify\n")
    assert made.build().codes == []
    assert f"/cu/ {NEW} 301!" in made.output("_redirects").splitlines()
    made.write("static/_redirects", "/x /y 302\n")
    assert made.build().codes == []
    assert made.output("_redirects") == "/x /y 302\n"
    made.write("bimson.yaml", BASE + "host: netlify\nservers: []\n")
    (made.root / "static/_redirects").unlink()
    made.build()
    assert "_redirects" not in made.files()


def test_a_file_of_the_site_wins_over_a_map_that_was_asked_for(made: Site) -> None:
    made.write("static/web.config", "<mine/>")
    result = made.build()
    assert (result.code, result.codes) == (1, ["page-clash"])
    (found,) = result.json["problems"]
    assert found["path"] == "static/web.config"
    assert "static/web.config" in found["message"]
    assert "servers: iis" in found["message"]
    assert made.output("web.config") == "<mine/>"


def test_a_map_for_apache_goes_with_its_server_and_one_by_hand_stays(made: Site) -> None:
    made.build()
    assert ".htaccess" in made.files()
    made.write("bimson.yaml", BASE)
    assert made.build().json["deleted"] == 5
    assert ".htaccess" not in made.files()
    (made.root / "build/.htaccess").write_text("Options -Indexes\n")
    assert made.build().json["deleted"] == 0
    assert made.output(".htaccess") == "Options -Indexes\n"


def test_a_map_for_apache_goes_where_the_cache_is_lost(made: Site) -> None:
    made.build()
    shutil.rmtree(made.root / ".bimson")
    made.write("bimson.yaml", BASE)
    made.build()
    assert ".htaccess" not in made.files()


def test_addresses_of_maps_are_no_old_addresses(site: Callable[..., Site]) -> None:
    asked = "[/_redirects, /web.config, /redirects/Caddyfile, /redirects/nginx.conf, /old/e4.json, /old/x.json]"
    made = site({"a.md": article("Chợ", aliases=asked), "bimson.yaml": BASE})
    assert made.build().codes == ["address-clash"] * 5
    assert "old/x.json" in made.files()


def test_routes_reserve_every_map() -> None:
    assert all(routes.ours(f"/{server.path}") for server in SERVERS.values())
    assert all(routes.ours(f"/{server.path.upper()}/") for server in SERVERS.values())
    assert routes.ours(routes.LOOK_UP)
    assert routes.ours(routes.old_shard("e4"))
    assert not routes.ours("/old/")
    assert not routes.ours("/old/bridge.html")


def test_two_articles_about_one_query_clash(site: Callable[..., Site]) -> None:
    made = site(
        {
            "a.md": article("Chợ", body=LONG, aliases="['/x?a=1&b=2']"),
            "b.md": article("Cầu", "2020-08-06", body=LONG + "b", aliases="['/x?b=2&a=1', '/x?c']"),
            "bimson.yaml": BASE,
        }
    )
    result = made.build()
    assert (result.code, result.codes) == (1, ["address-clash"])
    (found,) = result.json["problems"]
    assert (found["path"], "content/a.md" in found["message"]) == ("content/b.md", True)
    assert looked_up(made, "/x?a=1&b=2") == NEW
    assert looked_up(made, "/x?c") == "/2020/08/06/cau/"


def test_an_old_query_of_a_copy_leads_to_its_keeper(site: Callable[..., Site]) -> None:
    made = site(
        {
            "a.md": article("Chợ", "2020-08-05T07:00"),
            "b.md": article("Chợ", "2020-08-05T08:00", aliases="['/x?id=2']"),
            "bimson.yaml": BASE,
        }
    )
    assert made.build().codes == []
    assert looked_up(made, "/x?id=2") == NEW


def test_a_query_where_a_page_stands_needs_a_server(site: Callable[..., Site]) -> None:
    made = site({"a.md": article("Chợ", aliases="['/?p=7']"), "bimson.yaml": BASE})
    (found,) = made.build().json["problems"]
    assert (found["code"], found["line"]) == ("redirect-refused", 4)
    assert "/404.html does not answer the old address /?p=7" in found["message"]
    made.write("bimson.yaml", BASE + "servers: [caddy]\n")
    assert made.build().codes == []


def test_what_a_format_refuses_is_said_at_every_build(site: Callable[..., Site]) -> None:
    made = site(
        {
            "a.md": article("Chợ", aliases=ALIASES),
            "bimson.yaml": BASE + "servers: [cloudflare-pages]\n",
        }
    )
    assert made.build().codes == ["redirect-refused"]
    made.write("content/b.md", article("Cầu", "2021-01-01", LONG + "b"))
    assert made.build().codes == ["redirect-refused"]


@pytest.mark.parametrize(
    "value",
    ["[netlify, gitlab-pages]", "[ngnix]", "nginx", "[lighttpd]"],
)
def test_servers_are_checked(site: Callable[..., Site], value: str) -> None:
    made = site({"a.md": article("Chợ"), "bimson.yaml": f"servers: {value}\n"})
    assert (made.build().code, made.build().codes) == (2, ["config-value"])


def test_below_a_path_everything_has_the_path(made: Site) -> None:
    made.write("bimson.yaml", "base_url: https://kho.example/bao\n" + ALL)
    made.build()
    assert f"/bao/cu/ /bao{NEW} 301!" in made.output("_redirects").splitlines()
    assert '<script src="/bao/old/look-up.js" data-root="/bao" defer>' in made.output("404.html")


def test_only_a_site_with_old_addresses_has_the_look_up(made: Site) -> None:
    made.build()
    assert '<script src="/old/look-up.js" data-root="" defer></script>' in made.output("404.html")
    assert "<noscript>" in made.output("404.html")
    assert "old/look-up.js" in made.files()
    made.write("content/a.md", article("Chợ"))
    shutil.rmtree(made.root / "permalinks")  # the site forgets what it answered
    made.build()
    assert "look-up" not in made.output("404.html")
    assert not [name for name in made.files() if name.startswith("old/")]
    assert "bimson_old" in made.output(
        "redirects/nginx.conf"
    )  # a server that includes it still starts


def places() -> addresses.Addresses:
    return addresses.Addresses({"content/a.md": NEW}, {}, {"content/a.md": ("/cu/",)}, {}, (), ())


def test_what_is_gone_is_410_and_what_waits_is_not() -> None:
    from bimson_site.config import SiteConfig

    gone = (
        Gone("/2019/01/01/xoa/", waiting=False),
        Gone("/2019/01/01/cho/", waiting=True),
        Gone("/cu/", waiting=False),  # it leads on by now
        Gone(NEW, waiting=False),  # a page stands there by now
    )
    config = SiteConfig(servers=("caddy", "netlify"))
    found = old_addresses.answering(places(), gone, config, {})
    assert [row.address for row in found.rows if row.target is None] == ["/2019/01/01/xoa/"]
    caddy, netlify = (text for _, _, text in found.maps)
    assert '"/2019/01/01/xoa/" gone' in caddy
    assert "/2019/01/01/cho/" not in caddy
    assert "2019" not in netlify
    assert found.refused == ()


# --- the page 404, on a host ----------------------------------------------------------------------------

RUN = """
const vm = require("vm"), [page, script, root] = process.argv.slice(1), url = new URL(page);
(async () => {
  const text = await (await fetch(script)).text();
  vm.runInNewContext(text, {
    URL, TextEncoder, decodeURIComponent,
    fetch: (path) => fetch(new URL(path, url)),
    document: {currentScript: {getAttribute: () => root}},
    location: {pathname: url.pathname, search: url.search, origin: url.origin,
               replace: (to) => console.log(to)},
  });
})();
"""


class Host(SimpleHTTPRequestHandler):
    """A host that shows 404.html, as they all do."""

    def send_error(self, code: int, *_: object) -> None:
        data = (Path(self.directory) / "bao/404.html").read_bytes()
        self.send_response(code)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(not (shutil.which("node") or os.environ.get("CI")), reason="node is not here")
@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/bao/default.aspx?aID=7&ctl=article", f"/bao{NEW}"),
        ("/bao/sau/hon/nua/TIN.asp?id=1", "/bao/2020/08/06/cau/"),
        ("/bao/khong-co", None),
    ],
)
def test_the_page_404_of_a_real_host_leads_on(
    made: Site, tmp_path: Path, asked: str, target: str | None
) -> None:
    made.write("bimson.yaml", "base_url: https://kho.example/bao\n")
    made.write(
        "content/b.md",
        article("Cầu", "2020-08-06", LONG + "b", aliases="['/sau/hon/nua/tin.asp?id=1']"),
    )
    made.build("--out", tmp_path / "root/bao")
    handler = partial(Host, directory=str(tmp_path / "root"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        connection.request("GET", asked)
        response = connection.getresponse()
        page = response.read().decode()
        connection.close()
        found = re.search(r'<script src="(.+?)" data-root="(.*?)" defer></script>', page)
        assert found
        told = subprocess.run(
            ["node", "-e", RUN, origin + asked, origin + found[1], found[2]],
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        server.shutdown()
    assert response.status == 404
    assert told == (f"{origin}{target}" if target else "")


# --- check --------------------------------------------------------------------------------------------


def test_check_says_what_each_old_address_gets(made: Site) -> None:
    made.write(
        "old.txt",
        "https://cu.example/tin/cho.html\n/TIN/Cho.html\n/default.aspx?aID=7&ctl=article\n"
        f"/{QUERY}\n/2020/08/\n/khong-co.html\n/khong-co.html\n",
    )
    result = made.run("check", "--old-urls", made.root / "old.txt", "--json")
    assert result.code == 1
    assert {row["address"]: (row["answer"], row["target"]) for row in result.lines} == {
        "https://cu.example/tin/cho.html": ("redirect", NEW),
        "/TIN/Cho.html": ("look-up", NEW),
        "/default.aspx?aID=7&ctl=article": ("redirect", NEW),
        f"/{QUERY}": ("redirect", NEW),
        "/2020/08/": ("page", None),
        "/khong-co.html": ("missing", None),
    }
    assert {row["asked"] for row in result.lines} == {1, 2}
    assert "6 addresses checked, 1 has no answer." in result.err
    assert not (made.root / "build").exists()


def test_check_knows_which_old_addresses_nothing_answers(site: Callable[..., Site]) -> None:
    made = site(
        {"a.md": article("Chợ", aliases="['/?p=7', '/x.asp?id=1', /cu/]"), "bimson.yaml": BASE}
    )
    made.write("old.txt", "/?p=7\n/x.asp?id=1\n/cu\n/\n")
    result = made.run("check", "--old-urls", made.root / "old.txt", "--json")
    assert [row["answer"] for row in result.lines] == ["page", "missing", "redirect", "look-up"]
    made.write("bimson.yaml", BASE + "servers: [nginx]\n")
    result = made.run("check", "--old-urls", made.root / "old.txt", "--json")
    assert [row["answer"] for row in result.lines] == ["page", "redirect", "redirect", "redirect"]
    assert result.code == 0


def test_check_speaks_the_owners_language(made: Site) -> None:
    made.write("old.txt", "/khong-co.html\n/cu/\n")
    told = made.run("check", "--old-urls", made.root / "old.txt", "--lang", "vi")
    assert told.out.splitlines() == [
        f"/cu/            chuyển tiếp  {NEW}",
        "/khong-co.html  không có gì",
    ]
    assert told.err == "Đã xét 2 địa chỉ, 1 địa chỉ không được trả lời.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("", "holds no address"),
        ("<urlset><url>", "is not a sitemap"),
        (
            "<sitemapindex><sitemap><loc>https://x.example/1.xml</loc></sitemap></sitemapindex>",
            "only names other sitemaps",
        ),
    ],
)
def test_check_refuses_what_is_no_list(made: Site, text: str | None, said: str) -> None:
    if text is not None:
        made.write("old.txt", text)
    told = made.run("check", "--old-urls", made.root / "old.txt")
    assert (told.code, "error[usage]" in told.err, said in told.err) == (2, True, True)
    assert made.run("check").code == 2
