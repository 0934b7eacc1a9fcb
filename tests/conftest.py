"""What tests share: tiny sites made of texts that stand in the test, and the command line to run."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import browsing
import pytest
from hypothesis import settings
from PIL import Image

from bimson_site import cli

settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, derandomize=True)
# One commit's CI must not fail for what another did: the search for new examples is done elsewhere.
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pixels(shade: int = 0, width: int = 4, height: int = 3, **more: Any) -> bytes:
    """A small picture, PNG unless `format` says otherwise."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 90, 60)).save(data, **{"format": "PNG", **more})
    return data.getvalue()


LONG = "Sáng thứ ba, chợ phiên họp bên bờ sông, người bán người mua đông như ngày hội. " * 8


@dataclass(frozen=True)
class Result:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def codes(self) -> list[str]:
        return sorted(p["code"] for p in self.json["problems"])


def run(*arguments: object, env: Mapping[str, str] | None = None) -> Result:
    """Run `bimson-site` here, in English unless told otherwise."""
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    os.environ.update({"LC_ALL": "C.UTF-8", **(env or {})})
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = cli.run([str(argument) for argument in arguments])
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Result(code, out.getvalue(), err.getvalue())


def run_process(*arguments: object, env: Mapping[str, str] | None = None) -> Result:
    """Run `bimson-site` as a process of its own, where the machine's settings are the point."""
    done = subprocess.run(
        [sys.executable, "-m", "bimson_site", *map(str, arguments)],
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
        check=False,
        timeout=300,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass(frozen=True)
class Site:
    """A site on the disk."""

    root: Path

    def write(self, path: str, text: str | bytes) -> Site:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def build(self, *options: str) -> Result:
        return run("build", "--site", self.root, "--json", *options)

    def run(self, command: str, *options: str, **more: Any) -> Result:
        return run(command, *options, "--site", self.root, **more)

    def output(self, path: str = "") -> str:
        return (self.root / "build" / path).read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every published file, our own mark left out."""
        return tree(self.root / "build")


def tree(folder: Path) -> dict[str, bytes]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file())
    paths = {p.relative_to(folder).as_posix(): p for p in found}
    return {n: p.read_bytes() for n, p in paths.items() if not n.startswith(".bimson-site/")}


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Site]:
    """`site({path: text, …})` makes a site; paths without a folder are articles in content/."""

    def make(files: Mapping[str, str | bytes] = {}, name: str = "site") -> Site:
        made = Site(tmp_path / name)
        (made.root / "content").mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            made.write(path if "/" in path or path.endswith(".yaml") else f"content/{path}", text)
        return made

    return make


@pytest.fixture
def serve(site: Callable[..., Site]) -> Iterator[Callable[..., Any]]:
    """`serve(files, *options)` makes a site and shows it as long as the test runs; see `running`."""
    from running import serving

    with ExitStack() as stack:
        yield lambda files, *options, **more: stack.enter_context(
            serving(site(files), *options, **more)
        )


def article(
    title: str = "Tin", timestamp: str = "2020-08-05", body: str = LONG, **fields: str
) -> str:
    """An article file as text."""
    head = {"title": title, "timestamp": timestamp, **fields}
    lines = "".join(f"{name}: {value}\n" for name, value in head.items() if value)
    return f"---\n{lines}---\n{body}\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium. Without it a test is skipped, in CI it fails."""
    if not browsing.CHROMIUM:
        assert not os.environ.get("CI"), browsing.ABSENT
        pytest.skip(browsing.ABSENT)
    with browsing.chromium() as found:
        yield found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write the goldens anew; read the diff")
