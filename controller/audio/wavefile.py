"""Our own working sound: one channel, 24,000 samples a second, 16-bit in WAV and 32-bit while it is shaped."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

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


class WavWriter:
    """Writes a 16-bit mono WAV block by block; a context manager that completes the header."""

    def __init__(self, path: Path) -> None:
        self._file = wave.open(str(path), "wb")  # noqa: SIM115 - closed in __exit__
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(RATE)
        self.frames = 0

    def __enter__(self) -> "WavWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, samples: Pcm) -> None:
        self._file.writeframesraw(samples.tobytes())
        self.frames += len(samples)
