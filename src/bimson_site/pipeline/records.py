"""Articles as records: what the cache keeps of a file, and the slip that stays in memory.

Owns the form of both; never opens the cache (`effects.cache`). A record holds a whole `Article`, so that
an unchanged file is never parsed again.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from bimson_site import routes
from bimson_site.errors import Location, Problem
from bimson_site.model import (
    DRAFT,
    FIRM,
    FULL,
    HIDDEN,
    NEVER,
    NOINDEX,
    ODD,
    ORDINARY,
    Access,
    Article,
    Body,
    Cluster,
    Face,
    HeldBack,
    Kind,
    Notice,
    Precision,
    Receipt,
    Report,
    Signature,
    Slip,
    TermKind,
    Timestamp,
    bytes_of,
)
from bimson_site.pipeline.outputs import Outputs
from bimson_site.pipeline.release import goes_live

# Names of terms hold no control characters (`text.lines.in_one_line`), so these part them.
_KINDS, _NAMES = b"\x1e", b"\x1f"


class Finished(NamedTuple):
    """What a whole build leaves to the next: all that it depended on but articles and the clock; from
    when to before when (seconds since 1970 UTC) the same articles are live; its report; whether the ledger
    has still to learn of it; what it published."""

    context: str
    since: int
    until: int
    report: Report
    owed: bool
    outputs: Outputs


class Wanted(NamedTuple):
    """The numbers of the articles that a partition needs whole, and of those of which it shows a card."""

    articles: frozenset[int]
    faces: frozenset[int]


class Found(NamedTuple):
    """Articles, and the faces of articles, by number; title and HTML of bodies that are drawn already, by
    the path of their file."""

    articles: Mapping[int, Article]
    faces: Mapping[int, Face]
    drawn: Mapping[str, tuple[str, str]]


class DamagedError(Exception):
    """A record is not what was written: the cache is to be begun anew."""


class Record(NamedTuple):
    """An article as bytes, and its digest."""

    data: bytes
    digest: bytes


def packed(article: Article) -> Record:
    """An article as bytes, with a sum that shows damage. Where its fields stand in its file is not in its
    digest: no page shows it."""
    fields = bytes_of(
        (
            article.id,
            article.path,
            article.kind.value,
            article.title,
            _stamp(article.published),
            article.updated and _stamp(article.updated),
            article.authors,
            article.sections,
            article.tags,
            article.source,
            article.source_url,
            article.summary,
            article.lede,
            article.slug,
            article.slug_given,
            article.page_path,
            article.language,
            article.image,
            article.aliases,
            article.canonical,
            article.rights,
            article.access.value,
            article.embargo_until and _stamp(article.embargo_until),
            article.draft,
            article.noindex,
            article.extra,
            article.references,
            article.skeleton,
            (article.body.path, article.body.offset, article.body.line, article.body.digest),
            tuple(map(_notice, article.corrections)),
            article.withdrawn and _notice(article.withdrawn),
            article.collected and _notice(article.collected),
            article.attachments,
        )
    )
    sum_ = blake2b(fields, digest_size=16)
    return Record(sealed((fields, article.places, sum_.hexdigest())), sum_.digest())


def _notice(notice: Notice) -> tuple[object, str]:
    return notice.date and _stamp(notice.date), notice.text


def _opened_notice(row: tuple[Any, str]) -> Notice:
    return Notice(row[0] and _timestamp(row[0]), row[1])


def face(article: Article) -> Face:
    """What an article gives to its card."""
    summary = article.summary or (article.lede if article.access is Access.FULL else "")
    return Face(
        article.title,
        article.published,
        article.updated,
        "" if article.access is Access.RECORD else summary,
        article.language,
        article.noindex,
    )


def packed_face(shown: Face) -> bytes:
    updated = shown.updated and _stamp(shown.updated)
    return sealed((shown.title, _stamp(shown.published), updated, *shown[3:]))


def unpacked_face(data: bytes) -> Face:
    title, published, updated, *rest = opened(data)
    return Face(title, _timestamp(published), updated and _timestamp(updated), *rest)


def unpacked(data: bytes) -> Article:
    """The article of a record. DamagedError where it is none."""
    fields, places, digest = opened(data)
    row = marshal.loads(fields)  # noqa: S302 - the sum of the whole was right
    return Article(
        id=row[0],
        path=row[1],
        kind=_KIND[row[2]],
        title=row[3],
        published=_timestamp(row[4]),
        updated=row[5] and _timestamp(row[5]),
        authors=row[6],
        sections=row[7],
        tags=row[8],
        source=row[9],
        source_url=row[10],
        summary=row[11],
        lede=row[12],
        slug=row[13],
        slug_given=row[14],
        page_path=row[15],
        language=row[16],
        image=row[17],
        aliases=row[18],
        canonical=row[19],
        rights=row[20],
        access=_ACCESS[row[21]],
        embargo_until=row[22] and _timestamp(row[22]),
        draft=row[23],
        noindex=row[24],
        extra=row[25],
        references=row[26],
        skeleton=row[27],
        body=Body(*row[28]),
        corrections=tuple(map(_opened_notice, row[29])),
        withdrawn=row[30] and _opened_notice(row[30]),
        collected=row[31] and _opened_notice(row[31]),
        attachments=row[32],
        places=places,
        digest=digest,
    )


def packed_problems(problems: Iterable[Problem]) -> bytes:
    """Problems as bytes; none as no bytes."""
    rows = tuple(
        (_place(p.where), p.code, p.values, tuple(map(_place, p.others))) for p in problems
    )
    return sealed(rows) if rows else b""


def unpacked_problems(data: bytes) -> tuple[Problem, ...]:
    if not data:
        return ()
    return tuple(
        Problem(Location(*where), code, values, tuple(Location(*o) for o in others))
        for where, code, values, others in opened(data)
    )


def said(article: Article) -> bytes:
    """What an article's signature depends on, as a digest: its body and its title."""
    return blake2b(f"{article.body.digest}{article.title}".encode(), digest_size=16).digest()


