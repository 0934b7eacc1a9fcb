"""Two articles beside each other, told to the owner: `bimson-site duplicates --explain`, and the words that
differ in `duplicates`.

Reads the files that are asked for; the judging is that of the build (`text.verdicts`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

from bimson_site import intake, jobs
from bimson_site import survey as surveys
from bimson_site.console import Voice, visible
from bimson_site.effects import files
from bimson_site.effects.cache import Cache
from bimson_site.effects.site import Site
from bimson_site.effects.workers import ALONE
from bimson_site.errors import Location, SiteError, problem
from bimson_site.model import ODD, Article
from bimson_site.pipeline import named
from bimson_site.text import verdicts
from bimson_site.text.edits import Edit, Kind
from bimson_site.text.verdicts import Judgement, Verdict

VERDICTS = {
    Verdict.REPEAT: "the same text, sent again: one page",
    Verdict.REFILE: "the same text with its spelling or its frame mended: one page",
    Verdict.REVISION: "a later state of the same article: both have pages, linked",
    Verdict.VERSION: "the same news with other words: both have pages, linked",
    Verdict.SERIES: "one of a series: both have pages, one after the other",
    Verdict.RELATED: "related: the later page names the earlier one",
    Verdict.NONE: "different articles",
}
RULES = {
    "same-key": "the words are the same, and title and time do not speak against it",
    "same-source": "the address or id at the source is the same, and so is the title",
    "other-day": 'the words are the same, but they say "today" on different days',
    "long-apart": "the words are the same, but more than 72 hours lie between",
    "short-apart": "the words are the same and few (under 60), and the titles differ or 12 hours or more lie between",
    "other-title": "the words are the same and not many (under 120), and the titles differ",
    "light-edits": "only spelling, an agency's tag, a date line or a byline differ; titles and times are close",
    "light-apart": "only spelling or frame differ, but the text is short or titles, times or days are not close",
    "numbers": "numbers or dates differ, and the titles too, or a day or more lies between",
    "edited": "words, names, numbers or a negation differ; most of the text, the titles and the times are alike",
    "alike": "four fifths of the words or more are shared, but not the title or the time",
    "overlap": "half of the words or more are shared",
    "unlike": "less than half of the words are shared",
    "empty": "one of them has no words",
}
KINDS = {
    Kind.ORTHOGRAPHIC: "spelling",
    Kind.BOILERPLATE: "frame",
    Kind.NUMBER: "number",
    Kind.NEGATION: "negation",
    Kind.NAME: "name",
    Kind.WORD: "word",
}


class Compared(NamedTuple):
    """Two articles and what they are to each other; what dedupe.yaml says of them (`same`, `different`), ''
    where it says nothing."""

    paths: tuple[str, str]
    judgement: Judgement
    ruled: str


def compare(site: Site, names: tuple[str, str], voice: Voice) -> Compared:
    """Two articles, each by its path, id or address. SiteError (usage) where a name means none."""
    return intake.with_cache(site, lambda kept: _compare(site, names, kept, voice))


def _compare(site: Site, names: tuple[str, str], kept: Cache, voice: Voice) -> Compared:
    walked = surveys.read(site, kept, ALONE)
    slips = kept.slips()
    odd = {a.path: a for a in kept.articles(s.number for s in slips if s.flags & ODD).values()}
    paths = walked.sources.articles
    find = named.finder(paths, slips, odd, site.config.base_url)
    healthy = {slip.path for slip in slips}
    one, two = (_article(name, find(name), healthy, kept, voice) for name in names)
    ruled, _ = named.resolve(site.rulings, paths, slips, odd, healthy, site.config.base_url)
    said = (
        word
        for word in ("same", "different")
        for group in getattr(ruled, word)
        if {one.path, two.path} <= {*group} and one.path != two.path
    )
    return Compared((one.path, two.path), judged(site.root, one, two), next(said, ""))


def _article(
    name: str, found: tuple[str, str, str], healthy: Container[str], kept: Cache, voice: Voice
) -> Article:
    say = voice.words.gettext
    path, wrong, expected = found[0], say(found[1]), say(found[2])
    if not wrong and path not in healthy:
        wrong = say("the file has an error and has no page")
        expected = say("the name of another article")
    article = None if wrong else kept.article(path)
    if article is None:
        reason = voice.say(
            "{name} cannot be compared: {reason}; write {expected}",
            name=name,
            reason=wrong,
            expected=expected,
        )
        raise SiteError(problem("usage", Location(name), reason=reason))
    return article


def judged(root: Path, one: Article, two: Article) -> Judgement:
    """What two articles are to each other. OSError or ValueError where a file is not as it was."""
    sides = (jobs.side_of(article, files.read(root, article.path)) for article in (one, two))
    return verdicts.judge(*sides)


def told(found: Compared, voice: Voice) -> Iterator[str]:
    verdict, rule, likeness, edits = found.judgement
    for path in found.paths:
        yield voice.style(visible(path), bold=True)
    if found.ruled:
        word = voice.say("the same" if found.ruled == "same" else "different")
        yield "  " + voice.say("dedupe.yaml has the last word: they are {word}", word=word)
    yield f"  {voice.say('verdict')}: {voice.say(verdict.value)}: {voice.say(VERDICTS[verdict])}"
    yield f"  {voice.say('rule')}: {rule}: {voice.say(RULES[rule])}"
    yield f"  {voice.say('likeness')}: {percent(likeness)}"
    for edit in edits:
        yield f"  {edit_told(edit, voice)}"


def percent(likeness: float) -> str:
    """A likeness in whole percent; 100 % is only for what is the same."""
    return f"{int(100 * likeness)} %"


def edit_told(edit: Edit, voice: Voice) -> str:
    """One difference in a line, in colour on a terminal."""
    parts = []
    if edit.before:
        parts.append(voice.style(f"{voice.say('removed:')} {visible(edit.before)}", fg="red"))
    if edit.after:
        parts.append(voice.style(f"{voice.say('added:')} {visible(edit.after)}", fg="green"))
    return f"{voice.say(KINDS[edit.kind])}: {'  '.join(parts)}"


def as_json(found: Compared) -> dict[str, object]:
    verdict, rule, likeness, edits = found.judgement
    return {
        "paths": list(found.paths),
        "verdict": verdict.value,
        "rule": rule,
        "likeness": round(likeness, 4),
        "ruled": found.ruled or None,
        "edits": [{"kind": e.kind.value, "before": e.before, "after": e.after} for e in edits],
    }
