"""The air over one place: how loud it may be when, and how long a day. Of several rules the stricter wins."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from devices.protocol.units import MILLI, MINUTE
from scheduler.air.rules import AirRules
from scheduler.air.windows import Span, spans
from scheduler.recurrence.offsets import midnight, shown_day
from scheduler.recurrence.recurrence import Calendar
from scheduler.recurrence.zones import VIETNAM, zone_named

LOUDEST = 100
_AFTER = LOUDEST + 1
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Air:
    """What holds over a time. Nothing is known of what comes after it."""

    caps: tuple[tuple[int, int], ...]
    """From when on (us UTC) what is the loudest (%; 0: silence); in order, never the same % twice in a row."""
    midnights: tuple[int, ...] = ()
    """When days begin, us UTC: the first at or before the time, the last after it."""
    budget_ms: int | None = None
    """Most sound from one midnight to the next."""

    @property
    def is_free(self) -> bool:
        """Whether nothing binds anybody."""
        return self.budget_ms is None and all(percent == LOUDEST for _, percent in self.caps)

    def cap(self, begin: int, end: int) -> int:
        """The lowest cap from `begin` to `end`, %; 0 if there is any silence in it."""
        first = max(0, bisect_right(self.caps, (begin, _AFTER)) - 1)
        last = max(first + 1, bisect_left(self.caps, (end,)))
        return min(percent for _, percent in self.caps[first:last])

    def silence_from(self, at: int) -> int | None:
        """When the first silence from `at` on begins, us UTC; `at` itself within one."""
        if self.cap(at, at) == 0:
            return at
        later = self.caps[bisect_right(self.caps, (at, _AFTER)) :]
        return next((begin for begin, percent in later if percent == 0), None)

    def day(self, at: int) -> int:
        """Which of `midnights` the day of `at` began with; -1: none is known."""
        return bisect_right(self.midnights, at) - 1


FREE = Air(caps=((0, LOUDEST),))
"""No rule at all."""


def resolve(rules: Sequence[AirRules], calendar: Calendar, begin: int, end: int) -> Air:
    """What these rules together make of the time from `begin` to `end`, us UTC.

    Silence over a cap, the lower cap, the smaller budget. Days are those of the rule with that budget, else of the
    first one. A budget of a season holds for all of the time if one day of it is in the season.
    """
    said = [span for rule in rules for span in spans(rule, calendar, begin, end)]
    budgets = [rule for rule in rules if _has_budget(rule, begin, end)]
    leading = min(budgets, key=lambda rule: rule.budget_minutes or 0, default=None)
    zone = zone_named(leading.zone if leading else rules[0].zone if rules else VIETNAM)
    minutes = leading.budget_minutes if leading else None
    return Air(
        caps=_caps(said, begin, end),
        midnights=_midnights(zone, begin, end),
        budget_ms=None if minutes is None else minutes * MINUTE // MILLI,
    )


def _caps(said: Iterable[Span], begin: int, end: int) -> tuple[tuple[int, int], ...]:
    changes: dict[int, list[tuple[int, int]]] = defaultdict(list, {begin: []})
    for span in said:
        changes[span.begin].append((span.percent, 1))
        changes[span.end].append((span.percent, -1))
    caps: list[tuple[int, int]] = []
    holding = Counter({LOUDEST: 1})
    for at in sorted(at for at in changes if at < end):
        for percent, more in changes[at]:
            holding[percent] += more
        lowest = min(percent for percent, count in holding.items() if count)
        if not caps or caps[-1][1] != lowest:
            caps.append((at, lowest))
    return tuple(caps)


def _midnights(zone: tzinfo, begin: int, end: int) -> tuple[int, ...]:
    day, last = shown_day(begin, zone) - ONE, shown_day(end, zone) + 2 * ONE
    known = sorted({midnight(day + days * ONE, zone) for days in range((last - day).days + 1)})
    return tuple(known[bisect_right(known, begin) - 1 : bisect_right(known, end) + 1])


def _has_budget(rule: AirRules, begin: int, end: int) -> bool:
    if rule.budget_minutes is None or rule.budget_season is None:
        return rule.budget_minutes is not None
    zone = zone_named(rule.zone)
    day, last = shown_day(begin, zone), shown_day(end, zone)
    return any(rule.budget_season.holds(day + days * ONE) for days in range((last - day).days + 1))
