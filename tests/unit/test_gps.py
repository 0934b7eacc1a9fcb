"""The place where a picture was taken, taken out of files of every kind; all else stays."""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin, TiffImagePlugin

from bimson_site.text.gps import without_gps

PLACE = {1: "N", 2: (20.0, 4.0, 59.5), 3: "E", 4: (105.0, 51.0, 12.0)}
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description'
    b' exif:GPSLatitude="20,4.99N" exif:GPSLongitude=\'105,51.2E\' tiff:Make="May">'
    b"<exif:GPSAltitude>17/1</exif:GPSAltitude><dc:title>Ben do</dc:title>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
SECRETS = (b"20,4.99N", b"105,51.2E", b"17/1", b"exif:GPS")
KEPT = (b'tiff:Make="May"', b"<dc:title>Ben do</dc:title>")


def exif() -> Image.Exif:
    made = Image.Exif()
    made[0x010F], made[0x8825] = "May", PLACE
    return made


def with_exif(kind: str) -> bytes:
    if kind != "TIFF":
        return picture(kind, exif=exif())
    told = TiffImagePlugin.ImageFileDirectory_v2()
    told[0x010F], told[0x8825] = "May", PLACE
    return picture("TIFF", tiffinfo=told)


def picture(kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (200, 90, 60)).save(out, kind, **more)
    return out.getvalue()


def with_xmp(kind: str) -> bytes:
    if kind == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_itxt("XML:com.adobe.xmp", XMP.decode())
        return picture("PNG", pnginfo=told)
    if kind == "TIFF":
        return picture("TIFF", tiffinfo={700: XMP})
    return picture(kind, xmp=XMP)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_xmp_loses_its_gps_properties_only(kind: str) -> None:
    data = with_xmp(kind)
    assert all(secret in data for secret in SECRETS)
    freed = without_gps(data)
    assert len(freed) == len(data)
    assert not [secret for secret in SECRETS if secret in freed]
    assert all(words in freed for words in KEPT)
    one, other = (Image.open(io.BytesIO(each)) for each in (data, freed))
    assert one.tobytes() == other.tobytes()
    assert without_gps(freed) == freed


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_loses_its_gps_directory_only(kind: str) -> None:
    data = with_exif(kind)
    before, after = (Image.open(io.BytesIO(each)) for each in (data, without_gps(data)))
    assert before.getexif().get_ifd(0x8825)
    assert not after.getexif().get_ifd(0x8825)
    assert after.getexif()[0x010F] == "May"
    assert before.tobytes() == after.tobytes()


def test_a_heif_file_of_a_phone_loses_both() -> None:
    """Its items lie anywhere: Exif with its own header, and the packet of XMP."""
    tiff = exif().tobytes()
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40 + tiff + b"pixels" * 9 + XMP
    freed = without_gps(data)
    assert len(freed) == len(data)
    assert freed[:64] == data[:64]
    assert b"pixels" * 9 in freed
    assert not [secret for secret in SECRETS if secret in freed]
    start = freed.index(b"Exif\0\0")
    left = Image.Exif()
    left.load(freed[start : start + len(tiff)])
    assert left[0x010F] == "May"
    assert not left.get_ifd(0x8825)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_what_is_cut_short_never_raises(kind: str) -> None:
    data = with_exif(kind)
    for end in range(0, len(data), 7):
        without_gps(data[:end])
