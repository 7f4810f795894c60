"""Who keeps the time where two programmes collide: rank, then what people decided, then nearness and seniority."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scheduler.planner.entries import Entry, Then

RANKS = {"priority": 0, "normal": 1}


@dataclass(frozen=True)
class Decision:
    """Of two programmes that collide, `first` keeps its time."""

    first: str
    second: str
    then: Then


def in_order(entries: Iterable[Entry], decisions: Iterable[Decision]) -> list[Entry]:
    """Who is placed first. A commune's own goes before what comes from above, the older one before the newer,
    unless a person has decided otherwise; a decision never lifts anybody over a higher rank."""
    ordered = sorted(entries, key=lambda one: (RANKS[one.rank], -one.level, one.since, one.id))
    for decision in sorted(decisions, key=_by_names):
        _lift(ordered, decision)
    return ordered


def consequences(decisions: Iterable[Decision]) -> Mapping[tuple[str, str], Then]:
    """(who keeps the time, who does not) to what becomes of the latter."""
    return {(one.first, one.second): one.then for one in sorted(decisions, key=_by_names)}


def _by_names(decision: Decision) -> tuple[str, str, Then]:
    return decision.first, decision.second, decision.then


def _lift(ordered: list[Entry], decision: Decision) -> None:
    places = {one.id: place for place, one in enumerate(ordered)}
    first, second = places.get(decision.first), places.get(decision.second)
    if first is None or second is None or first < second or ordered[first].rank != ordered[second].rank:
        return
    ordered.insert(second, ordered.pop(first))
