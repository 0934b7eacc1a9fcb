"""One call of a command: what goes wrong in it becomes problems on the screen and an exit code.

Owns the exit codes and the one place that catches what nobody foresaw; runs no command itself (`cli`)
and words no problem (`console`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bimson_site import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from bimson_site.console import Voice
    from bimson_site.errors import Problem

OK, CONTENT, USAGE, MACHINE, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130


class Call:
    """One run of a command: how to speak, and the exit code it will end with."""

    def __init__(self, root: Path, voice: Voice) -> None:
        self.root = root
        self.voice = voice
        self.code = OK

    def show(self, problems: Sequence[Problem]) -> None:
        from bimson_site import console

        for block in console.problems(problems, self.root, self.voice):
            click.echo(block, err=True)


@contextmanager
def guarded(root: Path, as_json: bool) -> Iterator[Call]:
    """Turn what goes wrong into problems and an exit code, in one place."""
    from bimson_site.effects import files
    from bimson_site.errors import Location, MachineError, SiteError, problem

    call = Call(root, terminal.voice(click.get_current_context().obj))
    try:
        yield call
    except MachineError as err:
        call.code, found = MACHINE, err.problems
    except SiteError as err:
        ours = any(p.code == "internal" for p in err.problems)
        call.code, found = BUG if ours else USAGE, err.problems
    except BrokenPipeError:
        raise
    except OSError as err:
        call.code, found = MACHINE, files.machine_error(err, root).problems
    except click.ClickException:
        raise
    except Exception as err:
        if os.environ.get("BIMSON_SITE_TRACEBACK"):
            raise
        reason = f"{type(err).__name__}: {err}"
        call.code, found = BUG, (problem("internal", Location("."), reason=reason),)
    else:
        return
    _complain(found, call.voice, root, as_json)


def _complain(found: Sequence[Problem], voice: Voice, root: Path, as_json: bool) -> None:
    from bimson_site import console
    from bimson_site.model import Report

    if as_json:
        report = console.report_json(Report(problems=tuple(found)), 0.0, None, voice)
        try:
            click.echo(console.json_text(report))
        except BrokenPipeError:
            raise
        except OSError:  # the output itself is what failed; say it where people look
            sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - nothing more to flush there
        else:
            return
    for block in console.problems(found, root, voice):
        click.echo(block, err=True)


def refuse(message: str, language: str, *, as_json: bool) -> int:
    from pathlib import Path

    from bimson_site.errors import Location, problem

    found = (problem("usage", Location("bimson-site"), reason=message),)
    _complain(found, terminal.voice(language), Path(), as_json)
    return USAGE
