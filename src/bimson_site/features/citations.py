"""How an article is cited: for BibTeX and in the templates of two Wikipedias.

Each text is escaped for its own syntax and for no other (the template escapes for HTML). Names are kept whole,
for no program can tell which part of "Nguyễn Văn A" is the family's. The address is that of this archive, which
stays; where it has none, the one that the article came from. No day of reading is given: no page reads the clock.

Sources: "BibTeXing" (Patashnik) for the syntax, where braces count even behind a backslash; Help:Citation Style 1
for {{cite news}} and its pipes, brackets and dates; its module in Vietnamese, which also takes the English names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bimson_site import routes
from bimson_site.features.metadata import is_web
from bimson_site.model import Masthead, Precision, Story, Timestamp


@dataclass(frozen=True)
class Citations:
    """An article in three syntaxes, each written when a template asks for it."""

    story: Story
    masthead: Masthead

    @property
    def bibtex(self) -> str:
        return _bibtex(self.story, self.masthead, self._address)

    @property
    def cite_news(self) -> str:
        fields = _fields(self.story, self.masthead, self._address)
        return _wiki("cite news", fields, _english_date(self.story.article.published), {})

    @property
    def chu_thich_bao(self) -> str:
        fields = _fields(self.story, self.masthead, self._address)
        date = _vietnamese_date(self.story.article.published)
        return _wiki("chú thích báo", fields, date, _VIETNAMESE)

    @cached_property
    def _address(self) -> str:
        return _encoded(_address(self.story, self.masthead))


def _address(story: Story, masthead: Masthead) -> str:
    here = routes.absolute(masthead.base_url, story.url)
    source = story.article.source_url
    return here or (source if is_web(source) else "")


# --- BibTeX -----------------------------------------------------------------------------------------------

_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{each: f"\\{each}" for each in "$&#_%"},
    }
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _bibtex(story: Story, masthead: Masthead, address: str) -> str:
    article, when = story.article, story.article.published
    source = story.source.name if story.source else ""
    fields = [
        ("author", _braced(" and ".join(f"{{{_tex(ref.name)}}}" for ref in story.authors))),
        ("title", _braced(f"{{{_tex(article.title)}}}")),  # twice: no style may lower its capitals
        ("journal" if source else "howpublished", _braced(_tex(source or masthead.title))),
    ]
    if when.known:
        about = when.precision is Precision.ABOUT
        fields.append(("year", _braced(f"{'about ' if about else ''}{when.local.year}")))
    if when.precision >= Precision.MONTH:
        fields.append(("month", _MONTHS[when.local.month - 1][:3].lower()))
    if when.precision >= Precision.DAY:
        fields.append(("day", _braced(str(when.local.day))))
    fields.append(("url", _braced(address)))
    lines = "".join(f"  {name} = {value},\n" for name, value in fields if value != "{}")
    return f"@{'article' if source else 'misc'}{{{_key(story.url)},\n{lines}}}"


def _tex(text: str) -> str:
    return text.translate(_BIBTEX)


def _braced(text: str) -> str:
    return f"{{{text}}}"


def _key(url: str) -> str:
    """The name of an entry, made of the address, which is nobody else's: its slug, then its date."""
    folder, _, slug = url.strip("/").rpartition("/")
    return "-".join(filter(None, (slug, folder.replace("/", "-"))))


# --- Wikipedia --------------------------------------------------------------------------------------------

# Where Vietnamese articles use their own words; the other names are the same in both.
_VIETNAMESE = {"title": "tiêu đề", "author": "tác giả", "newspaper": "báo", "date": "ngày"}
# What means something in the text of a wiki, as Help:Citation Style 1 writes it.
_WIKI = str.maketrans({each: f"&#{ord(each)};" for each in "&<>[]{}|~'="})
_URL = str.maketrans({each: f"%{ord(each):02X}" for each in " \"'<>[\\]^`{|}"})


def _fields(story: Story, masthead: Masthead, address: str) -> tuple[tuple[str, str], ...]:
    """What both templates say but for the form of the date, by their English names."""
    article = story.article
    source = story.source.name if story.source else ""
    authors = [ref.name for ref in story.authors]
    names = ["author"] if len(authors) == 1 else [f"author{n + 1}" for n in range(len(authors))]
    return (
        *zip(names, map(_plain, authors), strict=True),
        ("title", _plain(article.title)),
        ("newspaper", _plain(source or masthead.title)),
        ("date", ""),
        ("language", article.language or masthead.language),
        ("url", address),
        # Who hands a text on that another published.
        ("via", _plain(masthead.title) if source and masthead.base_url else ""),
    )


def _wiki(
    template: str, fields: Iterable[tuple[str, str]], date: str, words: Mapping[str, str]
) -> str:
    """A template filled in; `words` are its own names of fields where they are not the English ones."""
    filled = ((name, date if name == "date" else value) for name, value in fields)
    told = "".join(f" |{words.get(name, name)}={value}" for name, value in filled if value)
    return f"{{{{{template}{told}}}}}"


def _plain(text: str) -> str:
    return text.translate(_WIKI)


def _encoded(address: str) -> str:
    """An address without what would end it in a wiki or in braces."""
    return address.translate(_URL)


def _english_date(when: Timestamp) -> str:
    """2020-08-05; August 2020, for CS1 takes 2020-08 for a span of years; 2020; c. 1998."""
    return _date(when, lambda month, year: f"{_MONTHS[month - 1]} {year}")


def _vietnamese_date(when: Timestamp) -> str:
    return _date(when, lambda month, year: f"tháng {month} năm {year}")


def _date(when: Timestamp, month: Callable[[int, int], str]) -> str:
    if when.precision >= Precision.DAY:
        return when.local.date().isoformat()
    if when.precision is Precision.MONTH:
        return month(when.local.month, when.local.year)
    return _year(when)


def _year(when: Timestamp) -> str:
    if not when.known:
        return ""
    return f"{'c. ' if when.precision is Precision.ABOUT else ''}{when.local.year}"
