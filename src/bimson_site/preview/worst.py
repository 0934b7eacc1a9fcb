"""An invented archive in which every part of the theme meets its worst case; the style guide shows it.

Pure: gives the texts of its files. Next: `guide`, which has them drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

AS_OF = 1_767_225_600  # 2026-01-01 in UTC: everything in it is public by then
FEATURED = ("content/everything.md", "content/capitals.md")

TITLE = (  # of 134 characters
    "Ủy ban xã cùng ban quản lý chợ, hội phụ nữ và các hộ dân ven kênh bàn cách giữ lối đi cho xe chữa cháy "
    "mà vẫn đủ chỗ bày hàng ngày Tết"
)
CAPITALS = "HỘI NGHỊ TỔNG KẾT PHONG TRÀO “Ở SẠCH, SỐNG ĐẸP” VÀ KỶ NIỆM NGÀY MỞ CHỢ ẴM ỲNH, KHU Ổ ẨN"
AUTHORS = (
    "Nguyễn Tới, Trần Thị Lan, Lê Hữu Mộc, Phạm Ngọc Ẩn, Hoàng Minh Ửng, Phan Thanh Ỷ, Vũ Quang Đỉnh, "
    "Đặng Xuân Ể, Bùi Thu Ỗ, Đỗ Văn Ạng, Hồ Thị Ợt, Ngô Đình Ẵm"
)
_SUMMARY = (
    "Bốn bên ngồi lại dưới mái đình suốt một buổi, cân từng gang lối đi với từng sạp hàng; đến trưa thì có một "
    "tấm bản đồ mà ai cũng chịu được."
)
_SENTENCES = (
    "Sáng ấy sương còn phủ kín mặt kênh, người bán lá dong đã ngồi chật cả hai bờ.",
    "Ông trưởng ban chợ trải tấm bản đồ vẽ tay, đánh số từng sạp, từng lối, từng vòi nước.",
    "“Lối đi ba mét rưỡi, không được hẹp hơn”, đội chữa cháy nói, và kẻ vạch vôi làm chứng.",
    "Các bà các chị xin giữ dãy hàng hoa sát bờ kênh, vì hoa cần nước và cần gió.",
    "Đến trưa, vạch vôi được dời đúng hai gang tay, và cả chợ vỗ tay.",
)
TEXT = " ".join(_SENTENCES)
_WIDE = "\n".join(
    [
        f"| Dãy hàng | {' | '.join(f'Tháng {m}' for m in range(1, 13))} | Cả năm |",
        f"|---|{'---:|' * 13}",
        *(
            f"| {name} | {' | '.join(f'{n * m * 1375 % 9000}' for m in range(1, 13))} | 41.250 |"
            for n, name in enumerate(("Hoa và lá dong", "Gốm", "Rau quả", "Hàng khô"), 3)
        ),
    ]
)
BODY = f"""\
{TEXT}

## Hai gang tay, một mùa chợ: vì sao vạch vôi phải dời về phía bờ kênh

{TEXT}[^map]

![Chợ bên kênh, nhìn từ trên đê](market.svg)
*Chợ bên kênh, nhìn từ trên đê. Tranh: Đỗ Thu Hạnh*

> Lối đi là của chung, sạp hàng là của mỗi nhà. Giữ được cả hai mới gọi là chợ.
>
> Cụ Tạ Văn Đoan, giữ chợ từ năm 1962

### Đã thống nhất

- Lối đi **ba mét rưỡi**, kẻ vạch vôi, sơn lại mỗi phiên
- Vòi nước cách nhau 25 mét:
  - hai vòi ở bờ kênh
  - một vòi ở cổng đình, gần `cột-số-7`
- *Không* đốt rác trong chợ

1. Dãy hoa dời hai gang
2. Dãy gốm giữ nguyên

{_WIDE}

```
toa_do,day_hang,so_sap,loi_di_m,{"x" * 220}
```

Biên bản đầy đủ: <https://tu-lieu.example/{"bien-ban-hop-cho-" * 9}>, và một từ không có chỗ ngắt: {"dai" * 30}.

---

{TEXT}

[^map]: Bản đồ vẽ trên giấy dó, 60 × 80 cm, treo ở cổng đình.
"""
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="640" viewBox="0 0 1200 640">
<rect width="1200" height="640" fill="#f1e2c6"/><circle cx="230" cy="150" r="60" fill="#d9744a"/>
<path d="M0 330 210 230 420 320 640 210 860 330 1040 260 1200 330V430H0z" fill="#9fae8a"/>
<rect y="420" width="1200" height="220" fill="#86a7a6"/>
<path d="M120 420 220 330 320 420zM380 420 480 340 580 420zM660 420 760 330 860 420zM920 420 1020 340 1120 420z" fill="#8a4a32"/>
<path d="M0 500h1200M160 560h300M620 590h420" stroke="#b3cac8" stroke-width="5"/>
</svg>
"""
# An address that was published once; nothing is left of it.
GONE = "/2021/03/14/removed/"
_LEDGER = (
    "url,id,path,key,since,as\n"
    f"{GONE},,content/removed.md,0123456789abcdef,2021-03-14,page\n"
    f"{GONE},,content/removed.md,0123456789abcdef,2021-04-01,removed: theo lời xin của tác giả\n"
)


