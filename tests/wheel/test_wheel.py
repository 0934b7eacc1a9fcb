"""The wheel is complete: installed in a clean environment, it builds a site and passes for whole."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_installed_wheel_builds_a_site(tmp_path: Path) -> None:
    """A real environment, a real install; only the download of dependencies is shared with this one."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("bimson_site-*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    binaries = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    lock = ROOT / "requirements.lock"
    install = [
        binaries / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "install",
    ]
    subprocess.run([*install, "-c", lock, wheel], check=True)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    for command in (
        ["init", "kho", "--lang", "vi"],
        ["build", "--site", "kho", "--strict", "--lang", "vi"],
        ["list", "--site", "kho", "--json"],
    ):
        subprocess.run([binaries / "bimson-site", *command], cwd=tmp_path, env=clean, check=True)
    built = tmp_path / "kho/build"
    assert (built / "gioi-thieu/index.html").is_file()
    assert (built / "style.css").is_file()
    assert "Chuyên mục" in (built / "index.html").read_text(encoding="utf-8")
