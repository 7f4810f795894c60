"""Days, months and years: "23/11/2026", "15-20/11", "tháng 4", "T2-T6", ISO dates."""

import re

from controller.reading.numbers import cardinal, month
from controller.reading.script import DATE, Rule, before, rule

DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
D = r"(?:0?[1-9]|[12]\d|3[01])"
M = r"(?:0?[1-9]|1[0-2])"
Y = r"(?:1[89]|2[01])\d{2}"
OPEN = r"(?<![\w/])(?<!\d[.,])"
SHUT = r"(?![\w/]|[.,]\d)"
UNCOUNTED = r"(?!\s(?:gói|lần|viên|ly|cốc|giờ|bữa|buổi|liều|hộ|người|tiết|suất|chai|ml|g|lít)\b)"
DASH = r"\s?-\s?"
NAMES_A_DAY = re.compile(r"(?:ngày|mùng|mồng|hôm)\s*$")
WHEN = re.compile(r"(?:ngày|mùng|mồng|hôm|sáng|trưa|chiều|tối|đêm|vào|từ|trong|các|lễ|dịp)\s*$")
NAMES_A_PLACE = re.compile(r"(?:đường|phố|hẻm|cầu|chợ|trường|công viên|quảng trường|bệnh viện|xí nghiệp)\s*$")
NAMES_A_MONTH = re.compile(r"tháng\s*$")
WEEKDAYS = {"2": "hai", "3": "ba", "4": "tư", "5": "năm", "6": "sáu", "7": "bảy"}


def is_day(day: str, in_month: str) -> bool:
    """Such a day exists in some year."""
    return 1 <= int(in_month) <= 12 and 1 <= int(day) <= DAYS[int(in_month) - 1]


def _led(match: re.Match[str], words: str) -> str:
    """With "ngày" in front, unless the text says so already or a street bears the date's name."""
    there = before(match)
    return words if NAMES_A_DAY.search(there) or NAMES_A_PLACE.search(there) else f"ngày {words}"


def _year(digits: str | None) -> str:
    if not digits:
        return ""
    return f" năm {cardinal(f'20{digits}' if len(digits) == 2 else digits)}"


def _day_and_month(match: re.Match[str]) -> str:
    return f"{cardinal(match['d'])} tháng {month(match['m'])}"


def _date(match: re.Match[str]) -> str | None:
    if not is_day(match["d"], match["m"]):
        return None
    return _led(match, _day_and_month(match) + _year(match.groupdict().get("y")))


def _days(match: re.Match[str]) -> str | None:
    """The days of a range or a list that share one month."""
    listed = "-" not in match["days"]
    if not is_day(match["d"], match["m"]) or (listed and not WHEN.search(before(match))):
        return None
    joins = {"-": " đến ", ",": ", ", ";": ", ", "v": " và "}
    words = ""
    for day, join in re.findall(r"(\d+)\s*([-,;v])", match["days"]):
        words += cardinal(day) + joins[join]
    return _led(match, words + _day_and_month(match) + _year(match["y"]))


def _month_year(match: re.Match[str]) -> str:
    led = "" if NAMES_A_MONTH.search(before(match)) else "tháng "
    return f"{led}{month(match['m'])}{_year(match['y'])}"


def _months(match: re.Match[str]) -> str:
    words = " đến ".join(month(part) for part in re.findall(r"\d+", match["it"])[: 2 if match["n"] else 1])
    return words + _year(match["y"])


def _term(match: re.Match[str]) -> str:
    """ "đợt 2/2026", "quý 4-2026": which one, of which year."""
    return cardinal(match["n"]) + _year(match["y"])


def _weekday(match: re.Match[str]) -> str:
    return f"thứ {WEEKDAYS[match['n']]}"


RULES: tuple[Rule, ...] = (
    rule("date", rf"{OPEN}(?P<y>{Y})-(?P<m>\d\d)-(?P<d>\d\d)(?:T(?=\d\d:)|{SHUT})", _date, mark=DATE),
    rule(
        "date",
        rf"{OPEN}(?P<days>{D}(?:\s?-\s?|(?:\s?[,;]\s?{D}(?!\d)){{0,8}}(?:\s?[,;]\s?|\s?và\s)))"
        rf"(?P<d>{D})/(?P<m>{M})(?:/(?P<y>{Y}))?{SHUT}",
        _days,
        mark=DATE,
    ),
    rule("date", rf"{OPEN}(?P<d>{D})(?P<s>[/.\-])(?P<m>{M})(?P=s)(?P<y>{Y}){SHUT}", _date, mark=DATE),
    rule("date", rf"{OPEN}(?P<d>{D})/(?P<m>{M})/(?P<y>\d\d){SHUT}", _date, mark=DATE),
    rule(
        "date",
        rf"(?i:tháng|thg)\s(?P<it>(?P<m>{M})(?:{DASH}(?P<n>{M}))?(?:(?:/|-|\snăm\s)(?P<y>{Y}))?){SHUT}",
        _months,
        mark=DATE,
    ),
    rule(
        "term", rf"(?<!\w)(?i:quý|đợt|tuần|kỳ|kì|lần|vòng|số)\s(?P<it>(?P<n>\d{{1,2}})(?:/|-)(?P<y>{Y})){SHUT}", _term
    ),
    rule("date", rf"{OPEN}T(?P<m>{M})[/-](?P<y>{Y}){SHUT}", _month_year, mark=DATE),
    rule("date", rf"{OPEN}(?P<m>{M})/(?P<y>{Y}){SHUT}", _month_year, mark=DATE),
    rule("date", rf"(?:{OPEN}|(?<=\d[hH]/))(?P<d>{D})/(?P<m>{M}){SHUT}", _date, mark=DATE),
    rule(
        "date",
        rf"(?:(?i:ngày|lễ|dịp|tết|đường|phố)\s|(?:nay|mai|qua|nhật)\s\()(?P<it>(?P<d>{D})[.\-](?P<m>{M})){SHUT}{UNCOUNTED}",
        _date,
        mark=DATE,
    ),
    rule("weekday", r"(?<!\w)T(?P<n>[2-7])(?![\w/])", _weekday, mark=DATE),
)
