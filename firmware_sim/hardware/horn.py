"""The way out through the horn: a sink that remembers for how long it sounded, and lets the microphone look.

Between two heartbeats it holds the last run that sounded, and no sample of its own.
"""

import numpy as np

from firmware_sim.errors import DecodeFailed
from firmware_sim.hardware.microphone import WINDOW, WINDOWS, Wave
from firmware_sim.sinks import Run, Sink, time_of

LOOKED_OVER = 10 * 24_000
"""Samples over which the looks are spread: the last ten seconds."""


class Horn:
    """See the port `Sink`; everything goes on to `inner`."""

    __slots__ = ("_counted", "_inner", "_last", "_sounded")

    def __init__(self, inner: Sink) -> None:
        self._inner = inner
        self._last: Run | None = None
        self._counted = 0
        self._sounded = 0

    def play(self, run: Run) -> None:
        self._count(run.at)
        self._last, self._counted = run, 0
        self._inner.play(run)

    def stop(self, at: int) -> None:
        self._inner.stop(at)

    def advance(self, mono: int) -> None:
        self._inner.advance(mono)

    def sounded(self, run: Run, mono: int) -> int:
        return self._inner.sounded(run, mono)

    def next_wakeup(self) -> int | None:
        return self._inner.next_wakeup()

    def take(self, mono: int) -> tuple[int, Wave | None]:
        """us of sound since the last call, and looks at the last of it; None if there is nothing to look at."""
        fresh = self._count(mono)
        run, sounded = self._last, time_of(self._sounded)
        looks = _looks(run, run.due(mono)) if run is not None and fresh else None
        self._sounded = 0
        if run is not None and run.end <= mono:
            self._last = None
        return sounded, looks

    def _count(self, mono: int) -> bool:
        """Add what the last run has sounded by now; whether that was anything."""
        if self._last is None:
            return False
        due = self._last.due(mono)
        fresh, self._counted = due - self._counted, due
        self._sounded += max(0, fresh)
        return fresh > 0


def _looks(run: Run, due: int) -> Wave | None:
    """Looks spread over what has sounded last, as far as it is decoded: a sink that swallows decodes no further."""
    end = min(run.first + due, run.sound.ready)
    begin = max(run.first, end - LOOKED_OVER)
    if end - begin < WINDOW:
        return None
    starts = np.linspace(begin, end - WINDOW, WINDOWS).astype(int)
    try:
        pieces = [run.sound.read(start, start + WINDOW) for start in starts]
    except DecodeFailed:
        return None
    wave: Wave = np.concatenate(pieces).astype(np.float32) * np.float32(run.gain / 32_768)
    return wave if len(wave) == WINDOW * WINDOWS else None
