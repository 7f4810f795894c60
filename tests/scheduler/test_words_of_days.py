"""Days as offices write them are understood as they are meant, and what is unclear is refused."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import DaysUnclear
from scheduler.recurrence.rules import Daily, DayRule, Lunar, Monthly, MonthlyWeekday, Once, Rfc5545, Weekly
from scheduler.recurrence.understanding import understood
from scheduler.recurrence.weekdays import Weekday
from scheduler.recurrence.words import Days, said

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
WORK = (MON, TUE, WED, THU, FRI)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("hằng ngày", Daily()),
        ("Hàng Ngày", Daily()),
        ("mỗi ngày", Daily()),
        ("Every day", Daily()),
        ("cứ 3 ngày", Daily(every=3)),
        ("T2-T6", Weekly(days=WORK)),
        ("T2 - T6", Weekly(days=WORK)),
        ("t2–t6", Weekly(days=WORK)),
        ("thứ 2 đến thứ 6", Weekly(days=WORK)),
        ("Thứ Hai đến Thứ Sáu hằng tuần", Weekly(days=WORK)),
        ("từ thứ 2 đến thứ 6", Weekly(days=WORK)),
        ("from Monday to Friday", Weekly(days=WORK)),
        ("cuối tuần", Weekly(days=(SAT, SUN))),
        ("thứ 2-6", Weekly(days=WORK)),
        ("Mon-Fri", Weekly(days=WORK)),
        ("Monday to Friday", Weekly(days=WORK)),
        ("weekdays", Weekly(days=WORK)),
        ("thứ 2, thứ 4", Weekly(days=(MON, WED))),
        ("thứ 2, 4, 6", Weekly(days=(MON, WED, FRI))),
        ("T2 T4 và CN", Weekly(days=(MON, WED, SUN))),
        ("thứ tư", Weekly(days=(WED,))),
        ("Thứ Năm; thứ bảy", Weekly(days=(THU, SAT))),
        ("CN", Weekly(days=(SUN,))),
        ("Chủ nhật", Weekly(days=(SUN,))),
        ("T7-CN", Weekly(days=(SAT, SUN))),
        ("CN-T2", Weekly(days=(SUN, MON))),
        ("Tuesday and Thursday", Weekly(days=(TUE, THU))),
        ("Tue, Thu, Wed, Sat", Weekly(days=(TUE, THU, WED, SAT))),
        ("thứ 2, thứ 4, cứ 2 tuần", Weekly(days=(MON, WED), every=2)),
        ("ngày 1, 15 hằng tháng", Monthly(days=(1, 15))),
        ("ngày 1 và 15 hàng tháng", Monthly(days=(1, 15))),
        ("ngày cuối tháng", Monthly(days=(-1,))),
        ("last day of the month", Monthly(days=(-1,))),
        ("days 1, 15 of the month", Monthly(days=(1, 15))),
        ("thứ 2 đầu tiên hằng tháng", MonthlyWeekday(nth=1, day=MON)),
        ("thứ Sáu cuối cùng của tháng", MonthlyWeekday(nth=-1, day=FRI)),
        ("CN lần thứ 2 trong tháng", MonthlyWeekday(nth=2, day=SUN)),
        ("2nd Monday of the month", MonthlyWeekday(nth=2, day=MON)),
        ("rằm", Lunar(days=(15,))),
        ("ngày rằm", Lunar(days=(15,))),
        ("mùng một", Lunar(days=(1,))),
        ("mồng 1, rằm", Lunar(days=(1, 15))),
        ("Rằm và mùng một hằng tháng", Lunar(days=(15, 1))),
        ("rằm tháng giêng", Lunar(days=(15,), months=(1,))),
        ("rằm tháng 7 âm lịch", Lunar(days=(15,), months=(7,))),
        ("lunar day 1, 15", Lunar(days=(1, 15))),
        ("23/11/2026", Once(days=(date(2026, 11, 23),))),
        ("1/2/2027; 2027-02-03", Once(days=(date(2027, 2, 1), date(2027, 2, 3)))),
        ("RRULE:FREQ=YEARLY;BYMONTH=9", Rfc5545(rrule="FREQ=YEARLY;BYMONTH=9")),
    ],
)
def test_days_in_words(text: str, rule: DayRule) -> None:
    assert understood(text) == Days(rule)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("ngày làm việc", Days(Daily(), "working_days")),
        ("working days", Days(Daily(), "working_days")),
        ("hằng ngày, trừ ngày lễ", Days(Daily(), "no_holidays")),
        ("T2-T7 trừ ngày nghỉ", Days(Weekly(days=(*WORK, SAT)), "no_holidays")),
        ("every day, except holidays", Days(Daily(), "no_holidays")),
    ],
)
def test_days_that_count(text: str, days: Days) -> None:
    assert understood(text) == days


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "thứ", "thứ 8", "thứ 1", "2, 4", "2", "T2-", "đôi khi", "ngày 32 hằng tháng", "ngày 0 hằng tháng",
        "31/02/2026", "11/23/2026", "thứ 2, ngày 5", "cứ 0 ngày", "cứ 999 tuần", "RRULE:", "=1+1", "T2,,T4,x",
        "rằm tháng 13", "chiều thứ 2", "từ thứ 2", "thứ 2 lúc 5 giờ", "trừ ngày lễ", "thứ 2 lần thứ 6 trong tháng",
        "x " * 9_000, "cứ " + "9" * 5_000 + " ngày", "RRULE:" + "X" * 501,
    ],
)  # fmt: skip
def test_what_is_unclear_is_refused(text: str) -> None:
    with pytest.raises(DaysUnclear):
        understood(text)


weekdays = st.lists(st.sampled_from(Weekday), min_size=1, max_size=7).map(tuple)
month_days = st.integers(-31, 31).filter(bool)
rules: st.SearchStrategy[DayRule] = st.one_of(
    st.builds(Once, days=st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), min_size=1, max_size=5).map(tuple)),
    st.builds(Daily, every=st.integers(1, 366)),
    st.builds(Weekly, days=weekdays, every=st.integers(1, 52)),
    st.builds(Monthly, days=st.lists(month_days, min_size=1, max_size=5).map(tuple)),
    st.builds(MonthlyWeekday, nth=st.sampled_from([1, 2, 3, 4, 5, -1]), day=st.sampled_from(Weekday)),
    st.builds(
        Lunar, days=st.lists(st.integers(-30, 30).filter(bool), min_size=1, max_size=4).map(tuple),
        months=st.lists(st.integers(1, 12), max_size=3).map(tuple), leap=st.booleans(),
    ),
    st.sampled_from([Rfc5545(rrule="FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2"), Rfc5545(rrule="freq=weekly;count=3")]),
)  # fmt: skip
only = st.sampled_from(["all_days", "working_days", "no_holidays"])
days_of_a_rule = st.builds(Days, rule=rules, only_on=only)


@given(days_of_a_rule, st.sampled_from(["vi", "en"]))
def test_every_rule_is_said_and_understood_as_the_same(days: Days, language: str) -> None:
    assert understood(said(days, language)) == days  # type: ignore[arg-type]


@given(st.text(max_size=30))
def test_any_text_is_days_or_refused(text: str) -> None:
    with suppress(DaysUnclear):
        assert understood(text).rule
