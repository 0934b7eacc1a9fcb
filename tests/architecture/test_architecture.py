"""The shape of the code, checked: layers, one door per library, purity below the effects."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/bimson_site"
MODULES = sorted(SOURCE.rglob("*.py"))
PURE = (
    "pipeline/",
    "features/",
    "index/",
    "text/",
    "model.py",
    "errors.py",
    "problem_codes.py",
    "config",
    "routes.py",
    "locales.py",
)

# Each outside library and what alone may import it: one module, or one package (a path that ends in /).
DOORS = {
    "yaml": {"text/yaml_events.py"},
    "markdown_it": {"text/markdown/"},
    "mdit_py_plugins": {"text/markdown/parser.py"},
    "nh3": {"text/sanitise.py"},
    "PIL": {"effects/pictures.py"},
    "rapidfuzz": {"text/similarity.py"},
    "numpy": {"index/"},
    "slugify": {"text/slugs.py"},
    "jinja2": {"theme/sandbox/"},
    "babel": {"locales.py"},
    "polib": {"words.py"},
    "tomllib": {"text/toml.py"},
    "sqlite3": {"effects/cache.py"},
    "rich": {"terminal.py"},
    "click": {"call.py", "cli.py", "console.py", "terminal.py"},
    "multiprocessing": {"effects/workers.py"},
    "socket": {"preview/serving.py"},
    "starlette": {"preview/server.py"},
    "uvicorn": {"preview/serving.py"},
    "watchdog": {"preview/watch.py"},
    "subprocess": set(),
    "random": set(),
}
# What a pure module has no use for.
WORLD = {"os", "time", "pathlib", "shutil", "socket", "tempfile", "glob", "sqlite3", "subprocess"}


def imports(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def name(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


def at(doors: set[str], user: str) -> bool:
    return user in doors or any(d.endswith("/") and user.startswith(d) for d in doors)


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_has_one_door(library: str) -> None:
    users = {name(m) for m in MODULES if library in imports(m)}
    assert {user for user in users if not at(DOORS[library], user)} == set()


@pytest.mark.parametrize("module", [m for m in MODULES if name(m).startswith(PURE)], ids=name)
def test_what_lies_below_the_effects_is_pure(module: Path) -> None:
    assert not imports(module) & WORLD
    tree = ast.parse(module.read_text(encoding="utf-8"))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {f.id for f in called if isinstance(f, ast.Name)}
    attributes = {f.attr for f in called if isinstance(f, ast.Attribute)}
    assert not names & {"open", "print", "input", "exec", "eval"}
    assert not attributes & {"now", "today", "utcnow", "getenv", "write_text", "write_bytes"}


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_module_says_what_it_owns(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_layers_have_no_exceptions() -> None:
    config = (SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert "ignore_imports" not in config
    assert "exhaustive = true" in config


def test_only_the_command_line_reads_the_clock() -> None:
    users = {name(m) for m in MODULES if "time" in imports(m)}
    assert users <= {"cli.py"}
