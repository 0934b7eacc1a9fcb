"""An edition of a previewed site: what was planned, and what is drawn from it. Values only.

Next: `session`, which makes editions and draws their pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from bimson_site.effects.site import Site
from bimson_site.errors import Problem
from bimson_site.model import Article, Asset, Face
from bimson_site.pipeline.assemble import Outline
from bimson_site.pipeline.release import Moment
from bimson_site.preview.contents import Contents, Place
from bimson_site.printing import Versions
from bimson_site.survey import Survey


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a site is shown: as of which moment (seconds since 1970 UTC; None: now), with drafts
    and articles of the future in its lists, or not."""

    as_of: int | None = None
    future: bool = False
    drafts: bool = False

    def at(self, now: int) -> Moment:
        return Moment(now if self.as_of is None else self.as_of, self.future, self.drafts)


class Fresh(NamedTuple):
    """An article as its file is by now, where the edition was planned with an older text of it."""

    article: Article
    face: Face
    html: str


@dataclass(frozen=True, slots=True)
class Edition:
    """The site as it was planned last: what was surveyed, the table of contents, the press that draws; what
    the cache knew then; all that a build would say of the site, but for what only shows when pages are written;
    articles that were saved since, by number, and not planned yet; the files of the theme and of static/, by
    address."""

    site: Site
    surveyed: Survey
    contents: Contents
    versions: Versions
    kept: Path
    history: bytes
    outlines: Mapping[str, Outline]
    problems: tuple[Problem, ...]
    fresh: Mapping[int, Fresh] = field(default_factory=lambda: MappingProxyType({}))
    assets: Mapping[str, Asset] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "assets", {asset.url: asset for asset in self.site.assets})


class Drawn(NamedTuple):
    """A page as it would be published: the file of an asset, else its bytes; who claims its address, the
    files that it was made of."""

    place: Place
    data: bytes = b""
    asset: Asset | None = None
    made_of: tuple[str, ...] = ()


def with_fresh(edition: Edition, found: Mapping[int, Fresh]) -> Edition:
    """An edition with articles as their files are by now, by number."""
    return replace(edition, fresh=MappingProxyType({**edition.fresh, **found}))


def drawn_with(edition: Edition, site: Site) -> Edition:
    """An edition drawn with the templates and files of a site that was opened anew."""
    new = {name: getattr(site, name) for name in ("templates", "compiled", "assets")}
    site = replace(edition.site, **new)
    return replace(edition, site=site, versions=Versions(site, edition.surveyed.edition.masthead))


def is_file(edition: Edition, path: str) -> bool:
    """Whether a path is that of a file which is published as it is, beside the articles or by itself."""
    place = edition.contents.places.get(edition.contents.of.get(path, ""))
    return place is not None and place.view in {"file", "made"}
