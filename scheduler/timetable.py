"""Whether something has changed that the plan depends on."""

from sqlmodel import Session

from scheduler.models import Timetable


def wanted(session: Session) -> None:
    """A plan is to be made anew: called in the transaction of every change that one depends on."""
    row = session.get(Timetable, 1) or Timetable()
    row.wanted += 1
    session.add(row)
