"""Pictures before they are shown: looked at once, those that are too wide made smaller, with cache and workers.

Owns which files count as pictures, and what is kept of them; how one is made is `effects.pictures`, where it is
shown `pipeline.references`. Who asks: `survey`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bimson_site import jobs, routes
from bimson_site.effects import pictures
from bimson_site.effects.cache import Cache
from bimson_site.effects.pictures import Facts
from bimson_site.effects.site import Site
from bimson_site.effects.workers import Hands
from bimson_site.errors import Location, Problem, problem
from bimson_site.model import Asset, Picture, Source, Sources

_WEIGHT = 30  # of a picture, beside an article


class Gallery(NamedTuple):
    """What is known of the pictures of a site, by path, and what is wrong with them."""

    of: Mapping[str, Picture] = {}
    problems: tuple[Problem, ...] = ()


def look(site: Site, sources: Sources, kept: Cache, hands: Hands) -> Gallery:
    """Look at every picture that is not as it was, beside the articles and in static/; what was made of
    pictures that are gone goes too."""
    found = {s.path: s for s in (*sources.beside, *_static(site)) if routes.is_picture(s.path)}
    known = kept.pictures()
    if not found and not known:
        return Gallery()
    folder = kept.pictures_folder
    there = pictures.there(folder)
    whole = {path: row for path, row in known.items() if there.issuperset(row[2].made)}
    unseen = [s for s in found.values() if s.path not in whole or whole[s.path][0] != s.stamp]
    if unseen:
        looker = partial(
            jobs.make_looker,
            site.root,
            folder,
            {row[1]: row[2] for row in whole.values() if row[1]},
        )
        done = hands.work("read", looker, unseen, jobs.died_looking, lambda _: _WEIGHT)
        seen = [(s, digest, facts) for s, (digest, facts) in zip(unseen, done, strict=True)]
        known |= {s.path: (s.stamp, digest, facts) for s, digest, facts in seen}
    else:
        seen = []
    gone = known.keys() - found.keys()
    if seen or gone:
        kept.keep_pictures(seen, gone)
        wanted = {name for path in found for name in known[path][2].made}
        pictures.forget(folder, pictures.there(folder) - wanted)
    facts = {path: known[path][2] for path in sorted(found)}
    place = Path(os.path.relpath(folder.resolve(), site.root.resolve())).as_posix()
    return Gallery(
        {path: _picture(each, place) for path, each in facts.items()}, tuple(_problems(facts))
    )


def _static(site: Site) -> Iterator[Source]:
    """The site's own files in static/, as the walk saw them."""
    for asset in site.assets:
        if not asset.packaged:
            size, written, changed, inode = map(int, asset.stamp)
            yield Source(asset.path, size, True, written, changed, inode)


def _picture(facts: Facts, place: str) -> Picture:
    clean, small = (f"{place}/{name}" if name else "" for name in (facts.clean, facts.small))
    return Picture(facts.width, facts.height, clean, small, facts.small_width, facts.small_height)


def _problems(found: Mapping[str, Facts]) -> Iterator[Problem]:
    for path, facts in found.items():
        if facts.wrong == "picture-too-large":
            yield problem("picture-too-large", Location(path), millions=facts.reason)
        elif facts.wrong:
            yield problem("picture-broken", Location(path), reason=facts.reason)


def published(assets: Iterable[Asset], gallery: Gallery) -> tuple[Asset, ...]:
    """The files of static/ as they are published: pictures without GPS data."""
    return tuple(
        Asset(a.path, a.url, a.packaged, a.stamp, made) if (made := _clean(a, gallery)) else a
        for a in assets
    )


def _clean(asset: Asset, gallery: Gallery) -> str:
    picture = gallery.of.get(asset.path)
    return picture.clean if picture else ""
