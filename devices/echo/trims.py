"""The delay of every horn that brings the sounds of neighbours together where people hear both. Pure."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from devices.echo.descent import STEP, descend, views
from devices.echo.figures import disturbances, echoes
from devices.echo.hearing import Hearing, Micros
from devices.echo.smoothing import least_squares

FARTHEST = 500_000
"""A trim is at most so long, early or late, us: the wire's bound."""
WORTH = 0.1
"""Trims that take less of the disturbance are not made: the model is no surer than that."""

Groups = NDArray[np.intp]


def best_trims(hearing: Hearing, horns: int) -> Micros:
    """A trim for each horn, us. No group of horns sounds worse than with no trim at all, by either figure."""
    groups = heard_together(hearing, horns)
    tried = [_late(one, groups) for one in _tried(hearing, horns, groups)]
    echoing = np.stack([_by_group(echoes(hearing, one), hearing, groups) for one in tried])
    costs = np.stack([_by_group(disturbances(hearing, one), hearing, groups) for one in tried])
    costs[0] *= 1 - WORTH
    chosen = np.where(echoing <= echoing[0], costs, np.inf).argmin(axis=0)
    return np.asarray(np.choose(chosen[groups], tried))


def heard_together(hearing: Hearing, horns: int) -> Groups:
    """A number for each horn, from 0 on: the same where places that hear two of them join them into a chain."""
    leader, before = np.arange(horns), np.full(horns, -1)
    heard = hearing.horn[hearing.counts]
    while (leader != before).any():
        before = leader.copy()
        least = np.where(hearing.counts, leader[hearing.horn], horns).min(axis=1, keepdims=True)
        np.minimum.at(leader, heard, np.broadcast_to(least, hearing.horn.shape)[hearing.counts])
        leader = leader[leader]
    return np.unique(leader, return_inverse=True)[1].reshape(-1)


def _by_group(found: NDArray[np.bool_] | NDArray[np.float64], hearing: Hearing, groups: Groups) -> NDArray[np.float64]:
    """The sum over the places of each group."""
    return np.bincount(groups[hearing.horn[:, 0]], found, minlength=groups.max() + 1).astype(np.float64)


def _tried(hearing: Hearing, horns: int, groups: Groups) -> Iterator[Micros]:
    """No trim first; then what is found from there, and from least squares cut off or begun anew at the bound."""
    none, seen = np.zeros(horns, dtype=np.int64), views(hearing, horns)
    yield none
    yield descend(seen, none, FARTHEST)
    smooth = _centred((np.rint(least_squares(hearing, horns) / STEP) * STEP).astype(np.int64), groups)
    yield descend(seen, np.clip(smooth, -FARTHEST, FARTHEST), FARTHEST)
    yield descend(seen, (smooth + FARTHEST) % (2 * FARTHEST) - FARTHEST, FARTHEST)


def _centred(trims: Micros, groups: Groups) -> Micros:
    """The same differences, as early as late."""
    least, most = _bounds(trims, groups)
    return trims - (least + most) // (2 * STEP) * STEP


def _late(trims: Micros, groups: Groups) -> Micros:
    """The same differences, nobody earlier than ordered; where that is beyond the bound, as little early as may be."""
    least, most = _bounds(trims, groups)
    return trims - np.maximum(least, most - FARTHEST)


def _bounds(trims: Micros, groups: Groups) -> tuple[Micros, Micros]:
    """The least and the greatest trim in the group of each horn."""
    least, most = np.full(groups.max() + 1, 2**40), np.full(groups.max() + 1, -(2**40))
    np.minimum.at(least, groups, trims)
    np.maximum.at(most, groups, trims)
    return least[groups], most[groups]
