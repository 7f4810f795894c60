"""Where saved programmes collide, as the planner settles it, and where a person has to say who goes first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from controller.programmes.checking import DISPLACED
from controller.programmes.preview import title_of
from controller.programmes.reading import Kept, Situation, situation
from devices.protocol.units import DAY
from scheduler.planner.planning import plan


@dataclass(frozen=True)
class Conflict:
    """One time of `second` that `first`, a programme or a single order, keeps for itself; instants us UTC."""

    first: str
    first_title: str
    second: str
    second_title: str
    nominal_at: int
    effect: Literal["waits", "left_out"]
    start_at: int | None
    """When the one that waits begins."""
    devices: frozenset[str]
    asks: bool
    """Both are priority programmes of different owners, and nobody has decided: the order is the commune's to say."""


def conflicts(session: Session, begin: int, end: int, now: int) -> list[Conflict]:
    """All from `begin` to `end` that are still to come at `now`, by time."""
    if end <= now:
        return []
    state = situation(session, max(now, begin - DAY), end, now)
    found = [one for one in _found(state) if begin <= one.nominal_at < end]
    return sorted(found, key=lambda one: (one.nominal_at, one.first, one.second))


def asks(programmes: Mapping[str, Kept], decided: set[frozenset[str]], one: str, other: str) -> bool:
    """Whether a person has to say which of the two goes first."""
    if one not in programmes or other not in programmes or frozenset({one, other}) in decided:
        return False
    first, second = programmes[one].wish, programmes[other].wish
    return first.rank == second.rank == "priority" and first.owner != second.owner


def _found(state: Situation) -> Iterator[Conflict]:
    outcome = plan(state.entries, state.taken, state.airs, state.decisions)
    for slot in outcome.slots:
        if slot.after:
            devices = state.speakers(slot.hearers)
            yield _conflict(state, slot.after, slot.entry, slot.nominal_at, slot.start_at, devices)
    for one in outcome.silences:
        if one.reason in DISPLACED and one.by:
            yield _conflict(state, one.by, one.entry, one.nominal_at, None, state.speakers(one.hearers))


def _conflict(
    state: Situation, first: str, second: str, nominal_at: int, start_at: int | None, devices: frozenset[str]
) -> Conflict:
    decided = {frozenset({one.first, one.second}) for one in state.decisions}
    return Conflict(
        first, title_of(state.programmes, first), second, title_of(state.programmes, second), nominal_at,
        "left_out" if start_at is None else "waits", start_at, devices,
        asks(state.programmes, decided, first, second),
    )  # fmt: skip
