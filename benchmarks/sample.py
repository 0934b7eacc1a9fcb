"""A sample archive for those who judge pages: 500 articles of the corpus in six years, and every kind of
page at its worst.

Invented, seeded, the same bytes each time. `tests/judges` and the pictures of `docs/` are made of it.

    python benchmarks/sample.py FOLDER --language vi
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import corpus

SIZE = 500
BODY_BYTES = 2500
FIRST = datetime(2019, 1, 1, tzinfo=corpus.FIRST_DAY.tzinfo)
TIMES = 4  # the corpus holds 25 years, the sample a little over six

_SETTINGS = {
    "vi": """\
title: Kho báo Bến Sông
description: Báo làng và báo huyện bên sông Lam Khê, từ {first} đến nay, giữ nguyên như ngày in.
language: vi
footer:
  keeper: Thư viện xã Bến Sông
  responsible: Lê Thanh Mộc
  contact: kho@ben-song.example
rights: Được dùng lại, xin ghi nguồn.
""",
    "en": """\
title: The Bến Sông archive
description: The papers of a river village from {first} on, kept as they were printed.
language: en
footer:
  keeper: the library of Bến Sông
  responsible: Lê Thanh Mộc
  contact: archive@ben-song.example
rights: Free to use with the name of the source.
""",
}
_ALIKE = """\
base_url: https://kho.ben-song.example
sections: [Thời sự, Đời sống, Làng nghề]
featured: [content/worst/cau-moi.md, content/worst/gom.md]
feeds: [authors, tags, sources]
"""

# An address of which nothing is left, and an article that was put right and then withdrawn.
GONE = "/2021/03/14/bai-da-go/"
WITHDRAWN = "/2021/03/20/ben-xe-moi-mo-o-cho-cam-khe/"
_LEDGER = f"""\
url,id,path,key,since,as
{GONE},,content/bai-da-go.md,0123456789abcdef,2021-03-14,page
{GONE},,content/bai-da-go.md,0123456789abcdef,2021-04-01,removed: theo lời xin của tác giả
"""

BRIDGE = """\
Sáng 12 tháng 3, khi sương còn phủ kín mặt sông Lam Khê, người lái đò Tạ Văn Mận chở chuyến khách cuối cùng qua bến. Ông neo đò dưới gốc si, rửa mái chèo, rồi đi bộ lên chiếc cầu mới mà ông đã nhìn nó mọc lên từng nhịp suốt hai năm.

“Ba mươi năm tôi thuộc từng con nước, nay được đi trên nó mà không ướt chân”, ông nói, giọng vui lẫn chút bâng khuâng. Theo lời ông, mùa lũ trẻ con đôi bờ thường phải nghỉ học cả tuần.

## Hai năm, 214 mét

Cây cầu dài 214 mét, rộng 5 mét, nối thôn Thượng với chợ Cẩm Khê. Kinh phí 18,6 tỷ đồng, trong đó bà con đôi bờ góp hơn 1.300 ngày công và toàn bộ số đá kè.

![Cầu mới bắc qua sông Lam Khê, nhìn từ bến đò cũ](cau-moi.svg)
*Cầu mới nhìn từ bến đò cũ. Tranh: Đỗ Thu Hạnh*

| Hạng mục | Khối lượng | Hoàn thành |
|---|---:|---|
| Mố và trụ | 6 trụ | tháng 8 năm 2020 |
| Mặt cầu | 1.070 m² | tháng 1 năm 2021 |
| Đường dẫn | 420 m | tháng 3 năm 2021 |

> Cầu nối hai bờ, nhưng cái bến thì ai cũng mong còn đó, để con cháu biết ông bà đã qua sông thế nào.

Ủy ban xã cho biết con đò được giữ lại ở nhà văn hóa thôn Thượng.[^do] Từ tuần sau, chuyến xe chở rau của hợp tác xã sẽ đi thẳng ra chợ huyện, rút ngắn gần 40 phút.

[^do]: Đò đóng năm 1991, dài 9 mét, chở được 25 người.
"""

PRICES = """\
Ban quản lý chợ Cẩm Khê niêm yết bảng giá cho phiên chợ đầu tháng, áp dụng cho tất cả các quầy ở nhà lồng.

Gạo tẻ 17.500 đồng, nếp cái 24.000 đồng, lượng hàng về {tons} tấn, sức mua nhích hơn phiên trước. Bà Bùi Thị Cúc, tổ trưởng tổ giá, cho hay tiểu thương không được bán cao hơn giá niêm yết.

