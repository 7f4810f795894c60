"""Neighbours that speak in turn: group A, then group B, so that as few as may be speak together. Pure."""

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Literal

from devices.echo.neighbours import Pair

Turn = Literal["A", "B"]
COUNTS_MORE = 10**12
"""One pair fewer is worth more than any distance, mm."""


def interleave(poles: int, pairs: Sequence[Pair]) -> list[Turn | None]:
    """The turn of each pole; None where nobody is near. The first pole of a chain of neighbours is in A.

    Odd rings cannot be parted: few pairs are left together, and rather far ones than near ones.
    """
    second, chains = _by_turns(poles, pairs)
    around: dict[int, list[Pair]] = {}
    for pair in pairs:
        around.setdefault(pair.a, []).append(pair)
        around.setdefault(pair.b, []).append(pair)
    _part(second, around)
    turns: list[Turn | None] = [None] * poles
    for pole in around:
        turns[pole] = "A" if second[pole] == second[chains[pole][0]] else "B"
    return turns


def _by_turns(poles: int, pairs: Sequence[Pair]) -> tuple[list[bool], list[list[int]]]:
    """Chains of neighbours, nearest first, with turns that change at each link; each chain begins with its first."""
    second, chains = [False] * poles, [[pole] for pole in range(poles)]
    for pair in sorted(pairs, key=lambda pair: pair.metres):
        one, other = sorted((chains[pair.a], chains[pair.b]), key=len)
        if one is not other:
            if second[pair.a] == second[pair.b]:
                _turn(second, one)
            other[:] = sorted(one + other)
            for pole in one:
                chains[pole] = other
    return second, chains


def _part(second: list[bool], around: Mapping[int, Sequence[Pair]]) -> None:
    """Turn poles while that leaves less together; what makes it worse at first may make it better in the end.

    Each round turns every pole once, always the one that helps most or harms least, and keeps the best beginning of
    that (Kernighan and Lin, 1970).
    """
    while True:
        turned, best = _round(second, around)
        _turn(second, turned[best:])
        if not best:
            return


def _round(second: list[bool], around: Mapping[int, Sequence[Pair]]) -> tuple[list[int], int]:
    """All poles in the order in which they were turned, and how many of them to leave so; the fewest that are best."""
    gains = {pole: sum(_weight(pair, second) for pair in pairs) for pole, pairs in around.items()}
    queue = [(-gain, pole) for pole, gain in gains.items()]
    heapify(queue)
    turned, saved, most, best = list[int](), 0, 0, 0
    while queue:
        harm, pole = heappop(queue)
        if gains.get(pole) != -harm:
            continue  # turned already, or told anew
        saved += gains.pop(pole)
        _turn(second, [pole])
        turned.append(pole)
        if saved > most:
            most, best = saved, len(turned)
        for pair in around[pole]:
            other = pair.a + pair.b - pole
            if other in gains:
                gains[other] += 2 * _weight(pair, second)
                heappush(queue, (-gains[other], other))
    return turned, best


def _turn(second: list[bool], poles: Sequence[int]) -> None:
    for pole in poles:
        second[pole] = not second[pole]


def _weight(pair: Pair, second: Sequence[bool]) -> int:
    """How bad it is that these two speak together; less than 0: how good that they do not."""
    weight = COUNTS_MORE - round(pair.metres * 1_000)
    return weight if second[pair.a] == second[pair.b] else -weight
