"""On this day: what was published on a day of the calendar, in any year."""

from __future__ import annotations

import re

from conftest import LONG, Site, article

YEARS = {
    f"{year}.md": article(f"Chợ năm {year}", f"{year}-08-05T07:00", f"{LONG} {year}")
    for year in (2018, 2020, 2021)
}
OTHERS = {
    "nhuan.md": article("Ngày nhuận", "2020-02-29", f"{LONG} Nhuận."),
    "thang.md": article("Trong tháng", "2020-08", f"{LONG} Tháng."),
}


def days(made: Site) -> list[str]:
    names = (n for n in made.files() if n.startswith("on-this-day/"))
    return sorted(name.removeprefix("on-this-day/").removesuffix("index.html") for name in names)


def test_a_day_has_all_its_years_the_newest_first(site) -> None:
    made: Site = site({**YEARS, **OTHERS})
    made.build()
    assert days(made) == ["", "02-29/", "08-05/"]
    page = made.output("on-this-day/08-05/index.html")
    assert re.findall(r"Chợ năm (\d+)", page) == ["2021", "2020", "2018"]
    assert re.findall(r'<h2><a href="([^"]+)"', page)[0] == "../../2021/08/05/"
    assert 'href="../02-29/"' in page
    assert "5 tháng 8" in page
    assert 'href="../../../on-this-day/08-05/"' in made.output("2020/08/05/index.html")
    assert 'href="on-this-day/"' in made.output("index.html")


def test_an_archive_of_one_year_has_none(site) -> None:
    made: Site = site({"2020.md": YEARS["2020.md"], **OTHERS})
    made.build()
    assert days(made) == []
    assert "on-this-day" not in made.output("index.html") + made.output("2020/08/05/index.html")


def test_a_text_of_another_source_is_listed_once(site) -> None:
    repeat = article("Chợ năm 2020", "2020-08-06", f"{LONG} 2020", source="Báo Hai")
    made: Site = site({**YEARS, "lai.md": repeat})
    made.build()
    assert days(made) == ["", "08-05/"]
    assert "on-this-day" not in made.output("2020/08/06/index.html")


def test_a_new_title_touches_the_page_of_its_own_day(site) -> None:
    made: Site = site({**YEARS, **OTHERS})
    made.build()
    before = made.files()
    made.write("content/2018.md", YEARS["2018.md"].replace("title: Chợ", "title: Phiên chợ"))
    made.build()
    changed = {name for name, data in made.files().items() if before.get(name) != data}
    assert [n for n in changed if n.startswith("on-this-day/")] == ["on-this-day/08-05/index.html"]