Khách cần cân lại hàng có thể đến bàn cân đối chứng ở cổng chính. Chợ họp từ 5 giờ sáng, nghỉ trưa một tiếng, và đóng cửa trước khi trời tối. Xe thồ gửi ở sân đình, mỗi lượt hai nghìn đồng, vé tháng ba mươi nghìn đồng.

Đội trật tự nhắc bà con không bày hàng ra lòng đường, không đốt rác sau buổi chợ, và giữ lối đi cho xe chữa cháy ở phía bờ kênh.
"""

NOTICE = """\
Do mưa lớn ở đầu nguồn, mực nước sông Lam Khê lúc 6 giờ sáng nay đo được {level} mét, trên báo động hai. Ban phòng chống lụt bão xã đề nghị bà con thôn Thượng và thôn Hạ thu hoạch sớm rau màu ngoài bãi.

Trẻ em thôn Hạ được nghỉ học hôm nay. Đò ngang ngừng chạy cho đến khi nước rút; ai cần qua sông xin đi vòng lối đập Bãi Dâu, xa hơn chừng bảy cây số.

Ba đội xung kích túc trực ở điếm canh đê, có thuyền máy, phao và đèn pin. Trạm y tế xã chuẩn bị đủ thuốc sát trùng cho giếng nước. Loa truyền thanh sẽ báo mực nước hai giờ một lần, bà con chú ý theo dõi.
"""

CAPITALS = "HỘI NGHỊ TỔNG KẾT PHONG TRÀO THI ĐUA XÂY DỰNG NÔNG THÔN MỚI XÃ BẾN SÔNG"
LONGEST = (  # of 134 characters
    "Ủy ban xã cùng ban quản lý chợ, hội phụ nữ và các hộ dân ven kênh bàn cách giữ lối đi cho xe chữa cháy "
    "mà vẫn đủ chỗ bày hàng ngày Tết"
)
TWELVE = (
    "Nguyễn Tới, Trần Thị Lan, Lê Hữu Mộc, Phạm Ngọc Ẩn, Hoàng Minh Ửng, Phan Thanh Ỷ, Vũ Quang Đỉnh, Đặng Xuân Ể, "
    "Bùi Thu Ỗ, Đỗ Văn Ạng, Hồ Thị Ợt, Ngô Đình Ẵm"
)
WIDE = "\n".join(
    [
        f"| Thôn | {' | '.join(f'Tháng {m}' for m in range(1, 13))} | Cả năm |",
        f"|---|{'---:|' * 13}",
        *(
            f"| {name} | {' | '.join(f'{n * m * 1375 % 9000:,}'.replace(',', '.') for m in range(1, 13))} | 41.250 |"
            for n, name in enumerate(("Thượng", "Hạ", "Bãi Dâu", "Cửa Lạch"), 3)
        ),
    ]
)
WORD = "dai" * 40  # a word without a place to break
PLAIN = "Bà con hai thôn góp công dọn lối đi, xong trước giờ chợ họp. " * 6

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="640" viewBox="0 0 1200 640">
<rect width="1200" height="640" fill="#f3e3c8"/><circle cx="905" cy="170" r="66" fill="#d9744a"/>
<path d="M0 330 180 200 330 300 520 170 760 320 940 240 1200 340V420H0z" fill="#a9b48e"/>
<path d="M0 380 260 310 560 370 900 320 1200 380V430H0z" fill="#7d9272"/>
<rect y="420" width="1200" height="220" fill="#7fa3a6"/>
<path d="M0 470h1200M120 520h420M640 545h480M60 590h300M520 610h420" stroke="#a8c4c2" stroke-width="5"/>
<path d="M0 392h1200v22H0z" fill="#6b3a2a"/><path d="M0 352h1200" stroke="#6b3a2a" stroke-width="7"/>
<path d="M40 352v44M140 352v44M240 352v44M340 352v44M440 352v44M540 352v44M640 352v44M740 352v44M840 352v44M940 352v44M1040 352v44M1140 352v44" stroke="#6b3a2a" stroke-width="5"/>
<path d="M180 414h34v150h-34zM480 414h34v150h-34zM780 414h34v150h-34zM1050 414h34v150h-34z" fill="#57301f"/>
<path d="M560 560q110 46 250 0l-26 40q-96 26-200 0z" fill="#3b2418"/><path d="M690 560V480l58 66z" fill="#efe1c6"/>
</svg>
"""


def head(**fields: str) -> str:
    """Front matter of fields that need no quoting."""
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    return f"---\n{lines}---\n"


