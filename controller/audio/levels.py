"""Counts the decoded samples of a source as they come: how many, how high, how often cut off flat.

Pure numbers at the source's own rate and channels; keeps one second of sound at a time, not the file.
"""

from dataclasses import dataclass

import numpy as np

from controller.audio.peaks import REACH, Samples, loudest_places, true_peaks

FLAT_LEVEL = 0.95
"""Cut-off tops lie near full scale; flat tops lower down are a synthetic tone, not clipping."""
OVER_LEVEL = 1.02
"""A lossy codec gives cut-off tops back as waves above full scale."""
HIGHEST = 16.0
"""Float samples beyond this are damage; the filters before loudness cut there as well."""
FLAT_RUN = 3
COARSE_FLAT_RUN = 12
COARSE_CODECS = frozenset({"pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw"})
"""With eight bits even a clean sine rests on its highest step for a while."""
CLIPPED_SAMPLES = 5
ENERGY_STRIDE = 8
"""Every eighth sample tells well enough which channel is stronger."""
LOUDEST_PLACES = 256
"""True peaks are sought beside so many highest samples of each second and channel."""


@dataclass(frozen=True)
class Levels:
    """`frames` decoded; `peak` true peak of all channels, linear; `right_is_stronger` of the first two
    channels; `damaged` samples that are no number, or one that no recording has."""

    frames: int
    peak: float
    clipped: bool
    right_is_stronger: bool
    damaged: int


class LevelMeter:
    """Feed it interleaved 32-bit float samples as bytes, then ask for the levels."""

    def __init__(self, rate: int, channels: int, codec: str) -> None:
        self._frame_bytes = 4 * channels
        self._block_bytes = self._frame_bytes * max(rate, 4 * REACH)
        self._flat_run = COARSE_FLAT_RUN if codec in COARSE_CODECS else FLAT_RUN
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._context = np.zeros((2 * REACH, channels), np.float32)
        self._frames = 0
        self._peak = 0.0
        self._cut = 0
        self._damaged = 0
        self._energy = np.zeros(channels)

    @property
    def frames(self) -> int:
        """Frames counted so far, to the last whole second."""
        return self._frames

    @property
    def peak(self) -> float:
        """The highest true peak so far."""
        return self._peak

    def feed(self, chunk: bytes) -> None:
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes >= self._block_bytes:
            self._take()

    def levels(self) -> Levels:
        """All that was counted; call it once, when everything was fed."""
        self._take()
        energy = self._energy
        self._measure_peaks(np.concatenate([self._context, np.zeros((REACH, len(energy)), np.float32)]))
        return Levels(
            frames=self._frames,
            peak=self._peak,
            clipped=self._cut >= CLIPPED_SAMPLES,
            right_is_stronger=bool(len(energy) > 1 and energy[1] > energy[0]),
            damaged=self._damaged,
        )

    def _take(self) -> None:
        joined = b"".join(self._waiting)
        frames = len(joined) // self._frame_bytes
        rest = joined[frames * self._frame_bytes :]
        self._waiting, self._waiting_bytes = [rest], len(rest)
        if frames:
            channels = self._frame_bytes // 4
            self._measure(np.frombuffer(joined, np.float32, frames * channels).reshape(frames, channels))

    def _measure(self, block: Samples) -> None:
        if not abs(block.sum()) < len(block):
            block = self._without_damage(block)
        self._frames += len(block)
        self._energy += np.square(block[::ENERGY_STRIDE]).sum(axis=0)
        self._cut += sum(_cut_off(block[:, channel], self._flat_run) for channel in range(block.shape[1]))
        joined = np.concatenate([self._context, block])
        self._measure_peaks(joined)
        self._context = joined[-2 * REACH :]

    def _without_damage(self, block: Samples) -> Samples:
        sound = np.abs(block) <= HIGHEST
        self._damaged += int(block.size - sound.sum())
        return np.where(sound, block, np.float32(0))

    def _measure_peaks(self, joined: Samples) -> None:
        """Peaks of all but the outermost REACH samples, which have been or will be measured elsewhere."""
        for channel in range(joined.shape[1]):
            samples = np.ascontiguousarray(joined[:, channel])
            peaks = true_peaks(samples, loudest_places(samples, self._peak, LOUDEST_PLACES))
            self._peak = max(self._peak, float(peaks.max(initial=0.0)))


def _cut_off(samples: Samples, run: int) -> int:
    """Samples above full scale, and samples that end a flat run near it."""
    sizes = np.abs(samples)
    if sizes.max() < FLAT_LEVEL:
        return 0
    same = (samples[1:] == samples[:-1]) & (sizes[1:] >= FLAT_LEVEL)
    flat = same
    for shift in range(1, run - 1):
        flat = flat[1:] & same[: len(same) - shift]
    return int(flat.sum() + (sizes > OVER_LEVEL).sum())
