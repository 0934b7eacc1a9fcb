"""Who may ask, and for what: the names by which a preview may be called, and addresses as they are asked for.

Pure. A page elsewhere must not read the drafts of an editor through the editor's own browser: it could, by a name
of its own that leads to this machine (DNS rebinding), so only names that no one else can own are answered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import unquote_to_bytes, urlsplit

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?").fullmatch
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def admitted(hosts: Sequence[str], origins: Sequence[str], served_as: str) -> bool:
    """Whether a request with these Host and Origin headers is one to answer. `served_as` is what the
    server listens on: on this machine alone, only its names count; else any bare number too, for a number
    can be nobody's name."""
    if len(hosts) != 1 or not (found := _HOST(hosts[0])):
        return False
    name = found[1].strip("[]").lower()
    if name not in {*_HERE, served_as.strip("[]").lower()} and not _bare(name, served_as):
        return False
    return all(origin == f"http://{hosts[0]}" for origin in origins)


def on_this_machine(host: str) -> bool:
    """Whether only this machine itself reaches a server there."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _bare(name: str, served_as: str) -> bool:
    if on_this_machine(served_as):
        return False
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def path_of(target: bytes) -> str | None:
    """The path that a request asks for, decoded and in NFC; None for what is no path of a site: whole
    addresses, names such as "..", backslashes, controls, bytes that are no text, empty names."""
    raw = target.partition(b"?")[0]
    try:
        path = unicodedata.normalize("NFC", unquote_to_bytes(raw).decode())
    except UnicodeDecodeError:
        return None
    names = path.split("/")
    if names[0] or len(names) < 2 or not {".", ".."}.isdisjoint(names) or "" in names[1:-1]:
        return None
    return None if "\\" in path or any(unicodedata.category(c) == "Cc" for c in path) else path


def prefix_of(base_url: str) -> str:
    """The folder of its host in which a site lies: "" or "/name"."""
    return urlsplit(base_url).path.rstrip("/")
