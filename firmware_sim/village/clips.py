"""Small pieces of real Ogg Opus, made in sight; the same bytes for the same wishes."""

import io
from functools import lru_cache

import av
import numpy as np

RATE = 24_000
LOUDNESS = 0.3 * 32767


@lru_cache(maxsize=64)
def opus_clip(seconds: float, frequency: float = 440.0) -> bytes:
    """A sine of that length and pitch, mono, 24 kbit/s."""
    count = round(seconds * RATE)
    wave = (LOUDNESS * np.sin(2 * np.pi * frequency * np.arange(count) / RATE)).astype(np.int16)
    target = io.BytesIO()
    with av.open(target, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", options={"flags": "+bitexact", "vbr": "off"})
        stream.bit_rate = 24_000
        frame = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        frame.rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()
