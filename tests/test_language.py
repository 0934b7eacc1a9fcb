"""A language is added by adding a file: words/LANGUAGE.po in the site. Dates and numbers are Babel's."""

from __future__ import annotations

import re

import pytest

from bimson_site.words import catalogue, wrong
from conftest import LONG, Site, article

FRENCH = r"""
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n > 1);\n"

msgid "About this article"
msgstr "À propos de cet article"

msgid "By date"
msgstr "Par date"

msgid "%(n)s article"
msgid_plural "%(n)s articles"
msgstr[0] "%(n)s papier"
msgstr[1] "%(n)s papiers"
"""


def test_a_third_language_is_one_file(site) -> None:
    made: Site = site(
        {
            "a.md": article("Le marché", "2020-08-05T07:30"),
            "b.md": article("Le pont", "2020-09-01", LONG),
            "bimson.yaml": "language: fr\ntitle: Archives\n",
            "words/fr.po": FRENCH,
        }
    )
    assert made.build().code == 0
    page = made.output("2020/08/05/le-marche/index.html")
    assert '<html lang="fr">' in page
    assert "À propos de cet article" in page
    assert ">Par date</a>" in page
    assert "mercredi 5 août 2020" in page
    assert "Cite this article" in page  # what nobody has translated is English
    assert "Août" in made.output("2020/index.html")
    assert "1 papier<" in made.output("2020/08/index.html").replace(",", "<")
    assert "2 papiers" in made.output("index.html")


def test_own_words_stand_before_those_of_the_theme_and_a_change_shows(site) -> None:
    made: Site = site({"a.md": article(), "bimson.yaml": "language: vi\n"})
    place = "2020/08/05/tin/index.html"
    made.build()
    assert "Về bài này" in made.output(place)
    made.write("words/vi.po", 'msgid "About this article"\nmsgstr "Lai lịch bài báo"\n').build()
    assert "Lai lịch bài báo" in made.output(place)
    assert "Trích dẫn bài này" in made.output(place)
    (made.root / "words/vi.po").unlink()
    made.build()
    assert "Về bài này" in made.output(place)


def test_a_variety_comes_before_its_language(site) -> None:
    made: Site = site({"a.md": article(), "bimson.yaml": "language: pt-BR\n"})
    made.write("words/pt.po", 'msgid "Cite this article"\nmsgstr "Citar"\n').build()
    assert "<summary>Citar<" in made.output("2020/08/05/tin/index.html")
    made.write("words/pt-BR.po", 'msgid "Cite this article"\nmsgstr "Cite"\n').build()
    assert "<summary>Cite<" in made.output("2020/08/05/tin/index.html")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('msgid "a"\nmsgstr "b"\nmsgsrt "c"\n', 3),
        ("không phải gettext\n", 1),
        ("\0", 1),
        ('msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n > ;\\n"\n', 1),
        ('msgid ""\nmsgstr "Plural-Forms: plural=__import__(n);\\n"\n', 1),
        ('msgid ""\nmsgstr ""\n\nmsgid "%(n)s day"\nmsgstr "%(m)s jour"\n', 4),
        ('msgid ""\nmsgstr ""\n\nmsgid "%(n)s day"\nmsgstr "100 % de %(n)s"\n', 4),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(text: str, line: int) -> None:
    (found,) = wrong(text, "words/fr.po")
    assert (found.code, found.where.path, found.where.line) == (
        "words-invalid",
        "words/fr.po",
        line,
    )


def test_more_forms_than_the_file_has_are_the_last(site) -> None:
    words = catalogue("fr", 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s j"\n')
    assert words.ngettext("%(n)s day", "%(n)s days", 5) == "%(n)s j"


def test_the_example_of_the_docs_is_usable() -> None:
    from test_docs import DOCS, THEMING, blocks

    for name in THEMING:
        (example,) = blocks(DOCS / name, "po")
        assert list(wrong(example, "words/fr.po")) == []
        assert re.search(
            r"À propos|Lai lịch", catalogue("fr", example).gettext("About this article")
        )
