"""An article file becomes an `Article`, or problems: a pure function of its path, bytes and rules.

Runs in workers. Owns what each field means and what stands in for a missing one; the shapes are
in `fields`, the syntax in `text.frontmatter`.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import unquote, urlsplit

from bimson_site.errors import Location, Problem, Severity, problem
from bimson_site.index import postings
from bimson_site.model import (
    UNDATED,
    Access,
    Article,
    Body,
    Kind,
    Loaded,
    LoadRules,
    Notice,
    Signature,
    Timestamp,
)
from bimson_site.pipeline import fields
from bimson_site.pipeline.fields import YES_OR_NO, Found, is_null
from bimson_site.text import (
    dates,
    filenames,
    frontmatter,
    markdown,
    mentions,
    sentences,
    similarity,
    slugs,
    vietnamese,
)
from bimson_site.text.frontmatter import Document, Fields, Items, Text
from bimson_site.text.lines import in_one_line

CONTENT = "content/"
_IN_FRONT_MATTER = -1


def load(path: str, raw: bytes, rules: LoadRules) -> Loaded:
    """Read one article file. A file with an error problem gives no article."""
    document = frontmatter.read(raw, path)
    if _fatal(document.problems):
        return Loaded(path, None, document.problems)
    found = fields.find(document.fields, path)
    found.problems[:0] = document.problems
    article, html, text = _article(document, found, rules)
    problems = tuple(sorted(set(found.problems))) if found.problems else ()
    if _fatal(problems):
        return Loaded(path, None, problems)
    terms = _terms(article, text) if rules.search else b""
    named = _mentions(article, text, rules.places) if rules.places else ()
    return Loaded(path, article, problems, html, _sentences(article, text), terms, named, text)


def body_text(raw: bytes, body: Body) -> str:
    """The text that a `Body` points to, from the bytes of its file."""
    if body.offset != _IN_FRONT_MATTER:
        return frontmatter.body_at(raw, body.offset)
    document = frontmatter.read(raw, body.path)
    node = fields.find(document.fields, body.path).known["body"][0].value
    return node.text if isinstance(node, Text) else ""


def signatures(raw: bytes, body: Body, titles: Sequence[str]) -> tuple[Signature, ...]:
    """What repeats of articles with one body would be known by, under each of their titles; from the
    bytes of a file that has the body."""
    return similarity.signatures(markdown.read(body_text(raw, body)).text, titles)


def _fatal(problems: tuple[Problem, ...]) -> bool:
    return any(p.severity is Severity.ERROR for p in problems)


def _article(document: Document, found: Found, rules: LoadRules) -> tuple[Article, str, str]:
    """The article, the HTML of its body where that is its own affair, and its visible text."""
    text, body = _body(document, found)
    reading, draw = markdown.read_and_draw(text, rules.base_url)
    kind = Kind.PAGE if _is_page(found) else Kind.ARTICLE
    title = found.text("title") or _stand_in_title(reading.heading, found)
    published = _published(found, kind, rules)
    slug, given = _slug(found, title)
    updated = _moment(found, "updated", rules)
    image = _image(found)
    attachments = tuple(_attachments(found))
    for address in reading.unlabelled:
        where = Location(found.path, *_spot(address, text, body))
        found.problems.append(problem("alt-missing", where, file=unquote(address)))
    article = Article(
        id=found.text("id") or found.path,
        path=found.path,
        kind=kind,
        title=title,
        published=published,
        updated=updated if updated and updated != published else None,
        authors=_authors(found, rules),
        sections=found.texts("sections"),
        tags=found.texts("tags"),
        source=found.text("source"),
        source_url=_web_address(found, "source_url"),
        summary=found.text("summary"),
        lede=in_one_line(reading.lede),
        slug=slug,
        slug_given=given,
        page_path=_page_path(found, title) if kind is Kind.PAGE else "",
        language=_language(found, rules),
        image=image,
        aliases=tuple(dict.fromkeys(text for text, *_ in found.spots("aliases"))),
        canonical=found.text("canonical"),
        rights=found.text("rights"),
        corrections=tuple(_notices(found, "corrections", rules)),
        withdrawn=_withdrawn(found, rules),
        collected=_collected(found, rules),
        attachments=tuple((reference, title) for reference, title, _ in attachments),
        access=_access(found),
        embargo_until=_embargo(found, rules),
        draft=_is_draft(found),
        noindex=found.flag("noindex"),
        extra=_with_words_of(found, image),
        references=_references(reading.references, text, body, found, image, attachments),
        skeleton=similarity.skeleton(reading.text, title),
        body=body,
        places=_places(found),
    )
    return article, draw(title) if draw else "", reading.text


def _sentences(article: Article, text: str) -> bytes:
    """By which other articles are found that share some: only where readers may see the text."""
    if article.kind is not Kind.ARTICLE or article.access is not Access.FULL:
        return b""
    return sentences.packed(sentences.hashes(text))


def _terms(article: Article, text: str) -> bytes:
    """What readers find an article by: of its words those that they may see."""
    if article.kind is not Kind.ARTICLE or article.noindex or article.access is Access.HIDDEN:
        return b""
    return postings.terms(article.title, "\n".join(_told(article, text)))


def _told(article: Article, text: str) -> list[str]:
    """What readers may see of an article below its title."""
    told = [article.summary] if article.access is not Access.RECORD else []
    return [*told, text] if article.access is Access.FULL else told


def _mentions(article: Article, text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The places that readers find named in an article."""
    if article.kind is not Kind.ARTICLE:
        return ()
    return _finder(names)("\n.\n".join((article.title, *_told(article, text))))


