"""What an area hears as a calendar: one event for each time of a programme. Pure; instants are us UTC."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from controller.exchange.ical_text import calendar, text, utc
from controller.exchange.ports import Preview


@dataclass(frozen=True)
class Change:
    """When the programme or the order was changed last, and how often."""

    at: int
    revision: int


@dataclass(frozen=True)
class Event:
    """`uid` stays the same however the plan moves it. Without an end: it does not sound."""

    uid: str
    title: str
    begin: int
    end: int | None
    change: Change
    speakers: int
    cancelled: bool = False
    reason: str = ""
    """A code: why it does not sound; `by`: what keeps the time, or the day's name."""
    by: str = ""


@cache
def words(language: str) -> Mapping[str, str]:
    """What calendars say in `vi` or `en`."""
    said: Mapping[str, Mapping[str, str]] = tomllib.loads(
        files("controller.exchange").joinpath("feed.toml").read_text("utf-8")
    )
    return said[language]


def airing_uid(programme: str, nominal_at: int) -> str:
    """Of one time of a programme, whether it is planned, has sounded or stays silent."""
    return f"{programme}-{utc(nominal_at)}@loa"


def planned(preview: Preview, speakers: frozenset[str], changes: Mapping[str, Change]) -> list[Event]:
    """What these speakers will hear. A time at which all stay silent is a cancelled event with the reason."""
    unchanged = Change(0, 1)
    slots = [
        Event(airing_uid(slot.programme, slot.nominal_at), slot.title, slot.start_at, slot.ends_at,
              changes.get(slot.programme, unchanged), len(slot.devices & speakers))
        for slot in preview.slots
    ]  # fmt: skip
    silent = [
        Event(airing_uid(one.programme, one.nominal_at), one.title, one.nominal_at, None,
              changes.get(one.programme, unchanged), len(one.devices & speakers), True, one.reason, one.by or "")
        for one in preview.silent
    ]  # fmt: skip
    return [event for event in (*slots, *silent) if event.speakers]


def merged(events: Iterable[Event]) -> list[Event]:
    """One event a uid, in order: the first sample anywhere to the last one; silent only where nobody hears it."""
    found: dict[str, Event] = {}
    for event in sorted(events, key=lambda one: (one.cancelled, one.begin)):
        known = found.get(event.uid)
        if known is None:
            found[event.uid] = event
        elif known.end is not None and event.end is not None:
            found[event.uid] = Event(
                known.uid, known.title, known.begin, max(known.end, event.end), known.change,
                known.speakers + event.speakers, known.cancelled, known.reason, known.by,
            )  # fmt: skip
    return sorted(found.values(), key=lambda one: (one.begin, one.uid))


def feed(area: str, events: Iterable[Event], language: str) -> bytes:
    """The calendar of the area of this path, to be asked for again every hour."""
    said = words(language)
    head = ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    lines = [line for event in merged(events) for line in _lines(event, area, said)]
    return calendar(f"{said['name']} {area}", [*head, *lines])


def _lines(event: Event, area: str, said: Mapping[str, str]) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{utc(event.change.at)}"
    yield f"SEQUENCE:{event.change.revision}"
    yield f"DTSTART:{utc(event.begin)}"
    if event.end is not None:
        yield f"DTEND:{utc(max(event.end, event.begin + 1_000_000))}"
    yield f"SUMMARY:{text(event.title)}"
    yield f"DESCRIPTION:{text(chr(10).join(_description(event, said)))}"
    yield f"LOCATION:{text(area)}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _description(event: Event, said: Mapping[str, str]) -> Sequence[str]:
    if not event.cancelled:
        return [said["speakers"].format(count=event.speakers)]
    reason = said.get(event.reason, event.reason)
    return [said["silent"].format(reason=f"{reason} ({event.by})" if event.by else reason)]
