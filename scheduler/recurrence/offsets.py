"""How far clocks of a zone are from UTC over a time, so that wall times become plain numbers. Instants are us UTC.

A wall number is what clocks show, in us since they showed 1970-01-01 00:00.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from devices.protocol.units import DAY
from scheduler.recurrence.walltime import instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Steady(NamedTuple):
    """From `begin` to `end` clocks show UTC and `offset`, us."""

    begin: int
    end: int
    offset: int


def steady(zone: tzinfo, begin: int, end: int) -> list[Steady]:
    """The time from `begin` to `end`, cut where the zone's offset changes."""
    found = []
    while begin < end:
        until, offset = begin, _offset(zone, begin)
        while until < end and _offset(zone, min(until + DAY, end)) == offset:
            until = min(until + DAY, end)
        until = _change(zone, offset, until, min(until + DAY, end))
        found.append(Steady(begin, until, offset))
        begin = until
    return found


def day_of(wall: int) -> date:
    """The date that clocks show with this wall number."""
    return EPOCH.date() + timedelta(days=wall // DAY)


def wall_midnight(day: date) -> int:
    """The wall number at which a date begins."""
    return (day - EPOCH.date()).days * DAY


def midnight(day: date, zone: tzinfo) -> int:
    """The instant at which a day begins in a zone."""
    return (instant(datetime.combine(day, datetime.min.time()), zone) - EPOCH) // MICROSECOND


def shown_day(at: int, zone: tzinfo) -> date:
    """The date in a zone at an instant."""
    return day_of(at + _offset(zone, at))


def _offset(zone: tzinfo, at: int) -> int:
    offset = (EPOCH + at * MICROSECOND).astimezone(zone).utcoffset()
    return (offset or timedelta()) // MICROSECOND


def _change(zone: tzinfo, offset: int, begin: int, end: int) -> int:
    """The first instant from `begin` on with another offset; `end` if there is none before."""
    return begin + bisect_left(range(begin, end), True, key=lambda at: _offset(zone, at) != offset)
