"""The documentation says what the program does: names, options, codes, links, examples.

Tables of the reference are read by their first column; an entry that is missing there, or that does
not exist in the program, fails here. The tutorials and the extension example are built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from jinja2 import Environment, nodes
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_NAMESPACE

from bimson_site import cli, config, errors
from bimson_site.effects import files
from bimson_site.model import LoadRules, Masthead
from bimson_site.pipeline import fields
from bimson_site.pipeline.load import WORDS_OF_IMAGE, load
from bimson_site.theme.engine import Press
from conftest import Site, article, run, run_process

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("ARCHITECTURE.md"), *DOCS.rglob("*.md")])
TUTORIALS = ("tutorial.md", "tutorial.vi.md")
README = ("README.md", "README.vi.md")

Row = list[str]


def section(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next heading of any level."""
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page.read_text(), re.MULTILINE | re.DOTALL
    )
    assert found, f"{page.name} has no section {heading}"
    return found[1]


def tables(page: Path, heading: str) -> list[list[Row]]:
    """The tables of a section, each as rows of cells, without their heads."""
    found: list[list[Row]] = []
    before = ""
    for line in section(page, heading).splitlines():
        if line.startswith("|"):
            if not before.startswith("|"):
                found.append([])
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            found[-1].append([cell.strip() for cell in cells])
        before = line
    assert found, f"{page.name}, {heading}: no table"
    return [rows[2:] for rows in found]


def code(cell: str) -> list[str]:
    """The code spans of a cell."""
    return re.findall(r"`([^`]+)`", cell)


def name_of(cell: str) -> str:
    """The name that a row explains, without its arguments: `link(url)` is link, `--site DIR` --site."""
    return re.split(r"[( ]", code(cell)[0])[0]


def firsts(page: Path, heading: str, number: int = 0) -> list[str]:
    return [name_of(row[0]) for row in tables(page, heading)[number]]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


# --- the reference ----------------------------------------------------------------------------------


def test_every_field_and_every_other_name_of_it() -> None:
    rows = tables(REFERENCE / "front-matter.md", "Fields")[0]
    said = {name_of(row[0]): (name_of(row[0]), *code(row[1])) for row in rows}
    assert said == fields.NAMES


@pytest.mark.parametrize("readme", README)
def test_the_readme_explains_every_field(readme: str) -> None:
    heading = {"README.md": "An article", "README.vi.md": "Một bài"}[readme]
    named = {n for row in tables(ROOT / readme, heading)[0] for n in code(row[0])}
    known = {n: ours for ours, names in fields.NAMES.items() for n in names}
    assert {known[n] for n in named} == set(fields.NAMES)


def test_every_setting_and_its_default() -> None:
    rows = tables(REFERENCE / "configuration.md", "Settings")[0]
    said = {name_of(row[0]): row[1].strip("`") for row in rows}
    assert said == {s.name: shown(s.default) for s in config.SETTINGS}
    assert len(rows) == len(said)


def shown(default: object) -> str:
    if default in (None, ""):
        return "none"
    if isinstance(default, bool):
        return str(default).lower()
    return f"[{', '.join(default)}]" if isinstance(default, tuple) else str(default)


def test_every_problem_with_its_severity_and_a_section_of_its_own() -> None:
    page = REFERENCE / "problems.md"
    rows = tables(page, "All codes")[0]
    assert {name_of(row[0]): row[1] for row in rows} == {
        c: w.severity.value for c, w in errors.CODES.items()
    }
    assert sorted(re.findall(r"^### `(.+)`$", page.read_text(), re.MULTILINE)) == sorted(
        errors.CODES
    )


def test_the_exit_code_of_every_problem_is_that_of_its_broken_site() -> None:
    rows = tables(REFERENCE / "problems.md", "All codes")[0]
    said = {name_of(row[0]): int(row[2]) for row in rows}
    for place in (ROOT / "tests/sites").glob("bad-*/expected.json"):
        code_shown = place.parent.name.removeprefix("bad-")
        assert json.loads(place.read_text())["exit"] == said[code_shown], code_shown


