"""Which days a programme is for: one small model for each way in which people say it."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scheduler.recurrence.rrule_text import of_days
from scheduler.recurrence.weekdays import Weekday


def _not_zero(day: int) -> int:
    if day == 0:
        raise ValueError("there is no day 0")
    return day


Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
MonthDay = Annotated[int, Field(ge=-31, le=31), AfterValidator(_not_zero)]
LunarMonthDay = Annotated[int, Field(ge=-30, le=30), AfterValidator(_not_zero)]


class Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Once(Rule):
    """On these days."""

    kind: Literal["once"] = "once"
    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=366)]


class Daily(Rule):
    """On every day, or every so many days from the first one on."""

    kind: Literal["daily"] = "daily"
    every: Annotated[int, Field(ge=1, le=366)] = 1


class Weekly(Rule):
    """On days of the week, in every week or every so many from the first day's (Monday to Sunday) on."""

    kind: Literal["weekly"] = "weekly"
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    every: Annotated[int, Field(ge=1, le=52)] = 1


class Monthly(Rule):
    """On days of each month by number; -1 is the last. A month without that day has none."""

    kind: Literal["monthly"] = "monthly"
    days: Annotated[tuple[MonthDay, ...], Field(min_length=1, max_length=31)]


class MonthlyWeekday(Rule):
    """On the first to fifth weekday of each month, or on its last one (-1)."""

    kind: Literal["monthly_weekday"] = "monthly_weekday"
    nth: Literal[1, 2, 3, 4, 5, -1]
    day: Weekday


class Lunar(Rule):
    """On days of the Vietnamese lunar calendar: 1 mùng một, 15 rằm, -1 the last one.

    Without months: of each month, leap months too. A leap month counts for a named month only with `leap`.
    """

    kind: Literal["lunar"] = "lunar"
    days: Annotated[tuple[LunarMonthDay, ...], Field(min_length=1, max_length=30)]
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    leap: bool = False


class Rfc5545(Rule):
    """An RRULE of RFC 5545, counted from the first day on: it names days, not hours."""

    kind: Literal["rrule"] = "rrule"
    rrule: Annotated[str, Field(min_length=5, max_length=500), AfterValidator(of_days)]


DayRule = Annotated[Once | Daily | Weekly | Monthly | MonthlyWeekday | Lunar | Rfc5545, Field(discriminator="kind")]
