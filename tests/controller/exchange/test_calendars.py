"""Calendars of other programs become programmes, or say event by event why not; ours come back as they were."""

import time as time_module
from contextlib import suppress
from datetime import UTC, date, datetime, time

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.exchange.calendar_file import Kept, calendar_file, held
from controller.exchange.events import read_calendar
from controller.exchange.feed import Change
from controller.exchange.rows import Setting
from scheduler.errors import BadCalendar
from scheduler.programmes.programme import Newest, OneBulletin, Programme, Targets
from scheduler.recurrence.recurrence import Recurrence
from scheduler.recurrence.rules import Daily, MonthlyWeekday, Once, Rfc5545, Weekly
from scheduler.recurrence.weekdays import Weekday
from tests.controller.exchange.places import COMMUNE, GROUP, MORNING, NAMES, SETTING, number, programmes, weekly

CHANGE = Change(1_700_000_000_000_000, 3)


def event(*lines: str, start: str = "DTSTART;TZID=Asia/Ho_Chi_Minh:20261123T053000", kind: str = "VEVENT") -> str:
    usual = ["SUMMARY:Thể dục", "CATEGORIES:Tin xã", "LOCATION:Xã Tân Đông", start]
    names = {line.replace(";", ":").split(":")[0] for line in lines}
    kept = [line for line in usual if line.replace(";", ":").split(":")[0] not in names]
    return "\r\n".join([f"BEGIN:{kind}", *kept, *lines, f"END:{kind}"])


def wrapped(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""])


def read(*lines: str, **more: str) -> Programme:
    (line,) = read_calendar(wrapped(event(*lines, **more)), SETTING).lines
    assert line.wish is not None, line.faults
    return line.wish


def test_an_event_of_another_program() -> None:
    wish = read("RRULE:FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20261231T000000Z", "EXDATE;TZID=Asia/Ho_Chi_Minh:20261127T053000",
                "RDATE:20261128T000000Z")  # fmt: skip
    assert wish == Programme(
        title="Thể dục", owner=COMMUNE, content=Newest(category="Tin xã"), targets=Targets(areas=(COMMUNE,)),
        recurrence=Recurrence(
            days=Weekly(days=(Weekday.MONDAY, Weekday.FRIDAY)), times=(time(5, 30),), first=date(2026, 11, 23),
            last=date(2026, 12, 31), less=(datetime(2026, 11, 26, 22, 30, tzinfo=UTC),),
            more=(datetime(2026, 11, 28, tzinfo=UTC),),
        ),
    )  # fmt: skip


def test_what_an_event_says_in_other_ways() -> None:
    assert read().recurrence.days == Once(days=(date(2026, 11, 23),))
    assert read("RRULE:FREQ=DAILY").recurrence.days == Daily()
    assert read("RRULE:FREQ=MONTHLY;BYDAY=4MO").recurrence.days == MonthlyWeekday(nth=4, day=Weekday.MONDAY)
    assert read("RRULE:FREQ=YEARLY").recurrence.days == Rfc5545(rrule="FREQ=YEARLY")
    assert read(start="DTSTART:20261122T223000Z").recurrence.zone == "UTC"
    assert read(start="DTSTART:20261123T053000").recurrence.zone == "Asia/Ho_Chi_Minh"
    assert read(f"X-LOA-BULLETIN:{MORNING}").content == OneBulletin(bulletin=MORNING)
    assert read("X-LOA-BULLETIN:Thể dục sáng").content == OneBulletin(bulletin=MORNING)
    assert read("PRIORITY:1").rank == "priority" and read("PRIORITY:5").rank == "normal"
    elsewhere = read_calendar(wrapped(event("LOCATION:")), Setting(NAMES, date.min, COMMUNE)).lines[0]
    assert elsewhere.wish is not None and elsewhere.wish.owner == COMMUNE


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (event(start="DTSTART;VALUE=DATE:20261123"), ("DTSTART", "whole_day")),
        (event(start="DTSTAMP:20261123T000000Z"), ("DTSTART", "bad_calendar")),
        (event("RECURRENCE-ID:20261123T053000Z"), ("RECURRENCE-ID", "override")),
        (event("STATUS:CANCELLED"), ("STATUS", "cancelled")),
        (event("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), ("RRULE", "two_rules")),
        (event("RRULE:FREQ=SECONDLY"), ("RRULE", "too_often")),
        (event("RRULE:FREQ=DAILY;BYHOUR=1,2,3"), ("RRULE", "too_often")),
        (event("LOCATION:Xã Mây"), ("LOCATION", "unknown")),
        (event("LOCATION:Ấp 1"), ("LOCATION", "several")),
        (event("LOCATION:"), ("LOCATION", "missing")),
        (event("CATEGORIES:a,b"), ("CATEGORIES", "several")),
        (event("CATEGORIES:"), ("CATEGORIES", "missing")),
        (event("X-LOA-BULLETIN:?"), ("X-LOA-BULLETIN", "unknown")),
        (event("SUMMARY:"), ("SUMMARY", "missing")),
        (event(kind="VTODO"), (None, "no_event")),
        (event("X-LOA-EXCEPT:tomorrow"), ("X-LOA", "no_date")),
    ],
)
def test_what_is_no_programme_says_why_and_harms_no_other(said: str, fault: tuple[str | None, str]) -> None:
    lines = read_calendar(wrapped(event(), said, event()), SETTING).lines
    assert [(line.number, line.wish is None) for line in lines] == [(1, False), (2, True), (3, False)]
    assert [(one.column, one.code) for one in lines[1].faults] == [fault]