def files() -> dict[str, str]:
    """The texts of all files of the archive, by their paths below the site."""
    articles = {
        "everything": _article(
            TITLE,
            "2021-03-12T07:40:00+07:00",
            BODY,
            updated="2021-03-14T09:15:00+07:00",
            authors=f"[{AUTHORS}]",
            sections="[Đời sống/Chợ quê/Chợ ven kênh, Thời sự]",
            tags="[chợ Tết, chữa cháy, kênh đào, nghề làm hương trầm và vàng mã]",
            source="Báo Bến Sông, số Tết",
            source_url="https://bao-ben-song.example/tin/2021/cho-tet.html",
            summary=_SUMMARY,
            image="lead.svg",
            image_alt="Chợ bên kênh một sáng giáp Tết",
            image_caption="Chợ bên kênh một sáng giáp Tết, sau khi vạch vôi đã dời hai gang tay về phía bờ nước.",
            image_credit="Đỗ Thu Hạnh",
            aliases="[/tin/cho-tet.html]",
            rights="Được dùng lại, xin ghi nguồn.",
            corrections="[Hai gang tay là theo thước cũ của chợ, Bà Ỷ bán hương chứ không bán mã]",
            withdrawn="Tòa soạn rút lại để xem xét.",
            collected="{date: 2026-11-02, how: đọc từ trang đã lưu của báo}",
            attachments="[bien-ban.txt, {file: market.svg, title: Bản vẽ sắp xếp lại các dãy hàng sau buổi họp}]",
        ),
        "later": _article(
            TITLE,
            "2021-03-13T17:20:00+07:00",
            BODY.replace("vỗ tay", "reo lên mừng rỡ").replace("còn phủ kín", "phủ"),
            source="Báo Bến Sông, số Tết",
        ),
        "capitals": _article(CAPITALS, "2021-03-12", f"{TEXT}\n", sections="Thời sự"),
        "summary": _article(
            "Bài chỉ còn tóm tắt", "2021-03-11", TEXT, access="summary", summary=_SUMMARY
        ),
        "record": _article("Bài chỉ được ghi nhận", "2021-03-10", TEXT, access="record"),
        "month": _article("Sổ chợ tháng ba", "2021-03", TEXT),
        "about": _article("Ảnh chợ xưa", "~1962", "Chép theo lời cụ Tạ Văn Đoan."),
        "undated": _article("Lời kể của người giữ chợ", "", TEXT, authors="Tạ Thị Ỷ"),
        **{
            f"again-{n}": _article(
                "Thông báo cắt điện ở ba thôn ven kênh",
                f"2021-05-0{1 + n // 12}T{6 + n % 12:02d}:00:00+07:00",
                f"Điện lực báo cắt điện để sửa đường dây. {TEXT}",
                source=f"Bản tin thôn {1 + n}",
            )
            for n in range(24)
        },
        **dict(_year()),
    }
    return {
        **{f"content/{name}.md": text for name, text in articles.items()},
        "content/page.md": "---\ntitle: Về kho này\nkind: page\n---\n" + BODY,
        "content/lead.svg": _SVG,
        "content/bien-ban.txt": TEXT,
        "content/market.svg": _SVG.replace("#d9744a", "#a9472b"),
        "permalinks/2021.csv": _LEDGER,
    }


def _year() -> Iterator[tuple[str, str]]:
    """Days of every step of the calendar, in two years."""
    counts = {1: 1, 6: 2, 7: 3, 13: 4, 20: 7, 27: 14}
    for year in (2020, 2021):
        for month in (3, 6, 10) if year == 2020 else (1, 3, 5, 8, 12):
            for day, count in counts.items():
                for n in range(min(count, 2) if year == 2020 or month > 3 else count):
                    yield (
                        f"{year}-{month}-{day}-{n}",
                        _article(
                            f"Phiên chợ ngày {day}/{month}, dãy hàng số {n + 1}",
                            f"{year}-{month:02d}-{day:02d}T{6 + n % 12:02d}:{n * 17 % 60:02d}:00+07:00",
                            f"Dãy {n + 1} phiên {day}/{month}/{year} có {n * 7 + day} sạp.",
                            authors=("Đỗ Thu Hạnh", "Trần Văn Khê", "")[n % 3],
                            sections=("Đời sống", "Thời sự", "Làng nghề")[n % 3],
                            summary=_SUMMARY if n == 1 else "",
                        ),
                    )


def _article(title: str, when: str, text: str, **fields: str) -> str:
    given = {"title": f'"{title}"', "timestamp": when, **fields}
    head = "".join(f"{name}: {value}\n" for name, value in given.items() if value)
    return f"---\n{head}---\n{text}"
