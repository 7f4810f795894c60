"""From four stamps to UTC: which exchanges to keep, the line through them, when to ask again, how wrong it may be.

Delays are never negative, and each way is short now and then, but seldom both at once. So each way has a line of
its own through its shortest passages; the two share their slope, the drift, and UTC lies in the middle.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from devices.protocol.units import HOUR, MILLI, MINUTE, SECOND

DRIFT_PPM = 50
"""How much a crystal in order may run wrong, parts per million: so fast an error grows at most."""
SWING_PPB = 3_000
"""What day and night do to a crystal, parts per billion: no drift is known better than that."""
KNOWN_PPB = 12_000
"""With a drift as well known as this, the next line begins at it."""
FIRST_PROBES = 8
BURST_PROBES = 5
PROBE_GAP = SECOND // 5
"""Between two probes of one burst, us."""
WINDOW = HOUR
FEWEST = 8
"""Samples that are kept however old they are: after hours without network they tell the drift."""
MOST = 96
BURST_APART = 5 * SECOND
"""Answers further apart belong to different bursts, us."""
LEAST_SCATTER = 2 * MILLI
"""Two passages closer to each other than this count alike, us."""
ROUNDS = 5
"""The line is drawn again, as its slope tells which passages were short, so many times at most."""
SETTLED = MILLI // 10
"""Until the slope moves the oldest sample by less than this, us."""

Stamps = tuple[int, int, int]
"""What counts of a sample: t4, there, back."""

_UNIT = 1_000_000_000
_KNOWN_BEFORE = (60 / 1_000_000) ** -2
"""One over the variance of a drift of which nothing is known: 60 ppm, as a bad crystal must be found, too."""


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
        return (self.there - self.back) // 2

    @property
    def round_trip(self) -> int:
        """Time spent on the way, both ways, us."""
        return self.there + self.back

    @property
    def there(self) -> int:
        """Offset and the way up, us."""
        return self.t2 - self.t1

    @property
    def back(self) -> int:
        """The way down less the offset, us."""
        return self.t4 - self.t3

    @property
    def stamps(self) -> "Stamps":
        return self.t4, self.there, self.back


@dataclass(frozen=True, slots=True)
class Fit:
    """UTC as a line over the monotonic clock; us, drift in parts per billion."""

    at: int
    """Monotonic instant at which the offset is told: that of the newest sample."""
    offset: int
    """UTC minus monotonic."""
    drift: int
    """How much faster UTC runs."""
    error: int
    """How far the offset may be off at `at`: half of what both ways took, and what the drift may add since then."""
    wander: int
    """How far the drift may be off."""

    def utc(self, mono: int) -> int:
        return mono + self.offset + (mono - self.at) * self.drift // _UNIT

    def mono(self, utc: int) -> int:
        """The first instant at which it is `utc`."""
        return self.at - ((self.at + self.offset - utc) * _UNIT // (_UNIT + self.drift))

    def error_at(self, mono: int) -> int:
        return self.error + abs(mono - self.at) * self.wander // _UNIT


class Exchanges:
    """Samples of the last hour: the newest burst whole, of each older one the shortest way up and down."""

    __slots__ = ("_burst", "_stamps")

    def __init__(self) -> None:
        self._stamps = array("q")
        """Flat: thousands of clocks live in one process."""
        self._burst = 0

    def __len__(self) -> int:
        return len(self._stamps) // 3

    def __iter__(self) -> Iterator[Stamps]:
        stamps = iter(self._stamps)
        return zip(stamps, stamps, stamps, strict=True)

    def add(self, sample: Sample) -> None:
        if self._stamps and sample.t4 - self._stamps[-3] > BURST_APART:
            self._thin()
        self._stamps.extend(sample.stamps)
        self._drop(sample.t4 - WINDOW)

    def _thin(self) -> None:
        burst = list(self)[self._burst :]
        kept = {min(burst, key=lambda one: one[1]), min(burst, key=lambda one: one[2])}
        del self._stamps[3 * self._burst :]
        for one in sorted(kept):
            self._stamps.extend(one)
        self._burst = len(self)

    def _drop(self, before: int) -> None:
        gone = max(0, len(self) - MOST)
        while len(self) - gone > FEWEST and self._stamps[3 * gone] < before:
            gone += 1
        del self._stamps[: 3 * gone]
        self._burst = max(0, self._burst - gone)


def fit(samples: Sequence[Stamps], before: Fit | None = None) -> Fit:
    """The line through samples (at least one), the newest last; `before`: the one without it saves work."""
    at, there, back = samples[-1]
    when = [one[0] - at for one in samples]
    ups = [one[1] - there for one in samples]
    downs = [one[2] - back for one in samples]
    told = before is not None and before.wander <= KNOWN_PPB
    if before and told:
        slope = before.drift / _UNIT
        excess = _along(when, ups, slope), _along(when, downs, -slope)
    else:
        slope, excess = 0.0, (_over_shortest([up + down for up, down in zip(ups, downs, strict=True)]),) * 2
    for number in range(ROUNDS):
        up, down = _line(when, ups, excess[0]), _line(when, downs, excess[1])
        known = _KNOWN_BEFORE + up.known + down.known
        turned, slope = slope, (up.pull - down.pull) / known
        if (told or number) and abs(slope - turned) * -when[0] < SETTLED:
            break
        excess = _along(when, ups, slope), _along(when, downs, -slope)
    rise, fall = up.level - slope * up.middle, down.level + slope * down.middle
    unsure = sqrt(3 / known)
    error = (there + back) // 2 + round((rise + fall) / 2 - unsure * (up.middle + down.middle) / 2)
    return Fit(
        at=at,
        offset=(there - back) // 2 + round((rise - fall) / 2),
        drift=round(slope * _UNIT),
        error=max(error, LEAST_SCATTER),
        wander=max(SWING_PPB, min(DRIFT_PPM * 1_000, round(unsure * _UNIT))),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """Sums of a weighted regression: middle of the instants, level there, what it knows of the slope."""

    middle: float
    level: float
    known: float
    pull: float


def _over_shortest(taken: Sequence[float]) -> list[float]:
    shortest = min(taken)
    return [one - shortest for one in taken]


def _along(when: Sequence[int], taken: Sequence[int], slope: float) -> list[float]:
    """What each passage took more than the shortest, as seen along a line of that slope."""
    return _over_shortest([y - slope * x for x, y in zip(when, taken, strict=True)])


def _line(when: Sequence[int], taken: Sequence[int], excess: Sequence[float]) -> _Line:
    """The line under one way's passages, weight 1 / (2 ms + excess)^2."""
    total = sum_x = sum_y = sum_xx = sum_xy = 0.0
    for x, y, over in zip(when, taken, excess, strict=True):
        weight = 1 / (LEAST_SCATTER + over) ** 2
        along = weight * x
        total += weight
        sum_x += along
        sum_y += weight * y
        sum_xx += along * x
        sum_xy += along * y
    middle, level = sum_x / total, sum_y / total
    return _Line(middle, level, sum_xx - sum_x * middle, sum_xy - sum_x * level)


def burst_interval(age: int) -> int:
    """us between bursts: a minute for the first twenty minutes of a clock that learns, then five."""
    return MINUTE if age < 20 * MINUTE else 5 * MINUTE
