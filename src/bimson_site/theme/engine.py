"""Templates to bytes.

Templates run in the sandbox (`sandbox`), autoescaped, and an unknown variable is an error; content is
never a template. Sources are handed in as text: the engine reads no file. What templates may use:
docs/reference/templates.md.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from hashlib import blake2b

from bimson_site import routes
from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.model import (
    Masthead,
    Page,
    digest,
)
from bimson_site.theme import vocabulary
from bimson_site.theme.sandbox import (
    Compiled,
    Sandbox,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from bimson_site.theme.sources import PACKAGED, THEME, TemplateSource
from bimson_site.words import Catalogue, catalogue

# What was compiled in this process, for whoever hands in nothing that lasts longer.
_COMPILED: dict[str, bytes] = {}


class Press:
    """Renders pages in the site's words: the masthead, the templates, the catalogue.

    `compiled` keeps compiled templates for other processes; it is always safe to lose. With a `clock`
    (seconds), `timings` says of each template how many pages it drew and in how many seconds.
    """

    def __init__(
        self,
        masthead: Masthead,
        sources: Mapping[str, TemplateSource],
        *,
        compiled: Compiled = _COMPILED,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.masthead = masthead
        self.masthead_digest = digest(masthead)
        self.words: Catalogue = catalogue(masthead.language, masthead.words)
        self._sources = sources
        self.timings: dict[str, tuple[int, float]] = {}
        self._clock = clock
        self._env = Sandbox(partial(_find, sources), compiled)
        self._env.globals.update(vocabulary.names(masthead, self.words))
        self._env.filters.update(vocabulary.filters(masthead.language, self.words))
        self._digests: dict[str, str] = {}

    def render(self, template: str, page: Page, **variables: object) -> bytes:
        """A page through a template. SiteError (template-failed) names the template's file and line."""
        if self._clock is None:
            return self._draw(template, page, variables)
        start = self._clock()
        data = self._draw(template, page, variables)
        pages, seconds = self.timings.get(template, (0, 0.0))
        self.timings[template] = pages + 1, seconds + self._clock() - start
        return data

    def _draw(self, template: str, page: Page, variables: Mapping[str, object]) -> bytes:
        link = routes.links_from(page.url, explicit=self.masthead.explicit_links)
        given = {
            "page": page,
            "it": page.inputs,
            "link": partial(link),
            "current": partial(page.url.__eq__),
        }
        try:
            text = self._env.draw(template, given, variables)
        except TemplateSyntaxError as err:
            raise SiteError(self._syntax_problem(err)) from err
        except Exception as err:  # a template is a user's program: whatever it raises is its own
            raise SiteError(self._failure(err, template, page)) from err
        return text.encode("utf-8", "replace")  # a file name may hold bytes that are no text

    def check(self) -> None:
        """Compile every template that is not the theme's own, for those are tested. SiteError
        (template-invalid) names every broken one."""
        problems = []
        for name in sorted(self._sources):
            if self._sources[name].path.startswith(PACKAGED):
                continue
            try:
                self._env.get_template(name)
            except TemplateSyntaxError as err:
                problems.append(self._syntax_problem(err))
        if problems:
            raise SiteError(*problems)

    def prepare(self) -> None:
        """Load every template now, so that processes which are made later need not."""
        queue = [each for each in self._sources if not each.startswith(THEME)]
        seen = set(queue)
        while queue:
            name = queue.pop()
            with suppress(TemplateSyntaxError):  # whoever draws with it will say so
                self._env.get_template(name)
                new = self._named_in(name) - seen
                seen |= new
                queue += new

    def digest(self, template: str) -> str:
        """A digest of a template and of all that it includes, extends or imports."""
        if template not in self._digests:
            state = blake2b(digest_size=16)
            for name in sorted(self._closure(template)):
                state.update(f"{name}\0{self._sources[name].text}\0".encode())
            self._digests[template] = state.hexdigest()
        return self._digests[template]

    def _closure(self, template: str) -> set[str]:
        found: set[str] = set()
        queue = [template]
        while queue:
            name = queue.pop()
            if name not in found and name in self._sources:
                found.add(name)
                queue += self._named_in(name)
        return found

    def _named_in(self, template: str) -> set[str]:
        """The templates that a template refers to, of those that there are; all, where it computes a name."""
        named = self._env.references(self._sources[template].text)
        return self._sources.keys() & named if None not in named else {*self._sources}

    def _syntax_problem(self, err: TemplateSyntaxError) -> Problem:
        source = self._sources.get(err.name or "")
        path = source.path if source else str(err.filename)
        where = Location(path, err.lineno)
        return problem("template-invalid", where, reason=err.message or "")

    def _failure(self, err: Exception, template: str, page: Page) -> Problem:
        """The innermost frame that lies in a template is the place to look."""
        paths = {source.path for source in self._sources.values()}
        frames = [f for f in traceback.extract_tb(err.__traceback__) if f.filename in paths]
        where = (
            Location(frames[-1].filename, frames[-1].lineno or 1)
            if frames
            else Location(self._sources[template].path if template in self._sources else template)
        )
        reason = (
            f"there is no template {err.name}"
            if isinstance(err, TemplateNotFound)
            else f"{'' if isinstance(err, TemplateError) else type(err).__name__ + ': '}{err}"
        )
        return problem("template-failed", where, url=page.url, reason=reason)


def _find(sources: Mapping[str, TemplateSource], name: str) -> tuple[str, str] | None:
    source = sources.get(name)
    return (source.text, source.path) if source else None
