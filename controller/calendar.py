"""The office's calendar: days off and days that are worked, each change with a line, and with a plan made anew."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session

from controller.people.audit import Act, record
from controller.people.permissions import Action
from scheduler.calendars.models import SpecialDayRow
from scheduler.calendars.special_days import OFFICE, refill, say_day, special_days
from scheduler.errors import SpecialDayUnknown
from scheduler.recurrence.recurrence import SpecialDay
from scheduler.timetable import wanted


def set_day(session: Session, day: date, said: SpecialDay, act: Act) -> None:
    """Add a special day, or change it."""
    _say(session, day, said, act)
    _done(session, act, day.isoformat(), f"{'off' if said.off else 'worked'}: {said.name}")


def clear_day(session: Session, day: date, act: Act) -> None:
    """Make it an ordinary day, and have no refill bring it back; SpecialDayUnknown if it is one already."""
    if all(row.day != day.isoformat() for row in special_days(session, [day.year])):
        raise SpecialDayUnknown(day=day.isoformat())
    _say(session, day, SpecialDay(""), act)
    _done(session, act, day.isoformat(), "ordinary")


def refill_years(session: Session, years: Collection[int], act: Act) -> None:
    """Ask the library again for these years; what the office has said stays."""
    refill(session, years, act.now)
    _done(session, act, "refill", " ".join(map(str, sorted(years))))


def _say(session: Session, day: date, said: SpecialDay, act: Act) -> None:
    row = SpecialDayRow(
        day=day.isoformat(), name=said.name, off=said.off, source=OFFICE, changed_at=act.now, changed_by=act.who
    )  # fmt: skip
    say_day(session, row)


def _done(session: Session, act: Act, subject: str, detail: str) -> None:
    record(session, act, Action.CALENDAR_EDIT, subject, detail)
    wanted(session)
