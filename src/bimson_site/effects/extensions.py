"""Imports the extensions that a site names: a file of its own, or an installed module.

An extension is a user's program: whatever it raises is reported as its own failure, and what it prints
goes to stderr, for stdout is what the command answers. Next: `extension` for what one is.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from bimson_site import routes
from bimson_site.errors import Location, SiteError, problem
from bimson_site.extension import Extension
from bimson_site.model import Page, digest

FOLDER = "extensions"


def import_all(root: Path, names: Sequence[str]) -> tuple[Extension, ...]:
    """The `EXTENSION` of each name: extensions/NAME.py of the site, else the module NAME.

    SiteError (extension-failed) for one that is missing, fails, or holds no `EXTENSION`.
    """
    return tuple(_import_one(root, name) for name in names)


def code(root: Path, names: Sequence[str]) -> str:
    """A digest of the code of extensions: every module in the site's folder of them, and the file of
    each that is installed. "" where there is none."""
    if not names:
        return ""
    places = sorted((root / FOLDER).glob("*.py"))
    found = (
        importlib.util.find_spec(n) for n in names if not (root / FOLDER / f"{n}.py").is_file()
    )
    places += [Path(spec.origin) for spec in found if spec and spec.origin]
    return digest(tuple((place.name, place.read_bytes()) for place in places if place.is_file()))


def _import_one(root: Path, name: str) -> Extension:
    file = root / FOLDER / f"{name}.py"
    where = Location(f"{FOLDER}/{name}.py" if file.is_file() else "bimson.yaml")
    with _watched(name, where):
        module = _from_file(file, name) if file.is_file() else importlib.import_module(name)
    found = getattr(module, "EXTENSION", None)
    if not isinstance(found, Extension):
        reason = "it has no EXTENSION of the type bimson_site.extension.Extension"
        raise SiteError(problem("extension-failed", where, name=name, reason=reason))
    return _answerable(found, name, where)


@contextmanager
def _watched(name: str, where: Location) -> Iterator[None]:
    """Whatever fails in here is the extension's failure, even its wish to end the program."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except SiteError:
        raise
    except (Exception, SystemExit) as err:  # a user's program fails in its own ways
        reason = f"{type(err).__name__}: {err}"
        raise SiteError(problem("extension-failed", where, name=name, reason=reason)) from err


def _answerable(found: Extension, name: str, where: Location) -> Extension:
    """The extension, its functions wrapped so that a failure of theirs is called theirs."""

    def planning(plan: Callable[..., Any]) -> Callable[..., tuple[Page, ...]]:
        def call(*arguments: Any) -> tuple[Page, ...]:
            with _watched(name, where):
                return tuple(_checked(page) for page in plan(*arguments))

        return call

    def drawing(draw: Callable[..., Any]) -> Callable[..., bytes]:
        def call(*arguments: Any) -> bytes:
            with _watched(name, where):
                drawn = draw(*arguments)
                if not isinstance(drawn, bytes):
                    message = f"a view gives bytes, not {type(drawn).__name__}"
                    raise TypeError(message)
                return drawn

        return call

    planners = tuple(replace(p, plan=planning(p.plan)) for p in found.planners)
    views = tuple(replace(v, draw=drawing(v.draw)) for v in found.views)
    return replace(found, planners=planners, views=views)


def _checked(page: object) -> Page:
    """A page of an extension: with an address that stays in the site, and inputs that have a digest."""
    if not isinstance(page, Page):
        message = f"a planner gives pages, not {type(page).__name__}"
        raise TypeError(message)
    if not routes.is_address(page.url):
        message = f"{page.url!r} is no address of a page: write /name/ or /name.json"
        raise ValueError(message)
    digest(page.inputs)
    return page


def _from_file(file: Path, name: str) -> ModuleType:
    """Load a file as a module of its own name, so that its values can travel between processes."""
    spec = importlib.util.spec_from_file_location(f"bimson_extension_{name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
