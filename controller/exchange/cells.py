"""What stands in one cell, as values: text of people, and the dates, times and numbers of spreadsheets. Pure."""

import re
from datetime import date, datetime, time
from math import isfinite

from controller.exchange.directory import LIST
from controller.exchange.faults import CellRefused
from controller.sheets.sheet import Cell
from scheduler.recurrence.folding import folded
from scheduler.recurrence.understanding import read_date

_TIME = re.compile(r"(\d{1,2})\s*(?:[:hg]|gio)?\s*(?:(\d{2})\s*(?:p|phut)?)?(?::(\d{2}))?\s*(am|pm|sang|chieu|toi)?")
_PARTS = {"sang": (range(1, 12), 0), "chieu": (range(1, 7), 12), "toi": (range(6, 12), 12)}
"""The hours that are said with a part of the day, and what is added to them."""
_LONE = re.compile(r"\d+")
_BETWEEN_TIMES = re.compile(r"[;,\n]|\bva\b|\band\b")
_YES, _NO = {"co", "yes", "x", "true", "1"}, {"khong", "no", "false", "0"}
_RANKS = {
    "thuong": "normal",
    "binh thuong": "normal",
    "normal": "normal",
    "uu tien": "priority",
    "priority": "priority",
}


def read_text(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def read_list(cell: Cell) -> list[str]:
    """Names between semicolons or on lines of their own."""
    return [one.strip() for one in read_text(cell).replace("\n", LIST).split(LIST) if one.strip()]


def read_times(cell: Cell) -> tuple[time, ...]:
    """`05:00; 17h30`, `5 giờ 30`, `4 giờ chiều`, `5:30 pm`, or a time of the spreadsheet."""
    if isinstance(cell, datetime | time):
        return (_whole(cell.time() if isinstance(cell, datetime) else cell),)
    if not isinstance(cell, str):
        raise CellRefused("no_time", cell)
    return tuple(_time(one.strip(), cell) for one in _BETWEEN_TIMES.split(folded(cell)) if one.strip())


def read_day(cell: Cell) -> date:
    """`23/11/2026`, day first, `2026-11-23`, or a date of the spreadsheet."""
    if isinstance(cell, datetime):
        return cell.date()
    found = cell if isinstance(cell, date) else read_date(cell) if isinstance(cell, str) else None
    if found is None:
        raise CellRefused("no_date", cell)
    return found


def read_day_or_moment(said: str) -> date | datetime:
    """A day, or an instant in ISO 8601 with its offset."""
    if (day := read_date(said)) is not None:
        return day
    return read_moment(said)


def read_moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise CellRefused("no_moment", said) from error
    if found.tzinfo is None:
        raise CellRefused("no_moment", said)
    return found


def read_number(cell: Cell) -> float:
    """A number; a comma may stand before its decimals, % after it."""
    if isinstance(cell, str):
        try:
            cell = float(cell.replace(",", ".").removesuffix("%"))
        except ValueError as error:
            raise CellRefused("no_number", cell) from error
    if not isinstance(cell, int | float) or not isfinite(cell):
        raise CellRefused("no_number", cell)
    return cell


def read_whole(cell: Cell) -> int:
    number = read_number(cell)
    if number != int(number):
        raise CellRefused("no_number", cell)
    return int(number)


def read_yes(cell: Cell) -> bool:
    said = folded(read_text(cell))
    if said not in _YES | _NO:
        raise CellRefused("no_yes", cell)
    return said in _YES


def read_rank(cell: Cell) -> str:
    said = folded(read_text(cell))
    if said not in _RANKS:
        raise CellRefused("no_rank", cell)
    return _RANKS[said]


def _time(said: str, cell: str) -> time:
    found = _TIME.fullmatch(said)
    if found is None or _LONE.fullmatch(said):
        raise CellRefused("no_time", cell)
    hour, minute, second = (int(part or 0) for part in found.group(1, 2, 3))
    try:
        return time(_of_day(hour, found[4]), minute, second)
    except ValueError as error:
        raise CellRefused("no_time", cell) from error


def _of_day(hour: int, half: str | None) -> int:
    if half in _PARTS:
        hours, later = _PARTS[half]
        return hour if hour - later in hours else hour + later if hour in hours else 24
    if half is None:
        return hour
    return hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 24


def _whole(one: time) -> time:
    return one.replace(microsecond=0, tzinfo=None)
