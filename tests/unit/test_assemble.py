"""Partitions on their way to a worker: what is unpacked there is what was packed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bimson_site import survey
from bimson_site.effects.site import open_site
from bimson_site.model import CardRow
from bimson_site.pipeline import assemble
from bimson_site.pipeline.release import Moment

GOLDEN = Path(__file__).parents[1] / "sites/golden"


@pytest.mark.parametrize("large", [0, 2**20], ids=["all compressed", "none"])
def test_a_packed_partition_is_drawn_up_as_the_partition_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    """Of every kind that the golden site has, with the cards that its lists name by number."""
    monkeypatch.setattr(assemble, "_LARGE", large)
    shutil.copytree(GOLDEN, tmp_path / "site", ignore=shutil.ignore_patterns("expected"))
    site = open_site(tmp_path / "site")
    rows: dict[int, CardRow] = {}
    with survey.opened(site, passing=True) as kept:
        outlines = survey.survey(site, Moment(2**40), kept).edition.outlines
        packed = [assemble.packed(outline.partition, rows) for outline in outlines]
        listed = assemble.catalogue(rows)
        assert rows, "no partition lists a card"
        for outline, data in zip(outlines, packed, strict=True):
            found = kept.fetch(assemble.wanted(outline.partition))
            opened = assemble.opened(data)
            assert assemble.wanted(opened) == assemble.wanted(outline.partition)
            assert assemble.weight(opened) == assemble.weight(outline.partition)
            drawn = assemble.assemble(opened, found, {}, listed)
            assert drawn == assemble.assemble(outline.partition, found)
