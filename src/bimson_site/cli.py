"""The command line: commands, printing, exit codes. The only place that reads the clock.

Commands are written in English here; `terminal` says them in the owner's language, and `call` stands
around each. Heavy imports stand inside the commands, so that --help and --version answer at once.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from bimson_site import __version__, terminal
from bimson_site.call import BUG, CONTENT, INTERRUPTED, MACHINE, OK, USAGE, guarded, refuse
from bimson_site.words import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from bimson_site.console import Voice
    from bimson_site.pipeline.release import Moment

__all__ = ["BUG", "CONTENT", "INTERRUPTED", "MACHINE", "OK", "USAGE", "bimson_site", "run"]


def run(arguments: Sequence[str]) -> int:
    """Run the command line. The exit code: 0 fine, 1 errors in content, 2 usage, configuration or
    template, 3 the machine, 70 our bug, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    language = terminal.language_of(arguments, os.environ)
    terminal.Formatter.say = staticmethod(catalogue(language).gettext)
    try:
        code = bimson_site.main(list(arguments), "bimson-site", standalone_mode=False, obj=language)
    except click.UsageError as err:
        return refuse(
            terminal.usage(err, language),
            language,
            as_json="--json" in arguments and "build" in arguments,
        )
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except terminal.ReaderGone:
        _fall_silent()
        return OK
    return code if isinstance(code, int) else OK


