"""The catalogue of words: everything the tool says, to owners and to readers, in their language.

English stands in the code; `theme/words/LANGUAGE.po` (gettext) has every other language, so that a
language is added by adding a file. The only import of polib.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

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
            return forms[self.choose(number)]
        return one if number == 1 else many


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, English first."""
    names = os.listdir(FOLDER)  # noqa: PTH208
    return ("en", *sorted(name.removesuffix(".po") for name in names if name.endswith(".po")))


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language tag ("vi", "vi-VN"); English where there is none."""
    short = language.replace("_", "-").split("-")[0].lower()
    if short == "en" or short not in languages():
        return Catalogue("en", {}, {}, lambda number: int(number != 1))
    import polib  # noqa: PLC0415 - English needs none

    with open(f"{FOLDER}/{short}.po", encoding="utf-8") as source:  # noqa: PTH123
        entries = polib.pofile(source.read())
    rule = entries.metadata.get("Plural-Forms", "nplurals=1; plural=0;")
    plural_rule = rule.split("plural=", 1)[1].rstrip("; ")
    return Catalogue(
        short,
        {e.msgid: e.msgstr for e in entries if e.msgstr and not e.obsolete},
        {
            e.msgid: tuple(e.msgstr_plural[i] for i in sorted(e.msgstr_plural))
            for e in entries
            if e.msgid_plural and not e.obsolete
        },
        gettext.c2py(plural_rule),
    )
