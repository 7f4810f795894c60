"""Trims with the least squares of what is apart: a start from which the descent finds more than from none. Pure."""

import numpy as np
from numpy.typing import NDArray

from devices.echo.hearing import Hearing

ROUNDS = 200
"""Of conjugate gradients."""
FLAT = 1e-9


def least_squares(hearing: Hearing, horns: int) -> NDArray[np.float64]:
    """For each horn the trim (us, without a bound) with which the arrivals at all places deviate least."""
    found = np.zeros(horns)
    left = -_behind(hearing, hearing.travel.astype(np.float64), horns)
    way, square = left.copy(), float(left @ left)
    for _ in range(ROUNDS):
        pull = _behind(hearing, way[hearing.horn], horns)
        if (curve := float(way @ pull)) < FLAT:
            break
        found += square / curve * way
        left -= square / curve * pull
        before, square = square, float(left @ left)
        way = left + square / before * way
    return found


def _behind(hearing: Hearing, arrivals: NDArray[np.float64], horns: int) -> NDArray[np.float64]:
    """How far each horn is behind the others with these arrivals, weighted by its share of the power."""
    mean = (hearing.share * arrivals).sum(axis=1, keepdims=True)
    behind = hearing.share * (arrivals - mean)
    return np.bincount(hearing.horn.ravel(), behind.ravel(), minlength=horns).astype(np.float64)
