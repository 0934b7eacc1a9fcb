"""The maps of old addresses in real servers, on loopback: nginx, Apache and Caddy, where they are here.

Each serves a tiny folder with its own map; what it answers is asked with plain HTTP.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, urlsplit

import pytest

from bimson_site.model import Old
from bimson_site.pipeline.servers import SERVERS, answers

NEW = "/2020/08/05/bài mới/"
ROWS = (
    Old("/tin/cu.html", NEW),
    Old("/tin/bài cũ.html", NEW),
    Old("/archive/bridge/", NEW),
    Old("/Tin/Cu.html", "/b/"),
    Old("/TIN/CU.html", None),
    Old("/B/", "/b/"),
    Old("/x/index.html", "/x/"),
    Old("/100%.html", NEW),
    Old("/a%20b.html", NEW),
    Old('/"quoted"\'s.html', NEW),
    Old("/giá $uri ${x} $1.html", "/giá-$1/"),
    Old("/{path} {$HOME} {{x}}.html", NEW),
    Old("/a+b(c)[d]|e^.html", NEW),
    Old("/a`b;", NEW),
    Old("/deleted.html", None),
    Old("/default.aspx?ctl=article&aID=7", NEW),
    Old("/default.aspx?ctl=article&aID=8", "/b/"),
    Old("/default.aspx?aID=9", None),
    Old("/Default.aspx?ctl=article&aID=7", "/x/"),
    Old("/default.aspx", "/"),
    Old("/?p=7", "/b/"),
    Old('/tìm.aspx?q=bài "$x" {y} 50%25&n=${z}', NEW),
    Old("/long.html?" + "x" * 900, "/b/"),
)
MOVED = {
    "/tin/cu.html": NEW,
    "/tin/cu.html?utm_source=x&y": NEW,
    "/tin/b%C3%A0i%20c%C5%A9.html": NEW,
    "/tin/b%c3%a0i%20c%c5%a9.html": NEW,
    "/archive/bridge/": NEW,
    "/archive/bridge": NEW,
    "/Tin/Cu.html": "/b/",
    "/B/": "/b/",
    "/x/index.html": "/x/",
    "/100%25.html": NEW,
    "/a%2520b.html": NEW,
    "/%22quoted%22's.html": NEW,
    "/%22quoted%22%27s.html": NEW,
    "/gi%C3%A1%20$uri%20$%7Bx%7D%20$1.html": "/giá-$1/",
    "/%7Bpath%7D%20%7B$HOME%7D%20%7B%7Bx%7D%7D.html": NEW,
    "/a+b(c)[d]%7Ce%5E.html": NEW,
    "/a%60b;": NEW,
    "/default.aspx?ctl=article&aID=7": NEW,
    "/default.aspx?aID=7&ctl=article": NEW,
    "/default.aspx?ctl=article&aID=8": "/b/",
    "/Default.aspx?ctl=article&aID=7": "/x/",
    "/default.aspx": "/",
    "/default.aspx?aID=404": "/",
    "/?p=7": "/b/",
    "/t%C3%ACm.aspx?q=b%C3%A0i%20%22$x%22%20{y}%2050%25&n=${z}": NEW,
    "/long.html?" + "x" * 900: "/b/",
}
GONE = ("/deleted.html", "/deleted.html?x=1", "/TIN/CU.html", "/default.aspx?aID=9")
PAGES = ("/", "/?p=8", "/x/", "/x/?p=7", "/b/", "/b/?ctl=article&aID=7", "/x/?")
MISSING = ("/tin/cu.htmlx", "/tin/cu", "/a b.html", "/archive/bridge/x", "/deleted", "/tin/CU.html",
           "/Default.aspx?ctl=article&aID=8", "/tincu.html", "/tin/cuxhtml", "/DELETED.html",
           "/x%20//%20%3E/evil%20//%20/x", "/100%2525.html", "//tin/cu.htmlx")  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A running server with the site below `prefix`."""

    name: str
    port: int
    prefix: str

    def get(self, address: str) -> tuple[int, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", (self.prefix + address).replace(" ", "%20"))
            response = connection.getresponse()
            return response.status, response.headers["Location"]
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def nginx(folder: Path, site: Path, port: int, _prefix: str) -> list[str]:
    conf = folder / "nginx.conf"
    temp = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(f"""daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{ }}
    http {{ access_log off; {temp} include {site}/redirects/nginx.conf;
      server {{ listen 127.0.0.1:{port}; root {folder}/root;
        if ($bimson_old = "gone") {{ return 410; }}
        if ($bimson_old) {{ return 301 $bimson_old; }} }} }}""")
    return ["nginx", "-p", str(folder), "-c", str(conf), "-e", f"{folder}/error.log"]


def apache(folder: Path, _site: Path, port: int, _prefix: str) -> list[str]:
    conf = folder / "httpd.conf"
    modules = ("mpm_event", "authz_core", "dir", "rewrite", "mime")
    load = "\n".join(f"LoadModule {m}_module {MODULES}/mod_{m}.so" for m in modules)
    conf.write_text(f"""{load}
ServerRoot {folder}
PidFile {folder}/httpd.pid
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
ServerName 127.0.0.1
ErrorLog {folder}/error.log
TypesConfig /dev/null
User www-data
Group www-data
DocumentRoot {folder}/root
<Directory {folder}/root>
AllowOverride FileInfo
Options FollowSymLinks
Require all granted
</Directory>
""")
    return ["apache2", "-f", str(conf), "-DFOREGROUND"]


def caddy(folder: Path, site: Path, port: int, _prefix: str) -> list[str]:
    conf = folder / "Caddyfile"
    conf.write_text(f"""{{
    admin off
    storage file_system {folder}/state
}}
http://127.0.0.1:{port} {{
    import {site}/redirects/Caddyfile
    root * {folder}/root
    file_server
}}
""")
    return ["caddy", "run", "--config", str(conf), "--adapter", "caddyfile"]


MODULES = Path("/usr/lib/apache2/modules")
STARTS = {"nginx": nginx, "apache": apache, "caddy": caddy}
BINARIES = {"nginx": "nginx", "apache": "apache2", "caddy": "caddy"}


def absent(what: str) -> NoReturn:
    """A machine may lack a server; one that runs CI (.ci/run installs them) may not."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}: .ci/run should have installed it")
    pytest.skip(what)


@pytest.fixture(scope="module", params=[(n, p) for n in STARTS for p in ("", "/kho cũ")], ids=str)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    name, below = request.param
    if not shutil.which(BINARIES[name], path=f"{os.environ['PATH']}:/usr/sbin"):
        absent(f"{BINARIES[name]} is not here")
    if name == "apache" and not MODULES.is_dir():
        absent("Apache's modules are not where Debian has them")
    prefix = quote(below)
    folder = tmp_path_factory.mktemp(name)
    top = Path(tempfile.gettempdir())
    for above in (folder, *(p for p in folder.parents if p.is_relative_to(top) and p != top)):
        above.chmod(above.stat().st_mode | 0o055)  # Apache and nginx read as others
    site = folder / "root" / below.strip("/")
    for page in ("index.html", "x/index.html", "b/index.html"):
        (site / page).parent.mkdir(parents=True, exist_ok=True)
        (site / page).write_text(f"<title>{page}</title>")
    made = answers(name, ROWS, prefix)
    assert made.text
    assert made.refused == ()
    place = site / SERVERS[name].path
    place.parent.mkdir(exist_ok=True)
    place.write_text(made.text, encoding="utf-8")
    # the paths in the servers' own files have no spaces
    plain = folder / "plain"
    plain.symlink_to(site)
    port = free_port()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            STARTS[name](folder, plain, port, prefix),
            stdout=said,
            stderr=said,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder)},
        )
    try:
        wait(process, port, folder)
        yield Asked(name, port, prefix)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


def wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    logs = [p.read_text() for p in (folder / "said", folder / "error.log") if p.exists()]
    pytest.fail("it did not start: " + "\n".join(logs))


def test_old_addresses_lead_to_their_pages(server: Asked) -> None:
    found = {address: server.get(address) for address in MOVED}
    paths = {a: (status, urlsplit(where or "").path) for a, (status, where) in found.items()}
    queries = {urlsplit(where or "").query for _, where in found.values()}
    assert paths == {a: (301, server.prefix + quote(new)) for a, new in MOVED.items()}
    assert queries == {""}


def test_no_redirect_leaves_the_host(server: Asked) -> None:
    hosts = {urlsplit(server.get(address)[1] or "").netloc for address in MOVED}
    assert hosts <= {"", f"127.0.0.1:{server.port}", "127.0.0.1"}


def test_what_is_gone_is_gone(server: Asked) -> None:
    assert {a: server.get(a)[0] for a in GONE} == dict.fromkeys(GONE, 410)


def test_pages_are_as_they_were(server: Asked) -> None:
    assert {a: server.get(a)[0] for a in PAGES} == dict.fromkeys(PAGES, 200)


def test_what_is_no_old_address_is_missing(server: Asked) -> None:
    assert {a: server.get(a)[0] for a in MISSING} == dict.fromkeys(MISSING, 404)
