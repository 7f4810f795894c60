"""The Vietnamese lunar calendar, which is not the Chinese one."""

from datetime import date, timedelta

import pytest

from scheduler.calendars.holidays import public_holidays
from scheduler.calendars.lunar import lunar_of

TET = [
    "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06",
    "2028-01-26", "2029-02-13", "2030-02-02", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08",
    "2036-01-28", "2037-02-15", "2038-02-04", "2039-01-24", "2040-02-12", "2041-02-01", "2042-01-22", "2043-02-10",
    "2044-01-30", "2045-02-17", "2046-02-06", "2047-01-26", "2048-02-14", "2049-02-02", "2050-01-23",
]  # fmt: skip


@pytest.mark.parametrize("day", TET)
def test_tet(day: str) -> None:
    moon = lunar_of(date.fromisoformat(day))
    assert moon is not None and (moon.day, moon.month, moon.leap) == (1, 1, False)
    eve = lunar_of(date.fromisoformat(day) - timedelta(days=1))
    assert eve is not None and (eve.month, eve.left) == (12, -1)


@pytest.mark.parametrize("year", range(2020, 2051))
def test_every_month_counts_up_and_ends_in_its_last_day(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        today, tomorrow = lunar_of(day), lunar_of(day + timedelta(days=1))
        assert today is not None and tomorrow is not None
        assert (tomorrow.day == 1) == (today.left == -1) and (tomorrow.day in (1, today.day + 1))
        day += timedelta(days=1)


def test_leap_months() -> None:
    """The second sixth month of 2025 began on 25 July, the second fifth one of 2028 on 23 June."""
    found = [lunar_of(date(2025, 7, 25)), lunar_of(date(2028, 6, 23))]
    assert [(moon.day, moon.month, moon.leap) for moon in found if moon] == [(1, 6, True), (1, 5, True)]


def test_out_of_its_range_nothing_is_known() -> None:
    assert lunar_of(date(1899, 12, 31)) is None and lunar_of(date(2101, 1, 1)) is None


def test_public_holidays_of_vietnam() -> None:
    found = public_holidays([2026, 2030])
    assert found[date(2026, 4, 30)] == "Ngày Chiến thắng" and found[date(2030, 2, 2)] == "Tết Nguyên Đán"
    assert date(2026, 3, 3) not in found
