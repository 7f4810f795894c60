"""How fast a speaker's line is, learned from what comes: how much to ask for at a time, and how long to wait.

A slow line is not a lost one. What is asked for twice comes twice, and whatever is on its way stands before an
alert; so a slow line is asked for little, and with patience. Pure.
"""

from devices.protocol.units import SECOND

AHEAD = 5 * SECOND
"""How long what was asked for may keep the line busy, us: an alert waits behind it."""
OVERLAP = SECOND
"""So long before a piece should be here the next one is asked for, or the line idles for a round trip, us."""
QUIET = 4 * SECOND
"""How long nothing at all may come before a piece is asked for again, us."""
LONGEST = 60 * SECOND
"""A piece that did not come in this time is asked for again though other things came, us."""
TRUSTED = 100_000
"""Bytes a second that a line is trusted with until it shows that it is slower."""


class Pace:
    def __init__(self) -> None:
        self._rate: float | None = None
        """Bytes a second, smoothed; None until something came."""

    def came(self, size: int, took: int) -> None:
        """`size` bytes kept the line busy for `took` us."""
        measured = size * SECOND / max(took, 1)
        self._rate = measured if self._rate is None else (self._rate + measured) / 2

    def allows(self, busy: int, size: int) -> bool:
        """Whether `size` bytes may be asked for while `busy` bytes are on their way. One piece always may."""
        return busy == 0 or (self._rate is not None and (busy + size) * SECOND <= self._rate * AHEAD)

    def idle_at(self, since: int, size: int) -> int | None:
        """From when on the next piece may be asked for while one of `size` bytes keeps the line busy since then."""
        return None if self._rate is None else since + max(0, self.time_for(size) - OVERLAP)

    def patience(self, size: int) -> int:
        """How long the line may be silent while a piece of `size` bytes is awaited, us."""
        return max(QUIET, 2 * self.time_for(size))

    def limit(self, size: int) -> int:
        """After how long a piece of `size` bytes is given up, us."""
        return max(LONGEST, 4 * self.time_for(size))

    def time_for(self, size: int) -> int:
        """How long `size` bytes take, us."""
        return int(size * SECOND / min(TRUSTED, self._rate or TRUSTED))
