"""The words in inline tokens, as a reader sees them.

Owns which tokens break a line and which are not text; never changes one. Next: `reading`, `drawing`.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from bimson_site.text.lines import without_controls

_UNSEEN = frozenset({"image", "html_inline"})
BREAKS = frozenset({"softbreak", "hardbreak"})


def inline_text(children: Sequence[Token]) -> str:
    """The text of a line or more; line breaks stay, pictures and tags go."""
    text = "".join(
        [
            "\n" if token.type in BREAKS else token.content
            for token in children
            if token.type not in _UNSEEN
        ]
    )
    return without_controls(text)  # "&#12;" has become one
