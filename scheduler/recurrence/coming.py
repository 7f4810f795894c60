"""The next times of a recurrence: looked for near by first, since most come back within days."""

from datetime import datetime, timedelta

from scheduler.recurrence.recurrence import Calendar, Moment, Recurrence, moments

REACHES = tuple(timedelta(days=days) for days in (8, 64, 400))


def coming(recurrence: Recurrence, calendar: Calendar, now: datetime, count: int) -> list[Moment]:
    """The next `count` moments from `now` on that are not left out; fewer where 400 days hold no more. BadRule."""
    found: list[Moment] = []
    for reach in REACHES:
        found = [one for one in moments(recurrence, calendar, now, now + reach) if one.skip is None]
        if len(found) >= count:
            break
    return found[:count]
