"""Bodies: what a reader sees, what they refer to, and HTML that can do no harm.

The cases stand in tests/cases/markdown: title, input, expected, each closed by a line of one dot.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bimson_site.text.lines import without_controls
from bimson_site.text.links import is_reference, is_safe
from bimson_site.text.markdown import LEDE_LENGTH, read, render
from bimson_site.text.markdown.parser import draw, parse
from bimson_site.text.markdown.plain import paragraphs
from bimson_site.text.markdown.reading import blocks_of
from bimson_site.text.sanitise import clean
from bimson_site.text.visible import visible

CASES = Path(__file__).parents[1] / "cases" / "markdown"
ADDRESSES = {
    "../01/cu.md#hai": "../../01/cu/#hai",
    "%E1%BA%A3nh%201.jpg": "anh-1.jpg",
    "bai.md": "../bai/",
}


def cases() -> list[object]:
    return [
        pytest.param(title, source, expected, id=f"{file.stem}: {title}")
        for file in sorted(CASES.glob("*.txt"))
        for title, source, expected in re.findall(
            r"^([^\n]+)\n\.\n(.*?)\n\.\n(.*?)\n?\.\n",
            file.read_text("utf-8"),
            re.MULTILINE | re.DOTALL,
        )
    ]


@pytest.mark.parametrize(("title", "source", "expected"), cases())
def test_case(title: str, source: str, expected: str) -> None:
    named = re.search(r"\[title: (.*?)\]", title)
    title = named[1] if named else ""
    html = render(
        source, ADDRESSES, title=title, backlink="Trở lại {number}", table="Bảng {number}"
    )
    html = re.sub(r'(<h[2-6]) id="[^"]*">', r"\1>", html)  # ids of headings: test_anchors.py
    assert html.rstrip() == expected.rstrip()


def test_the_cases_are_found() -> None:
    assert len(cases()) > 35


# --- reading --------------------------------------------------------------------------------------


def test_a_reading() -> None:
    found = read(
        "## Chợ &amp; đường\n\nNgày 12/03/2021 08:15:30\n\n![Ảnh](a.jpg)\n*Chú thích*\n\n"
        "Bà **Hòa** [kể](b.md) `mã`.[^1]\n\n- một\n- hai\n\n|a|b|\n|-|-|\n|c|d|\n\n    khối\n\n[^1]: Ghi."
    )
    assert found.text.split("\n") == [
        *("Chợ & đường", "Ngày 12/03/2021 08:15:30", "Chú thích", "Bà Hòa kể mã."),
        *("một", "hai", "a", "b", "c", "d", "khối", "Ghi."),
    ]
    assert found.references == ("a.jpg", "b.md")
    assert found.heading == "Chợ & đường"
    assert found.lede == "Bà Hòa kể mã."


def test_a_reading_of_html() -> None:
    found = read(
        "<p><img src='a.jpg' alt=x><br>Ngày 12/03/2021 08:15:30</p><h3>Chợ</h3><p>Bà <b>Hòa</b> "
        '<a href="ả.md">kể</a></p><script>x</script><video src=c.mp4></video><table><tr><td>c<td>d</table>'
    )
    assert found.text.split("\n") == ["Ngày 12/03/2021 08:15:30", "Chợ", "Bà Hòa kể", "c", "d"]
    assert found.references == ("a.jpg", "%E1%BA%A3.md", "c.mp4")
    assert found.heading == "Chợ"
    assert found.lede == "Bà Hòa kể"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("anh.jpg", True),
        ("/tin/bai-cu.html", True),
        ("../a.md#b", True),
        ("default.aspx?ctl=article&aID=7", True),
        ("?page=2", True),
        ("", False),
        ("#duoi", False),
        ("//host.example/a.jpg", False),
        ("https://host.example/", False),
        ("mailto:a@host.example", False),
        ("tel:+84", False),
        ("data:image/png;base64,AA", False),
    ],
)
def test_references(url: str, expected: bool) -> None:
    assert is_reference(url) is expected
    assert read(f"[a](<{url}>)").references == ((url,) if expected else ())
    assert read(f'<a href="{url}">a</a>').references == ((url,) if expected else ())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", ""),
        ("![](a.jpg)\n\n*Chú thích*\n\nTin một.", "Tin một."),
        ("***\n\n...\n\nTin\nmột.", "Tin một."),
        ("Đăng lúc: 12/03/2021 08:15:30 (GMT+7)\nTin một.", "Tin một."),
        ("> Trích\n\nTin một.", "Tin một."),
        ("- chỉ\n- danh sách", "chỉ"),
        ("**Sáng 12/3, chợ mở.**\n\nTin.", "Sáng 12/3, chợ mở."),
        ("chữ " * 60, "chữ " * 54 + "chữ…"),
        ("chữ, " * 60, "chữ, " * 43 + "chữ…"),
        ("dài" * 100, ("dài" * 100)[: LEDE_LENGTH - 1] + "…"),
    ],
)
def test_the_lede(body: str, expected: str) -> None:
    assert read(body).lede == expected


def test_pictures_do_not_count_for_the_text() -> None:
    assert read("Tin.\n\n![Chợ cũ](a.jpg)").text == read("Tin.").text


def test_a_resolver_may_be_a_function() -> None:
    assert 'href="x/a.md"' in render("[a](a.md)", lambda reference: "x/" + reference)
    assert 'href="x/a.md"' in render("[a](a.md) <b>b</b>", lambda reference: "x/" + reference)
    assert 'href="&quot;&gt;' in render("[a](a.md)", {"a.md": '"><script>'})


# --- what must hold for any text --------------------------------------------------------------------

PIECES = (
    "\n", "\n\n", " ", "  \n", "- ", "1. ", "> ", "# ", "    ", "\t", "*", "**", "_", "~~", "`", "```",
    "[", "]", "(", ")", "![", "](", "<", ">", "&", "|", "|-|", "\\", '"', "'", "=", "---", ":", "[^1]",
    "[^1]: ", "chợ", "Đường", "12", "a.md", "javascript:", "JAVA\tSCRIPT:", "&#106;avascript:", "data:",
    "vbscript:x", "https://a.example/", "<a href=", "<a href='javascript:x'>", "</a>", "<img src=",
    "<img src=x onerror=alert(1)>", "<script>", "</script>", "<style>", "<!--", "-->", "<![CDATA[", "]]>",
    "<p ", "</p>", "<div>", "</div>", "<b onclick=x>", "<svg onload=x>", "<svg>", "<math>", "<iframe src=",
    "<iframe>", "</iframe>", "<object data=javascript:x>", "</object>", "<video>", "<source src=a>",
    "<embed src=b>", "<table>", "<td>", "<h1>", "</h1>", "<title>", "<textarea>", "<plaintext>", "<noscript>",
    "<template>", "\xa0", "\u200b", "\0", "\r", "\x1f", " on", "style=x", "srcdoc='<script>x'", "/>", "?>", "<?",
)  # fmt: skip
soup = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
bodies = st.one_of(st.text(), soup, st.lists(st.one_of(st.text(), soup), max_size=4).map("".join))


class Judge(HTMLParser):
    """Notes whatever could harm a reader of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[object] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "iframe", "object", "embed", "video", "svg", "math", "h1"}:
            self.harm.append(tag)
        if tag == "img" and not {"alt", "src", "loading"} <= {name for name, _ in attrs}:
            self.harm.append((tag, attrs))
        for name, value in attrs:
            squeezed = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name in {"style", "srcdoc", "formaction", "action"}:
                self.harm.append((tag, name))
            if name in {"href", "src"} and re.match(r"(java|vb)script:|data:(?!image/)", squeezed):
                self.harm.append((tag, name, value))
            if name == "id" and tag != "a":
                self.ids.append(value or "")


