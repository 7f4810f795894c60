"""From the events of a calendar to programmes, or to the reason why an event is none. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import count
from typing import Any

from controller.exchange.cells import read_day
from controller.exchange.faults import CellRefused, Fault
from controller.exchange.rows import OFTEN, Setting, checked
from controller.exchange.sheet_lines import Line, Reading
from controller.sheets.sheet import MOST_ROWS
from scheduler.errors import BadCalendar, SchedulerError
from scheduler.programmes.programme import Programme
from scheduler.recurrence.calendar_text import Entry, read_entries
from scheduler.recurrence.friendly import friendly
from scheduler.recurrence.rules import DayRule, Once
from scheduler.recurrence.series import Series, check_rule
from scheduler.recurrence.walltime import instant
from scheduler.recurrence.zones import VIETNAM, zone_named

BULLETIN, AREA, OWNER, DAYS = "X-LOA-BULLETIN", "X-LOA-AREA", "X-LOA-OWNER", "X-LOA-DAYS"
EXCEPT, FIRST, PROGRAMME = "X-LOA-EXCEPT", "X-LOA-FIRST", "X-LOA-PROGRAMME"
"""Properties by which our own files say what iCalendar has no word for."""
MOST_COMPONENTS = 3 * MOST_ROWS
"""Events with their alarms, and zones: counted before anything is read."""
URGENT = ("1", "2", "3", "4")
"""PRIORITY: RFC 5545 calls these high."""
_ESCAPED = re.compile(r"\\([\\;,nN])")


def read_calendar(text: str, setting: Setting) -> Reading:
    """Each event is a line, counted from 1; times without a zone are Vietnam's. BadCalendar."""
    if text.upper().count("BEGIN:") > MOST_COMPONENTS:
        raise BadCalendar(reason="too many components")
    entries = read_entries(text, zone_named(VIETNAM))
    if not entries or len(entries) > MOST_ROWS:
        raise BadCalendar(reason="no event" if not entries else "too many events")
    lines: list[Line] = []
    of_one: dict[str, int] = {}
    for number, entry in zip(count(1), entries, strict=False):
        line = _line(number, entry, setting)
        key = _first(entry, PROGRAMME)
        known = of_one.get(key) if key else None
        whole = _joined(lines[known].wish, line.wish) if known is not None else None
        if known is not None and whole is not None:
            lines[known] = Line(lines[known].number, line.title, whole)
        else:
            of_one[key] = len(lines)
            lines.append(line)
    return Reading(lines)


def _joined(one: Programme | None, other: Programme | None) -> Programme | None:
    """One programme of two events that differ in their time of day alone; None if they do not."""
    if one is None or other is None:
        return None
    when, more = one.recurrence, other.recurrence
    both = {"times": tuple(sorted({*when.times, *more.times})), "more": (*when.more, *more.more)}
    same = other.model_copy(update={"recurrence": more.model_copy(update=both)})
    whole = one.model_copy(update={"recurrence": when.model_copy(update=both)})
    return whole if whole == same else None


def _line(number: int, entry: Entry, setting: Setting) -> Line:
    title = _first(entry, "SUMMARY")
    if (refused := _no_programme(entry)) is not None:
        return Line(number, title[:200], None, [refused])
    found = _programme(entry, title, setting)
    return Line(number, title, found) if isinstance(found, Programme) else Line(number, title[:200], None, found)


def _no_programme(entry: Entry) -> Fault | None:
    """Why this can be no programme whatever else it says."""
    if entry.problem is not None:
        return Fault(str(entry.problem.data.get("field", "DTSTART")), entry.problem.code, entry.problem.data)
    if entry.series is None:
        return Fault(None, "no_event", {"said": entry.kind})
    reasons = [
        ("RECURRENCE-ID", "override", "RECURRENCE-ID" in entry.words),
        ("STATUS", "cancelled", _first(entry, "STATUS").upper() == "CANCELLED"),
        ("DTSTART", "whole_day", entry.whole_day),
        ("RRULE", "two_rules", len(entry.series.rules) > 1 or "EXRULE" in entry.words),
        ("RRULE", "too_often", any(OFTEN.search(rule) for rule in entry.series.rules)),
    ]
    return next((Fault(column, code) for column, code, is_so in reasons if is_so), None)


