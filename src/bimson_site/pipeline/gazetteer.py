"""places.yaml: names of places that are no more, and what they are now.

Owns the form of the file, and which names search takes for one another; never reads a file, never looks into an
article (`text.mentions` does, where `pipeline.load` reads it). Next: `pipeline.stories` says on a page what has
become of the places that its article mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bimson_site import config_readers as readers
from bimson_site.config_readers import Wrong
from bimson_site.errors import Location, Problem, problem
from bimson_site.model import UNDATED, Place
from bimson_site.text.frontmatter import Field, Fields, block
from bimson_site.text.lines import in_one_line
from bimson_site.text.mentions import key

FILE = "places.yaml"
_KEYS = ("now", "since", "note")


def read(text: str | None, zone: str) -> tuple[tuple[Place, ...], tuple[Problem, ...]]:
    """The places in the text of places.yaml (None: there is no such file), in its order, and all problems. An entry
    with a problem is left out; of two that name one place the first counts. `zone` is that of the site."""
    fields, found = block(text or "", FILE)
    problems = [readers.retold(each, "places-invalid") for each in found]
    places: dict[tuple[str, ...], Place] = {}
    for field in fields.pairs:
        place = _place(field, zone)
        if isinstance(place, Problem):
            problems.append(place)
        elif key(place.name) in places:
            problems.append(_invalid(field.line, field.column, "this place stands twice"))
        else:
            places[key(place.name)] = place
    return tuple(places.values()), tuple(sorted(problems))


def _place(field: Field, zone: str) -> Place | Problem:
    """`name: what it is now`, or below the name now, since and note."""
    name = in_one_line(field.key)
    if not any(map(str.isalnum, name)):
        return _invalid(field.line, field.column, "the name of a place should stand here")
    if not isinstance(field.value, Fields):
        now = readers.name(field.value)
        return _refused(now, "now") if isinstance(now, Wrong) else Place(name, now)
    said = {each.key: each for each in field.value.pairs}
    if stray := next((each for each in field.value.pairs if each.key not in _KEYS), None):
        reason = "only now:, since: and note: may stand here"
        return _invalid(stray.line, stray.column, reason)
    if "now" not in said:
        return _invalid(field.line, field.column, "it does not say what the place is now")
    now = readers.name(said["now"].value)
    since = readers.date(said["since"].value, zone) if "since" in said else UNDATED
    note = readers.text(said["note"].value) if "note" in said else ""
    for value, what in ((now, "now"), (since, "since"), (note, "note")):
        if isinstance(value, Wrong):
            return _refused(value, what)
    return Place(name, now, since, note)  # type: ignore[arg-type]  # none of them is Wrong


def _refused(wrong: Wrong, what: str) -> Problem:
    reasons = {
        "now": "the name that the place has now should stand here",
        "since": "a date such as 2025-07-01 should stand here",
        "note": "a text should stand here",
    }
    return _invalid(wrong.node.line, wrong.node.column, reasons[what])


def _invalid(line: int, column: int, reason: str) -> Problem:
    return problem("places-invalid", Location(FILE, line, column), reason=reason)


def synonyms(places: Iterable[Place]) -> Mapping[str, tuple[str, ...]]:
    """The other names of each place, old and new: what stands before the first comma is the name, what follows
    says where it lies. Places that are one now are not taken for each other."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, other in _pairs(places):
        if key(name) != key(other) and other not in found[name]:
            found[name].append(other)
    return {name: tuple(others) for name, others in found.items() if others}


def _pairs(places: Iterable[Place]) -> Iterator[tuple[str, str]]:
    for place in places:
        now = place.now.partition(",")[0].strip() or place.now
        yield place.name, now
        yield now, place.name
