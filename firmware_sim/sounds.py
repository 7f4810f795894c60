"""Decoded sound by content, shared between the speakers of one process; decodes ahead in small pieces."""

from collections import OrderedDict
from collections.abc import Callable, Iterator

import numpy as np

from firmware_sim.errors import DecodeFailed
from firmware_sim.opus import RATE, Samples, decode, length

PIECE = RATE
"""Samples decoded in one step: a second, some 5 ms of work."""
KEPT_SAMPLES = 64 * 1024 * 1024
"""Samples of all cached sounds together; what still plays is kept alive by its player."""


class Sound:
    """One blob as samples. Reading decodes as far as needed; `decode_more` works ahead."""

    def __init__(self, blob: bytes) -> None:
        self.length = length(blob)
        self._pieces: Iterator[Samples] | None = decode(blob)
        self._samples = np.zeros(self.length, np.int16)
        self._done = 0

    @property
    def ready(self) -> int:
        """Samples decoded so far."""
        return self._done if self._pieces else self.length

    def decode_more(self, samples: int = PIECE) -> bool:
        """Decode about `samples` more; whether there is more to do. DecodeFailed for bad bytes."""
        goal = self._done + samples
        while self._pieces and self._done < goal:
            piece = next(self._pieces, None)
            if piece is None:
                self._finish()
            else:
                self._keep(piece)
        return self._pieces is not None

    def read(self, start: int, stop: int) -> Samples:
        """Samples from `start` up to `stop`."""
        while self.ready < min(stop, self.length) and self.decode_more():
            pass
        return self._samples[start:stop]

    def _keep(self, piece: Samples) -> None:
        fits = piece[: self.length - self._done]
        self._samples[self._done : self._done + len(fits)] = fits
        self._done += len(piece)

    def _finish(self) -> None:
        self._pieces = None
        if abs(self._done - self.length) > RATE // 50:
            raise DecodeFailed(samples=self._done, promised=self.length)


class Sounds:
    """The sounds at hand, the one used longest ago goes first."""

    def __init__(self, kept: int = KEPT_SAMPLES) -> None:
        self._kept = kept
        self._sounds: OrderedDict[str, Sound] = OrderedDict()

    def open(self, sha256: str, read: Callable[[], bytes]) -> Sound:
        """The sound of a verified blob; `read` is asked for its bytes only if nobody opened it before."""
        sound = self._sounds.get(sha256)
        if sound is None:
            sound = self._sounds[sha256] = Sound(read())
            self._shrink()
        self._sounds.move_to_end(sha256)
        return sound

    def _shrink(self) -> None:
        while len(self._sounds) > 1 and sum(sound.length for sound in self._sounds.values()) > self._kept:
            self._sounds.popitem(last=False)
