"""What nobody planned while the controller was away for longer than plans reach: it is said, not made up for."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlmodel import Session

from controller.programmes.reading import situation
from devices.incidents import open_incident
from devices.protocol.units import MILLI
from scheduler.planner.entries import Slot
from scheduler.planner.planning import plan


def overlooked(session: Session, until: int, now: int) -> list[Slot]:
    """What should have begun between `until`, where the last plan ended, and `now`, and may not begin any more."""
    if not 0 < until < now:
        return []
    state = situation(session, until, now, until)
    outcome = plan(state.entries, state.taken, state.airs, state.decisions)
    latest = {name: one.wish.max_late_ms * MILLI for name, one in state.programmes.items()}
    return [slot for slot in outcome.slots if slot.start_at + latest[slot.entry] < now]


def note_missed(session: Session, slots: Iterable[Slot], now: int, new_id: Callable[[], str]) -> None:
    """One incident for each programme, with how many of its times were missed."""
    times: dict[str, set[int]] = defaultdict(set)
    for slot in slots:
        times[slot.entry].add(slot.nominal_at)
    for programme, missed in sorted(times.items()):
        first, last = min(missed), max(missed)
        open_incident(
            session, new_id, "missed", now, subject=programme, count=len(missed), first_at=first, last_at=last
        )
