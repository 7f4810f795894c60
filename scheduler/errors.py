"""What can be wrong with a plan that somebody writes."""

from typing import ClassVar


class SchedulerError(Exception):
    """Base of this package's refusals; `data` holds what the caller may see."""

    code: ClassVar[str] = "scheduler_error"

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data


class BadRule(SchedulerError):
    """Not a recurrence rule of RFC 5545."""

    code = "bad_rule"


class BadCalendar(SchedulerError):
    """Not iCalendar text, or an event that cannot be read."""

    code = "bad_calendar"


class ZoneUnknown(SchedulerError):
    """Not a zone of the IANA database."""

    code = "zone_unknown"


class PeriodInvalid(SchedulerError):
    """Days that end before they begin, or too many of them."""

    code = "period_invalid"


class DaysUnclear(SchedulerError):
    """Words from which no rule of days follows."""

    code = "days_unclear"
