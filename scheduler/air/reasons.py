"""Why the air is as it is: each stretch of a timeline with the rules that made it so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from scheduler.air.rules import AirRules
from scheduler.air.timeline import LOUDEST, resolve
from scheduler.recurrence.recurrence import Calendar


@dataclass(frozen=True)
class Stretch:
    """From `begin` to `end` (us UTC) nothing louder than `percent`, by the rules whose ids are in `because`."""

    begin: int
    end: int
    percent: int
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reasons:
    stretches: tuple[Stretch, ...]
    budget_ms: int | None
    budget_because: tuple[str, ...]


def reasons(rules: Mapping[str, AirRules], calendar: Calendar, begin: int, end: int) -> Reasons:
    """What `timeline.resolve` makes of these rules by their ids, with the ids that bind in each stretch."""
    alone = {rule: resolve([said], calendar, begin, end) for rule, said in rules.items()}
    cuts = sorted({begin, end, *(at for air in alone.values() for at, _ in air.caps)})
    stretches: list[Stretch] = []
    for at, until in pairwise(cuts):
        caps = {rule: air.cap(at, until) for rule, air in alone.items()}
        lowest = min(caps.values(), default=LOUDEST)
        because = tuple(rule for rule, cap in caps.items() if cap == lowest < LOUDEST)
        _append(stretches, Stretch(at, until, lowest, because))
    budget = min((air.budget_ms for air in alone.values() if air.budget_ms is not None), default=None)
    setting = tuple(rule for rule, air in alone.items() if budget is not None and air.budget_ms == budget)
    return Reasons(tuple(stretches), budget, setting)


def _append(stretches: list[Stretch], later: Stretch) -> None:
    if stretches and (stretches[-1].percent, stretches[-1].because) == (later.percent, later.because):
        stretches[-1] = replace(stretches[-1], end=later.end)
    else:
        stretches.append(later)