@pytest.mark.parametrize(
    "said",
    [
        wrapped(), "BEGIN:VCALENDAR", wrapped(*[event()] * 5_001), "BEGIN:VEVENT\r\n" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_calendar(said: str) -> None:
    with pytest.raises(BadCalendar):
        read_calendar(said, SETTING)


def test_a_rule_that_never_happens_is_not_searched_for() -> None:
    began = time_module.process_time()
    (line,) = read_calendar(wrapped(event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31")), SETTING).lines
    assert [(one.column, one.code) for one in line.faults] == [("RRULE", "bad_rule")]
    assert time_module.process_time() - began < 5


@given(st.text(st.sampled_from("BEGIN:VEDTSARU;=\r\n 0123456789TZ,-\\") | st.characters(exclude_categories=["Cs"])))
def test_any_event_is_a_line_or_refused(noise: str) -> None:
    with suppress(BadCalendar):
        assert len(read_calendar(wrapped(event(), event(f"X-LOA-EXCEPT:{noise}"), event(noise)), SETTING).lines) >= 1


def exported(*wishes: Programme) -> tuple[bytes, list[str]]:
    return calendar_file("Xã", [Kept(number(90 + n), wish, CHANGE) for n, wish in enumerate(wishes)], NAMES)


def test_two_times_of_day_are_two_events_and_one_programme_again() -> None:
    wish = weekly(recurrence={"days": {"kind": "daily"}, "times": ["05:00", "17:30"], "first": "2026-11-23",
                              "less": ["2026-12-24"], "more": ["2026-12-25T09:00:00+07:00"]})  # fmt: skip
    file, left_out = exported(wish)
    events = list(icalendar.Calendar.from_ical(file).walk("VEVENT"))
    assert [str(one["DTSTART"].dt.time()) for one in events] == ["05:00:00", "17:30:00"] and left_out == []
    assert [str(one["EXDATE"].dts[0].dt) for one in events] == [
        "2026-12-23 22:00:00+00:00",
        "2026-12-24 10:30:00+00:00",
    ]
    assert [line.wish for line in read_calendar(file.decode(), SETTING).lines] == [wish]


def test_an_event_begins_with_an_airing() -> None:
    """Other programs show DTSTART whatever the rule says."""
    file, _ = exported(weekly(recurrence={"days": {"kind": "weekly", "days": ["friday"]}, "times": ["05:00"],
                                          "first": "2026-11-23"}))  # fmt: skip
    (found,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert str(found["DTSTART"].dt) == "2026-11-27 05:00:00+07:00"


def test_a_title_keeps_its_hard_spaces() -> None:
    file, left_out = exported(weekly(title="19\xa0giờ"))
    assert left_out == [] and "SUMMARY:19\xa0giờ" in file.decode()


def test_what_icalendar_cannot_say_is_named() -> None:
    lunar = weekly(title="Rằm", recurrence={"days": {"kind": "lunar", "days": [15]}, "times": ["05:00"],
                                            "first": "2026-11-23"})  # fmt: skip
    market = weekly(title="Chợ", targets={"groups": [GROUP]})
    file, left_out = exported(lunar, weekly(), market)
    assert left_out == ["Rằm", "Chợ"] and "X-LOA-LEFT-OUT:Rằm" in file.decode()
    assert [line.wish for line in read_calendar(file.decode(), SETTING).lines] == [weekly()]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(programmes)
def test_what_is_exported_is_imported_as_the_same(wish: Programme) -> None:
    file, left_out = exported(wish)
    if left_out:
        assert len(list(icalendar.Calendar.from_ical(file).walk("VEVENT"))) == 0
    else:
        assert [line.wish for line in read_calendar(file.decode(), SETTING).lines] == [held(wish)]
    plain = not wish.targets.groups and not wish.targets.devices and wish.recurrence.only_on == "all_days"
    simple = isinstance(wish.recurrence.days, Daily | Weekly | MonthlyWeekday) and not wish.recurrence.less
    assert not (plain and simple and left_out)
