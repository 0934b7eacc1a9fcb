"""What comes in: a walk of content/ beside what the cache knows of it, before a file is opened.

A build with nothing to do ends here, so nothing is loaded that reads, plans or draws. Next: `survey` has read what is
another, and decides everything.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import TypeVar

from bimson_site.effects import files, tool, workers
from bimson_site.effects.cache import Cache, LostError
from bimson_site.effects.site import Site
from bimson_site.effects.workers import ALONE, Hands
from bimson_site.errors import Problem
from bimson_site.model import UNSETTLED, LoadRules, Source, Sources, digest
from bimson_site.pipeline.discover import Discovered, discover

Result = TypeVar("Result")


class Walked:
    """What stands in content/: the files, the problems of those that are none, and what is another when
    anything of it is another, "" as long as files have to be read."""

    def __init__(self, listing: Sequence[Source], said: str = "") -> None:
        self._listing = listing
        self.digest = said

    @property
    def settled(self) -> bool:
        """Whether every file is old enough to be known by its stamp: one that is not may change within the same tick
        of the clock, and be seen with the same stamp."""
        return all(source.changed != UNSETTLED for source in self._listing)

    @cached_property
    def seen(self) -> bytes:
        """A digest of the listing."""
        paths, *numbers = zip(*self._listing, strict=True) if self._listing else [()]
        columns = (array("q", column).tobytes() for column in numbers)
        told = (
            str(len(paths)).encode(),
            "\0".join(paths).encode("utf-8", "surrogatepass"),
            *columns,
        )
        return blake2b(b"\0".join(told), digest_size=16).digest()

    @cached_property
    def _sorted(self) -> Discovered:
        return discover(self._listing)

    @property
    def articles(self) -> Sequence[Source]:
        return self._sorted.articles

    @property
    def sources(self) -> Sources:
        return self._sorted.sources

    @property
    def unfit(self) -> tuple[Problem, ...]:
        return self._sorted.problems

    def let_go(self) -> None:
        """Keep of the articles their paths alone: the stamps of a million files take 200 MB."""
        self._sorted = self._sorted._replace(articles=())
        self._listing = ()

    def forget(self) -> None:
        """Keep the digest alone, where all is decided."""
        self._listing, self._sorted = (), discover(())


def opened(site: Site, *, passing: bool = False) -> Cache:
    """The cache of a site, for what is read under its rules by this program."""
    program = tool.identity()
    return Cache(site.root, program, digest((program, rules(site))), passing=passing)


def with_cache(site: Site, work: Callable[[Cache], Result]) -> Result:
    """What `work` makes with the cache; with a passing one where the cache fails under its hands."""
    with workers.undisturbed():
        try:
            with opened(site) as kept:
                return work(kept)
        except LostError:
            with opened(site, passing=True) as kept:
                return work(kept)


def rules(site: Site) -> LoadRules:
    config = site.config
    names = tuple(sorted(place.name for place in site.places))
    missing, own = config.missing_authors, config.base_url
    return LoadRules(config.language, config.timezone, missing, config.search, names, own)


def walk(site: Site, kept: Cache, hands: Hands = ALONE) -> Walked:
    """Look at every file of content/, and read none; it has its digest where all are as they were."""
    walked = Walked(files.walk(site.root, "content", kept.now()))
    walked.digest = kept.walked(walked.seen) if walked.settled else ""
    hands.lap("walk content/")
    return walked
