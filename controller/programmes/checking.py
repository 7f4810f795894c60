"""Before a programme is saved: is it ever heard, what does it collide with, and what would become of the others?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from controller.errors.programmes import LongerThanPlans, NeverHeard, ProgrammeClash
from controller.programmes.preview import title_of
from controller.programmes.reading import Kept, Situation, at, read_programmes, situation
from devices.protocol.units import DAY, MILLI
from scheduler.planner.entries import Entry, Outcome, Reason, Silence, Slot
from scheduler.planner.planning import micros, plan
from scheduler.planner.precedence import Decision
from scheduler.programmes.programme import LONGEST_MS
from scheduler.recurrence.recurrence import moments

LOOKED_AHEAD = 62 * DAY
SOUGHT = (8 * DAY, 400 * DAY)
"""How far the first time of a programme is looked for, us: mostly it is near."""
MOST_SHOWN = 20
DISPLACED = frozenset({Reason.CLASH, Reason.NO_ROOM})
RULES = frozenset({Reason.QUIET_HOURS, Reason.BUDGET})


@dataclass(frozen=True)
class Collision:
    """Two programmes at some speakers: `title` of the other one, when, and what would happen."""

    other: str
    title: str
    at: int
    effect: str
    """`waits` or `left_out`: this programme; `other_waits` or `other_left_out`."""
    start_at: int | None
    """When the one that waits would begin."""
    devices: frozenset[str]

    @property
    def speakers(self) -> int:
        return len(self.devices)


def examine(session: Session, programme: Kept, now: int, decided: Iterable[Decision] = ()) -> list[Collision]:
    """All collisions of the next two months from its first time on. NeverHeard, LongerThanPlans."""
    begin = first_look(programme, now)
    others = {name: kept for name, kept in read_programmes(session).items() if name != programme.row.id}
    state = situation(session, begin, begin + LOOKED_AHEAD, now, others | {programme.row.id: programme})
    refuse_long(next(one for one in state.entries if one.id == programme.row.id))
    return collisions_of(replace(state, decisions=[*state.decisions, *decided]), programme.row.id)


def collisions_of(state: Situation, name: str) -> list[Collision]:
    """What one programme does to the others of a situation, and they to it. NeverHeard."""
    after = plan(state.entries, state.taken, state.airs, state.decisions)
    _refuse_silent(state, after, name)
    before = plan([one for one in state.entries if one.id != name], state.taken, state.airs, state.decisions)
    return [*_own(state, after, name), *_displaced(state, before, after, name)]


def refuse_collisions(collisions: list[Collision]) -> None:
    """ProgrammeClash with what collides where, and the delay (s) after which this one would be free."""
    if collisions:
        error = ProgrammeClash(**clash_data(collisions))
        error.collisions = collisions
        raise error


def clash_data(collisions: Sequence[Collision]) -> dict[str, object]:
    """What a caller is told of them."""
    waits = [one.start_at - one.at for one in collisions if one.effect == "waits" and one.start_at is not None]
    return {
        "collisions": [_shown(one) for one in collisions[:MOST_SHOWN]], "count": len(collisions),
        "shift_s": max(waits) // 1_000_000 if waits else None,
    }  # fmt: skip


def first_look(programme: Kept, now: int) -> int:
    """From when on it is looked at, us UTC: a day before its first time, `now` where it has none."""
    for ahead in SOUGHT:
        if found := moments(programme.wish.recurrence, {}, at(now), at(now + ahead)):
            return micros(found[0]) - DAY
    return now


def refuse_long(entry: Entry) -> None:
    """LongerThanPlans."""
    longest = max((sound.length for sound in entry.audience.values() if sound), default=0)
    if (longest + entry.max_late) // MILLI > LONGEST_MS:
        raise LongerThanPlans(limit_s=LONGEST_MS // 1_000)


def _refuse_silent(state: Situation, outcome: Outcome, name: str) -> None:
    """A time at which the rules of the air leave nobody who hears it is a mistake."""
    for one in never_heard(outcome):
        if one.entry == name:
            raise NeverHeard(
                start_at=one.nominal_at, reason=one.reason.value, speakers=len(state.speakers(one.hearers))
            )


def never_heard(outcome: Outcome) -> list[Silence]:
    """Where the rules of the air, and nothing else, keep everybody from hearing a time of a programme."""
    heard = {(slot.entry, slot.nominal_at) for slot in outcome.slots}
    return [one for one in outcome.silences if one.reason in RULES and (one.entry, one.nominal_at) not in heard]


def _own(state: Situation, outcome: Outcome, name: str) -> list[Collision]:
    waiting = [one for one in outcome.slots if one.entry == name and one.after]
    silent = [one for one in outcome.silences if one.entry == name and one.reason in DISPLACED]
    return [*(_waits(state, one, "waits", one.after) for one in waiting),
            *(_left_out(state, one, "left_out", one.by) for one in silent)]  # fmt: skip


def _displaced(state: Situation, before: Outcome, after: Outcome, name: str) -> list[Collision]:
    """What sounded elsewhere, or at all, before this one came."""
    known = _places(before.slots)
    moved = [one for one in after.slots if one.entry != name and not _places([one]).items() <= known.items()]
    silenced = {(one.entry, one.nominal_at, one.hearers) for one in before.silences}
    gone = [
        one for one in after.silences
        if one.entry != name and (one.entry, one.nominal_at, one.hearers) not in silenced
    ]  # fmt: skip
    return [*(_waits(state, one, "other_waits", one.entry) for one in moved),
            *(_left_out(state, one, "other_left_out", one.entry) for one in gone)]  # fmt: skip


def _places(slots: Iterable[Slot]) -> Mapping[tuple[str, int, int], int]:
    return {(one.entry, one.nominal_at, group): one.start_at for one in slots for group in one.hearers}


def _waits(state: Situation, slot: Slot, effect: str, other: str) -> Collision:
    devices = state.speakers(slot.hearers)
    return Collision(other, title_of(state.programmes, other), slot.turn_at, effect, slot.start_at, devices)


def _left_out(state: Situation, one: Silence, effect: str, other: str) -> Collision:
    devices = state.speakers(one.hearers)
    return Collision(other, title_of(state.programmes, other), one.nominal_at, effect, None, devices)


def _shown(one: Collision) -> dict[str, object]:
    start = at(one.start_at).isoformat() if one.start_at else None
    return {
        "other": one.other or None, "title": one.title or None, "effect": one.effect, "speakers": one.speakers,
        "at": at(one.at).isoformat(), "start": start,
    }  # fmt: skip
