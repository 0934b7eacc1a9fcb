"""Who sits at the terminal: which language they read, whether they see colours, what moves meanwhile.

Owns the words that click says of itself, put in the owner's language, and the progress bar; runs no
command and reads no clock (`cli` hands one in). Next: `console` has the forms of messages.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bimson_site.words import catalogue

if TYPE_CHECKING:
    from bimson_site.build import Hands
    from bimson_site.console import Voice


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The owner's language: --lang, else the locale as POSIX orders its variables, else English."""
    for place, here in enumerate(arguments):
        if here == "--lang":
            return "".join(arguments[place + 1 : place + 2])
        if here.startswith("--lang="):
            return here.removeprefix("--lang=")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return value.split(".")[0].replace("_", "-")
    if sys.platform == "win32":
        import ctypes
        import locale

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "en")
    return "en"


def voice(language: str) -> Voice:
    from bimson_site.console import Voice

    return Voice(catalogue(language), _colourful())


def _colourful() -> bool:
    """Colour on a terminal, unless NO_COLOR (no-color.org) or a terminal without any."""
    return (
        sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


# --- click's own words ----------------------------------------------------------------------------


class Formatter(click.HelpFormatter):
    """Click's help, in the owner's language."""

    say: Callable[[str], str] = staticmethod(lambda text: text)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or f"{self.say('Usage:')} ")

    def write_text(self, text: str) -> None:
        super().write_text(self.say(text))

    def write_heading(self, heading: str) -> None:
        super().write_heading(self.say(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().write_dl([(term, self.say(text)) for term, text in rows], *args, **options)


class Context(click.Context):
    formatter_class = Formatter


class Command(click.Command):
    context_class = Context


class Group(click.Group):
    context_class = Context
    command_class = Command


def usage(err: click.UsageError, language: str) -> str:
    """What is wrong with the call, in the owner's language where click's own words are known."""
    say = catalogue(language).gettext
    match err:
        case click.NoSuchOption():
            return say("there is no option {name}").format(name=err.option_name)
        case click.MissingParameter():
            return say("{name} is missing").format(
                name=err.param.human_readable_name if err.param else ""
            )
        case click.BadParameter():
            return f"{err.param.human_readable_name if err.param else ''}: {err.message}"
    return err.format_message()


# --- progress -------------------------------------------------------------------------------------


@contextmanager
def progress(voice: Voice, many: int | None, clock: Callable[[], float]) -> Iterator[Hands]:
    """Hands that show a bar on a terminal once there is much to do; `clock` counts seconds."""
    from bimson_site.build import Hands

    if not sys.stderr.isatty():
        yield Hands(many)
        return
    bar = _Bar(voice, clock)
    try:
        yield Hands(many, bar)
    finally:
        bar.end()


class _Bar:
    """A progress bar that appears when a stage has many items; rich is imported only then."""

    LONG = 400

    def __init__(self, voice: Voice, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._names = {"read": voice.say("reading"), "write": voice.say("writing")}
        self._shown: Any = None
        self._tasks: dict[str, Any] = {}
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = self._clock()
        if total < self.LONG or (done < total and now - self._last < 0.1):
            return
        self._last = now
        if self._shown is None:
            from rich.console import Console
            from rich.progress import Progress

            self._shown = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
            self._shown.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._shown.add_task(self._names[stage], total=total)
        self._shown.update(self._tasks[stage], completed=done, refresh=True)

    def end(self) -> None:
        if self._shown is not None:
            self._shown.stop()
