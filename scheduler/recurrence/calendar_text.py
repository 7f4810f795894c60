"""The one door to icalendar: iCalendar text to the series of its events, each on the wall of its own zone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from icalendar import Calendar, Component, Timezone

from scheduler.errors import BadCalendar
from scheduler.recurrence.series import Series
from scheduler.recurrence.walltime import instant, shown

When = date | datetime
_READ = {"DTSTART", "RRULE", "RDATE", "EXDATE"}
_KINDS = {"VEVENT", "VTODO", "VJOURNAL"}
_WRAP = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@dataclass(frozen=True)
class Entry:
    """One event, task or note of a calendar: its words, and its series where it can be read."""

    kind: str
    """`VEVENT`, `VTODO`, `VJOURNAL`."""
    words: Mapping[str, tuple[str, ...]]
    """Property to its values, of all but those that say when."""
    series: Series | None = None
    whole_day: bool = False
    problem: BadCalendar | None = None


def read_entries(text: str, floating: tzinfo) -> list[Entry]:
    """All that a calendar holds, in its order; what is wrong with one entry is the entry's own. BadCalendar."""
    return [_entry(one, floating) for root in _roots(text) for one in root.walk() if one.name in _KINDS]


def zone_lines(name: str) -> list[str]:
    """The VTIMEZONE of a zone by its IANA name."""
    said: bytes = Timezone.from_tzid(name).to_ical()
    return said.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]


def _entry(event: Component, floating: tzinfo) -> Entry:
    words = {name: tuple(_words(event, name)) for name in event if name not in _READ}
    if event.name != "VEVENT":
        return Entry(str(event.name), words)
    try:
        series = _series(event, floating)
    except BadCalendar as error:
        return Entry("VEVENT", words, problem=error)
    return Entry("VEVENT", words, series, not isinstance(_dates(event, "DTSTART")[0], datetime))


def _words(event: Component, name: str) -> Iterable[str]:
    for one in _all(event, name):
        yield from map(str, getattr(one, "cats", [one]))


def read_series(text: str, floating: tzinfo) -> list[Series]:
    """The series of every event in `text`: a whole calendar, events, or the bare lines of one. BadCalendar.

    `floating` is the zone of times that name none.
    """
    events = [event for event in _events(text) if str(event.get("STATUS", "")).upper() != "CANCELLED"]
    return [_series(event, floating) for event in events]


def _events(text: str) -> Iterable[Component]:
    events = [event for root in _roots(text) for event in root.walk("VEVENT")]
    if not events:
        raise BadCalendar(reason="no event")
    return events


def _roots(text: str) -> list[Component]:
    body = text.strip().lstrip("\ufeff")
    whole = body if body.upper().startswith("BEGIN:") else _WRAP.format(body)
    try:
        return list(Calendar.from_ical(whole, multiple=True))
    except (ValueError, KeyError, IndexError) as error:
        raise BadCalendar(reason=str(error)[:200]) from error


def _series(event: Component, floating: tzinfo) -> Series:
    _check(event)
    first = _dates(event, "DTSTART")
    if len(first) != 1:
        raise BadCalendar(field="DTSTART")
    zone = _zone(first[0], floating)
    return Series(
        start=_wall(first[0], zone),
        zone=zone,
        rules=tuple(rule.to_ical().decode() for rule in _all(event, "RRULE")),
        more=tuple(_wall(_begin(one), zone) for one in _dates(event, "RDATE")),
        less=frozenset(_point(one, zone) for one in _dates(event, "EXDATE")),
    )


def _check(event: Component) -> None:
    wrong = [(name, why) for name, why in event.errors if name in _READ]
    if wrong:
        raise BadCalendar(field=wrong[0][0], reason=str(wrong[0][1])[:200])


def _all(event: Component, name: str) -> list[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def _dates(event: Component, name: str) -> list[When]:
    """The values of a property: one or several lines, each with one or several dates."""
    return [value.dt for line in _all(event, name) for value in getattr(line, "dts", [line])]


def _begin(one: When | tuple[datetime, object]) -> When:
    """A period counts by its begin."""
    return one[0] if isinstance(one, tuple) else one


def _zone(first: When, floating: tzinfo) -> tzinfo:
    return (first.tzinfo if isinstance(first, datetime) else None) or floating


def _wall(one: When, zone: tzinfo) -> datetime:
    if not isinstance(one, datetime):
        return datetime.combine(one, time())
    return one if one.tzinfo is None else shown(one, zone)


def _point(one: When, zone: tzinfo) -> datetime | date:
    """What is left out: an instant, or a day."""
    return instant(one, zone) if isinstance(one, datetime) and one.tzinfo is None else one
