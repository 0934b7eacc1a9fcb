"""Pictures on pages: smaller versions, originals without GPS data, and what is warned of."""

from __future__ import annotations

import io

from PIL import Image

from conftest import article, pixels

FOLDER = "2020/08/05/tin"
PLACE = {1: "N", 2: (20.0, 4.0, 59.5), 3: "E", 4: (105.0, 51.0, 12.0)}


def photo(width: int, height: int, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x8825] = "May", 6, PLACE
    return pixels(width=width, height=height, format=kind, exif=exif)


def test_a_wide_picture_has_a_smaller_version_and_its_original_no_place(site) -> None:
    made = site({"a.md": article(body="![Cầu](cau.jpg)"), "content/cau.jpg": photo(2000, 3000)})
    made.build()
    html, files = made.output(f"{FOLDER}/index.html"), made.files()
    assert '<a class="original" href="cau.jpg"><img src="cau.1200.jpg"' in html
    assert 'width="1200" height="800"' in html  # turned upright
    own = Image.open(io.BytesIO(photo(2000, 3000)))
    published = Image.open(io.BytesIO(files[f"{FOLDER}/cau.jpg"]))
    assert (own.getexif().get_ifd(0x8825), published.getexif().get_ifd(0x8825)) == (PLACE, {})
    assert published.getexif()[0x010F] == "May"
    assert published.tobytes() == own.tobytes()
    version = Image.open(io.BytesIO(files[f"{FOLDER}/cau.1200.jpg"]))
    assert version.size == (1200, 800)
    assert not version.getexif()


def test_png_and_webp_lose_the_place_too(site) -> None:
    made = site({"a.md": article(body="![Một](a.png) ![Hai](b.webp)")})
    for name, kind in (("a.png", "PNG"), ("b.webp", "WEBP")):
        made.write(f"content/{name}", photo(40, 30, kind))
    assert made.build().codes == ["base-url-missing"]
    for name in ("a.png", "b.webp"):
        picture = Image.open(io.BytesIO(made.files()[f"{FOLDER}/{name}"]))
        picture.load()
        assert (picture.getexif()[0x010F], picture.getexif().get_ifd(0x8825)) == ("May", {})


def test_warm_is_clean_when_a_picture_comes_changes_and_goes(site) -> None:
    made = site({"a.md": article(body="![Cầu](cau.jpg)"), "static/x.png": pixels()}, "am")
    for data in (None, pixels(1, 1300, 40, format="JPEG"), photo(1500, 20), b"x", None):
        if data is None:
            (made.root / "content/cau.jpg").unlink(missing_ok=True)
        else:
            made.write("content/cau.jpg", data)
        warm = made.build()
        text = (made.root / "content/a.md").read_text(encoding="utf-8")
        fresh = site({"a.md": text, "static/x.png": pixels()}, f"sach-{hash(data)}")
        if data is not None:
            fresh.write("content/cau.jpg", data)
        clean = fresh.build()
        assert warm.codes == clean.codes
        assert made.files() == fresh.files()


def test_a_missing_file_becomes_words_and_media_base_is_asked_first(site) -> None:
    made = site({"a.md": article(body="[tệp](x.pdf) ![Ảnh](y.jpg)")})
    assert made.build().codes == ["base-url-missing", "file-missing", "file-missing"]
    assert "<p>tệp Ảnh</p>" in made.output(f"{FOLDER}/index.html")
    made.write("bimson.yaml", "media_base: https://media.example/kho\n")
    assert made.build().codes == ["base-url-missing"]
    html = made.output(f"{FOLDER}/index.html")
    assert 'href="https://media.example/kho/x.pdf"' in html
    assert 'src="https://media.example/kho/y.jpg"' in html


def test_a_broken_picture_is_named_without_a_line_of_it(site) -> None:
    made = site({"content/a.md": article("Bài", body="![Cầu](cau.jpg)"), "content/cau.jpg": "hỏng"})
    told = made.run("build").err
    assert "cau.jpg:1:1: warning[picture-broken]" in told
    assert "1 | " not in told


def test_a_lead_picture_in_the_text_keeps_its_words(site) -> None:
    words = "{src: cau.jpg, alt: Cầu, caption: 'Cầu & sông', credit: Quốc Vinh}"
    credit = '<span class="credit">Ảnh: Quốc Vinh</span>'
    for body, told in (
        ("![Cầu](cau.jpg)\n", f"<figcaption>Cầu &amp; sông {credit}</figcaption>"),
        ("![Cầu](cau.jpg)\n*Sáng nay*\n", f"<figcaption>Sáng nay {credit}</figcaption>"),
        ("![A](a.jpg)\n\n![Cầu](cau.jpg)\n", f"<figcaption>Cầu &amp; sông {credit}</figcaption>"),
        ("Xem ![Cầu](cau.jpg) ở đây.\n", f"<figcaption>Cầu &amp; sông {credit}</figcaption>"),
    ):
        made = site({"a.md": article(body=body, image=words)}, str(hash(body)))
        made.write("content/cau.jpg", photo(1300, 60)).write("content/a.jpg", pixels())
        made.build()
        html = made.output(f"{FOLDER}/index.html")
        assert html.count(told) == 1
        in_a_figure = not body.startswith("Xem")
        assert ('<figure class="lead">' in html) == (not in_a_figure)
        if in_a_figure:
            figure = html[: html.index(told)].rpartition("<figure>")[2]
            assert 'alt="Cầu"' in figure


def test_a_caption_is_told_where_a_picture_has_no_words(site) -> None:
    body = '![](a.jpg)\n*Chợ phiên*\n\n![](b.jpg "Bến đò")\n'
    made = site({"a.md": article(body=body, image="{src: c.jpg, caption: Cầu mới}")})
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        made.write(f"content/{name}", pixels(len(name)))
    assert made.build().codes == ["base-url-missing"]
    html = made.output(f"{FOLDER}/index.html")
    for words in ("Chợ phiên", "Bến đò", "Cầu mới"):
        assert f'alt="{words}"' in html
        assert f"<figcaption>{words}</figcaption>" in html
    made.write("content/a.md", article(body="![](a.jpg)", image="b.jpg"))
    assert made.build().codes.count("alt-missing") == 2
