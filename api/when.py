"""When a programme comes back, in people's words."""

from collections.abc import Iterable
from datetime import date, datetime

from api.problems import Language
from scheduler.recurrence.recurrence import Recurrence
from scheduler.recurrence.rules import Daily, DayRule, Lunar, Monthly, MonthlyWeekday, Once, Weekly
from scheduler.recurrence.weekdays import Weekday, weekday_of

VIETNAMESE = {
    Weekday.MONDAY: "thứ hai", Weekday.TUESDAY: "thứ ba", Weekday.WEDNESDAY: "thứ tư", Weekday.THURSDAY: "thứ năm",
    Weekday.FRIDAY: "thứ sáu", Weekday.SATURDAY: "thứ bảy", Weekday.SUNDAY: "chủ nhật",
}  # fmt: skip
ONLY_ON = {
    "all_days": ("", ""),
    "working_days": (", chỉ ngày làm việc", ", working days only"),
    "no_holidays": (", trừ ngày lễ", ", not on days off"),
}


def weekday_name(day: Weekday, language: Language) -> str:
    return VIETNAMESE[day] if language == "vi" else day.value.capitalize()


def said_of_moment(at: datetime, language: Language) -> str:
    """`thứ hai 23/11/2026 05:00`, as clocks of its own zone show it."""
    return f"{weekday_name(weekday_of(at.date()), language)} {at:%d/%m/%Y %H:%M}"


def said_of_recurrence(recurrence: Recurrence, language: Language) -> str:
    """Days, times, and from when to when."""
    vietnamese = language == "vi"
    times = ", ".join(f"{one:%H:%M:%S}" if one.second else f"{one:%H:%M}" for one in recurrence.times)
    until = f"{' đến ' if vietnamese else ' until '}{_day(recurrence.last)}" if recurrence.last else ""
    only = ONLY_ON[recurrence.only_on][0 if vietnamese else 1]
    since = f"{', từ ' if vietnamese else ', from '}{_day(recurrence.first)}{until}"
    return f"{_days(recurrence.days, language)} {'lúc' if vietnamese else 'at'} {times}{only}{since}"


def _days(rule: DayRule, language: Language) -> str:
    match rule:
        case Once():
            return ", ".join(_day(day) for day in rule.days)
        case Daily():
            return _every(rule.every, "hằng ngày", "mỗi {} ngày", "every day", "every {} days", language)
        case Weekly():
            days = ", ".join(weekday_name(day, language) for day in rule.days)
            return days + _every(rule.every, "", " mỗi {} tuần", "", " every {} weeks", language)
        case Monthly() | MonthlyWeekday() | Lunar():
            return _of_month(rule, language)
    return rule.rrule


def _of_month(rule: Monthly | MonthlyWeekday | Lunar, language: Language) -> str:
    vietnamese = language == "vi"
    match rule:
        case Monthly():
            return ("hằng tháng ngày " if vietnamese else "every month on ") + _numbers(rule.days, language)
        case MonthlyWeekday():
            nth = ("cuối cùng" if vietnamese else "last") if rule.nth == -1 else str(rule.nth)
            day = weekday_name(rule.day, language)
            return f"{day} (lần {nth}) hằng tháng" if vietnamese else f"every month on {day} ({nth})"
        case Lunar():
            days = ("âm lịch ngày " if vietnamese else "lunar day ") + _numbers(rule.days, language)
            months = ", ".join(map(str, rule.months))
            return days + (f"{' tháng ' if vietnamese else ', month '}{months}" if months else "")


def _every(count: int, vi: str, vi_more: str, en: str, en_more: str, language: Language) -> str:
    one, more = (vi, vi_more) if language == "vi" else (en, en_more)
    return one if count == 1 else more.format(count)


def _numbers(days: Iterable[int], language: Language) -> str:
    last = "cuối" if language == "vi" else "the last"
    return ", ".join(str(day) if day > 0 else last + ("" if day == -1 else str(day + 1)) for day in days)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
