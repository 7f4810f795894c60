"""Where people listen: at the homes around every pole, and on the way from a pole to its neighbours. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np

from devices.echo.geometry import Horn, Metres, stands, toward
from devices.echo.neighbours import neighbouring, poles

HOMES = (80.0, 160.0)
"""Metres from a pole, in eight directions each."""
ON_THE_WAY = tuple(eighth / 8 for eighth in range(1, 8))
"""Shares of the way from a pole to its neighbour: people live along roads, and horns hang there."""


def places(horns: Sequence[Horn], earshot: float) -> Iterator[Metres]:
    """For one pole after the other the points at which it is listened to; no way is walked twice."""
    standing = [horns[together[0]] for together in poles(horns)]
    points = stands(standing)
    ways: dict[int, list[int]] = {}
    for pair in neighbouring(points, earshot):
        ways.setdefault(pair.a, []).append(pair.b)
    around = _around(standing)
    for place, point in enumerate(points):
        to = points[ways.get(place, [])] - point
        yield point + np.concatenate([around[place], *(share * to for share in ON_THE_WAY)])


def _around(standing: Sequence[Horn]) -> Metres:
    """From each pole to the homes around it."""
    ways = [toward(standing, np.full(len(standing), 45.0 * eighth)) for eighth in range(8)]
    return np.stack([metres * way for metres in HOMES for way in ways], axis=1)
