"""The characters that most texts here are made of, one byte each: then `bytes.translate` does in one pass
what else takes a look at every character.

Owns which these are; never what they mean. Who asks: `text.similarity` and `text.slugs`.
"""

from __future__ import annotations

import codecs
from functools import lru_cache

_MARKED = "ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"

CHARACTERS = "".join(
    [
        "\0\t\n",
        *map(chr, range(32, 127)),
        _MARKED,
        _MARKED.upper(),
        "–—−“”‘’…•°²³½€₫×·«»üö\xa0\u200b",
    ]
)
"""By their bytes. All are in NFC, and none has another ASCII letter or digit than itself in its
compatibility forms but for capitals and marks; at most 256."""

_PAGE = codecs.charmap_build(CHARACTERS.ljust(256, "\ufffe"))


@lru_cache(maxsize=1)  # skeleton and sentences of a text are made one after the other
def encoded(text: str) -> bytes | None:
    """The text with one byte for each character; None if it holds any other."""
    try:
        return codecs.charmap_encode(text, "strict", _PAGE)[0]
    except UnicodeEncodeError:
        return None
