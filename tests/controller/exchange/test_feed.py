"""The calendar of an area reads back, in an independent program and line by line."""

from datetime import UTC, datetime
from unicodedata import category

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from controller.exchange.feed import Change, Event, feed, merged, planned
from controller.exchange.ical_text import calendar, folded, text
from tests.controller.exchange.plans import Plan, Silent, Slot

MINUTE = 60_000_000
AT = round(datetime(2026, 11, 23, 22, tzinfo=UTC).timestamp()) * 1_000_000
VILLAGE = frozenset({"a", "b"})
TITLE = 'Bản tin sáng; thời tiết, nông vụ \\ và "giá lúa" – ' + "điều chỉnh lịch lấy nước " * 4


def unfolded(file: bytes) -> list[str]:
    return file.decode("utf-8").replace("\r\n ", "").split("\r\n")


def events_of(file: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(file).walk("VEVENT"))


def test_an_airing_is_an_event_that_reads_back() -> None:
    plan = Plan((Slot("p", TITLE, AT, AT + MINUTE, AT + 3 * MINUTE, VILLAGE | {"c"}),))
    file = feed("Tỉnh / Xã", planned(plan, VILLAGE, {"p": Change(AT - MINUTE, 7)}), "vi")
    (event,) = events_of(file)
    assert event["SUMMARY"] == TITLE and event["LOCATION"] == "Tỉnh / Xã" and event["STATUS"] == "CONFIRMED"
    assert event["DTSTART"].dt == datetime(2026, 11, 23, 22, 1, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 11, 23, 22, 3, tzinfo=UTC)
    assert event["DTSTAMP"].dt == datetime(2026, 11, 23, 21, 59, tzinfo=UTC) and event["SEQUENCE"] == 7
    assert event["UID"] == "p-20261123T220000Z@loa" and event["DESCRIPTION"] == "Phát trên 2 loa."
    whole = icalendar.Calendar.from_ical(file)
    assert whole["X-WR-CALNAME"] == "Loa truyền thanh Tỉnh / Xã" and "METHOD" not in whole
    assert str(whole["REFRESH-INTERVAL"].dt) == "1:00:00" and whole["VERSION"] == "2.0" and whole["PRODID"]


def test_the_lines_are_what_the_standard_asks_for() -> None:
    file = feed("Xã", planned(Plan((Slot("p", TITLE, AT, AT, AT, VILLAGE),)), VILLAGE, {}), "vi")
    assert b"\n" not in file.replace(b"\r\n", b"") and b"\r" not in file.replace(b"\r\n", b"")
    lines = file.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines) and lines[0] == b"BEGIN:VCALENDAR" and lines[-1] == b""
    assert all(line.decode("utf-8") for line in lines[:-1]), "no letter is cut in two"
    found = dict(line.partition(":")[::2] for line in unfolded(file) if line)
    assert found["SUMMARY"] == TITLE.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def test_what_stays_silent_is_cancelled_and_says_why() -> None:
    silent = Silent("p", "Thể dục", AT, "day_off", "Quốc khánh", VILLAGE)
    (event,) = events_of(feed("Xã", planned(Plan((), (silent,)), VILLAGE, {}), "en"))
    assert event["STATUS"] == "CANCELLED" and event["DESCRIPTION"] == "Not aired: day off (Quốc khánh)."
    assert "DTEND" not in event
    unknown = Silent("p", "x", AT, "eclipse", "", VILLAGE)
    assert "eclipse" in str(events_of(feed("Xã", planned(Plan((), (unknown,)), VILLAGE, {}), "vi"))[0]["DESCRIPTION"])


def test_other_villages_are_not_in_it() -> None:
    plan = Plan((Slot("p", "x", AT, AT, AT, frozenset({"z"})),), (Silent("q", "y", AT, "clash", "", frozenset("z")),))
    assert planned(plan, VILLAGE, {}) == []


def test_one_event_for_all_who_hear_it_a_little_later_or_in_another_language() -> None:
    plan = Plan(
        (
            Slot("p", "x", AT, AT + MINUTE, AT + 4 * MINUTE, frozenset("b")),
            Slot("p", "x", AT, AT, AT + 2 * MINUTE, frozenset("a")),
        ),
        (Silent("p", "x", AT, "quiet_hours", "", frozenset({"c"})),),
    )
    (event,) = merged(planned(plan, VILLAGE | {"c"}, {}))
    assert (event.begin, event.end, event.speakers, event.cancelled) == (AT, AT + 4 * MINUTE, 2, False)


def test_a_uid_stays_when_the_plan_moves_it() -> None:
    early, late = (planned(Plan((Slot("p", "x", AT, AT + by, AT + by, VILLAGE),)), VILLAGE, {}) for by in (0, MINUTE))
    assert early[0].uid == late[0].uid and early[0].begin != late[0].begin


@given(st.text(max_size=200))
def test_any_title_is_folded_and_escaped(title: str) -> None:
    """What cannot be printed is not in a calendar, but spaces of all kinds are."""
    file = feed("x", [Event("u@loa", title, AT, AT + MINUTE, Change(AT, 1), 1)], "vi")
    (event,) = events_of(file)
    kept = [one for one in title if one in "\n\t\u200d" or one.isprintable() or category(one) == "Zs"]
    assert str(event["SUMMARY"]) == "".join(kept)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_unfolding_gives_the_line_back(line: str) -> None:
    assert folded(line).replace("\r\n ", "") == line


def test_no_line_can_be_smuggled_in() -> None:
    said = text("x\r\nEND:VEVENT\rBEGIN:VALARM\u2028ACTION:AUDIO")
    assert "\r" not in said and said.count("\n") == 0
    assert len(calendar("x", [f"SUMMARY:{said}"]).split(b"\r\n")) == 8
