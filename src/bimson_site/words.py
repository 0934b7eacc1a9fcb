"""The catalogue of words: everything the tool says, to owners and to readers, in their language.

English stands in the code; `theme/words/LANGUAGE.po` (gettext) has every other language, and a site may have
`words/LANGUAGE.po` of its own: a language is added by adding a file. The only import of polib.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from bimson_site.errors import Location, Problem, problem

# --help answers in a tenth of a second, of which click takes most: importlib.resources would add
# 10 ms, pathlib 7, dataclasses 3 (measured 2026-11-24).
FOLDER = os.path.join(os.path.dirname(__file__), "theme", "words")  # noqa: PTH118, PTH120


class Catalogue(NamedTuple):
    """One language: `gettext` and `ngettext` as the standard library's, English where a word lacks."""

    language: str
    singular: Mapping[str, str]
    plural: Mapping[str, tuple[str, ...]]
    choose: Callable[[int], int]

    def gettext(self, message: str) -> str:
        return self.singular.get(message) or message

    def ngettext(self, one: str, many: str, number: int) -> str:
        forms = self.plural.get(one)
        if forms:
            return forms[min(self.choose(number), len(forms) - 1)]
        return one if number == 1 else many


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, English first."""
    names = os.listdir(FOLDER)  # noqa: PTH208
    return ("en", *sorted(name.removesuffix(".po") for name in names if name.endswith(".po")))


@cache
def catalogue(language: str, own: str = "") -> Catalogue:
    """The catalogue of a language tag ("vi", "vi-VN"), with the words of `own` before those of the theme: the
    text of a gettext file in which `wrong` finds nothing. English where neither has a word."""
    short = language.replace("_", "-").split("-")[0].lower()
    ours = short != "en" and short in languages()
    if not own and not ours:
        return Catalogue("en", {}, {}, lambda number: int(number != 1))
    found = [_read(own)] if own else []
    if ours:
        with open(f"{FOLDER}/{short}.po", encoding="utf-8") as source:  # noqa: PTH123
            found.append(_read(source.read()))
    return Catalogue(
        short if ours else "en",
        {
            e.msgid: e.msgstr
            for each in reversed(found)
            for e in each
            if e.msgstr and not e.obsolete
        },
        {
            e.msgid: tuple(e.msgstr_plural[i] for i in sorted(e.msgstr_plural))
            for each in reversed(found)
            for e in each
            if e.msgid_plural and not e.obsolete and all(e.msgstr_plural.values())
        },
        gettext.c2py(_plural_rule(found[-1])),
    )


def _read(text: str) -> Any:
    import polib  # noqa: PLC0415 - English needs none

    return polib.pofile(text)


def _plural_rule(entries: Any) -> str:
    rule = entries.metadata.get("Plural-Forms", "nplurals=2; plural=(n != 1);")
    return str(rule.split("plural=", 1)[-1].rstrip("; "))


def wrong(text: str, path: str) -> Iterator[Problem]:
    """What is wrong in the text of a gettext file of a site (words-invalid): each with its line."""
    try:
        entries = _read(text) if "\0" not in text else ()
        gettext.c2py(_plural_rule(entries))
    except (OSError, ValueError, AttributeError) as err:
        line = re.search(r"line (\d+)", str(err))
        reason = "it is not a gettext file"
        yield problem("words-invalid", Location(path, int(line[1]) if line else 1), reason=reason)
        return
    for entry in entries:
        said = [entry.msgstr, *entry.msgstr_plural.values()]
        meant = _values(entry.msgid_plural or entry.msgid)
        if meant and any(_values(each) - meant or _BARE.search(each) for each in said):
            reason = "a %(name)s stands there that the English words do not have"
            yield problem("words-invalid", Location(path, max(1, entry.linenum)), reason=reason)


def _values(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


_BARE = re.compile(r"%(?!\(\w+\)s)")  # a per cent sign that is the head of no value
