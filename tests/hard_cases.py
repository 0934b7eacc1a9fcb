"""Texts of our own making for the judges of repeats: notices with one slot changed, and articles printed again.

Owns the moulds and the ways to print; never judges. Who asks: `properties/test_hard_negatives.py`.
"""

from __future__ import annotations

import html
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bimson_site.model import Precision, Timestamp
from bimson_site.text.verdicts import Side

NOON = datetime(2021, 3, 12, 12)
SLOTS = ("number", "date", "weekday", "place", "person", "negation", "unit", "sign")

# Each mould has every slot once in its text; {place} may stand in its title.
VIETNAMESE = {
    "Thời tiết {place}": """Đài khí tượng khu vực cho biết {weekday} ({date}), vùng núi {place} tiếp tục chịu không khí lạnh, trời nhiều mây và có mưa nhỏ rải rác.
Nhiệt độ thấp nhất {sign}3 độ, gió cấp 4, độ ẩm cao, tầm nhìn xa khoảng {number} {unit}; sương muối {negation} xuất hiện tại các xã vùng cao.
Trưởng ca trực {person} khuyên bà con che chắn chuồng trại, giữ ấm cho người già và trẻ nhỏ, hạn chế ra đồng lúc sáng sớm.""",
    "Bảng giá nông sản ở {place}": """Ban quản lý chợ đầu mối {place} niêm yết giá bán buôn cho phiên họp chợ {weekday}, {date}, áp dụng cho tất cả các quầy.
Gạo tẻ 17.500 đồng, gạo nếp 24.000 đồng, cam sành 32.000 đồng, lượng hàng về {number} {unit}, sức mua so với phiên trước {sign}5%.
Bà {person}, tổ trưởng tổ giá, cho hay tiểu thương {negation} được bán cao hơn giá niêm yết; khách cần cân lại hàng có thể đến bàn cân đối chứng ở cổng chính.""",
    "Lịch ngừng cấp điện tại {place}": """Điện lực thông báo ngừng cấp điện để sửa chữa đường dây tại {place} vào {weekday}, ngày {date}, từ 7 giờ 30 đến 11 giờ.
Khu vực ảnh hưởng dài {number} {unit} dọc tỉnh lộ, chênh áp sau sửa chữa {sign}2 vôn; trạm bơm {negation} nằm trong danh sách ngừng điện đợt này.
Mọi thắc mắc xin gọi ông {person}, tổ trực vận hành, hoặc đến quầy giao dịch khách hàng để được giải đáp về thời gian đóng điện trở lại.""",
    "Kết quả xổ số {place}": """Kỳ quay thưởng mở tại {place} vào chiều {weekday}, {date}, có đại diện hội đồng giám sát chứng kiến từ đầu đến cuối buổi quay.
Giải đặc biệt {number}, giải nhất 48210, giải nhì 7731 và 9026, khối lượng vé trả về 12 {unit}, chênh lệch doanh số {sign}4%.
Người chủ trì {person} nói vé rách, sửa chữa {negation} được lĩnh thưởng; hạn cuối nhận thưởng là ba mươi ngày kể từ ngày mở thưởng, quá hạn không giải quyết.""",
    "Đáp án kỳ thi ở {place}": """Hội đồng thi {place} công bố đáp án môn toán mã đề 203, thi {weekday} {date}, để thí sinh đối chiếu trước khi nộp đơn phúc khảo.
Câu 1 chọn A, câu 2 chọn C, câu 3 chọn D, câu 4 chọn B, câu 5 đáp số {number} {unit}, câu 6 nghiệm là {sign}7, câu 7 chọn A, câu 8 chọn D.
Thư ký hội đồng {person} lưu ý thí sinh {negation} được nộp đơn qua thư điện tử, phải mang theo giấy báo dự thi và thẻ học sinh còn hạn.""",
    "Thư mời dự lễ hội {place}": """Ban tổ chức lễ hội làng {place} trân trọng kính mời quý vị và các bạn về dự lễ khai mạc vào {weekday}, {date}, tại sân đình.
Phần hội có rước kiệu {number} {unit}, đấu vật, cờ người, thi nấu cơm, so với mùa trước số đội thi {sign}2; xe máy {negation} phải trả tiền gửi.
Trưởng ban khánh tiết {person} mong bà con gần xa có mặt đông đủ, giữ gìn vệ sinh chung và cùng nhau lưu giữ nếp xưa của quê mình.""",
    "Tin buồn từ {place}": """Gia đình chúng tôi vô cùng thương tiếc báo tin: cụ {person}, nguyên giáo viên trường làng {place}, đã từ trần sau một thời gian lâm bệnh.
Lễ viếng tổ chức {weekday}, {date}, tại nhà tang lễ, cách bến xe {number} {unit}; nhiệt độ phòng lạnh {sign}4 độ, gia đình {negation} nhận phúng điếu.
Lễ truy điệu và đưa tang sẽ cử hành vào buổi trưa cùng ngày, an táng tại nghĩa trang quê nhà theo tâm nguyện của người đã khuất.""",
    "Số ca bệnh tại {place}": """Trung tâm y tế {place} cập nhật tình hình sốt xuất huyết tính đến 18 giờ {weekday}, {date}, theo báo cáo của các trạm xã, phường.
Toàn huyện có thêm {number} ca mắc, so với tuần trước {sign}12%, đã phun hóa chất bán kính 2 {unit} quanh ổ dịch; trường học {negation} đóng cửa.
Bác sĩ {person} đề nghị người dân đậy kín lu nước, thả cá diệt bọ gậy, ngủ màn cả ban ngày và đến trạm y tế khi sốt cao kéo dài.""",
}
ENGLISH = {
    "Weather for {place}": """Forecasters expect another cold spell over the hills around {place} on {weekday}, {date}, with light rain spreading from the west before dusk.
The night low will be {sign}3 degrees, winds stay moderate and visibility will be about {number} {unit}; ground frost will {negation} reach the valley farms.
Duty officer {person} asked farmers to cover their seedlings, to keep livestock indoors and to avoid the mountain road in the early hours.""",
    "Market prices in {place}": """The wholesale market of {place} has posted its list for {weekday}, {date}, and every stall is bound by it until the evening bell.
Rice sells at 1.10 a bag, oranges at 2.45, cabbages at 0.80; deliveries came to {number} {unit} and turnover moved {sign}5% on the last session.
Price clerk {person} said that traders may {negation} charge more than the posted figure, and that buyers can check weights at the scales by the gate.""",
    "Power cuts in {place}": """Electricity will be switched off for repairs to the overhead line in {place} on {weekday}, {date}, between 7.30 and 11 in the morning.
The works cover {number} {unit} along the provincial road and voltage may shift by {sign}2 afterwards; the pumping station will {negation} be affected this time.
Questions may be put to {person} of the control room, or to the customer desk, where the hour of reconnection will be posted.""",
    "Lottery results from {place}": """The weekly draw took place in the town hall of {place} on {weekday}, {date}, before members of the supervising board and some visitors.
First prize went to {number}, second to 48210, third to 7731 and 9026; returned tickets weighed 12 {unit} and sales moved {sign}4% on the week.
Chairman {person} recalled that torn or altered tickets do {negation} qualify, and that prizes lapse after thirty days from the date of the draw.""",
    "Answer key for {place} schools": """The examination board of {place} has released the answers to mathematics paper 203, sat on {weekday}, {date}, so that pupils may check their sheets.
Question one is A, two is C, three is D, four is B, five comes to {number} {unit}, six has the root {sign}7, seven is A and eight is D.
Board secretary {person} noted that appeals may {negation} be sent by post and that pupils must bring the admission slip and a valid card.""",
    "Invitation to the {place} fair": """The committee of the {place} village fair invites friends and neighbours to its opening on {weekday}, {date}, on the green behind the church.
There will be a parade of {number} {unit}, wrestling, a cooking contest and music, entries being {sign}2 on last time; parking will {negation} be free.
Chairwoman {person} hopes that families from near and far will come early, keep the green tidy and help to carry the old custom on.""",
    "Obituary: a teacher of {place}": """The family announces with deep sorrow the passing of {person}, for many years a teacher at the old school of {place}, after a long illness.
Friends may pay their respects on {weekday}, {date}, at the chapel {number} {unit} from the station; the hall is kept at {sign}4 degrees and flowers are {negation} wanted.
The service will be held at noon of the same day, followed by burial in the village where the deceased was born and had wished to rest.""",
    "Case count in {place}": """The health office of {place} has brought its dengue figures up to date as of six in the evening of {weekday}, {date}, from reports by all clinics.
There were {number} further cases, a change of {sign}12% on the week, and spraying was done within 2 {unit} of each; schools will {negation} be closed.
Doctor {person} urged households to cover their water jars, to sleep under nets even by day and to visit a clinic if a fever lasts.""",
}

