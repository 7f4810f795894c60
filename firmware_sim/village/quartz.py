"""A speaker's crystal seen from the true time: how fast it runs can change, and a new boot counts from elsewhere."""

from dataclasses import replace

from devices.protocol.units import DAY
from firmware_sim.crystal import WORST_PPB, Crystal
from firmware_sim.radio.model import ClockModel
from firmware_sim.runtime import Dice

_PPB = 1_000
"""Parts per billion of one part per million."""


class Quartz:
    """True time (us UTC) to the speaker's monotonic clock (us) and back."""

    def __init__(self, now: int, mono: int, drift_ppm: float, swing_ppm: float = 0.0, dawn: int = 0) -> None:
        """`swing_ppm`: what day and night add and take; `dawn`: an instant at which the swing begins to speed it up."""
        self._crystal = Crystal(now, mono, round(drift_ppm * _PPB), round(swing_ppm * _PPB), dawn)

    def mono(self, now: int) -> int:
        return self._crystal.mono(now)

    def true(self, mono: int) -> int:
        """Of an instant since the rate last changed."""
        return self._crystal.real(mono)

    def run_at(self, now: int, drift_ppm: float) -> None:
        """From now on it runs at another rate; the clock does not leap."""
        self._count_from(now, self.mono(now), round(drift_ppm * _PPB))

    def warmed(self, now: int, ppm: float) -> None:
        """From now on it runs faster by so much."""
        self._count_from(now, self.mono(now), self._crystal.ppb + round(ppm * _PPB))

    def jumped(self, now: int, by: int) -> None:
        """It counts `by` us more at once, or stands still for -`by` us."""
        self._crystal = self._crystal.jumped(now, by)

    def restart(self, now: int, mono: int) -> None:
        """A boot: the clock begins anew at `mono`."""
        self._count_from(now, mono, self._crystal.ppb)

    def _count_from(self, now: int, mono: int, ppb: int) -> None:
        self._crystal = replace(self._crystal, born=now, start=mono, ppb=ppb)


def drawn(now: int, dice: Dice, clock: ClockModel | None) -> Quartz:
    """One of the model's crystals, anywhere in its count; without a model one that neither sun nor night moves."""
    mono = dice.randrange(10**12)
    if clock is None:
        return Quartz(now, mono, dice.uniform(-WORST_PPB, WORST_PPB) / _PPB)
    drift = dice.uniform(-clock.drift_ppm, clock.drift_ppm)
    return Quartz(now, mono, drift, dice.uniform(*clock.swing_ppm), dice.randrange(DAY))
