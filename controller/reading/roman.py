"""Roman numerals where the words around make them numbers: "khóa XV", "quý IV/2026", "II." before a heading.

Only I, V and X are read: in a bulletin "hạng C" and "khu L" are classes, and no chapter reaches fifty.
"""

import re

from controller.reading.numbers import cardinal, ordinal
from controller.reading.script import AMOUNT, Rule, rule
from controller.reading.syllables import is_syllable

ROMAN = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})"
VALUES = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))
COUNTED = (
    r"(?i:khóa|khoá|quý|kỷ|kỉ|hội|cấp|chương|phần|kỳ|kì|thứ|vùng|loại|hạng|bậc|tập|đoạn|vực|quyển|mục|đợt|lần|giải|động|"
    r"nhóm|khối|mức|phụ lục|bảng|biểu|tuyến|khu|tổ|đời|vòng)"
)
YEAR = r"(?:(?:/|-|\snăm\s)(?P<y>(?:19|20)\d\d))"


def value(numeral: str) -> int:
    """The number that a Roman numeral stands for."""
    total = 0
    for letters, worth in VALUES:
        while numeral.startswith(letters):
            numeral = numeral.removeprefix(letters)
            total += worth
    return total


def _words(numeral: str) -> str:
    return cardinal(str(value(numeral)))


def _counted(match: re.Match[str]) -> str:
    words = ordinal(str(value(match["n"]))) if match["word"].lower() == "thứ" else _words(match["n"])
    return words + (f" năm {cardinal(match['y'])}" if match["y"] else "")


def _range(match: re.Match[str]) -> str:
    return f"{_words(match['n'])} đến {_words(match['m'])}"


def _item(match: re.Match[str]) -> str:
    return _words(match["n"])


def _plain(match: re.Match[str]) -> str | None:
    """Between any words a numeral of two letters or more, unless it could be said as a word ("VI", "XI")."""
    numeral = match["n"]
    return _words(numeral) if len(numeral) > 1 and not is_syllable(numeral) else None


RULES: tuple[Rule, ...] = (
    rule("Roman numeral", rf"(?<!\w)(?:BĐ|KV|KP)\s?(?P<it>(?P<n>{ROMAN}))(?!\w)", _item, mark=AMOUNT),
    rule(
        "Roman numeral",
        rf"(?<!\w){COUNTED}\s(?P<it>(?P<n>{ROMAN})\s?-\s?(?P<m>{ROMAN}))(?!\w)",
        _range,
        mark=AMOUNT,
    ),
    rule(
        "Roman numeral",
        rf"(?<!\w)(?P<word>{COUNTED})\s(?P<it>(?P<n>{ROMAN}){YEAR}?)(?![\w'])",
        _counted,
        mark=AMOUNT,
    ),
    rule("Roman numeral", rf"^(?P<it>(?P<n>{ROMAN}))(?=[./)-](?:\s|$)|\s-\s|$)", _item, flags=re.MULTILINE),
    rule("Roman numeral", rf"(?<![\w./-])(?P<n>{ROMAN})(?![\w/]|-[A-Z])", _plain, mark=AMOUNT),
)
