"""When a programme comes back, and the moments that follow from it, those left out too with the reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, field_validator, model_validator

from scheduler.recurrence.days import falls_on
from scheduler.recurrence.rules import Day, DayRule, Rfc5545, Rule
from scheduler.recurrence.series import Series
from scheduler.recurrence.walltime import instant, shown
from scheduler.recurrence.weekdays import Weekday, weekday_of
from scheduler.recurrence.zones import VIETNAM, zone_named

ONE = timedelta(days=1)
WEEKEND = {Weekday.SATURDAY, Weekday.SUNDAY}


@dataclass(frozen=True)
class SpecialDay:
    """A day of the office's calendar: off, or worked though it is a weekend."""

    name: str
    off: bool = True


Calendar = Mapping[date, SpecialDay]
Skip = Literal["excepted", "day_off", "weekend"]


@dataclass(frozen=True)
class Moment:
    """One time a programme is for: the instant, with the offset of its zone, and why it is left out, if it is."""

    at: datetime
    skip: Skip | None = None
    day: str = ""
    """The name of the day off."""


class Recurrence(Rule):
    """Days, times of the wall clock in a zone, and exceptions. `last` is included."""

    days: DayRule
    times: Annotated[tuple[time, ...], Field(min_length=1, max_length=48)]
    zone: str = VIETNAM
    first: Day
    last: Day | None = None
    only_on: Literal["all_days", "working_days", "no_holidays"] = "all_days"
    less: Annotated[tuple[date | AwareDatetime, ...], Field(max_length=1_000)] = ()
    """Whole days, or single instants."""
    more: Annotated[tuple[AwareDatetime, ...], Field(max_length=1_000)] = ()

    @field_validator("times")
    @classmethod
    def _on_the_wall(cls, times: tuple[time, ...]) -> tuple[time, ...]:
        if any(one.tzinfo is not None or one.microsecond for one in times):
            raise ValueError("a time of the wall clock in whole seconds, without an offset")
        return tuple(sorted(set(times)))

    @model_validator(mode="after")
    def _whole(self) -> "Recurrence":
        zone_named(self.zone)
        if self.last is not None and self.last < self.first:
            raise ValueError("the last day is before the first")
        return self


def moments(recurrence: Recurrence, calendar: Calendar, begin: datetime, end: datetime) -> list[Moment]:
    """All moments from `begin` to `end`, both included, in order; each instant once. BadRule."""
    zone = zone_named(recurrence.zone)
    ruled = {at.astimezone(UTC): at for at in _ruled(recurrence, zone, begin, end) if begin <= at <= end}
    more = {at.astimezone(UTC): at.astimezone(zone) for at in recurrence.more if begin <= at <= end}
    found = {at: _judged(recurrence, calendar, local) for at, local in ruled.items()}
    found |= {at: Moment(local) for at, local in more.items()}
    return [found[at] for at in sorted(found)]


def _ruled(recurrence: Recurrence, zone: tzinfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    if isinstance(recurrence.days, Rfc5545):
        for one in recurrence.times:
            series = Series(datetime.combine(recurrence.first, one), zone, (recurrence.days.rrule,))
            yield from (at for at in series.between(begin, end) if _within(recurrence, at.date()))
        return
    day, until = max(shown(begin, zone).date() - ONE, recurrence.first), shown(end, zone).date() + ONE
    while day <= min(until, recurrence.last or until):
        if falls_on(recurrence.days, day, recurrence.first):
            yield from (instant(datetime.combine(day, one), zone) for one in recurrence.times)
        day += ONE


def _within(recurrence: Recurrence, day: date) -> bool:
    return recurrence.first <= day and (recurrence.last is None or day <= recurrence.last)


def _judged(recurrence: Recurrence, calendar: Calendar, at: datetime) -> Moment:
    day = at.date()
    special = calendar.get(day)
    if any(one == (at if isinstance(one, datetime) else day) for one in recurrence.less):
        return Moment(at, "excepted")
    if recurrence.only_on != "all_days" and special is not None and special.off:
        return Moment(at, "day_off", special.name)
    if recurrence.only_on == "working_days" and special is None and weekday_of(day) in WEEKEND:
        return Moment(at, "weekend")
    return Moment(at)
