"""The heartbeat: when it beats, and the plausible values of a simulated box."""

from math import sin, tau

from devices.protocol.units import DAY, SECOND
from firmware_sim.ports import Chance


class Heartbeat:
    """Beats every `period` s from a random phase on, so that a village does not beat at once."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._next: int | None = None

    def begin(self, period: int, mono: int) -> None:
        self._next = mono + int(self._chance.uniform(0, period) * SECOND)

    def stop(self) -> None:
        self._next = None

    def is_due(self, period: int, mono: int) -> bool:
        """Whether to beat now; sets the next beat."""
        if self._next is None or mono < self._next:
            return False
        self._next = mono + period * SECOND
        return True

    def next_wakeup(self) -> int | None:
        return self._next


class Box:
    """A tin box on a pole: warm at noon, warmer while it plays; a supply and a radio that waver a little."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._heat = 0.0
        self._signal = -70.0

    def temperature(self, now: int | None, playing: bool) -> float:
        """Degrees Celsius."""
        self._heat += ((8.0 if playing else 0.0) - self._heat) * 0.3
        day = sin(tau * (((now or 0) % DAY) / DAY - 0.04))
        return round(31 + 6 * day + self._heat + self._chance.uniform(-0.5, 0.5), 1)

    def supply(self, playing: bool) -> float:
        """Volts."""
        return round((23.6 if playing else 24.1) + self._chance.uniform(-0.1, 0.1), 2)

    def signal(self) -> int:
        """dBm."""
        self._signal = min(-50.0, max(-105.0, self._signal + self._chance.uniform(-3, 3)))
        return round(self._signal)
