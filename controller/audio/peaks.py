"""True peaks: how high a sound rises between its samples. Pure numbers; knows no file and no unit but 1.0.

As ITU-R BS.1770-4 annex 2 asks, but eight times oversampled, and evaluated only where it can matter.
"""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

REACH = 24
"""Samples of context that a place needs on each side."""

_POSSIBLE_RISE = 1.6
"""No sound that we have met rises by more than 4 dB between two samples."""

_PHASES = np.arange(1, 8) / 8


def _interpolators() -> Samples:
    """One column per phase: the windowed sinc that reads the sound that far after the middle sample."""
    distance = np.arange(1 - REACH, REACH + 1)[:, None] - _PHASES[None, :]
    window = np.cos(np.pi / 2 * distance / (REACH + 1)) ** 2
    return np.asarray(np.sinc(distance) * window, np.float32)


_INTERPOLATORS = _interpolators()


def places_above(padded: Samples, floor: float) -> Places:
    """The places from which to the next sample the sound may rise above `floor`."""
    return np.flatnonzero(_ends(padded) * _POSSIBLE_RISE > floor)


def loudest_places(padded: Samples, floor: float, count: int) -> Places:
    """Of the places where the sound may rise above `floor`, the `count` with the highest samples."""
    ends = _ends(padded)
    places = np.flatnonzero(ends * _POSSIBLE_RISE > floor)
    if len(places) <= count:
        return places
    return places[np.argpartition(ends[places], -count)[-count:]]


def true_peaks(padded: Samples, places: Places) -> Samples:
    """The true peak of one channel from each place to its next sample.

    `padded` has REACH samples of context on each side; places count from the first sample after it.
    """
    windows = np.lib.stride_tricks.sliding_window_view(padded[1:], 2 * REACH)[places]
    between: Samples = np.abs(windows @ _INTERPOLATORS).max(axis=1)
    return np.maximum(between, _ends(padded)[places])


def _ends(padded: Samples) -> Samples:
    """The greater of each sample and its next."""
    sizes = np.abs(padded[REACH : len(padded) - REACH + 1])
    return np.maximum(sizes[:-1], sizes[1:])
