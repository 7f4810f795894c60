"""Special days of a span of years: what the library knows, and over it what the office has said.

Years that the office has not touched stay with the library, and follow it to a newer version. Once a day of a year is
changed, that year is kept in the table as it was then; a refill asks the library anew for what the office left alone.
"""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from devices.protocol.units import DAY
from scheduler.calendars.holidays import public_holidays, source
from scheduler.calendars.models import SpecialDayRow
from scheduler.recurrence.offsets import day_of
from scheduler.recurrence.recurrence import Calendar, SpecialDay

OFFICE = "office"


def read_calendar(session: Session, years: Collection[int]) -> Calendar:
    """Special days of these years, for recurrences and rules of the air."""
    return {date.fromisoformat(row.day): SpecialDay(row.name, row.off) for row in special_days(session, years)}


def years_of(begin: int, end: int) -> range:
    """Years of all days that may matter from `begin` to `end`, us UTC, in any zone."""
    return range(day_of(begin - 2 * DAY).year, day_of(end + DAY).year + 1)


def special_days(session: Session, years: Collection[int]) -> list[SpecialDayRow]:
    """Rows in order of days; of a year that is not in the table as the library knows them, and not kept."""
    kept = _kept(session, years)
    shown = [*kept, *_known(set(years) - _years(kept), 0)]
    return sorted((row for row in shown if row.name), key=lambda row: row.day)


def say_day(session: Session, row: SpecialDayRow) -> None:
    """The office says what a day is; the rest of its year is kept with it."""
    year = int(row.day[:4])
    if not _kept(session, [year]):
        session.add_all(_known({year}, row.changed_at))
        session.flush()
    session.merge(row)


def refill(session: Session, years: Collection[int], now: int) -> None:
    """Put the library's days in place of those that are not the office's."""
    office = set()
    for row in _kept(session, years):
        if row.source == OFFICE:
            office.add(row.day)
        else:
            session.delete(row)
    session.flush()
    session.add_all(row for row in _known(set(years), now) if row.day not in office)
    session.flush()


def _kept(session: Session, years: Collection[int]) -> Sequence[SpecialDayRow]:
    year = func.substr(col(SpecialDayRow.day), 1, 4)
    return session.exec(select(SpecialDayRow).where(year.in_([f"{year:04}" for year in years]))).all()


def _known(years: set[int], now: int) -> list[SpecialDayRow]:
    return [
        SpecialDayRow(day=day.isoformat(), name=name, source=source(), changed_at=now)
        for day, name in public_holidays(years).items()
        if day.year in years
    ]


def _years(rows: Sequence[SpecialDayRow]) -> set[int]:
    return {int(row.day[:4]) for row in rows}
