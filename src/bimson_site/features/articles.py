"""The article page, the ordinary page, and the files beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from bimson_site import routes
from bimson_site.extension import Extension, Planner, View
from bimson_site.features import assets, citations, data, metadata, pictures
from bimson_site.model import (
    Access,
    Body,
    Card,
    Masthead,
    Page,
    Shelf,
    Standing,
    Story,
)
from bimson_site.text import markdown
from bimson_site.theme.engine import Press


@dataclass(frozen=True, slots=True)
class InTime:
    """A story and its neighbours in time; the address of the file of /data/ that tells it, if one does."""

    story: Story
    earlier: Card | None
    later: Card | None
    data: str = ""


def plan_shelf(shelf: Shelf, masthead: Masthead) -> Iterator[Page]:
    """A page for each story of a shelf; previous and next are its neighbours in archive time."""
    own = [card for card in shelf.cards if not card.record]
    before = [shelf.earlier, *own[:-1]]
    after = [*own[1:], shelf.later]
    dated = bool(shelf.year)
    told = data.files_of(shelf.stories, masthead)
    for index, story in enumerate(shelf.stories):
        beside = (before[index], after[index]) if dated else (None, None)
        yield Page(
            story.url,
            "article",
            InTime(story, *beside, told[index]),
            bodies(story),
            story.article.path,
        )
        yield from attached(story)


def plan_standing(standing: Standing, _masthead: Masthead) -> Iterator[Page]:
    story = standing.story
    yield Page(story.url, "standing", InTime(story, None, None), bodies(story), story.article.path)
    yield from attached(story)


def attached(story: Story) -> Iterator[Page]:
    """The files that the body refers to, published beside its page, and smaller versions of its pictures."""
    for asset in story.attachments:
        yield assets.page(asset)
    for picture in story.pictures:
        if picture.version:
            yield assets.page(picture.version)


def bodies(story: Story) -> tuple[Body, ...]:
    """The text of a story, if readers may see it."""
    return (story.article.body,) if story.article.access is Access.FULL else ()


def body_html(page: Page, story: Story, texts: Sequence[str], press: Press) -> tuple[Markup, bool]:
    """The body as HTML, its references resolved to relative links; and whether the lead picture is to be shown above
    it: not where it stands in the body, with the words that belong to it."""
    links = {}
    if story.links:
        link = routes.links_from(page.url, explicit=press.masthead.explicit_links)
        links = {ref: link(url) if url.startswith("/") else url for ref, url in story.links}
    own = press.masthead.base_url
    html = "".join(
        markdown.render(
            text,
            links,
            title=story.article.title,
            backlink=press.words.gettext("back to note {number}"),
            table=press.words.gettext("Table {number}"),
            own=own,
        )
        for text in texts
    )
    lead = lead_image(page, story)
    led = bool(lead) and lead not in html
    if lead and not led:
        words = _words_of_lead(story, press)
        told = pictures.captioned(html, lead, *words) if any(words) else html
        led, html = told is None, told or html
    if "<img" in html:
        html = pictures.hung(html, page.url, story.pictures, led=led)
    return Markup(html), led  # noqa: S704 - escaped or sanitised by text.markdown


def _words_of_lead(story: Story, press: Press) -> tuple[str, str]:
    """Caption and credit of the lead picture, as HTML."""
    said = json.loads(story.article.extra)
    caption, credit = (str(said.get(name) or "") for name in ("image_caption", "image_credit"))
    if credit:
        told = press.words.gettext("Picture: %(name)s") % {"name": credit}
        credit = f'<span class="credit">{escape(told)}</span>'
    return str(escape(caption)), credit


def lead_image(page: Page, story: Story) -> str:
    """Where the lead picture is: a relative link, an absolute address, or "" if there is none."""
    image = story.article.image
    if not image:
        return ""
    found = dict(story.links).get(image, image if _foreign(image) else "")
    return found if not found or _foreign(found) else routes.link(page.url, found)


def _foreign(url: str) -> bool:
    """An address that is not below the site: `media_base`, or another site's."""
    return url.startswith(("https://", "http://"))


def names(page: Page, story: Story, texts: Sequence[str], press: Press) -> dict[str, object]:
    """What the template of an article or an ordinary page has beside the page."""
    body, led = body_html(page, story, texts, press)
    return {
        "story": story,
        "article": story.article,
        "body": body,
        "image": lead_image(page, story),
        "led": led,
        "lead": pictures.lead(story),
    }


def names_of_news(
    page: Page, story: Story, told: str, texts: Sequence[str], press: Press
) -> dict[str, object]:
    """The same, with what is told of an article of the press alone; `told` is the address of the file of /data/
    that holds it, or ""."""
    return {
        **names(page, story, texts, press),
        "news": metadata.News(story, press.masthead),
        "data": data.Line(told, story, texts, press.masthead),
        "cite": citations.Citations(story, press.masthead),
    }


def _article(page: Page, texts: Sequence[str], press: Press) -> bytes:
    assert isinstance(page.inputs, InTime)
    given = names_of_news(page, page.inputs.story, page.inputs.data, texts, press)
    return press.render("article.html", page, **given)


def _standing(page: Page, texts: Sequence[str], press: Press) -> bytes:
    assert isinstance(page.inputs, InTime)
    return press.render("page.html", page, **names(page, page.inputs.story, texts, press))


EXTENSION = Extension(
    "articles",
    planners=(
        Planner("articles", Shelf, plan_shelf),
        Planner("standing pages", Standing, plan_standing),
    ),
    views=(
        View("article", _article, ("article.html",)),
        View("standing", _standing, ("page.html",)),
    ),
)
