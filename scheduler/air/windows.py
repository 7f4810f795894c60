"""When the windows of a rule hold, as spans of time. Instants are us UTC."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from devices.protocol.units import DAY, HOUR, MINUTE
from scheduler.air.rules import AirRules, Window
from scheduler.recurrence.offsets import Steady, day_of, steady, wall_midnight
from scheduler.recurrence.recurrence import WEEKEND, Calendar
from scheduler.recurrence.weekdays import weekday_of
from scheduler.recurrence.zones import zone_named

ONE = timedelta(days=1)


class Span(NamedTuple):
    """From `begin` to `end` nothing louder than `percent`; 0: silence."""

    begin: int
    end: int
    percent: int


def spans(rules: AirRules, calendar: Calendar, begin: int, end: int) -> Iterator[Span]:
    """All that the windows of a rule say of the time from `begin` to `end`, in no order.

    A window holds whenever clocks show a time within it: it begins with the hour that a clock skips, and comes
    back in the hour that it shows twice.
    """
    said: list[tuple[Window, int]] = [(window, 0) for window in rules.quiet]
    said += [(window, window.percent) for window in rules.volumes]
    for stretch in steady(zone_named(rules.zone), begin, end):
        for day in _days(stretch):
            for window, percent in said:
                span = _span(window, day, percent, stretch)
                if span.begin < span.end and _holds(window, day, calendar):
                    yield span


def _days(stretch: Steady) -> Iterator[date]:
    """The days of a stretch, with the one before, whose windows may reach into it."""
    day, last = day_of(stretch.begin + stretch.offset) - ONE, day_of(stretch.end + stretch.offset)
    while day <= last:
        yield day
        day += ONE


def _span(window: Window, day: date, percent: int, stretch: Steady) -> Span:
    first, last = _since_midnight(window.begin), _since_midnight(window.end)
    begin = wall_midnight(day) + first - stretch.offset
    end = begin + (last - first if last > first else last - first + DAY)
    return Span(max(begin, stretch.begin), min(end, stretch.end), percent)


def _since_midnight(wall: str) -> int:
    return int(wall[:2]) * HOUR + int(wall[3:]) * MINUTE


def _holds(window: Window, day: date, calendar: Calendar) -> bool:
    if weekday_of(day) not in window.days or (window.season is not None and not window.season.holds(day)):
        return False
    return window.on == "all_days" or (window.on == "days_off") == _is_off(day, calendar)


def _is_off(day: date, calendar: Calendar) -> bool:
    special = calendar.get(day)
    return weekday_of(day) in WEEKEND if special is None else special.off
