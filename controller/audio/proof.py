"""Decodes a finished clip as a speaker will and compares it with its WAV before it is let out. One door to PyAV.

Opus overshoots, and decoders differ: ffmpeg's own gives some rising tones back five times too loud, which
the reference decoder does not. Who stands below a horn must be safe from either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from controller.audio.errors import EncodeFailed
from controller.audio.levels import LevelMeter
from controller.audio.wavefile import FULL_SCALE, RATE, read_pcm

HIGHEST_PEAK = 10 ** (-1 / 20)
"""-1 dBTP, linear: what is promised of the sound that a speaker plays."""
MOST_OVERSHOOT = 10 ** (4.5 / 20)
"""A coder at this bit rate may overshoot a peak by so much; more is a decoder's click."""
INAUDIBLE_PEAK = 0.02
MOST_SURPLUS_DB = 3.0
HEARD_DB = -45.0
"""Moments fainter than this may come out louder: coding noise in a pause."""
DECODED_RATE = 48_000
MOMENTS_PER_S = 10
FRAMES_AT_ONCE = 50

Powers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Proof:
    """The decoded clip: true peak (linear), how many times it is the true peak before, by how many dB its
    worst tenth of a second exceeds the same one before, and its length."""

    peak: float
    overshoot: float
    surplus_db: float
    seconds: float

    @property
    def holds(self) -> bool:
        loud = self.peak > HIGHEST_PEAK or self.surplus_db > MOST_SURPLUS_DB
        return not loud and (self.overshoot <= MOST_OVERSHOOT or self.peak < INAUDIBLE_PEAK)


def prove(opus: Path, wav: Path, wav_peak: float, gain_db: float) -> Proof:
    """Decode `opus` and compare it with `wav`, of which it was made with `gain_db`. EncodeFailed, OSError."""
    meter, heard = LevelMeter(DECODED_RATE, 1, "opus"), Moments(DECODED_RATE)
    for samples in _decoded(opus):
        meter.feed(samples.tobytes())
        heard.add(samples)
    before = Moments(RATE)
    for pcm in read_pcm(wav, RATE):
        before.add(pcm * np.float32(10 ** (gain_db / 20) / FULL_SCALE))
    levels = meter.levels()
    allowed = max(wav_peak * 10 ** (gain_db / 20), 1e-6)
    surplus = _surplus(before.powers(), heard.powers())
    return Proof(levels.peak, levels.peak / allowed, surplus, levels.frames / DECODED_RATE)


def _decoded(opus: Path) -> Iterator[npt.NDArray[np.float32]]:
    import av  # only here, where no child runs beside us: it takes 17 MB

    try:
        with av.open(str(opus)) as container:
            frames = (frame.to_ndarray()[0] for frame in container.decode(audio=0))
            while batch := list(islice(frames, FRAMES_AT_ONCE)):
                yield np.concatenate(batch)
    except av.error.FFmpegError as error:
        raise EncodeFailed(reason=str(error)) from error


class Moments:
    """Mean power of each tenth of a second."""

    def __init__(self, rate: int) -> None:
        self._length = rate // MOMENTS_PER_S
        self._rest = np.zeros(0, np.float32)
        self._powers: list[Powers] = []

    def add(self, samples: npt.NDArray[np.float32]) -> None:
        self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // self._length * self._length
        if whole:
            squares = np.square(self._rest[:whole]).reshape(-1, self._length)
            self._powers.append(squares.mean(axis=1, dtype=np.float64))
            self._rest = self._rest[whole:]

    def powers(self) -> Powers:
        return np.concatenate([np.zeros(0), *self._powers])


def _surplus(before: Powers, heard: Powers) -> float:
    shared = min(len(before), len(heard))
    before, heard = before[:shared], heard[:shared]
    loud = heard > 10 ** (HEARD_DB / 10)
    louder = 10 * np.log10(heard[loud] / np.maximum(before[loud], 1e-12))
    return float(louder.max(initial=0.0))
