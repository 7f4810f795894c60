"""RFC 5545: the lists that independent libraries agree on, the standard's own words, and what they leave open."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.errors import BadCalendar, BadRule
from scheduler.recurrence.calendar_text import read_series
from scheduler.recurrence.series import Series

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
"""Written by rust-rrule 0.0.1 for Python, where recurring-ical-events 3.8 gives the same list."""


def times(text: str, begin: str = "1990-01-01T00:00:00+00:00", end: str = "2040-01-01T00:00:00+00:00") -> list[str]:
    window = datetime.fromisoformat(begin), datetime.fromisoformat(end)
    return [at.isoformat() for series in read_series(text, VIETNAM) for at in series.between(*window)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["text"].replace("\n", " "))
def test_other_libraries_say_the_same(vector: dict[str, object]) -> None:
    assert times(str(vector["text"]), "2026-01-01T00:00:00+00:00", "2028-06-01T00:00:00+00:00") == vector["at"]


STANDARD = {
    "RRULE:FREQ=DAILY;COUNT=3": ["1997-09-02", "1997-09-03", "1997-09-04"],
    "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH": [
        "1997-09-02",
        "1997-09-04",
        "1997-09-16",
        "1997-09-18",
    ],
    "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=1FR": ["1997-09-05", "1997-10-03", "1997-11-07"],
    "RRULE:FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-3": ["1997-09-28", "1997-10-29", "1997-11-28", "1997-12-29"],
    "RRULE:FREQ=YEARLY;COUNT=4;BYMONTH=6,7": ["1998-06-02", "1998-07-02", "1999-06-02", "1999-07-02"],
    "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3": ["1997-09-04", "1997-10-07", "1997-11-06"],
    "RRULE:FREQ=YEARLY;COUNT=3;BYWEEKNO=20;BYDAY=MO": ["1998-05-11", "1999-05-17", "2000-05-15"],
    "RRULE:FREQ=YEARLY;INTERVAL=3;COUNT=3;BYYEARDAY=1,100,200": ["1997-01-01", "1997-04-10", "1997-07-19"],
    "RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3": ["1998-02-13", "1998-03-13", "1998-11-13"],
    "RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=2": ["1997-11-04", "2001-11-06"],
}
"""Examples of RFC 5545, section 3.8.5.3, from 2 September 1997, 9:00 in New York."""


@pytest.mark.parametrize("rule", STANDARD)
def test_the_standard_s_examples(rule: str) -> None:
    start = "19970101" if "BYYEARDAY" in rule else "19970902"
    found = times(f"DTSTART;TZID=America/New_York:{start}T090000\n{rule}")
    assert [at[:10] for at in found] == STANDARD[rule] and {at[10:19] for at in found} == {"T09:00:00"}


def test_a_skipped_hour_moves_forward_and_a_doubled_one_sounds_once() -> None:
    gap = times("DTSTART;TZID=Europe/Berlin:20260328T023000\nRRULE:FREQ=DAILY;COUNT=3")
    fold = times("DTSTART;TZID=Europe/Berlin:20261024T023000\nRRULE:FREQ=DAILY;COUNT=3")
    assert gap == ["2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]
    assert fold == ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]


def test_days_that_not_every_month_or_year_has() -> None:
    assert [at[:10] for at in times("DTSTART:20240229T053000\nRRULE:FREQ=YEARLY;COUNT=3")] == [
        "2024-02-29", "2028-02-29", "2032-02-29",
    ]  # fmt: skip
    assert [at[:10] for at in times("DTSTART:20260131T053000\nRRULE:FREQ=MONTHLY;COUNT=3")] == [
        "2026-01-31", "2026-03-31", "2026-05-31",
    ]  # fmt: skip


def test_times_more_and_less_in_other_zones() -> None:
    text = (
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20260105T050000\nRRULE:FREQ=DAILY;COUNT=4\n"
        "EXDATE:20260105T220000Z\nEXDATE;VALUE=DATE:20260107\nRDATE:20260101T230000Z\n"
        "RDATE;VALUE=PERIOD:20260110T230000Z/PT1H"
    )
    assert times(text) == [
        "2026-01-02T06:00:00+07:00", "2026-01-05T05:00:00+07:00", "2026-01-08T05:00:00+07:00",
        "2026-01-11T06:00:00+07:00",
    ]  # fmt: skip


def test_both_ends_of_the_window_are_in_it() -> None:
    text = "DTSTART:20260101T050000Z\nRRULE:FREQ=HOURLY"
    found = times(text, "2026-01-02T05:00:00+00:00", "2026-01-02T07:00:00+00:00")
    assert [at[11:16] for at in found] == ["05:00", "06:00", "07:00"]


def test_an_end_in_utc_is_an_instant() -> None:
    text = "DTSTART;TZID=Asia/Ho_Chi_Minh:20260101T050000\nRRULE:FREQ=DAILY;UNTIL={}"
    assert len(times(text.format("20260102T220000Z"))) == 3
    assert len(times(text.format("20260102T215959Z"))) == 2
    assert len(times(text.format("20260103T050000"))) == 3


def test_a_whole_calendar_with_two_events_and_a_cancelled_one() -> None:
    event = "BEGIN:VEVENT\r\nDTSTART:2026010{}T050000Z\r\n{}END:VEVENT\r\n"
    events = event.format(1, "") + event.format(2, "STATUS:CANCELLED\r\n") + event.format(3, "")
    found = times(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
    assert [at[:10] for at in found] == ["2026-01-01", "2026-01-03"]


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "RRULE:FREQ=DAILY", "DTSTART:20261301T050000", "DTSTART:20260101T050000\nRRULE:FREQ=WEKLY",
        "DTSTART:20260101T050000\nRRULE:FREQ=DAILY;BYDAY=XX", "DTSTART:20260101T050000\nEXDATE:tomorrow",
        "BEGIN:VCALENDAR\nEND:VCALENDAR", "BEGIN:VEVENT\nDTSTART:20260101T050000\n", "\x00",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadCalendar):
        times(text)


@pytest.mark.parametrize(
    "rule", ["", "DAILY", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;INTERVAL=x", "FREQ=DAILY;UNTIL=20261399"]
)
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    series = Series(datetime(2026, 1, 1, 5), VIETNAM, (rule,))  # noqa: DTZ001
    with pytest.raises(BadRule):
        series.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
