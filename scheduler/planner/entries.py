"""What the planner is given and what it answers: values, instants us UTC, lengths us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from devices.protocol.messages.orders import Rank
from scheduler.recurrence.recurrence import Moment

Then = Literal["append", "leave_out"]
"""What becomes of the one that does not keep its time: it sounds after the other, or not at all."""


@dataclass(frozen=True)
class Sound:
    """What would be heard: a blob, and how long all repeats of it take from first to last sample."""

    sha256: str
    length: int
    heard: int
    """Of that, sound without the gaps: what a day's budget counts."""


@dataclass(frozen=True)
class Entry:
    """A programme within the window that is planned."""

    id: str
    rank: Rank
    level: int
    """How deep in the tree of areas its owner stands; the deeper, the nearer to its listeners."""
    since: int
    """When it was made: who was there first keeps its time."""
    max_late: int
    moments: Sequence[Moment]
    audience: Mapping[int, Sound | None]
    """Hearers to what they would hear; None: nothing is ready to be heard."""
    second: frozenset[int] = frozenset()
    """Hearers in turn B: they hear it when turn A is over. Empty: all hear it at once."""

    def turn(self, second: bool) -> Mapping[int, Sound | None]:
        """Those of the audience that speak in turn B, or those that do not."""
        return {group: sound for group, sound in self.audience.items() if (group in self.second) is second}


@dataclass(frozen=True)
class Taken:
    """Something ordered already: it stays where it is."""

    id: str
    start_at: int
    ends_at: int
    heard: int
    hearers: frozenset[int]
    entry: str = ""
    """The programme of which it is a time."""


class Reason(StrEnum):
    """Why a programme is not heard at one of its times."""

    EXCEPTED = "excepted"
    DAY_OFF = "day_off"
    WEEKEND = "weekend"
    NO_SOUND = "no_sound"
    """No bulletin that may air, or it is not ready."""
    QUIET_HOURS = "quiet_hours"
    BUDGET = "budget"
    """The day's minutes of sound are used up."""
    CLASH = "clash"
    """Another one keeps the time, and somebody decided that this one is left out then."""
    NO_ROOM = "no_room"
    """Others take the time up to its latest start."""


@dataclass(frozen=True)
class Slot:
    """One time of one programme with one sound, for all who hear just that."""

    entry: str
    nominal_at: int
    turn_at: int
    """When its turn comes: in turn B, when turn A is over; else its nominal time."""
    start_at: int
    ends_at: int
    sound: Sound
    hearers: frozenset[int]
    after: str = ""
    """What it waits for, where it does not begin when its turn comes."""


@dataclass(frozen=True)
class Silence:
    """One time of one programme at which some hearers, or all, do not hear it."""

    entry: str
    nominal_at: int
    reason: Reason
    hearers: frozenset[int]
    by: str = ""
    """The programme or order that keeps the time, or the name of the day off."""


@dataclass(frozen=True)
class Outcome:
    slots: tuple[Slot, ...]
    silences: tuple[Silence, ...]
