"""Turns one channel of bare samples into a levelled, limited WAV between two chimes. Streams; decides by numbers.

The sound is read three times from our own disk: to find its start, to find its gain, and to write it.
"""

from dataclasses import dataclass
from pathlib import Path

from controller.audio.clip import leading_silence
from controller.audio.levelling import limited_gain, plain_gain
from controller.audio.limiter import limit
from controller.audio.loudness import Momentary
from controller.audio.wavefile import RATE, Pcm, WavWriter, Written, read_raw, to_pcm

CEILING_DB = -2.5
"""True peak of the WAV: below the promised -1 dBTP, because Opus at 24 kbit/s overshoots by up to 1.5 dB."""

STEP = RATE // 10
"""Samples of one step of momentary loudness."""
BLOCK = RATE
SEARCH_BLOCK = 10 * RATE
KEPT_STEPS = 1
"""Of the silence before the first sound, this much stays."""


@dataclass(frozen=True)
class Body:
    """One channel of bare samples at our rate, and its momentary loudness."""

    raw: Path
    momentary: Momentary
    seconds: float


def shape(body: Body, wav: Path, opening: Pcm, closing: Pcm) -> Written:
    """Write the finished WAV to `wav`. OSError if the disk does not take it."""
    skipped = _steps_to_skip(body)
    momentary, ceiling = body.momentary[skipped:], _linear(CEILING_DB)
    blocks = read_raw(body.raw, SEARCH_BLOCK, skipped * STEP)
    gain = limited_gain(blocks, RATE, momentary, body.seconds, ceiling)
    with WavWriter(wav) as written:
        written.write(opening)
        louder = (block * _linear(gain) for block in read_raw(body.raw, BLOCK, skipped * STEP))
        for block in limit(louder, RATE, ceiling):
            written.write(to_pcm(block))
        written.write(closing)
    return written.written()


def _steps_to_skip(body: Body) -> int:
    gain = _linear(plain_gain(body.momentary, body.seconds))
    levelled = (block * gain for block in read_raw(body.raw, SEARCH_BLOCK))
    return max(0, leading_silence(levelled) // STEP - KEPT_STEPS)


def _linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))
