"""Whether a day is one of a rule's. Pure arithmetic of dates."""

from calendar import monthrange
from datetime import date, timedelta

from scheduler.calendars.lunar import lunar_of
from scheduler.recurrence.rules import Daily, Lunar, Monthly, MonthlyWeekday, Once, Weekly
from scheduler.recurrence.weekdays import weekday_of

WEEK = 7


def falls_on(rule: Once | Daily | Weekly | Monthly | MonthlyWeekday | Lunar, day: date, first: date) -> bool:
    """Whether `rule`, which counts from `first`, names `day`."""
    match rule:
        case Once():
            return day in rule.days
        case Daily():
            return (day - first).days % rule.every == 0
        case Weekly():
            return weekday_of(day) in rule.days and _weeks_between(first, day) % rule.every == 0
        case Monthly():
            return day.day in rule.days or day.day - _length(day) - 1 in rule.days
        case MonthlyWeekday():
            return weekday_of(day) is rule.day and rule.nth in (_nth(day), -1 if _is_last(day) else 0)
        case Lunar():
            return _lunar(rule, day)


def _weeks_between(first: date, day: date) -> int:
    return (_monday(day) - _monday(first)).days // WEEK


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _nth(day: date) -> int:
    return (day.day - 1) // WEEK + 1


def _is_last(day: date) -> bool:
    return day.day + WEEK > _length(day)


def _lunar(rule: Lunar, day: date) -> bool:
    moon = lunar_of(day)
    if moon is None or not {moon.day, moon.left} & set(rule.days):
        return False
    return not rule.months or (moon.month in rule.months and (rule.leap or not moon.leap))
