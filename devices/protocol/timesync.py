"""From four stamps to an offset: which probe to believe, when to probe again, how wrong it may be."""

from collections.abc import Iterable
from dataclasses import dataclass

from devices.protocol.units import MINUTE, SECOND

DRIFT_PPM = 50
"""How much a speaker's crystal may run wrong, parts per million; the error of an old sample grows with it."""
FIRST_PROBES = 8
BURST_PROBES = 5
PROBE_GAP = SECOND // 5
"""Between two probes of one burst, us."""


@dataclass(frozen=True)
class Sample:
    """One exchange: t1, t4 by the speaker's monotonic clock, t2, t3 by the controller's UTC; all us."""

    t1: int
    t2: int
    t3: int
    t4: int

    @property
    def offset(self) -> int:
        """UTC minus monotonic, us."""
        return ((self.t2 - self.t1) + (self.t3 - self.t4)) // 2

    @property
    def round_trip(self) -> int:
        """Time spent on the way, both ways, us."""
        return (self.t4 - self.t1) - (self.t3 - self.t2)

    def error_at(self, monotonic: int) -> int:
        """Bound of the offset's error at `monotonic`, us: half the round trip, and drift since."""
        age = max(0, monotonic - self.t4)
        return max(0, self.round_trip) // 2 + age * DRIFT_PPM // 1_000_000


def best_sample(samples: Iterable[Sample], monotonic: int) -> Sample | None:
    """The sample with the smallest error now, whatever its age; None without any.

    A negative round trip is none: a clock was set while the exchange was under way.
    """
    honest = (sample for sample in samples if sample.round_trip >= 0)
    return min(honest, key=lambda sample: sample.error_at(monotonic), default=None)


def burst_interval(since_connect: int) -> int:
    """us between bursts: a minute for the first twenty minutes after connecting, then five."""
    return MINUTE if since_connect < 20 * MINUTE else 5 * MINUTE
