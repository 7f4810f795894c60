"""A limiter that holds the true peak: it looks ahead, dips smoothly and never lets a crest through.

Pure numbers, block by block, one channel; knows no file. The gain moves in steps of one millisecond: it
is down before a crest comes, and comes back at a steady rate in decibels, so nothing pumps or clicks.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt

from controller.audio.peaks import REACH, Samples, places_above, true_peaks

STEPS_PER_S = 1000
LOOKAHEAD_STEPS = 5
SETTLED_STEPS = LOOKAHEAD_STEPS + 1
MARGIN_STEPS = 2 * SETTLED_STEPS
RELEASE_DB_PER_S = 200.0

Decibels = npt.NDArray[np.float64]


def limit(blocks: Iterable[Samples], rate: int, ceiling: float) -> Iterator[Samples]:
    """The same sound, as long and not delayed, with no true peak above `ceiling` (linear, 1.0 full scale).

    `rate` in samples per second, a multiple of 1000. Blocks may have any length; they come out cut anew.
    """
    step = rate // STEPS_PER_S
    around = np.zeros(MARGIN_STEPS * step, np.float32)
    held, dip = around, 0.0
    for block in chain(blocks, [around]):
        held = np.concatenate([held, block])
        ready = len(held) // step - 2 * MARGIN_STEPS
        if ready > 0:
            limited, dip = _limited(held, ready, step, ceiling, dip)
            yield limited
            held = held[ready * step :]
    rest = len(held) - 2 * len(around)
    yield _limited(np.pad(held, (0, step)), 1, step, ceiling, dip)[0][:rest]


def _limited(held: Samples, ready: int, step: int, ceiling: float, before: float) -> tuple[Samples, float]:
    """The `ready` steps after the first margin, limited; and the dip with which the next call goes on."""
    steps = ready + 2 * MARGIN_STEPS
    needed = _needed(held[: steps * step], step, ceiling)
    dips = dips_for(needed, before)
    first = MARGIN_STEPS * step
    gains = _gains(dips, step)[first : first + ready * step]
    return held[first : first + ready * step] * gains, float(dips[ready + SETTLED_STEPS - 1])


def _needed(held: Samples, step: int, ceiling: float) -> Decibels:
    """How many dB each step lies above the ceiling."""
    needed = np.zeros(len(held) // step)
    padded = np.pad(held, REACH)
    places = places_above(padded, ceiling)
    peaks = true_peaks(padded, places)
    over = peaks > ceiling
    np.maximum.at(needed, places[over] // step, 20 * np.log10(peaks[over] / ceiling))
    return needed


def _held(needed: Decibels) -> Decibels:
    """Each step's greatest need within the look-ahead on either side."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(needed, LOOKAHEAD_STEPS), 2 * LOOKAHEAD_STEPS + 1)
    highest: Decibels = windows.max(axis=1)
    return highest


def _released(held: Decibels, before: float) -> Decibels:
    """Never less than held, and falling no faster than the release rate; the first steps are `before`."""
    slope = np.arange(len(held)) * (RELEASE_DB_PER_S / STEPS_PER_S)
    risen = held + slope
    risen[:SETTLED_STEPS] = before + slope[SETTLED_STEPS - 1]
    released: Decibels = np.maximum.accumulate(risen) - slope
    return released


def dips_for(needed: Decibels, before: float = 0.0) -> Decibels:
    """How far down each step goes, in dB, when `needed` says how far each must: early, and slowly back."""
    return _released(_held(needed), before)


def smoothed(dips: Decibels) -> Decibels:
    """Linear gain per step: the mean of neighbouring steps."""
    width = 2 * LOOKAHEAD_STEPS - 1
    return np.convolve(10 ** (-dips / 20), np.full(width, 1 / width), mode="same")


def _gains(dips: Decibels, step: int) -> Samples:
    """Linear gain per sample, drawn as a line from the middle of each step to the next."""
    smooth = smoothed(dips)
    middles = (np.arange(len(smooth)) + 0.5) * step
    return np.asarray(np.interp(np.arange(len(smooth) * step) + 0.5, middles, smooth), np.float32)
