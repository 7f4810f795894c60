"""Ogg Opus to samples, a little at a time: the one door to PyAV. Exact in length, pre-skip honoured."""

import io
from collections.abc import Iterator

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from firmware_sim.errors import DecodeFailed

RATE = 24_000
"""Samples a second of everything that sounds here; mono, 16 bits."""
OPUS_RATE = 48_000
Samples = NDArray[np.int16]


def length(blob: bytes) -> int:
    """Samples at 24 kHz that `blob` will decode to, read from its pages; DecodeFailed if it is no Ogg Opus."""
    try:
        with av.open(io.BytesIO(blob), "r", format="ogg") as container:
            stream = container.streams.audio[0]
            head = stream.codec_context.extradata
            if stream.codec_context.name != "opus" or not head or stream.duration is None:
                raise DecodeFailed(codec=stream.codec_context.name)
            skip = int.from_bytes(head[10:12], "little")
            return (stream.duration - skip + 1) * RATE // OPUS_RATE
    except (FFmpegError, IndexError, OSError, ValueError) as error:
        raise DecodeFailed(reason=type(error).__name__) from error


def decode(blob: bytes) -> Iterator[Samples]:
    """Samples piece by piece (20 ms or so each), from the beginning; DecodeFailed where the bytes are bad."""
    try:
        with av.open(io.BytesIO(blob), "r", format="ogg") as container:
            resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(container.streams.audio[0]):
                for piece in resampler.resample(frame):
                    yield piece.to_ndarray()[0]
            for piece in resampler.resample(None):
                yield piece.to_ndarray()[0]
    except (FFmpegError, IndexError, OSError, ValueError) as error:
        raise DecodeFailed(reason=type(error).__name__) from error
