"""What is heard later, or not at all, after a change of areas, by the planner's own answers."""

from collections import Counter
from collections.abc import Mapping

from controller.areas.comparing import Comparison
from controller.areas.effects import ClashEffect
from controller.programmes.reading import Situation, at
from scheduler.planner.entries import Outcome
from scheduler.planner.planning import plan

Time = tuple[str, int]
"""A programme and one of its times, us UTC."""
MOST = 200


def clashes(before: Situation, after: Situation, comparison: Comparison) -> list[ClashEffect]:
    """By time, 200 at most, of speakers that are still to hear the programme."""
    rebound = {
        device for device, one in comparison.after.speakers.items()
        if one.rules != comparison.before.speakers[device].rules
    }  # fmt: skip
    concerned = comparison.moved | rebound
    if not concerned:
        return []
    (was, _), (now, reasons) = (_heard(state, concerned) for state in (before, after))
    hearers = comparison.after.hearers
    found = Counter[tuple[Time, int | None, str | None]]()
    for (time, device), start in was.items():
        later = now.get((time, device))
        if device in hearers.get(time[0], ()) and later != start:
            found[time, later, None if later is not None else reasons.get((time, device))] += 1
    return [_shown(comparison, *one, speakers) for one, speakers in sorted(found.items(), key=_order)[:MOST]]


def _order(item: tuple[tuple[Time, int | None, str | None], int]) -> tuple[int, str, int]:
    (time, start, _), _ = item
    return time[1], time[0], start or 0


def _shown(comparison: Comparison, time: Time, start: int | None, reason: str | None, speakers: int) -> ClashEffect:
    return ClashEffect(
        programme=time[0], title=comparison.after.programmes[time[0]].title, nominal_at=at(time[1]),
        start_at=None if start is None else at(start), reason=reason, speakers=speakers,
    )  # fmt: skip


def _heard(
    state: Situation, concerned: frozenset[str]
) -> tuple[Mapping[tuple[Time, str], int], Mapping[tuple[Time, str], str]]:
    """When these speakers hear each time, and why they do not."""
    outcome: Outcome = plan(state.entries, state.taken, state.airs, state.decisions)
    heard = {
        ((slot.entry, slot.nominal_at), device): slot.start_at
        for slot in outcome.slots
        for device in state.speakers(slot.hearers) & concerned
    }
    silent = {
        ((one.entry, one.nominal_at), device): one.reason.value
        for one in outcome.silences
        for device in state.speakers(one.hearers) & concerned
    }
    return heard, silent
