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


class LeaseLost(SchedulerError):
    """Another controller works by now: what this one was about to write is not written."""

    code = "lease_lost"


class ZoneUnknown(SchedulerError):
    """Not a zone of the IANA database."""

    code = "zone_unknown"


class SpecialDayUnknown(SchedulerError):
    """An ordinary day."""

    code = "special_day_unknown"


class AirRuleUnknown(SchedulerError):
    code = "air_rule_unknown"


class AirZoneUnknown(SchedulerError):
    """No circle on the ground of that id; `ZoneUnknown` is about clocks."""

    code = "air_zone_unknown"


class AirSpanInvalid(SchedulerError):
    """A timeline is asked for that ends before it begins, or that is too long to be read."""

    code = "air_span_invalid"


class PeriodInvalid(SchedulerError):
    """Days that end before they begin, or too many of them."""

    code = "period_invalid"


class DaysUnclear(SchedulerError):
    """Words from which no rule of days follows."""

    code = "days_unclear"