_finder = lru_cache(maxsize=2)(mentions.finder)


def _body(document: Document, found: Found) -> tuple[str, Body]:
    text, encoded = document.body, document.encoded
    offset, line = document.offset, document.line
    if "body" in found.known:
        node = found.known["body"][0].value
        if not isinstance(node, Text):
            found.refuse("body", node, "a text")
        elif text.strip():
            found.problems.append(problem("body-twice", found.at("body")))
        elif not fields.is_null(node):
            text, encoded = node.text, node.text.encode()
            offset, line = _IN_FRONT_MATTER, node.line
    digest = blake2b(encoded, digest_size=16).hexdigest()
    return text, Body(found.path, offset, line, digest)


def _stand_in_title(heading: str, found: Found) -> str:
    """The first heading of the text, else the name of the file, in words."""
    stem = filenames.stem_without_date(_below_content(found.path))
    name = " ".join(re.sub(r"[-_]+", " ", stem).split())
    title = in_one_line(heading) or in_one_line(name[:1].upper() + name[1:]) or "…"
    found.problems.append(problem("title-missing", found.at("title"), title=title))
    return title


def _below_content(path: str) -> str:
    return path.removeprefix(CONTENT)


def _published(found: Found, kind: Kind, rules: LoadRules) -> Timestamp:
    stamp = _moment(found, "timestamp", rules)
    if stamp is None and found.text("timestamp"):
        return UNDATED  # unreadable: that is said already, and the file is set aside
    if stamp is None:
        stamp = filenames.from_path(_below_content(found.path), rules.timezone)
        if not stamp.known and kind is Kind.ARTICLE and not _is_draft(found):
            found.problems.append(problem("undated", Location(found.path)))
    return stamp


def _moment(found: Found, name: str, rules: LoadRules) -> Timestamp | None:
    """The date of a field; None where it is missing or (with a problem) unreadable."""
    text = found.text(name)
    if not text:
        return None
    stamp = dates.read(text, rules.timezone)
    if stamp is None:
        found.problems.append(problem("timestamp-unreadable", found.at(name), value=text))
    return stamp


# What may stand in a group of fields that is a notice.
_DATE_OF_NOTICE = ("date", "on", "ngày")
_TEXT_OF_NOTICE = ("text", "reason", "note", "how", "cách")


def _notices(found: Found, name: str, rules: LoadRules) -> Iterator[Notice]:
    """The notices of a field: texts, groups of a date and a text, or a date that leads to a text."""
    for each in found.known.get(name, ()):
        for node in each.value.items if isinstance(each.value, Items) else (each.value,):
            if isinstance(node, Text):
                if words := "" if is_null(node) else in_one_line(node.text):
                    yield Notice(None, words)
                continue
            said = _in_group(node, rules) if isinstance(node, Fields) else None
            if said and (said.text or name != "corrections"):
                yield said
            else:
                found.ignore(name, node, "a text, or a group of  date  and  text")


def _in_group(group: Fields, rules: LoadRules) -> Notice | None:
    texts = {
        p.key.lower(): in_one_line(p.value.text) for p in group.pairs if isinstance(p.value, Text)
    }
    words = next((texts[key] for key in _TEXT_OF_NOTICE if texts.get(key)), "")
    day = next((texts[key] for key in _DATE_OF_NOTICE if texts.get(key)), "")
    if not words and not day and len(texts) == 1:
        ((day, words),) = texts.items()
    date = dates.read(day, rules.timezone) if day else None
    return Notice(date, words) if date or (words and not day) else None


