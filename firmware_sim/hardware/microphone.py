"""The microphone under the horn: samples go in, four numbers come out, and nothing of what was said is kept.

It compares what was sent with what is in the air, and looks for a steady tone by Goertzel's sums. Knows no line,
no flash and no message: there is no way from here to anybody's ear.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import log10

import numpy as np
from numpy.typing import NDArray

from firmware_sim.hardware.amplifier import HOWL_DBFS, HOWL_HZ, Air
from firmware_sim.opus import RATE

Wave = NDArray[np.float32]
"""Samples, full scale 1."""
WINDOW, WINDOWS = 600, 8
"""Samples in one look (25 ms), and looks."""
COUPLING = -10.0
"""dB from what is sent to what the microphone gets of a sound horn: set so that full volume does not clip."""
LEAST = -120.0
"""dBFS of nothing."""
LOUD = -40.0
"""dBFS below which no tone is looked for: it could wake nobody."""
STEP_HZ = 20
"""Half of what one look can tell apart."""
FIRST, LAST = 15, 200
"""Where a horn can howl, in steps: 300 to 4,000 Hz."""
TONE_SHARE = 0.5
"""What of the energy in every look must lie in one place to be a tone."""


@dataclass(frozen=True, slots=True)
class Heard:
    """dBFS, 1 decimal; nothing else leaves."""

    level: float
    """All that is in the air."""
    drive: float | None = None
    """What was sent; None if nothing was."""
    matched: float | None = None
    """Of what is in the air, the part that is what was sent."""
    tone: int | None = None
    """Hz of a steady tone while nothing was sent."""


def listen(sent: Wave | None, through: Air, noise_dbfs: float, place: int) -> Heard:
    """Hear `WINDOWS` looks: `sent` (their samples one after the other), a horn that may howl, and noise.

    `place` picks the piece of noise: any whole number.
    """
    heard = _noise(place) * _factor(noise_dbfs)
    if through.howl:
        heard = heard + _howl() * _factor(HOWL_DBFS)
    if sent is not None:
        heard = heard + sent * np.float32(through.gain * _factor(COUPLING))
        return Heard(dbfs(heard), dbfs(sent), _matched(sent, heard))
    level = dbfs(heard)
    return Heard(level, tone=steady_tone(heard) if level > LOUD else None)


def dbfs(wave: Wave) -> float:
    """Level of samples: a full-scale square wave is 0."""
    return _decibels(float(np.vdot(wave, wave)) / max(1, len(wave)))


def tone_share(wave: Wave, hertz: float) -> float:
    """Share of the energy that lies at one frequency: Goertzel's sum, 1 for a pure tone there."""
    angle = np.arange(len(wave)) * (2 * np.pi * hertz / RATE)
    power = float(np.dot(wave, np.cos(angle))) ** 2 + float(np.dot(wave, np.sin(angle))) ** 2
    energy = float(np.vdot(wave, wave)) * len(wave) / 2
    return power / energy if energy else 0.0


def steady_tone(wave: Wave) -> int | None:
    """Hz of a tone that stands in every look at the same place; None if there is none.

    Goertzel's sums at every step at once: the Fourier transform of a look filled up with zeros.
    """
    looks = wave.reshape(-1, WINDOW)
    sums = np.abs(np.fft.rfft(looks, RATE // STEP_HZ, axis=1)[:, FIRST : LAST + 1]) ** 2
    shares = sums / (np.maximum(1e-12, (looks**2).sum(axis=1, keepdims=True)) * WINDOW / 2)
    places = shares.argmax(axis=1)
    if shares.max(axis=1).min() < TONE_SHARE or places.max() - places.min() > 1:
        return None
    return STEP_HZ * (FIRST + int(np.median(places)))


def _matched(sent: Wave, heard: Wave) -> float:
    """Level of the part of `heard` that is a copy of `sent`."""
    energy = float(np.vdot(sent, sent))
    if not energy:
        return LEAST
    return _decibels(float(np.vdot(sent, heard)) ** 2 / energy / len(sent))


def _decibels(power: float) -> float:
    return round(max(LEAST, 10 * log10(power)), 1) if power > 0 else LEAST


def _factor(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))


@lru_cache(maxsize=1)
def _strip() -> Wave:
    """A strip of noise of level 0 dBFS, always the same; what differs is where a look begins."""
    strip: Wave = np.random.default_rng(1).standard_normal(3 * WINDOW * WINDOWS).astype(np.float32)
    return strip


def _noise(place: int) -> Wave:
    start = place % (2 * WINDOW * WINDOWS)
    return _strip()[start : start + WINDOW * WINDOWS]


@lru_cache(maxsize=1)
def _howl() -> Wave:
    angle = np.arange(WINDOW * WINDOWS) * (2 * np.pi * HOWL_HZ / RATE)
    wave: Wave = (np.sqrt(2) * np.sin(angle)).astype(np.float32)
    return wave
