"""A speaker's own clock in a simulation: it started at another moment, runs wrong, swings with the day, and jumps."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import pi, sin

from devices.protocol.units import DAY, SECOND
from firmware_sim.ports import Chance

WORST_PPB = 50_000
"""Parts per billion that a crystal in order may be off; one that is not may be off by 200,000 and more."""
SWING_PPB = (500, 3_000)
"""Between these lies what day and night add and take, parts per billion."""

_UNIT = 1_000_000_000
_TURN = 2 * pi / DAY


@dataclass(frozen=True)
class Crystal:
    """`mono` counts us from `born` (the machine's monotonic us), too fast by `ppb` parts per billion."""

    born: int
    start: int
    ppb: int
    swing: int = 0
    """Parts per billion that day and night add and take."""
    dawn: int = 0
    """By the machine's clock, us: an instant at which the swing begins to speed it up."""

    def mono(self, real: int) -> int:
        """The speaker's monotonic instant at the machine's `real`, us; before `born` it stands still."""
        passed = max(0, real - self.born)
        return self.start + passed + passed * self.ppb // _UNIT + self._swung(self.born + passed)

    def real(self, mono: int) -> int:
        """The machine's monotonic instant, us; never before the speaker's clock shows `mono`."""
        straight = self._straight(mono - self.start)
        found = self._straight(mono - self.start - self._swung(straight)) if self.swing else straight
        while self.mono(found) < mono:
            found += 1
        return found

    def booted(self, real: int, chance: Chance) -> "Crystal":
        """The same crystal after another power-up at `real`: it counts from elsewhere."""
        return replace(self, born=real, start=_anywhere(chance))

    def jumped(self, real: int, by: int) -> "Crystal":
        """The same crystal, whose count jumps ahead by `by` us at `real`, or stands still for -`by` us."""
        return replace(self, born=real + max(0, -by), start=self.mono(real) + max(0, by))

    def _straight(self, counted: int) -> int:
        """The machine's instant by which a crystal without a swing has counted so many us."""
        return self.born - (-counted * _UNIT // (_UNIT + self.ppb))

    def _swung(self, real: int) -> int:
        """us that the days since `born` have added."""
        if not self.swing:
            return 0
        return int(self._reach * (sin((real - self.dawn) % DAY * _TURN) - self._at_birth))

    @cached_property
    def _reach(self) -> float:
        """us between the middle and either end of a day's swing."""
        return self.swing / _UNIT / _TURN

    @cached_property
    def _at_birth(self) -> float:
        return sin((self.born - self.dawn) % DAY * _TURN)


def draw_crystal(born: int, chance: Chance, worst: int = WORST_PPB, swing: tuple[float, float] = SWING_PPB) -> Crystal:
    """A crystal as it comes out of a box, at power-up; off by `worst` parts per billion at most."""
    return Crystal(
        born=born,
        start=_anywhere(chance),
        ppb=int(chance.uniform(-worst, worst)),
        swing=int(chance.uniform(*swing)),
        dawn=int(chance.uniform(0, DAY)),
    )


def _anywhere(chance: Chance) -> int:
    """What it counts when the processor begins to look, us."""
    return int(chance.uniform(1, 100) * SECOND)
