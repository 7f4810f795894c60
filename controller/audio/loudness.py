"""Loudness as ITU-R BS.1770-4 gates it, from momentary values that the decoder measured. Numbers only.

Plain means and RMS read wrong by decibels: pauses pull them down, bass pushes them up. So the decoder's
K-weighted momentary loudness (400 ms, every 100 ms) is all that counts here.
"""

import math

import numpy as np
import numpy.typing as npt

Momentary = npt.NDArray[np.float64]
"""LUFS of 400 ms, one value each 100 ms; -120 where there is nothing."""

TARGET_LUFS = -16.0
NOTHING_LUFS = -120.0
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = 10.0
WINDOW_S = 0.4


def power(lufs: Momentary) -> Momentary:
    """The power that a loudness stands for, in any unit as long as it is only compared."""
    return np.power(10.0, lufs / 10)


def level(mean_power: float) -> float:
    """LUFS of a power."""
    return 10 * math.log10(mean_power) if mean_power > 0 else NOTHING_LUFS


def integrated(momentary: Momentary, seconds: float) -> float | None:
    """Gated loudness of `seconds` of sound, None if it never rises above the absolute gate.

    A sound shorter than one window was measured with silence behind it, which is taken out again.
    """
    heard = momentary[momentary > ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return None
    if seconds < WINDOW_S:
        return float(heard.max()) + 10 * math.log10(WINDOW_S / seconds)
    gate = level(float(power(heard).mean())) - RELATIVE_GATE_LU
    return level(float(power(heard[heard > gate]).mean()))
