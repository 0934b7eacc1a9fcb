"""Where a link may lead: schemes that a reader can follow, and references to this site.

Owns how a URL is read the way a browser reads it; never knows where a reference leads (`pipeline.references`)
nor what an address of this site looks like (`routes`). Who asks: `text.sanitise`, `text.markdown`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

# Schemes that a reader can follow; everything else (javascript:, vbscript:, data:, file: …) dies.
_SCHEME_NAMES = (
    "http https ftp mailto tel sms geo news irc ircs xmpp magnet webcal skype viber zalo"
)
SCHEMES = frozenset(_SCHEME_NAMES.split())
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
# Browsers drop these before they look for the scheme (WHATWG URL, "basic URL parser", steps 1 to 3).
_EDGE = "".join(map(chr, range(33)))
_TAB_OR_NEWLINE = str.maketrans("", "", "\t\n\r")
_PICTURE_DATA = re.compile(r"data:image/(png|gif|jpeg|webp)[;,]", re.IGNORECASE)


def scheme(url: str) -> str:
    """The scheme that a browser would see in `url` (entities already decoded), small letters, or ''."""
    found = _SCHEME.match(url.strip(_EDGE).translate(_TAB_OR_NEWLINE))
    return found[1].lower() if found else ""


def is_safe(url: str, *, picture: bool = False) -> bool:
    """True if a link (or the source of a picture) may be printed."""
    found = scheme(url)
    if found == "data" and picture:
        return bool(_PICTURE_DATA.match(url.strip(_EDGE).translate(_TAB_OR_NEWLINE)))
    return not found or found in SCHEMES


def is_reference(url: str, own: str = "") -> bool:
    """True if `url` names something of this site: no scheme, no host, not only a fragment; or a whole address
    below `own`, the address of the site, if it has one."""
    bare = url.strip(_EDGE)
    if own and bare.startswith(own) and bare[len(own) : len(own) + 1] in {"", "/", "#", "?"}:
        return True
    return bool(bare) and not bare.startswith(("#", "//", "\\\\")) and not scheme(bare)


def encoded(url: str) -> str:
    """A reference as markdown-it writes it, so that both spellings of a file are one."""
    return quote(url.strip(_EDGE).translate(_TAB_OR_NEWLINE), safe=";/?:@&=+$,-_.!~*'()#%")
