"""What the command line says: problems like a compiler's, summaries, JSON. Text in, text out.

Owns the forms, not the printing: `cli` writes to stdout and stderr.
"""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from pathlib import Path

import click

from bimson_site import locales, routes
from bimson_site.errors import Problem, Severity, describe
from bimson_site.model import HeldBack, Rehearsal, Report, utc
from bimson_site.words import Catalogue

# So many problems of one code are shown in full; the rest is counted. --json has them all.
SHOWN = {Severity.ERROR: 50, Severity.WARNING: 8}
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak: in which language, in colour or not."""

    words: Catalogue
    colour: bool = False

    def say(self, message: str, **values: object) -> str:
        return self.words.gettext(message).format_map(values)

    def counted(self, one: str, many: str, number: int) -> str:
        return self.words.ngettext(one, many, number).format(n=number)

    def style(self, text: str, **how: object) -> str:
        return click.style(text, **how) if self.colour else text  # type: ignore[arg-type]


def problems(found: Sequence[Problem], root: Path, voice: Voice) -> Iterator[str]:
    """Problems as blocks of text, errors last, where the eye is; the many of one code are counted."""
    ordered = sorted(found, key=lambda p: (p.severity is Severity.ERROR, p.code, p))
    for code, group in groupby(ordered, lambda p: p.code):
        each = list(group)
        limit = SHOWN[each[0].severity]
        for one in each[:limit]:
            yield problem(one, root, voice)
        if (rest := len(each) - limit) > 0:
            more = voice.counted("and {n} more like it", "and {n} more like it", rest)
            yield f"  … {code}: {more} (--json)\n"


def problem(found: Problem, root: Path, voice: Voice) -> str:
    """One problem: place, code, message, the line itself, a mark under the column, the cure."""
    message, hint = describe(found, voice.words.gettext)
    where = found.where
    head = f"{visible(where.path)}:{where.line}:{where.column}: "
    label = voice.style(
        f"{voice.say(found.severity.value)}[{found.code}]",
        fg=_COLOURS[found.severity],
        bold=True,
    )
    lines = [f"{head}{label} {message}"]
    source = line_of(root / where.path, where.line)
    gutter = " " * len(str(where.line))
    if source is None:
        lines.append(f"  {gutter} = {hint}")
    else:
        shown, before = excerpt(source, where.column)
        lines.append(f"  {where.line} | {shown}")
        lines.append(f"  {gutter} | {' ' * before}{voice.style('^', bold=True)} {hint}")
    lines += [f"  {gutter} = {voice.say('see')} {o.path}:{o.line}:{o.column}" for o in found.others]
    return "\n".join(lines) + "\n"


def line_of(path: Path, number: int) -> str | None:
    """A line of a file, None where there is none to show: a picture has no lines."""
    try:
        if not path.is_file() or routes.is_picture(path.name):
            return None
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            for count, line in enumerate(file, 1):
                if count == number:
                    return line.rstrip("\r\n") or None
    except OSError:
        return None
    return None


def excerpt(source: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, and the width of what stands before the column."""
    source = "".join(c if c.isprintable() else " " for c in source)
    start = 0 if column <= 60 else column - 40
    shown = ("…" if start else "") + source[start : start + 90]
    before = ("…" if start else "") + source[start : column - 1]
    return shown, sum(_width(c) for c in before)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def held_back(found: Sequence[HeldBack], zone: tzinfo | None, voice: Voice) -> Iterator[str]:
    """The articles of the future, each with the moment it goes live, in the site's zone."""
    if not found:
        return
    yield voice.counted(
        "{n} article is held back until its time:",
        "{n} articles are held back until their time:",
        len(found),
    )
    for each in found[:20]:
        yield f"  {moment(each.until, zone)}  {visible(each.path)}"
    if len(found) > 20:
        yield f"  … {len(found) - 20}"


def moment(seconds: int, zone: tzinfo | None) -> str:
    """A moment in a zone: 2030-01-01T08:00:00+07:00."""
    when: datetime = utc(seconds).astimezone(zone)
    return when.isoformat(timespec="seconds")


def summary(report: Report, seconds: float, folder: str, voice: Voice) -> str:
    """The closing line of a build: what there is, what was done, how long it took."""
    parts = [
        voice.counted("{n} article", "{n} articles", report.articles),
        voice.counted("{n} copy folded", "{n} copies folded", report.copies),
        voice.counted("{n} page", "{n} pages", report.pages),
    ]
    written = voice.counted("{n} file written", "{n} files written", report.written)
    rest = voice.say("{kept} kept, {deleted} deleted", kept=report.kept, deleted=report.deleted)
    done = f"{written}, {rest}"
    counts = Counter(p.severity for p in report.problems)
    parts += [
        text
        for text, number in (
            (
                voice.counted("{n} error", "{n} errors", counts[Severity.ERROR]),
                counts[Severity.ERROR],
            ),
            (
                voice.counted("{n} warning", "{n} warnings", counts[Severity.WARNING]),
                counts[Severity.WARNING],
            ),
        )
        if number
    ]
    return f"{', '.join(parts)} · {done} · {seconds:.2f} s → {folder}"