def _fall_silent() -> None:
    """Let what is left in the streams run into nothing, where Python writes it when it ends (its
    documentation of `signal`, "Note on SIGPIPE")."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


# --- options that several commands share --------------------------------------------------------------

_LANG = click.option(
    "--lang",
    metavar="LANG",
    callback=terminal.language,
    expose_value=False,
    help="Language of the messages: vi or en.",
)


def _on_a_site(command: Callable[..., Any]) -> Callable[..., Any]:
    site = click.option(
        "--site",
        "root",
        default=".",
        metavar="DIR",
        type=terminal.Folder(),
        help="The folder of the site (default: this one).",
    )
    return site(_LANG(command))


def _at_a_moment(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--as-of", metavar="TIME", help="Build as if it were this moment."),
        click.option("--drafts", is_flag=True, help="Include drafts."),
        click.option("--future", is_flag=True, help="Include articles of the future."),
    ):
        command = option(command)
    return command


_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(
    cls=terminal.Group,
    help="Turns a folder of articles into a permanent archive for any web server.",
    epilog="bimson-site COMMAND --help",
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
)
@click.version_option(__version__, message="bimson-site %(version)s", help="Show the version.")
@_LANG
@click.pass_context
def bimson_site(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@bimson_site.command(
    help="Build the site: read content/, write build/.", short_help="Build the site."
)
@_on_a_site
@_at_a_moment
@click.option("--out", metavar="DIR", type=terminal.Folder(), help="Write to this folder.")
@click.option(
    "--jobs",
    metavar="N",
    callback=terminal.at_least_one,
    help="Work in N processes (default: as many as help).",
)
@click.option("--strict", is_flag=True, help="Write nothing if an article has an error.")
@click.option("--locked", is_flag=True, help="Write nothing if there are new addresses.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written and deleted.")
@click.option("--profile", is_flag=True, help="Show where the time went.")
@_JSON
def build(
    root: Path,
    future: bool,
    drafts: bool,
    as_of: str | None,
    out: Path | None,
    jobs: int | None,
    strict: bool,
    locked: bool,
    dry_run: bool,
    profile: bool,
    as_json: bool,
) -> int:
    start = time.perf_counter()
    with guarded(root, as_json) as call:
        from bimson_site import build as pipeline
        from bimson_site import console
        from bimson_site.effects.site import open_site
        from bimson_site.effects.workers import Stopwatch
        from bimson_site.errors import Severity
        from bimson_site.text import dates

        watch = Stopwatch(time.perf_counter) if profile else None
        site = open_site(root)
        moment = _moment(future, drafts, as_of, site.config.timezone)
        folder = out or root / site.config.output
        zone = dates.zone(site.config.timezone)
        more: dict[str, object] = {}
        with terminal.progress(call.voice, jobs, time.monotonic, watch) as hands:
            hands.lap("open the site")
            if dry_run:
                rehearsal = pipeline.rehearse(site, folder, moment, hands)
                report = rehearsal.report
                more = console.rehearsal_json(rehearsal)
            else:
                record = not drafts and as_of is None
                options = pipeline.Options(strict, record, locked)
                report = pipeline.build(site, folder, moment, hands, options)
        seconds = time.perf_counter() - start
        errors = any(p.severity is Severity.ERROR for p in report.problems)
        if as_json:
            more |= {"profile": console.profile_json(watch.laps, watch.templates)} if watch else {}
            said = console.report_json(report, seconds, zone, call.voice)
            click.echo(console.json_text(said | more))
        else:
            call.show(report.problems)
            for line in console.held_back(report.held_back, zone, call.voice):
                click.echo(line, err=True)
            if watch:
                for line in console.profile(watch.laps, watch.templates, call.voice):
                    click.echo(line, err=True)
            if dry_run:
                for line in console.rehearsal(rehearsal, call.voice):
                    click.echo(line)
            elif (strict and errors) or any(p.code == "ledger-locked" for p in report.problems):
                click.echo(call.voice.say("Nothing was written, for there are errors."), err=True)
            else:
                click.echo(console.summary(report, seconds, _shown(folder), call.voice))
                for line in console.recorded(report, call.voice):
                    click.echo(line)
        call.code = CONTENT if errors else OK
    return call.code


@bimson_site.command(
    "list",
    help="Show every source file and what becomes of it.",
    short_help="Show every source file and what becomes of it.",
)
@_on_a_site
@_at_a_moment
@_JSON
def list_(root: Path, future: bool, drafts: bool, as_of: str | None, as_json: bool) -> int:
    with guarded(root, as_json=False) as call:
        from bimson_site import console
        from bimson_site.listing import listing

        surveyed, zone = _survey(root, future, drafts, as_of, call.voice)
        rows = listing(surveyed, call.voice.words.gettext, lambda s: console.moment(s, zone))
        if as_json:
            for row in rows:
                fields = {n: getattr(row, n) for n in ("path", "status", "url", "keeper", "reason")}
                click.echo(console.json_text(fields))
        else:
            say = call.voice.words.gettext
            shown = [(say(r.status), r.path, r.url or "", r.keeper or r.reason or "") for r in rows]
            for line in console.table(shown):
                click.echo(line)
    return call.code


@bimson_site.command(
    help="Show which articles repeat each other, and which one has the page.",
    short_help="Show which articles repeat each other.",
)
@_on_a_site
@_at_a_moment
@_JSON
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV for a spreadsheet.")
@click.option(
    "--explain",
    "two",
    nargs=2,
    metavar="A B",
    help="Show what two articles are to each other and why, with each difference.",
)
def duplicates(
    root: Path,
    future: bool,
    drafts: bool,
    as_of: str | None,
    as_json: bool,
    as_csv: bool,
    two: tuple[str, str] | None,
) -> int:
    if as_json and as_csv:
        terminal.wrong("only one of --json and --csv can be printed")
    if two and as_csv:
        terminal.wrong("--explain does not print CSV")
    with guarded(root, as_json=False) as call:
        from bimson_site import console, walkthrough

        if two:
            from bimson_site import comparing
            from bimson_site.effects.site import open_site

            compared = comparing.compare(open_site(root), two, call.voice)
            if as_json:
                click.echo(console.json_text(comparing.as_json(compared)))
            else:
                for line in comparing.told(compared, call.voice):
                    click.echo(line)
            return call.code

        found, _ = _survey(root, future, drafts, as_of, call.voice, walkthrough.repeats)
        if as_json:
            click.echo(console.json_text(walkthrough.repeats_json(found)))
        elif as_csv:
            click.echo(walkthrough.repeats_table(found), nl=False)
        else:
            for line in walkthrough.repeats_told(root, found, call.voice):
                click.echo(line)
            copied = sum(bool(each.copies) for each in found)
            linked = sum(len(each.linked) for each in found) // 2
            said = call.voice.counted("{n} text repeats.", "{n} texts repeat.", copied)
            if linked:
                said += " " + call.voice.counted(
                    "{n} pair is linked.", "{n} pairs are linked.", linked
                )
            click.echo(said, err=True)
    return call.code


@bimson_site.command(
    help="Search the built site, as its page of search does. Marks can be left out; quotation marks find words that"
    " stand together.",
    short_help="Search the built site.",
)
@click.argument("words", nargs=-1, required=True)
@_on_a_site
@click.option("--out", metavar="DIR", type=terminal.Folder(), help="The folder that was built.")
@_JSON
def search(words: tuple[str, ...], root: Path, out: Path | None, as_json: bool) -> int:
    with guarded(root, as_json=False) as call:
        from bimson_site import console, finding
        from bimson_site.effects.site import read_config

        folder = out or root / read_config(root)[0].output
        try:
            found = finding.find(folder, " ".join(words), 20)
        except finding.NoIndexError:
            terminal.wrong(
                "there is no search index in {path}: build the site", path=_shown(folder)
            )
        if as_json:
            for each in found.results:
                click.echo(console.json_text(finding.as_json(each)))
        else:
            for line in console.table([(r.date, r.title, r.url) for r in found.results]):
                click.echo(line)
            if found.sure:
                said = call.voice.counted("{n} article found.", "{n} articles found.", found.total)
            else:
                said = call.voice.say(
                    "{n} articles found at most: the words in quotation marks were not looked for in all.",
                    n=found.total,
                )
            click.echo(said, err=True)
    return call.code


@bimson_site.command(
    help="Show how a page comes about and why it was last written. TARGET is an address or a file.",
    short_help="Show how a page comes about.",
)
@click.argument("target")
@_on_a_site
@_at_a_moment
def explain(target: str, root: Path, future: bool, drafts: bool, as_of: str | None) -> int:
    with guarded(root, as_json=False) as call:
        from bimson_site import walkthrough
        from bimson_site.effects.site import open_site
        from bimson_site.text import dates

        site = open_site(root)
        moment = _moment(future, drafts, as_of, site.config.timezone)
        zone = dates.zone(site.config.timezone)
        for line in walkthrough.explain(site, target, moment, call.voice, zone):
            click.echo(line)
    return call.code


@bimson_site.command(
    help="Show what each address of a former site gets from this one: a page, a redirect, nothing. The site "
    "is asked as it would be built; nothing is written, and the network is not asked.",
    short_help="Show what old addresses get from this site.",
)
@click.option(
    "--old-urls",
    "listed",
    metavar="FILE",
    type=terminal.Folder(),
    help="Old addresses: a list (one a line), a sitemap or an access log.",
)
@_on_a_site
@_at_a_moment
@_JSON
def check(
    listed: Path | None, root: Path, future: bool, drafts: bool, as_of: str | None, as_json: bool
) -> int:
    if listed is None:
        terminal.wrong("{name} is missing", name="--old-urls")
    with guarded(root, as_json=False) as call:
        from bimson_site import check as checks
        from bimson_site import console
        from bimson_site.effects.site import open_site

        asked = _listed(listed)
        site = open_site(root)
        found, _ = _survey(
            root,
            future,
            drafts,
            as_of,
            call.voice,
            lambda surveyed, kept: checks.check(site, surveyed, kept, asked),
        )
        if as_json:
            for each in found:
                click.echo(console.json_text(checks.as_json(each)))
        else:
            for line in console.table(checks.rows(found, call.voice)):
                click.echo(line)
        missing = sum(each.answer == "missing" for each in found)
        for line in checks.summary(asked, len(found), missing, call.voice):
            click.echo(line, err=True)
        call.code = CONTENT if missing else OK
    return call.code


@bimson_site.command(
    help="Make a small working site in DIR. Files that are there already are left alone.",
    short_help="Make a small working site.",
)
@click.argument("folder", metavar="DIR", type=terminal.Folder())
@_LANG
def init(folder: Path) -> int:
    if taken := next((p for p in (folder, *folder.parents) if p.exists() and not p.is_dir()), None):
        terminal.wrong("{path} is a file, not a folder", path=_shown(taken))
    with guarded(folder, as_json=False) as call:
        from bimson_site.effects import starter

        today = time.strftime("%Y-%m-%d")
        for path, written in starter.write(folder, call.voice.words.language, today):
            said = call.voice.say("written" if written else "there already, left alone")
            click.echo(f"{_shown(folder / path)}  {said}")
        click.echo(call.voice.say("Now:") + f" bimson-site build --site {_shown(folder)}")
    return call.code


@bimson_site.command(
    help="Take an article down: its files are deleted, and the next build leaves nothing of it. TARGET is its"
    " address or file.",
    short_help="Take an article down.",
)
@click.argument("target")
@_on_a_site
@click.option("--reason", metavar="TEXT", default="", help="What its address says from then on.")
@click.option("--redact", is_flag=True, help="Make its addresses unreadable in the ledger, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(target: str, root: Path, reason: str, redact: bool, yes: bool) -> int:
    with guarded(root, as_json=False) as call:
        from bimson_site import removal
        from bimson_site import survey as surveys
        from bimson_site.effects.site import open_site

        site = open_site(root)
        moment = _moment(True, True, None, site.config.timezone)
        planned = removal.plan(site, target, moment)
        for line in removal.told(planned, call.voice, redact=redact):
            click.echo(line)
        asks = sys.stdin.isatty() and not yes
        if asks and not click.confirm(call.voice.say("Delete these files?"), err=True):
            return OK
        day = surveys.day(site, moment)
        removal.carry_out(site, planned, " ".join(reason.split()), day, redact=redact)
        click.echo(call.voice.say("Now:") + f" bimson-site build --site {_shown(root)}")
    return call.code


@bimson_site.group(
    cls=terminal.Group,
    help="Replace files of the theme by your own, and see how they differ from it.",
    short_help="Replace files of the theme.",
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
)
@_LANG
@click.pass_context
def theme(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@theme.command(
    "copy",
    help="Copy a file of the theme into the site, to start from: article.html, theme.css. One that is there"
    " already is left alone.",
    short_help="Copy a file of the theme into the site.",
)
@click.argument("name")
@_on_a_site
def theme_copy(name: str, root: Path) -> int:
    with guarded(root, as_json=False) as call:
        import difflib

        from bimson_site.effects import overrides

        names = sorted(overrides.offered())
        if name not in names:
            close = difflib.get_close_matches(name, names, 1, 0.4)
            terminal.wrong(
                "the theme has no file {name}, only {names}",
                name=name,
                names=", ".join(close or names),
            )
        path, written = overrides.copy(root, name)
        said = call.voice.say("written" if written else "there already, left alone")
        click.echo(f"{_shown(root / path)}  {said}")
    return call.code


@theme.command(
    "diff",
    help="Show how the site's own templates and styles differ from those of the theme as it is now.",
    short_help="Show what differs from the theme.",
)
@_on_a_site
def theme_diff(root: Path) -> int:
    with guarded(root, as_json=False) as call:
        from bimson_site import console
        from bimson_site.effects import overrides

        found = tuple(overrides.replaced(root))
        for each in found:
            for line in console.difference(each.path, each.theirs, each.own, call.voice):
                click.echo(line)
        said = call.voice.counted(
            "{n} file of the theme is replaced.", "{n} files of the theme are replaced.", len(found)
        )
        click.echo(said, err=True)
    return call.code


@bimson_site.command(
    help="Show the site in a browser while you write: every page as it would be built, and anew whenever a file is "
    "saved. Nothing is written to build/. Ctrl-C ends it.",
    short_help="Show the site in a browser while you write.",
)
@_on_a_site
@_at_a_moment
@click.option("--built", is_flag=True, help="Serve build/ as a web server would.")
@click.option("--open", "browse", is_flag=True, help="Open the browser.")
@click.option(
    "--host", default="127.0.0.1", metavar="HOST", help="Listen there (default: 127.0.0.1)."
)
@click.option(
    "--port",
    metavar="N",
    callback=terminal.at_least_one,
    help="Listen on this port, or not at all (default: the first free one from 8000).",
)
@click.option("-v", "--verbose", is_flag=True, help="Print every request.")
def serve(
    root: Path,
    future: bool,
    drafts: bool,
    as_of: str | None,
    built: bool,
    browse: bool,
    host: str,
    port: int | None,
    verbose: bool,
) -> int:
    def log(line: str) -> None:
        if verbose:
            click.echo(line, err=True)

    with guarded(root, as_json=False) as call:
        from bimson_site.preview import gate, serving

        try:
            listens = serving.listening(host, port)
        except (OSError, OverflowError) as err:
            place = f"{host}:{port or serving.FIRST}"
            terminal.wrong("{place} cannot be used: {reason}", place=place, reason=err)
        with listens:
            where = serving.address(listens, host)
            if not gate.on_this_machine(host):
                said = call.voice.say(
                    "Warning: everyone in this network can read the site, drafts too."
                )
                click.echo(said, err=True)

            def opened(path: str) -> None:
                click.echo(f"{where}{path}")
                if browse:
                    click.launch(f"{where}{path}")

            if built:
                folder, prefix = _built(root)
                opened(f"{prefix}/")
                serving.serve_built(folder, prefix, listens, host, log)
                return call.code
            answers = _answers(root, future, drafts, as_of, call.voice)
            if not answers.session.begin():
                # Before there are threads, so that it may use processes.
                with terminal.progress(call.voice, None, time.monotonic, None) as hands:
                    answers.session.plan(hands)

            say = call.voice.say

            def unwatched(reason: str) -> None:
                said = say(
                    "The system does not watch these files ({reason}); they are looked at every second.",
                    reason=reason,
                )
                click.echo(said, err=True)

            def ready() -> None:
                call.show(answers.session.broken)
                opened(f"{answers.prefix}/")
                click.echo(say("Problems, drafts and copies:") + f" {where}/_preview/")
                click.echo(say("Ctrl-C ends it."))

            serving.serve(answers, listens, host, log, ready, unwatched)
    return call.code


@bimson_site.command(
    help="Make the file of a new article, dated now, and print its path. No file is overwritten.",
    short_help="Make the file of a new article.",
)
@click.argument("title", metavar="TITLE")
@_on_a_site
def new(title: str, root: Path) -> int:
    title = " ".join(title.split())
    if not title:
        terminal.wrong("{name} is missing", name="TITLE")
    if not title.isprintable():
        terminal.wrong("the value of {name} cannot be used", name="TITLE")
    with guarded(root, as_json=False) as call:
        from bimson_site.effects import newcomer
        from bimson_site.effects.site import open_site
        from bimson_site.model import utc
        from bimson_site.text import dates

        site = open_site(root)
        when = utc(int(time.time())).astimezone(dates.zone(site.config.timezone))
        path = newcomer.write(root, title, when, call.voice.say("Write here."))
        click.echo(_shown(root / path))
    return call.code


# --- what commands share ------------------------------------------------------------------------------


def _moment(future: bool, drafts: bool, as_of: str | None, zone: str) -> Moment:
    from bimson_site.pipeline.release import Moment
    from bimson_site.text import dates

    if as_of is None:
        return Moment(int(time.time()), future, drafts)
    stamp = dates.read(as_of, zone)
    if stamp is None:
        terminal.wrong('"{value}" is not a date', value=as_of)
    return Moment(stamp.instant, future, drafts)


def _built(root: Path) -> tuple[Path, str]:
    """The output folder of a site, and the folder of its host in which it lies."""
    from bimson_site.effects.site import read_config
    from bimson_site.preview import gate

    config, _ = read_config(root)
    folder = root / config.output
    if not folder.is_dir():
        terminal.wrong("{path} is not there: build the site first", path=_shown(folder))
    return folder, gate.prefix_of(config.base_url)


def _answers(root: Path, future: bool, drafts: bool, as_of: str | None, voice: Voice) -> Any:
    """What answers for a site. One without content is refused; what else is wrong, the browser shows."""
    from bimson_site.effects.site import open_site, read_config
    from bimson_site.preview.answers import Answers
    from bimson_site.preview.edition import Terms
    from bimson_site.preview.session import Session

    if not (root / "content").is_dir():
        open_site(root)
    zone = read_config(root)[0].timezone if as_of else ""
    fixed = _moment(future, drafts, as_of, zone).as_of if as_of else None
    return Answers(Session(root, Terms(fixed, future, drafts), time.time), voice)


def _listed(place: Path) -> Any:
    """The addresses in a file. A refusal of the call where there are none, or it cannot be read."""
    from bimson_site.pipeline import old_urls

    try:
        found = old_urls.read(place.read_bytes())
    except OSError as err:
        terminal.wrong("{path} cannot be read: {reason}", path=_shown(place), reason=err.strerror)
    except old_urls.UnreadableError as err:
        terminal.wrong("{path} is not a sitemap: {reason}", path=_shown(place), reason=err)
    if not found.addresses and found.sitemaps:
        terminal.wrong("{path} only names other sitemaps: check each of them", path=_shown(place))
    if not found.addresses:
        terminal.wrong("{path} holds no address", path=_shown(place))
    return found


def _survey(
    root: Path,
    future: bool,
    drafts: bool,
    as_of: str | None,
    voice: Voice,
    told: Callable[[Any, Any], Any] = lambda surveyed, _kept: surveyed,
) -> Any:
    """What is `told` of a survey and its cache, the survey itself unless said otherwise; and the zone."""
    from bimson_site import intake
    from bimson_site import survey as surveys
    from bimson_site.effects.site import open_site
    from bimson_site.text import dates

    site = open_site(root)
    moment = _moment(future, drafts, as_of, site.config.timezone)
    with terminal.progress(voice, None, time.monotonic, None) as hands:
        found = intake.with_cache(
            site, lambda kept: told(surveys.survey(site, moment, kept, hands), kept)
        )
        return found, dates.zone(site.config.timezone)


def _shown(path: Path) -> str:
    return path.as_posix()
