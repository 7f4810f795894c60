"""The office's calendar: days off and days that are worked, each change with a line, and with a plan made anew."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session

from controller.people.audit import Act, record
from controller.people.changes import Fields
from controller.people.permissions import Action
from scheduler.calendars.models import SpecialDayRow
from scheduler.calendars.special_days import OFFICE, refill, say_day, special_days
from scheduler.errors import SpecialDayUnknown
from scheduler.recurrence.recurrence import SpecialDay
from scheduler.timetable import wanted


def set_day(session: Session, day: date, said: SpecialDay, act: Act) -> None:
    """Add a special day, or change it."""
    before = _said(session, day)
    _say(session, day, said, act)
    detail = f"{'off' if said.off else 'worked'}: {said.name}"
    _done(session, act, day.isoformat(), detail, before, {"name": said.name, "off": said.off})


def clear_day(session: Session, day: date, act: Act) -> None:
    """Make it an ordinary day, and have no refill bring it back; SpecialDayUnknown if it is one already."""
    before = _said(session, day)
    if before is None:
        raise SpecialDayUnknown(day=day.isoformat())
    _say(session, day, SpecialDay(""), act)
    _done(session, act, day.isoformat(), "ordinary", before, None)


def refill_years(session: Session, years: Collection[int], act: Act) -> None:
    """Ask the library again for these years; what the office has said stays."""
    before = _all(session, years)
    refill(session, years, act.now)
    _done(session, act, "refill", " ".join(map(str, sorted(years))), before, _all(session, years))


def _say(session: Session, day: date, said: SpecialDay, act: Act) -> None:
    row = SpecialDayRow(
        day=day.isoformat(), name=said.name, off=said.off, source=OFFICE, changed_at=act.now, changed_by=act.who
    )  # fmt: skip
    say_day(session, row)


def _said(session: Session, day: date) -> Fields | None:
    """What the day is; None: an ordinary one."""
    rows = {row.day: row for row in special_days(session, [day.year])}
    row = rows.get(day.isoformat())
    return None if row is None else {"name": row.name, "off": row.off}


def _all(session: Session, years: Collection[int]) -> Fields:
    return {row.day: [row.name, row.off] for row in special_days(session, years)}


def _done(
    session: Session, act: Act, subject: str, detail: str, before: Fields | None, after: Fields | None
) -> None:  # fmt: skip
    record(session, act, Action.CALENDAR_EDIT, subject, detail, before=before, after=after)
    wanted(session)
