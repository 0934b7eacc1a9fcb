"""`python -m bimson_site`, and the command `bimson-site`. The bare --version is answered here, at once."""

from __future__ import annotations

import os
import sys

from bimson_site import __version__


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        _version()
        return
    from bimson_site.cli import run  # noqa: PLC0415 - the import is part of what may be interrupted

    sys.exit(run(sys.argv[1:]))


def _version() -> None:
    """What `cli` says too, without waiting for click."""
    try:
        print(f"bimson-site {__version__}", flush=True)  # noqa: T201
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the reader of a pipe has gone


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
