"""The public contract: what an extension may add. The core's own features come through this door.

A planner turns a partition of the archive into pages; a view turns a page into bytes. Both are pure
functions of values in `model`. How to write one: docs/how-to/write-an-extension.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bimson_site.model import Masthead, Page

if TYPE_CHECKING:  # an engine takes time to load, and a site is opened without one
    from bimson_site.theme.engine import Press

# (page, the texts that page.reads names, in order, press) -> the bytes of the file
Draw = Callable[[Page, Sequence[str], "Press"], bytes]


@dataclass(frozen=True, slots=True)
class Planner:
    """`plan(partition, masthead)` gives the pages made from one partition of the type `over`."""

    name: str
    over: type
    plan: Callable[[Any, Masthead], Iterable[Page]]


@dataclass(frozen=True, slots=True)
class View:
    """`draw` makes the file of each page whose `view` is `name`; `templates` are those it renders."""

    name: str
    draw: Draw
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """A named set of planners and views, and the templates (name to source) that it brings along."""

    name: str
    planners: tuple[Planner, ...] = ()
    views: tuple[View, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)


def templated(name: str, template: str) -> View:
    """A view that shows `page.inputs` (as `it`) through a template."""

    def draw(page: Page, _texts: Sequence[str], press: Press) -> bytes:
        return press.render(template, page)

    return View(name, draw, (template,))
