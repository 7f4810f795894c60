"""Numbers of articles, items and versions, where a full stop parts levels: "mục 1.2.3", "Điều 3.2"."""

import re

from controller.reading.numbers import cardinal
from controller.reading.script import Rule, rule

NAMED = r"(?i:mục|điểm|điều|khoản|phần|chương|bảng|biểu|hình|phụ lục|phiên bản|tiêu chí|tiểu mục|bài|chỉ tiêu|nội dung)"
LEVELS = r"\d{1,2}(?:\.\d{1,2})"


def _levels(match: re.Match[str]) -> str:
    return " chấm ".join(map(cardinal, match["it"].split(".")))


RULES: tuple[Rule, ...] = (
    rule("section", rf"(?<!\w){NAMED}(?: số)?\s(?P<it>{LEVELS}{{1,5}})(?![\w]|[.,]\d)", _levels),
    rule("section", rf"^(?P<it>{LEVELS}{{1,5}})(?=[.)]?\s+[^\W\d_a-z])", _levels, flags=re.MULTILINE),
    rule("section", rf"(?<![\w.,])(?P<it>{LEVELS}{{2,5}})(?![\w]|[.,]\d)", _levels),
)
