"""Telephone numbers, digit by digit with a pause after each group, and codes that only look like numbers."""

import re

from controller.reading.letters import spell
from controller.reading.numbers import cardinal, digit_by_digit, in_groups
from controller.reading.script import Rule, after, before, rule

GROUPS = {10: (4, 3, 3), 11: (4, 4, 3), 9: (3, 3, 3), 8: (4, 4)}
CALLED = re.compile(
    r"(?:gọi|số|cảnh sát|cứu thương|chữa cháy|cứu hỏa|cứu hoả|công an|báo|hệ|máy|đt|sđt|đến|qua|tới|ngay|cháy)"
    r"(?: ngay| số| máy| đến số)?[: ]*$|(?:gọi|tổng đài|nóng|hotline|thoại|khẩn cấp|cấp cứu)[^.;\n\d]{0,32}$"
)
COUNTED = re.compile(
    r"\s?(?:hộ|người|ca|trường hợp|học sinh|con|cháu|em|đại biểu|suất|căn|nhà|tấn|ha|đảng|cán bộ|đồng|km|m|"
    r"triệu|nghìn|tỷ|liều|mũi|phiếu|ngày|năm|lượt|hồ sơ|giường|thí sinh)(?!\w)|\s?%|/"
)
CODED = (
    r"(?i:mã|cccd|cmnd|cmtnd|mst|stk|tài khoản|định danh|thẻ|bhyt|bhxh|mật khẩu|căn cước|hộ chiếu|id|pin|zalo)"
    r"(?i:\s(?:số|là|cá nhân|thuế|hồ sơ|khách hàng|bhyt|otp|xác nhận|công dân|định danh)){0,3}"
)
SHORT = r"(?:11[1-5]|1022|1080)"
EMERGENCY = re.compile(SHORT)
YEAR = re.compile(r"(?:19|20)\d\d")


def _international(match: re.Match[str]) -> str | None:
    groups = re.findall(r"\d+", match.group())
    return f"cộng {_grouped(groups)}" if 8 <= len("".join(groups)) <= 14 else None


def _national(match: re.Match[str]) -> str | None:
    groups = re.findall(r"\d+", match.group())
    usual = len(groups[0]) >= 3 or len(groups) <= 3
    return _grouped(groups) if usual and 10 <= len("".join(groups)) <= 11 else None


def _grouped(groups: list[str]) -> str:
    """The groups as typed; one long row is cut as it is usually said."""
    said: list[str] = []
    for group in groups:
        start = 0
        for size in GROUPS.get(len(group), (len(group),)):
            said.append(digit_by_digit(group[start : start + size]))
            start += size
    return ", ".join(said)


def _hotline(match: re.Match[str]) -> str:
    first, *rest = re.findall(r"\d+", match.group())
    return ", ".join(digit_by_digit(part) for part in (first[:4], first[4:], *rest) if part)


def _emergency(match: re.Match[str]) -> str | None:
    """Called where the words around say so or several stand together; counted where a noun follows."""
    several = " " in match.group() or "/" in match.group()
    called = several or CALLED.search(before(match, 48))
    if COUNTED.match(after(match)) or not called:
        return None
    return EMERGENCY.sub(lambda each: digit_by_digit(each.group()), match.group().replace("/", ", "))


def _code(match: re.Match[str]) -> str | None:
    written = match["it"]
    if YEAR.fullmatch(written) or COUNTED.match(after(match)):
        return None
    parts = re.split(r"[ -]", written)
    return ", ".join(map(digit_by_digit, parts) if " " in written else map(in_groups, parts))


def _mixed_code(match: re.Match[str]) -> str:
    """ "H55.20-231123-0001" in its own groups."""
    return ", ".join(map(_group, re.split(r"[.\-]", match["it"])))


def _group(group: str) -> str:
    return in_groups(group) if group.isdecimal() else spell(group)


def _plate(match: re.Match[str]) -> str:
    digits = match["n"].replace(".", "")
    return f"{cardinal(match['p'])} {spell(match['s'])}, {digit_by_digit(digits)}"


APART = r"[ .\-]"
OPEN = r"(?<![\w+])(?<!\d[.,/\-])"
SHUT = r"(?!\w|[.,/]\d)"

RULES: tuple[Rule, ...] = (
    rule(
        "number plate",
        r"(?<!\w)(?P<p>\d{2})(?P<s>[A-ZĐ]{1,2}\d?)[- ](?P<n>\d{3}\.?\d{2}|\d{4})(?!\w|[./]\d)",
        _plate,
    ),
    rule(
        "telephone",
        rf"{OPEN}\(?\+\d{{1,3}}\)?{APART}?\(?0?\)?\d{{1,4}}(?:{APART}?\d{{2,4}}){{1,4}}{SHUT}",
        _international,
    ),
    rule(
        "telephone",
        rf"{OPEN}\(?0\d{{1,4}}\)?(?:\s?{APART}?\d(?=[ .]\d{{3}}))?(?:\s?{APART}?\d{{2,4}}){{1,4}}{SHUT}",
        _national,
    ),
    rule("hotline", rf"{OPEN}1[89]00{APART}?\d{{2,4}}(?:{APART}?\d{{2,3}})?{SHUT}", _hotline),
    rule(
        "emergency number",
        rf"(?<![\w.,+]){SHORT}(?:(?:,\s|\s?/\s?|\s(?:và|hoặc|hay)\s){SHORT}){{0,5}}(?!\w|[.,/]\d)",
        _emergency,
    ),
    rule(
        "code",
        rf"(?<!\w){CODED}(?:\s?:)?\s(?P<it>\d{{2,6}}(?: \d{{2,6}}){{1,4}}|\d{{4,24}}(?:-\d{{3}})?)(?!\w|[.,/]\d)",
        _code,
    ),
    rule(
        "code",
        rf"(?<!\w){CODED}(?:\s?:)?\s(?P<it>(?=[A-Z\d]{{0,12}}\d)[A-Z\d]{{1,12}}(?:[.\-][A-Z\d]{{1,12}}){{1,4}})(?![\w/])",
        _mixed_code,
    ),
)
