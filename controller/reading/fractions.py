"""What a slash between two numbers means where it is no date: a part, so many of so many, a score."""

import re

from controller.reading.dates import is_day
from controller.reading.numbers import NUMBER, STARTS, cardinal, number
from controller.reading.script import AMOUNT, TIME, Rule, after, before, rule

YEAR = re.compile(r"(?:1[89]|20|21)\d\d")
COMMON = {"1/2", "1/3", "2/3", "1/4", "3/4", "2/5", "3/5", "4/5"}
"""Parts that people write; any other pair that could be a day is a day unless a counted noun follows."""
DATE_IN_FRONT = re.compile(
    r"(?:ngày|mùng|mồng|sáng|trưa|chiều|tối|đêm|từ|đến|trước|sau|hết|hạn|lễ|dịp|tết|niệm|nhật|đường|phố|"
    r"thứ \w+|phút|giờ)[,;:]?\s*(?:-\s*)?$"
)
PART_OF = re.compile(
    r"\s(?:số|tổng|diện|dân|phần|lượng|quãng|đoạn|chiều|thời|giá|mức|cốc|thìa|muỗng|viên|quả|ly|lít|kg|"
    r"bán|tài|nguồn|khối|thành|cử|đại|chặng|công|ngày công|khẩu|liều)\b"
)
COUNTED = re.compile(
    r"\s(?:tiêu chí|chỉ tiêu|hộ|người|ấp|thôn|xã|phường|khu|tổ|huyện|tỉnh|đại biểu|phiếu|học sinh|em|cháu|"
    r"đảng viên|chi bộ|thành viên|đồng chí|cụm|loa|trạm|trường|lớp|giáo viên|hội viên|đoàn viên|nội dung|"
    r"công trình|tuyến|ca|giường|điểm|mẫu|nhà|con|chiếc|xe|cơ quan|đơn vị|bài|câu|cử tri|hồ sơ)\b"
)
DENOMINATORS = {"10": "mười", "100": "một trăm", "1000": "một nghìn"}
SCORE = r"(?i:tỷ số|tỉ số|thắng|thua|hòa|hoà|dẫn|kết quả)(?: (?:là|với tỷ số|với tỉ số|trước))?[: ]\s?"


def _of(match: re.Match[str]) -> str:
    return f"{number(match['a'])} trên {number(match['b'])}"


def _counted(match: re.Match[str]) -> str | None:
    """ "18/19 tiêu chí", "15/20", "140/90": never a day."""
    if COUNTED.match(after(match)) and not re.search(r"ngày\s*$", before(match)):
        return _of(match)
    return None if is_day(match["a"], match["b"]) or YEAR.fullmatch(match["b"]) else _of(match)


def _part(match: re.Match[str]) -> str | None:
    """ "2/3 diện tích" by what follows, "giảm 1/2" by habit, unless a day is spoken of."""
    top, bottom = int(match["a"]), int(match["b"])
    of_something = PART_OF.match(after(match)) is not None
    by_habit = match.group() in COMMON and not DATE_IN_FRONT.search(before(match))
    if not 0 < top < bottom or not (of_something or by_habit) or COUNTED.match(after(match)):
        return None
    return f"{cardinal(match['a'])} phần {DENOMINATORS.get(match['b']) or _denominator(match['b'])}"


def _denominator(digits: str) -> str:
    return "tư" if int(digits) == 4 else cardinal(digits)


def _around_the_clock(match: re.Match[str]) -> str:
    if match["b"] == "7":
        return "hai mươi tư trên bảy"
    return "hai mươi tư trên hai mươi tư" + (" giờ" if match["h"] else "")


def _always_on(match: re.Match[str]) -> str | None:
    return None if DATE_IN_FRONT.search(before(match)) else _around_the_clock(match)


def _score(match: re.Match[str]) -> str:
    return f"{cardinal(match['a'])} {cardinal(match['b'])}"


PAIR = r"(?<![\w/+])(?<!\d[.,])(?P<a>\d{1,4})/(?P<b>\d{1,4})(?![\w/]|[.,]\d)"

RULES: tuple[Rule, ...] = (
    rule("around the clock", r"(?<![\w/])24/(?P<b>24)\s?(?P<h>[hH](?!\w))?(?![\w/])", _around_the_clock, mark=TIME),
    rule("around the clock", r"(?<![\w/])24/(?P<b>7)(?![\w/])", _always_on, mark=TIME),
    rule("score", rf"{SCORE}(?P<it>(?P<a>\d{{1,2}})\s?[-:]\s?(?P<b>\d{{1,2}}))(?![\w/]|[.,]\d)", _score),
    rule("so many of", rf"(?<!\w)(?i:trang|câu|bài|trận|bước|tờ|điểm)\s(?P<it>{PAIR})", _of, mark=AMOUNT),
    rule("part", PAIR, _part, mark=AMOUNT),
    rule("so many of", PAIR, _counted, mark=AMOUNT),
    rule("so many of", rf"{STARTS}(?P<a>{NUMBER})/(?P<b>\d{{1,3}}(?:\.\d{{3}})+)(?!\w)", _of, mark=AMOUNT),
)
