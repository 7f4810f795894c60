"""What befalls a fleet on a real broker: cut connections and cut power, drawn from chance, without an end.

Pure: a programme names places in the fleet and instants (us after its begin); somebody else strikes.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal, get_args

from devices.protocol.units import MINUTE, SECOND
from firmware_sim.ports import Chance

Fault = Literal["cuts", "power", "storm", "flood"]
FAULTS: tuple[Fault, ...] = get_args(Fault)

CUT_EVERY, CUT_FOR = 600 * SECOND, 20 * SECOND
"""Of one connection, on average (the mobile link of docs/simulator.md)."""
POWER_EVERY, POWER_FOR = 30 * MINUTE, MINUTE
"""Of one speaker, on average: an assumption, an hour of cuts seen in two minutes by a few hundred speakers."""
CALM = 30 * SECOND
"""Before the first storm or flood."""
STORM_FOR, STORM_EVERY, STORM_SHARE = 10 * MINUTE, 30 * MINUTE, 3
"""How long every third speaker is away, and how often."""
FLOOD_STEP, FLOOD_FOR, FLOOD_EVERY = 20 * SECOND, 5 * MINUTE, 30 * MINUTE
"""Between one village and the next, how long each is without power, and how often it all begins again."""


@dataclass(frozen=True)
class Stroke:
    """At `at` these places of the fleet lose connection (`cut`) or power, until `until`."""

    at: int
    kind: Literal["cut", "power"]
    places: tuple[int, ...]
    until: int


def strokes(faults: Sequence[Fault], villages: Sequence[Sequence[int]], chance: Chance) -> Iterator[Stroke]:
    """All strokes of these faults, in the order in which they fall; `villages` hold places of the fleet."""
    everybody = tuple(place for village in villages for place in village)
    kinds: dict[Fault, Callable[[], Iterator[Stroke]]] = {
        "cuts": lambda: _single(everybody, "cut", CUT_EVERY, CUT_FOR, chance),
        "power": lambda: _single(everybody, "power", POWER_EVERY, POWER_FOR, chance),
        "storm": lambda: _storms(everybody, chance),
        "flood": lambda: _floods(villages),
    }
    running = [kinds[fault]() for fault in faults] if everybody else []
    return heapq.merge(*running, key=lambda stroke: stroke.at)


def _single(
    places: tuple[int, ...], kind: Literal["cut", "power"], every: int, lasting: int, chance: Chance
) -> Iterator[Stroke]:
    """One speaker after the other, each hit once in `every` us on average."""
    at = 0
    while True:
        at += _exponential(every // len(places), chance)
        hit = places[int(chance.random() * len(places))]
        yield Stroke(at, kind, (hit,), at + _exponential(lasting, chance))


def _storms(places: tuple[int, ...], chance: Chance) -> Iterator[Stroke]:
    at = CALM
    while True:
        away = sorted(places, key=lambda _: chance.random())[: -(-len(places) // STORM_SHARE)]
        yield Stroke(at, "cut", tuple(sorted(away)), at + STORM_FOR)
        at += STORM_EVERY


def _floods(villages: Sequence[Sequence[int]]) -> Iterator[Stroke]:
    begin = CALM
    while True:
        for number, village in enumerate(villages):
            at = begin + number * FLOOD_STEP
            yield Stroke(at, "power", tuple(village), at + FLOOD_FOR)
        begin += max(FLOOD_EVERY, len(villages) * FLOOD_STEP)


def _exponential(mean: int, chance: Chance) -> int:
    return 1 + int(-log(1.0 - chance.random()) * mean)
