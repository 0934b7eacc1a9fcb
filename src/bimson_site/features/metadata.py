"""What machines read of an article in the head of its page: NewsArticle as JSON-LD, Open Graph, and the names by
which citation managers know a newspaper article.

Owns which facts are told, and in which words of which vocabulary; never writes HTML (the template does). A text
that readers may not see is described by nothing but its title, date, byline and terms; its summary is told where
readers may see that. Addresses are whole ones, so those of this site only where it has a `base_url`.

Sources: schema.org/NewsArticle; ogp.me, "Article"; Twitter's card markup; Google Scholar, "Indexing guidelines";
Zotero's translators "Embedded Metadata.js" (`citation_` names) and "RDF.js": there `DC.type` with the name of an
item type is believed before anything is guessed (a title alone is guessed to be of a journal).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bimson_site import routes
from bimson_site.model import Access, Masthead, Precision, Story, TermRef, Timestamp

# (which attribute names it: "name" or "property"; its name; what it says)
Meta = tuple[str, str, str]

_LONGEST = 300  # letters of a description, as in the description of the page


def is_web(address: str) -> bool:
    """True for an address that a reader can follow."""
    return address.startswith(("https://", "http://"))


def gist(story: Story) -> str:
    """What may be told of the text in a sentence or two, or ''."""
    article = story.article
    if article.access is Access.FULL:
        return _short(article.summary or article.lede)
    return _short(article.summary) if article.access is Access.SUMMARY else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def picture(story: Story, masthead: Masthead) -> str:
    """The whole address of the picture that stands for an article: the one it names, else the first that its
    text shows; '' without one, or where readers may not see the text."""
    article = story.article
    if article.access is not Access.FULL:
        return ""
    if is_web(article.image):
        return article.image
    shown = (asset.url for asset in story.attachments if routes.is_picture(asset.url))
    found = dict(story.links).get(article.image) if article.image else next(shown, "")
    if not found or is_web(found):
        return found or ""
    version = next((each.shown for each in story.pictures if each.url == found), found)
    return routes.absolute(masthead.base_url, version)


def told(stamp: Timestamp | None) -> str:
    """A date in ISO 8601, only as precise as it is known; '' where no machine can read it ("about 1998")."""
    return stamp.iso if stamp and stamp.precision > Precision.ABOUT else ""


def publisher(story: Story, masthead: Masthead) -> str:
    """Who published an article: its source, else who keeps this archive."""
    return story.source.name if story.source else masthead.keeper or masthead.title


@dataclass(frozen=True)
class News:
    """What is told of an article, worked out when a template asks for it."""

    story: Story
    masthead: Masthead

    @cached_property
    def gist(self) -> str:
        """A sentence or two of the text, or ''."""
        return gist(self.story)

    @property
    def metas(self) -> Sequence[Meta]:
        """What the head says for those who show a link to the page, and for those who cite it."""
        story, masthead = self.story, self.masthead
        shared = _shared(story, masthead, self._here, self._picture, self.gist)
        return (*_cited(story, masthead), *shared)

    @property
    def linked_data(self) -> Mapping[str, object]:
        """The article as schema.org describes it."""
        return _linked_data(self.story, self.masthead, self._here, self._picture, self.gist)

    @cached_property
    def _here(self) -> str:
        return routes.absolute(self.masthead.base_url, self.story.url)

    @cached_property
    def _picture(self) -> str:
        return picture(self.story, self.masthead)


def _linked_data(
    story: Story, masthead: Masthead, here: str, image: str, said: str
) -> Mapping[str, object]:
    """What is not known is left out."""
    article, base_url = story.article, masthead.base_url
    rights = article.rights or masthead.rights
    keeper = masthead.keeper or masthead.title
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": said,
        "datePublished": told(article.published),
        # One that was never updated is as it was published; Google recommends both.
        "dateModified": told(article.updated) or told(article.published),
        "author": [_person(ref, base_url) for ref in story.authors],
        "publisher": _organization(publisher(story, masthead)),
        # "typically in cases where the structured data … [is] published on a different site"
        "sdPublisher": _organization(keeper) if story.source else "",
        "articleSection": [ref.name for ref in story.sections],
        "keywords": [ref.name for ref in story.tags],
        "inLanguage": article.language or masthead.language,
        "image": [image] if image else "",
        "url": here,
        "mainEntityOfPage": here,
        # "A resource from which this work is derived": what stands here was taken from there.
        "isBasedOn": article.source_url if is_web(article.source_url) else "",
        "license" if is_web(rights) else "copyrightNotice": rights,
        "correction": [notice.text for notice in article.corrections],
        "creativeWorkStatus": "Withdrawn" if article.withdrawn else "",
    }
    known: dict[str, object] = {name: value for name, value in found.items() if value}
    known["isAccessibleForFree"] = article.access is Access.FULL
    return known


def _person(ref: TermRef, base_url: str) -> Mapping[str, str]:
    """The name is whole: which part of it is the family's no archive knows."""
    person = {"@type": "Person", "name": ref.name}
    return {**person, "url": routes.absolute(base_url, ref.url)} if base_url else person


def _organization(name: str) -> Mapping[str, str]:
    return {"@type": "Organization", "name": name}


def _cited(story: Story, masthead: Masthead) -> Iterator[Meta]:
    article = story.article
    yield "name", "DC.type", "newspaperArticle"
    yield "name", "citation_title", article.title
    for ref in story.authors:
        yield "name", "citation_author", ref.name
    # Google Scholar wants slashes; Zotero takes what it gets.
    if date := told(article.published)[:10].replace("-", "/"):
        yield "name", "citation_publication_date", date
    paper = story.source.name if story.source else masthead.title
    yield "name", "citation_journal_title", paper
    yield "name", "citation_language", article.language or masthead.language
    if story.tags:
        yield "name", "citation_keywords", "; ".join(_names(story.tags))
    if rights := article.rights or masthead.rights:
        yield "name", "DC.rights", rights


def _shared(story: Story, masthead: Masthead, here: str, image: str, said: str) -> Iterator[Meta]:
    """Open Graph asks for the address of the page: without one nothing is said."""
    if not here:
        return
    article = story.article
    yield "property", "og:type", "article"
    yield "property", "og:title", article.title
    yield "property", "og:url", here
    yield "property", "og:site_name", masthead.title
    if said:
        yield "property", "og:description", said
    if image:
        yield "property", "og:image", image
    times = (("published", article.published), ("modified", article.updated))
    for name, stamp in times:
        if date := told(stamp):
            yield "property", f"article:{name}_time", date
    for ref in story.sections[:1]:
        yield "property", "article:section", ref.name
    for ref in story.tags:
        yield "property", "article:tag", ref.name
    yield "name", "twitter:card", "summary_large_image" if image else "summary"


def _names(refs: Sequence[TermRef]) -> list[str]:
    return [ref.name for ref in refs]
