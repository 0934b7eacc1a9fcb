"""The ledger: rows as text, and whose an address is when files are renamed, removed and restored."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import Archive, Article, Body, Copy, Precision, Timestamp
from bimson_site.pipeline import ledger, recording, records
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.identity import identify
from bimson_site.pipeline.ledger import ALIAS, COPY, PAGE, TERM, Ledger, Row

DAY = "2026-11-24"


def row(url: str, owner: str, path: str = "", key: str = "", stands: str = PAGE) -> Row:
    return Row(url, owner, path, key, DAY, stands)


def slip(path: str, slug: str, key: str = "", *, own_id: str = ""):
    made = Article(
        id=own_id or path,
        path=path,
        title=slug,
        slug=slug,
        published=Timestamp(Precision.DAY, datetime(2020, 8, 5)),
        skeleton=key,
        body=Body(path, 0, 1, key.ljust(32, "0")),
    )
    return records.slip(made)


def at(slug: str) -> str:
    return f"/2020/08/05/{slug}/"


# --- rows as text -------------------------------------------------------------------------------------

ROWS = (
    row(at("tin"), "a.md", "a.md", "0f00000000000000"),
    row(at("mua"), "id, with a comma", "b.md", "1f00000000000000"),
    row("/tags/hoa/", "tags:hòa", stands=TERM),
    row(at("cu"), "a.md", "a.md", "0f00000000000000", ALIAS),
    row(at("lai"), "c.md", "c.md", "2f00000000000000", f'{COPY}id "quoted"'),
)


def test_rows_survive_their_text() -> None:
    found, damaged = ledger.read(ledger.text(ROWS))
    assert (sorted(found), damaged) == (sorted(ROWS), ())


def test_line_ends_of_windows() -> None:
    assert ledger.read(ledger.text(ROWS).replace("\n", "\r\n")) == ledger.read(ledger.text(ROWS))


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "/2020/08/05/tin/,,a.md,0f,2026-11-24",
        "/2020/08/05/tin/,,a.md,0f,2026-11-24,paper",
        "/2020/08/05/tin/,,,0f,2026-11-24,page",
        "https://elsewhere.example/,,a.md,0f,2026-11-24,page",
        '"/2020/08/05/tin/,,a.md,0f,2026-11-24,page',
    ],
)
def test_a_damaged_line_is_named_and_the_rest_is_read(line) -> None:
    good = ledger.text(ROWS[:1])
    assert ledger.read(f"url,id,path,key,since,as\n{line}\n{good}") == (ROWS[:1], (2,))


def test_files_are_cut_by_year() -> None:
    assert ledger.file_of(at("tin")) == "permalinks/2020.csv"
    assert ledger.file_of("/2020-la-nam-gi/") == "permalinks/undated.csv"
    assert ledger.file_of("/tags/hoa/") == "permalinks/undated.csv"


def test_the_order_of_rows_means_nothing() -> None:
    rows = [*ROWS, row(at("tin"), "z.md", "z.md"), row(at("tin"), "named", "y.md")]
    told = Ledger(tuple(rows))
    Random(7).shuffle(rows)
    other = Ledger(tuple(rows))
    assert (told.published, told.owner_in) == (other.published, other.owner_in)
    assert told.published.owner_of[at("tin")] == "named", "an id that a person gave has the address"


# --- who is who ---------------------------------------------------------------------------------------


def who(slips, rows, *, on_disk=None) -> dict[str, str]:
    paths = [s.path for s in slips] if on_disk is None else on_disk
    return identify(slips, (), {}, paths, Ledger(tuple(rows)))


def test_a_renamed_file_with_its_address_is_the_same_article() -> None:
    assert who([slip("new.md", "tin")], [row(at("tin"), "a.md", "a.md")]) == {"new.md": "a.md"}


def test_a_renamed_file_with_its_text_is_the_same_article() -> None:
    rows = [row(at("tin"), "a.md", "a.md", "0f00000000000000")]
    assert who([slip("new.md", "tua-moi", "0f00000000000000")], rows) == {"new.md": "a.md"}


def test_another_title_and_another_text_are_another_article() -> None:
    rows = [row(at("tin"), "a.md", "a.md", "0f00000000000000")]
    assert who([slip("new.md", "tua-moi", "1f00000000000000")], rows) == {}


def test_a_file_that_is_still_there_keeps_what_it_has() -> None:
    """The old file may be a draft now, or broken: it is on the disk."""
    rows = [row(at("tin"), "a.md", "a.md", "0f00000000000000")]
    assert who([slip("new.md", "tin", "0f00000000000000")], rows, on_disk=["a.md", "new.md"]) == {}


def test_of_two_texts_that_are_gone_the_younger_was_renamed() -> None:
    old = row(at("tin"), "a.md", "a.md", "0f00000000000000")._replace(since="2026-01-01")
    young = row(at("mua"), "b.md", "b.md", "0f00000000000000")
    assert who([slip("new.md", "tua", "0f00000000000000")], [old, young]) == {"new.md": "b.md"}


def test_where_several_are_meant_nobody_is() -> None:
    rows = [row(at("tin"), "a.md", "a.md", "0f00000000000000")]
    two = [slip("new.md", "mot", "0f00000000000000"), slip("other.md", "hai", "0f00000000000000")]
    assert who(two, rows) == {}


def test_a_second_renaming_with_title_and_text_changed_since() -> None:
    """The first one is in the ledger: the file is known by its path from then on."""
    rows = [
        row(at("tin"), "a.md", "a.md", "0f00000000000000"),
        row(at("tin"), "a.md", "new.md", "0f00000000000000"),
    ]
    assert who([slip("new.md", "tua-moi", "9f00000000000000")], rows) == {"new.md": "a.md"}


# --- heirs --------------------------------------------------------------------------------------------


def test_a_copy_inherits_through_copies_that_are_gone() -> None:
    rows = (
        row(at("tin"), "a.md", "a.md"),
        row(at("lai"), "b.md", "b.md", stands=f"{COPY}a.md"),
        row(at("nua"), "c.md", "c.md", stands=f"{COPY}b.md"),
    )
    told = Ledger(rows)
    assert ledger.heirs(told, {"b.md": "b.md", "c.md": "c.md"})(at("tin"), "a.md") == "b.md"
    alone = ledger.heirs(told, {"c.md": "c.md"})
    assert (alone(at("tin"), "a.md"), alone(at("lai"), "b.md")) == ("c.md", "c.md")
    assert ledger.heirs(told, {})(at("tin"), "a.md") is None


def test_a_copy_that_is_gone_leads_to_its_keeper_unless_it_had_a_page() -> None:
    rows = [
        row(at("tin"), "a.md", "a.md"),
        row(at("lai"), "b.md", "b.md", stands=f"{COPY}a.md"),
    ]
    live = {"a.md": "a.md"}
    assert ledger.heirs(Ledger(tuple(rows)), live)(at("lai"), "b.md") == "a.md"
    rows.append(row(at("lai"), "b.md", "b.md"))
    assert ledger.heirs(Ledger(tuple(rows)), live)(at("lai"), "b.md") is None


# --- what is new --------------------------------------------------------------------------------------


def test_with_its_own_rows_there_is_nothing_new() -> None:
    keeper, copy = slip("a.md", "tin", "0f00000000000000"), slip("b.md", "lai", "0f00000000000000")
    archive = Archive((keeper,), {"a.md": (Copy(copy, "repeat"),)}, ())
    places = Addresses(
        {"a.md": at("tin"), "b.md": at("lai")},
        {"tags:hòa": "/tags/hoa/"},
        {"a.md": (at("lai"), "/cu.html")},
        {},
        (),
        (),
    )
    first = recording.news(archive, places, Ledger(), DAY)
    assert sorted((r.url, r.id, r.stands) for r in first) == [
        (at("lai"), "b.md", f"{COPY}a.md"),
        (at("tin"), "a.md", PAGE),
        ("/cu.html", "a.md", ALIAS),
        ("/tags/hoa/", "tags:hòa", TERM),
    ]
    assert recording.news(archive, places, Ledger(first), DAY) == ()


def test_a_name_that_breaks_the_line_stays_one_row() -> None:
    odd = row(at("tin"), "a\nb%41.md", "a\nb%41.md", "0f00000000000000")
    assert ledger.read(ledger.text([odd])) == ((odd,), ())


def test_what_a_killed_build_left_of_its_last_line_is_no_fault() -> None:
    whole = ledger.text(ROWS)
    rows, damaged = ledger.read(whole + "/2020/08/05/tin/,,a.md,0f")
    assert (sorted(rows), damaged) == (sorted(ROWS), ())


_FIELDS = st.text(st.sampled_from("ab/é ,\"%\n\r\t\x00\x0b'A2;"), max_size=6)


@given(st.lists(st.builds(Row, *([_FIELDS] * 6)), max_size=5))
def test_plain_rows_are_written_as_with_care(rows: list[Row]) -> None:
    """Each alone too: most need no care, and together with one that does they all get it."""
    for some in (rows, *([row] for row in rows)):
        fields = [row._replace(id="" if row.id == row.path else row.id) for row in sorted(some)]
        assert ledger.text(some) == ledger._with_care(fields)
