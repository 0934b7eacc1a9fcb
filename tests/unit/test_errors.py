"""Problems are told in the language of the catalogue, phrases in their values included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bimson_site
from bimson_site.errors import PHRASES, Location, describe, problem
from bimson_site.text.yaml_events import REASONS

HERE = Location("a.md")
SOURCE = Path(bimson_site.__file__).parent
FOLDERS = ("config*.py", "jobs.py", "words.py", "text/**/*.py", "pipeline/*.py", "effects/*.py")
PARTS = [path for folder in FOLDERS for path in SOURCE.glob(folder)]
NAMES = {"expected", "reason", "what"}
# Functions that take a phrase as the last of their positions.
TAKE_PHRASES = {"Wrong", "matching", "list_of", "refuse"}


@pytest.mark.parametrize(
    ("code", "values", "message", "hint"),
    [
        (
            "config-value",
            {"key": "a text", "value": "a text", "expected": "a text"},
            "a text CANNOT BE a text",
            "WRITE A TEXT",
        ),
        (
            "front-matter-refused",
            {"what": "an alias (*x)"},
            "the front matter uses an alias (*x), which article files may not",
            "write the value out as plain text",
        ),
        ("front-matter-invalid", {"reason": ""}, "the front matter is not YAML: ", None),
    ],
)
def test_phrases_are_translated_and_the_owners_words_are_not(
    code: str, values: dict[str, str], message: str, hint: str | None
) -> None:
    catalogue = {
        "": "the head of a catalogue",
        "{key} cannot be {value}": "{key} CANNOT BE {value}",
        "write {expected}": "WRITE {expected}",
        "a text": "A TEXT",
    }
    told = describe(problem(code, HERE, **values), lambda word: catalogue.get(word, word))
    assert told == (message, told[1] if hint is None else hint)


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be as they stand; none of one with variable parts."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
        case ast.BoolOp(values=values):
            for each in values:
                yield from literals(each)


def phrases(source: str) -> Iterator[str]:
    """What stands in a value that may be a phrase, in the code of one module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.keyword(arg=str(name), value=value) if name in NAMES:
                yield from literals(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMES:
                yield from literals(value)
            case ast.Call(args=[*_, last]) if called(node) in TAKE_PHRASES:
                yield from literals(last)


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_every_phrase_of_the_code_is_listed_for_translators(path: Path) -> None:
    assert set(phrases(path.read_text(encoding="utf-8"))) <= set(PHRASES)


def test_every_reason_for_broken_yaml_is_listed_for_translators() -> None:
    assert {reason for reason, _ in REASONS.values()} <= set(PHRASES)


def test_no_phrase_is_listed_that_nobody_says() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in PARTS)
    assert [phrase for phrase in PHRASES if f'"{phrase}"' not in said] == []
    assert len(set(PHRASES)) == len(PHRASES)
