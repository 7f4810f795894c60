"""Sums of money: "1.500.000đ", "2,5tr", "2tr5", "50k", "100 USD", "25.000 đồng/kg"."""

import re

from controller.reading.numbers import NUMBER, STARTS, cardinal, number
from controller.reading.script import MONEY, Rule, rule
from controller.reading.units import amount

SPACED = r"\d{1,3}(?: \d{3}){1,4}"
SUM = rf"(?:{SPACED}(?!\d)|{NUMBER})"
DONG = r"(?:đồng|đ|Đ|VNĐ|VND|vnđ|vnd|Đồng|ĐỒNG)"
SCALES = {
    **dict.fromkeys(("k", "K", "nghìn"), "nghìn"),
    "ngàn": "ngàn",
    "trăm": "trăm",
    **dict.fromkeys(("tr", "Tr", "TR", "triệu", "Triệu"), "triệu"),
    **dict.fromkeys(("tỷ", "tỉ", "Tỷ"), "tỷ"),
    "nghìn tỷ": "nghìn tỷ",
    "nghìn tỉ": "nghìn tỷ",
    "ngàn tỷ": "nghìn tỷ",
    "triệu tỷ": "triệu tỷ",
}
SCALE = "(?:" + "|".join(sorted(SCALES, key=len, reverse=True)) + ")"
FOREIGN = {
    **dict.fromkeys(("USD", "$", "US$", "usd"), "đô la Mỹ"),
    **dict.fromkeys(("EUR", "€", "euro"), "ơ rô"),
    "£": "bảng Anh",
    "GBP": "bảng Anh",
    "¥": "yên Nhật",
    "JPY": "yên Nhật",
    "CNY": "nhân dân tệ",
    "KRW": "won Hàn Quốc",
    "AUD": "đô la Úc",
    "RMB": "nhân dân tệ",
}
CURRENCY = "(?:" + "|".join(sorted(map(re.escape, FOREIGN), key=len, reverse=True)) + ")"
ENDS = r"(?!\w|/c\b)"
THOUSANDS = re.compile(r"\d{1,3},\d{3}")


def _sum(written: str) -> str:
    """A sum as typed: in money three digits behind one comma are thousands, and spaces part thousands."""
    if " " in written:
        written = written.replace(" ", "")
        return cardinal(written)
    if THOUSANDS.fullmatch(written) or written.isdecimal():
        return cardinal(written.replace(",", ""))
    return number(written)


def _range(match: re.Match[str]) -> str:
    first, second = match["a"], match["b"]
    return f"{_sum(first)} đến {_sum(second)}" if second else _sum(first)


def _dong(match: re.Match[str]) -> str:
    scale = f" {SCALES[match['scale']]}" if match["scale"] else ""
    return f"{_range(match)}{scale} đồng"


def _short(match: re.Match[str]) -> str:
    """ "50k", "2,5tr" and "10 tỷ": dong are meant; a spelled "triệu" stays, for it may count people."""
    return f"{amount(match['a'], match['b'])} {SCALES[match['scale']]} đồng"


def _broken(match: re.Match[str]) -> str:
    """ "2tr5" is 2,500,000 and "1tr250" 1,250,000."""
    thousands = match["rest"].ljust(3, "0")
    return f"{cardinal(match['a'])} triệu {cardinal(thousands)} nghìn đồng"


def _foreign(match: re.Match[str]) -> str:
    scale = f" {SCALES[match['scale']]}" if match["scale"] else ""
    return f"{_range(match)}{scale} {FOREIGN[match['unit']]}"


def _sign_first(match: re.Match[str]) -> str:
    return f"{_sum(match['a'])} {FOREIGN[match['unit']]}"


A_TO_B = rf"{STARTS}(?P<a>{SUM})(?:\s?-\s?(?P<b>{SUM}))?\s?"

RULES: tuple[Rule, ...] = (
    rule("money", rf"{A_TO_B}(?:(?P<scale>{SCALE})\s?)?{DONG}{ENDS}", _dong, mark=MONEY),
    rule(
        "money",
        rf"{STARTS}(?P<a>\d{{1,4}})(?:tr|triệu)(?P<rest>\d{{1,3}})(?:\s?{DONG})?{ENDS}",
        _broken,
        mark=MONEY,
    ),
    rule("money", rf"{A_TO_B}(?:(?P<scale>{SCALE})\s?)?(?P<unit>{CURRENCY})(?!\w)", _foreign, mark=MONEY),
    rule("money", rf"(?<!\w)(?P<unit>US\$|[$€£¥])\s?(?P<a>{SUM})(?!\w)", _sign_first, mark=MONEY),
    rule("money", rf"{A_TO_B}(?P<scale>{SCALE})(?=\s?/)", _short, mark=MONEY),
    rule("money", rf"{A_TO_B}(?P<scale>k|(?<=\d\d)K|tr|Tr|TR){ENDS}", _short, mark=MONEY),
)