_VALUES: dict[bool, dict[str, tuple[str, ...]]] = {
    True: {
        "weekday": ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật"),
        "place": (
            "Hòa Lạc",
            "Hóa Lạc",
            "Quý Sơn",
            "Bỉm Sơn",
            "Mỹ Thuỷ",
            "Tân Kỳ",
            "Đông Ba",
            "Lý Hòa",
        ),
        "person": (
            "Nguyễn Văn Hòa",
            "Nguyễn Văn Hóa",
            "Trần Thị Lan",
            "Lê Thuý Vy",
            "Lê Thuý Vi",
            "Đỗ Mạnh Tý",
            "Hoàng Quốc Kỳ",
        ),
        "negation": ("", "không", "chưa"),
        "unit": ("km", "m", "tấn", "tạ", "ha", "kg", "lít"),
    },
    False: {
        "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "place": ("Oakham", "Oakhem", "Port Ellis", "Marsh End", "Dunmore", "Kirby", "Larch Hill"),
        "person": ("Ann Marlowe", "Anne Marlowe", "Peter Osei", "Petra Osei", "Joan Field"),
        "negation": ("", "not", "never"),
        "unit": ("miles", "km", "tons", "tonnes", "kg", "feet"),
    },
}


class Pair(NamedTuple):
    """Two sides that are different articles (or one, printed again), and how they were made."""

    a: Side
    b: Side
    made: str


