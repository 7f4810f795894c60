"""From one row of the spreadsheet to a programme, or to everything that is wrong with it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from controller.exchange import cells
from controller.exchange.directory import Directory, Kind
from controller.exchange.faults import CellRefused, Fault
from controller.sheets.sheet import Cell
from scheduler.errors import SchedulerError
from scheduler.programmes.programme import Programme
from scheduler.recurrence.rules import Once
from scheduler.recurrence.understanding import understood
from scheduler.recurrence.words import Days, day_said

MINUTE_MS, SECOND_MS = 60_000, 1_000
PLACES: tuple[tuple[str, Kind], ...] = (("areas", "area"), ("groups", "group"), ("speakers", "speaker"))
Row = Mapping[str, Cell]
"""Field to cell; what is empty is not in it."""


@dataclass(frozen=True)
class Setting:
    """What a row may leave out: the day from which it holds, and the area whose programme it is."""

    names: Directory
    today: date
    area: str | None = None


def programme_of(row: Row, setting: Setting) -> Programme | list[Fault]:
    """The programme, or everything that is wrong with the row."""
    faults: list[Fault] = []

    def taken(field: str, way: Callable[[Cell], Any], default: Any = None) -> Any:
        if field not in row:
            return default
        try:
            return way(row[field])
        except (CellRefused, SchedulerError) as error:
            faults.append(Fault(field, getattr(error, "why", error.code), error.data))
            return default

    wish = _wish(taken, row, setting, faults)
    if faults:
        return faults
    return checked(wish)


def _wish(taken: Callable[..., Any], row: Row, setting: Setting, faults: list[Fault]) -> dict[str, Any]:
    names = setting.names
    faults += [Fault(name, "missing") for name in ("title", "days", "times") if name not in row]
    days: Days | None = taken("days", _days)
    places = {field: taken(field, lambda cell, kind=kind: _names(names, kind, cell), ()) for field, kind in PLACES}
    areas = places["areas"] or ((setting.area,) if setting.area and not any(name in row for name in places) else ())
    if not areas and not any(name in row for name in places):
        faults.append(Fault("areas", "missing"))
    owner = taken("owner", lambda cell: names.find("area", cells.read_text(cell)), setting.area or _only(areas))
    if owner is None and not faults:
        faults.append(Fault("owner", "missing"))
    return {
        "title": taken("title", cells.read_text), "owner": owner, "content": _content(taken, row, names, faults),
        "targets": {"areas": areas, "groups": places["groups"], "devices": places["speakers"]},
        "recurrence": _recurrence(taken, days, setting), "rank": taken("rank", cells.read_rank, "normal"),
        "volume": taken("volume", cells.read_whole, 100), "gain_db": taken("gain", cells.read_number, 0),
        "repeats": taken("repeats", cells.read_whole, 1), "paused": taken("paused", cells.read_yes, False),
        "gap_ms": taken("gap", lambda cell: round(cells.read_number(cell) * SECOND_MS), 2_000),
        "max_late_ms": taken("late", lambda cell: round(cells.read_number(cell) * MINUTE_MS), 600_000),
    }  # fmt: skip


def _content(taken: Callable[..., Any], row: Row, names: Directory, faults: list[Fault]) -> Any:
    if ("bulletin" in row) == ("category" in row):
        faults.append(Fault("bulletin", "bulletin_or_category"))
    if "category" in row:
        return {"kind": "newest", "category": taken("category", cells.read_text)}
    return {
        "kind": "bulletin",
        "bulletin": taken("bulletin", lambda cell: names.find("bulletin", cells.read_text(cell))),
    }


def _recurrence(taken: Callable[..., Any], days: Days | None, setting: Setting) -> Any:
    begins = min(days.rule.days) if days and isinstance(days.rule, Once) else setting.today
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


def _names(names: Directory, kind: Kind, cell: Cell) -> tuple[str, ...]:
    return tuple(names.find(kind, one) for one in cells.read_list(cell))


def _days(cell: Cell) -> Days:
    if isinstance(cell, date):
        return Days(Once(days=(cells.read_day(cell),)))
    return understood(cells.read_text(cell))


def _listed(cell: Cell) -> list[str]:
    return [day_said(cells.read_day(cell))] if isinstance(cell, date) else cells.read_list(cell)


def _only(areas: tuple[str, ...]) -> str | None:
    return areas[0] if len(areas) == 1 else None
