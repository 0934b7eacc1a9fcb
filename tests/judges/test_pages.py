"""Judges of others, asked about a sample with every kind of page at its worst and about our own archive: axe-core, the Nu Html Checker,
html-validate, and a walk over all links.

They want Debian's Chromium, Java, and what package.json names (`make test` installs that where there is npm). Without
them these tests are skipped, in CI they fail. Lighthouse takes longer: `lighthouse.py`, `make judges`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
import sample
from browsing import served
from lxml import html

from conftest import Site

MODULES = Path(__file__).parent / "node_modules"
REPOSITORY = Path(__file__).parents[2]
OWN = "own"  # the archive of this repository, which is the first one


def needed(judge: Path | str, cure: str) -> Path | str:
    """A judge that is there; without it a test is skipped, in CI it fails."""
    if not (judge.exists() if isinstance(judge, Path) else shutil.which(judge)):
        assert not os.environ.get("CI"), cure
        pytest.skip(cure)
    return judge


NPM = "cd tests/judges && npm ci --ignore-scripts"

# One page of every kind, as the sample has it.
KINDS = (
    "/",
    "/2021/",
    "/2021/02/",
    "/2021/02/10/",
    "/2021/03/12/cau-moi-thay-ben-do-cu-sau-ba-muoi-nam-cho-doi/",
    "/2021/03/13/cau-moi-ban-sau/",
    "/2022/06/08/bang-gia-8/",
    "/undated/",
    sample.WITHDRAWN,
    sample.GONE,
    "/authors/",
    "/authors/do-thu-hanh/",
    "/sections/",
    "/sections/thoi-su/",
    "/sources/",
    "/tags/",
    "/coverage/",
    "/on-this-day/",
    "/on-this-day/02-10/",
    "/gioi-thieu/",
    "/search/",
    "/404.html",
)
WIDTHS = (320, 768, 1280)
# target-size (WCAG 2.2 AA: 24 px, but for links in running text) waits to be asked for in axe.
ASK = """axe.run({rules: {"target-size": {enabled: true}}})
  .then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")))"""

# html-validate: all that it recommends, but for
RULES = {
    "doctype-style": ["error", {"style": "lowercase"}],  # as the HTML Living Standard writes it
    "long-title": "off",  # a headline stays as it was printed, however long
}


def pages_of(build: Path, folders: str) -> list[str]:
    return [f"/{p.parent.relative_to(build)}/" for p in sorted(build.glob(f"{folders}/index.html"))]


def kinds(build: Path) -> list[str]:
    """`KINDS`, and the pages whose addresses are not known beforehand; of our own archive every page."""
    found = pages_of(build, "20*/**")
    if build.parent.name.startswith(OWN):
        return [*pages_of(build, "**"), "/404.html"]
    changes = next(url for url in found if "/changes/" in url)
    copies = next(url for url in found if "/copies/" in url)
    worst = next(url for url in found if url.startswith("/2021/03/12/uy-ban-xa"))
    capitals = next(url for url in found if "/hoi-nghi-tong-ket" in url)
    return [*KINDS, changes, copies, worst, capitals]


@pytest.fixture(scope="module", params=["vi", "en", OWN])
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == OWN:
        for name in ("content", "permalinks"):
            shutil.copytree(REPOSITORY / name, folder / name)
        shutil.copy(REPOSITORY / "bimson.yaml", folder)
    else:
        sample.write(folder, request.param)
    # One file of the sample is broken.
    assert Site(folder).build("--as-of", "2026-01-01").code == (request.param != OWN)
    return folder / "build"


@pytest.fixture(scope="module")
def root(build: Path) -> Iterator[str]:
    with served(build) as host:
        yield host


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, root, build, scheme) -> None:
    axe = needed(MODULES / "axe-core/axe.min.js", NPM).read_text()
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    wrong = []
    for url in kinds(build):
        page.goto(root + url)
        page.evaluate(axe)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"{url} {width} {each}" for each in page.evaluate(ASK)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{url} {width} scrolls sideways")
    context.close()
    assert not wrong, "\n".join(wrong[:20])
    assert all(url.startswith(root) for url in asked)


def test_the_nu_checker_finds_no_error_on_any_page(build) -> None:
    jar = needed(MODULES / "vnu-jar/build/dist/vnu.jar", NPM)
    java = needed("java", "apt-get install default-jre-headless")
    told = subprocess.run(
        [java, "-jar", jar, "--errors-only", "--format", "json", "--skip-non-html", build],
        capture_output=True,
        check=False,
    )
    found = json.loads(told.stderr)["messages"]
    assert [f"{m.get('url')}:{m.get('lastLine')} {m['message']}" for m in found][:20] == []


def test_html_validate_finds_nothing_on_any_page(build, tmp_path) -> None:
    rules = {"root": True, "extends": ["html-validate:recommended"], "rules": RULES}
    settings = tmp_path / "rules.json"
    settings.write_text(json.dumps(rules))
    command = [
        needed(MODULES / ".bin/html-validate", NPM),
        "--config",
        settings,
        "--formatter",
        "json",
    ]
    told = subprocess.run(
        [*command, f"{build}/**/*.html"], capture_output=True, text=True, check=False
    )
    assert not told.stderr
    found = [
        f"{page['filePath']}:{m['line']} {m['ruleId']}: {m['message']}"
        for page in json.loads(told.stdout)
        for m in page["messages"]
    ]
    assert found[:20] == []


def test_every_link_and_fragment_leads_somewhere(build) -> None:
    pages = {p: html.fromstring(p.read_bytes()) for p in build.rglob("*.html")}
    ids = {p: {*tree.xpath("//@id")} for p, tree in pages.items()}
    wrong = []
    for place, tree in pages.items():
        here = f"/{place.relative_to(build)}".removesuffix("index.html")
        for link in tree.xpath("//@href | //@src"):
            path, fragment = urldefrag(urljoin(here, link))
            if re.match(r"[a-z]+:", path):
                continue
            target = build / unquote(path).lstrip("/")
            target = target / "index.html" if path.endswith("/") else target
            if not target.is_file() or (fragment and fragment not in ids.get(target, ())):
                wrong.append(f"{here}: {link}")
    assert len(pages) > (5 if build.parent.name.startswith(OWN) else 1000)
    assert wrong[:20] == []


def test_an_article_and_its_styles_are_light_and_need_no_script(build) -> None:
    import gzip

    styles = sum(len(gzip.compress((build / name).read_bytes())) for name in STYLES)
    for url in kinds(build):
        data = (build / url.lstrip("/") / "index.html").read_bytes() if url[-1] == "/" else b""
        if re.match(r"/20\d\d/\d\d/\d\d/[^/]+/$", url):
            assert len(gzip.compress(data)) + styles <= 20_000, url
        # What there is makes search better, and waits until the page can be read.
        assert (
            re.findall(rb"<script(?! type=\"application/(?:ld\+)?json\"| [^>]*\bdefer\b)", data)
            == []
        )


STYLES = ("theme.css", "style.css")
