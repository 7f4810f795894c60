"""Whole days in a row on the wall of one zone, as instants. Pure; instants are us UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from scheduler.errors import PeriodInvalid
from scheduler.recurrence.walltime import instant, shown
from scheduler.recurrence.zones import zone_named

MOST_DAYS = 366
ONE = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Period:
    """From the first day to the last one, both included."""

    first: date
    last: date
    zone: tzinfo

    @property
    def begin(self) -> int:
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> int:
        """The midnight after the last day."""
        return _midnight(self.last + ONE, self.zone)

    def wall(self, at: int) -> datetime:
        """What clocks show then, without zone."""
        return shown(_EPOCH + timedelta(microseconds=at), self.zone)


def period(first: date, last: date, zone: str) -> Period:
    """PeriodInvalid for one that ends before it begins or is longer than 366 days, ZoneUnknown."""
    if not first <= last < first + MOST_DAYS * ONE:
        raise PeriodInvalid(most_days=MOST_DAYS)
    return Period(first, last, zone_named(zone))


def _midnight(day: date, zone: tzinfo) -> int:
    return (instant(datetime.combine(day, time()), zone) - _EPOCH) // timedelta(microseconds=1)
