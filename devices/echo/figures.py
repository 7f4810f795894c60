"""How it sounds: how many places hear an echo, and how much it disturbs. Pure."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from devices.echo.hearing import Hearing, Micros

FUSED = 50_000
"""Sounds so close together are heard as one, us."""
PARTED = 200_000
"""Sounds so far apart disturb fully, us; in between they disturb in part."""


@dataclass(frozen=True)
class Figure:
    """At `echoing` of `places` two horns that count are more than 50 ms apart."""

    places: int
    echoing: int
    disturbance: float
    """0 to 1, the mean over all places: how much two parts of the sound power, drawn by chance, disturb each other."""

    @property
    def share(self) -> float:
        return self.echoing / self.places


def measure(hearing: Hearing, trims: Micros) -> Figure:
    """How it sounds with these trims (us, by horn)."""
    disturbed = float(disturbances(hearing, trims).mean())
    return Figure(len(hearing.horn), int(echoes(hearing, trims).sum()), round(disturbed, 4))


def echoes(hearing: Hearing, trims: Micros) -> NDArray[np.bool_]:
    """Whether an echo is heard at each place."""
    arrivals = hearing.travel + trims[hearing.horn]
    counted = np.where(hearing.counts, arrivals, arrivals[:, :1])  # the loudest always counts
    return np.asarray(counted.max(axis=1) - counted.min(axis=1) > FUSED)


def disturbances(hearing: Hearing, trims: Micros) -> NDArray[np.float64]:
    """How much what is heard at each place disturbs itself, 0 to 1."""
    arrivals, share = hearing.travel + trims[hearing.horn], hearing.share
    found = np.zeros(len(arrivals))
    for one, other in combinations(range(arrivals.shape[1]), 2):
        parted = (np.abs(arrivals[:, one] - arrivals[:, other]) - FUSED) / (PARTED - FUSED)
        found += 2 * np.clip(parted, 0, 1) * share[:, one] * share[:, other]
    return found
