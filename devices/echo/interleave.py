"""Neighbours that speak in turn: group A, then group B, so that as few as may be speak together. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal

from devices.echo.neighbours import Pair

Turn = Literal["A", "B"]
COUNTS_MORE = 10**12
"""One pair fewer is worth more than any distance, mm."""


def interleave(poles: int, pairs: Sequence[Pair]) -> list[Turn | None]:
    """The turn of each pole; None where nobody is near. The first pole of a chain of neighbours is in A.

    Odd rings cannot be parted: the descent leaves few pairs together, and rather far ones than near ones.
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
    """Turn single poles while that leaves less together."""
    turned = True
    while turned:
        turned = False
        for pole, pairs in around.items():
            if sum(_weight(pair) * (1 if second[pair.a] == second[pair.b] else -1) for pair in pairs) > 0:
                _turn(second, [pole])
                turned = True


def _turn(second: list[bool], poles: Sequence[int]) -> None:
    for pole in poles:
        second[pole] = not second[pole]


def _weight(pair: Pair) -> int:
    """How bad it is that these two speak together."""
    return COUNTS_MORE - round(pair.metres * 1_000)