def packed_signature(signature: Signature) -> bytes:
    return sealed((signature.key, signature.tokens, signature.title, signature.deictic))


def unpacked_signature(data: bytes) -> Signature:
    return Signature(*opened(data))


class Judged(NamedTuple):
    """What two articles are to each other (a word of `text.verdicts`), and the likeness of their texts."""

    verdict: str
    likeness: float


def pair(earlier: Slip, later: Slip) -> bytes:
    """What tells two articles as they are now from any other pair, as a digest: all that they say."""
    return blake2b(earlier.digest + later.digest, digest_size=16).digest()


def packed_judged(judged: Judged) -> bytes:
    return sealed(tuple(judged))


def unpacked_judged(data: bytes) -> Judged:
    return Judged(*opened(data))


def packed_clusters(clusters: Iterable[Cluster], problems: Iterable[Problem]) -> bytes:
    return sealed((tuple(map(tuple, clusters)), packed_problems(problems)))


def unpacked_clusters(data: bytes) -> tuple[tuple[Cluster, ...], tuple[Problem, ...]]:
    clusters, problems = opened(data)
    return tuple(map(Cluster._make, clusters)), unpacked_problems(problems)


def packed_receipts(receipts: Iterable[Receipt]) -> bytes:
    """Receipts as bytes, compressed: all pages of a view share much of what they say."""
    return sealed(zlib.compress(bytes_of(tuple(map(tuple, receipts))), 1))


def unpacked_receipts(data: bytes) -> tuple[Receipt, ...]:
    rows = marshal.loads(zlib.decompress(opened(data)))  # noqa: S302 - the sum was right
    return tuple(map(Receipt._make, rows))


def packed_build(finished: Finished) -> bytes:
    report = finished.report
    said = (
        (report.articles, report.pages, report.copies, report.new_addresses, finished.owed),
        tuple((held.path, held.until) for held in report.held_back),
        packed_problems(report.problems),
    )
    outputs = finished.outputs.packed
    return sealed((finished.context, finished.since, finished.until, said, outputs))


def unpacked_build(data: bytes) -> Finished | None:
    if not data:
        return None
    context, since, until, (counts, held, problems), outputs = opened(data)
    articles, pages, copies, new_addresses, owed = counts
    report = Report(
        articles=articles,
        pages=pages,
        copies=copies,
        new_addresses=new_addresses,
        held_back=tuple(HeldBack(*each) for each in held),
        problems=unpacked_problems(problems),
    )
    return Finished(context, since, until, report, owed, Outputs.unpacked(outputs))


