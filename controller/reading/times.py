"""Hours and minutes: "14h30", "6h", "06 giờ 00", "19g15", "14:30", "30 phút" marks."""

import re

from controller.reading.numbers import STARTS, cardinal, number
from controller.reading.script import TIME, Rule, rule

H = r"(?:[01]?\d|2[0-4])"
MIN = r"[0-5]\d"
OPEN = r"(?<![\w:])(?<!\d[.,/])"
SHUT = r"(?![\w:]|[.,]\d)"


def _clock(match: re.Match[str]) -> str:
    """Hours, minutes where there are any, and seconds where they are given."""
    seconds = match.groupdict().get("s")
    words = _hours(match["h"], match["m"])
    return f"{words} {cardinal(seconds)} giây" if seconds and int(seconds) else words


def _hours(hour: str, minute: str) -> str:
    words = f"{cardinal(hour)} giờ"
    return f"{words} {cardinal(minute)} phút" if int(minute) else words


def _whole_hours(match: re.Match[str]) -> str:
    return f"{number(match['h'])} giờ"


def _hour_range(match: re.Match[str]) -> str:
    return f"{cardinal(match['a'])} đến {cardinal(match['h'])} giờ"


def _minutes(match: re.Match[str]) -> str:
    return f"{cardinal(match['m'])} phút"


RULES: tuple[Rule, ...] = (
    rule(
        "time",
        rf"{OPEN}(?P<h>{H})(?:\s?[hHg]\s?|\s?giờ\s?)(?P<m>{MIN})(?:\s?(?:phút|ph|p|'))?(?:(?P<s>\d{{1,2}})(?:\"|''))?{SHUT}"
        r"(?!\s?(?:km|m\b|%|°|người|hộ))",
        _clock,
        mark=TIME,
    ),
    rule("time", rf"{OPEN}(?P<h>{H})[hH](?P<m>\d)(?:\s?(?:phút|ph|p|'))?{SHUT}", _clock, mark=TIME),
    rule("time", rf"{OPEN}(?P<h>{H}):(?P<m>{MIN})(?::(?P<s>{MIN}))?(?:[hH]|Z)?{SHUT}", _clock, mark=TIME),
    rule("time", rf"{OPEN}(?P<a>{H})\s?-\s?(?P<h>{H})\s?[hH]{SHUT}", _hour_range, mark=TIME),
    rule("time", rf"{STARTS}(?<!/)(?P<h>\d{{1,3}}(?:,\d)?)\s?[hH](?!\w)", _whole_hours, mark=TIME),
    rule(
        "time",
        rf"(?:[Tt]ừ|[Ll]úc|[Đđ]ến|[Tt]rước|[Ss]au|[Vv]ào|[Kk]hoảng|-)\s?(?P<it>(?P<h>{H})g){SHUT}",
        _whole_hours,
        mark=TIME,
    ),
    rule("time", rf"{OPEN}(?P<h>{H})g(?=\s?(?:sáng|trưa|chiều|tối|đêm|ngày|hôm))", _whole_hours, mark=TIME),
    rule("time", rf"{OPEN}(?P<m>\d{{1,3}})\s?(?:'(?!')|ph?(?!\w)){SHUT}", _minutes, mark=TIME),
)
