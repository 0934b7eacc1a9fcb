"""What a worker runs to read: read a file, call a pure function, give back what is to be kept.

The `make_…` functions are called once in each process; they and their arguments can be pickled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from bimson_site.effects import cache, files, pictures, workers
from bimson_site.effects.cache import Reading
from bimson_site.effects.pictures import Facts
from bimson_site.errors import Location, problem
from bimson_site.model import (
    Article,
    Kind,
    Loaded,
    LoadRules,
    Signature,
    Slip,
    Source,
)
from bimson_site.pipeline import load, records
from bimson_site.pipeline.records import Judged
from bimson_site.text import markdown, similarity, verdicts
from bimson_site.text.verdicts import Side


class Unread(NamedTuple):
    """A file to be read, and the digest that its bytes had when it was read last, if ever."""

    source: Source
    digest: bytes = b""


def make_reader(root: Path, rules: LoadRules) -> Callable[[Sequence[Unread]], list[Reading]]:
    """A task that reads article files and makes the records of those whose bytes are not as they were;
    and a signature, where a text that is at hand repeats one that this process has read before."""
    repeats = _Repeats()

    def task(unread: Sequence[Unread]) -> list[Reading]:
        # Step by step for all of them: a processor that does one thing many times is at home in it.
        raws = [_raw(root, each.source) for each in unread]
        digests = [
            blake2b(raw, digest_size=16).digest() if type(raw) is bytes else b"" for raw in raws
        ]
        loaded = [
            None if digest and digest == each.digest else _loaded(each.source, raw, rules)
            for each, raw, digest in zip(unread, raws, digests, strict=True)
        ]
        return [
            reading(each.source, digest, found, repeats.signed(found))
            if found
            else Reading(each.source, digest, same=True)
            for each, digest, found in zip(unread, digests, loaded, strict=True)
        ]

    return task


def _raw(root: Path, source: Source) -> bytes | OSError:
    try:
        return files.read(root, source.path)
    except OSError as err:
        return err


def _loaded(source: Source, raw: bytes | OSError, rules: LoadRules) -> Loaded:
    if isinstance(raw, OSError):
        return unreadable(source, raw)
    return load.load(source.path, raw, rules)


class _Repeats:
    """The texts that one process has read lately, by their skeletons: repeats mostly lie close together,
    and those that do not are signed later."""

    REMEMBERED = 20_000

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, bytes, str]] = {}
        self._known: set[bytes] = set()

    def signed(self, loaded: Loaded) -> tuple[tuple[bytes, bytes], ...]:
        """The signatures of an article and of the first one that has its body, by what they said; none
        where there is no other, or where they are known already."""
        article = loaded.article
        if article is None or not article.skeleton or article.kind is not Kind.ARTICLE:
            return ()
        said, digest = records.said(article), article.body.digest
        before = self._first.get(article.skeleton)
        if before is None:
            if len(self._first) >= self.REMEMBERED:
                self._first.clear()
                self._known.clear()
            self._first[article.skeleton] = digest, said, article.title
            return ()
        if before[0] != digest or said in self._known:
            return ()
        self._known.update((said, before[1]))
        made = similarity.signatures(loaded.text, (before[2], article.title))
        one, other = map(records.packed_signature, made)
        return (before[1], one), (said, other)


def reading(
    source: Source,
    digest: bytes,
    loaded: Loaded,
    signatures: tuple[tuple[bytes, bytes], ...] = (),
) -> Reading:
    """What is kept of a file that was loaded, with the signatures that were made on the way."""
    article = loaded.article
    problems = records.packed_problems(loaded.problems) or None
    if article is None:
        return Reading(source, digest, problems=problems)
    face = records.packed_face(records.face(article))
    record = records.packed(article)
    slip = records.slip(article, 0, record.digest, face, loaded.mentions)
    html, sentences = loaded.html or None, loaded.sentences or None
    terms = loaded.terms or None
    return Reading(
        source, digest, slip, face, record.data, html, problems, signatures, sentences, terms
    )


def unreadable(source: Source, err: OSError) -> Loaded:
    reason = err.strerror or str(err)
    return Loaded(
        source.path, None, (problem("source-unreadable", Location(source.path), reason=reason),)
    )


def died(source: Source) -> Loaded:
    """What stands for a file that killed the process which read it."""
    return Loaded(source.path, None, (problem("worker-died", Location(source.path)),))


def died_reading(unread: Unread) -> Reading:
    return reading(unread.source, b"", died(unread.source))


def make_looker(
    root: Path, folder: Path, known: Mapping[str, Facts]
) -> Callable[[Sequence[Source]], Sequence[tuple[str, Facts]]]:
    """A task that looks at pictures and makes smaller versions of them, into a folder: the digest of each and
    its facts. What is `known` by its digest is not made again."""

    def look(source: Source) -> tuple[str, Facts]:
        if source.size > pictures.BYTES_LIMIT:
            millions = f"{source.size / 1e6:.0f}"
            return "", Facts(wrong="picture-broken", reason=f"it has {millions} MB")
        try:
            data = files.read(root, source.path)
        except OSError as err:
            return "", Facts(wrong="picture-broken", reason=err.strerror or str(err))
        digest = blake2b(data, digest_size=16).hexdigest()
        return digest, known.get(digest) or pictures.look(data, digest, folder)

    return workers.each(look)


def died_looking(_source: Source) -> tuple[str, Facts]:
    return "", Facts(wrong="picture-broken", reason="the process that looked at it died")


class Unjudged(NamedTuple):
    """Two articles to be compared, the earlier one first."""

    earlier: Slip
    later: Slip


def make_judge(root: Path, kept: Path) -> Callable[[Sequence[Unjudged]], list[Judged | None]]:
    """A task that says what the articles of each pair are to each other; nothing where a text is gone by
    now. Pairs come in the order of their later articles, so that a text is mostly read once."""
    articles = cache.Reader(kept)
    sides: dict[int, Side] = {}

    def side(article: Article, number: int) -> Side:
        if number not in sides:
            if len(sides) >= _SIDES:
                del sides[next(iter(sides))]
            sides[number] = side_of(article, files.read(root, article.path))
        return sides[number]

    def judge(pair: Unjudged, found: Mapping[int, Article]) -> Judged | None:
        try:
            one, two = (side(found[slip.number], slip.number) for slip in pair)
        except (OSError, ValueError):
            return None
        verdict, _, likeness, _ = verdicts.judge(one, two)
        return Judged(verdict.value, likeness)

    def task(pairs: Sequence[Unjudged]) -> list[Judged | None]:
        found = articles.articles({slip.number for pair in pairs for slip in pair})
        return [judge(pair, found) for pair in pairs]

    return task


_SIDES = 1_000  # texts that a process keeps at hand


def side_of(article: Article, raw: bytes) -> Side:
    """An article as it is judged, from the bytes of its file."""
    text = markdown.read(load.body_text(raw, article.body)).text
    own_id = "" if article.id == article.path else article.id
    return Side(article.title, text, article.published, article.source_url, external_id=own_id)


def unjudged(_pair: Unjudged) -> None:
    """What stands for a pair that killed the process which compared it."""


def make_signer(
    root: Path, kept: Path
) -> Callable[[Sequence[Sequence[Slip]]], list[tuple[Signature, ...]]]:
    """A task that makes the signatures of groups of articles, each with one and the same body; none where
    the text is gone by now."""
    articles = cache.Reader(kept)

    def sign(alike: Sequence[Slip]) -> tuple[Signature, ...]:
        found = articles.articles(slip.number for slip in alike)
        told = [found[slip.number] for slip in alike]
        try:
            raw = files.read(root, alike[0].path)
            return load.signatures(raw, told[0].body, [article.title for article in told])
        except (OSError, ValueError):
            return ()

    return lambda groups: [sign(alike) for alike in groups]