def _programme(entry: Entry, title: str, setting: Setting) -> Programme | list[Fault]:
    assert entry.series is not None  # noqa: S101 what has none is no programme
    faults: list[Fault] = []
    areas, owner = _areas(entry, setting, faults)
    content = _content(entry, setting, faults)
    recurrence = _recurrence(entry, entry.series, faults)
    if not title:
        faults.append(Fault("SUMMARY", "missing"))
    if faults:
        return faults
    rank = "priority" if _first(entry, "PRIORITY") in URGENT else "normal"
    wish = {"title": title, "owner": owner, "content": content, "targets": {"areas": areas}, "rank": rank}
    return checked(wish | {"recurrence": recurrence})


def _areas(entry: Entry, setting: Setting, faults: list[Fault]) -> tuple[Sequence[str], str | None]:
    column = AREA if AREA in entry.words else "LOCATION"
    said = [_plain(one) for one in entry.words.get(column, ()) if one.strip()]
    areas = _found(setting, "area", column, said, faults) or ([setting.area] if setting.area and not said else [])
    owners = _found(setting, "area", OWNER, entry.words.get(OWNER, ()), faults)
    if not areas and not said:
        faults.append(Fault(column, "missing"))
    owner = next(iter(owners), setting.area or (areas[0] if len(areas) == 1 else None))
    if owner is None and not faults:
        faults.append(Fault(OWNER, "missing"))
    return areas, owner


def _content(entry: Entry, setting: Setting, faults: list[Fault]) -> dict[str, Any]:
    named = entry.words.get(BULLETIN, ())
    categories = [one for one in entry.words.get("CATEGORIES", ()) if one.strip()]
    if named:
        found = _found(setting, "bulletin", BULLETIN, map(_plain, named), faults)
        return {"kind": "bulletin", "bulletin": next(iter(found), None)}
    if len(categories) != 1:
        faults.append(Fault("CATEGORIES", "several" if categories else "missing", {"said": ", ".join(categories)}))
    return {"kind": "newest", "category": next(iter(categories), None)}


def _found(setting: Setting, kind: Any, column: str, said: Iterable[str], faults: list[Fault]) -> list[str]:
    found = []
    for one in said:
        try:
            found.append(setting.names.find(kind, one))
        except CellRefused as error:
            faults.append(Fault(column, error.why, error.data))
    return found


def _recurrence(entry: Entry, series: Series, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        rule, last = _rule(entry, series)
        first = read_day(_first(entry, FIRST)) if FIRST in entry.words else series.start.date()
        whole_days = {read_day(day) for day in _listed(entry, EXCEPT)}
    except CellRefused as error:
        faults.append(Fault("X-LOA", error.why, error.data))
        return None
    except (SchedulerError, ValueError) as error:
        faults.append(Fault("RRULE", getattr(error, "code", "bad_rule"), getattr(error, "data", {})))
        return None
    known = {datetime.combine(day, series.start.time()) for day in (rule.days if isinstance(rule, Once) else ())}
    return {
        "days": rule, "times": [series.start.time()], "zone": _name(series.zone), "first": first, "last": last,
        "less": [*sorted(whole_days), *_exceptions(series, whole_days)],
        "more": [instant(wall, series.zone) for wall in series.more if wall not in known],
    }  # fmt: skip


def _rule(entry: Entry, series: Series) -> tuple[DayRule, date | None]:
    if not series.rules:
        return Once(days=tuple(read_day(day) for day in _listed(entry, DAYS)) or (series.start.date(),)), None
    check_rule(series.rules[0], series.start, series.zone)
    return friendly(series.rules[0], series.start, series.zone)


def _exceptions(series: Series, whole_days: set[date]) -> list[date | datetime]:
    """Days, then instants that are not of one of the days."""
    days = sorted(one for one in series.less if not isinstance(one, datetime) and one not in whole_days)
    times = sorted(one for one in series.less if isinstance(one, datetime))
    return [*days, *(one for one in times if one.astimezone(series.zone).date() not in whole_days)]


def _name(zone: tzinfo) -> str:
    return "UTC" if zone is UTC else str(getattr(zone, "key", zone))


def _first(entry: Entry, name: str) -> str:
    return next(iter(entry.words.get(name, ())), "").strip()


def _listed(entry: Entry, name: str) -> list[str]:
    return [day for line in entry.words.get(name, ()) for day in line.split(",") if day.strip()]


def _plain(value: str) -> str:
    """The words of a property that only we know the type of."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