COMMANDS = {
    **{name: each for name, each in cli.bimson_site.commands.items() if name != "theme"},
    **{f"theme {name}": each for name, each in cli.theme.commands.items()},
}


@pytest.mark.parametrize("name", ["", *sorted(COMMANDS)])
def test_every_command_with_its_options(name: str) -> None:
    command: click.Command = COMMANDS[name] if name else cli.bimson_site
    said = firsts(REFERENCE / "commands.md", f"bimson-site {name}".strip())
    real = [
        (param.metavar or param.name or "").upper()
        if isinstance(param, click.Argument)
        else param.opts[0]
        for param in command.params
    ]
    assert sorted(said) == sorted([*real, *([] if name else ["--help"])])


def test_no_other_command_is_documented() -> None:
    text = (REFERENCE / "commands.md").read_text()
    assert set(re.findall(r"^## bimson-site (.+)$", text, re.MULTILINE)) == set(COMMANDS)
    for readme, heading in (("README.md", "The commands"), ("README.vi.md", "Các lệnh")):
        rows = tables(ROOT / readme, heading)[0]
        named = [code(row[0])[0].removeprefix("bimson-site ") for row in rows]
        assert all(any(f"{row} ".startswith(f"{name} ") for row in named) for name in COMMANDS)
        assert all(any(f"{row} ".startswith(f"{name} ") for name in COMMANDS) for row in named)


@pytest.mark.parametrize("page", [REFERENCE / "commands.md", *(ROOT / r for r in README)])
def test_every_exit_code(page: Path) -> None:
    heading = {"commands.md": "Exit codes", "README.md": "The commands", "README.vi.md": "Các lệnh"}
    said = [row[0].strip("`") for row in tables(page, heading[page.name])[-1]]
    real = (cli.OK, cli.CONTENT, cli.USAGE, cli.MACHINE, cli.BUG, cli.INTERRUPTED)
    assert said == [str(code) for code in real]


def test_every_field_of_json(site: Callable[..., Site]) -> None:
    page = REFERENCE / "commands.md"
    made = site(
        {
            "a.md": article("Tin", "2020-08-05T07:00"),
            "b.md": article("Tin", "2020-08-05T08:00"),
            "c.md": article("Mai sau", "2999-01-01"),
        }
    )
    report = made.build().json
    assert firsts(page, "JSON of build", 0) == list(report)
    assert firsts(page, "JSON of build", 1) == list(report["held"][0])
    assert firsts(page, "JSON of build", 2) == list(report["problems"][0])
    rehearsal = made.build("--dry-run").json
    more = [name for name in rehearsal if name not in report]
    assert firsts(page, "JSON of build", 3) == more
    assert firsts(page, "JSON of list") == list(made.run("list", "--json").lines[0])
    (cluster,) = made.run("duplicates", "--json").json
    assert firsts(page, "JSON of duplicates") == list(cluster)
    assert {"path", "reason"} == set(cluster["copies"][0])
    made.write("old.txt", "/")
    (checked,) = made.run("check", "--old-urls", made.root / "old.txt", "--json").lines
    assert firsts(page, "JSON of check") == list(checked)


def test_every_template_global_and_filter() -> None:
    page = REFERENCE / "templates.md"
    press = Press(Masthead("", "", "vi", "UTC", "", (), ()), {})
    said = firsts(page, "Functions and values")
    assert sorted(said) == sorted(set(press._env.globals) - set(DEFAULT_NAMESPACE))
    assert sorted(firsts(page, "Filters")) == sorted(set(press._env.filters) - set(DEFAULT_FILTERS))
    names = [name for name, _ in files.packaged("templates")]
    assert sorted(firsts(page, "Files")) == sorted(names)


