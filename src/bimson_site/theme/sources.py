"""The texts of templates by their names, before anybody compiles one.

Owns which template of a name counts; the engine (`engine`) draws with them. Apart from it, so that whoever has nothing
to draw need not load an engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PACKAGED = "theme/templates/"  # how the paths of the theme's own templates begin
THEME = "theme/"  # before the name of a theme's template: that one, even where a site has its own


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template's text, and the file it came from as people should read it."""

    text: str
    path: str


def sources(found: Iterable[tuple[str, str, str]]) -> dict[str, TemplateSource]:
    """Templates by name from (name, text, path); a later one of the same name replaces an earlier, which stays
    within reach under `theme/NAME` if it is the theme's, so that one's own can extend it."""
    named: dict[str, TemplateSource] = {}
    for name, text, path in found:
        source = TemplateSource(text, path)
        if path.startswith(PACKAGED):
            named[f"{THEME}{name}"] = source
        named[name] = source
    return named
