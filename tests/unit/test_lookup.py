"""Old addresses for the page 404: the files, and the script that reads them, run under node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

from bimson_site.effects import files
from bimson_site.features.lookup import folded, shard, shards
from bimson_site.model import Old

ROWS = (
    Old("/Default.aspx?ctl=article&aID=7", "/2020/08/05/x/"),
    Old("/tin/bài cũ.html", "/2020/08/05/cầu/"),
    Old("/100%.html", "/x/"),
    Old("/tìm?q=b%C3%A0i", "/x/"),
    Old("/hỏng?q=%zz&%ff", "/x/"),
    Old("/ΑΣ/İ?😀&ﬀ&b&A", "/x/"),
    Old("/xoa.html", None),
    Old("/evil", "//evil.example/"),
    Old("/evil2", "https://evil.example/"),
    Old("/evil3", "/\\evil.example/"),
)
RUN = """
const vm = require("vm"), input = JSON.parse(require("fs").readFileSync(0, "utf8"));
(async () => {
  const out = [];
  for (const address of input.asked) {
    const url = new URL(address, "https://kho.example"), said = {asked: [], to: null};
    vm.runInNewContext(input.script, {
      URL, TextEncoder, decodeURIComponent,
      document: {currentScript: {getAttribute: () => input.root}},
      location: {pathname: url.pathname, search: url.search, origin: url.origin,
                 replace: (to) => { said.to = to; }},
      fetch: (name) => {
        said.asked.push(name);
        const text = input.files[name.slice(input.root.length)];
        return Promise.resolve({ok: text !== undefined, json: () => JSON.parse(text)});
      },
    });
    await new Promise((done) => setTimeout(done, 5));
    out.push(said);
  }
  console.log(JSON.stringify(out));
})();
"""

node = pytest.mark.skipif(
    not (shutil.which("node") or os.environ.get("CI")), reason="node is not here"
)


def script(asked: list[str], published: dict[str, str], root: str = "") -> list[dict[str, Any]]:
    text = files.packaged_file("scripts/old.js").decode()
    given = {"script": text, "asked": asked, "files": published, "root": root}
    done = subprocess.run(
        ["node", "-e", RUN], input=json.dumps(given).encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_only_what_leads_to_a_page_is_published() -> None:
    found = shards(ROWS)
    rows = {key: to for text in found.values() for key, to in json.loads(text).items()}
    assert rows["/default.aspx?aID=7&ctl=article".lower()] == "/2020/08/05/x/"
    assert rows["/tin/bài cũ.html"] == "/2020/08/05/c%E1%BA%A7u/"
    assert len(rows) == 6
    assert found == shards(ROWS[::-1])
    assert shards(()) == {}
    assert all(
        name == f"/old/{shard(key)}.json" for name in found for key in json.loads(found[name])
    )


@pytest.mark.parametrize(("text", "byte"), [("", "81"), ("a", "e4"), ("foobar", "bf")])
def test_the_hash_is_fnv_1a(text: str, byte: str) -> None:
    """Vectors of the authors: 811c9dc5, e40c292c, bf9cf968."""
    assert shard(text) == byte


def test_shards_fill_evenly() -> None:
    found = shards([Old(f"/default.aspx?aID={n}", "/x/") for n in range(25_600)])
    sizes = [len(json.loads(text)) for text in found.values()]
    assert len(sizes) == 256
    assert max(sizes) < 400


def test_folded() -> None:
    assert folded("/Tin/BA\u0300I/") == "/tin/bài"
    assert folded("/?p=7") == "?p=7"
    assert folded("/a?b=%26&A") == "/a?&a&b="


@node
@pytest.mark.parametrize("root", ["", "/kho"])
def test_the_script_finds_what_python_wrote(root: str) -> None:
    asked = {
        "/default.aspx?aid=7&ctl=article": "/2020/08/05/x/",
        "/Default.aspx?ctl=article&aID=7": "/2020/08/05/x/",
        "/tin/b%C3%A0i%20c%C5%A9.html": "/2020/08/05/c%E1%BA%A7u/",
        "/tin/ba%CC%80i%20cu%CC%83.html/?utm=1": "/2020/08/05/c%E1%BA%A7u/",
        "/100%25.html": "/x/",
        "/t%C3%ACm?q=bài": "/x/",
        "/h%E1%BB%8Fng?q=%zz&%ff": "/x/",
        "/%CE%91%CE%A3/%C4%B0?😀&ﬀ&b&A": "/x/",
        "/xoa.html": None,
        "/nothing?x": None,
        "/%ff": None,
        "/__proto__": None,
    }
    found = script([root + address for address in asked], dict(shards(ROWS)), root)
    led = [said["to"] for said in found]
    assert led == [to and f"https://kho.example{root}{to}" for to in asked.values()]


@node
def test_the_script_never_leaves_the_site_or_turns_in_circles() -> None:
    evil = ["//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)",
            "/\t/evil.example", "", 7, None, {"a": 1}, "/a"]  # fmt: skip
    for to in evil:
        (said,) = script(["/a"], {f"/old/{shard('/a')}.json": json.dumps({"/a": to})})
        assert said["to"] is None, to
        assert said["asked"] == [f"/old/{shard('/a')}.json"]


@node
def test_the_script_asks_nothing_outside_the_site_s_folder() -> None:
    (said,) = script(["/khoa/x"], {}, "/kho")
    assert said == {"asked": [], "to": None}


def test_the_script_is_small() -> None:
    assert len(files.packaged_file("scripts/old.js")) <= 1_500
