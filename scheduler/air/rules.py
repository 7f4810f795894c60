"""What a rule of the air says: hours of silence, hours of less volume, minutes a day. Frozen values, checked here."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from scheduler.recurrence.rules import Rule
from scheduler.recurrence.weekdays import Weekday
from scheduler.recurrence.zones import VIETNAM, zone_named

MOST_WINDOWS = 24


def _a_day(text: str) -> str:
    date.fromisoformat(f"2000-{text}")
    return text


def _known(name: str) -> str:
    zone_named(name)
    return name


WallTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
YearDay = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$"), AfterValidator(_a_day)]
ZoneName = Annotated[str, StringConstraints(max_length=80), AfterValidator(_known)]


class Season(Rule):
    """Days of each year, MM-DD, both included; over the turn of the year where `last` comes before `first`."""

    first: YearDay
    last: YearDay

    def holds(self, day: date) -> bool:
        """Whether the day lies in it; 02-29 is a bound in years without that day too."""
        written = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= written <= self.last
        return written >= self.first or written <= self.last


class Window(Rule):
    """Hours as clocks on the wall show them, over midnight where `end` is not after `begin`; equal: 24 hours.

    The day on which it begins decides whether it holds, also for its part after midnight.
    """

    begin: WallTime
    end: WallTime
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = tuple(Weekday)
    season: Season | None = None
    on: Literal["all_days", "working_days", "days_off"] = "all_days"
    """Days off: those of the office's calendar, and weekends unless it says that they are worked."""


class Loudest(Window):
    """Nothing is louder than `percent` of a speaker's own maximum then."""

    percent: Annotated[int, Field(strict=True, ge=1, le=100)]


class AirRules(Rule):
    """All that one rule of an area, a zone or a speaker says; alerts are not bound by it. ZoneUnknown."""

    quiet: Annotated[tuple[Window, ...], Field(max_length=MOST_WINDOWS)] = ()
    volumes: Annotated[tuple[Loudest, ...], Field(max_length=MOST_WINDOWS)] = ()
    budget_minutes: Annotated[int | None, Field(strict=True, ge=1, le=1_440)] = None
    """Most minutes of sound from one midnight to the next."""
    budget_season: Season | None = None
    """When the budget holds; absent: always."""
    zone: ZoneName = VIETNAM
