"""Old addresses for the page 404: small JSON files that its script `old.js` looks an address up in.

Pure: rows in, texts by address out. `folded` and `shard` are spelled a second time in
theme/scripts/old.js; tests/unit/test_lookup.py holds the two together. What is gone is in no shard:
where a page was deleted, nothing of it is published.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from bimson_site import routes
from bimson_site.model import Old

_BROKEN = re.compile(r"%(?![0-9a-fA-F]{2})")


def shards(rows: Iterable[Old]) -> Mapping[str, str]:
    """The files "/old/XX.json", only those that hold something: folded address → target, encoded. Of
    rows with one folded form, the first in order stays."""
    found: dict[str, dict[str, str]] = {}
    for old in sorted(set(rows), key=lambda old: (old.address, old.target or "")):
        if old.target and re.fullmatch(r"/(?:[^/\\][^\\]*)?", old.target):
            key = folded(old.address)
            target = quote(old.target, safe="/")
            found.setdefault(routes.old_shard(shard(key)), {}).setdefault(key, target)
    return {
        name: json.dumps(found[name], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for name in sorted(found)
    }


def folded(address: str) -> str:
    """The form in which addresses are looked up: a path, decoded, without its last slashes, and the
    parameters of the query, decoded and sorted; in NFC and small letters."""
    path, mark, query = address.partition("?")
    pairs = sorted(_decoded(query).split("&"), key=lambda pair: pair.encode("utf-16-be"))
    text = path.rstrip("/") + (mark + "&".join(pairs) if query else "")
    return unicodedata.normalize("NFC", text).lower()


def _decoded(text: str) -> str:
    """What JavaScript's decodeURIComponent gives; what that refuses stays as it is."""
    try:
        return text if _BROKEN.search(text) else unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def shard(key: str) -> str:
    """The first byte of FNV-1a, 32 bits, of the key's UTF-8, as two hexadecimal digits."""
    number = 0x811C9DC5
    for byte in key.encode():
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return f"{number >> 24:02x}"