def worst(language: str) -> dict[str, str]:
    """The files of every feature at its worst, by their paths below the site."""
    foreign = "en" if language == "vi" else "vi"
    bridge = {
        "title": "Cầu mới thay bến đò cũ sau ba mươi năm chờ đợi",
        "section": "Thời sự/Giao thông",
        "tags": "[cầu làng, Lam Khê, đò ngang]",
        "summary": "Chuyến đò cuối cùng qua sông Lam Khê cập bến sáng nay; từ trưa, trẻ con hai bờ đi học bằng cầu.",
    }
    bad = "Lũ lên nhanh trên sông Lam Khê"
    files = {
        "worst/cau-moi.md": head(
            **bridge,
            timestamp="2021-03-12T07:40:00+07:00",
            updated="2021-03-14T09:15:00+07:00",
            authors="[Đỗ Thu Hạnh, Trần Văn Khê]",
            source="Báo Bến Sông",
            source_url="https://bao-ben-song.example/tin/2021/cau-moi.html",
            aliases="[/default.aspx?id=41, /tin/cau-moi.html]",
            image="cau-moi.svg",
            image_alt="Cầu mới bắc qua sông Lam Khê",
        )
        + BRIDGE,
        "worst/cau-moi-dang-lai.md": head(
            **bridge,
            timestamp="2021-03-13T08:00:00+07:00",
            authors="Đỗ Thu Hạnh",
            source="Đài Cửa Lạch",
            source_url="https://dai-cua-lach.example/b/7?ct=1&id=41",
        )
        + BRIDGE,
        "worst/cau-moi-ban-sau.md": head(
            **{**bridge, "summary": "", "tags": "cầu làng"},
            timestamp="2021-03-13T17:20:00+07:00",
            slug="cau-moi-ban-sau",
            source="Báo Bến Sông",
        )
        + BRIDGE.replace("18,6 tỷ", "19,2 tỷ").replace("hơn 1.300 ngày", "gần 1.450 ngày"),
        "worst/gom.md": head(
            title="“Lửa lò gốm Phước Tích chưa bao giờ tắt hẳn”",
            timestamp="2022-11-20T05:30:00+07:00",
            authors="Lê Thị Ngọc Ánh",
            section="Làng nghề",
            tags="gốm",
            summary="Ở tuổi 81, bà Mạc Thị Duyên vẫn ngồi bàn xoay mỗi sáng, và dạy lại cho bảy người trẻ trong làng.",
        )
        + PLAIN,
        "worst/ben-xe.md": head(
            title="Bến xe mới mở ở chợ Cẩm Khê",
            timestamp="2021-03-20T06:00:00+07:00",
            authors="Trần Văn Khê",
            section="Thời sự/Giao thông",
            summary="Bến có sáu chỗ đỗ, chuyến đầu rời bến lúc 5 giờ.",
            corrections="[{2021-03-21: Bến có sáu chỗ đỗ chứ không phải mười sáu.}]",
            withdrawn="{date: 2021-04-02, reason: Bến chưa được cấp phép khi bài đăng; bài giữ lại để đối chiếu.}",
            collected="{date: 2025-11-02, how: đọc từ trang đã lưu của báo}",
            attachments="[{file: so-do-ben.txt, title: Sơ đồ bến và giờ xe chạy}]",
        )
        + PLAIN
        + "Giờ chạy có trong [bảng giờ](gio-chay.csv).\n",
        "worst/so-do-ben.txt": "Sáu chỗ đỗ, hai dãy, lối vào phía bờ kênh.\n",
        "worst/gio-chay.csv": "chuyến,giờ\nchợ huyện,05:00\nbến đò,06:30\n",
        "worst/hoa.md": head(title=CAPITALS, timestamp="2021-12-28", section="Thời sự") + PLAIN,
        "worst/dai.md": head(
            title=f'"{LONGEST}"',
            timestamp="2021-03-12T05:00:00+07:00",
            authors=f"[{TWELVE}]",
            sections="[Thời sự/Giao thông/Đường thủy nội địa, Đời sống]",
        )
        + f"{WORD}\n\n{WIDE}\n\n```\n{'x' * 300}\n```\n\n"
        + f"Xem <https://tu-lieu.example/{'duong-dan-rat-dai-' * 12}>.\n\n# Mục lớn\n\n### Mục nhỏ\n\n{PLAIN}\n",
        "worst/khong-ten.md": head(title="Tin vắn không ký tên", timestamp="2021-03-12") + PLAIN,
        "worst/mot-chu.md": head(title=WORD, timestamp="2021-03") + "Một chữ.\n",
        "worst/nam.md": head(title="Sổ chợ năm ấy", timestamp="2020") + PLAIN,
        "worst/khoang.md": head(
            title="Ảnh bến đò xưa", timestamp="~1962", source="Sổ tay dòng họ Tạ"
        )
        + "Bến đò những năm đầu sáu mươi, chép theo lời cụ Tạ Văn Đoan.\n",
        "worst/khong-ngay.md": head(title="Lời kể của người giữ đê", authors="Tạ Thị Ỷ") + PLAIN,
        "worst/tom-tat.md": head(
            title="Bài chỉ còn tóm tắt",
            timestamp="2021-03-11",
            access="summary",
            summary="Theo lời xin của tác giả, kho chỉ giữ tóm tắt này.",
            noindex="true",
            rights="Xin phép tòa soạn trước khi dùng lại.",
        )
        + PLAIN,
        "worst/ghi-nhan.md": head(
            title="Bài chỉ được ghi nhận", timestamp="2021-03-10", access="record"
        )
        + PLAIN,
        "worst/ngoai.md": head(
            title="Letter from a reader abroad"
            if foreign == "en"
            else "Thư của một bạn đọc phương xa",
            timestamp="2021-03-09",
            lang=foreign,
        )
        + (
            "I was born in the lower village and have not seen the river for forty years.\n"
            if foreign == "en"
            else "Tôi sinh ở thôn Hạ, đã bốn mươi năm chưa thấy lại dòng sông.\n"
        ),
        "worst/hong.md": head(title="Bài hỏng ngày", timestamp="17/05/04") + PLAIN,
        "gioi-thieu.md": head(title="Giới thiệu", kind="page")
        + "Kho này giữ báo làng và báo huyện bên sông Lam Khê.\n\n## Ai giữ kho\n\nThư viện xã Bến Sông.\n",
    }
    for day in (1, 8, 15):
        files[f"worst/gia-{day}.md"] = head(
            title=f"Bảng giá chợ Cẩm Khê, phiên ngày {day} tháng 6",
            timestamp=f"2022-06-{day:02d}T05:00:00+07:00",
            section="Kinh tế",
            slug=f"bang-gia-{day}",
        ) + PRICES.format(tons=40 + day)
    for hour, level in ((6, "4,1"), (14, "4,6")):
        files[f"worst/lu-{hour}.md"] = head(
            title=bad,
            timestamp=f"2022-09-28T{hour:02d}:30:00+07:00",
            section="Thời sự",
            slug=f"lu-{hour}-gio",
        ) + NOTICE.format(level=level)
    for number in range(14):  # a day of the fifth step
        files[f"worst/tet-{number}.md"] = (
            head(
                title=f"Chợ Tết dãy {number + 1} – hàng về từ mờ sáng",
                timestamp=f"2021-02-10T{6 + number // 2:02d}:{number * 17 % 60:02d}:00+07:00",
                authors=("Đỗ Thu Hạnh", "Trần Văn Khê", "")[number % 3],
                section="Đời sống",
            )
            + f"Dãy {number + 1} có {number * 7 + 12} sạp hàng, bán từ lá dong đến tranh giấy.\n"
        )
    for number in range(24):  # more copies than a page has room for
        files[f"worst/thong-bao-{number:02d}.md"] = (
            head(
                title="Thông báo lịch cắt điện ở ba thôn ven sông",
                timestamp=f"2023-05-0{2 + number // 12}T{6 + number % 12:02d}:00:00+07:00",
                source=f"Bản tin thôn {number + 1}",
                slug=f"cat-dien-{number + 1}",
            )
            + ("Điện lực báo cắt điện để sửa đường dây qua ba thôn ven sông, từ 7 giờ đến 11 giờ. ")
            * 8
        )
    return {f"content/{path}": text for path, text in files.items()}


def write(folder: Path | str, language: str = "vi", size: int = SIZE) -> None:
    """The sample below a folder: settings, articles."""
    root = Path(folder)
    for each in corpus.Corpus(size, body_bytes=BODY_BYTES):
        whole = (each.published - corpus.FIRST_DAY).days // TIMES
        clock = each.published.time().replace(tzinfo=each.published.tzinfo)
        moved = datetime.combine(FIRST.date() + timedelta(days=whole), clock)
        corpus.put(root, replace(each, published=moved))
    for path, text in worst(language).items():
        _put(root / path, text)
    _put(root / "content/worst/cau-moi.svg", _SVG)
    _put(root / "permalinks/2021.csv", _LEDGER)
    first = FIRST.year
    _put(root / "bimson.yaml", _SETTINGS[language].format(first=first) + _ALIKE)


def _put(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=sorted(_SETTINGS), default="vi")
    parser.add_argument("--size", type=int, default=SIZE)
    options = parser.parse_args()
    shutil.rmtree(options.folder / "content", ignore_errors=True)
    write(options.folder, options.language, options.size)


if __name__ == "__main__":
    main()
