"""An RRULE becomes a rule of people only where both name the same moments."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler.recurrence.friendly import friendly, to_rrule
from scheduler.recurrence.recurrence import Recurrence, moments
from scheduler.recurrence.rules import Daily, DayRule, Lunar, Monthly, MonthlyWeekday, Once, Rfc5545, Weekly
from scheduler.recurrence.series import Series
from scheduler.recurrence.weekdays import Weekday

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 11, 23, 5, 30)  # noqa: DTZ001 a wall time
MON, _, WED, _, FRI, _, SUN = Weekday


@pytest.mark.parametrize(
    ("rrule", "rule", "last"),
    [
        ("FREQ=DAILY", Daily(), None),
        ("freq=daily;interval=3", Daily(every=3), None),
        ("FREQ=WEEKLY", Weekly(days=(MON,)), None),
        ("FREQ=WEEKLY;BYDAY=MO,WE;WKST=SU", Weekly(days=(MON, WED)), None),
        ("FREQ=WEEKLY;BYDAY=SU;INTERVAL=2;WKST=MO", Weekly(days=(SUN,), every=2), None),
        ("FREQ=MONTHLY", Monthly(days=(23,)), None),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", Monthly(days=(1, -1)), None),
        ("FREQ=MONTHLY;BYDAY=2MO", MonthlyWeekday(nth=2, day=MON), None),
        ("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", MonthlyWeekday(nth=-1, day=FRI), None),
        ("FREQ=DAILY;UNTIL=20261130T223000Z", Daily(), date(2026, 12, 1)),
        ("FREQ=DAILY;UNTIL=20261130T222959Z", Daily(), date(2026, 11, 30)),
        ("FREQ=DAILY;UNTIL=20261130T053000", Daily(), date(2026, 11, 30)),
    ],
)
def test_a_rule_that_people_use(rrule: str, rule: DayRule, last: date | None) -> None:
    assert friendly(rrule, START, ZONE) == (rule, last)


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1", "FREQ=MONTHLY;BYDAY=-2MO", "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=YEARLY", "FREQ=DAILY;UNTIL=20261130", "FREQ=DAILY;UNTIL=20200101T000000Z",
        "FREQ=DAILY;BYDAY=MO", "nonsense", "FREQ=MONTHLY;BYMONTHDAY=1,1MO",
    ],
)  # fmt: skip
def test_what_else_there_is_stays_an_rrule(rrule: str) -> None:
    assert friendly(rrule, START, ZONE) == (Rfc5545(rrule=rrule), None)


@pytest.mark.parametrize("rrule", ["FREQ=DAILY;BYHOUR=5", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=DAILY;INTERVAL=0"])
def test_what_names_no_days_is_refused(rrule: str) -> None:
    with pytest.raises(ValidationError):
        friendly(rrule, START, ZONE)


@st.composite
def rrules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = [f"FREQ={freq}"]
    days = st.lists(st.sampled_from(["MO", "TU", "SA", "SU"]), min_size=1, max_size=3, unique=True).map(",".join)
    by_day = {
        "DAILY": st.none(),
        "WEEKLY": st.none() | days,
        "MONTHLY": st.none() | st.sampled_from(["1MO", "5SU", "-1FR"]),
    }
    if (chosen := draw(by_day[freq])) is not None:
        parts.append(f"BYDAY={chosen}")
    elif freq == "MONTHLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(st.sampled_from(['1', '31', '-1', '15,-3']))}")
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 3))}")
    if draw(st.booleans()):
        parts.append(f"UNTIL={draw(st.datetimes(START, START + timedelta(days=200))):%Y%m%dT%H%M%S}Z")
    return ";".join(parts)


@settings(max_examples=150)
@given(rrules())
def test_it_names_the_same_moments_as_the_series(rrule: str) -> None:
    rule, last = friendly(rrule, START, ZONE)
    recurrence = Recurrence(days=rule, times=(START.time(),), first=START.date(), last=last)
    begin, end = START.replace(tzinfo=UTC) - timedelta(days=1), START.replace(tzinfo=UTC) + timedelta(days=300)
    assert [one.at for one in moments(recurrence, {}, begin, end)] == Series(START, ZONE, (rrule,)).between(begin, end)


some_weekdays = st.lists(st.sampled_from(Weekday), min_size=1, max_size=7).map(tuple)
same = st.one_of(
    st.builds(Daily, every=st.integers(1, 366)),
    st.builds(Weekly, days=some_weekdays, every=st.integers(1, 52)),
    st.builds(Monthly, days=st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=9).map(tuple)),
    st.builds(MonthlyWeekday, nth=st.sampled_from([1, 2, 3, 4, 5, -1]), day=st.sampled_from(Weekday)),
)  # fmt: skip


@given(same)
def test_there_and_back(rule: DayRule) -> None:
    assert friendly(to_rrule(rule) or "", START, ZONE) == (rule, None)


def test_what_rfc_5545_cannot_say() -> None:
    assert to_rrule(Lunar(days=(15,))) is None and to_rrule(Once(days=(START.date(),))) is None
