"""Pelican's settings for the benchmark, with the lists it does not have by itself."""

from itertools import groupby

from pelican import signals
from pelican.generators import Generator
from pelican.utils import slugify

BY_YEAR, BY_MONTH = 50, 200

SITENAME = "Kho báo thử"
SITEURL = "https://bench.example"
TIMEZONE = "Asia/Ho_Chi_Minh"
DEFAULT_LANG = "vi"
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
DELETE_OUTPUT_DIRECTORY = False
STATIC_PATHS = []
PAGE_PATHS = []
TYPOGRIFY = False
FORMATTED_FIELDS = []
DEFAULT_PAGINATION = False
# No highlighter: no article has code.
MARKDOWN = {"extension_configs": {"markdown.extensions.extra": {}, "markdown.extensions.meta": {}}}

ARTICLE_URL = "{date:%Y}/{date:%m}/{date:%d}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
YEAR_ARCHIVE_SAVE_AS = "{date:%Y}/index.html"
MONTH_ARCHIVE_SAVE_AS = "{date:%Y}/{date:%m}/index.html"
DAY_ARCHIVE_SAVE_AS = "{date:%Y}/{date:%m}/{date:%d}/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = TAG_URL + "index.html"
AUTHOR_URL = "authors/{slug}/"
AUTHOR_SAVE_AS = AUTHOR_URL + "index.html"
CATEGORY_URL = "sections/{slug}/"
CATEGORY_SAVE_AS = CATEGORY_URL + "index.html"
DIRECT_TEMPLATES = ["index", "tags", "authors", "categories", "archives", "404", "sitemap"]
TAGS_SAVE_AS = "tags/index.html"
AUTHORS_SAVE_AS = "authors/index.html"
CATEGORIES_SAVE_AS = "sections/index.html"
ARCHIVES_SAVE_AS = "coverage/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"

FEED_ALL_ATOM = "feed.xml"
FEED_MAX_ITEMS = 20
CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None


class Lists(Generator):
    """Sources, and the years and months of every term."""

    def generate_context(self):
        pass

    def generate_output(self, writer):
        articles = self.context["articles"]
        sources = {}
        for article in articles:
            sources.setdefault(article.source, []).append(article)
        named = [(found[0].source_place, name, found) for name, found in sources.items()]
        self._write(writer, "term_index", "sources/", title="Nguồn", terms=sorted(named))
        for url, name, found in named:
            self._write(writer, "source", url, title=name, source=name, articles=found)
        for kind in ("tags", "authors", "categories"):
            named += [(term.url, term.name, found) for term, found in self.context[kind]]
        for url, name, found in named:
            if len(found) > BY_YEAR:
                self._years(writer, url, name, found)

    def _years(self, writer, url, name, found):
        for year, group in groupby(found, lambda a: f"{a.date:%Y}"):
            inside = list(group)
            here = {"title": f"{name}, {year}", "term": url}
            if len(inside) <= BY_MONTH:
                self._write(writer, "period", f"{url}{year}/", **here, articles=inside, months=[])
                continue
            months = [(m, list(each)) for m, each in groupby(inside, lambda a: f"{a.date:%m}")]
            self._write(writer, "period", f"{url}{year}/", **here, articles=[], months=months)
            for month, each in months:
                title = f"{name}, {month}/{year}"
                self._write(
                    writer,
                    "period",
                    f"{url}{year}/{month}/",
                    title=title,
                    term=url,
                    articles=each,
                    months=[],
                )

    def _write(self, writer, template, url, **values):
        page = self.get_template(template)
        writer.write_file(f"{url}index.html", page, self.context, url=url, **values)


def beside(generator):
    """The articles before and after each one in time; the newest come first."""
    found = generator.articles
    for at, article in enumerate(found):
        article.earlier = found[at + 1] if at + 1 < len(found) else None
        article.later = found[at - 1] if at else None
        article.source_place = f"sources/{slugify(article.source)}/"


class Lines:
    """Pelican wants plugins as modules or objects with `register`."""

    @staticmethod
    def register():
        signals.article_generator_finalized.connect(beside)
        signals.get_generators.connect(lists)


def lists(_pelican):
    return Lists


PLUGINS = [Lines]
