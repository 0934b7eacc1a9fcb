"""The Vietnamese catalogue says all that the code and the theme say, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter

import click
import polib
import pytest
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from bimson_site import cli, comparing
from bimson_site.errors import CODES, PHRASES
from bimson_site.text.verdicts import Verdict
from bimson_site.words import catalogue, languages
from conftest import run

PACKAGE = Path(str(files("bimson_site")))

# What is said by a name that the source does not spell where it says it: (where, words).
BY_NAME = {
    "a problem's severity": ("error", "warning"),
    "a listing's status": ("page", "copy", "draft", "held_back", "set_aside"),
    "what an old address gets": ("redirect", "look-up", "gone", "missing"),
    "why a copy is one": ("repeat", "refile"),
    "what two articles are to each other": (
        *(verdict.value for verdict in Verdict),
        *comparing.VERDICTS.values(),
        *comparing.RULES.values(),
        *comparing.KINDS.values(),
    ),
    "why a page was written": tuple(
        f"because of: {part}"
        for part in ("inputs", "text", "template", "site", "tool", "new", "output", "bytes")
    ),
    "click's own help": ("Usage:", "Options", "Commands", "Show this message and exit."),
}
SPEAKING = ("say", "gettext", "_", "wrong", "lap")


def strings(node: ast.expr) -> Iterator[str]:
    """The literals that an expression can be: itself, or either side of a choice."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp():
            yield from strings(node.body)
            yield from strings(node.orelse)


def name_of(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def said_in_python(source: str) -> Iterator[tuple[str, str | None]]:
    """(message, plural or None) of each call that speaks, and click's help texts."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if name_of(node) in SPEAKING and node.args:
            yield from ((text, None) for text in strings(node.args[0]))
        if name_of(node) in {"counted", "ngettext"} and len(node.args) >= 2:
            yield from zip(strings(node.args[0]), strings(node.args[1]), strict=True)
        if name_of(node) in {"option", "command", "group", "version_option"}:
            for keyword in node.keywords:
                if keyword.arg in {"help", "short_help"}:
                    yield from ((text, None) for text in strings(keyword.value))


def said_in_template(source: str) -> Iterator[tuple[str, str | None]]:
    tree = Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=True).parse(source)
    for _line, function, found in extract_from_ast(tree, (*SPEAKING, "counted")):
        texts = [m for m in (found if isinstance(found, tuple) else (found,)) if m is not None]
        if texts:
            yield texts[0], texts[1] if function == "counted" else None


def everything_said() -> dict[str, str | None]:
    """Every message by its English words, with its plural where it has one."""
    said: dict[str, str | None] = dict.fromkeys(PHRASES)
    for words in CODES.values():
        said |= {words.message: None, words.hint: None}
    for group in BY_NAME.values():
        said |= dict.fromkeys(group)
    for path in sorted(PACKAGE.rglob("*.py")):
        said |= dict(said_in_python(path.read_text(encoding="utf-8")))
    for path in sorted((PACKAGE / "theme" / "templates").iterdir()):
        said |= dict(said_in_template(path.read_text(encoding="utf-8")))
    return said


SAID = everything_said()

ENTRIES = {
    entry.msgid: entry
    for entry in polib.pofile((PACKAGE / "theme" / "words" / "vi.po").read_text(encoding="utf-8"))
}


def placeholders(text: str) -> set[str]:
    """The values that a message is filled with: {name} of the command line, %(name)s of pages."""
    if found := re.findall(r"%\((\w+)\)s", text):
        return set(found)
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("message", sorted(SAID))
def test_everything_said_has_a_vietnamese_entry(message: str) -> None:
    assert message in ENTRIES, f"add to theme/words/vi.po: {message!r}"
    entry = ENTRIES[message]
    assert (entry.msgid_plural or None) == SAID[message]
    translations = list(entry.msgstr_plural.values()) or [entry.msgstr]
    assert all(translations)
    for translation in translations:
        assert placeholders(translation) == placeholders(SAID[message] or message)


def test_no_entry_is_stale() -> None:
    assert sorted(set(ENTRIES) - set(SAID)) == []


def test_an_entry_stands_once() -> None:
    text = (PACKAGE / "theme" / "words" / "vi.po").read_text(encoding="utf-8")
    found = re.findall(r"^msgid (\".+\")$", text, re.MULTILINE)
    assert len(found) == len(set(found))


def test_the_catalogue_speaks_vietnamese_and_falls_back_to_english() -> None:
    vietnamese, english = catalogue("vi-VN"), catalogue("en")
    assert vietnamese.gettext("About this article") == "Về bài này"
    assert vietnamese.ngettext("%(n)s article", "%(n)s articles", 2) == "%(n)s bài"
    assert english.ngettext("%(n)s article", "%(n)s articles", 2) == "%(n)s articles"
    assert catalogue("fr").gettext("About this article") == "About this article"
    assert vietnamese.gettext("never said") == "never said"
    assert languages() == ("en", "vi")


def test_the_extractor_finds_every_way_of_speaking() -> None:
    source = """
say("plain", x=1)
say("yes" if x else "no")
voice.counted("{n} one", "{n} many", 2)
click.option("--x", help="an " "option")
terminal.wrong("not {x}", x=1)
"""
    assert dict(said_in_python(source)) == {
        "plain": None,
        "yes": None,
        "no": None,
        "{n} one": "{n} many",
        "an option": None,
        "not {x}": None,
    }
    template = '{{ _("a") if x else _("b") }}{{ counted("one", "%(n)s many", 3) }}{{ f("c") }}'
    assert dict(said_in_template(template)) == {"a": None, "b": None, "one": "%(n)s many"}


COMMANDS = {"": cli.bimson_site, **cli.bimson_site.commands}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_all_in_vietnamese(name: str) -> None:
    """What click adds to a text (a range, a default) must not hide it from the catalogue."""
    command = COMMANDS[name]
    helps = [p.help for p in command.params if isinstance(p, click.Option)]
    shown = " ".join(run(*filter(None, [name]), "--help", "--lang", "vi").out.split())
    for text in [command.help, *helps, "Show this message and exit."]:
        assert text
        assert catalogue("vi").gettext(text) in shown
        assert text not in shown
