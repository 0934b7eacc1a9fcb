"""Opens a site's folder: its configuration, extensions, templates and static files.

Reads them all once, so that everything after works on values. Errors here are exit code 2.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from bimson_site import config as configuration
from bimson_site import routes, words
from bimson_site.config import SiteConfig
from bimson_site.effects import compiled, extensions, files, tool
from bimson_site.effects.permalinks import Permalinks
from bimson_site.effects.workers import WORTH_A_PROCESS, Hands
from bimson_site.errors import Location, Problem, Severity, SiteError, problem
from bimson_site.extension import Extension
from bimson_site.model import Asset, Masthead, Place, Source, digest
from bimson_site.pipeline import gazetteer, rulings
from bimson_site.pipeline.rulings import NO_RULINGS, Rulings
from bimson_site.text import filenames
from bimson_site.theme.sources import PACKAGED, TemplateSource
from bimson_site.theme.sources import sources as template_sources

if TYPE_CHECKING:
    from bimson_site.theme.engine import Press

CONFIG = "bimson.yaml"
WORDS = "words"
NO_SCRIPT = Asset("", "", packaged=True)


@dataclass(frozen=True, slots=True)
class Site:
    """An opened site. `templates` are all by name, the site's own in place of the theme's;
    `warnings` are those of the configuration; `rulings` are those of dedupe.yaml, `places` those of places.yaml; `permalinks` is the ledger, which grows with the site; `tool` stands for the
    program and the extensions, `digest` for everything of the site but its content and ledger; `compiled` are
    templates as the engine has them; `words` is the gettext file of the site for its language; `script` looks old addresses up, `search_scripts` search."""

    root: Path
    config: SiteConfig
    extensions: tuple[Extension, ...]
    templates: Mapping[str, TemplateSource]
    assets: tuple[Asset, ...]
    warnings: tuple[Problem, ...] = ()
    tool: str = ""
    digest: str = ""
    compiled: dict[str, bytes] = field(default_factory=dict)
    rulings: Rulings = NO_RULINGS
    script: Asset = NO_SCRIPT
    search_scripts: tuple[Asset, ...] = ()
    words: str = ""
    places: tuple[Place, ...] = ()
    permalinks: Permalinks = field(kw_only=True)


def open_site(root: Path) -> Site:
    """Open a site. SiteError for a missing content folder, a broken configuration or template."""
    if not (root / "content").is_dir():
        folder = root.resolve() if root == Path() else root  # "in ." would say little
        raise SiteError(problem("content-missing", Location("."), folder=folder.as_posix()))
    config, warnings = read_config(root)
    ruled, doubts = read_rulings(root)
    own_words = read_words(root, config.language)
    places, unread = read_places(root, config.timezone)
    added = extensions.import_all(root, config.extensions)
    templates = template_sources(_templates(root, added))
    ready = compiled.load(root)
    if any(not each.path.startswith(PACKAGED) for each in templates.values()):
        bare_press(config, templates, ready).check()
    static = files.walk(root, "static", _now(root))
    unnamed = tuple(
        problem("name-undecodable", Location(source.path))
        for source in static
        if not filenames.is_text(source.path)
    )
    assets = _assets(static)
    script = _packaged("scripts/old.js", routes.LOOK_UP, files.packaged_file("scripts/old.js"))
    search_scripts = tuple(
        _packaged(f"scripts/{name}", url, files.packaged_file(f"scripts/{name}"))
        for name, url in (("search.js", routes.SEARCH_SCRIPT), ("slash.js", routes.SLASH_SCRIPT))
    )
    identity = tool.identity() + extensions.code(root, config.extensions)
    texts = tuple((name, t.text, t.path) for name, t in templates.items())
    whole = digest(
        (
            _raw(root, CONFIG),
            _raw(root, rulings.FILE),
            _raw(root, gazetteer.FILE),
            texts,
            assets,
            script,
            search_scripts,
            own_words,
            identity,
        )
    )
    said = (*warnings, *doubts, *unread, *unnamed)
    own = digest((identity,))
    return Site(
        root,
        config,
        added,
        templates,
        assets,
        said,
        own,
        whole,
        ready,
        ruled,
        script,
        search_scripts,
        own_words,
        places,
        permalinks=Permalinks(root),
    )


def bare_press(
    config: SiteConfig, templates: Mapping[str, TemplateSource], compiled: dict[str, bytes]
) -> Press:
    """A press to compile templates with, before it is known what the archive holds."""
    from bimson_site.theme.engine import Press  # an unchanged site is opened without an engine

    front = Masthead("", "", config.language, config.timezone, "", (), ())
    return Press(front, templates, compiled=compiled)


def compiling(site: Site, hands: Hands) -> AbstractContextManager[Callable[[], dict[str, bytes]]]:
    """Have templates compiled in a process of their own where few are: it takes 0.3 s, which a first build of a small
    site would wait for. What is yielded gives them as `Site.compiled` has them."""
    if len(site.compiled) >= len(site.templates) or compiled.kept(site.root):
        return nullcontext(dict)
    return hands.beside(WORTH_A_PROCESS, partial(_compiled, site))


def _compiled(site: Site) -> dict[str, bytes]:
    bare_press(site.config, site.templates, site.compiled).prepare()
    return site.compiled


def _now(root: Path) -> int:
    """The time of the site's file system; that of the machine's, where the site cannot be written."""
    try:
        (root / files.FOLDER).mkdir(exist_ok=True)
        return files.now(root / files.FOLDER)
    except OSError:
        return files.now(Path(tempfile.gettempdir()))


def _raw(root: Path, name: str) -> bytes:
    place = root / name
    return place.read_bytes() if place.is_file() else b""


def read_config(root: Path) -> tuple[SiteConfig, tuple[Problem, ...]]:
    """The configuration and its warnings; the defaults where there is no bimson.yaml."""
    config, problems = configuration.read(_text(root, CONFIG, "config-invalid"), CONFIG)
    if config is None:
        raise SiteError(*(p for p in problems if p.severity is Severity.ERROR))
    return config, problems


def read_rulings(root: Path) -> tuple[Rulings, tuple[Problem, ...]]:
    """What dedupe.yaml says, and its warnings. SiteError where it cannot be read: without it, a build
    would part or join what a person has decided."""
    found, problems = rulings.read(_text(root, rulings.FILE, "dedupe-invalid"))
    if wrong := [p for p in problems if p.severity is Severity.ERROR]:
        raise SiteError(*wrong)
    return found, problems


def read_words(root: Path, language: str) -> str:
    """The gettext file that the site has for its language, "" if none: words/pt-BR.po, else words/pt.po.
    SiteError (words-invalid) where it cannot be used."""
    for tag in dict.fromkeys((language, language.split("-", maxsplit=1)[0])):
        path = f"{WORDS}/{tag}.po"
        text = _text(root, path, "words-invalid")
        if text is not None:
            if problems := tuple(words.wrong(text, path)):
                raise SiteError(*problems)
            return text
    return ""


def read_places(root: Path, zone: str) -> tuple[tuple[Place, ...], tuple[Problem, ...]]:
    """The places of places.yaml, and its warnings; none of them where it is not UTF-8."""
    try:
        text = _text(root, gazetteer.FILE, "places-invalid")
    except SiteError as err:
        return (), err.problems
    return gazetteer.read(text, zone)


def _text(root: Path, name: str, code: str) -> str | None:
    """The text of a file that may be left out; a problem of this code where it is not UTF-8."""
    place = root / name
    if not place.is_file():
        return None
    try:
        return place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as err:
        line = err.object.count(b"\n", 0, err.start) + 1
        raise SiteError(problem(code, Location(name, line), reason="it is not UTF-8 text")) from err


def _templates(root: Path, added: Sequence[Extension]) -> Iterator[tuple[str, str, str]]:
    """The theme's templates, those of extensions, and the site's own: later ones replace earlier."""
    for name, data in files.packaged("templates"):
        yield name, data.decode(), f"{PACKAGED}{name}"
    for extension in added:
        for name, text in extension.templates.items():
            yield name, text, f"extensions/{extension.name}/{name}"
    for source in sorted(files.walk(root, "templates"), key=lambda s: s.path):
        name = source.path.removeprefix("templates/")
        if source.regular and not any(part.startswith(".") for part in name.split("/")):
            yield name, _template(root, source.path), source.path


def _template(root: Path, path: str) -> str:
    try:
        return files.read(root, path).decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = err.object.count(b"\n", 0, err.start) + 1
        reason = "it is not UTF-8 text"
        raise SiteError(problem("template-invalid", Location(path, line), reason=reason)) from err


def _assets(static: Sequence[Source]) -> tuple[Asset, ...]:
    """The theme's files, each replaced by the site's own of the same name, and the site's others."""
    found = {
        f"/{name}": _packaged(f"assets/{name}", f"/{name}", data)
        for name, data in files.packaged("assets")
    }
    for source in static:
        if not filenames.is_text(source.path):
            continue
        url = "/" + source.path.removeprefix("static/")
        name = source.path.rsplit("/", 1)[-1]
        if source.regular and source.size >= 0 and name != ".DS_Store" and not _ours(url):
            found[url] = Asset(source.path, url, packaged=False, stamp=source.stamp)
    return tuple(found[url] for url in sorted(found))


def _packaged(path: str, url: str, data: bytes) -> Asset:
    return Asset(path, url, packaged=True, stamp=(blake2b(data).hexdigest(),))


def _ours(url: str) -> bool:
    """The folder that marks an output as ours is no place for a site's files."""
    return url.startswith(f"/{files.MARK}/")
