"""Which files are to be read again: what the cache finds, many at a time, is what looking at one after the other finds."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bimson_site.effects import cache
from bimson_site.effects.cache import Cache, Reading
from bimson_site.model import UNSETTLED, Source

_MOMENTS = st.sampled_from((1, 2, UNSETTLED))
_STAMPS = st.tuples(st.integers(0, 1), st.just(1), _MOMENTS, st.integers(0, 1))
_WALKS = st.dictionaries(st.integers(0, 11).map("content/{:02}.md".format), _STAMPS, max_size=12)


def sources(walk: dict[str, tuple[int, int, int, int]]) -> list[Source]:
    return [
        Source(path, size, True, written, changed, inode)
        for path, (size, written, changed, inode) in sorted(walk.items())
    ]


def reading(source: Source) -> Reading:
    return Reading(source, blake2b(source.path.encode(), digest_size=16).digest())


@pytest.fixture(autouse=True)
def few_together(monkeypatch) -> None:
    monkeypatch.setattr(cache, "_TOGETHER", 3)


@settings(max_examples=60, deadline=None)
@given(st.lists(_WALKS, min_size=2, max_size=4))
def test_files_are_compared_many_at_a_time_as_one_by_one(walks) -> None:
    known: dict[str, tuple[int, int, int, int]] = {}
    with TemporaryDirectory() as folder, Cache(Path(folder), "program", "rules") as kept:
        for walk in walks:
            found = sources(walk)
            places, past = kept.unlike(found)
            same = {
                path
                for path, stamp in known.items()
                if walk.get(path) == stamp and stamp[2] != UNSETTLED
            }
            assert [found[place].path for place in places] == sorted(walk.keys() - same)
            assert past.keys() == known.keys() - same
            kept.forget(past[path].number for path in past.keys() - walk.keys())
            kept.keep([reading(found[place]) for place in places], past)
            assert all(
                each.digest == reading(Source(path, 0)).digest for path, each in past.items()
            )
            known = walk
