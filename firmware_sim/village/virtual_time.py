"""A queue of events in virtual time: nothing waits, nothing races."""

import heapq
from collections.abc import Callable

START = 1_795_000_000_000_000
"""2026-11-18T11:06:40Z, us."""


class VirtualTime:
    """`now` (us UTC) moves only when events are run."""

    def __init__(self, begin: int = START) -> None:
        self.now = begin
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def clock(self) -> int:
        return self.now

    def at(self, instant: int, deed: Callable[[], None]) -> None:
        """Run `deed` at `instant`; in the order of asking where instants are equal."""
        self._count += 1
        heapq.heappush(self._events, (max(instant, self.now), self._count, deed))

    def after(self, delay: int, deed: Callable[[], None]) -> None:
        self.at(self.now + delay, deed)

    def run_until(self, instant: int) -> None:
        """Run all events up to `instant`, then stand there."""
        while self._events and self._events[0][0] <= instant:
            self.now, _, deed = heapq.heappop(self._events)
            deed()
        self.now = max(self.now, instant)

    def run_for(self, span: int) -> None:
        self.run_until(self.now + span)