def test_every_block_of_every_template_that_brings_it_in() -> None:
    known = Environment(extensions=["jinja2.ext.loopcontrols"])
    parsed = {n: known.parse(data.decode()) for n, data in files.packaged("templates")}
    brought = {n: {b.name for b in tree.find_all(nodes.Block)} for n, tree in parsed.items()}
    for name, tree in parsed.items():
        above = [each.template.value for each in tree.find_all(nodes.Extends)]
        while above:
            brought[name] = brought[name] - brought[above[0]]
            above = [each.template.value for each in parsed[above[0]].find_all(nodes.Extends)]
    said: dict[str, set[str]] = {}
    template = ""
    for cell, block, _ in tables(REFERENCE / "templates.md", "Blocks")[0]:
        template = name_of(cell) if cell else template
        said.setdefault(template, set()).add(name_of(block))
    assert said == {name: blocks for name, blocks in brought.items() if blocks}


THEMING = ("theming.md", "theming.vi.md")


@pytest.mark.parametrize("name", THEMING)
def test_every_variable_of_the_theme_with_its_values(name: str) -> None:
    """The file that people copy to change the look, and what is said of it."""
    heading = {"theming.md": "1. Colours: `static/theme.css`"}.get(
        name, "1. Màu: `static/theme.css`"
    )
    light, dark = files.packaged_file("assets/theme.css").decode().split("@media (prefers", 1)
    real = [dict(re.findall(r"^ +(--[\w-]+): (.+);", text, re.MULTILINE)) for text in (light, dark)]
    rows = [row for table in tables(DOCS / name, heading) for row in table]
    assert [name_of(row[0]) for row in rows] == list(real[0])
    for cell, _, by_day, by_night in rows:
        variable = name_of(cell)
        assert by_night == real[1].get(variable, ""), variable
        assert variable in {"--serif", "--sans"} or by_day == real[0][variable], variable


# --- links -------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The ids that a heading gets where Markdown is shown (small, no punctuation, hyphens)."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            yield unquote(target)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", sorted(p for p in DOCS.rglob("*.md") if p.name != "README.md"))
def test_the_index_names_every_page(page: Path) -> None:
    path = page.relative_to(DOCS).as_posix()
    assert path.startswith("decisions/") or path in set(links(DOCS / "README.md"))


def test_the_gallery_shows_every_kind_of_page_in_every_look() -> None:
    pictures = pytest.importorskip("pictures")
    taken = {
        f"pictures/{name}-{look}.webp" for name, *_ in pictures.KINDS for look in pictures.LOOKS
    }
    assert set(links(DOCS / "gallery.md")) == taken
    assert {f"pictures/{p.name}" for p in (DOCS / "pictures").glob("*.webp")} == taken
    for readme in README:
        assert {f"docs/{path}" for path in taken} <= set(links(ROOT / readme)), readme
    assert sum(p.stat().st_size for p in (DOCS / "pictures").iterdir()) < 3_000_000


# --- examples ----------------------------------------------------------------------------------------

RULES = LoadRules("vi", "Asia/Ho_Chi_Minh", ())


@pytest.mark.parametrize("readme", README)
def test_the_examples_of_the_readme_are_read_without_a_problem(readme: str) -> None:
    settings = blocks(ROOT / readme, "yaml")
    articles = blocks(ROOT / readme, "markdown")
    assert settings
    assert articles
    for text in settings:
        assert config.read(text)[1] == ()
    for text in articles:
        loaded = load("content/a.md", text.encode(), RULES)
        assert loaded.problems == ()
        assert loaded.article
        # Every key is a field, or one of those that speak of the picture.
        assert json.loads(loaded.article.extra).keys() <= WORDS_OF_IMAGE.keys()


@pytest.mark.parametrize("page", sorted((DOCS / "reference").glob("*.md")), ids=lambda p: p.name)
def test_yaml_of_the_reference_is_configuration(page: Path) -> None:
    for text in blocks(page, "yaml"):
        assert config.read(text)[1] == ()


