"""Files of the theme that a site replaces: copied to start from, compared after an update."""

from __future__ import annotations

from bimson_site.effects.files import packaged_file
from conftest import Site, article


def test_a_copy_changes_nothing_until_it_is_changed(site) -> None:
    made: Site = site({"a.md": article("Tin")})
    made.build()
    before = made.files()
    for name in ("article.html", "theme.css"):
        assert made.run("theme", "copy", name, "--lang", "en").out.endswith("written\n")
    assert (made.root / "templates/article.html").read_bytes() == packaged_file(
        "templates/article.html"
    )
    assert (made.root / "static/theme.css").is_file()
    made.build()
    assert made.files() == before
    told = made.run("theme", "diff", "--lang", "en")
    assert told.out.count("as in the theme") == 2


def test_one_that_is_there_is_left_alone(site) -> None:
    made: Site = site({"templates/day.html": "<h1>Của tôi</h1>\n"})
    assert "left alone" in made.run("theme", "copy", "day.html", "--lang", "en").out
    assert (made.root / "templates/day.html").read_text() == "<h1>Của tôi</h1>\n"
    told = made.run("theme", "diff", "--lang", "en")
    assert "+<h1>Của tôi</h1>" in told.out
    assert "--- theme/day.html" in told.out
    assert "1 file of the theme is replaced." in told.err


def test_a_name_that_the_theme_does_not_have(site) -> None:
    made: Site = site()
    told = made.run("theme", "copy", "artcle.html", "--lang", "en")
    assert (told.code, "only article.html" in told.err) == (2, True)
    assert made.run("theme", "copy", "../../x").code == 2


def test_nothing_is_replaced(site) -> None:
    assert "0 files" in site().run("theme", "diff", "--lang", "en").err
