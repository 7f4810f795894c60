"""What the office says of a day stays said, whatever the library knows or is asked again."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import Session, select

from controller.calendar import clear_day, refill_years, set_day
from controller.people.models import AuditLine
from firmware_sim.village.office import Office
from scheduler.calendars.holidays import public_holidays, source
from scheduler.calendars.models import SpecialDayRow
from scheduler.calendars.special_days import read_calendar, special_days
from scheduler.errors import SpecialDayUnknown
from scheduler.models import Timetable
from scheduler.recurrence.recurrence import SpecialDay

NATIONAL, NEW_YEAR, WORKED = date(2026, 9, 2), date(2026, 1, 1), date(2026, 8, 22)


def done(office: Office, act: Callable[[Session], None]) -> None:
    with office.database.write() as session:
        act(session)


def read(office: Office, *years: int) -> dict[date, SpecialDay]:
    with office.database.read() as session:
        return dict(read_calendar(session, years))


def test_years_that_nobody_touched_are_the_librarys_and_not_kept(office: Office) -> None:
    found = read(office, 2026, 2027)
    assert found == {day: SpecialDay(name) for day, name in public_holidays([2026, 2027]).items()}
    with office.database.read() as session:
        assert not session.exec(select(SpecialDayRow)).all()


def test_a_change_keeps_the_rest_of_its_year(office: Office) -> None:
    before = read(office, 2026)
    done(office, lambda session: set_day(session, WORKED, SpecialDay("Làm bù", off=False), office.act()))
    assert read(office, 2026) == before | {WORKED: SpecialDay("Làm bù", off=False)}
    with office.database.read() as session:
        assert {row.source for row in special_days(session, [2026])} == {"office", source()}


def test_a_cleared_day_is_ordinary_and_no_refill_brings_it_back(office: Office) -> None:
    done(office, lambda session: clear_day(session, NATIONAL, office.act()))
    done(office, lambda session: set_day(session, NEW_YEAR, SpecialDay("Tết dương"), office.act()))
    after = read(office, 2026)
    assert NATIONAL not in after and after[NEW_YEAR].name == "Tết dương"
    done(office, lambda session: refill_years(session, [2026, 2027], office.act()))
    assert read(office, 2026) == after
    with pytest.raises(SpecialDayUnknown):
        done(office, lambda session: clear_day(session, NATIONAL, office.act()))


def test_a_cleared_day_can_be_said_again(office: Office) -> None:
    done(office, lambda session: clear_day(session, NATIONAL, office.act()))
    done(office, lambda session: set_day(session, NATIONAL, SpecialDay("Quốc khánh"), office.act()))
    assert read(office, 2026)[NATIONAL] == SpecialDay("Quốc khánh")


def test_a_refill_brings_what_the_library_knows_now(office: Office) -> None:
    """A year as an older library knew it: one day too many, one missing."""
    wrong = SpecialDayRow(day="2026-06-06", name="nhầm", source="holidays 0 (VN)", changed_at=0)
    done(office, lambda session: session.add(wrong))
    assert list(read(office, 2026)) == [date(2026, 6, 6)]
    done(office, lambda session: refill_years(session, [2026], office.act()))
    assert set(read(office, 2026)) == set(public_holidays([2026]))


def test_every_change_leaves_a_line_and_asks_for_a_plan(office: Office) -> None:
    done(office, lambda session: set_day(session, WORKED, SpecialDay("Làm bù", off=False), office.act()))
    done(office, lambda session: clear_day(session, WORKED, office.act()))
    done(office, lambda session: refill_years(session, [2027, 2026], office.act()))
    with office.database.read() as session:
        lines = [(row.subject, row.detail) for row in session.exec(select(AuditLine).order_by("id"))]
        assert session.get_one(Timetable, 1).wanted == 3
    assert lines == [("2026-08-22", "worked: Làm bù"), ("2026-08-22", "ordinary"), ("refill", "2026 2027")]
