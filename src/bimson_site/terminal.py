"""Who sits at the terminal: which language they read, whether they see colours, what moves meanwhile.

Owns the words that click says of itself, put in the owner's language, and the progress bar; runs no
command and reads no clock (`cli` hands one in). Next: `console` has the forms of messages.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from bimson_site.words import catalogue, languages

if TYPE_CHECKING:
    from pathlib import Path

    from bimson_site.console import Voice
    from bimson_site.effects.workers import Hands, Stopwatch


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The owner's language: the last --lang that we speak, else the locale as POSIX orders its
    variables, else English."""
    for place in reversed(range(len(arguments))):
        option, _, given = arguments[place].partition("=")
        asked = given or "".join(arguments[place + 1 : place + 2])
        if option == "--lang" and spoken(asked):
            return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return value.split(".")[0].replace("_", "-")
    if sys.platform == "win32":
        import ctypes
        import locale

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "en")
    return "en"


def spoken(language: str) -> bool:
    """True for a language tag ("vi", "vi-VN") whose language has a catalogue."""
    return language.replace("_", "-").split("-")[0].lower() in languages()


def voice(language: str) -> Voice:
    from bimson_site.console import Voice

    return Voice(catalogue(language), _colourful())


def _colourful() -> bool:
    """Colour on a terminal, unless NO_COLOR (no-color.org) or a terminal without any."""
    return (
        sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


# --- click's own words ----------------------------------------------------------------------------


class Folder(click.Path):
    """The path of a folder, as a `Path`; pathlib is imported when one is given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))


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


class Refusal(click.UsageError):
    """A call that cannot be: our own message, English, with the values that fill it."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format_map(values))
        self.said, self.values = message, values


def wrong(message: str, **values: object) -> NoReturn:
    """Refuse the call."""
    raise Refusal(message, **values)


class Context(click.Context):
    formatter_class = Formatter


class Command(click.Command):
    context_class = Context

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True  # so that click leaves it to us to say what is too much
        with _options_of(self, ctx):
            rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            wrong("{value} is one argument too many", value=rest[0])
        return rest


class ReaderGone(Exception):  # noqa: N818 - no error: they have read enough
    """Whoever reads our output has closed the pipe. Click would answer that with exit code 1."""


@contextmanager
def _read() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as err:
        raise ReaderGone from err


class Group(click.Group):
    context_class = Context
    command_class = Command

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _read():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _read():
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _options_of(self, ctx):
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            commands = ", ".join(self.list_commands(ctx))
            wrong("there is no command {name}, only {commands}", name=name, commands=commands)
        return super().resolve_command(ctx, args)


@contextmanager
def _options_of(command: click.Command, ctx: click.Context) -> Iterator[None]:
    """Say of an option that lacks its value, or has one that it does not take, what it does want."""
    try:
        yield
    except click.BadOptionUsage as err:
        flags = {n for p in command.get_params(ctx) if getattr(p, "is_flag", False) for n in p.opts}
        if err.option_name in flags:
            wrong("{name} takes no value", name=err.option_name)
        wrong("{name} needs a value", name=err.option_name)


def language(_ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Checks the value of --lang; an option that follows is none."""
    if value is not None and value.startswith("-"):
        wrong("{name} needs a value", name=param.opts[0])
    if value is not None and not spoken(value):
        known = ", ".join(languages())
        wrong('there are no messages in "{value}", only in {known}', value=value, known=known)
    return value


def at_least_one(_ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Reads the whole number, from 1, that an option has."""
    if value is None:
        return None
    if not re.fullmatch(r"0*[1-9][0-9]{0,5}", value):
        wrong('{name} wants a whole number from 1, not "{value}"', name=param.opts[0], value=value)
    return int(value)


def usage(err: click.UsageError, language: str) -> str:
    """What is wrong with the call, in the owner's language."""
    say = catalogue(language).gettext
    match err:
        case Refusal():
            return say(err.said).format_map(err.values)
        case click.NoSuchOption():
            return say("there is no option {name}").format(name=err.option_name)
        case click.MissingParameter():
            return say("{name} is missing").format(name=_name(err.param))
        case click.BadParameter():
            return say("the value of {name} cannot be used").format(name=_name(err.param))
    return say("the command line cannot be read")


def _name(param: click.Parameter | None) -> str:
    """What stands for a parameter in --help."""
    if param is None:
        return ""
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


# --- progress -------------------------------------------------------------------------------------


@contextmanager
def progress(
    voice: Voice, many: int | None, clock: Callable[[], float], watch: Stopwatch | None
) -> Iterator[Hands]:
    """Hands that show a bar on a terminal once there is much to do; `clock` counts seconds."""
    from bimson_site.effects.workers import Hands

    if not sys.stderr.isatty():
        yield Hands(many, watch=watch)
        return
    bar = _Bar(voice, clock)
    try:
        yield Hands(many, bar, watch)
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
