"""Which horns are neighbours: within earshot, and no third horn stands between them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.echo.geometry import Horn, Metres, apart

EARSHOT = 600.0
"""Metres. A horn of 30 W is made out to some 300 m: two that are farther apart meet where neither is understood."""
BETWEEN = 1.02
"""A third horn stands between two where the squares of its ways to them are not longer than that of theirs."""
NEAREST = 64
"""So many poles around each are looked at."""
SAME_POLE = 5
"""Decimals of a degree: horns within a metre share a pole."""


@dataclass(frozen=True)
class Pair:
    """Two neighbouring poles by their place in `poles`, a < b, and the metres between them."""

    a: int
    b: int
    metres: float


def poles(horns: Sequence[Horn]) -> list[list[int]]:
    """Places in `horns` of those that share a pole, in the order of their first one."""
    found: dict[tuple[float, float], list[int]] = {}
    for place, horn in enumerate(horns):
        found.setdefault((round(horn.latitude, SAME_POLE), round(horn.longitude, SAME_POLE)), []).append(place)
    return list(found.values())


def neighbouring(points: Metres, earshot: float = EARSHOT) -> list[Pair]:
    """Neighbours among poles that stand at these points, in a fixed order."""
    found: dict[tuple[int, int], float] = {}
    for a in range(len(points)):
        ways = apart(points[a], points)
        near = np.flatnonzero((ways <= earshot) & (np.arange(len(points)) != a))
        near = near[np.argsort(ways[near], kind="stable")][:NEAREST]
        for b in map(int, near[_unhindered(points[near], ways[near])]):
            found[min(a, b), max(a, b)] = float(ways[b])
    return [Pair(a, b, metres) for (a, b), metres in sorted(found.items())]


def _unhindered(points: Metres, ways: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether none of the others stands on the way to each of these points; `ways` leads to each of them."""
    across = np.linalg.norm(points[:, None] - points[None, :], axis=-1)
    nearer = (ways[:, None] < ways[None, :]) & (across < ways[None, :])
    between = nearer & (ways[:, None] ** 2 + across**2 <= BETWEEN * ways[None, :] ** 2)
    return np.asarray(~between.any(axis=0))
