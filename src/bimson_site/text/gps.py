"""Pictures without the place where they were taken: GPS data taken out, everything else left as it is.

Owns where such data lie in JPEG, PNG, WebP, TIFF and HEIF (AVIF) files: in Exif, whose GPS directory goes, and in
XMP, where properties `exif:GPS…` do. No pixel is touched; what cannot be walked is left alone. What a camera's maker
notes in its own secret format is not looked at.

Sources: CIPA DC-008 (Exif 2.32), 4.6; TIFF 6.0, section 2; PNG, third edition, 5.3 and 11.3.4; the WebP
container specification, "Metadata".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from zlib import crc32

_PNG = b"\x89PNG\r\n\x1a\n"
_TIFF = (b"II*\0", b"MM\0*")
_XMP = re.compile(
    rb"""exif:GPS\w+\s*=\s*(?:"[^"]*"|'[^']*')|<exif:GPS(\w+)\b[^>]*>.*?</exif:GPS\1\s*>""",
    re.DOTALL,
)
_GPS = 0x8825  # the tag of the entry that leads to the GPS directory
_DIRECTORIES = 8  # of one file that are looked at: a picture and its thumbnails
# Bytes of one value by type; types beyond these stand in no GPS directory.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}


def without_gps(data: bytes) -> bytes:
    """The same file without GPS data; the same bytes where it has none. Never raises."""
    if b"GPS" not in data and b"\x88\x25" not in data and b"\x25\x88" not in data:
        return data if not data.startswith(_PNG) else bytes(_png(data))
    if data.startswith(b"\xff\xd8"):
        return _within(data, _jpeg)
    if data.startswith(_PNG):
        return bytes(_png(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _within(data, _webp)
    if data.startswith(_TIFF):
        return _within(data, _tiff)
    if data[4:8] == b"ftyp":
        return _within(data, _heif)
    return data


_Spans = Iterator[tuple[int, int]]  # where Exif or XMP lies: from, to before


def _within(data: bytes, spans: Callable[[bytes], _Spans]) -> bytes:
    """The file with what lies in some places made free of GPS; its length stays."""
    found = bytearray(data)
    for start, end in spans(data):
        found[start:end] = _freed(bytes(found[start:end]))
    return data if found == data else bytes(found)


def _freed(part: bytes) -> bytes:
    """Exif or XMP of the same length without GPS."""
    if part.startswith(b"Exif\0\0"):
        return part[:6] + _freed(part[6:])
    if part.startswith(_TIFF):
        return _exif(part)
    return _XMP.sub(lambda found: b" " * len(found[0]), part)


def _jpeg(data: bytes) -> _Spans:
    """The segments APP1 before the first scan."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:  # a fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xE1:
            yield at + 4, min(end, len(data))
        at = max(end, at + 4)


def _webp(data: bytes) -> _Spans:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] in {b"EXIF", b"XMP "}:
            yield at + 8, min(at + 8 + size, len(data))
        at += 8 + size + size % 2


def _tiff(data: bytes) -> _Spans:
    """The whole is one structure, in which XMP is the value of an entry."""
    yield 0, len(data)
    yield from _packet(data)


def _heif(data: bytes) -> _Spans:
    """Exif and XMP are items somewhere in the file; a TIFF header after "Exif", and the packet, tell where."""
    for found in re.finditer(rb"Exif\0\0(?=II\*\0|MM\0\*)", data):
        yield found.end(), len(data)
    yield from _packet(data)


def _packet(data: bytes) -> _Spans:
    if (start := data.find(b"<x:xmpmeta")) >= 0:
        yield start, max(data.find(b"</x:xmpmeta>", start), start)


def _png(data: bytes) -> bytearray:
    """Chunks eXIf and iTXt made free; a profile that ImageMagick wrote as text is dropped whole."""
    found, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind, part = data[at + 4 : at + 8], data[at + 8 : end - 4]
        if kind in {b"eXIf", b"iTXt"} and (freed := _freed(part)) != part:
            found += data[at : at + 8] + freed + crc32(kind + freed).to_bytes(4, "big")
        elif not (kind in {b"tEXt", b"zTXt"} and part.startswith(_PROFILES)):
            found += data[at:end]
        at = end
    return found + data[at:]


_PROFILES = (b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type xmp")


def _exif(part: bytes) -> bytes:
    """The directories of a TIFF structure without the entry GPS, and without what it leads to."""
    order = "little" if part[:2] == b"II" else "big"
    found = bytearray(part)

    def number(at: int, size: int = 4) -> int:
        return int.from_bytes(found[at : at + size], order)  # type: ignore[arg-type]

    at, seen = number(4), 0
    while at > 0 and at + 2 <= len(found) and seen < _DIRECTORIES:
        seen += 1
        count = number(at, 2)
        end = at + 2 + 12 * count
        for entry in range(at + 2, min(end, len(found) - 11), 12):
            if number(entry, 2) == _GPS:
                _blank(found, number(entry + 8), number)
                # The entries behind it and the way to the next directory move up.
                found[entry : end + 4] = found[entry + 12 : end + 4].ljust(end + 4 - entry, b"\0")
                found[at : at + 2] = (count - 1).to_bytes(2, order)  # type: ignore[arg-type]
                end -= 12
                break
        at = number(end) if end + 4 <= len(found) else 0
    return bytes(found[: len(part)])


def _blank(found: bytearray, at: int, number: Callable[..., int]) -> None:
    """Zeros over a directory and over the values that its entries lead to."""
    if at <= 0 or at + 2 > len(found):
        return
    end = at + 2 + 12 * number(at, 2)
    for entry in range(at + 2, min(end, len(found) - 11), 12):
        size = _SIZES.get(number(entry + 2, 2), 0) * number(entry + 4)
        value = number(entry + 8)
        if 4 < size <= len(found) - value:
            found[value : value + size] = bytes(size)
    end = min(end, len(found))
    found[at:end] = bytes(end - at)
