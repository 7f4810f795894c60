"""Which horns are heard at a place, how loud and how long after they spoke. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.echo.geometry import Horn, Metres, apart, mouths, speed_of_sound, stands
from devices.echo.neighbours import EARSHOT
from devices.echo.places import places

AUDIBLE = 10.0
"""What is so much softer than the loudest horn disturbs nobody, dB."""
LOUDEST = 12
"""So many horns are looked at in one place."""
NEAREST_EAR = 5.0
"""Metres: nobody listens nearer to a horn."""
SIDE, SIDE_LOSS, BACK_LOSS = 60.0, 6.0, 20.0
"""So many degrees off its mouth a horn is 6 dB softer, by the square of the angle; nowhere more than 20 dB."""

Micros = NDArray[np.int64]


@dataclass(frozen=True)
class Hearing:
    """What is heard at each place: a row a place, a column a horn, the loudest first."""

    horn: NDArray[np.intp]
    counts: NDArray[np.bool_]
    """Whether it is within earshot, and within 10 dB of the loudest there."""
    travel: Micros
    """From the horn to the place, us."""
    share: NDArray[np.float64]
    """Of the sound power that counts there."""


def listen(horns: Sequence[Horn], celsius: float, earshot: float = EARSHOT) -> Hearing:
    """What is heard of these horns (one at least) at all places where people listen."""
    points, facing, sound = stands(horns), mouths(horns), speed_of_sound(celsius)
    heard = []
    for place in places(horns, earshot):
        reach = earshot + float(apart(place.mean(axis=0), place).max())
        near = np.flatnonzero(apart(place.mean(axis=0), points) <= reach)
        heard.append(_heard(place, near, points[near], facing[near], sound, earshot))
    horn, counts, travel, share = (np.concatenate(column) for column in zip(*heard, strict=True))
    return Hearing(horn, counts, travel, share)


def _heard(
    place: Metres, near: NDArray[np.intp], points: Metres, facing: Metres, sound: float, earshot: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_], Micros, NDArray[np.float64]]:
    """The columns of `Hearing` for some places, of the horns `near` that stand at `points`."""
    ways = place[:, None] - points[None, :]
    metres = np.linalg.norm(ways, axis=-1)
    level = np.where(metres <= earshot, _level(ways, metres, facing), -np.inf)
    order = np.argsort(-level, axis=1, kind="stable")[:, :LOUDEST]
    order = np.pad(order, ((0, 0), (0, LOUDEST - order.shape[1])), mode="edge")
    level, metres = np.take_along_axis(level, order, axis=1), np.take_along_axis(metres, order, axis=1)
    counts = (level >= level[:, :1] - AUDIBLE) & (np.arange(LOUDEST) < len(near))
    power = np.where(counts, 10 ** ((level - level[:, :1]) / 10), 0.0)
    travel = np.rint(metres / sound * 1e6).astype(np.int64)
    return near[order], counts, travel, power / power.sum(axis=1, keepdims=True)


def _level(ways: Metres, metres: NDArray[np.float64], facing: Metres) -> NDArray[np.float64]:
    """How loud each horn is at each place, dB: by the square of the distance, and by where its mouth points."""
    ahead = (ways * facing).sum(axis=-1) / np.maximum(metres, 1e-9)
    off = np.degrees(np.arccos(np.clip(ahead, -1, 1)))
    loss = np.minimum(SIDE_LOSS * (off / SIDE) ** 2, BACK_LOSS)
    known = facing.any(axis=-1)
    return np.asarray(-20 * np.log10(np.maximum(metres, NEAREST_EAR)) - np.where(known, loss, 0.0))
