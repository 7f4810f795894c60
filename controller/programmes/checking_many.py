"""Many programmes examined one after the other, each with those before it, on one reading of the tables."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Literal

from sqlmodel import Session

from controller.programmes.checking import (
    LOOKED_AHEAD,
    collisions_of,
    first_look,
    never_heard,
    refuse_collisions,
    refuse_long,
)
from controller.programmes.reading import Kept, Situation, read_programmes, situation
from devices.protocol.units import DAY, HOUR
from scheduler.planner.entries import Entry
from scheduler.planner.planning import micros, plan, planned

SPREAD = 31 * DAY
"""First times that lie no further apart, us, are looked at in one window."""
BEFORE = 36 * HOUR
"""What began so long before a time, us, may still be late on its day, of which the minutes are counted."""


class Examiner:
    """Knows the programmes that are there and all that are to be examined; `add` those that are kept, in order."""

    def __init__(
        self, session: Session, programmes: Sequence[Kept], now: int, on_clash: Literal["refuse", "append"]
    ) -> None:
        known, new = read_programmes(session), {one.row.id: one for one in programmes}
        self._begins = {name: first_look(one, now) for name, one in new.items()}
        self._outlooks: list[_Outlook] = []
        self._outlook_of: dict[str, _Outlook] = {}
        for names in _windows(self._begins):
            begin, end = self._begins[names[0]], self._begins[names[-1]] + LOOKED_AHEAD
            state = situation(session, begin, end, now, known | new)
            outlook = _Outlook(state, known, refusing=on_clash == "refuse")
            self._outlooks.append(outlook)
            self._outlook_of |= dict.fromkeys(names, outlook)

    def check(self, name: str) -> None:
        """NeverHeard, LongerThanPlans; ProgrammeClash where that is to be refused."""
        self._outlook_of[name].check(name, self._begins[name] + LOOKED_AHEAD)

    def add(self, name: str) -> None:
        """It is there for all that come after it."""
        for outlook in self._outlooks:
            outlook.add(name)


class _Outlook:
    """One window of time, and what is planned in it so far."""

    def __init__(self, state: Situation, known: Iterable[str], *, refusing: bool) -> None:
        self._state, self._refusing = state, refusing
        self._entries = {one.id: one for one in state.entries}
        self._there = set(known)
        there = [one for one in state.entries if refusing and one.id in self._there]
        self._desk = planned(there, state.taken, state.airs, state.decisions)
        self._silent = {} if refusing else _silent(state)

    def check(self, name: str, until: int) -> None:
        """Only about the times at which something may be wrong is planned anew."""
        entry = self._entries[name]
        refuse_long(entry)
        for nominal in self._doubtful(entry, until):
            collisions = collisions_of(self._near(entry, nominal), name)
            if self._refusing:
                refuse_collisions(collisions)

    def add(self, name: str) -> None:
        self._there.add(name)
        for moment in self._entries[name].moments if self._refusing else ():
            self._desk.place(self._entries[name], moment)

    def _doubtful(self, entry: Entry, until: int) -> Sequence[int]:
        """Its times (us UTC) at which it may be silent, or collide where that is refused."""
        if not self._refusing:
            return [at for at in self._silent.get(entry.id, ()) if at <= until]
        times = [micros(one) for one in entry.moments if one.skip is None and micros(one) <= until]
        silent = [at for at in times if not self._desk.may_sound(entry, at)]
        scarce = self._desk.scarce(entry, times)
        return silent[:1] or [*sorted(scarce), *sorted(self._desk.crowded(entry, times) - scarce)]

    def _near(self, entry: Entry, nominal: int) -> Situation:
        """One time of it with all that its own hearers hear about then: nothing else changes how it sounds."""
        begin, hearers = nominal - BEFORE, self._concerned(entry)
        others = [self._entries[name] for name in self._there if not hearers.isdisjoint(self._entries[name].audience)]
        known = [_cut(one, hearers, begin, nominal + DAY) for one in others]
        taken = [one for one in self._state.taken if not hearers.isdisjoint(one.hearers)]
        return replace(self._state, entries=[*known, _cut(entry, hearers, begin, nominal + 1)], taken=taken)

    def _concerned(self, entry: Entry) -> Set[int]:
        """Its hearers; where anybody takes turns everybody, for B waits for all of A."""
        turns = entry.second or any(self._entries[name].second for name in self._there)
        return frozenset(range(len(self._state.hearers))) if turns else entry.audience.keys()


def _windows(begins: Mapping[str, int]) -> list[list[str]]:
    """Those that are looked at together, each by when it begins to be looked at."""
    windows: list[list[str]] = []
    for name in sorted(begins, key=lambda one: begins[one]):
        if not windows or begins[name] > begins[windows[-1][0]] + SPREAD:
            windows.append([])
        windows[-1].append(name)
    return windows


def _silent(state: Situation) -> Mapping[str, Sequence[int]]:
    """The times of each programme at which nobody would hear it if all were kept: if fewer are, there are no more."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in never_heard(plan(state.entries, state.taken, state.airs, state.decisions)):
        found[one.entry].append(one.nominal_at)
    return found


def _cut(entry: Entry, hearers: Set[int], begin: int, end: int) -> Entry:
    """Its times from `begin` to before `end`, and these hearers."""
    first, last = (bisect_left(entry.moments, at, key=micros) for at in (begin, end))
    audience = {one: sound for one, sound in entry.audience.items() if one in hearers}
    return replace(entry, moments=entry.moments[first:last], audience=audience)
