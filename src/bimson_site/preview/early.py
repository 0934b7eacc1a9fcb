"""What is shown before the first plan is done: the last build.

Where a build now would publish the same (`build.last_build`), it is shown at once; else after a moment, with a word that
it is the last one, until the plan is done. A file that was changed by hand since is none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bimson_site import routes
from bimson_site.effects import files
from bimson_site.effects.site import Site
from bimson_site.errors import Problem
from bimson_site.pipeline.records import Stamp


@dataclass(frozen=True, slots=True)
class Early:
    """The last build of a site: the stamps of its files by path, what it said; whether it stands."""

    site: Site
    outputs: Mapping[str, Stamp]
    problems: tuple[Problem, ...]
    stands: bool

    def is_file(self, url: str) -> bool:
        """Whether what is published at an address is a file as it is: one of the theme or of static/, or a picture.
        Of other files beside articles nobody knows before the plan; a page that names one is loaded again then."""
        return routes.is_image(url) or any(asset.url == url for asset in self.site.assets)

    def file(self, url: str) -> Path | None:
        """The file that was published at an address, None where there is none or it is not as it was left."""
        path = routes.output(url)
        folder = self.site.root / self.site.config.output
        try:
            same = path in self.outputs and files.stamp(folder, path) == self.outputs[path]
        except OSError:
            return None
        return folder / path if same else None
