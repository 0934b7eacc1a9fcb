"""What can be wrong, and where: problems are values that stages return.

Owns the values and how they are told; never prints. Their codes and English words are in
`problem_codes`, those of other languages in `theme/words/`; the command line (`cli`, `call`) prints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bimson_site.problem_codes import CODES, PHRASES, Severity, Words

__all__ = [
    "CODES",
    "PHRASES",
    "Location",
    "MachineError",
    "Problem",
    "Severity",
    "SiteError",
    "Words",
    "describe",
    "problem",
]

# Values that may be phrases of ours. All others are the owner's own words, or names.
_PHRASED = frozenset({"expected", "reason", "what"})


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: path relative to the site (forward slashes), line and column from 1."""

    path: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. `values` fill the words of its code; `others` are further places."""

    where: Location
    code: str
    values: tuple[tuple[str, str], ...] = ()
    others: tuple[Location, ...] = ()

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity


class SiteError(Exception):
    """The site as a whole cannot be built (configuration, templates, output folder): exit code 2."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.where.path}:{p.where.line}: {p.code}" for p in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[SiteError], tuple[Problem, ...]]:
        return type(self), self.problems  # as another process sends it


class MachineError(SiteError):
    """The machine refused (disk full, no permission, another build at work): exit code 3."""


def problem(
    code: str, where: Location, others: tuple[Location, ...] = (), **values: object
) -> Problem:
    """A problem of a known code (KeyError otherwise); values are kept as text, sorted by name."""
    CODES[code]
    return Problem(where, code, tuple(sorted((k, str(v)) for k, v in values.items())), others)


def describe(found: Problem, translate: Callable[[str], str]) -> tuple[str, str]:
    """Message and hint of a problem in the language of `translate` (gettext's contract: what it does
    not know comes back unchanged); values that are phrases are translated too."""
    words = CODES[found.code]
    values = {k: translate(v) if k in _PHRASED and v else v for k, v in found.values}
    return translate(words.message).format_map(values), translate(words.hint).format_map(values)
