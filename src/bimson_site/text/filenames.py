"""What the name and the folders of an article file say about it: its date, and a name without it.

Owns the forms of dated paths (Jekyll's, Hugo's, folders by year); never opens a file. Next:
`text.dates` for what a date is, `pipeline.load` for when the path is asked.
"""

from __future__ import annotations

import re

from bimson_site.model import UNDATED, Precision, Timestamp
from bimson_site.text.dates import Found, dated, known_zone, place

_DATED_NAME = re.compile(
    r"(?:([0-9]{4})([-_.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2}))"
    r"(?:[-_. ]+(.*))?",
    re.DOTALL,
)
_BUNDLES = ("index", "_index")
_CONTENT = "content"  # the folder of all articles says nothing about any
_FOLDER_YEARS = range(1400, 2200)  # other numbers of four digits are titles, not years


def from_path(path: str, zone_name: str) -> Timestamp:
    """The date in a file's name (2020-08-05-tin.md), else in its folders (2020/08/05, 2020-08, 2020),
    nearest the file; UNDATED if there is none. Impossible dates are passed over, and a bare number in
    the file's own name is a title, never a year. The name of 2020-08-05-tin/index.md is its folder's.
    `path` has forward slashes."""
    name, folders = _name_and_folders(path)
    named = _split_name(name)
    found = named[0] if named else _from_folders(folders)
    return (found and place(found, known_zone(zone_name))) or UNDATED


def stem_without_date(path: str) -> str:
    """What a file is called where it has no title: its name without extension and date, the folder's
    for index.md; a name that is only a date stays."""
    name, _ = _name_and_folders(path)
    named = _split_name(name)
    return (named and named[1]) or name


def _name_and_folders(path: str) -> tuple[str, list[str]]:
    *folders, name = path.split("/")
    if folders[:1] == [_CONTENT]:
        del folders[0]
    dot = name.rfind(".")
    stem = name[:dot] if dot > 0 else name
    return (folders[-1] if stem in _BUNDLES and folders else stem), folders


def _split_name(name: str) -> tuple[Found, str] | None:
    parts = _DATED_NAME.fullmatch(name)
    if parts is None:
        return None
    year, _, month, day, compact_year, compact_month, compact_day, rest = parts.groups()
    if compact_year and int(compact_year) not in _FOLDER_YEARS:
        return None
    found = dated(
        Precision.DAY,
        int(year or compact_year),
        int(month or compact_month),
        int(day or compact_day),
    )
    return (found, rest or "") if found else None


_FOLDER_FORMS = (
    (3, Precision.DAY, re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")),
    (2, Precision.MONTH, re.compile(r"([0-9]{4})/([0-9]{1,2})()")),
    (1, Precision.MONTH, re.compile(r"([0-9]{4})-([0-9]{1,2})()")),
    (1, Precision.YEAR, re.compile(r"([0-9]{4})()()")),
)


def _from_folders(folders: list[str]) -> Found | None:
    for end in range(len(folders), 0, -1):
        named = _split_name(folders[end - 1])
        if named:
            return named[0]
        for length, precision, form in _FOLDER_FORMS:
            parts = form.fullmatch("/".join(folders[max(0, end - length) : end]))
            if parts is None or int(parts[1]) not in _FOLDER_YEARS:
                continue
            found = dated(precision, int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
            if found:
                return found
    return None


def is_text(path: str) -> bool:
    """False for a name whose bytes are no UTF-8 (Python holds them as lone surrogates)."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
