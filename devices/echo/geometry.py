"""Where horns stand and where they point, in metres on the ellipsoid of WGS 84. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Metres = NDArray[np.float64]
"""Rows of (x, y, z) from the centre of the earth."""

EQUATOR = 6_378_137.0
FLATTENING = 1 / 298.257223563
"""WGS 84: half axis in metres, and how flat."""
_SQUARED = FLATTENING * (2 - FLATTENING)


@dataclass(frozen=True)
class Horn:
    """A speaker on its pole: degrees of WGS 84, and where its mouth points (degrees from north over east)."""

    id: str
    latitude: float
    longitude: float
    bearing: float | None = None
    """None: unknown, taken as loud all around."""


def speed_of_sound(celsius: float) -> float:
    """In air, m/s."""
    return 331.3 + 0.606 * celsius


def stands(horns: Sequence[Horn]) -> Metres:
    """Where each horn stands, one row a horn; heights are not known and left out."""
    latitude, longitude = _radians(horns)
    radius = EQUATOR / np.sqrt(1 - _SQUARED * np.sin(latitude) ** 2)
    around = radius * np.cos(latitude)
    return np.stack(
        [around * np.cos(longitude), around * np.sin(longitude), radius * (1 - _SQUARED) * np.sin(latitude)], axis=1
    )


def toward(horns: Sequence[Horn], bearing: NDArray[np.float64]) -> Metres:
    """Rows of length 1 that point from each horn into a bearing (degrees) along the ground."""
    latitude, longitude = _radians(horns)
    east = np.stack([-np.sin(longitude), np.cos(longitude), np.zeros_like(latitude)], axis=1)
    north = np.stack(
        [-np.sin(latitude) * np.cos(longitude), -np.sin(latitude) * np.sin(longitude), np.cos(latitude)], axis=1
    )
    angle = np.radians(bearing)[:, None]
    return np.asarray(np.sin(angle) * east + np.cos(angle) * north)


def mouths(horns: Sequence[Horn]) -> Metres:
    """Where each horn points; a row of zeros where nobody knows."""
    known = np.array([horn.bearing is not None for horn in horns], dtype=bool)
    return np.asarray(toward(horns, np.array([horn.bearing or 0.0 for horn in horns])) * known[:, None])


def apart(one: Metres, others: Metres) -> NDArray[np.float64]:
    """Metres from one point to each of others, straight."""
    return np.asarray(np.linalg.norm(others - one, axis=-1))


def _radians(horns: Sequence[Horn]) -> NDArray[np.float64]:
    """A row of latitudes and a row of longitudes."""
    return np.radians([[horn.latitude for horn in horns], [horn.longitude for horn in horns]])
