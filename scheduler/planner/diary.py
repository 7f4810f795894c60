"""When one group of hearers is spoken to: stretches that never overlap, and how much sound each day has."""

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice

from devices.protocol.units import SECOND

BETWEEN = SECOND
"""Silence kept between two of them, us."""
TURN = 3 * SECOND
"""Silence kept between the turns of neighbours, us: the last word has passed 600 m, and horns are up to half a second
early or late."""


@dataclass
class Diary:
    """Stretches by their begin, each with the name of what sounds, and the silence kept around them."""

    between: int = BETWEEN
    _stretches: list[tuple[int, int, str]] = field(default_factory=list)
    _longest: int = 0
    _heard: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def touched(self, start_at: int, ends_at: int) -> tuple[int, str] | None:
        """The first stretch that is nearer than `between` to [start_at, ends_at]: when one may begin after it, and
        its name; None if none is."""
        first = bisect_left(self._stretches, (start_at - self._longest - self.between,))
        for begin, end, name in islice(self._stretches, first, None):
            if begin >= ends_at + self.between:
                return None
            if end + self.between > start_at:
                return end + self.between, name
        return None

    def heard(self, day: int) -> int:
        """Sound of that day so far, us."""
        return self._heard[day]

    def write(self, start_at: int, ends_at: int, name: str, day: int, heard: int) -> None:
        insort(self._stretches, (start_at, ends_at, name))
        self._longest = max(self._longest, ends_at - start_at)
        self._heard[day] += heard
