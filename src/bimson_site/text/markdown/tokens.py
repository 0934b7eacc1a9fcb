"""Tokens that are made by hand: such as the library makes, and one of our own for a block of words without
a mark, where the library has four or six.

Owns how such a token is made, and the name of ours. Who makes them: `alone`, `tables`, `marks`; who meets them:
`reading`, `printer`.
"""

from __future__ import annotations

from markdown_it.token import Token

WORDS = "words"


def words(tag: str, text: str, level: int) -> Token:
    """A block that holds nothing but `text`: a paragraph, an item of a list, a cell."""
    # Fields are set afterwards, here and below: arguments by name cost as much as the token.
    token = Token(WORDS, tag, 0)
    token.content, token.block, token.level = text, True, level
    return token


def inline(text: str, level: int) -> Token:
    """The lines of a block, to be parsed."""
    token = Token("inline", "", 0)
    token.content, token.block, token.level = text, True, level
    return token


def plain(text: str) -> Token:
    """Text within a line."""
    token = Token("text", "", 0)
    token.content = text
    return token


def around(tag: str, kind: str, tokens: list[Token], level: int) -> list[Token]:
    """A block of the tag that holds the tokens."""
    opened, closed = Token(f"{kind}_open", tag, 1), Token(f"{kind}_close", tag, -1)
    opened.block = closed.block = True
    opened.level = closed.level = level
    return [opened, *tokens, closed]
