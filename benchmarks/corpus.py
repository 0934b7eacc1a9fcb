"""A corpus of any size: seeded, deterministic, invented.

Article `number` of a corpus is a function of (seed, size, number, body_bytes) alone, so a corpus streams
in bounded memory and any article can be made by itself. What it promises is in README.md, "The corpus".

    python benchmarks/corpus.py FOLDER --size 1000
"""

from __future__ import annotations

import argparse
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

import words

SEED = 3
BODY_BYTES = 5000
FIRST_DAY = datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=7)))
DAYS = 9131  # up to the end of 2024
BLOCK = 10  # of so many articles the last is a repeat of one before it
REPEATED_WITHIN = 48 * 60  # minutes
RICH = 0.2
POOL = 4000  # phrases of each kind


@dataclass(frozen=True, slots=True)
class Article:
    """An article as its file will say it; `number` is its place in the corpus, `copy_of` the number of
    the article that it repeats, or -1; `rich` is true for Markdown beyond paragraphs."""

    number: int
    title: str
    published: datetime
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    section: str
    source: str
    source_url: str
    summary: str
    rich: bool
    body: str
    copy_of: int = -1
    stem: str = ""

    @property
    def name(self) -> str:
        """The file's name without its ending; `stem` keeps it where the title is edited."""
        return self.stem or f"{slug(self.title)}-{self.number:06d}"

    @property
    def path(self) -> str:
        """Where the file stands below the site."""
        return f"content/{self.published:%Y/%m}/{self.name}.md"

    @property
    def text(self) -> str:
        """The whole file."""
        return (
            f"---\ntitle: {scalar(self.title)}\ntimestamp: {self.published.isoformat()}\n"
            f"authors: [{', '.join(self.authors)}]\ntags: [{', '.join(self.tags)}]\n"
            f"section: {self.section}\nsource: {self.source}\nsource_url: {self.source_url}\n"
            f"summary: {scalar(self.summary)}\n---\n{self.body}"
        )


def slug(text: str) -> str:
    """ASCII words joined by hyphens, about 60 characters."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode()))
    return plain if len(plain) <= 60 else plain[:60].rpartition("-")[0]


def scalar(text: str) -> str:
    """The text as a YAML scalar, quoted only where it must be."""
    return json.dumps(text, ensure_ascii=False) if ": " in text else text


def tags() -> tuple[str, ...]:
    return tuple(f"{head} {tail}" for head in words.TAG_HEADS for tail in words.TAG_TAILS)


def authors() -> tuple[str, ...]:
    """Fifty names."""
    few = len(words.FAMILIES), len(words.MIDDLES), len(words.NAMES)
    return tuple(
        f"{words.FAMILIES[n % few[0]]} {words.MIDDLES[n * 7 % few[1]]} {words.NAMES[n * 2 % few[2]]}"
        for n in range(50)
    )


class Corpus:
    """`size` articles, numbers 0 to size - 1; larger numbers are further articles at the end of time,
    `old` is one at its beginning."""

    def __init__(self, size: int, seed: int = SEED, body_bytes: int = BODY_BYTES) -> None:
        self.size, self.seed, self.body_bytes = size, seed, body_bytes
        self._tags, self._authors = tags(), authors()
        rng = Random(f"phrases {seed}")
        pools = ([_filled(_pick(rng, kind), rng) for _ in range(POOL)] for kind in _KINDS)
        self._who, self._does, self._what, self._how = pools

    def __iter__(self) -> Iterator[Article]:
        return map(self.article, range(self.size))

    def heads(self) -> Iterator[Article]:
        """All articles with next to no text, which is several times as fast."""
        return iter(Corpus(self.size, self.seed, 0))

    def article(self, number: int) -> Article:
        if number < self.size and number % BLOCK == BLOCK - 1:
            return self._repeat(number)
        return self._original(number)

    def old(self, number: int) -> Article:
        """A further article, published a minute before the first."""
        first = min(self._published(n, self._chance(n)) for n in range(min(self.size, 200)))
        return replace(self.article(number), published=first - timedelta(minutes=1))

    def _chance(self, number: int) -> Random:
        return Random(f"{self.seed} {number}")

    def _published(self, number: int, rng: Random) -> datetime:
        """In the order of the numbers up to the day; between 5:00 and 23:00."""
        days = DAYS - 1 if number >= self.size else int((number + rng.random()) / self.size * DAYS)
        return FIRST_DAY + timedelta(days=days, minutes=300 + int(rng.random() * 1080))

    def _original(self, number: int) -> Article:
        rng = self._chance(number)
        published = self._published(number, rng)
        rich = rng.random() < RICH
        source = int(rng.random() ** 1.5 * len(words.SOURCES))
        names = {_pick(rng, self._authors) for _ in range(1 if rng.random() < 0.9 else 2)}
        kept = {
            self._tags[int(rng.random() ** 1.5 * 100)] for _ in range(1 + int(rng.random() * 4))
        }
        return Article(
            number=number,
            title=f"{_pick(rng, self._who)} {_pick(rng, self._does)} {_pick(rng, self._what)}",
            published=published,
            authors=tuple(sorted(names)),
            tags=tuple(sorted(kept)),
            section=words.SECTIONS[int(rng.random() ** 1.2 * len(words.SECTIONS))],
            source=words.SOURCES[source],
            source_url=_address(source, number),
            summary=self._sentence(rng),
            rich=rich,
            body=self._rich(rng) if rich else self._plain(rng),  # last: heads are drawn alike
        )

    def _repeat(self, number: int) -> Article:
        """The text of one of the nine articles before, under another paper's name."""
        rng = self._chance(number)
        first = self.article(number - 1 - int(rng.random() * (BLOCK - 1)))
        later = timedelta(minutes=10 + int(rng.random() * (REPEATED_WITHIN - 10)))
        last = FIRST_DAY + timedelta(days=DAYS, minutes=-1)
        other = words.SOURCES.index(first.source) + 1 + int(rng.random() * (len(words.SOURCES) - 1))
        source = other % len(words.SOURCES)
        title = f"{first.title} {_pick(rng, _ADDED)}" if rng.random() < 0.5 else first.title
        return replace(
            first,
            number=number,
            title=title,
            published=min(first.published + later, last),
            source=words.SOURCES[source],
            source_url=_address(source, number),
            copy_of=first.number,
        )

    def _sentence(self, rng: Random) -> str:
        draw = rng.random
        who, does = self._who[int(draw() * POOL)], self._does[int(draw() * POOL)]
        what, how = self._what[int(draw() * POOL)], self._how[int(draw() * POOL)]
        return f"{who} {does} {what} {how}."

    def _paragraph(self, rng: Random) -> str:
        return " ".join([self._sentence(rng) for _ in range(2 + int(rng.random() * 4))])

    def _plain(self, rng: Random) -> str:
        return self._grown(rng, self._paragraph)

    def _rich(self, rng: Random) -> str:
        return self._grown(rng, self._block)

    def _grown(self, rng: Random, block: Callable[[Random], str]) -> str:
        """Blocks until the text is as long as chance wants it: half to one and a half of the mean."""
        wanted, blocks = self.body_bytes * (0.5 + rng.random()) - 250, [self._paragraph(rng)]
        length = len(blocks[0].encode())
        while length < wanted:
            blocks.append(block(rng))
            length += len(blocks[-1].encode()) + 2
        return "\n\n".join(blocks) + "\n"

    def _block(self, rng: Random) -> str:
        """A block of rich Markdown; every third is a plain paragraph."""
        match int(rng.random() * 12):
            case 0 | 1:
                return f"## Về {_pick(rng, self._what)}\n\n{self._paragraph(rng)}"
            case 2:
                return "\n".join(
                    f"- {self._sentence(rng)}" for _ in range(3 + int(rng.random() * 3))
                )
            case 3:
                return "\n".join(f"{n}. {self._sentence(rng)}" for n in range(1, 4))
            case 4:
                return f"> {self._sentence(rng)}\n> {self._sentence(rng)}"
            case 5 | 6:
                target = f"https://{_pick(rng, _HOSTS)}/{int(rng.random() * 1e6)}"
                return f"{self._sentence(rng)} Xem [{_pick(rng, words.LINKS)}]({target}). {self._sentence(rng)}"
            case 7:
                return f"**{self._sentence(rng)}** {self._sentence(rng)}"
            case 8:
                who, tail = _pick(rng, self._who), self._sentence(rng)
                return (
                    f"{who} nói *{_pick(rng, self._how)}* và **{_pick(rng, self._what)}**. {tail}"
                )
            case 9 if rng.random() < 0.4:
                return self._table(rng)
            case _:
                return self._paragraph(rng)

    def _table(self, rng: Random) -> str:
        rows = [
            f"| {_pick(rng, self._what)} | {int(rng.random() * 500)} | {_pick(rng, self._how)} |"
            for _ in range(3 + int(rng.random() * 4))
        ]
        return "\n".join([f"| {' | '.join(words.CELLS)} |", "|---|---:|---|", *rows])