@pytest.mark.parametrize("readme", README)
def test_the_dates_of_the_readme_are_read(readme: str) -> None:
    heading = {"README.md": "An article", "README.vi.md": "Một bài"}[readme]
    shelves = []
    for row in tables(ROOT / readme, heading)[1]:
        for date in code(row[0]):
            loaded = load("content/a.md", article("Tin", date).encode(), RULES)
            assert loaded.problems == (), date
            shelves.append(row[2])
    assert len(shelves) == 9


def test_the_dates_of_the_reference_are_read() -> None:
    for row in tables(REFERENCE / "front-matter.md", "Dates")[0]:
        for date in code(row[0]):
            loaded = load("content/a.md", article("Tin", f'"{date}"').encode(), RULES)
            assert loaded.article, date
            precision = loaded.article.published.precision.name.lower()
            assert precision in row[1] or row[1].startswith("about"), date


@pytest.mark.parametrize("name", TUTORIALS)
def test_the_tutorial_builds_what_it_shows(name: str, tmp_path: Path) -> None:
    page = DOCS / name
    language = "vi" if ".vi." in name else "en"
    found = re.findall(
        r"^\*\*`([^`]+)`\*\*\n\n```\w+\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL
    )
    made = Site(tmp_path)
    for path, text in found:
        made.write(path, text)
    said = " ".join(blocks(page, "text"))
    told = run("build", "--site", tmp_path, env={"LC_ALL": language})
    assert (told.code, told.err) == (0, "")
    assert told.out.split(" · ")[0] in said
    for line in run("list", "--site", tmp_path, env={"LC_ALL": language}).out.splitlines():
        about_page = line.rstrip().endswith(("/about/", "/gioi-thieu/"))
        assert about_page or re.sub(" +", " ", line.strip()) in re.sub(" +", " ", said)
    for line in run("duplicates", "--site", tmp_path, env={"LC_ALL": language}).out.splitlines():
        assert line in said


def test_the_example_of_an_extension_works(site: Callable[..., Site]) -> None:
    page = DOCS / "how-to/write-an-extension.md"
    (example,) = blocks(page, "python")
    made = site(
        {
            "a.md": article("Chợ phiên", "1998-05-17", "Chợ họp."),
            "b.md": article("Hội làng", "1998-08", "Hội mở."),
            "bimson.yaml": blocks(page, "yaml")[0],
            "extensions/by_month.py": example,
        }
    )
    assert made.build().code == 0
    assert made.output("months.json") == blocks(page, "json")[0].rstrip("\n")
    assert 'href="../1998/05/"' in made.output("busiest/index.html")


@pytest.mark.parametrize("name", THEMING)
def test_the_examples_of_templates_work(name: str, site: Callable[..., Site]) -> None:
    base, undated = blocks(DOCS / name, "jinja")
    (article_page,) = blocks(REFERENCE / "templates.md", "jinja")
    templates = {"base.html": base, "undated.html": undated, "article.html": article_page}
    made = site(
        {
            "a.md": article("Tin", "", "Không rõ ngày."),
            "b.md": article("Chợ", "2020-08-05", "Chợ họp."),
            "c.md": article("Hội", "2020-08-06", "Hội mở."),
            "bimson.yaml": "description: Báo làng\nfooter: {contact: kho@lang.example}\n",
            **{f"templates/{name}": text for name, text in templates.items()},
        }
    )
    assert made.build().code == 0
    page = made.output("undated/index.html")
    assert ">Nếu bạn biết" in page or ">If you know" in page
    day = made.output("2020/08/05/cho/index.html")
    assert '<img src="../../../../masthead.svg"' in day
    assert '<p class="meta">Báo làng</p>' in day
    assert 'rel="next"' not in day  # its block is filled with nothing
    told = made.run("theme", "diff", "--lang", "en")
    assert told.out.count("extends that of the theme") == 3


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_there(shell: str) -> None:
    done = run_process(env={"_BIMSON_SITE_COMPLETE": f"{shell}_source"})
    assert (done.code, "_bimson_site_completion" in done.out) == (0, True)
    for readme in README:
        assert f"_BIMSON_SITE_COMPLETE={shell}_source bimson-site" in (ROOT / readme).read_text()
