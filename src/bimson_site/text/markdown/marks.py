"""Marks within lines: what most of them are is seen at a glance, and of the rules of markdown-it-py only
those are asked that can begin at a character.

Owns the proof that what is seen is what the rules would make of it (a property compares them). Next:
`alone`, which does the same for blocks.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.parser_inline import RuleFuncInlineType
from markdown_it.rules_core import StateCore, text_join
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    entity,
    escape,
    html_inline,
    image,
    link,
    newline,
    strikethrough,
)
from markdown_it.token import Token

from bimson_site.text.markdown.tokens import plain

# The rules of the library, in its order. A note, too, may begin at "[": that rule comes after these.
_BEGIN: dict[str, tuple[RuleFuncInlineType, ...]] = {
    "\n": (newline,),
    "\\": (escape,),
    "`": (backtick,),
    "~": (strikethrough.tokenize,),
    "*": (emphasis.tokenize,),
    "_": (emphasis.tokenize,),
    "[": (link,),
    "!": (image,),
    "<": (autolink, html_inline),
    "&": (entity,),
}
# At these characters a rule begins, or the label of a link ends.
_MARK = re.compile(r"[\n\\`~*_\[\]!<&]")
# In a text without these nothing is marked; "!" and "]" need a "[".
_MARKS = ("\\", "`", "*", "_", "~", "[", "<", "&")
_MARKED = re.compile(r"[\\`*_~\[<&]")
# Such a line break is more than that, or takes the spaces with it.
_RAGGED = re.compile(r" \n|\n[ \t]")
# Nothing in it to encode.
_PLAIN_LINK = (
    r"(?:https?://[a-z0-9][a-z0-9.\-]*(?:/[A-Za-z0-9._\-/]*)?|[A-Za-z0-9][A-Za-z0-9._\-/]*)"
)
_IS_PLAIN_LINK = re.compile(_PLAIN_LINK)
# A link of unmarked words, or emphasis of them: stars before a letter can open, and stars that follow no
# space can close where one follows, or a mark of a sentence; that they are as many makes them a pair.
_UNMARKED = r"[^\\`*_~\[<&\n]"
_SPAN = re.compile(
    rf"(?<!!)\[(?P<label>(?:(?!\]){_UNMARKED})++)\]\((?P<href>{_PLAIN_LINK})\)"
    rf"|(?P<stars>\*\*?)(?=[^\W_])(?P<words>{_UNMARKED}++)(?<!\s)(?P=stars)(?=[ \n.,;:!?)]|\Z)"
)
_TAGS = {"*": "em", "**": "strong"}


def use(parser: MarkdownIt) -> None:
    """Put the shortcuts in the place of the rules within lines."""
    parser.core.ruler.at("inline", _inline)
    parser.core.ruler.at("text_join", _text_join)
    parser.inline.ruler.before("newline", "begun", _begun)
    parser.inline.ruler.enableOnly(["text", "begun", "footnote_ref"])
    parser.inline.terminator_re = _MARK
    parser.normalizeLink = _normal  # type: ignore[method-assign]


def _begun(state: StateInline, silent: bool) -> bool:
    """One of the library's rules, if any finds what it looks for."""
    return any(rule(state, silent) for rule in _BEGIN.get(state.src[state.pos], ()))


def _normal(url: str) -> str:
    return url if _IS_PLAIN_LINK.fullmatch(url) else normalizeLink(url)


def _inline(state: StateCore) -> None:
    """The library's rule of that name, without its parser where all is seen."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = _seen(token.content)
        if token.children is None:
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _text_join(state: StateCore) -> None:
    """The library's rule of that name, where there is something to join: an escape or an entity."""
    if "\\" in state.src or "&" in state.src:
        text_join(state)


def unmarked(text: str) -> bool:
    """True if the text stands for itself, line breaks and all."""
    for mark in _MARKS:  # sooner done than a search for any of them
        if mark in text:
            return False
    return not _ragged(text)


def _ragged(text: str) -> bool:
    return "\n" in text and bool(_RAGGED.search(text))


def _seen(text: str) -> list[Token] | None:
    """The tokens of a text of words, plain links and plain emphasis; None if there is more in it. Line
    breaks are within the words."""
    if _ragged(text):
        return None
    tokens: list[Token] = []
    end = 0
    while mark := _MARKED.search(text, end):
        if not (span := _SPAN.match(text, mark.start())):
            return None
        if mark.start() > end:
            tokens.append(plain(text[end : mark.start()]))
        tokens += _tokens(span)
        end = span.end()
    if end < len(text):
        tokens.append(plain(text[end:]))
    return tokens


def _tokens(found: re.Match[str]) -> tuple[Token, Token, Token]:
    label, href, stars, words = found.group("label", "href", "stars", "words")
    if not href:
        tag = _TAGS[stars]
        return Token(f"{tag}_open", tag, 1), plain(words), Token(f"{tag}_close", tag, -1)
    return Token("link_open", "a", 1, {"href": href}), plain(label), Token("link_close", "a", -1)
