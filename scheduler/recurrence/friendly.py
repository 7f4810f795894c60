"""Between RRULE of RFC 5545 and the rules that people use, where both say exactly the same."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

from scheduler.recurrence.rules import Daily, DayRule, Monthly, MonthlyWeekday, Rfc5545, Weekly
from scheduler.recurrence.walltime import shown
from scheduler.recurrence.weekdays import Weekday, weekday_of

_CODES = {day.value[:2].upper(): day for day in Weekday}
_UNTIL = re.compile(r"(\d{8})T(\d{6})(Z?)")
_PLACE = re.compile(r"([+-]?[1-5])([A-Z]{2})")
Parts = Mapping[str, str]


def friendly(rrule: str, start: datetime, zone: tzinfo) -> tuple[DayRule, date | None]:
    """The rule of a series that starts at `start` on the wall of `zone`, and its last day if it has one.

    What no rule of people says stays an RRULE.
    """
    parts = _parts(rrule)
    last = _last_day(parts.get("UNTIL"), start, zone)
    plain = {name: value for name, value in parts.items() if name != "UNTIL"}
    way = _WAYS.get(plain.pop("FREQ", ""))
    if plain.get("WKST") == "MO" or plain.get("INTERVAL", "1") == "1":
        plain.pop("WKST", None)
    rule = way(plain, start) if way and (last or "UNTIL" not in parts) else None
    return (Rfc5545(rrule=rrule), None) if rule is None else (rule, last)


def to_rrule(rule: DayRule) -> str | None:
    """The RRULE of a rule; None where RFC 5545 has none (single days, the lunar calendar)."""
    match rule:
        case Daily():
            return _joined("FREQ=DAILY", rule.every)
        case Weekly():
            return _joined(f"FREQ=WEEKLY;BYDAY={','.join(map(_code, rule.days))}", rule.every)
        case Monthly():
            return f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, rule.days))}"
        case MonthlyWeekday():
            return f"FREQ=MONTHLY;BYDAY={rule.nth}{_code(rule.day)}"
        case Rfc5545():
            return rule.rrule
        case _:
            return None


def _parts(rrule: str) -> dict[str, str]:
    pairs = (part.partition("=")[::2] for part in rrule.upper().replace(" ", "").strip(";").split(";"))
    return dict(pairs)


def _last_day(until: str | None, start: datetime, zone: tzinfo) -> date | None:
    """The last day on which `until` still lets the time of `start` happen."""
    found = _UNTIL.fullmatch(until or "")
    if found is None:
        return None
    try:
        wall = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 a wall time
        if found[3]:
            wall = shown(wall.replace(tzinfo=UTC), zone)
        last = wall.date() if start.time() <= wall.time() else wall.date() - timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return last if last >= start.date() else None


def _daily(parts: Parts, _start: datetime) -> DayRule | None:
    every = _number(parts.get("INTERVAL", "1"), 366)
    return Daily(every=every) if every and parts.keys() <= {"INTERVAL"} else None


def _weekly(parts: Parts, start: datetime) -> DayRule | None:
    every = _number(parts.get("INTERVAL", "1"), 52)
    codes = parts["BYDAY"].split(",") if "BYDAY" in parts else [_code(weekday_of(start.date()))]
    if not every or not parts.keys() <= {"INTERVAL", "BYDAY"} or not set(codes) <= _CODES.keys() or len(codes) > 7:
        return None
    return Weekly(days=tuple(_CODES[code] for code in codes), every=every)


def _monthly(parts: Parts, start: datetime) -> DayRule | None:
    rest = {name: value for name, value in parts.items() if (name, value) != ("INTERVAL", "1")}
    match rest:
        case {"BYMONTHDAY": days, **more} if not more:
            return _month_days(days)
        case {"BYDAY": days, "BYSETPOS": place, **more} if not more and days in _CODES:
            return _nth(f"{place}{days}")
        case {"BYDAY": days, **more} if not more:
            return _nth(days)
        case {**more} if not more:
            return Monthly(days=(start.day,))
    return None


def _month_days(days: str) -> DayRule | None:
    found = [int(day) for day in days.split(",") if re.fullmatch(r"[+-]?\d{1,2}", day)]
    is_good = len(found) == days.count(",") + 1 <= 31 and all(1 <= abs(day) <= 31 for day in found)
    return Monthly(days=tuple(found)) if is_good else None


def _nth(day: str) -> DayRule | None:
    found = _PLACE.fullmatch(day)
    if found is None or found[2] not in _CODES or not -1 <= int(found[1]) <= 5:
        return None
    return MonthlyWeekday(nth=int(found[1]), day=_CODES[found[2]])


_WAYS: Mapping[str, Callable[[Parts, datetime], DayRule | None]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
}


def _number(text: str, most: int) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,3}", text) and 1 <= int(text) <= most else None


def _code(day: Weekday) -> str:
    return day.value[:2].upper()


def _joined(rule: str, every: int) -> str:
    return rule if every == 1 else f"{rule};INTERVAL={every}"
