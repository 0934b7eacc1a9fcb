"""What the path of a file says about its date, and what it is called without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bimson_site.model import UNDATED
from bimson_site.text.filenames import from_path, stem_without_date

HERE = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("content/2021-03-04-tin.md", "2021-03-04"),
        ("2021-3-4-x.md", "2021-03-04"),
        ("20210304-x.md", "2021-03-04"),
        ("2021-03-04.md", "2021-03-04"),
        ("2021-03-04_tin.md", "2021-03-04"),
        ("2021-03-04-tin/index.md", "2021-03-04"),
        ("2021-03-04-tin/_index.md", "2021-03-04"),
        ("content/2021/03/04/x.md", "2021-03-04"),
        ("content/2021/03/04/index.md", "2021-03-04"),
        ("2021/3/4/tin/index.md", "2021-03-04"),
        ("2021/03/x.md", "2021-03"),
        ("2021-03/x.md", "2021-03"),
        ("2021/x.md", "2021"),
        ("tin/2021/hinh/x.md", "2021"),
        ("1999/2021/03/x.md", "2021-03"),
        ("1999/12/31/2021/x.md", "2021"),
        ("1999/2021-03-04-x.md", "2021-03-04"),
        ("2021/2021-13-45-x.md", "2021"),
        ("2021/13/x.md", "2021"),
        ("2021/02/30/x.md", "2021-02"),
        ("2021/1000-ngay.md", "2021"),
        ("1000-ngay.md", ""),
        ("2020-nhin-lai.md", ""),
        ("2020-05-dieu-can-biet.md", ""),
        ("2020.md", ""),
        ("content/2020.md", ""),
        ("1000/x.md", ""),
        ("2200/x.md", ""),
        ("10001231-x.md", ""),
        ("2021-03-045-x.md", ""),
        ("2021-03-04x.md", ""),
        ("tin-2021-03-04.md", ""),
        ("x.md", ""),
        ("", ""),
    ],
)
def test_the_date_in_a_path(path, expected):
    assert from_path(path, HERE).iso == expected
    assert from_path(path, HERE).known or from_path(path, HERE) == UNDATED


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("content/2021-03-04-tin-vui.md", "tin-vui"),
        ("2021-3-4_tin vui.markdown", "tin vui"),
        ("20210304-tin.md", "tin"),
        ("2021-03-04.md", "2021-03-04"),
        ("2021-13-45-tin.md", "2021-13-45-tin"),
        ("2020-nhin-lai.md", "2020-nhin-lai"),
        ("v1.2-ra-mat.md", "v1.2-ra-mat"),
        ("tin-vui/index.md", "tin-vui"),
        ("2021-03-04-tin.vui/_index.md", "tin.vui"),
        ("content/index.md", "index"),
        ("index.md", "index"),
        (".md", ".md"),
        ("", ""),
    ],
)
def test_a_name_without_its_date(path, expected):
    assert stem_without_date(path) == expected


@given(st.text(max_size=90).map(lambda path: path.lstrip("/")))
def test_any_path_has_a_date_or_not(path):
    from_path(path, HERE)
    assert stem_without_date(path) or not path.rstrip("/").split("/")[-1] or path.endswith("/")
