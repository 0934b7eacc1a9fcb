"""Opens a site's folder: its configuration, extensions, templates and static files.

Reads them all once, so that everything after works on values. Errors here are exit code 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bimson_site import config as configuration
from bimson_site.config import SiteConfig
from bimson_site.effects import extensions, files
from bimson_site.errors import Location, Problem, Severity, SiteError, problem
from bimson_site.extension import Extension
from bimson_site.model import Asset, Masthead, Source
from bimson_site.text import filenames
from bimson_site.theme.engine import PACKAGED, Press, TemplateSource
from bimson_site.theme.engine import sources as template_sources

CONFIG = "bimson.yaml"


@dataclass(frozen=True, slots=True)
class Site:
    """An opened site. `templates` are all by name, the site's own in place of the theme's;
    `warnings` are those of the configuration."""

    root: Path
    config: SiteConfig
    extensions: tuple[Extension, ...]
    templates: Mapping[str, TemplateSource]
    assets: tuple[Asset, ...]
    warnings: tuple[Problem, ...] = ()


def open_site(root: Path) -> Site:
    """Open a site. SiteError for a missing content folder, a broken configuration or template."""
    if not (root / "content").is_dir():
        folder = root.resolve() if root == Path() else root  # "in ." would say little
        raise SiteError(problem("content-missing", Location("."), folder=folder.as_posix()))
    config, warnings = read_config(root)
    added = extensions.import_all(root, config.extensions)
    templates = template_sources(_templates(root, added))
    Press(Masthead("", "", config.language, config.timezone, "", (), ()), templates).check()
    static = files.walk(root, "static")
    unnamed = tuple(
        problem("name-undecodable", Location(source.path))
        for source in static
        if not filenames.is_text(source.path)
    )
    return Site(root, config, added, templates, _assets(static), (*warnings, *unnamed))


def read_config(root: Path) -> tuple[SiteConfig, tuple[Problem, ...]]:
    """The configuration and its warnings; the defaults where there is no bimson.yaml."""
    place = root / CONFIG
    text = None
    if place.is_file():
        try:
            text = place.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as err:
            line = err.object.count(b"\n", 0, err.start) + 1
            reason = "it is not UTF-8 text"
            raise SiteError(
                problem("config-invalid", Location(CONFIG, line), reason=reason)
            ) from err
    config, problems = configuration.read(text, CONFIG)
    if config is None:
        raise SiteError(*(p for p in problems if p.severity is Severity.ERROR))
    return config, problems


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
        f"/{name}": Asset(f"assets/{name}", f"/{name}", True)
        for name, _ in files.packaged("assets")
    }
    for source in static:
        if not filenames.is_text(source.path):
            continue
        url = "/" + source.path.removeprefix("static/")
        name = source.path.rsplit("/", 1)[-1]
        if source.regular and source.size >= 0 and name != ".DS_Store" and not _ours(url):
            found[url] = Asset(source.path, url, packaged=False)
    return tuple(found[url] for url in sorted(found))


def _ours(url: str) -> bool:
    """The folder that marks an output as ours is no place for a site's files."""
    return url.startswith(f"/{files.MARK}/")