class Mould(NamedTuple):
    """A kind of notice: its title, its text with slots, its language."""

    title: str
    text: str
    is_vietnamese: bool


MOULDS = [Mould(title, text, True) for title, text in VIETNAMESE.items()]
MOULDS += [Mould(title, text, False) for title, text in ENGLISH.items()]


def at(hours: float = 0, precision: Precision = Precision.TIME) -> Timestamp:
    return Timestamp(precision, NOON + timedelta(hours=hours), 7 * 3600)


def value(slot: str, mould: Mould, rng: random.Random) -> str:
    match slot:
        case "number":
            forms = ("{}", "1.{}", "1,{}", "{}-2", "12 {}", "{}/7")
            return rng.choice(forms).format(rng.randint(100, 999))
        case "date":
            day, month = rng.randint(1, 28), rng.randint(1, 12)
            forms = ("{}/{}", "{:02}/{:02}/2021", "{:02}-{:02}-2021", "{}.{}")
            return rng.choice(forms).format(day, month)
        case "sign":
            return rng.choice(("-", "+", "", "±"))
        case _:
            return rng.choice(_VALUES[mould.is_vietnamese][slot])


def filled(mould: Mould, values: dict[str, str]) -> str:
    return re.sub(" {2,}", " ", mould.text.format(**values))


def draw(mould: Mould, rng: random.Random) -> dict[str, str]:
    return {slot: value(slot, mould, rng) for slot in SLOTS}


