"""The slice of the configuration that pages may see, with the menu that the archive has by itself."""

from __future__ import annotations

from dataclasses import replace

from bimson_site import routes
from bimson_site.config import SiteConfig
from bimson_site.model import Masthead, MenuItem, TermKind, Whole
from bimson_site.words import Catalogue, catalogue

# From how many on an index of a kind is worth a place in the menu (design/pages.md: 5 authors).
_WORTH_A_LINE = {TermKind.SECTION: 1, TermKind.AUTHOR: 5, TermKind.SOURCE: 2}
_PAGES_IN_MENU = 5


def masthead(config: SiteConfig, whole: Whole, words: str = "") -> Masthead:
    """What every page may know of the site; `words` are its own (`words.catalogue`). The default menu changes rarely: with a new year, an
    ordinary page, the first section, the second source, the fifth author."""
    shelves = tuple(kind for kind, count in whole.terms if count)
    return Masthead(
        title=config.title,
        description=config.description,
        language=config.language,
        timezone=config.timezone,
        base_url=config.base_url,
        menu=_default_menu(catalogue(config.language, words), whole)
        if config.menu is None
        else _rooted(config.menu),
        shelves=shelves,
        keeper=config.footer.keeper,
        responsible=config.footer.responsible,
        contact=config.footer.contact,
        footer=config.footer.text,
        rights=config.rights,
        closed=config.closed,
        successor=config.successor,
        explicit_links=config.links == "explicit",
        data=config.data,
        search=config.search,
        words=words,
    )


def _rooted(menu: tuple[MenuItem, ...]) -> tuple[MenuItem, ...]:
    """A menu may name addresses of this site without their first slash."""
    return tuple(
        item
        if ":" in item.url or item.url.startswith(("/", "#"))
        else replace(item, url=f"/{item.url}")
        for item in menu
    )


def _default_menu(words: Catalogue, whole: Whole) -> tuple[MenuItem, ...]:
    say = words.gettext
    titles = {
        TermKind.SECTION: say("Sections"),
        TermKind.AUTHOR: say("Authors"),
        TermKind.SOURCE: say("Sources"),
    }
    counts = dict(whole.terms)
    lines = []
    if whole.years:
        lines.append(MenuItem(say("By date"), whole.years[-1].url))
    for kind, least in _WORTH_A_LINE.items():
        if counts.get(kind, 0) >= least:
            lines.append(MenuItem(titles[kind], routes.terms(kind)))
    pages = [MenuItem(c.title, c.url) for c in whole.pages if not c.noindex]
    return (*lines, *pages[:_PAGES_IN_MENU])
