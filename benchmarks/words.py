"""The words of the corpus: our own lists, put together by chance. No sentence is from a newspaper."""

from __future__ import annotations

NAMES = tuple(
    """An Bạch Bảo Bằng Biên Bích Bình Cao Cẩm Châu Chi Cúc Dạ Diễm Duyên Dương Đài Đan Đăng Điền Định
    Đoan Đông Đức Gia Giang Hà Hạ Hải Hạnh Hậu Hiên Hiệp Hoa Hòa Hoàng Hồng Huệ Hương Khánh Khê Kiên Kim
    Lam Lan Lâm Lộc Long Lưu Mai Mận Minh Mộc Nam Nga Ngân Nghi Ngọc Nguyên Nhã Nhân Phong Phú Phúc Phước
    Quảng Quế Quý Sa Sơn Tâm Tân Thạch Thanh Thảo Thắng Thiên Thịnh Thọ Thu Thủy Tiên Tín Trà Trúc Tùng
    Tuyết Uyên Vân Vĩnh Xuân Yên""".split()
)

FAMILIES = tuple("Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Mạc Tạ".split())
MIDDLES = tuple("Văn Thị Hữu Đình Ngọc Minh Thanh Quang Xuân Thu".split())
SECTIONS = (
    "Thời sự",
    "Đời sống",
    "Làng nghề",
    "Giáo dục",
    "Văn hóa",
    "Thể thao",
    "Kinh tế",
    "Bạn đọc",
)
SOURCES = (
    "Báo Bến Sông",
    "Tuần tin Đồi Gió",
    "Đài Cửa Lạch",
    "Trang tin Núi Voi",
    "Bản tin Bãi Dâu",
)
TAG_HEADS = tuple("đường cầu chợ trường vườn sông ruộng biển nghề hội".split())
TAG_TAILS = tuple("làng mới xuân gốm tre muối lụa cói đá hoa".split())

WHO = tuple(
    """Ủy ban phường {place}|Ban quản lý chợ {place}|Hội phụ nữ xã {place}|Các hộ dân thôn {place}
    |Trường tiểu học {place}|Hợp tác xã {place}|Ông {person}|Bà {person}|Anh {person}|Chị {person}
    |Đội thuyền bến {place}|Câu lạc bộ cờ {place}|Tổ thợ mộc làng {place}|Trạm khuyến nông {place}
    |Thư viện huyện {place}|Nhóm giáo viên trường {place}|Bưu điện {place}|Phòng văn hóa {place}
    |Đội bóng {place}|Nhà máy gạch {place}|Đoàn thanh niên {place}|Xưởng dệt {place}
    |Bạn đọc {person}|Người trông đê {person}|Đại diện {count} gia đình ở {place}""".replace(
        "\n    ", ""
    ).split("|")
)

DOES = tuple(
    """vừa hoàn thành|đang chuẩn bị|đã khởi công|tổ chức|bàn về|kiểm tra|mở lại|sửa chữa|giới thiệu|khảo sát
    |góp công dựng|lên kế hoạch làm|xin ý kiến về|nhận bàn giao|trưng bày|ghi chép lại|dọn dẹp|trồng thêm cây quanh
    |vận động bà con gìn giữ|đo đạc lại|kể chuyện về|tặng sách cho|đưa vào sử dụng|quyết định nâng cấp
    |chưa đồng ý với phương án làm|mong sớm có kinh phí cho|cho biết sẽ thay đổi cách quản lý""".replace(
        "\n    ", ""
    ).split("|")
)

WHAT = tuple(
    """tuyến đường bê tông dài {count} mét|cây cầu gỗ bắc ngang kênh {place}|vườn ươm {count} cây giống
    |phòng đọc sách rộng {count} mét vuông|lớp học buổi tối cho {few} học viên|bến đò {place}|lễ hội làng {place}
    |giếng cổ bên đình {place}|{few} gian hàng bán đồ gốm|con mương dẫn nước dài {count} mét|mái ngói của ngôi đình {place}
    |chuyến xe chở {count} thùng rau|cuộc thi viết chữ đẹp|giải bóng chuyền {few} đội|nghề đan cói của làng {place}
    |sân chơi cho trẻ em khu {place}|hồ sơ của {count} thửa ruộng|tủ thuốc chung của thôn|đoạn đê xung yếu {place}
    |kho thóc giống {count} tạ|{few} chiếc thuyền nan|bộ ảnh “{place} bốn mùa”|bếp ăn của trường {place}
    |đường ống nước sạch tới {count} hộ|bảng chỉ dẫn ở ngã ba {place}|đàn ong {few} tổ|trạm bơm {place}""".replace(
        "\n    ", ""
    ).split("|")
)

HOW = tuple(
    """trong quý {quarter} năm {year}|để kịp mùa mưa|với sự góp sức của {count} gia đình|theo cách làm của các cụ
    |sau gần {few} tháng chờ đợi|dù kinh phí chỉ được {few} phần trăm|trước khi vụ gặt bắt đầu
    |nhờ khoản quyên góp {count} triệu đồng|tại buổi họp ngày {day} tháng {month}|cùng lúc với việc nạo vét kênh
    |mà không phải chặt cây nào|và giao cho tổ tự quản trông coi|như lời hứa từ năm {year}
    |trong tiếng trống của đội văn nghệ|khi nước sông đã rút|vì lớp trẻ ở {place} muốn ở lại quê
    |với giá {count} nghìn đồng mỗi mét|ở phía đông chợ {place}|và hẹn gặp lại sau {few} tuần
    |cho dù đường vào {place} còn xa|để khách xa có chỗ nghỉ chân|bằng gỗ và tre của chính làng {place}""".replace(
        "\n    ", ""
    ).split("|")
)

LINKS = tuple("bản vẽ|biên bản|bảng giá|danh sách|bài trước|số liệu|bản đồ|thư ngỏ".split("|"))
CELLS = tuple("Hạng mục|Số lượng|Ghi chú".split("|"))
