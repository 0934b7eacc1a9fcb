"""`python -m bimson_site`, and the command `bimson-site`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from bimson_site.cli import run  # noqa: PLC0415 - the import is part of what may be interrupted

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
