"""From one row of the spreadsheet to a programme, or to everything that is wrong with it. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from controller.exchange import cells
from controller.exchange.directory import Directory, Kind
from controller.exchange.faults import CellRefused, Fault
from controller.sheets.sheet import Cell
from scheduler.errors import SchedulerError
from scheduler.programmes.programme import Programme
from scheduler.recurrence.rules import Once, Rfc5545
from scheduler.recurrence.series import check_rule
from scheduler.recurrence.understanding import understood
from scheduler.recurrence.words import Days, day_said

MINUTE_MS, SECOND_MS = 60_000, 1_000
PLACES: tuple[tuple[str, Kind], ...] = (("areas", "area"), ("groups", "group"), ("speakers", "speaker"))
OFTEN = re.compile(r"(?i)FREQ=(SECONDLY|MINUTELY|HOURLY)|BY(HOUR|MINUTE|SECOND)=")
"""RRULEs that say times of the day: programmes have their own."""
Row = Mapping[str, Cell]
"""Field to cell; what is empty is not in it."""


@dataclass(frozen=True)
class Setting:
    """What a row may leave out: the day from which it holds, and the area whose programme it is."""

    names: Directory
    today: date
    area: str | None = None


@dataclass
class _Reader:
    """Takes the cells of one row, and notes what is wrong with them."""

    row: Row
    setting: Setting
    faults: list[Fault] = field(default_factory=list)

    def taken(self, name: str, way: Callable[[Cell], Any], default: Any = None) -> Any:
        if name not in self.row:
            return default
        try:
            return way(self.row[name])
        except (CellRefused, SchedulerError) as error:
            self.faults.append(Fault(name, getattr(error, "why", error.code), error.data))
            return default

    def named(self, name: str, kind: Kind) -> tuple[str, ...]:
        """The ids of a list of names."""
        names = self.setting.names
        found: tuple[str, ...] = self.taken(
            name, lambda cell: tuple(names.find(kind, one) for one in cells.read_list(cell)), ()
        )
        return found

    def miss(self, name: str, code: str = "missing") -> None:
        self.faults.append(Fault(name, code))


def programme_of(row: Row, setting: Setting) -> Programme | list[Fault]:
    """The programme, or everything that is wrong with the row."""
    reader = _Reader(row, setting)
    for name in ("title", "days", "times"):
        if name not in row:
            reader.miss(name)
    wish = {"title": reader.taken("title", cells.read_text), "recurrence": _recurrence(reader)}
    wish |= _places(reader) | {"content": _content(reader)} | _manner(reader)
    return reader.faults or checked(wish)


def _places(reader: _Reader) -> dict[str, Any]:
    areas, groups, speakers = (reader.named(name, kind) for name, kind in PLACES)
    if not any(name in reader.row for name, _ in PLACES):
        areas = _asked_for(reader)
    usual = reader.setting.area or (areas[0] if len(areas) == 1 else None)
    owner = reader.taken("owner", lambda cell: reader.setting.names.find("area", cells.read_text(cell)), usual)
    if owner is None and not reader.faults:
        reader.miss("owner")
    return {"owner": owner, "targets": {"areas": areas, "groups": groups, "devices": speakers}}


def _asked_for(reader: _Reader) -> tuple[str, ...]:
    """The area that was named beside the file."""
    if reader.setting.area is None:
        reader.miss("areas")
        return ()
    return (reader.setting.area,)


def _content(reader: _Reader) -> dict[str, Any]:
    names = reader.setting.names
    if ("bulletin" in reader.row) == ("category" in reader.row):
        reader.miss("bulletin", "bulletin_or_category")
    if "category" in reader.row:
        category = reader.taken("category", lambda cell: names.category(cells.read_text(cell)))
        return {"kind": "newest", "category": category}
    bulletin = reader.taken("bulletin", lambda cell: names.find("bulletin", cells.read_text(cell)))
    return {"kind": "bulletin", "bulletin": bulletin}


def _manner(reader: _Reader) -> dict[str, Any]:
    """How it sounds."""
    taken = reader.taken
    return {
        "rank": taken("rank", cells.read_rank, "normal"), "volume": taken("volume", cells.read_whole, 100),
        "gain_db": taken("gain", cells.read_number, 0), "repeats": taken("repeats", cells.read_whole, 1),
        "gap_ms": taken("gap", lambda cell: round(cells.read_number(cell) * SECOND_MS), 2_000),
        "max_late_ms": taken("late", lambda cell: round(cells.read_number(cell) * MINUTE_MS), 600_000),
        "turns": taken("turns", cells.read_yes, False), "paused": taken("paused", cells.read_yes, False),
    }  # fmt: skip


def _recurrence(reader: _Reader) -> dict[str, Any]:
    taken = reader.taken
    days: Days | None = taken("days", _days)
    begins = min(days.rule.days) if days and isinstance(days.rule, Once) else reader.setting.today
    wish = {
        "days": days and days.rule, "only_on": days and days.only_on, "times": taken("times", cells.read_times),
        "first": taken("first", cells.read_day, begins), "last": taken("last", cells.read_day),
        "less": taken("less", lambda cell: tuple(map(cells.read_day_or_moment, _listed(cell))), ()),
        "more": taken("more", lambda cell: tuple(map(cells.read_moment, _listed(cell))), ()),
        "zone": taken("zone", cells.read_text),
    }  # fmt: skip
    return {name: value for name, value in wish.items() if value is not None}


def checked(wish: dict[str, Any]) -> Programme | list[Fault]:
    """The fields of a programme as a programme, or what the rules of programmes say against them."""
    try:
        return Programme.model_validate(wish)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return [Fault(_FIELDS.get(_place(one["loc"])), one["type"], one.get("ctx", {})) for one in found]
    except SchedulerError as error:
        return [Fault("zone" if error.code == "zone_unknown" else "days", error.code, error.data)]


_FIELDS = {
    "title": "title", "owner": "owner", "content": "bulletin", "targets": "areas", "days": "days", "times": "times",
    "first": "first", "last": "last", "less": "less", "more": "more", "zone": "zone", "rank": "rank",
    "volume": "volume", "gain_db": "gain", "repeats": "repeats", "gap_ms": "gap", "max_late_ms": "late",
    "recurrence": "last",
}  # fmt: skip


def _place(loc: tuple[int | str, ...]) -> str:
    return str(loc[1] if loc[0] == "recurrence" and len(loc) > 1 else loc[0])


def _days(cell: Cell) -> Days:
    if isinstance(cell, date):
        return Days(Once(days=(cells.read_day(cell),)))
    text = cells.read_text(cell)
    if OFTEN.search(text):
        raise CellRefused("too_often", cell)
    days = understood(text)
    if isinstance(days.rule, Rfc5545):
        check_rule(days.rule.rrule, datetime(2000, 1, 1), UTC)  # noqa: DTZ001 any wall time
    return days


def _listed(cell: Cell) -> list[str]:
    return [day_said(cells.read_day(cell))] if isinstance(cell, date) else cells.read_list(cell)