_KINDS = (words.WHO, words.DOES, words.WHAT, words.HOW)
_ADDED = ("(ảnh)", "ở quê", "như đã hẹn", "– tin thêm", "cho bà con")
_HOSTS = ("tu-lieu.example", "ban-do.example", "hop-thon.example")


def _pick(rng: Random, items: Sequence[str]) -> str:
    return items[int(rng.random() * len(items))]


def _filled(phrase: str, rng: Random) -> str:
    return phrase.format(
        place=f"{_pick(rng, words.NAMES)} {_pick(rng, words.NAMES)}",
        person=f"{_pick(rng, words.FAMILIES)} {_pick(rng, words.MIDDLES)} {_pick(rng, words.NAMES)}",
        count=f"{20 + int(rng.random() * 2500):,}".replace(",", "."),
        few=2 + int(rng.random() * 30),
        quarter=1 + int(rng.random() * 4),
        year=1960 + int(rng.random() * 60),
        day=1 + int(rng.random() * 28),
        month=1 + int(rng.random() * 12),
    )


_PAPERS = tuple(f"{slug(name)}.example" for name in words.SOURCES)


def _address(source: int, number: int) -> str:
    return f"https://{_PAPERS[source]}/tin/{number}.html"


def put(folder: Path, article: Article, made: set[Path] | None = None) -> Path:
    """Write one article; `made` remembers folders that are there."""
    path = folder / article.path
    if made is None or path.parent not in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        if made is not None:
            made.add(path.parent)
    path.write_bytes(article.text.encode())
    return path


def write(folder: Path | str, size: int, seed: int = SEED, body_bytes: int = BODY_BYTES) -> Corpus:
    """Write a corpus below folder/content. The same arguments give the same bytes."""
    corpus, made = Corpus(size, seed, body_bytes), set[Path]()
    for article in corpus:
        put(Path(folder), article, made)
    return corpus


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--body-bytes", type=int, default=BODY_BYTES)
    options = parser.parse_args()
    start = time.perf_counter()
    write(options.folder, options.size, options.seed, options.body_bytes)
    print(f"{options.size} articles in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
