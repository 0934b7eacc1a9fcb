"""What is shown before the first plan is done: the last build, and pages that the last preview showed.

Where a build now would publish the same (`build.last_build`), it is shown at once; else with a word that it is the last
one, until the plan is done. A file that was changed by hand since is none of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from bimson_site import routes
from bimson_site.effects import files
from bimson_site.effects.site import Site
from bimson_site.errors import Problem
from bimson_site.model import Asset
from bimson_site.pipeline import records
from bimson_site.pipeline.outputs import Stamp

SMALL = 5_000  # addresses of a site that is planned in a moment


class Seen(NamedTuple):
    """What a preview showed last: how many addresses there were, and some of the pages."""

    size: int = 0
    pages: Mapping[str, bytes] = MappingProxyType({})

    @property
    def packed(self) -> bytes:
        pages = tuple((url, zlib.compress(data, 1)) for url, data in self.pages.items())
        return records.sealed((self.size, pages))

    @staticmethod
    def unpacked(data: bytes) -> Seen:
        """Nothing where nothing was kept. DamagedError for what is damaged."""
        size, pages = records.opened(data) if data else (0, ())
        return Seen(size, {url: zlib.decompress(page) for url, page in pages})


@dataclass(frozen=True, slots=True)
class Early:
    """The last build of a site: the stamps of its files by path, what it said; whether it stands; what the
    last preview showed, for what is not of a build."""

    site: Site
    outputs: Mapping[str, Stamp]
    problems: tuple[Problem, ...]
    stands: bool
    seen: Seen

    @property
    def passes_soon(self) -> bool:
        """Whether the plan is worth waiting for: there is little to plan, and it may show something else."""
        return not self.stands and (len(self.outputs) or self.seen.size) < SMALL

    def asset(self, url: str) -> Asset | None:
        """The file of the theme or of static/ that is published at an address."""
        return next((asset for asset in self.site.assets if asset.url == url), None)

    def is_file(self, url: str) -> bool:
        """Whether what is published at an address is a file as it is: one of the theme or of static/, or a picture.
        Of other files beside articles nobody knows before the plan; a page that names one is loaded again then."""
        return routes.is_image(url) or self.asset(url) is not None

    def file(self, url: str) -> Path | None:
        """The file that was published at an address, None where there is none or it is not as it was left."""
        path = routes.output(url)
        folder = self.site.root / self.site.config.output
        try:
            same = path in self.outputs and files.stamp(folder, path) == self.outputs[path]
        except OSError:
            return None
        return folder / path if same else None
