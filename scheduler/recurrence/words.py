"""Days as people write them in a cell: from a rule to Vietnamese or English words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from scheduler.recurrence.rules import Daily, DayRule, Lunar, Monthly, MonthlyWeekday, Once, Rfc5545, Weekly
from scheduler.recurrence.weekdays import Weekday

Language = Literal["vi", "en"]
OnlyOn = Literal["all_days", "working_days", "no_holidays"]

IN_ORDER = tuple(Weekday)
VIETNAMESE = ("thứ 2", "thứ 3", "thứ 4", "thứ 5", "thứ 6", "thứ 7", "CN")
"""Monday to Sunday."""
ENGLISH = tuple(day.value.capitalize() for day in Weekday)
ENGLISH_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
FULL_MOON = 15
RUN = 3
"""From so many days of the week in a row on they are said as "first to last"."""
PREFIX = "RRULE:"

_SAID: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "vi": {
            "daily": "hằng ngày", "days": "cứ {} ngày", "weeks": ", cứ {} tuần", "monthly": "ngày {} hằng tháng",
            "last": "cuối", "nth": "{day} lần thứ {nth} trong tháng", "nth_last": "{day} cuối cùng trong tháng",
            "lunar": "âm lịch ngày {}", "months": " tháng {}", "leap": ", kể cả tháng nhuận",
            "all_days": "", "working_days": "chỉ ngày làm việc", "no_holidays": "trừ ngày nghỉ",
            "working": "ngày làm việc",
        },
        "en": {
            "daily": "every day", "days": "every {} days", "weeks": ", every {} weeks",
            "monthly": "day {} of the month",
            "last": "last", "nth": "{nth} {day} of the month", "nth_last": "last {day} of the month",
            "lunar": "lunar day {}", "months": " month {}", "leap": ", leap months too",
            "all_days": "", "working_days": "working days only", "no_holidays": "except holidays",
            "working": "working days",
        },
    }
)  # fmt: skip


@dataclass(frozen=True)
class Days:
    """Which days, and which of these count."""

    rule: DayRule
    only_on: OnlyOn = "all_days"


def said(days: Days, language: Language) -> str:
    """The words; `understood` reads them back as the same days."""
    words = _SAID[language]
    if days.only_on == "working_days" and days.rule == Daily():
        return words["working"]
    rule, only = _rule(days.rule, language), words[days.only_on]
    return f"{rule}, {only}" if only else rule


def _rule(rule: DayRule, language: Language) -> str:  # noqa: PLR0911 a line for each way to say it
    words = _SAID[language]
    match rule:
        case Once():
            return ", ".join(map(day_said, rule.days))
        case Daily():
            return words["daily"] if rule.every == 1 else words["days"].format(rule.every)
        case Weekly():
            return _week(rule.days, language) + ("" if rule.every == 1 else words["weeks"].format(rule.every))
        case Monthly():
            return words["monthly"].format(_numbers(rule.days, words["last"]))
        case MonthlyWeekday():
            return _nth(rule, language)
        case Lunar():
            return _lunar(rule, words)
        case Rfc5545():
            return PREFIX + rule.rrule


def day_said(day: date) -> str:
    """`23/11/2026`: as it is written in Vietnam."""
    return f"{day:%d/%m}/{day.year:04}"


def _week(days: Sequence[Weekday], language: Language) -> str:
    names = dict(zip(IN_ORDER, VIETNAMESE if language == "vi" else ENGLISH, strict=True))
    first = IN_ORDER.index(days[0])
    if len(days) >= RUN and tuple(days) == IN_ORDER[first : first + len(days)]:
        return f"{names[days[0]]} – {names[days[-1]]}"
    return ", ".join(names[day] for day in days)


def _nth(rule: MonthlyWeekday, language: Language) -> str:
    position = IN_ORDER.index(rule.day)
    day = (VIETNAMESE if language == "vi" else ENGLISH)[position]
    nth = str(rule.nth) if language == "vi" else ENGLISH_NTH[rule.nth]
    return _SAID[language]["nth_last" if rule.nth == -1 else "nth"].format(day=day, nth=nth)


def _lunar(rule: Lunar, words: Mapping[str, str]) -> str:
    text = words["lunar"].format(_numbers(rule.days, words["last"]))
    if rule.months:
        text += words["months"].format(_numbers(rule.months, words["last"]))
    return text + (words["leap"] if rule.leap else "")


def _numbers(days: Sequence[int], last: str) -> str:
    return ", ".join(last if day == -1 else str(day) for day in days)