def _withdrawn(found: Found, rules: LoadRules) -> Notice | None:
    """That the article was withdrawn: a yes, a reason, or a notice."""
    for each in found.known.get("withdrawn", ()):
        if isinstance(each.value, Text) and each.value.text.strip().lower() in YES_OR_NO:
            return Notice(None, "") if found.flag("withdrawn") else None
    return next(_notices(found, "withdrawn", rules), None)


def _collected(found: Found, rules: LoadRules) -> Notice | None:
    """When and how an article came into the archive: a date, words, or a notice."""
    said = next(_notices(found, "collected", rules), None)
    if said and not said.date and (date := dates.read(said.text, rules.timezone)):
        return Notice(date, "")
    return said


def _attachments(found: Found) -> Iterator[tuple[str, str, Location]]:
    """The files that a front matter lists: each a name or whole address, its title or "", and where it stands."""
    for each in found.known.get("attachments", ()):
        for node in each.value.items if isinstance(each.value, Items) else (each.value,):
            title, name = "", node
            if isinstance(node, Fields):
                by_key = {pair.key.lower(): pair.value for pair in node.pairs}
                name = next((by_key[key] for key in _NAMES_OF_FILE if key in by_key), node)
                title = next(
                    (t.text for key in _TITLES_OF_FILE if isinstance(t := by_key.get(key), Text)),
                    "",
                )
            if isinstance(name, Text) and (is_null(name) or not name.text.strip()):
                continue
            if isinstance(name, Text) and _SCHEME.match(name.text.strip()):
                yield in_one_line(name.text), in_one_line(title), found.where(name)
            else:
                found.ignore(
                    "attachments", node, "the name of a file, or a group of  file  and  title"
                )


# What may stand in a group of fields that is a file.
_NAMES_OF_FILE, _TITLES_OF_FILE = ("file", "path", "src", "url"), ("title", "name", "label")
_SCHEME = re.compile(r"https?://|(?![A-Za-z][A-Za-z0-9+.-]*:)")  # no address, or one of the web


def _authors(found: Found, rules: LoadRules) -> tuple[str, ...]:
    """The byline, without words that only say that nobody is known."""
    missing = _keys(rules.missing_authors)
    return tuple(a for a in found.texts("authors") if vietnamese.term_key(a) not in missing)


@lru_cache(maxsize=8)
def _keys(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(vietnamese.term_key, names))


def _slug(found: Found, title: str) -> tuple[str, bool]:
    """The slug and whether a person gave it: the field, else the title, else the name of the file."""
    wish = found.text("slug")
    if wish:
        last = re.sub(r"\.(html?|php|aspx?|md)$", "", wish.rstrip("/").rsplit("/", 1)[-1])
        used = slugs.slug(last)
        if used and used != wish:
            found.problems.append(problem("slug-changed", found.at("slug"), slug=wish, used=used))
        if used:
            return used, True
    slug = slugs.slug(title)
    if not slug:
        slug = slugs.slug(filenames.stem_without_date(_below_content(found.path))) or "bai"
    if wish:
        found.problems.append(problem("slug-changed", found.at("slug"), slug=wish, used=slug))
    return slug, False


def _is_page(found: Found) -> bool:
    """An ordinary page: so it says, or it is the front of a folder (Hugo's _index.md, Jekyll's
    index.md with a layout and without a date), or Jekyll's page for what is missing."""
    name = found.path.rsplit("/", 1)[-1].lower().rpartition(".")[0]
    if "kind" not in found.known:
        return name == "_index" or (name in _FRONTS and _dateless(found))
    return found.choice("kind", list(Kind)) == Kind.PAGE


_FRONTS = frozenset({"index", "404"})


def _dateless(found: Found) -> bool:
    """No date anywhere, and a layout that is not a post's."""
    layout = json.loads(found.extra).get("layout")
    named = filenames.from_path(_below_content(found.path), "UTC").known
    return bool(layout) and layout != "post" and "timestamp" not in found.known and not named


def _page_path(found: Found, title: str) -> str:
    """Where an ordinary page stands: its permalink, else its own path below content/."""
    if own := _own_path(found):
        return own
    *folders, name = _below_content(found.path).split("/")
    stem = name.rsplit(".", 1)[0]
    parts = [slugs.slug(f) for f in folders]
    if stem not in {"index", "_index"} or not folders:
        given = found.text("slug").rsplit("/", 1)[-1]
        named = "" if stem in {"index", "_index"} else stem
        parts.append(slugs.slug(given) or slugs.slug(named) or slugs.slug(title) or "trang")
    return "/" + "/".join(p or "trang" for p in parts) + "/"


def _own_path(found: Found) -> str:
    """The path that an ordinary page asks for: what Jekyll calls permalink and Hugo url."""
    wishes = {key: text for text, key, _, _ in found.spots("aliases")}
    return wishes.get("permalink") or wishes.get("url") or ""


