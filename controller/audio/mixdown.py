"""How two channels become one without losing what is said; decided from numbers, knows no file.

One cable soldered the wrong way round makes the two channels opposite: their sum is silence. So the sum is
taken only where it carries the sound; else the difference; else the stronger channel alone.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from controller.audio.loudness import Momentary, level, power

LOST_LU = 6.0
"""The sum is lost where the difference is this much louder: the channels are more opposite than not."""
AUDIBLE_LU = 20.0
"""Moments this far below the mean do not count; nobody hears what cancels there."""
TOLERATED_SHARE = 0.02


class Mix(Enum):
    """What becomes the one channel; the value is the decoder's expression for it."""

    ONLY = "c0"
    SUM = "0.5*c0+0.5*c1"
    DIFFERENCE = "0.5*c0-0.5*c1"
    LEFT = "1.0*c0"
    RIGHT = "1.0*c1"


@dataclass(frozen=True)
class Mixdown:
    """The choice, and whether the plain sum would have been good enough (`mono_safe`)."""

    mix: Mix
    mono_safe: bool


ONE_CHANNEL = Mixdown(Mix.ONLY, mono_safe=True)


def choose_mix(middle: Momentary, side: Momentary, right_is_stronger: bool) -> Mixdown:
    """Decide from the loudness of half the sum (`middle`) and of half the difference (`side`)."""
    both = power(middle) + power(side)
    audible = both > both.mean() * 10 ** (-AUDIBLE_LU / 10) if len(both) else np.zeros(0, np.bool_)
    if _lost_share(middle, side, audible) <= TOLERATED_SHARE:
        return Mixdown(Mix.SUM, mono_safe=True)
    if _lost_share(side, middle, audible) <= TOLERATED_SHARE:
        return Mixdown(Mix.DIFFERENCE, mono_safe=False)
    return Mixdown(Mix.RIGHT if right_is_stronger else Mix.LEFT, mono_safe=False)


def _lost_share(mixed: Momentary, other: Momentary, audible: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    lost = audible & (mixed < other - LOST_LU)
    return float(lost.sum() / max(1, audible.sum()))


def loudest(middle: Momentary, side: Momentary) -> float:
    """LUFS of the loudest moment in either, which is what a listener could hear at most."""
    both = power(middle) + power(side)
    return level(float(both.max())) if len(both) else level(0.0)