def slip(
    article: Article,
    number: int = 0,
    digest: bytes = b"",
    shown: bytes = b"",
    mentions: Iterable[str] = (),
) -> Slip:
    """What stays in memory of an article; `digest` is that of its record, `shown` its face, packed,
    where they are known already; `mentions` are the names of places.yaml in it."""
    when = article.published
    ordinary = article.kind is Kind.PAGE
    odd = ordinary or article.id != article.path
    odd = odd or bool(
        article.aliases or article.canonical or article.references or article.attachments
    )
    return Slip(
        number=number,
        path=article.path,
        digest=digest or packed(article).digest,
        face=blake2b(shown or packed_face(face(article)), digest_size=16).digest(),
        instant=when.instant if when.known else NEVER,
        day=_day(when),
        until=goes_live(article),
        flags=DRAFT * article.draft
        | HIDDEN * (article.access is Access.HIDDEN)
        | ORDINARY * ordinary
        | FIRM * (article.slug_given or ordinary)
        | ODD * odd
        | NOINDEX * article.noindex
        | FULL * (article.access is Access.FULL),
        wish="" if ordinary else routes.article(when, article.slug),
        tie=article.source_url.encode() + b"\0" + bytes.fromhex(article.body.digest),
        skeleton=bytes.fromhex(article.skeleton),
        terms=_KINDS.join([_NAMES.join(map(str.encode, names)) for names in _named(article)]),
        mentions="\n".join(mentions),
    )


def kinds_of(terms: bytes) -> list[bytes]:
    """The terms of a slip for each `TermKind` in its order; `names_of` takes each apart."""
    return terms.split(_KINDS)


def source_of(slip: Slip) -> tuple[str, str]:
    """The source that a slip names, as written, and its address at that source."""
    names = names_of(kinds_of(slip.terms)[3])
    return (names[0].decode() if names else ""), slip.tie[:-17].decode()


def names_of(terms: bytes) -> list[bytes]:
    """The names of one kind of terms, as written, in UTF-8."""
    return terms.split(_NAMES) if terms else []


def names_of_all(terms: Iterable[bytes]) -> list[bytes]:
    """The names of one kind of terms of many articles, each as often as it stands there."""
    return names_of(_NAMES.join(filter(None, terms)))


def _named(article: Article) -> tuple[tuple[str, ...], ...]:
    by_kind = {
        TermKind.AUTHOR: article.authors,
        TermKind.TAG: article.tags,
        TermKind.SECTION: article.sections,
        TermKind.SOURCE: (article.source,) if article.source else (),
    }
    return tuple(by_kind[kind] for kind in TermKind)


def _day(when: Timestamp) -> int:
    """yyyymmdd, with zeros for what is not known."""
    local = when.local
    if when.precision >= Precision.DAY:
        return local.year * 10000 + local.month * 100 + local.day
    if when.precision is Precision.MONTH:
        return local.year * 10000 + local.month * 100
    return local.year * 10000 if when.known else 0


def sealed(value: object) -> bytes:
    """Texts, numbers and tuples of them as bytes, with a sum that shows damage."""
    return guarded(bytes_of(value))


def opened(data: bytes) -> Any:
    """What was sealed. DamagedError where it is not what was written."""
    return marshal.loads(checked(data))  # noqa: S302 - written by `sealed`, and the sum is right


def guarded(data: bytes) -> bytes:
    """Bytes with a sum that shows damage."""
    return zlib.crc32(data).to_bytes(4, "little") + data


def checked(data: bytes) -> bytes:
    """Bytes that were guarded. Marshal and pickle trust their input, and a damaged one could end the process: so the
    sum comes first. DamagedError where it is wrong."""
    whole = data[4:]
    if zlib.crc32(whole).to_bytes(4, "little") != data[:4]:
        raise DamagedError
    return whole


def _stamp(when: Timestamp) -> tuple[int, ...]:
    local = when.local
    time = (local.hour, local.minute, local.second, local.microsecond)
    return (int(when.precision), when.offset, local.year, local.month, local.day, *time)


def _timestamp(row: tuple[int, ...]) -> Timestamp:
    return Timestamp(_PRECISION[row[0]], _local(*row[2:]), row[1])


def _local(*parts: int) -> datetime:
    return datetime(parts[0], *parts[1:])  # type: ignore[arg-type]  # noqa: DTZ001 - local, by contract


def _place(where: Location) -> tuple[str, int, int]:
    return where.path, where.line, where.column


_KIND = {kind.value: kind for kind in Kind}
_ACCESS = {access.value: access for access in Access}
_PRECISION = tuple(Precision)