@given(bodies)
@example("<a href='&#14;javascript:x'>a</a>")
@example("[a](<java\nscript:x>)")
@example("<b>[a](&#x0a;javascript:x)</b>")
def test_no_body_can_harm(body: str) -> None:
    judge = Judge()
    judge.feed(render(body, {}))
    judge.close()
    assert judge.harm == []


@given(bodies)
@example("# a\n\n### b")
@example("<h2>a<h4>b</h4></h2>")
def test_no_body_skips_a_level_of_headings(body: str) -> None:
    before = 1  # the title of the page
    for level in map(int, re.findall(r"<h([1-6])[ >]", render(body, {}))):
        assert 2 <= level <= before + 1
        before = level


@given(bodies)
def test_reading_and_rendering_agree(body: str) -> None:
    found = read(body)
    blocks, references = visible(clean(render(body, {}), str))
    assert "".join("".join(block.text for block in blocks).split()) == "".join(found.text.split())
    assert references == found.references


CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
controlled = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.sampled_from(
            [*map(chr, range(32)), "\x7f", "&#1;", "&#12;", "&#13;", "&#x7f;", "<b>", "x"]
        ),
    ),
    max_size=30,
).map("".join)


@given(st.one_of(bodies, controlled))
@example("a\x01b")
@example("a\x01b <b>c\x02</b>")
@example("a&#12;b")
@example("[a](b '&#12;')")
@example("<b title='&#12;'>&#12;</b>")
def test_no_control_character_reaches_a_page(body: str) -> None:
    found = read(body)
    assert not CONTROLS.search(render(body, {}))
    assert not CONTROLS.search("".join((found.text, found.lede, found.heading, *found.references)))


