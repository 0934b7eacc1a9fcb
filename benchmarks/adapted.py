"""The corpus as the peers read it: the same bodies, front matter in their words.

All of it runs outside the timed part, as a newsroom's export would.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from corpus import Article

BY_YEAR, BY_MONTH = (
    50,
    200,
)  # bimson-site's rule: from when a term is cut into years, a year into months
Key = tuple[str, ...]  # kind, name, and the year and month of a list


def quoted(value: object) -> str:
    """A value as JSON, which is YAML too."""
    return json.dumps(value, ensure_ascii=False)


def _address(article: Article) -> str:
    return f"/{article.published:%Y/%m/%d}/{article.name}/"


# --- Hugo -------------------------------------------------------------------------------------------


def hugo(article: Article) -> str:
    return (
        f"---\ntitle: {quoted(article.title)}\ndate: {article.published.isoformat()}\n"
        f"slug: {article.name}\nauthors: {quoted(article.authors)}\ntags: {quoted(article.tags)}\n"
        f"sections: {quoted([article.section])}\nsources: {quoted([article.source])}\n"
        f"source_url: {article.source_url}\ndescription: {quoted(article.summary)}\n---\n{article.body}"
    )


_STUB = "---\ntitle: {}\n{}build:\n  list: never\n---\n"


def hugo_days(article: Article) -> Iterator[tuple[str, str]]:
    """Files for the pages of a day, its month and its year: Hugo has none of its own, and lists them
    quickest from such stubs (sections by date took half as long again, taxonomies three times)."""
    for layout, form in (("day", "%Y/%m/%d"), ("month", "%Y/%m"), ("year", "%Y")):
        name = article.published.strftime(form)
        fields = f"layout: {layout}\nurl: /{name}/\n"
        yield f"content/time/{name}.md", _STUB.format(quoted(name), fields)


def hugo_periods(counts: Counter[Key]) -> Iterator[tuple[str, str]]:
    """Files for the pages of a term's years and months."""
    for key, count in counts.items():
        kind, name, *when = key
        by_year = when and counts[key[:2]] > BY_YEAR
        if by_year and (len(when) == 1 or counts[key[:3]] > BY_MONTH):
            months = "months: true\n" if len(when) == 1 and count > BY_MONTH else ""
            fields = f"layout: period\nof: /{kind}/{name}\n{months}"
            folder = name.lower().replace(" ", "-")  # as Hugo spells the term's address
            path = f"content/periods/{kind}/{folder}/{'/'.join(when)}.md"
            yield path, _STUB.format(quoted("/".join(when)), fields)


def hugo_rest() -> Iterator[tuple[str, str]]:
    yield "content/coverage.md", _STUB.format("Trong kho có gì", "layout: coverage\n")
    for folder in ("articles", "periods", "time"):
        yield f"content/{folder}/_index.md", "---\nbuild:\n  render: never\n---\n"


def counted(articles: Iterable[Article]) -> Counter[Key]:
    """How many articles each term has: in all, by year, by month."""
    counts: Counter[Key] = Counter()
    for article in articles:
        counts.update(keys(article))
    return counts


def keys(article: Article) -> Iterator[Key]:
    year, month = f"{article.published:%Y}", f"{article.published:%m}"
    for kind, names in (
        ("tags", article.tags),
        ("authors", article.authors),
        ("sections", (article.section,)),
        ("sources", (article.source,)),
    ):
        for name in names:
            yield from ((kind, name), (kind, name, year), (kind, name, year, month))


# --- Eleventy and Pelican: their configuration finds the lists --------------------------------------


def eleventy(article: Article) -> str:
    return (
        f"---\ntitle: {quoted(article.title)}\ndate: {article.published.isoformat()}\n"
        f"permalink: {_address(article)}\nauthors: {quoted(article.authors)}\n"
        f"topics: {quoted(article.tags)}\nsection: {article.section}\nsource: {article.source}\n"
        f"source_url: {article.source_url}\nsummary: {quoted(article.summary)}\n---\n{article.body}"
    )


def pelican(article: Article) -> str:
    return (
        f"Title: {article.title}\nDate: {article.published:%Y-%m-%d %H:%M}\nSlug: {article.name}\n"
        f"Authors: {'; '.join(article.authors)}\nTags: {', '.join(article.tags)}\n"
        f"Category: {article.section}\nSource: {article.source}\nSource_url: {article.source_url}\n"
        f"Summary: {article.summary}\n\n{article.body}"
    )
