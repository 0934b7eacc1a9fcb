"""What became of every source file: the lines of `bimson-site list`. Reads a survey, decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bimson_site.errors import CODES, Problem, Severity, describe
from bimson_site.model import Listing

if TYPE_CHECKING:
    from bimson_site.survey import Survey

_NO_PAGE = frozenset({"file-hidden", "file-unused"})


def listing(
    survey: Survey, translate: Callable[[str], str], moment: Callable[[int], str]
) -> tuple[Listing, ...]:
    """One line for each file of content/ that is, or could be meant as, an article; by path."""
    of = survey.places.of
    rows: dict[str, Listing] = {}
    for problem in survey.problems:  # the first error of a file is its reason
        if problem.code in _NO_PAGE or problem.severity is Severity.ERROR:
            path = problem.where.path
            rows.setdefault(path, Listing(path, "set_aside", reason=_reason(problem, translate)))
    for slip in survey.archive.keepers:
        keeper = slip.path
        rows[keeper] = Listing(keeper, "page", of[keeper])
        for copy in survey.archive.copies.get(keeper, ()):
            path = copy.article.path
            rows[path] = Listing(path, "copy", of[path], keeper, copy.reason)
    for page in survey.archive.pages:
        rows[page.path] = Listing(page.path, "page", of[page.path])
    for draft in survey.released.drafts:
        rows[draft.path] = Listing(draft.path, "draft")
    for held in survey.released.held_back:
        rows[held.path] = Listing(held.path, "held_back", reason=moment(held.until))
    for hidden in survey.released.withheld:
        rows[hidden.path] = Listing(hidden.path, "set_aside", reason="access: hidden")
    for source in survey.sources.hidden:
        reason = translate(CODES["file-hidden"].message)
        rows.setdefault(source.path, Listing(source.path, "set_aside", reason=reason))
    return tuple(rows[path] for path in sorted(rows) if path.startswith("content/"))


def _reason(problem: Problem, translate: Callable[[str], str]) -> str:
    message, _ = describe(problem, translate)
    return f"{problem.where.line}:{problem.where.column}: {problem.code}: {message}"
