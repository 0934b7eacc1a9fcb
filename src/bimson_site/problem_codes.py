"""Every code of a problem, with its severity and its English words, and the phrases in them.

Owns the words, for `errors` to fill in and for the catalogues in `theme/words/` to translate; knows no
place and no problem. Next: `errors`, through which all other modules and tests read this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error sets a file (or the whole site) aside; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Words:
    """The English words of one code: `message` says what is wrong, `hint` how to cure it."""

    severity: Severity
    message: str
    hint: str


def _error(message: str, hint: str) -> Words:
    return Words(Severity.ERROR, message, hint)


def _warning(message: str, hint: str) -> Words:
    return Words(Severity.WARNING, message, hint)


CODES: dict[str, Words] = {
    # --- an article file is set aside -----------------------------------------------------------
    "source-unreadable": _error(
        "this file cannot be read: {reason}",
        "check that it exists, is a regular file and may be read",
    ),
    "name-undecodable": _error(
        "the name of this file is not UTF-8 text",
        "rename the file",
    ),
    "encoding-invalid": _error(
        "byte {byte} is not UTF-8 text",
        "save the file as UTF-8; old Vietnamese files may be TCVN3, VNI or Windows-1258",
    ),
    "front-matter-unclosed": _error(
        "the front matter that opens here is never closed",
        "write a line of three dashes --- after the last field",
    ),
    "front-matter-invalid": _error(
        "the front matter is not YAML: {reason}",
        "put the value in quotation marks, or mend the line",
    ),
    "front-matter-refused": _error(
        "the front matter uses {what}, which article files may not",
        "write the value out as plain text",
    ),
    "timestamp-unreadable": _error(
        '"{value}" is not a date',
        "write it as 2004-05-17, or 2004-05-17T08:00:00+07:00",
    ),
    "value-invalid": _error(
        "{field} cannot be {value}",
        "write {expected}",
    ),
    "body-twice": _error(
        "the text stands twice: under body: and below the front matter",
        "keep one of the two",
    ),
    "address-clash": _error(
        "{url} is already taken by {owner}",
        "give one of the two another address",
    ),
    "worker-died": _error(
        "reading this file killed the process that read it",
        "set the file aside and report it to us with the file",
    ),
    # --- an article is published, but something should be looked at -----------------------------
    "title-missing": _warning(
        'no title: "{title}" stands in',
        "add a line  title: …  to the front matter",
    ),
    "line-mended": _warning(
        "{field} is not valid YAML and was read as plain text, the whole line",
        "write  {mended}",
    ),
    "comment-in-text": _warning(
        'YAML reads everything after " #" as a comment: {field} is now "{value}"',
        "write  {mended}",
    ),
    "undated": _warning(
        "no date, neither in the front matter nor in the name of the file",
        "add a line  timestamp: 2020-08-05  (2020-08, 2020 or ~1998 will do)",
    ),
    "key-duplicate": _warning(
        "{field} stands twice; the last one counts, the first one is in line {first}",
        "keep one of the two lines",
    ),
    "key-misspelt": _warning(
        "{field} is not a field of an article",
        "did you mean {suggestion}?",
    ),
    "id-duplicate": _warning(
        'the id "{id}" belongs to another file; the path of this file is its id now',
        "give each article an id of its own, or leave the line out",
    ),
    "slug-changed": _warning(
        'the slug "{slug}" cannot stand in an address as it is; "{used}" is used',
        "write  slug: {used}",
    ),
    "alias-invalid": _warning(
        'the old address "{alias}" cannot be answered by this site',
        "write a path of this site, such as /tin/bai-cu.html",
    ),
    "redirect-refused": _warning(
        "{server} does not answer the old address {url}: {reason}",
        "nothing to mend where another server answers: docs/how-to/old-addresses.md",
    ),
    "canonical-unknown": _warning(
        'canonical names "{value}", and no article of this site has that path or address',
        "write the path of an article file, or a whole https:// address",
    ),
    "value-ignored": _warning(
        "{field} cannot be {value}, so it is left out",
        "write {expected}",
    ),
    "link-unpublished": _warning(
        "{file}, to which this article links, is not published now",
        "publish it, or take the link out",
    ),
    "link-dead": _warning(
        "nothing of this site answers {url}, to which this article links",
        "mend the address, or take the link out; until then only its words are printed",
    ),
    "featured-unknown": _warning(
        "featured names {path}, and no article has that path",
        "write the path of an article file, such as 2020/08/05/tin.md",
    ),
    "menu-dead": _warning(
        "the menu leads to {url}, and nothing stands there",
        "mend the address, or make the page",
    ),
    "copies-disagree": _warning(
        'this copy of {keeper} says {field} "{here}", the other "{there}"; both are kept',
        "correct the wrong one",
    ),
    "file-missing": _warning(
        "the file {file} that this article names is not there",
        "put it beside the article, or mend the name",
    ),
    "picture-broken": _warning(
        "this picture cannot be read whole ({reason}), so there is no smaller version of it",
        "save it anew from the original; the file is published as it is",
    ),
    "picture-too-large": _warning(
        "this picture has {millions} million pixels, so there is no smaller version of it",
        "make it smaller by hand (150 million pixels are the limit); the file is published as it is",
    ),
    "alt-missing": _warning(
        "the picture {file} has no words for those who cannot see it",
        "say what is to be seen on it: ![The new bridge](bridge.jpg), or image_alt in the front matter",
    ),
    "file-unused": _warning(
        "this file is not an article (.md, .markdown), and no article names it",
        "rename it to .md if it is an article; files of your own belong in static/",
    ),
    "file-hidden": _warning(
        "the name of this file starts with a dot, so it is left out",
        "rename the file if it is an article",
    ),
    # --- the site as a whole ---------------------------------------------------------------------
    "base-url-missing": _warning(
        "the site has no base_url, so it gets no sitemap and no absolute links",
        "add a line  base_url: https://…  to bimson.yaml",
    ),
    "content-missing": _error(
        "there is no content folder in {folder}",
        "run the command in the folder of a site, name one with --site, or make one: bimson-site init DIR",
    ),
    "config-invalid": _error(
        "bimson.yaml is not YAML: {reason}",
        "mend the line",
    ),
    "config-unknown-key": _error(
        "{key} is not a setting of bimson.yaml",
        "write {suggestion}",
    ),
    "config-value": _error(
        "{key} cannot be {value}",
        "write {expected}",
    ),
    "dedupe-invalid": _error(
        "dedupe.yaml cannot be read: {reason}",
        "write  same:  or  different:  and below it groups such as  - [a.md, b.md]",
    ),
    "dedupe-name": _error(
        'dedupe.yaml names "{name}": {reason}',
        "write {expected}",
    ),
    "dedupe-contradiction": _error(
        "dedupe.yaml says that {first} and {other} are the same, and that they are different",
        "take one of the two out; until then the group under  same:  has no effect",
    ),
    "places-invalid": _warning(
        "this part of places.yaml is left out: {reason}",
        "write  Old Town: New Ward, New Province  or, below the name,  now:  since:  note:",
    ),
    "ledger-damaged": _error(
        "this line of the ledger of addresses cannot be read",
        "take the line back from git or a copy; each is  url,id,path,key,since,as",
    ),
    "ledger-locked": _error(
        "{url} is a new address, and --locked forbids new ones ({count} new lines in this file)",
        "run  bimson-site build  without --locked and commit permalinks/",
    ),
    "template-invalid": _error(
        "this template cannot be read: {reason}",
        "mend the line, or delete the file to use the theme's own",
    ),
    "template-failed": _error(
        "this template failed on the page {url}: {reason}",
        "mend the line, or delete the file to use the theme's own",
    ),
    "words-invalid": _error(
        "this translation cannot be used: {reason}",
        "mend the line, or delete the file to use the theme's own words",
    ),
    "extension-failed": _error(
        "the extension {name} cannot be used: {reason}",
        "mend it, or take its line out of bimson.yaml",
    ),
    "page-clash": _error(
        "two pages claim {url}: {first} and {second}",
        "give one of the two another address",
    ),
    "host-limit": _warning(
        "{host} takes at most {limit} {what}, and this archive has {count}",
        "publish it elsewhere, or leave something out: docs/how-to/publish.md",
    ),
    "output-foreign": _error(
        "the folder {folder} is not for bimson-site to write: it holds other files, or is part of the site",
        "name a folder of its own with --out, or in the setting output",
    ),
    "output-busy": _error(
        "another build is writing to {folder}",
        "wait until it has ended",
    ),
    "machine-refused": _error(
        "the machine refused: {reason}",
        "free some space or give yourself the right, then build again; the old site still stands",
    ),
    "internal": _error(
        "bimson-site itself failed: {reason}",
        "this is our mistake, not yours; please report it",
    ),
    "usage": _error(
        "{reason}",
        "see bimson-site --help",
    ),
}

PHRASES = (
    # --- why an old address is in no map ---------------------------------------------------------
    "another row answers this address",
    "it is too long",
    "it is not a path of this site",
    "it has a control character",
    "a page stands at this address",
    "* and : are wildcards there",
    "this host does not look at queries",
    "this host takes only name=value in a query",
    # --- why a picture cannot be read --------------------------------------------------------------
    "it is no picture, or of a kind that is not known",
    # --- what a value should be ------------------------------------------------------------------
    "a text",
    "true or false",
    "a name",
    "a whole address such as https://bao.example/tin/412",
    "the name of a file beside the article",
    "an address such as https://luutru.example or https://example.vn/luu-tru",
    "an address such as https://new.example",
    "a time zone such as Asia/Ho_Chi_Minh or UTC",
    "a date such as 2025-07-01",
    "title and url, such as  - Giới thiệu: /gioi-thieu/",
    "an address such as /tin/",
    "a whole number from 1 to 1000",
    "the path of an article, below this folder",
    "the name of a folder of its own, such as build",
    "names such as my_extension",
    "a language such as vi, en or pt-BR",
    "a list, such as  - Giới thiệu: /gioi-thieu/",
    "a list, such as [Tin tức, Thể thao]",
    "a list, such as [Unknown, admin]",
    "a list, such as [my_extension]",
    "a list of paths of articles",
    "texts, records or none",
    "relative or explicit",
    "a list, such as [authors, tags]",
    "authors, sources or tags",
    "the path of an article file, its id or its address",
    "another article, or leave it out",
    "cloudflare-pages, github-pages, gitlab-pages or netlify",
    "a list, such as [nginx, caddy]",
    "apache, caddy, cloudflare-pages, gitlab-pages, iis, netlify or nginx",
    "only one of cloudflare-pages, gitlab-pages and netlify",
    # --- what a host has limits for --------------------------------------------------------------
    "files",
    "bytes in all",
    "bytes in one file",
    "redirects",
    # --- why a file or a block cannot be read ----------------------------------------------------
    "not a regular file",
    "it cannot be read",
    "it is not UTF-8 text",
    "the process that looked at it died",
    "a process of this build was ended from outside; there may be too little memory",
    "it is not a gettext file",
    "a %(name)s stands there that the English words do not have",
    "it has no EXTENSION of the type bimson_site.extension.Extension",
    "a second document begins here",
    "a second colon in one line",
    "a line without a colon",
    "the line does not fit those above it",
    "a quotation mark is never closed",
    "a list in [ ] lacks a comma or its end",
    "a mapping in { } lacks a comma or its end",
    "a dash begins a value",
    "a question mark begins a value",
    "a tab may not indent",
    "a list where fields should be",
    # --- what is wrong in dedupe.yaml -------------------------------------------------------------
    "only same: and different: may stand here",
    "a list of groups should stand here",
    "the name of an article should stand here",
    "a group names two articles or more",
    "no article has this path, id or address",
    "it means more than one article",
    "it is an ordinary page",
    "it stands twice in this group",
    # --- what is wrong in places.yaml -------------------------------------------------------------
    "the name of a place should stand here",
    "only now:, since: and note: may stand here",
    "it does not say what the place is now",
    "the name that the place has now should stand here",
    "a date such as 2025-07-01 should stand here",
    "a text should stand here",
    "this place stands twice",
    # --- what cannot be removed -----------------------------------------------------------------------
    "no article has this path or address",
    "it is no article",
    # --- what a block may not use ----------------------------------------------------------------
    "more than 1 MiB",
    "more than 64 KiB of TOML",
    "more than 16 levels of nesting",
    "a key of more than 64 dots",
    "a merge key (<<)",
    "a list or mapping as a key",
)
"""The phrases that stand in values, for the catalogues; those with a variable part stay English."""