def recorded(report: Report, voice: Voice) -> Iterator[str]:
    """What is left to do where the ledger has grown."""
    if report.recorded:
        many = voice.counted("{n} new address", "{n} new addresses", report.new_addresses)
        said = many if report.new_addresses else voice.say("New lines in the ledger of addresses")
        yield voice.say("{what}: commit permalinks/", what=said)


def report_json(
    report: Report, seconds: float, zone: tzinfo | None, voice: Voice
) -> dict[str, object]:
    """The object that `build --json` prints."""
    return {
        "articles": report.articles,
        "pages": report.pages,
        "written": report.written,
        "kept": report.kept,
        "deleted": report.deleted,
        "copies": report.copies,
        "new_addresses": report.new_addresses,
        "held_back": len(report.held_back),
        "held": [{"path": h.path, "until": moment(h.until, zone)} for h in report.held_back],
        "seconds": round(seconds, 3),
        "problems": [problem_json(p, voice.words.gettext) for p in report.problems],
    }


# So many paths of a kind are shown; --json has them all.
_PATHS = 20


def rehearsal(found: Rehearsal, voice: Voice) -> Iterator[str]:
    """What a build would do, in words."""
    counted, changed, write, delete = voice.counted, found.changed, found.write, found.delete
    head = counted(
        "{n} article is new or changed:", "{n} articles are new or changed:", len(changed)
    )
    yield from _listed(head, changed)
    head = counted("{n} file would be written:", "{n} files would be written:", len(write))
    yield from _listed(head, write)
    head = counted("{n} file would be deleted:", "{n} files would be deleted:", len(delete))
    yield from _listed(head, delete)
    yield voice.say(
        "Then there would be {files} files of {size} in all. Nothing was written.",
        files=locales.number(found.files, voice.words.language),
        size=locales.size(found.bytes, voice.words.language),
    )


def _listed(head: str, paths: Sequence[str]) -> Iterator[str]:
    yield head if paths else head.removesuffix(":")
    yield from (f"  {visible(path)}" for path in paths[:_PATHS])
    if len(paths) > _PATHS:
        yield f"  … {len(paths) - _PATHS} (--json)"


def rehearsal_json(found: Rehearsal) -> dict[str, object]:
    return {
        "dry_run": True,
        "changed": found.changed,
        "write": found.write,
        "delete": found.delete,
        "files": found.files,
        "bytes": found.bytes,
        "redirects": found.redirects,
    }


def profile(
    laps: Mapping[str, float], templates: Mapping[str, tuple[int, float]], voice: Voice
) -> Iterator[str]:
    """Where the time went: by stage, in the order of the stages; by template, the dearest first."""
    rows = [(voice.say(stage), f"{seconds:8.3f} s", "") for stage, seconds in laps.items()]
    dearest = sorted(templates.items(), key=lambda item: (-item[1][1], item[0]))
    drawn = [
        (f"  {name}", f"{seconds:8.3f} s", voice.counted("{n} page", "{n} pages", pages))
        for name, (pages, seconds) in dearest
    ]
    yield from table(rows)
    if drawn:
        yield voice.say("of which templates, added up over all processes:")
        yield from table(drawn)


def profile_json(
    laps: Mapping[str, float], templates: Mapping[str, tuple[int, float]]
) -> dict[str, object]:
    return {
        "stages": {stage: round(seconds, 6) for stage, seconds in laps.items()},
        "templates": {
            name: {"pages": pages, "seconds": round(seconds, 6)}
            for name, (pages, seconds) in sorted(templates.items())
        },
    }


def problem_json(found: Problem, translate: Callable[[str], str]) -> dict[str, object]:
    message, hint = describe(found, translate)
    return {
        "code": found.code,
        "path": found.where.path,
        "line": found.where.line,
        "column": found.where.column,
        "message": message,
        "hint": hint,
        "severity": found.severity.value,
    }


def json_text(value: object) -> str:
    """JSON in UTF-8 where it can be; escaped where a file name is not text."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def difference(path: str, theirs: str, own: str, voice: Voice) -> Iterator[str]:
    """How a file of the site differs from the theme's, as `diff -u` writes it; a line where it does not, and
    where it only fills blocks of the theme's."""
    name = path.rpartition("/")[2]
    if f'"theme/{name}"' in own:
        yield f"{path}  {voice.say('extends that of the theme')}"
        return
    names = (f"{voice.say('theme')}/{name}", path)
    lines = difflib.unified_diff(theirs.splitlines(), own.splitlines(), *names, lineterm="", n=2)
    empty = True
    for line in lines:
        empty = False
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        yield voice.style(visible(line), fg=colour) if colour else visible(line)
    if empty:
        yield f"{path}  {voice.say('as in the theme')}"


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows as aligned columns, the last one ragged; each is one line, whatever stands in it."""
    rows = [[visible(cell) for cell in row] for row in rows]
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True)]
        yield "  ".join([*cells, row[-1]]).rstrip()


def visible(text: str) -> str:
    r"""Text that stays in its line and moves no cursor: what does not print is written as \n, \x1b …"""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in _UNSEEN else c
        for c in text
    )


# Unicode's categories of controls, formats (direction), surrogates (bytes of a name that are no text),
# line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
