"""Blocks that many pages share: a menu or a footer is drawn once, not once a page.

A block that uses nothing but names of the whole site, and of the page only where links lead, is the
same on all pages from which those links are the same. `code` writes `settled` around such blocks.
What is kept lives as long as the loaded template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from jinja2 import Environment, meta, nodes

# The page's own functions of an address, which such a block may call.
OF_PAGE = frozenset({"link", "current"})

Block = Callable[[Any], Iterable[str]]

# What reaches beyond the block itself.
_ELSEWHERE = (
    nodes.Block,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.ContextReference,
    nodes.DerivedContextReference,
)


def names_of(block: nodes.Block, environment: Environment) -> frozenset[str] | None:
    """The names in a block that is settled; None for one that is not, or is as quickly drawn."""
    names: set[str] = set()
    own: set[str] = set()
    for each in block.find_all((nodes.Name, *_ELSEWHERE)):
        if not isinstance(each, nodes.Name):
            return None
        (names if each.ctx == "load" else own).add(each.name)
    if names.isdisjoint(OF_PAGE) or not names <= {*OF_PAGE, *environment.globals, *own}:
        return None
    # Most blocks are out by now; Jinja knows whether the block's own names are always its own.
    body = nodes.Template(block.body, lineno=block.lineno)
    body.set_environment(environment)
    if meta.find_undeclared_variables(body) - OF_PAGE:
        return None
    return frozenset(names | own)


def settled(block: Block, of: Iterable[str]) -> Block:
    """The block, of these names; on a page with the same links as an earlier one, as it was drawn then."""
    names = frozenset(of)
    # The way up to the root → the trees that it leads into, and its HTML.
    kept: dict[str, tuple[frozenset[str], tuple[str]]] = {}
    # The same of pages in such a tree, by both: where it leads to the front of the tree, and no further.
    within: dict[tuple[str, str], tuple[str]] = {}

    def draw(context: Any) -> Iterable[str]:
        place = context.place if context.as_given and names.isdisjoint(context.vars) else None
        if place is None:
            return block(context)
        tree, up = place
        found = kept.get(up)
        if found is not None and tree not in found[0]:
            return found[1]
        is_front = context.parent["page"].url == tree
        if not is_front and (known := within.get(place)):
            return known
        asked, html = _watched(block, context)
        trees = frozenset(url[: url.find("/", 1) + 1] for url in asked)
        if tree not in trees:
            kept[up] = trees, html
        elif not is_front and not any(url != tree and url.startswith(tree) for url in asked):
            within[place] = html
        return html

    return draw


def _watched(block: Block, context: Any) -> tuple[set[str], tuple[str]]:
    """The addresses of the site that a block asks about, and its HTML."""
    given = context.parent
    asked: set[str] = set()

    def watch(function: Callable[[str], object]) -> Callable[[str], object]:
        def watching(url: str) -> object:
            asked.add(url)
            return function(url)

        return partial(watching)

    own = {name: given[name] for name in OF_PAGE}
    given.update({name: watch(function) for name, function in own.items()})
    try:
        html = "".join(block(context))
    finally:
        given.update(own)
    return asked, (html,)
