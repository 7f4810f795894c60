"""Programmes come back on the days and at the times that people meant."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from scheduler.errors import BadRule, ZoneUnknown
from scheduler.recurrence.recurrence import Moment, Recurrence, SpecialDay, moments
from scheduler.recurrence.rules import DayRule
from scheduler.recurrence.walltime import instant

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TET_2030 = {date(2030, 2, 2): SpecialDay("Tết Nguyên Đán"), date(2030, 2, 9): SpecialDay("làm bù", off=False)}


def recurrence(days: dict[str, object], **fields: object) -> Recurrence:
    return Recurrence.model_validate({"days": days, "times": ["05:00"], "first": "2026-01-01"} | fields)


def sounds(rule: Recurrence, begin: str, end: str, calendar: dict[date, SpecialDay] | None = None) -> list[str]:
    return [f"{one.at:%m-%d %H:%M}" for one in within(rule, begin, end, calendar) if one.skip is None]


def within(rule: Recurrence, begin: str, end: str, calendar: dict[date, SpecialDay] | None = None) -> list[Moment]:
    window = (datetime.fromisoformat(day).replace(tzinfo=VIETNAM) for day in (begin, end))
    return moments(rule, calendar or {}, *window)


def test_once_and_daily_and_every_third_day() -> None:
    assert sounds(recurrence({"kind": "once", "days": ["2026-03-01"]}), "2026-01-01", "2027-01-01") == ["03-01 05:00"]
    daily = recurrence({"kind": "daily"}, times=["17:00", "05:00"], last="2026-01-02")
    assert sounds(daily, "2025-01-01", "2027-01-01") == ["01-01 05:00", "01-01 17:00", "01-02 05:00", "01-02 17:00"]
    assert sounds(recurrence({"kind": "daily", "every": 3}), "2026-01-02", "2026-01-09") == [
        "01-04 05:00",
        "01-07 05:00",
    ]


@pytest.mark.parametrize("kind", ["monthly", "lunar"])
def test_there_is_no_day_zero(kind: str) -> None:
    with pytest.raises(ValidationError, match="no day 0"):
        recurrence({"kind": kind, "days": [1, 0]})


def test_sunday_is_sunday() -> None:
    found = sounds(recurrence({"kind": "weekly", "days": ["sunday"]}), "2026-11-20", "2026-12-01")
    assert found == ["11-22 05:00", "11-29 05:00"] and date(2026, 11, 22).strftime("%A") == "Sunday"


def test_every_second_week_counts_weeks_from_monday() -> None:
    """1 January 2026 was a Thursday: its week and every second one after it."""
    rule = recurrence({"kind": "weekly", "days": ["monday", "friday"], "every": 2})
    assert sounds(rule, "2026-01-01", "2026-02-01") == [
        "01-02 05:00",
        "01-12 05:00",
        "01-16 05:00",
        "01-26 05:00",
        "01-30 05:00",
    ]


def test_month_days() -> None:
    rule = recurrence({"kind": "monthly", "days": [31, -1]})
    assert sounds(rule, "2026-01-01", "2026-04-01") == ["01-31 05:00", "02-28 05:00", "03-31 05:00"]
    assert sounds(recurrence({"kind": "monthly", "days": [31]}), "2026-01-01", "2026-04-01") == [
        "01-31 05:00",
        "03-31 05:00",
    ]
    first, last = ({"kind": "monthly_weekday", "nth": nth, "day": "friday"} for nth in (1, -1))
    assert sounds(recurrence(first), "2026-05-01", "2026-06-01") == ["05-01 05:00"]
    assert sounds(recurrence(last), "2026-05-01", "2026-06-01") == ["05-29 05:00"]
    fifth = recurrence({"kind": "monthly_weekday", "nth": 5, "day": "friday"})
    assert sounds(fifth, "2026-01-01", "2026-06-01") == ["01-30 05:00", "05-29 05:00"]


def test_lunar_days() -> None:
    full_moon = recurrence({"kind": "lunar", "days": [15]}, first="2030-01-01")
    assert sounds(full_moon, "2030-01-01", "2030-04-01") == ["01-18 05:00", "02-16 05:00", "03-18 05:00"]
    tet = recurrence({"kind": "lunar", "days": [1], "months": [1]}, first="2030-01-01")
    assert sounds(tet, "2030-01-01", "2031-12-01") == ["02-02 05:00", "01-23 05:00"]
    eve = recurrence({"kind": "lunar", "days": [-1], "months": [12]}, first="2030-01-01")
    assert sounds(eve, "2030-01-01", "2030-12-01") == ["02-01 05:00"]


def test_a_leap_month_counts_where_it_is_asked_for() -> None:
    fields = {"kind": "lunar", "days": [1], "months": [6]}
    once = sounds(recurrence(fields, first="2025-01-01"), "2025-01-01", "2025-12-31")
    twice = sounds(recurrence(fields | {"leap": True}, first="2025-01-01"), "2025-01-01", "2025-12-31")
    assert (once, twice) == (["06-25 05:00"], ["06-25 05:00", "07-25 05:00"])


def test_a_rule_of_the_standard() -> None:
    rule = recurrence({"kind": "rrule", "rrule": "FREQ=MONTHLY;BYDAY=2SA"}, times=["05:00", "18:30"])
    assert sounds(rule, "2026-01-01", "2026-02-01") == ["01-10 05:00", "01-10 18:30"]
    with pytest.raises(BadRule):
        within(recurrence({"kind": "rrule", "rrule": "EVERY=DAY"}), "2026-01-01", "2026-02-01")


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=5,6", "FREQ=MONTHLY;INTERVAL=0", "FREQ=DAILY;interval=00;COUNT=3",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=-31", "FREQ=DAILY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=300",
    ],
)  # fmt: skip
def test_a_rule_that_is_searched_for_ever_is_not_taken(rrule: str) -> None:
    with pytest.raises(ValueError, match="rrule"):
        recurrence({"kind": "rrule", "rrule": rrule})


@pytest.mark.parametrize(
    "rrule", ["FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=DAILY;INTERVAL=10"]
)
def test_a_rare_one_is(rrule: str) -> None:
    assert sounds(recurrence({"kind": "rrule", "rrule": rrule}, first="2028-01-01"), "2028-01-01", "2029-01-01")


def test_what_is_left_out_says_why() -> None:
    rule = recurrence({"kind": "daily"}, first="2030-01-01", only_on="working_days", less=["2030-02-05"])
    found = {f"{one.at:%m-%d}": (one.skip, one.day) for one in within(rule, "2030-02-01", "2030-02-10", TET_2030)}
    assert found["02-01"] == (None, "") and found["02-02"] == ("day_off", "Tết Nguyên Đán")
    assert found["02-03"] == ("weekend", "") and found["02-05"] == ("excepted", "")
    assert found["02-09"] == (None, ""), "a Saturday that is worked"


def test_single_times_more_and_less() -> None:
    rule = recurrence(
        {"kind": "daily"}, times=["05:00", "17:00"], less=["2026-01-02T05:00:00+07:00"], more=["2026-01-01T23:00:00Z"]
    )
    assert sounds(rule, "2026-01-02", "2026-01-03") == ["01-02 06:00", "01-02 17:00"]


def test_midnight_and_the_end_of_the_year() -> None:
    rule = recurrence({"kind": "daily"}, times=["00:00", "23:59:59"])
    assert sounds(rule, "2026-12-31", "2027-01-01") == ["12-31 00:00", "12-31 23:59", "01-01 00:00"]


def test_the_wall_clock_of_a_zone_with_summer_time() -> None:
    rule = recurrence({"kind": "daily"}, times=["02:30"], zone="Europe/Berlin", first="2026-03-28")
    found = moments(rule, {}, datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))
    assert [one.at.isoformat()[5:] for one in found] == [
        "03-28T02:30:00+01:00",
        "03-29T03:30:00+02:00",
        "03-30T02:30:00+02:00",
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"times": []}, {"times": ["25:00"]}, {"times": ["05:00+07:00"]}, {"last": "2025-12-31"},
        {"days": {"kind": "weekly", "days": []}}, {"days": {"kind": "weekly", "days": ["0"]}},
        {"days": {"kind": "monthly", "days": [32]}}, {"days": {"kind": "sometimes"}}, {"more": ["2026-01-01T05:00:00"]},
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        recurrence(fields.pop("days", {"kind": "daily"}), **fields)


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ZoneUnknown):
        recurrence({"kind": "daily"}, zone="Asia/Saigon2")


WEEKDAYS = st.sets(st.sampled_from(["monday", "sunday", "friday"]), min_size=1).map(sorted)
MONTH_DAYS = st.sets(st.integers(-31, 31).filter(bool), min_size=1, max_size=4).map(sorted)
LUNAR_DAYS = st.sets(st.integers(-30, 30).filter(bool), min_size=1, max_size=3).map(sorted)
MONTHS = st.sets(st.integers(1, 12), max_size=3).map(sorted)
RULES = st.one_of(
    st.fixed_dictionaries({"kind": st.just("daily"), "every": st.integers(1, 40)}),
    st.fixed_dictionaries({"kind": st.just("weekly"), "days": WEEKDAYS, "every": st.integers(1, 5)}),
    st.fixed_dictionaries({"kind": st.just("monthly"), "days": MONTH_DAYS}),
    st.fixed_dictionaries({"kind": st.just("lunar"), "days": LUNAR_DAYS, "months": MONTHS}),
)


@settings(max_examples=60, deadline=None)
@given(
    RULES, st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"]),
    st.lists(st.times().map(lambda one: one.replace(microsecond=0)), min_size=1, max_size=4),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 200), st.integers(0, 200),
)  # fmt: skip
def test_two_windows_give_what_one_gives(
    days: dict[str, object], zone: str, times: list[time], first: date, before: int, after: int
) -> None:
    """Whoever asks for a week at a time, sees what one question for all of it shows; nothing twice, nothing early."""
    rule = recurrence(days, zone=zone, times=times, first=first)
    middle = datetime(first.year, first.month, first.day, 12, tzinfo=UTC) + timedelta(days=before)
    begin, end = middle - timedelta(days=before + 2), middle + timedelta(days=after)
    whole = moments(rule, {}, begin, end)
    parts = moments(rule, {}, begin, middle) + moments(rule, {}, middle + timedelta(microseconds=1), end)
    assert whole == parts and [one.at.astimezone(UTC) for one in whole] == sorted(
        {one.at.astimezone(UTC) for one in whole}
    )
    walls = {instant(datetime.combine(one.at.date() + timedelta(days=back), at), one.at.tzinfo or UTC)
             for one in whole for at in rule.times for back in (0, -1)}  # fmt: skip
    assert all(one.at in walls and one.at.date() >= first for one in whole)


def test_a_rule_survives_its_json() -> None:
    adapter: TypeAdapter[DayRule] = TypeAdapter(DayRule)
    for said in ({"kind": "lunar", "days": [15]}, {"kind": "monthly_weekday", "nth": -1, "day": "friday"}):
        assert adapter.validate_json(adapter.dump_json(adapter.validate_python(said))) == adapter.validate_python(said)
