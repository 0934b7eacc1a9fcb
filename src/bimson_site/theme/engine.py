"""Templates to bytes. The only import of jinja2.

Templates run in the sandbox, autoescaped, and an unknown variable is an error; content is never a
template. Sources are handed in as text: the engine reads no file. What templates may use:
docs/reference/templates.md.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any, ClassVar

from jinja2 import StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, meta
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.loaders import FunctionLoader
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bimson_site import routes
from bimson_site.errors import Location, Problem, SiteError, problem
from bimson_site.model import (
    Masthead,
    Page,
    digest,
)
from bimson_site.theme import vocabulary
from bimson_site.words import Catalogue, catalogue

PACKAGED = "theme/templates/"  # how the paths of the theme's own templates begin


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template's text, and the file it came from as people should read it."""

    text: str
    path: str


class Press:
    """Renders pages in the site's words: the masthead, the templates, the catalogue."""

    def __init__(self, masthead: Masthead, sources: Mapping[str, TemplateSource]) -> None:
        self.masthead = masthead
        self.masthead_digest = digest(masthead)
        self.words: Catalogue = catalogue(masthead.language)
        self._sources = sources
        self._env = _environment(sources)
        self._env.globals.update(vocabulary.names(masthead, self.words))
        self._env.filters.update(vocabulary.filters(masthead.language, self.words))
        self._digests: dict[str, str] = {}

    def render(self, template: str, page: Page, **variables: object) -> bytes:
        """A page through a template. SiteError (template-failed) names the template's file and line."""
        link = partial(routes.link, page.url, explicit=self.masthead.explicit_links)
        try:
            text = self._env.get_template(template).render(
                page=page, it=page.inputs, link=link, **variables
            )
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
            if name in found or name not in self._sources:
                continue
            found.add(name)
            # A name that is computed could be any template.
            for reference in _references(self._sources[name].text):
                queue.extend([reference] if reference else self._sources)
        return found

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


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox; our frozen values and our own functions need no second look at every use."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = type(obj)
        ours = _OURS.get(kind)
        if ours is None:
            ours = _OURS.setdefault(kind, _is_ours(kind))
        if ours and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def call(self, context: Any, obj: Any, /, *args: Any, **values: Any) -> Any:
        kind = type(obj)
        if kind is partial:  # only we make partials: the functions that templates are given
            values.pop("_loop_vars", None)  # jinja's own, for functions that ask for the context
            values.pop("_block_vars", None)
            return obj(*args, **values)
        if kind is Macro:
            return context.call(obj, *args, **values)
        return super().call(context, obj, *args, **values)


_OURS: dict[type, bool] = {}


def _is_ours(kind: type) -> bool:
    """Frozen values of the pipeline and the features: nothing of theirs is unsafe to read."""
    return kind is SimpleNamespace or (
        kind.__module__.startswith("bimson_site.") and hasattr(kind, "__dataclass_fields__")
    )


class _Compiled(BytecodeCache):
    """Compiled templates of this process, by name and source: each is compiled once."""

    codes: ClassVar[dict[tuple[str, str], Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code


@cache
def _references(text: str) -> tuple[str | None, ...]:
    """The templates that a template extends, includes or imports; None where a name is computed."""
    return tuple(meta.find_referenced_templates(_environment({}).parse(text)))


def _environment(sources: Mapping[str, TemplateSource]) -> _Sandbox:
    def find(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = sources.get(name)
        return (source.text, source.path, lambda: True) if source else None

    return _Sandbox(
        loader=FunctionLoader(find),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_Compiled(),
        cache_size=-1,
        extensions=["jinja2.ext.loopcontrols"],
    )


def sources(found: Iterable[tuple[str, str, str]]) -> dict[str, TemplateSource]:
    """Templates by name from (name, text, path); a later one of the same name replaces an earlier."""
    return {name: TemplateSource(text, path) for name, text, path in found}