def negatives(count: int, seed: int = 1) -> Iterator[Pair]:
    """Pairs of notices that differ in one slot, or in a number by one digit or one mark: same title or
    another, minutes to a year apart."""
    rng = random.Random(seed)
    for turn in range(count):
        mould, slot = MOULDS[turn % len(MOULDS)], SLOTS[turn // len(MOULDS) % len(SLOTS)]
        values = draw(mould, rng)
        other = values | {slot: _another(slot, values[slot], mould, rng)}
        text, changed = filled(mould, values), filled(mould, other)
        if rng.random() < 0.1:  # a copy's other dress does not make it a copy
            changed = unicodedata.normalize("NFD", changed.replace("\n", "\n\n"))
        if rng.random() < 0.1:
            changed = f"Ngày 13/03/2021 08:15:30\n{changed}\nTheo TTXVN"
        title = mould.title.format(place=values["place"])
        titles = (
            title,
            mould.title.format(place=other["place"]),
            f"{title}: tin mới",
            "Bản tin số 7",
        )
        hours = rng.choice((0, 0.5, 5, 11, 23, 25, 47, 71, 73, 24 * 7, 24 * 365))
        b = Side(rng.choice((titles[0], *titles)), changed, at(hours))
        yield Pair(Side(title, text, at()), b, f"{slot}: {values[slot]} / {other[slot]}")


def _another(slot: str, old: str, mould: Mould, rng: random.Random) -> str:
    if slot == "number" and rng.random() < 0.5:
        slight = {
            old[:-1] + str((int(old[-1]) + 1) % 10),
            old.replace(".", ","),
            old.replace(" ", ""),
        }
        return rng.choice(sorted(slight - {old}))
    while (new := value(slot, mould, rng)) == old:
        pass
    return new


def same_words(count: int, seed: int = 2) -> Iterator[Pair]:
    """Different articles with the same words: "today" on another day, a week later, a short notice under
    another title or on the next day, two companies' notices."""
    rng = random.Random(seed)
    for turn in range(count):
        mould = MOULDS[turn % len(MOULDS)]
        text, title = filled(mould, draw(mould, rng)), mould.title.format(place="Kirby")
        lead = "Hôm nay, tin như sau: " if mould.is_vietnamese else "Today the news is this: "
        short = text.split("\n")[turn % 2]
        made, a, b = rng.choice(
            (
                ("today", Side(title, lead + text, at()), Side(title, lead + text, at(24))),
                ("a week later", Side(title, text, at()), Side(title, text, at(24 * 7))),
                ("short, next day", Side(title, short, at()), Side(title, short, at(24))),
                ("short, other title", Side(title, short, at()), Side("Bản tin", short, at(1))),
                ("no text", Side(title, "", at()), Side(title, "", at())),
            )
        )
        yield Pair(a, b, made)


# --- the same article, printed again ----------------------------------------------------------------

_OLD_TO_NEW = {
    "hoà": "hòa",
    "thuỷ": "thủy",
    "quý": "qúy",
    "hoạ": "họa",
    "thuý": "thúy",
    "hoá": "hóa",
}
HEADS = (
    "Thứ tư, 5/8/2020, 11:43 (GMT+7)",
    "Ngày 05/08/2020 11:43:20",
    "Đăng lúc: 05/08/2020 11:43:20 (GMT+7)",
    "Cập nhật lúc 11:43, 05/08/2020",
    "05-08-2020 | 11:43 AM",
    "05/08/2020 11:43 SA",
    "Thứ Tư, 05/08/2020 - 11:43",
    "CN, 09/08/2020 23:03",
    "11h43 ngày 5/8/2020",
    "Thứ Tư, ngày 5 tháng 8 năm 2020",
    "Published: August 5, 2020",
)
TAILS = (
    "Theo TTXVN",
    "(Nguồn: Báo Xứ Thanh)",
    "Lượt xem: 1.204",
    "Source: Reuters",
    "Ảnh: Minh Anh",
)
AUTHORS = ("Tác giả: Lê An", "Bài và ảnh: Quốc Vinh", "By Joan Field", "Mộc Miên")

Way = Callable[[str, random.Random], str]


def _tones(text: str, rng: random.Random) -> str:
    pairs = [*_OLD_TO_NEW.items()]
    pairs += [(old.capitalize(), new.capitalize()) for old, new in pairs]
    backward = rng.random() < 0.5
    for old, new in pairs:
        text = text.replace(new, old) if backward else text.replace(old, new)
    return text


def _sprinkled(text: str, rng: random.Random, char: str, share: float = 0.1) -> str:
    """The char put into words, between two letters."""
    return re.sub(r"(?<=[^\W\d])(?=[^\W\d])", lambda _: char if rng.random() < share else "", text)


def _quoted(text: str, rng: random.Random) -> str:
    word = re.search(r"\w{4,}", text)
    assert word
    left, right = rng.choice(("“”", '""', "«»", "‘’", "''"))
    return text[: word.start()] + left + word[0] + right + text[word.end() :]


def _entities(text: str, rng: random.Random) -> str:
    named = html.escape(text).encode("ascii", "xmlcharrefreplace").decode()
    return named if rng.random() < 0.7 else named.replace("&", "&amp;")


def _signed(text: str, rng: random.Random) -> str:
    line = rng.choice(AUTHORS)
    return f"{text}\n{line}" if line == "Mộc Miên" or rng.random() < 0.5 else f"{line}\n{text}"


def _i_or_y(text: str, rng: random.Random) -> str:
    return re.sub(r"\b(k|s|t|l|m)([ýỳỷỹ])\b", lambda m: m[1] + "íìỉĩ"["ýỳỷỹ".index(m[2])], text)


WAYS: dict[str, Way] = {
    "date line": lambda text, rng: f"{rng.choice(HEADS)}\n{text}",
    "tail line": lambda text, rng: f"{text}\n{rng.choice(TAILS)}",
    "NFD": lambda text, rng: unicodedata.normalize("NFD", text),
    "NFC": lambda text, rng: unicodedata.normalize("NFC", text),
    "tone marks": _tones,
    "quotes": _quoted,
    "no-break spaces": lambda text, rng: re.sub(" ", lambda _: rng.choice(" \u00a0\u202f"), text),
    "zero width": lambda text, rng: _sprinkled(text, rng, "\u200b"),
    "soft hyphens": lambda text, rng: _sprinkled(text, rng, "\u00ad"),
    "joined": lambda text, rng: text.replace("\n", " "),
    "split": lambda text, rng: re.sub(r"(?<=[.;]) ", "\n", text),
    "capitals": lambda text, rng: text.upper(),
    "author": _signed,
    "entities": _entities,
    "i or y": _i_or_y,
    "agency": lambda text, rng: (
        f"{rng.choice(('(TTXVN) - ', 'HÀ NỘI (TTXVN) - ', '(Reuters) - '))}{text}"
    ),
}
# Words are written before a page frames them, and a page before it is encoded.
FIRST, LAST = ("quotes", "tone marks", "i or y"), ("NFD", "entities")


def _stage(name: str) -> tuple[bool, int]:
    return name not in FIRST, LAST.index(name) + 1 if name in LAST else 0


def printed(text: str, names: Iterable[str], rng: random.Random) -> str:
    for name in sorted(names, key=_stage):
        text = WAYS[name](text, rng)
    return text


def in_other_dress(pairs: Iterable[Pair], seed: int = 4) -> Iterator[Pair]:
    """The same pairs, the second printed in one to three other ways."""
    rng = random.Random(seed)
    for pair in pairs:
        names = rng.sample(list(WAYS), rng.randint(1, 3))
        b = replace(pair.b, text=printed(pair.b.text, names, rng))
        yield Pair(pair.a, b, f"{pair.made}: {' + '.join(names)}")


def reprints(count: int, ways: int, seed: int = 3) -> Iterator[Pair]:
    """An article and its copy, printed in so many other ways at once; up to two days later."""
    rng = random.Random(seed)
    names = list(WAYS)
    for turn in range(count):
        mould = MOULDS[turn % len(MOULDS)]
        values = draw(mould, rng)
        text, title = filled(mould, values), mould.title.format(place=values["place"])
        chosen = [names[turn % len(names)], *rng.sample(names, ways - 1)]
        again = printed(text, chosen, rng)
        other = rng.choice((title, title.upper(), f"{title} ", unicodedata.normalize("NFD", title)))
        b = Side(other, again, at(rng.choice((0, 1, 9, 30, 48))))
        yield Pair(Side(title, text, at()), b, " + ".join(chosen))
