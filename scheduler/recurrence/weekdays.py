"""Days of the week by name: no number of them means the same everywhere."""

from datetime import date
from enum import StrEnum


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_IN_ORDER = tuple(Weekday)


def weekday_of(day: date) -> Weekday:
    return _IN_ORDER[day.weekday()]
