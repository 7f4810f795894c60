"""Our own working sound: one channel, 24,000 samples a second, 16-bit in WAV and 32-bit while it is shaped."""

import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from controller.audio.levels import LevelMeter
from controller.audio.peaks import Samples

RATE = 24_000
"""Samples per second of everything that we make: what Opus takes and a horn can sound."""

FULL_SCALE = 32767

Pcm = npt.NDArray[np.int16]


def to_pcm(samples: npt.NDArray[np.floating]) -> Pcm:
    """16-bit samples; what exceeds full scale is cut."""
    whole = np.rint(samples * FULL_SCALE)
    return np.asarray(np.clip(whole, -FULL_SCALE, FULL_SCALE), np.int16)


def read_raw(raw: Path, block: int, skip: int = 0) -> Iterator[Samples]:
    """Blocks of a file of bare 32-bit samples, after the first `skip` samples."""
    with raw.open("rb") as opened:
        opened.seek(4 * skip)
        while chunk := opened.read(4 * block):
            yield np.frombuffer(chunk, np.float32)


def read_pcm(wav: Path, block: int) -> Iterator[Pcm]:
    """Blocks of one of our own WAVs."""
    with wave.open(str(wav), "rb") as opened:
        while chunk := opened.readframes(block):
            yield np.frombuffer(chunk, np.int16)


class WavWriter:
    """Writes a 16-bit mono WAV block by block; a context manager that completes the header."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = ExitStack()
        self._meter = LevelMeter(RATE, 1, "pcm_s16le")

    def __enter__(self) -> "WavWriter":
        self._file = self._stack.enter_context(wave.open(str(self._path), "wb"))
        self._file.setparams((1, 2, RATE, 0, "NONE", ""))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, samples: Pcm) -> None:
        self._file.writeframesraw(samples.tobytes())
        self._meter.feed((samples / np.float32(FULL_SCALE)).tobytes())

    def written(self) -> "Written":
        """What was written; asked once, at the end."""
        levels = self._meter.levels()
        return Written(levels.frames, levels.peak)


@dataclass(frozen=True)
class Written:
    """A finished WAV: frames, and its highest true peak (linear)."""

    frames: int
    peak: float
