"""Partitions on their way to a worker: what is unpacked there is what was fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bimson_site import intake, survey
from bimson_site.effects.site import open_site
from bimson_site.pipeline import assemble
from bimson_site.pipeline.release import Moment
from bimson_site.pipeline.stacks import Stacks

GOLDEN = Path(__file__).parents[1] / "sites/golden"


@pytest.mark.parametrize("large", [0, 2**20], ids=["all compressed", "none"])
def test_a_packed_partition_is_drawn_up_as_the_partition_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    """Of every kind that the golden site has, with the cards that its lists name by number."""
    monkeypatch.setattr(assemble, "_LARGE", large)
    shutil.copytree(GOLDEN, tmp_path / "site", ignore=shutil.ignore_patterns("expected"))
    site = open_site(tmp_path / "site")
    with intake.opened(site, passing=True) as kept:
        outlines = survey.survey(site, Moment(2**40), kept).edition.outlines
        stack = Stacks(kept.rows)
        packed = [assemble.packed(outline.partition, stack) for outline in outlines]
        listed = assemble.catalogue(dict(stack.rows))
        assert stack.rows, "no partition lists a card"
        for outline, data in zip(outlines, packed, strict=True):
            opened, there = assemble.opened(data), assemble.fetched(outline.partition, stack)
            assert opened == there
            assert assemble.weight(opened) == assemble.weight(outline.partition)
            found = kept.fetch(assemble.wanted(opened))
            drawn = assemble.assemble(opened, found, {}, listed)
            assert drawn == assemble.assemble(there, found, {}, stack)
