"""One speaker's mobile link: how long each message takes, and when the link is cut. Carries nothing itself.

One connection: messages of one direction arrive in the order in which they were handed over, and one behind
another where they are large.
"""

from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

from devices.protocol.units import HOUR, MILLI, SECOND
from firmware_sim.ports import Chance
from firmware_sim.radio.model import RadioModel, Way

_NORMAL = NormalDist()
_LEAST = 2.0**-60
"""Chance may draw 0, which has no logarithm."""
_LONGEST = HOUR
"""Of one message in the air, whatever chance draws, us."""
_SLOWEST = 1e-6
"""Bytes per us."""


@dataclass(slots=True)
class _Lane:
    """One direction of one speaker; delays in us."""

    fixed: float
    """Base and this speaker's asymmetry."""
    median: float
    scheduling: float
    free_at: int = 0
    """When all bytes handed over so far have left."""
    last_at: int = 0
    """When the latest message arrives."""


class Radio:
    """`operator` 0: the one operator of a commune, one cell; another number: one of several operators."""

    __slots__ = ("_active_until", "_bytes_per_us", "_chance", "_down", "_model", "_tail_share", "_up")

    def __init__(self, model: RadioModel, chance: Chance, *, operator: int = 0, congested: bool = False) -> None:
        air = model.air
        self._model = model
        self._chance = chance
        self._tail_share = model.congested.tail_share if congested else air.tail_share
        scheduling = air.scheduling_ms[int(chance.random() * len(air.scheduling_ms))] * MILLI
        self._up = self._lane(model.uplink, scheduling, operator != 0, congested)
        self._down = self._lane(model.downlink, 0.0, operator != 0, congested)
        throughput = model.throughput
        self._bytes_per_us = max(throughput.median_mbit_s / 8 * exp(throughput.sigma * self._normal()), _SLOWEST)
        self._active_until = -1

    def up(self, now: int, size: int = 0) -> int:
        """us until a message of `size` bytes, handed over at `now` (us), is at the controller."""
        return self._pass(self._up, now, size, self._model.idle.promotion_ms)

    def down(self, now: int, size: int = 0) -> int:
        """us until a message of `size` bytes, handed over at `now` (us), is at the speaker."""
        return self._pass(self._down, now, size, self._model.idle.paging_ms)

    @property
    def lean(self) -> int:
        """us by which the best estimate of UTC over this link errs: half of what up takes longer than down."""
        return int(self._up.fixed - self._down.fixed) // 2

    def next_cut(self) -> int:
        """us from now until the link is cut; drawn anew by each call."""
        return int(self._exponential(self._model.cuts.mean_between_s) * SECOND)

    def outage(self) -> int:
        """us that a cut lasts; drawn anew by each call."""
        return int(self._exponential(self._model.cuts.mean_outage_s) * SECOND)

    def _lane(self, way: Way, scheduling: float, foreign: bool, congested: bool) -> _Lane:
        load = self._model.congested
        base = way.base_ms * (load.base_factor if congested else 1)
        median = way.excess_median_ms * (load.excess_factor if congested else 1)
        asymmetry = self._normal() * (way.foreign_asymmetry_ms if foreign else way.asymmetry_ms)
        return _Lane((base + asymmetry) * MILLI, median * MILLI, scheduling)

    def _pass(self, lane: _Lane, now: int, size: int, waking: tuple[float, float]) -> int:
        awake = now if now <= self._active_until else now + int(self._chance.uniform(*waking) * MILLI)
        lane.free_at = max(awake, lane.free_at) + int(size / self._bytes_per_us)
        lane.last_at = max(lane.last_at, lane.free_at + int(self._in_the_air(lane)))
        self._active_until = max(self._active_until, lane.last_at + int(self._model.idle.after_s * SECOND))
        return lane.last_at - now

    def _in_the_air(self, lane: _Lane) -> float:
        """us that one message takes on a radio that is awake and free."""
        air, random = self._model.air, self._chance.random
        delay = lane.fixed + lane.scheduling * random() + lane.median * exp(air.excess_sigma * self._normal())
        if random() < air.retransmission_share:
            delay += air.retransmission_ms * MILLI
        if random() < self._tail_share:
            pareto = air.tail_scale_ms * max(random(), _LEAST) ** (-1 / air.tail_alpha)
            delay += min(pareto, air.tail_cap_ms) * MILLI
        return min(max(delay, 0.0), _LONGEST)

    def _normal(self) -> float:
        return _NORMAL.inv_cdf(max(self._chance.random(), _LEAST))

    def _exponential(self, mean: float) -> float:
        return -log(max(self._chance.random(), _LEAST)) * mean
