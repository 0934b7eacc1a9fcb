"""Figures: a picture and its caption, as people write them in Markdown, which knows neither.

Owns what counts as a caption; takes tokens and gives tokens, and never draws. Next: `parser`.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from bimson_site.text.markdown.inline import BREAKS, inline_text


def with_figures(tokens: list[Token]) -> list[Token]:
    """Paragraphs of a picture and its caption become figures.

    The caption is an emphasised line (* or **) after a line break, or the next paragraph if it is in
    italics as a whole; a bold paragraph below a picture is more often the lede or a question. Without either
    the title of a picture that stands alone is its caption.
    """
    out: list[Token] = []
    end = 0  # of the last figure
    for at, token in enumerate(tokens):
        if at < end:
            continue
        if token.type == "paragraph_open":
            figure, used = _figure(tokens, at)
            out.extend(figure)
            end = at + used
        if at >= end:
            out.append(token)
    return out


def _figure(tokens: list[Token], at: int) -> tuple[list[Token], int]:
    """The tokens of the figure that starts at `at`, and how many tokens it replaces; or none."""
    if all(t.type != "image" for t in tokens[at + 1].children or ()):
        return [], 0
    children = _paragraph(tokens, at)
    if not children or not any(t.type == "image" for t in children[:2]):
        return [], 0
    pictures, rest = _split_pictures(children)
    if not pictures:
        return [], 0
    used, caption = 3, _emphasised(rest, ("em_open", "strong_open"))
    if rest and not caption:
        return [], 0
    if not rest and (caption := _emphasised(_paragraph(tokens, at + 3), ("em_open",))):
        used = 6
    caption = caption or _titled(pictures)
    if caption:
        _labelled(pictures, inline_text(caption))
    level = tokens[at].level
    figure = [
        Token("figure_open", "figure", 1, block=True, level=level),
        Token("inline", "", 0, children=pictures, level=level + 1),
    ]
    if caption:
        figure += [
            Token("figcaption_open", "figcaption", 1, level=level + 1),
            Token("inline", "", 0, children=caption, level=level + 2),
            Token("figcaption_close", "figcaption", -1, level=level + 1),
        ]
    return [*figure, Token("figure_close", "figure", -1, block=True, level=level)], used


def _labelled(pictures: list[Token], caption: str) -> None:
    """A caption is the alternative text too where a picture has none: so that it has a name for those who do not
    see it, and the link to its original too."""
    for token in pictures:
        if token.type == "image" and not token.content.strip():
            token.content = caption
            token.children = [Token("text", "", 0, content=caption)]


def _titled(pictures: list[Token]) -> list[Token]:
    """The title of the only picture, taken from it, or none."""
    images = [token for token in pictures if token.type == "image"]
    title = str(images[0].attrs.get("title", "")) if len(images) == 1 else ""
    if not title.strip():
        return []
    del images[0].attrs["title"]
    return [Token("text", "", 0, content=title)]


def _paragraph(tokens: list[Token], at: int) -> list[Token]:
    """The children of the visible paragraph that starts at `at`, or none."""
    if at + 1 >= len(tokens) or tokens[at].type != "paragraph_open" or tokens[at].hidden:
        return []
    return [t for t in tokens[at + 1].children or [] if t.type != "text" or t.content]


def _split_pictures(children: list[Token]) -> tuple[list[Token], list[Token]]:
    """The pictures (linked or not) that open a paragraph, and what follows a line break after them."""
    end = 0
    while end < len(children):
        kinds = [t.type for t in children[end : end + 3]]
        if kinds[:1] == ["image"]:
            step = 1
        elif kinds == ["link_open", "image", "link_close"]:
            step = 3
        elif kinds[0] in BREAKS or (not children[end].content.strip() and kinds[0] == "text"):
            step = 1
        else:
            break
        end += step
    rest = children[end:]
    if rest and (end == 0 or children[end - 1].type not in BREAKS):
        return [], rest
    return [t for t in children[:end] if t.type not in BREAKS], rest


def _emphasised(children: Sequence[Token], opens: tuple[str, ...]) -> list[Token]:
    """What stands inside one pair of emphasis that spans all of `children`, or none."""
    if len(children) < 3 or children[0].type not in opens:
        return []
    close = children[0].type.replace("open", "close")
    depth = 0
    for number, token in enumerate(children):
        depth += token.nesting if token.type in {children[0].type, close} else 0
        if depth == 0:
            inside = list(children[1:-1])
            whole = number == len(children) - 1 and not any(t.type == "image" for t in inside)
            return inside if whole else []
    return []
