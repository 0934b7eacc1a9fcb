"""dedupe.yaml: which articles are one text, and which are not, by the word of a person.

Owns the form of the file; never reads a file, never folds. Next: `pipeline.named` finds out whom it means,
`pipeline.dedupe` obeys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bimson_site import config_readers as readers
from bimson_site.config_readers import is_null
from bimson_site.errors import Location, Problem, problem
from bimson_site.text.frontmatter import Items, Node, Text, block

FILE = "dedupe.yaml"


class Name(NamedTuple):
    """An article as a person named it, and where."""

    text: str
    line: int
    column: int

    @property
    def where(self) -> Location:
        return Location(FILE, self.line, self.column)


Group = tuple[Name, ...]


class Rulings(NamedTuple):
    """What dedupe.yaml says: groups of articles that are one text, and of such as are not."""

    same: tuple[Group, ...] = ()
    different: tuple[Group, ...] = ()

    @property
    def names(self) -> Iterator[Name]:
        return (name for group in (*self.same, *self.different) for name in group)


NO_RULINGS = Rulings()


class Ruled(NamedTuple):
    """The same, of articles that are live, by path. No article is in two groups of `same`; the first
    of each keeps the page. No group has less than two."""

    same: tuple[tuple[str, ...], ...] = ()
    different: tuple[tuple[str, ...], ...] = ()


NOTHING_RULED = Ruled()


def read(text: str | None) -> tuple[Rulings, tuple[Problem, ...]]:
    """The rules in the text of dedupe.yaml (None: there is no such file), and all problems."""
    fields, found = block(text or "", FILE)
    problems = [readers.retold(each, "dedupe-invalid") for each in found]
    groups: dict[str, tuple[Group, ...]] = {}
    for field in fields.pairs:
        if field.key not in Rulings._fields:
            problems.append(
                _invalid(field.line, field.column, "only same: and different: may stand here")
            )
        elif not is_null(field.value):
            groups[field.key] = tuple(_groups(field.value, problems))
    return Rulings(**groups), tuple(sorted(problems))


def _groups(node: Node, problems: list[Problem]) -> Iterator[Group]:
    if not isinstance(node, Items):
        problems.append(_invalid(node.line, node.column, "a list of groups should stand here"))
        return
    for item in node.items:
        names = item.items if isinstance(item, Items) else ()
        wrong = next(
            (n for n in names if not isinstance(n, Text) or not n.text.strip() or is_null(n)), None
        )
        if wrong is not None:
            problems.append(
                _invalid(wrong.line, wrong.column, "the name of an article should stand here")
            )
        elif len(names) < 2:
            problems.append(_invalid(item.line, item.column, "a group names two articles or more"))
        else:
            yield tuple(
                Name(n.text.strip(), n.line, n.column) for n in names if isinstance(n, Text)
            )


def _invalid(line: int, column: int, reason: str) -> Problem:
    return problem("dedupe-invalid", Location(FILE, line, column), reason=reason)
