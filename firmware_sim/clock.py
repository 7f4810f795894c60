"""What time it is: UTC from the speaker's own monotonic clock and signed answers. Never below the floor."""

from devices.protocol.timesync import Exchanges, Fit, Sample, fit
from devices.protocol.units import DAY, MILLI
from firmware_sim.errors import ClockBelowFloor

UNKNOWN_ERROR = DAY
"""Expected error while there is no valid time, us."""
SUSPECT = 4
"""A drift so many times further off than believed is a bad crystal still, and not a clock that was set."""


class Clock:
    """`floor` is the latest time that was ever signed for this speaker, us UTC, kept across reboots."""

    __slots__ = ("_doubted", "_exchanges", "_fit", "by", "floor")

    def __init__(self) -> None:
        self.floor = 0
        self.by = ""
        """Id of the key that said the time last."""
        self._exchanges = Exchanges()
        self._fit: Fit | None = None
        self._doubted = False

    @property
    def valid(self) -> bool:
        return self._fit is not None and not self._doubted

    def doubt(self) -> None:
        """It may have jumped: there is no valid time until the next exchange, or until it is trusted again."""
        self._doubted = True

    def trust(self) -> None:
        self._doubted = False

    def forget(self) -> None:
        """Whoever said the time is trusted no more: there is none, and no floor."""
        self.floor, self.by = 0, ""
        self._exchanges, self._fit = Exchanges(), None

    def accept(self, sample: Sample) -> bool:
        """Learn from one signed exchange; ClockBelowFloor if it would turn time back.

        A sample that contradicts what is believed, beyond both errors, means that a clock was set, the
        controller's or this one: the older samples are forgotten, and the answer is True. A negative round trip
        is no sample: a clock was set while the exchange was under way.
        """
        if sample.round_trip < 0:
            return False
        if sample.t4 + sample.offset + sample.round_trip // 2 < self.floor:
            raise ClockBelowFloor(signed=sample.t3, floor=self.floor)
        self.floor = max(self.floor, sample.t3)
        was_set = self._contradicts(sample)
        if was_set:
            self._exchanges, self._fit = Exchanges(), None
        self._exchanges.add(sample)
        self._fit = fit(list(self._exchanges), self._fit)
        self.trust()
        return was_set

    def utc(self, mono: int) -> int | None:
        """us UTC; None without valid time."""
        return None if self._fit is None or self._doubted else max(self._fit.utc(mono), self.floor)

    def mono(self, utc: int) -> int:
        """The first monotonic instant at which it is `utc`; only with valid time."""
        return self._fit.mono(utc) if self._fit else 0

    @property
    def reach(self) -> int:
        """us from the oldest exchange that it still knows to the newest: the drift is told from these."""
        kept = list(self._exchanges)
        return kept[-1][0] - kept[0][0] if kept else 0

    def error(self, mono: int) -> int:
        """Expected error, us."""
        return self._fit.error_at(mono) if self._fit else UNKNOWN_ERROR

    @property
    def drift(self) -> int:
        """How much faster UTC runs than the monotonic clock, parts per billion; 0 while nothing is known."""
        return self._fit.drift if self._fit else 0

    def _contradicts(self, sample: Sample) -> bool:
        if self._fit is None:
            return False
        believed = self._fit.utc(sample.t4) - sample.t4
        age = max(0, sample.t4 - self._fit.at)
        allowed = self._fit.error_at(sample.t4 + SUSPECT * age) + sample.round_trip // 2 + MILLI
        return abs(sample.offset - believed) > allowed
