"""Programmes as an iCalendar file for other programs, which reads back as the same. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from controller.exchange.directory import Directory
from controller.exchange.events import AREA, BULLETIN, DAYS, EXCEPT, FIRST, OWNER, PROGRAMME, read_calendar
from controller.exchange.feed import Change
from controller.exchange.ical_text import calendar, text, utc
from controller.exchange.rows import Setting
from devices.areas import WITHIN
from scheduler.programmes.programme import OneBulletin, Programme
from scheduler.recurrence.calendar_text import zone_lines
from scheduler.recurrence.friendly import to_rrule
from scheduler.recurrence.recurrence import Recurrence, moments
from scheduler.recurrence.rules import Once
from scheduler.recurrence.walltime import instant
from scheduler.recurrence.zones import zone_named

LOOKED_AHEAD = timedelta(days=400)
NOT_HELD: Mapping[str, object] = {
    name: Programme.model_fields[name].default
    for name in ("volume", "gain_db", "repeats", "gap_ms", "max_late_ms", "turns", "paused")
}
"""What an event has no place for: it is as usual where it is read again."""


@dataclass(frozen=True)
class Kept:
    """A programme with its id and when it was changed."""

    id: str
    wish: Programme
    change: Change


def calendar_file(name: str, programmes: Iterable[Kept], names: Directory) -> tuple[bytes, list[str]]:
    """The file, and the titles of those that iCalendar cannot say: lunar days, working days, groups, speakers."""
    events: list[str] = []
    zones: set[str] = set()
    left_out: list[str] = []
    for one in programmes:
        lines = [line for at in one.wish.recurrence.times for line in _event(one, at, names)]
        if _reads_back(lines, one.wish, names):
            events += lines
            zones.add(one.wish.recurrence.zone)
        else:
            left_out.append(one.wish.title)
    head = [f"X-LOA-LEFT-OUT:{text(title)}" for title in left_out]
    return calendar(name, [*head, *(line for zone in sorted(zones) for line in zone_lines(zone)), *events]), left_out


def held(wish: Programme) -> Programme:
    """The programme as far as an event holds it."""
    when = wish.recurrence
    less = (*sorted(one for one in when.less if not isinstance(one, datetime)),
            *sorted(one for one in when.less if isinstance(one, datetime)))  # fmt: skip
    return wish.model_copy(update={**NOT_HELD, "recurrence": when.model_copy(update={"less": less})})


def _reads_back(lines: Sequence[str], wish: Programme, names: Directory) -> bool:
    if wish.targets.groups or wish.targets.devices or wish.recurrence.only_on != "all_days":
        return False
    zone = zone_lines(wish.recurrence.zone)
    read = read_calendar(calendar("", [*zone, *lines]).decode("utf-8"), Setting(names, date.min)).lines
    return [line.wish for line in read] == [held(wish)]


def _event(kept: Kept, at: time, names: Directory) -> Iterator[str]:
    wish, when = kept.wish, kept.wish.recurrence
    zone = zone_named(when.zone)
    begin = _first_day(when, at, zone)
    yield "BEGIN:VEVENT"
    yield f"UID:{kept.id}-{at:%H%M%S}@loa"
    yield f"DTSTAMP:{utc(kept.change.at)}"
    yield f"SEQUENCE:{kept.change.revision}"
    yield f"SUMMARY:{text(wish.title)}"
    yield f"LOCATION:{text('; '.join(WITHIN.join(names.paths['area'].get(one, (one,))) for one in wish.targets.areas))}"
    yield f"DTSTART;TZID={when.zone}:{datetime.combine(begin, at):%Y%m%dT%H%M%S}"
    yield from _rule(when, at, zone)
    yield from _exceptions(when, at, zone)
    if isinstance(wish.content, OneBulletin):
        yield f"{BULLETIN}:{wish.content.bulletin}"
    else:
        yield f"CATEGORIES:{text(wish.content.category)}"
    yield from (f"{AREA}:{area}" for area in wish.targets.areas)
    yield f"{OWNER}:{wish.owner}"
    yield f"{FIRST}:{when.first.isoformat()}"
    yield f"{PROGRAMME}:{kept.id}"
    if wish.rank == "priority":
        yield "PRIORITY:1"
    yield "END:VEVENT"


def _first_day(when: Recurrence, at: time, zone: tzinfo) -> date:
    """DTSTART is an airing itself: other programs show it whatever the rule says."""
    if isinstance(when.days, Once):
        return when.days.days[0]
    plain = when.model_copy(update={"times": (at,), "less": (), "more": ()})
    begin = instant(datetime.combine(when.first, time()), zone)
    found = moments(plain, {}, begin, begin + LOOKED_AHEAD)
    return found[0].at.date() if found else when.first


def _rule(when: Recurrence, at: time, zone: tzinfo) -> Iterator[str]:
    if isinstance(when.days, Once):
        yield f"{DAYS}:{','.join(day.isoformat() for day in when.days.days)}"
        yield from (f"RDATE:{_utc(datetime.combine(day, at), zone)}" for day in when.days.days[1:])
    elif (rrule := to_rrule(when.days)) is not None:
        until = "" if when.last is None else f";UNTIL={_utc(datetime.combine(when.last, time(23, 59, 59)), zone)}"
        yield f"RRULE:{rrule}{until}"


def _exceptions(when: Recurrence, at: time, zone: tzinfo) -> Iterator[str]:
    days = [one for one in when.less if not isinstance(one, datetime)]
    if days:
        yield f"{EXCEPT}:{','.join(day.isoformat() for day in days)}"
    yield from (f"EXDATE:{_utc(datetime.combine(day, at), zone)}" for day in days)
    yield from (f"EXDATE:{_stamp(one)}" for one in when.less if isinstance(one, datetime))
    if at == when.times[0]:
        yield from (f"RDATE:{_stamp(one)}" for one in when.more)


def _utc(wall: datetime, zone: tzinfo) -> str:
    return _stamp(instant(wall, zone))


def _stamp(one: datetime) -> str:
    return f"{one.astimezone(UTC):%Y%m%dT%H%M%SZ}"
