"""One direction of one connection: bytes go in as they come, and out of the other side when the lane says so.

When much is under way it stops reading, so that the sender feels how slow the link is.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.chaos.lane import Lane
from firmware_sim.chaos.loss import MSS

FULL = 64 * 1024
"""So many bytes under way stop the reading; at half of it it goes on."""

What = bytes | Callable[[], None]
"""Bytes, or something that happens in their place: the end of the stream."""


class Pipe:
    """`read_on(False)` asks the source to wait, `write` hands bytes to the destination."""

    def __init__(self, lane: Lane, write: Callable[[bytes], None], read_on: Callable[[bool], None]) -> None:
        self._lane = lane
        self._write = write
        self._read_on = read_on
        self._queue: deque[tuple[int, What]] = deque()
        self._entering = bytearray()
        self._held = 0
        self._reading = True
        self._blocked = False
        self._timer: asyncio.TimerHandle | None = None
        self.taken = self.passed = 0
        """Bytes that went in, and that came out."""

    def put(self, data: bytes) -> None:
        """Let this pass with the next `send`."""
        self._entering += data
        self.taken += len(data)

    def send(self) -> None:
        """What was put since the last time enters the lane, in segments as TCP makes them of one write."""
        now, data = runtime.monotonic(), bytes(self._entering)
        self._entering.clear()
        for at in range(0, len(data), MSS):
            piece = data[at : at + MSS]
            self._queue.append((self._lane.arrival(now, len(piece)), piece))
        self._held += len(data)
        if self._reading and self._held >= FULL:
            self._reading = False
            self._read_on(False)
        self._wait()

    def then(self, happen: Callable[[], None]) -> None:
        """Let this happen when all that was put has come out."""
        self.send()
        self._queue.append((self._lane.arrival(runtime.monotonic(), 0), happen))
        self._wait()

    def block(self, blocked: bool) -> None:
        """The destination takes nothing for now, or takes again."""
        self._blocked = blocked
        self._wait()

    def drop(self) -> None:
        """What is under way vanishes."""
        self._entering.clear()
        self._queue.clear()
        self._held = 0
        self._read_again()

    def _wait(self) -> None:
        """One timer, for what comes out first."""
        if self._timer is not None or self._blocked or not self._queue:
            return
        pause = max(0, self._queue[0][0] - runtime.monotonic()) / SECOND
        self._timer = asyncio.get_running_loop().call_later(pause, self._deliver)

    def _deliver(self) -> None:
        self._timer = None
        now, out = runtime.monotonic(), bytearray()
        while self._queue and self._queue[0][0] <= now and not self._blocked:
            what = self._queue.popleft()[1]
            if isinstance(what, bytes):
                out += what
            else:
                self._hand_over(out)
                what()
        self._hand_over(out)
        self._read_again()
        self._wait()

    def _read_again(self) -> None:
        if not self._reading and self._held <= FULL // 2:
            self._reading = True
            self._read_on(True)

    def _hand_over(self, out: bytearray) -> None:
        if out:
            self._held -= len(out)
            self.passed += len(out)
            self._write(bytes(out))
            out.clear()
