"""One horn after the other takes the delay at which it disturbs the least. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.echo.figures import FUSED, PARTED
from devices.echo.hearing import Hearing, Micros

SWEEPS = 6
"""How often every horn is asked at most."""
STEP = 1_000
"""Trims are whole milliseconds, us."""
WORTH = 0.001
"""Of the power: what a move must fuse more."""


@dataclass(frozen=True)
class View:
    """What one horn meets: a row for each other horn at each place where both are heard."""

    others: NDArray[np.intp]
    together: Micros
    """The trim with which it arrives together with the other, had that none, us."""
    weight: NDArray[np.float64]
    """The product of their shares of the power there."""


def views(hearing: Hearing, horns: int) -> list[View]:
    """What each horn has to mind."""
    place, own, other = _meetings(hearing)
    mine = hearing.horn[place, own]
    order = np.argsort(mine, kind="stable")
    place, own, other = place[order], own[order], other[order]
    ends = np.searchsorted(mine[order], np.arange(1, horns))
    columns = (
        hearing.horn[place, other],
        hearing.travel[place, other] - hearing.travel[place, own],
        hearing.share[place, other] * hearing.share[place, own],
    )
    return [View(*parts) for parts in zip(*(np.split(column, ends) for column in columns), strict=True)]


def descend(seen: list[View], trims: Micros, within: int) -> Micros:
    """Trims (us) from which hardly a single horn can move for the better; all stay within plus and minus `within`."""
    trims, awake = trims.copy(), np.array([len(view.others) > 0 for view in seen])
    for _ in range(SWEEPS):
        for horn in np.flatnonzero(awake):
            awake[horn] = False
            best = _best(seen[horn], trims, int(trims[horn]), within)
            if best != trims[horn]:
                trims[horn] = best
                awake[seen[horn].others] = True
    return trims


def _meetings(hearing: Hearing) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Place, column of one horn and column of another one that both count there."""
    place, own = np.nonzero(hearing.counts)
    others = hearing.counts[place]
    others[np.arange(len(place)), own] = False
    row, other = np.nonzero(others)
    return place[row], own[row], other


def _best(view: View, trims: Micros, now: int, within: int) -> int:
    """The trim of this horn at which most of the power fuses, and of these the one nearest to the mean."""
    together, power = view.together + trims[view.others], float(view.weight.sum())
    fused = _fused(together, view.weight, within)
    enough = float(fused.max()) - WORTH * power
    if fused[(now + within) // STEP] >= enough:
        return now
    best = np.flatnonzero(fused >= enough) * STEP - within
    return int(best[np.argmin(np.abs(best - together @ view.weight / power))])


def _fused(together: Micros, weight: NDArray[np.float64], within: int) -> NDArray[np.float64]:
    """By trim, from `-within` on: the weight of what it fuses with; in part between FUSED and PARTED.

    Each weight spreads over the trims around `together` as a trapezium: the second sum of four steps.
    """
    begin, wide, narrow = within + PARTED, PARTED // STEP, FUSED // STEP
    place = (together + (begin + STEP // 2)) // STEP
    place = np.maximum(np.minimum(place, 2 * begin // STEP), -1) + 2
    weights = np.bincount(place, weight, minlength=2 * begin // STEP + 3)
    weights[:2] = 0.0
    ramp = weights.cumsum().cumsum()
    at = np.arange(2 * within // STEP + 1) + wide + 1
    return np.asarray(ramp[at + wide] - ramp[at + narrow] - ramp[at - narrow] + ramp[at - wide]) / (wide - narrow)
