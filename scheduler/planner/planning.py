"""The planner: programmes, what is ordered already and the rules of the air become slots, and silences with reasons.

One after the other by precedence, each takes its time where its hearers are free, waits for what is before it up to
its own maximum lateness, or stays silent. Nothing overlaps, nothing sounds in quiet hours, no day gets too much.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.air.timeline import Air
from scheduler.planner.diary import BETWEEN, Diary
from scheduler.planner.entries import Entry, Outcome, Reason, Silence, Slot, Sound, Taken, Then
from scheduler.planner.precedence import Decision, consequences, in_order
from scheduler.recurrence.recurrence import Moment

MILLI = 1_000


def plan(
    entries: Iterable[Entry], taken: Iterable[Taken], airs: Sequence[Air], decisions: Iterable[Decision] = ()
) -> Outcome:
    """Everything that sounds and everything that does not. `airs`: the rules that bind each group of hearers.

    The same input gives the same answer; an entry's moments must lie within the time that `airs` cover.
    """
    decided = tuple(decisions)
    desk = _Desk(airs, consequences(decided))
    for one in taken:
        desk.keep(one)
    for entry in in_order(entries, decided):
        for moment in entry.moments:
            desk.place(entry, moment)
    return Outcome(tuple(sorted(desk.slots, key=_by_time)), tuple(sorted(desk.silences, key=_by_nominal)))


@dataclass(frozen=True)
class _Seat:
    """Where one group of hearers would hear it, or why not."""

    start_at: int = 0
    reason: Reason | None = None
    by: str = ""


class _Desk:
    def __init__(self, airs: Sequence[Air], consequences: Mapping[tuple[str, str], Then]) -> None:
        self.slots: list[Slot] = []
        self.silences: list[Silence] = []
        self._airs = airs
        self._then = consequences
        self._diaries = [Diary() for _ in airs]

    def keep(self, taken: Taken) -> None:
        for hearers in taken.hearers:
            day = self._airs[hearers].day(taken.start_at)
            self._diaries[hearers].write(taken.start_at, taken.ends_at, taken.id, day, taken.heard)

    def place(self, entry: Entry, moment: Moment) -> None:
        nominal = micros(moment)
        if moment.skip is not None:
            everybody = frozenset(entry.audience)
            self.silences.append(Silence(entry.id, nominal, Reason(moment.skip), everybody, moment.day))
            return
        seats: dict[tuple[_Seat, Sound | None], list[int]] = defaultdict(list)
        for hearers, sound in entry.audience.items():
            seats[self._seat(entry, nominal, hearers, sound), sound].append(hearers)
        for (seat, sound), group in seats.items():
            self._settle(entry, nominal, seat, sound, frozenset(group))

    def _settle(self, entry: Entry, nominal: int, seat: _Seat, sound: Sound | None, group: frozenset[int]) -> None:
        if seat.reason is not None or sound is None:
            self.silences.append(Silence(entry.id, nominal, seat.reason or Reason.NO_SOUND, group, seat.by))
            return
        ends_at = seat.start_at + sound.length
        self.slots.append(Slot(entry.id, nominal, seat.start_at, ends_at, sound, group, seat.by))
        for hearers in group:
            day = self._airs[hearers].day(seat.start_at)
            self._diaries[hearers].write(seat.start_at, ends_at, entry.id, day, sound.heard)

    def _seat(self, entry: Entry, nominal: int, hearers: int, sound: Sound | None) -> _Seat:
        if sound is None:
            return _Seat(reason=Reason.NO_SOUND)
        air, diary = self._airs[hearers], self._diaries[hearers]
        if not air.cap(nominal, nominal + sound.length):
            return _Seat(reason=Reason.QUIET_HOURS)
        seat = self._first_free(entry, nominal, diary, sound.length)
        if seat.reason is not None:
            return seat
        if not air.cap(seat.start_at, seat.start_at + sound.length):
            return _Seat(reason=Reason.QUIET_HOURS, by=seat.by)
        if air.budget_ms is not None and diary.heard(air.day(seat.start_at)) + sound.heard > air.budget_ms * MILLI:
            return _Seat(reason=Reason.BUDGET)
        return seat

    def _first_free(self, entry: Entry, nominal: int, diary: Diary, length: int) -> _Seat:
        start_at, by = nominal, ""
        while (touched := diary.touched(start_at, start_at + length)) is not None:
            until, by = touched
            if self._then.get((by, entry.id)) == "leave_out":
                return _Seat(reason=Reason.CLASH, by=by)
            start_at = until + BETWEEN
            if start_at > nominal + entry.max_late:
                return _Seat(reason=Reason.NO_ROOM, by=by)
        return _Seat(start_at, None, by)


def micros(moment: Moment) -> int:
    """The instant of a moment, us UTC."""
    return int(moment.at.timestamp()) * 1_000_000


def _by_time(slot: Slot) -> tuple[int, str, int, list[int]]:
    return slot.start_at, slot.entry, slot.nominal_at, sorted(slot.hearers)


def _by_nominal(silence: Silence) -> tuple[int, str, str, list[int]]:
    return silence.nominal_at, silence.entry, silence.reason, sorted(silence.hearers)
