"""Pictures: how large one is, whether it is whole, a smaller version of it; the only import of PIL.

What is made lies in a folder by the digest of the picture it was made from, so it is made once. Never knows where a
picture is shown. Who asks: `jobs`, for `darkroom`.
"""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bimson_site.text.gps import without_gps

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 1_200  # pixels of the widest version that a page carries
BYTES_LIMIT = 200_000_000
# A picture of more is not decoded: 150 million pixels take 600 MB.
PIXELS_LIMIT = 150_000_000

# Formats that are made smaller, with the ending of the version; others are shown as they are.
_VERSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "png", "MPO": "jpg"}
_OPTIONS: dict[str, dict[str, object]] = {
    "jpg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
    "png": {"format": "PNG", "optimize": True},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
}
_ORIENTATION, _TURNED = 0x0112, frozenset({5, 6, 7, 8})  # Exif 2.32, 4.6.4


class Facts(NamedTuple):
    """What is known of a picture: its size in pixels as a reader sees it (0: not known); the names of what was
    made of it, '' where the file itself will do: the whole picture without GPS data, and a smaller version with
    its size; the code of what is wrong with it, and the reason."""

    width: int = 0
    height: int = 0
    clean: str = ""
    small: str = ""
    small_width: int = 0
    small_height: int = 0
    wrong: str = ""
    reason: str = ""

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(name for name in (self.clean, self.small) if name)


def look(data: bytes, digest: str, folder: Path) -> Facts:
    """The facts of a picture; what must be made of it is put into the folder under its digest. OSError only
    where the folder cannot be written."""
    clean = ""
    if (freed := without_gps(data)) != data:
        clean = f"{digest}.clean"
        _put(folder, clean, freed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        facts, version = _decoded(data)
    if version:
        small = f"{digest}.{WIDTH}"
        _put(folder, small, version)
        facts = facts._replace(small=small)
    return facts._replace(clean=clean)


def _decoded(data: bytes) -> tuple[Facts, bytes]:
    """The facts of a picture and its smaller version, if it needs one."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # we look before we decode
    facts = Facts()
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > PIXELS_LIMIT:
                millions = f"{width * height / 1e6:.0f}"
                return Facts(wrong="picture-too-large", reason=millions), b""
            if picture.getexif().get(_ORIENTATION) in _TURNED:
                width, height = height, width
            facts = Facts(width, height)
            ending = _VERSIONS.get(picture.format or "", "")
            moving = getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO"
            picture.load()
            if width <= WIDTH or not ending or moving:
                return facts, b""
            made = _smaller(picture, ending)
            # A profile of inks says nothing of the colours that they were turned into.
            profile = None if picture.mode == "CMYK" else picture.info.get("icc_profile")
            facts = facts._replace(small_width=made.width, small_height=made.height)
            return facts, _saved(made, ending, profile)
    except Exception as err:  # noqa: BLE001 - the failings of decoders have no class in common
        reason = " ".join(str(err).split()) or type(err).__name__
        if isinstance(err, UnidentifiedImageError):
            reason = "it is no picture, or of a kind that is not known"
        return facts._replace(wrong="picture-broken", reason=reason[:120]), b""


def _smaller(picture: Image.Image, ending: str) -> Image.Image:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    wanted = "RGB" if ending == "jpg" else "RGBA" if _transparent(upright) else "RGB"
    if upright.mode not in {"L", wanted}:
        upright = upright.convert(wanted)
    height = max(1, round(upright.height * WIDTH / upright.width))
    return upright.resize((WIDTH, height), Image.Resampling.LANCZOS)


def _transparent(picture: Image.Image) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info


def _saved(picture: Image.Image, ending: str, profile: object) -> bytes:
    """The bytes of a version: its colours' profile, and nothing else of what the file says."""
    out = io.BytesIO()
    kept = {"icc_profile": profile} if profile else {}
    picture.info.clear()
    picture.save(out, **{**_OPTIONS[ending], **kept})  # type: ignore[arg-type]
    return out.getvalue()


def _put(folder: Path, name: str, data: bytes) -> None:
    """Whole or not at all: other processes may make the same."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{name}.{os.getpid()}"
    beside.write_bytes(data)
    beside.replace(folder / name)


def there(folder: Path) -> frozenset[str]:
    """The names of what was made."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return frozenset()


def forget(folder: Path, names: frozenset[str]) -> None:
    """Drop what nobody needs: nothing of a picture that was removed may be left."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
