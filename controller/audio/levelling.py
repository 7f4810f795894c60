"""Finds how much gain makes a sound as loud as wanted after the limiter has cut its peaks. Numbers only.

A spiky voice loses loudness in the limiter, so it needs more gain than its loudness asks for. How much is
read from a curve: peaks and power of each millisecond are put through the limiter's own gain for a few
pushes, in one reading of the sound.
"""

from collections.abc import Iterable

import numpy as np

from controller.audio.limiter import STEPS_PER_S, Decibels, dips_for, smoothed
from controller.audio.loudness import TARGET_LUFS, Momentary, integrated
from controller.audio.peaks import Samples

PUSHES_DB = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
"""More than the last would crush a voice; what is fainter then stays fainter."""
MOST_GAIN_DB = 40.0
"""A whisper is raised by no more than this; what is fainter is noise."""
WINDOW_STEPS = STEPS_PER_S * 4 // 10
MOMENT_STEPS = STEPS_PER_S // 10
TREBLE = 0.35
"""Raises treble about as the K-weighting does, so that what the limiter takes is weighed as it is heard."""
TINY = 1e-20
NEAR_LU = 0.1


def plain_gain(momentary: Momentary, seconds: float) -> float:
    """The gain in dB that the loudness asks for; 0 for a sound too faint to have one."""
    loudness = integrated(momentary, seconds)
    return 0.0 if loudness is None else min(TARGET_LUFS - loudness, MOST_GAIN_DB)


def limited_gain(blocks: Iterable[Samples], rate: int, momentary: Momentary, seconds: float, ceiling: float) -> float:
    """The gain in dB after which the sound, limited at `ceiling` (linear), has the wanted loudness.

    `momentary` is the loudness of exactly these blocks.
    """
    plain = plain_gain(momentary, seconds)
    gains = [min(plain + push, MOST_GAIN_DB) for push in PUSHES_DB]
    moved = _moved([_powers(block, rate, gains, ceiling) for block in blocks])
    shared = min(moved.shape[1], len(momentary))
    loud = [integrated(momentary[:shared] + move[:shared], seconds) for move in moved]
    known = [(lufs, gain) for lufs, gain in zip(loud, gains, strict=True) if lufs is not None]
    return _least_gain(*np.array(known).T) if known else plain


def _least_gain(reached: Decibels, gains: Decibels) -> float:
    """The least gain that reaches the target, or comes as near as any: too much gain only crushes."""
    wanted = min(TARGET_LUFS, float(reached.max()) - NEAR_LU)
    place = int(np.argmax(reached >= wanted))
    if place == 0:
        return float(gains[0])
    pair = slice(place - 1, place + 1)
    return float(np.interp(wanted, reached[pair], gains[pair]))


def _powers(block: Samples, rate: int, gains: list[float], ceiling: float) -> Decibels:
    """Power per moment (a tenth of a second): one row before, and one for each gain after the limiter."""
    step = rate // STEPS_PER_S
    whole = np.pad(block, (0, -len(block) % (step * MOMENT_STEPS)))
    peaks = 20 * np.log10(np.abs(whole).reshape(-1, step).max(axis=1) / ceiling + TINY)
    treble = np.diff(whole, prepend=whole[:1])
    powers = np.square(whole + TREBLE * treble).reshape(-1, step).sum(axis=1, dtype=np.float64)
    rows = [powers]
    for gain in gains:
        dips = dips_for(np.maximum(peaks + gain, 0))
        rows.append(powers * np.square(10 ** (gain / 20) * smoothed(dips)))
    moments: Decibels = np.array(rows).reshape(len(rows), -1, MOMENT_STEPS).sum(axis=2)
    return moments


def _moved(blocks: list[Decibels]) -> Decibels:
    """For each gain, by how many dB each momentary loudness moves: its window is four moments long."""
    rows = np.concatenate([np.zeros((1 + len(PUSHES_DB), 0)), *blocks], axis=1)
    window = np.ones(WINDOW_STEPS // MOMENT_STEPS)
    summed = np.array([np.convolve(row, window)[: rows.shape[1]] for row in rows]) + TINY
    moved: Decibels = 10 * np.log10(summed[1:] / summed[0])
    return moved