def _web_address(found: Found, name: str) -> str:
    """An http address, or "" with a warning where the field holds something else."""
    text = found.text(name)
    if not text or PLAIN_ADDRESS.fullmatch(text):
        return text
    with contextlib.suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme in {"http", "https"} and parts.hostname and " " not in text:
            return text
    found.ignore(
        name, found.known[name][0].value, "a whole address such as https://bao.example/tin/412"
    )
    return ""


# What `urlsplit` finds no fault with; it costs ten times as much.
PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?:[/?#][!-~]*)?")


def _language(found: Found, rules: LoadRules) -> str:
    """A language tag (BCP 47, loosely), else the site's, with a warning."""
    text = found.text("lang")
    if text and not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", text):
        found.ignore("lang", found.known["lang"][0].value, "a language such as vi, en or pt-BR")
        text = ""
    return text.replace("_", "-") or rules.language


def _image(found: Found) -> str:
    """The lead picture: a file beside the article, a path of the site, or an http address."""
    text = found.text("image")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) and not text.startswith(("http://", "https://")):
        found.ignore(
            "image", found.known["image"][0].value, "the name of a file beside the article"
        )
        return ""
    return text


# What is said of the lead picture, and how groups of fields that name one call it.
WORDS_OF_IMAGE = {
    "image_alt": ("alt",),
    "image_caption": ("caption",),
    "image_credit": ("credit", "photographer"),
}


def _with_words_of(found: Found, image: str) -> str:
    """`extra` with what is said of the lead picture, which may also stand below it; a problem where nobody
    says what is to be seen on it."""
    if not image:
        return found.extra
    node = found.known["image"][0].value
    said = json.loads(found.extra)
    if isinstance(node, Fields):
        told = {
            pair.key.lower(): in_one_line(pair.value.text)
            for pair in node.pairs
            if isinstance(pair.value, Text)
        }
        for name, keys in WORDS_OF_IMAGE.items():
            words = next((told[key] for key in keys if told.get(key)), "")
            if words and not said.get(name):
                said[name] = words
    if not said.get("image_alt") and said.get("image_caption"):
        said["image_alt"] = said["image_caption"]  # as in a figure of the text
    if not said.get("image_alt"):
        found.problems.append(problem("alt-missing", found.at("image"), file=image))
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _spot(reference: str, text: str, body: Body) -> tuple[int, int]:
    """Line and column in the file where a body names something first."""
    index = max(text.find(reference), text.find(unquote(reference)), 0)
    line = body.line + text.count("\n", 0, index)
    return line, index - (text.rfind("\n", 0, index) + 1) + 1


def _access(found: Found) -> Access:
    if "access" not in found.known:
        return Access.FULL
    return Access(found.choice("access", list(Access)))


def _embargo(found: Found, rules: LoadRules) -> Timestamp | None:
    """Until when an article waits: its embargo, else Hugo's publishDate beside a date."""
    stamp = _moment(found, "embargo_until", rules)
    for each in found.known.get("timestamp", ())[1:]:
        if stamp is None and each.key.lower() == "publishdate" and isinstance(each.value, Text):
            stamp = dates.read(each.value.text, rules.timezone)
            if stamp is None and not fields.is_null(each.value):
                where, value = found.where(each.value), each.value.text
                found.problems.append(problem("timestamp-unreadable", where, value=value))
    return stamp


def _places(found: Found) -> tuple[tuple[str, int, int], ...]:
    """Where fields stand, and each old address by itself."""
    named = [(n, f[0].value.line, f[0].value.column) for n, f in found.known.items()]
    old = [(f"alias:{text}", line, column) for text, _, line, column in found.spots("aliases")]
    return (*named, *old)


def _is_draft(found: Found) -> bool:
    """A draft by its field, by Jekyll's `published: false`, or by Jekyll's folder `_drafts`."""
    unpublished = "published" in found.known and not found.flag("published")
    return found.flag("draft") or unpublished or "_drafts" in found.path.split("/")[:-1]


def _references(
    named: tuple[str, ...],
    text: str,
    body: Body,
    found: Found,
    image: str,
    attachments: Iterable[tuple[str, str, Location]],
) -> tuple[tuple[str, int, int], ...]:
    """What the body, the lead picture and the list of files refer to, each with its place in the file."""
    places = {}
    if image and "://" not in image and not image.startswith("//"):
        where = found.at("image")
        places[image] = (where.line, where.column)
    for reference, _, where in attachments:
        if "://" not in reference:
            places.setdefault(reference, (where.line, where.column))
    for reference in named:
        places.setdefault(reference, _spot(reference, text, body))
    return tuple((reference, *place) for reference, place in places.items())
