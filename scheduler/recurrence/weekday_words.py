"""Days of the week and spans of them, Vietnamese or English, from words without accents."""

import re

from scheduler.recurrence.weekdays import Weekday
from scheduler.recurrence.words import IN_ORDER

BETWEEN = re.compile(r"\s*(?:[,;&\n]|\bva\b|\band\b)\s*|\s+")
_VI_DAY = {"2": 0, "hai": 0, "3": 1, "ba": 1, "4": 2, "tu": 2, "5": 3, "nam": 3, "6": 4, "sau": 4, "7": 5, "bay": 5}
_WEEKDAY = (
    r"(?:(?:thu|t)\s*\.?\s*(?P<vi>[2-7]|hai|ba|tu|nam|sau|bay)\b|(?P<sun>chu nhat|c\.?n\b)"
    r"|(?P<en>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?s?\b|(?P<bare>[2-7])\b)"
)
_TO = r"\s*(?:-|–|—|\bden\b|\btoi\b|\bto\b)\s*"
_SPAN = re.compile(rf"{_WEEKDAY}(?:{_TO}{_WEEKDAY.replace('?P<', '?P<to_')})?")
_EN_DAY = {day.value[:3]: number for number, day in enumerate(IN_ORDER)}


def read_weekdays(words: str) -> tuple[Weekday, ...]:
    """`t2, t4`, `t 2 den t 6`, `mon-fri`; none where anything else is among them."""
    found: list[Weekday] = []
    at, may_be_bare = 0, False
    while at < len(words):
        one = _SPAN.match(words, at)
        if one is None or (one["bare"] and not may_be_bare):
            return ()
        found += _span(_number(one, ""), _number(one, "to_"))
        may_be_bare = may_be_bare or one["vi"] is not None
        gap = BETWEEN.match(words, one.end())
        if gap is None and one.end() < len(words):
            return ()
        at = gap.end() if gap else one.end()
    return tuple(found)


def _number(found: re.Match[str], side: str) -> int | None:
    """0 is Monday."""
    if vi := found[f"{side}vi"] or found[f"{side}bare"]:
        return _VI_DAY[vi]
    if en := found[f"{side}en"]:
        return _EN_DAY[en]
    return 6 if found[f"{side}sun"] else None


def _span(first: int | None, last: int | None) -> list[Weekday]:
    begin = first or 0
    length = 0 if last is None else (last - begin) % 7
    return [IN_ORDER[(begin + step) % 7] for step in range(length + 1)]
