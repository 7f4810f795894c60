"""What time it is: UTC from the speaker's own monotonic clock and signed answers. Never below the floor."""

from devices.protocol.timesync import Sample, best_sample
from devices.protocol.units import DAY, MILLI
from firmware_sim.errors import ClockBelowFloor

KEPT_SAMPLES = 64
UNKNOWN_ERROR = DAY
"""Expected error while there is no valid time, us."""


class Clock:
    """`floor` is the latest time that was ever signed for this speaker, us UTC, kept across reboots."""

    def __init__(self) -> None:
        self.floor = 0
        self._samples: tuple[Sample, ...] = ()
        self._best: Sample | None = None

    @property
    def valid(self) -> bool:
        return self._best is not None

    def accept(self, sample: Sample) -> bool:
        """Learn from one signed exchange; ClockBelowFloor if it would turn time back.

        A sample that contradicts what is believed, beyond both errors, means that the controller's clock was
        set: the older samples are forgotten, and the answer is True.
        """
        if sample.t4 + sample.offset + sample.round_trip // 2 < self.floor:
            raise ClockBelowFloor(signed=sample.t3, floor=self.floor)
        self.floor = max(self.floor, sample.t3)
        was_set = self._contradicts(sample)
        self._samples = (sample,) if was_set else (*self._samples[1 - KEPT_SAMPLES :], sample)
        self._best = best_sample(self._samples, sample.t4)
        return was_set

    def utc(self, mono: int) -> int | None:
        """us UTC; None without valid time."""
        return None if self._best is None else max(mono + self._best.offset, self.floor)

    def mono(self, utc: int) -> int:
        """The monotonic instant of `utc`; only with valid time."""
        return utc - self._best.offset if self._best else 0

    def error(self, mono: int) -> int:
        """Expected error, us."""
        return self._best.error_at(mono) if self._best else UNKNOWN_ERROR

    def _contradicts(self, sample: Sample) -> bool:
        if self._best is None:
            return False
        allowed = self._best.error_at(sample.t4) + sample.error_at(sample.t4) + MILLI
        return abs(sample.offset - self._best.offset) > allowed