@pytest.mark.parametrize("body", ["Tin {}một.", "Tin {}*một*.", "<p>Tin {}một.</p>"])
def test_a_body_with_control_characters_is_the_body_without_them(body: str) -> None:
    dirty = body.format("\x00\x01\x0b\x1f\x7f")
    assert render(dirty, {}) == render(body.format(""), {})
    assert read(dirty) == read(body.format(""))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<iframe src="javascript:1"></iframe>', "iframe"),
        ('<iframe src="javascript:1" title="Phim  chợ"></iframe>', "Phim chợ"),
        ('Xem <iframe srcdoc="<script>1</script>"></iframe> đây', "iframe"),
        ('<iframe src="about:blank" title="&lt;b>"></iframe>', "&lt;b&gt;"),
        ("<video><source></video>", "video"),
        ('<object data="javascript:1"><embed src="javascript:2"></object>', "object"),
        ("<embed>", "embed"),
        ('<iframe src="data:x">\n\nTin.', "iframe"),
    ],
)
def test_a_player_that_leads_nowhere_leaves_a_trace(body: str, words: str) -> None:
    assert f'<p class="embed">{words}</p>' in render(body, {})
    assert words not in read(body).text


@pytest.mark.parametrize(
    "body",
    [
        '<iframe srcdoc="<p>Lời</p>"></iframe>',
        "<object><p>Lời</p></object>",
        '<object><img src="a.jpg"></object>',
        '<iframe src="https://a.example/"></iframe>',
    ],
)
def test_a_player_with_something_to_see_needs_no_name(body: str) -> None:
    assert not re.search(r'"embed">(iframe|object)<', render(body, {}))


@given(soup)
def test_rendering_asks_for_the_references_of_the_reading(body: str) -> None:
    asked: list[str] = []

    def note(reference: str) -> str:
        asked.append(reference)
        return reference

    render(body, note)
    assert set(asked) >= set(read(body).references)


plain = st.lists(
    st.sampled_from(
        [
            "chợ",
            "Đường",
            "12",
            "1.",
            "2)",
            "-",
            "3-1",
            "+",
            "=",
            ":",
            ":-",
            "#",
            "(",
            ")",
            '"',
            "'",
            "!",
            "]",
            "@",
            ".",
            "…",
            "\xa0",
            "\u3000",
            "\x0b",
            "\x85",
            "\u2028",
            "\n",
            " ",
            " \n",
            "\n\n",
        ]
    ),
    max_size=30,
).map("".join)


@given(st.one_of(plain, st.text()))
def test_the_fast_path_equals_the_parser(body: str) -> None:
    body = without_controls(body)
    fast = paragraphs(body)
    if fast is not None:
        slow = parse(body)
        assert render(body, {}) == draw(slow)
        assert [block.text for block in blocks_of(slow)] == [b for b in fast if b]
        assert {block.kind for block in blocks_of(slow)} <= {"paragraph"}


@pytest.mark.parametrize(
    "link", ["java\tscript:x", "\x01javascript:x", " \nJavaScript:x", "data:x"]
)
def test_no_spelling_of_a_dangerous_scheme_is_safe(link: str) -> None:
    assert not is_safe(link)
    assert not is_safe(link, picture=True)


@pytest.mark.parametrize(
    "body",
    [
        *(">" * 10_000 + "tin", "[" * 10_000 + "tin", "![" * 4_000 + "tin", "*" * 10_000 + "tin"),
        *(
            "> " * 10_000 + "tin",
            "*a_" * 5_000 + "tin",
            "<div>" * 5_000 + "tin",
            "<" * 10_000 + "tin",
        ),
        *("[" * 5_000 + "tin" + "]" * 5_000, "<video>" * 5_000 + "tin", "1. " * 10_000 + "tin"),
        *("<" * 30_000 + "tin", "[a](b) " * 25_000 + "tin", "tin " * 600_000),
    ],
    ids=lambda body: body[:8],
)
def test_what_is_nested_or_long_beyond_reason_neither_crashes_nor_is_lost(body: str) -> None:
    assert "tin" in render(body, {})
    assert "tin" in read(body).text
