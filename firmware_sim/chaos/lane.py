"""When bytes that enter one direction of a bad link come out of it. Moves none of them.

Order is kept: what entered first comes out first. Every instant is us by one monotonic clock.
"""

from dataclasses import dataclass
from math import log
from typing import Protocol

from devices.protocol.units import MILLI, SECOND
from firmware_sim.chaos.loss import LONGEST_RTO_MS
from firmware_sim.chaos.weather import Conditions
from firmware_sim.ports import Chance

BURST = 4 * 1_460
"""Bytes that a rested link takes at once."""
NEVER = 2**62
_LEAST = 2.0**-60


class Lane(Protocol):
    def arrival(self, now: int, size: int) -> int:
        """When `size` bytes that enter at `now` come out; never before those that entered earlier."""


@dataclass
class _Stall:
    begin: int
    end: int


class ConditionsLane:
    """A lane with delay, jitter, throughput, stalls and the time-outs of lost segments."""

    def __init__(self, conditions: Conditions, chance: Chance, now: int) -> None:
        self._is = conditions
        self._chance = chance
        self._free_at = now
        """When all bytes so far are paid for, from a bucket that holds `BURST`."""
        self._last = now
        self._stall = self._next_stall(now)

    def arrival(self, now: int, size: int) -> int:
        free = self._paid(now, size)
        leaves = self._past_stalls(free + self._retransmissions())
        if leaves > free:  # a sender that waited has no burst left
            self._free_at = leaves
        delay = self._is.delay_ms + self._is.jitter_ms * self._chance.random()
        self._last = max(self._last, leaves + int(delay * MILLI))
        return self._last

    def _paid(self, now: int, size: int) -> int:
        """When these bytes may leave by the throughput."""
        per_byte = SECOND / self._is.rate if self._is.rate else 0.0
        self._free_at = max(self._free_at, now - int(BURST * per_byte)) + int(size * per_byte)
        return max(now, self._free_at)

    def _retransmissions(self) -> int:
        """us that this segment waits because it was lost, once or several times in a row."""
        waited, pause = 0.0, self._is.rto_ms
        while self._chance.random() < self._is.loss:
            waited += pause
            pause = min(2 * pause, LONGEST_RTO_MS)
        return int(waited * MILLI)

    def _past_stalls(self, at: int) -> int:
        while at >= self._stall.begin:
            at = max(at, self._stall.end)
            self._stall = self._next_stall(self._stall.end)
        return at

    def _next_stall(self, after: int) -> _Stall:
        if not self._is.stall_every_s:
            return _Stall(NEVER, NEVER)
        begin = after + exponential(self._is.stall_every_s, self._chance)
        return _Stall(begin, begin + exponential(self._is.stall_s, self._chance))


def exponential(mean_s: float, chance: Chance) -> int:
    """us, drawn from an exponential distribution with this mean."""
    return int(-log(max(chance.random(), _LEAST)) * mean_s * SECOND)
