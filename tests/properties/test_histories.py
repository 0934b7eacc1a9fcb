"""Every address ever published answers, and for its own article: through random histories of an archive, and
through builds of a real one.

A number is the identity of an article here; the code under test knows only files, ids and texts.
`make histories` runs thirty times as many.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from random import Random
from urllib.parse import unquote, urljoin

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bimson_site import routes
from bimson_site.model import ODD, Archive, Article, Body, Precision, Signature, Slip, Timestamp
from bimson_site.pipeline import addresses, dedupe, records, terms
from bimson_site.pipeline.addresses import Addresses
from bimson_site.pipeline.identity import Past, identify, waiting
from bimson_site.pipeline.ledger import NO_LEDGER, Ledger, read, text
from bimson_site.pipeline.recording import news
from bimson_site.text import slugs
from conftest import LONG, Site
from conftest import article as written

# --- a thousand histories, pure -----------------------------------------------------------------------


@dataclass(frozen=True)
class File:
    """An article as its file says; `text` is the number of its text; `named` by an id, else by its path."""

    path: str
    title: str
    day: int
    text: int
    named: bool
    draft: bool = False


TITLES = ("Tin", "Tin 2", "TIN", "Mưa lớn", "Mưa lớn 2")
MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "add",
                "add",
                "repeat",
                "remove",
                "restore",
                "rename",
                "retitle",
                "redate",
                "draft",
                "name",
            )
        ),
        st.integers(0, 9),
        st.sampled_from(TITLES),
        st.integers(1, 3),
    ),
    max_size=14,
)


# Another file takes the place of one that was removed, and gets an id; then the first comes back, and is moved.
BACK = [
    ("add", 0, "Tin", 1),
    ("remove", 0, "Tin", 1),
    ("add", 0, "Tin", 1),
    ("name", 0, "Tin", 1),
    ("restore", 0, "Tin", 1),
    ("rename", 0, "Tin", 1),
]


class History:
    """Files that come, go, are renamed, and the ledger that remembers."""

    def __init__(self, *, named: bool) -> None:
        self.files: dict[int, File] = {}
        self.removed: dict[int, File] = {}
        self.ledger = NO_LEDGER
        self.named = named

    def move(self, number: int, what: str, chosen: int, title: str, day: int) -> None:
        files = self.files
        if what == "add" or (what == "repeat" and not files):
            files[number] = File(f"content/{number}.md", title, day, number, self.named)
            return
        pool = self.removed if what == "restore" else files
        if not pool:
            return
        one = sorted(pool)[chosen % len(pool)]
        file = pool[one]
        if file.draft and what in {"rename", "retitle", "redate", "name"}:
            return  # no build could tell the ledger
        match what:
            case "repeat":
                files[number] = replace(file, path=f"content/{number}.md", title=title, draft=False)
            case "remove":
                self.removed[one] = files.pop(one)
            case "restore":
                files[one] = self.removed.pop(one)
            case "rename":
                files[one] = replace(file, path=f"content/{number}/{one}.md")
            case "retitle":
                files[one] = replace(file, title=title)
            case "redate":
                files[one] = replace(file, day=day)
            case "name":
                files[one] = replace(file, named=True)
            case "draft":
                files[one] = replace(file, draft=not file.draft)

    def past(self, slips: list[Slip], odd: dict[str, Article]) -> Past:
        there = {file.path for file in self.files.values()}
        drafts = [records.slip(article(n, f), n) for n, f in self.files.items() if f.draft]
        names = identify(slips, drafts, odd, there, self.ledger)
        away = waiting((slip.path for slip in drafts), names, self.ledger)
        return Past(self.ledger, names, away)

    def settle(self, shuffler: Random) -> tuple[Archive, Addresses]:
        """As `survey` does it, from files listed in any order."""
        numbers = [n for n, file in self.files.items() if not file.draft]
        shuffler.shuffle(numbers)
        articles = [article(n, self.files[n]) for n in numbers]
        slips = [records.slip(a, n) for n, a in zip(numbers, articles, strict=True)]
        odd = {a.path: a for a, s in zip(articles, slips, strict=True) if s.flags & ODD}
        past = self.past(slips, odd)
        signed = {a.path: Signature(a.skeleton, 200, a.title.casefold(), False) for a in articles}
        days = {s.path: past.had_page(s.path) for s in slips}
        url_of = partial(addresses.natural, base_url="")
        had = {path: day for path, day in days.items() if day}
        clusters, _ = dedupe.dedupe(articles, signed, url_of, "", had_page=had)
        archive = dedupe.fold(slips, clusters)
        shown = terms.wording(slips).shown
        return archive, addresses.settle(archive, odd, shown, past, {}, "")[0]


def by_order(slip: Slip) -> object:
    return slip.order


def article(number: int, file: File) -> Article:
    key = f"{file.text:08x}"
    return Article(
        id=f"id {number}" if file.named else file.path,
        path=file.path,
        title=file.title,
        published=Timestamp(Precision.TIME, datetime(2020, 8, file.day), 7 * 3600),
        slug=slugs.slug(file.title),
        skeleton=key,
        body=Body(file.path, 0, 1, key.ljust(32, "0")),
    )


@settings(max_examples=int(os.environ.get("BIMSON_SITE_LEDGERS", "1000")))
@given(MOVES, st.booleans(), st.integers(0, 9))
@example(BACK, False, 0)
@example([BACK[0], ("retitle", 0, "Tin 2", 1), *BACK[1:], ("draft", 1, "Tin", 1)], False, 0)
def test_a_thousand_histories(moves, named, seed) -> None:
    shuffler = Random(seed)
    history = History(named=named)
    answered_for: dict[str, set[int]] = {}  # by address ever published, whose it was
    together: dict[int, set[int]] = {}  # with whom an article ever shared a page, or a name
    called: dict[int, str] = {}  # the name of an article in the last build in which it was live
    first: dict[str, int] = {}  # by the name under which addresses are owned
    for number, move in enumerate(moves):
        history.move(number, *move)
        archive, made = history.settle(shuffler)
        assert history.settle(shuffler) == (archive, made), "the order of the files shows"
        page_of = {s.number: made.of[s.path] for s in archive.keepers}
        copies = [c.article for each in archive.copies.values() for c in each]
        for slip in (*archive.keepers, *copies):
            called[slip.number] = made.owners.get(slip.path, slip.path)
        for keeper in archive.keepers:
            group = [keeper, *(c.article for c in archive.copies.get(keeper.path, ()))]
            for slip in group:
                page_of[slip.number] = made.of[keeper.path]
                answered_for.setdefault(made.of[slip.path], set()).add(slip.number)
                name = called[slip.number]
                before = first.get(name, slip.number)
                first[name] = slip.number
                # By its planned address or text it is that article now, if that got no other name.
                if before != slip.number and called[before] == name:
                    for numbers in answered_for.values():
                        if before in numbers:
                            numbers.discard(before)
                            numbers.add(slip.number)
                for one in (*(s.number for s in group), before):
                    together.setdefault(slip.number, set()).add(one)
                    together.setdefault(one, set()).add(slip.number)
        check(history, archive, made, page_of, answered_for, together)
        rows = news(archive, made, history.ledger, f"2026-11-{number + 10}")
        told, damaged = read(text((*history.ledger.rows, *rows)))
        assert not damaged
        shuffled = list(told)
        shuffler.shuffle(shuffled)
        history.ledger = Ledger(tuple(shuffled))
        again = history.settle(shuffler)
        assert again == (archive, made), "the build's own rows change it"
        assert news(*again, history.ledger, "2026-12-25") == ()


def check(
    history: History,
    archive: Archive,
    made: Addresses,
    page_of: dict[int, str],
    answered_for: dict[str, set[int]],
    together: dict[int, set[int]],
) -> None:
    pages = {made.of[s.path] for s in archive.keepers}
    leads_to = {url: made.of[path] for path, urls in made.moved.items() for url in urls}
    gone = {each.url: each for each in made.gone}
    assert len(leads_to) == sum(map(len, made.moved.values())), "one address leads to two pages"
    assert pages.isdisjoint(leads_to), "a page stands where another address leads on"
    assert gone.keys().isdisjoint(pages | leads_to.keys())
    assert set(leads_to.values()) <= pages, "more than one hop"
    for url, numbers in answered_for.items():
        live = numbers & page_of.keys()
        target = url if url in pages else leads_to.get(url)
        if live:
            assert target in {
                page_of[n] for n in numbers | kin_of(numbers, together) if n in page_of
            }
            if len(numbers) == 1:
                assert target == page_of[next(iter(live))], "it answers for another article"
        elif target:
            kin = kin_of(numbers, together)
            assert target in {page_of[n] for n in kin if n in page_of}, "it went to a stranger"
        else:
            assert url in gone, "nothing answers"
            if not numbers.isdisjoint(history.files):
                assert gone[url].waiting, "its file is there, and it is called gone"
            elif kin_of(numbers, together).isdisjoint(history.files):
                assert not gone[url].waiting


def kin_of(numbers: set[int], together: dict[int, set[int]]) -> set[int]:
    """All that ever shared a page with these, or with one that did."""
    found, ask = set(numbers), set(numbers)
    while ask := {n for one in ask for n in together[one]} - found:
        found |= ask
    return found


# --- ten builds of a real archive ---------------------------------------------------------------------

NEIGHBOURS = {"a": "Chợ phiên", "b": "Chợ phiên", "c": "Cầu mới", "d": "Đò ngang", "e": "Núi"}


def put(
    site: Site, name: str, title: str, mark: str, date: str = "2020-08-05", **more: str
) -> None:
    site.write(f"content/{name}.md", written(title, date, f"{LONG}\n\nDấu {mark}.\n", **more))


def test_ten_builds(site) -> None:
    made: Site = site()
    for name, title in NEIGHBOURS.items():
        put(made, name, title, name)
    content = made.root / "content"
    mine: dict[str, str] = {}  # by address ever published, the mark of its article
    steps = (
        lambda: None,
        lambda: put(made, "a", "Chợ họp sớm", "a"),
        lambda: (content / "b.md").rename(content / "b2.md"),
        lambda: put(made, "c", "Cầu mới", "c", "2021-01-02"),
        (content / "d.md").unlink,
        lambda: put(made, "x", "Chợ phiên", "x", "2019-01-01"),
        lambda: put(made, "y", "Tin chép", "c", "2021-01-02"),
        lambda: put(made, "d", "Đò ngang", "d"),
        lambda: put(made, "e", "Núi", "e", draft="true"),
        (content / "c.md").unlink,
    )
    for step in steps:
        step()
        assert made.build().code == 0
        files = made.files()
        for name, data in files.items():
            page = data.decode() if name.endswith("/index.html") else ""
            marks = re.findall(r"Dấu (\w)\.", page)
            if 'http-equiv="refresh"' not in page and re.search(r"<article", page) and marks:
                assert mine.setdefault("/" + name.removesuffix("index.html"), marks[0]) == marks[0]
        for url, mark in mine.items():
            assert answer(files, url) in {mark, ""}, url
            live = {p.stem for p in content.glob("*.md") if "draft: true" not in p.read_text()}
            if mark in live:
                assert answer(files, url) == mark, f"{url} is published, and does not answer"
    assert len(mine) >= 8
    texts = [place.read_text() for place in (made.root / "permalinks").glob("*.csv")]
    rows = [line for each in texts for line in each.splitlines() if line.startswith("/")]
    assert len(rows) == len(set(rows)) > 10


def answer(files: dict[str, bytes], url: str) -> str:
    """The mark of the article that answers at an address, at most one hop away; "" for a tombstone. KeyError
    where nothing stands."""
    page = files[routes.output(url)].decode()
    if found := re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page):
        page = files[routes.output(unquote(urljoin(url, found[1])))].decode()
        assert "http-equiv" not in page, "a second hop"
    found = re.search(r"Dấu (\w)\.", page)
    if found is None:
        assert 'content="noindex"' in page
    return found[1] if found else ""
