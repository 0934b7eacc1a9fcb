"""The archive as data: one JSON Lines file a month, which articles are one text, counts by day, and what
describes and names the whole.

Owns the shape of the lines (`SCHEMA`, published beside them) and which articles have one: those that search engines
may list too. Nothing tells of a text what readers may not see: a text stands where access is full, a summary where
readers see it. Each file is made of one partition, so that an edited article rewrites its month; of the whole only
the two small files that bear the name of the release change with everything.

Sources: jsonlines.org; json-schema.org, 2020-12; RFC 4180 (CSV); Frictionless Data Package 1.0, where a path may be
a list of files that are read as one; Citation File Format 1.2.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View
from bimson_site.features import feeds, repeats
from bimson_site.features.metadata import is_web
from bimson_site.model import (
    Access,
    Appearance,
    Body,
    Clusters,
    Counts,
    Enclosed,
    Masthead,
    Notice,
    Page,
    Precision,
    Release,
    Shelf,
    Story,
    Timestamp,
)
from bimson_site.theme.engine import Press
from bimson_site.theme.vocabulary import json_script

# Articles in one file: their texts are in memory together when it is written, and hosts refuse files above 25 MiB
# (Cloudflare Pages, "Limits").
LIMIT = 2_000
NONE, TEXTS = "none", "texts"  # values of the setting `data`; the third is "records"


@dataclass(frozen=True, slots=True)
class Lines:
    """The articles of one file, and whether it tells their texts."""

    stories: tuple[Story, ...]
    texts: bool


@dataclass(frozen=True)
class Line:
    """Where an article stands in the data: the address of the `file` ("" if in none), its id there, and the SHA-256
    of its text as the line tells it. Both are worked out when a template asks for them."""

    file: str
    story: Story
    texts: Sequence[str]
    masthead: Masthead

    @property
    def id(self) -> str:
        return feeds.entry_id(self.masthead, self.story.article.id)

    @cached_property
    def sha256(self) -> str:
        """In hexadecimal digits, "" where readers see no text."""
        return _sha256("".join(map(repeats.without_comments, self.texts)))


def files_of(stories: Sequence[Story], masthead: Masthead) -> tuple[str, ...]:
    """The address of the file that tells each of the stories of one shelf, "" where none does."""
    if masthead.data == NONE:
        return ("",) * len(stories)
    index, found = 0, []
    for story in stories:
        told = not story.article.noindex
        found.append(_file(story.article.published, index // LIMIT) if told else "")
        index += told
    return tuple(found)


def _file(when: Timestamp, part: int) -> str:
    month = when.local.month if when.precision >= Precision.MONTH else 0
    return routes.data_part(when.local.year if when.known else 0, month, part)


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest() if text else ""


def plan_shelf(shelf: Shelf, masthead: Masthead) -> Iterator[Page]:
    found = zip(files_of(shelf.stories, masthead), shelf.stories, strict=True)
    for url, told in groupby((pair for pair in found if pair[0]), key=itemgetter(0)):
        lines = Lines(tuple(story for _, story in told), masthead.data == TEXTS)
        reads = tuple(body for story in lines.stories if (body := _body(story, lines)))
        yield Page(url, "data-lines", lines, reads, owner="data")


def _body(story: Story, lines: Lines) -> Body | None:
    readable = lines.texts and story.article.access is Access.FULL
    return story.article.body if readable else None


def plan_clusters(clusters: Clusters, masthead: Masthead) -> Iterator[Page]:
    if masthead.data != NONE:
        told = tuple(story for story in clusters.stories if not story.article.noindex)
        yield Page(routes.DATA_CLUSTERS, "data-clusters", told, owner="data")


def plan_counts(counts: Counts, masthead: Masthead) -> Iterator[Page]:
    if masthead.data != NONE:
        yield Page(routes.DATA_COUNTS, "data-counts", counts, owner="data")


def plan_release(release: Release, masthead: Masthead) -> Iterator[Page]:
    if masthead.data != NONE:
        yield Page(routes.DATA_PACKAGE, "data-package", release, owner="data")
        yield Page(routes.DATA_CITATION, "data-citation", release.name, owner="data")
        yield Page(routes.DATA_SCHEMA, "data-schema", None, owner="data")


# --- lines ------------------------------------------------------------------------------------------------


def _lines(page: Page, texts: Sequence[str], press: Press) -> bytes:
    lines = page.inputs
    assert isinstance(lines, Lines)
    left = iter(texts)
    told = (
        record(story, press.masthead, next(left) if _body(story, lines) else None)
        for story in lines.stories
    )
    return _json_lines(told)


def _json_lines(records: Iterator[Mapping[str, object]]) -> bytes:
    return "".join(f"{json_script(record)}\n" for record in records).encode("utf-8", "replace")


def record(story: Story, masthead: Masthead, text: str | None) -> Mapping[str, object]:
    """An article as a line tells it (see `SCHEMA`); what is not known is left out."""
    article = story.article
    seen = article.access in {Access.FULL, Access.SUMMARY}
    text = repeats.without_comments(text) if text is not None else ""
    told = {
        "id": feeds.entry_id(masthead, article.id),
        "url": _address(masthead, story.url),
        "title": article.title,
        "published": article.published.iso,
        "updated": article.updated.iso if article.updated else "",
        "authors": [ref.name for ref in story.authors],
        "sections": ["/".join(each.name for each in (*ref.above, ref)) for ref in story.sections],
        "tags": [ref.name for ref in story.tags],
        "source": story.source.name if story.source else "",
        "source_url": article.source_url,
        "language": article.language or masthead.language,
        "summary": article.summary if seen else "",
        "access": article.access.value,
        "rights": article.rights or masthead.rights,
        "corrections": [_notice(each) for each in article.corrections],
        "withdrawn": _notice(article.withdrawn) if article.withdrawn else "",
        "collected": _notice(article.collected) if article.collected else "",
        "attachments": [_enclosed(each, masthead) for each in story.files],
        "sha256": _sha256(text),
        "text": text,
    }
    return {name: value for name, value in told.items() if value}


def _notice(notice: Notice) -> Mapping[str, str]:
    told = {"date": notice.date.iso if notice.date else "", "text": notice.text}
    return {name: value for name, value in told.items() if value}


def _enclosed(file: Enclosed, masthead: Masthead) -> Mapping[str, object]:
    told = {"url": _address(masthead, file.url), "title": file.title, "size": file.size}
    return {name: value for name, value in told.items() if value}


def _address(masthead: Masthead, url: str) -> str:
    return routes.absolute(masthead.base_url, url) or url


def _clusters(page: Page, _texts: Sequence[str], press: Press) -> bytes:
    stories: tuple[Story, ...] = page.inputs  # type: ignore[assignment]
    masthead = press.masthead
    return _json_lines(
        {
            "id": feeds.entry_id(masthead, story.article.id),
            "url": _address(masthead, story.url),
            "title": story.article.title,
            "copies": [_copy(each) for each in story.copies],
        }
        for story in stories
    )


def _copy(copy: Appearance) -> Mapping[str, object]:
    told = {
        "title": copy.title,
        "published": copy.published.iso,
        "authors": list(copy.authors),
        "source": copy.source,
        "source_url": copy.source_url,
        "collected": _notice(copy.collected) if copy.collected else "",
        "reason": copy.reason,
    }
    return {name: value for name, value in told.items() if value}


def _counts(page: Page, _texts: Sequence[str], _press: Press) -> bytes:
    counts = page.inputs
    assert isinstance(counts, Counts)
    out = io.StringIO()
    write = csv.writer(out)  # RFC 4180: lines end in CR LF
    write.writerow(("date", "source", "section", "count"))
    for day, *rest in zip(counts.days, counts.sources, counts.sections, counts.counts, strict=True):
        write.writerow((_date(day), *rest))
    return out.getvalue().encode()


def _date(day: int) -> str:
    """2020-08-05, 2020-08, 2020 or nothing, from yyyymmdd with zeros for what is not known."""
    year, month, number = day // 10000, day // 100 % 100, day % 100
    return "-".join([f"{year:04}"] * bool(year) + [f"{n:02}" for n in (month, number) if n])


# --- what describes them ------------------------------------------------------------------------------------


def _text(description: str, **more: object) -> Mapping[str, object]:
    return {"type": "string", "description": description, **more}


def _texts_of(description: str) -> Mapping[str, object]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _notice_of(description: str) -> Mapping[str, object]:
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {
            "date": _text("the day", pattern=_WHEN),
            "text": _text("the words of the keepers"),
        },
        "description": description,
    }


_WHEN = r"^(~?\d{4}|\d{4}-\d\d(-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?)?)$"
SCHEMA: Mapping[str, object] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "An article, one line of a file of a month",
    "type": "object",
    "required": ["id", "url", "title", "language", "access"],
    "additionalProperties": False,
    "properties": {
        "id": _text("stays when title, date or address change; the same as in the feeds"),
        "url": _text("the page; from the root of the site where it has no address of its own"),
        "title": _text("the headline"),
        "published": _text("ISO 8601 as far as known; ~1998 is about 1998", pattern=_WHEN),
        "updated": _text("when it was changed last, in the same form", pattern=_WHEN),
        "authors": _texts_of("the byline, names whole"),
        "sections": _texts_of("sections; a section in another is News/Roads"),
        "tags": _texts_of("tags"),
        "source": _text("the paper that published it"),
        "source_url": _text("where it was taken from"),
        "language": _text("a tag of BCP 47, such as vi"),
        "summary": _text("a sentence or two, by the author"),
        "access": {"enum": ["full", "summary", "record"], "description": "what readers may see"},
        "rights": _text("who may do what with it"),
        "corrections": {"type": "array", "items": _notice_of("what was wrong, and is right")},
        "withdrawn": _notice_of("that the paper took it back, and why"),
        "collected": _notice_of("when and how the archive came by it"),
        "attachments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["url", "title"],
                "properties": {
                    "url": _text("the file"),
                    "title": _text("what it is called"),
                    "size": {"type": "integer", "description": "in bytes, where it is known"},
                },
            },
            "description": "files that it is handed with",
        },
        "sha256": _text("of the text in UTF-8; the page says it too", pattern="^[0-9a-f]{64}$"),
        "text": _text("the text in Markdown as it was filed, only where access is full"),
    },
}


def _schema(_page: Page, _texts: Sequence[str], _press: Press) -> bytes:
    return _pretty(SCHEMA)


def _pretty(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    # As in `json_script`: safe wherever somebody shows it.
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"{text}\n".encode()


def _package(page: Page, _texts: Sequence[str], press: Press) -> bytes:
    release, site = page.inputs, press.masthead
    assert isinstance(release, Release)
    parts = [
        routes.data_part(period.year, period.month, part)
        for period in release.months
        for part in range(-(-period.count // LIMIT))
    ]
    told = {
        "profile": "data-package",
        "name": "articles",
        "title": site.title,
        "description": site.description,
        "homepage": routes.absolute(site.base_url, routes.HOME),
        "version": release.name,
        "licenses": [{"path": site.rights}] if is_web(site.rights) else [],
        "rights": "" if is_web(site.rights) else site.rights,
        "contributors": [{"title": site.keeper, "role": "publisher"}] if site.keeper else [],
        "resources": [
            *([_resource("articles", [_beside(url) for url in parts])] if parts else []),
            _resource("clusters", _beside(routes.DATA_CLUSTERS)),
            {
                "name": "counts",
                "path": _beside(routes.DATA_COUNTS),
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [
                        # A day, month or year: not all are known to the day.
                        {"name": "date", "type": "string"},
                        {"name": "source", "type": "string"},
                        {"name": "section", "type": "string"},
                        {"name": "count", "type": "integer"},
                    ]
                },
            },
        ],
    }
    return _pretty({name: value for name, value in told.items() if value})


def _resource(name: str, path: str | list[str]) -> Mapping[str, object]:
    form = {"format": "jsonl", "mediatype": "application/jsonl", "encoding": "utf-8"}
    schema = {"jsonSchema": _beside(routes.DATA_SCHEMA)} if name == "articles" else {}
    return {"name": name, "path": path, "profile": "data-resource", **form, **schema}


def _beside(url: str) -> str:
    """The path from the file that describes it."""
    return url.rpartition("/")[2]


def _citation(page: Page, _texts: Sequence[str], press: Press) -> bytes:
    """Values are written as JSON, which is YAML."""
    site = press.masthead
    told = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": site.title,
        "abstract": site.description,
        "authors": [{"name": site.keeper or site.title}],
        "version": str(page.inputs),
        "url": routes.absolute(site.base_url, routes.HOME),
        "license-url": site.rights if is_web(site.rights) else "",
    }
    lines = (f"{name}: {json_script(value)}\n" for name, value in told.items() if value)
    return "".join(lines).encode()


EXTENSION = Extension(
    "data",
    planners=(
        Planner("data of a month", Shelf, plan_shelf),
        Planner("clusters", Clusters, plan_clusters),
        Planner("counts", Counts, plan_counts),
        Planner("data package", Release, plan_release),
    ),
    views=(
        View("data-lines", _lines),
        View("data-clusters", _clusters),
        View("data-counts", _counts),
        View("data-package", _package),
        View("data-citation", _citation),
        View("data-schema", _schema),
    ),
)
