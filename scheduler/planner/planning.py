"""The planner: programmes, what is ordered already and the rules of the air become slots, and silences with reasons.

One after the other by precedence, each takes its time where its hearers are free, waits for what is before it up to
its own maximum lateness, or stays silent. Nothing overlaps, nothing sounds in quiet hours, no day gets too much.
Where neighbours speak in turn, B's time comes when all of A, wherever it is, has spoken.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scheduler.air.timeline import Air
from scheduler.planner.diary import BETWEEN, TURN, Diary
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
    desk = planned(entries, taken, airs, decisions)
    return Outcome(tuple(sorted(desk.slots, key=_by_time)), tuple(sorted(desk.silences, key=_by_nominal)))


def planned(
    entries: Iterable[Entry], taken: Iterable[Taken], airs: Sequence[Air], decisions: Iterable[Decision] = ()
) -> "Desk":
    """The desk on which all of it has found its place."""
    asked, decided = tuple(entries), tuple(decisions)
    desk = Desk(airs, consequences(decided), {one.id: one.second for one in asked if one.second})
    for one in taken:
        desk.keep(one)
    for entry in in_order(asked, decided):
        for moment in entry.moments:
            desk.place(entry, moment)
    return desk


@dataclass(frozen=True)
class _Time:
    """One turn of one time of an entry: when it comes."""

    entry: Entry
    nominal_at: int
    turn_at: int
    second: bool


@dataclass(frozen=True)
class _Seat:
    """Where one group of hearers would hear it, or why not."""

    start_at: int = 0
    reason: Reason | None = None
    by: str = ""


class Desk:
    """The diaries of all groups of hearers while they are written."""

    def __init__(
        self, airs: Sequence[Air], consequences: Mapping[tuple[str, str], Then], second: Mapping[str, frozenset[int]]
    ) -> None:  # fmt: skip
        self.slots: list[Slot] = []
        self.silences: list[Silence] = []
        self._airs = airs
        self._then = consequences
        self._diaries = [Diary() for _ in airs]
        self._second = second
        self._turns: dict[tuple[str, bool], Diary] = defaultdict(lambda: Diary(TURN))
        """When anybody is spoken to in turn A, or in turn B, of an entry that has both."""

    def keep(self, taken: Taken) -> None:
        for hearers in taken.hearers:
            day = self._airs[hearers].day(taken.start_at)
            self._diaries[hearers].write(taken.start_at, taken.ends_at, taken.id, day, taken.heard)
        if taken.entry in self._second:
            for second in {hearers in self._second[taken.entry] for hearers in taken.hearers}:
                self._turns[taken.entry, second].write(taken.start_at, taken.ends_at, taken.id, 0, 0)

    def place(self, entry: Entry, moment: Moment) -> None:
        nominal = micros(moment)
        if moment.skip is not None:
            everybody = frozenset(entry.audience)
            self.silences.append(Silence(entry.id, nominal, Reason(moment.skip), everybody, moment.day))
            return
        over = self._speak(_Time(entry, nominal, nominal, second=False))
        if entry.second:
            self._speak(_Time(entry, nominal, over, second=True))

    def may_sound(self, entry: Entry, nominal: int) -> bool:
        """Whether the rules of the air leave somebody who hears it at its own time, or nothing is there to be heard."""
        sounds = list(_sounds(entry))
        return not sounds or any(self._airs[one].cap(nominal, nominal + sound.length) for one, sound in sounds)

    def crowded(self, entry: Entry, times: Iterable[int]) -> set[int]:
        """Those of its times at which it touches something somewhere, itself too, whatever goes before what.

        With turns all of them: when B comes is known only when A is placed.
        """
        if entry.second:
            return set(times)
        found: set[int] = set()
        for hearers, sound in _sounds(entry):
            over = 0
            for at in times:
                end = at + sound.length
                if self._airs[hearers].cap(at, end):
                    touched = at < over + BETWEEN or self._diaries[hearers].touched(at, end) is not None
                    found |= {at} if touched else set()
                    over = end
        return found

    def scarce(self, entry: Entry, times: Iterable[int]) -> set[int]:
        """Those of its times at which the minutes of the day may not reach somewhere."""
        found: set[int] = set()
        for hearers, sound in _sounds(entry):
            air, heard = self._airs[hearers], Counter[int]()
            for at in times if air.budget_ms is not None else ():
                heard[air.day(at)] += sound.heard
                found |= set() if self._has_minutes(hearers, at, heard[air.day(at)]) else {at}
        return found

    def _has_minutes(self, hearers: int, start_at: int, heard: int) -> bool:
        air = self._airs[hearers]
        return air.budget_ms is None or self._diaries[hearers].heard(air.day(start_at)) + heard <= air.budget_ms * MILLI

    def _speak(self, time: _Time) -> int:
        """All hearers of one turn; when the next one may begin."""
        seats: dict[tuple[_Seat, Sound | None], list[int]] = defaultdict(list)
        for hearers, sound in time.entry.turn(time.second).items():
            seats[self._seat(time, hearers, sound), sound].append(hearers)
        ends = [self._settle(time, seat, sound, frozenset(group)) for (seat, sound), group in seats.items()]
        return max((end + TURN for end in ends if end is not None), default=time.turn_at)

    def _settle(self, time: _Time, seat: _Seat, sound: Sound | None, group: frozenset[int]) -> int | None:
        """A slot and its end, or a silence."""
        entry = time.entry
        if seat.reason is not None or sound is None:
            self.silences.append(Silence(entry.id, time.nominal_at, seat.reason or Reason.NO_SOUND, group, seat.by))
            return None
        ends_at = seat.start_at + sound.length
        slot = Slot(entry.id, time.nominal_at, time.turn_at, seat.start_at, ends_at, sound, group, seat.by)
        self.slots.append(slot)
        for hearers in group:
            day = self._airs[hearers].day(seat.start_at)
            self._diaries[hearers].write(seat.start_at, ends_at, entry.id, day, sound.heard)
        if entry.second:
            self._turns[entry.id, time.second].write(seat.start_at, ends_at, entry.id, 0, 0)
        return ends_at

    def _seat(self, time: _Time, hearers: int, sound: Sound | None) -> _Seat:
        if sound is None:
            return _Seat(reason=Reason.NO_SOUND)
        air = self._airs[hearers]
        if not air.cap(time.turn_at, time.turn_at + sound.length):
            return _Seat(reason=Reason.QUIET_HOURS)
        seat = self._first_free(time, self._diaries[hearers], sound.length)
        if seat.reason is not None:
            return seat
        if not air.cap(seat.start_at, seat.start_at + sound.length):
            return _Seat(reason=Reason.QUIET_HOURS, by=seat.by)
        if not self._has_minutes(hearers, seat.start_at, sound.heard):
            return _Seat(reason=Reason.BUDGET)
        return seat

    def _first_free(self, time: _Time, diary: Diary, length: int) -> _Seat:
        entry, start_at, by = time.entry, time.turn_at, ""
        busy = [diary, self._turns[entry.id, not time.second]] if entry.second else [diary]
        while (touched := _touched(busy, start_at, start_at + length)) is not None:
            start_at, by = touched
            if self._then.get((by, entry.id)) == "leave_out":
                return _Seat(reason=Reason.CLASH, by=by)
            if start_at > time.turn_at + entry.max_late:
                return _Seat(reason=Reason.NO_ROOM, by=by)
        return _Seat(start_at, None, by)


def _touched(busy: Iterable[Diary], start_at: int, ends_at: int) -> tuple[int, str] | None:
    """By the first of these diaries in which something is too near: when one may begin after it, and its name."""
    return next((found for one in busy if (found := one.touched(start_at, ends_at)) is not None), None)


def _sounds(entry: Entry) -> Iterator[tuple[int, Sound]]:
    return ((hearers, sound) for hearers, sound in entry.audience.items() if sound is not None)


def micros(moment: Moment) -> int:
    """The instant of a moment, us UTC."""
    return int(moment.at.timestamp()) * 1_000_000


def _by_time(slot: Slot) -> tuple[int, str, int, list[int]]:
    return slot.start_at, slot.entry, slot.nominal_at, sorted(slot.hearers)


def _by_nominal(silence: Silence) -> tuple[int, str, str, list[int]]:
    return silence.nominal_at, silence.entry, silence.reason, sorted(silence.hearers)
