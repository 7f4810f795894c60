"""Messages handed over for sending that the broker has not taken yet, bounded in number and in bytes.

It belongs to one connection: when that ends, everything in it is forgotten, because the database of the
one who handed it over is the queue that survives. Knows no broker.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MOST = 30_000
"""Below the 65,535 message numbers of MQTT, so that a number never comes round while it is in use."""
MOST_BYTES = 64 * 1024 * 1024
BULK = 16 * 1024
"""From this size on a message is bulk, and bulk may fill half of the bytes: orders always find room."""


@dataclass(frozen=True)
class Outgoing:
    """One message to be published."""

    topic: str
    payload: bytes
    qos: int
    retain: bool


class Backlog:
    """Filled from any thread while open, emptied by the one that owns the connection.

    `wake` is called when there is something to take after there was nothing, in the thread that put it.
    """

    def __init__(self, wake: Callable[[], None], most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._wake = wake
        self._most = most
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._waiting: deque[Outgoing] = deque()
        self._held = 0
        self._held_bytes = 0
        self._open = False

    def open(self) -> None:
        """Begin to accept, empty."""
        with self._lock:
            self._open = True

    def close(self) -> bool:
        """Accept no more and forget all that was held; whether it was open."""
        with self._lock:
            was_open, self._open = self._open, False
            self._waiting.clear()
            self._held = self._held_bytes = 0
            return was_open

    @property
    def is_open(self) -> bool:
        return self._open

    def __len__(self) -> int:
        """Messages not yet taken by the broker, those under way included."""
        return self._held

    def put(self, message: Outgoing) -> bool:
        """Accept a message, or refuse it because nobody sends or there is no room."""
        size = len(message.payload)
        room = self._most_bytes // 2 if size >= BULK else self._most_bytes
        with self._lock:
            if not self._open or self._held >= self._most or self._held_bytes + size > room:
                return False
            self._waiting.append(message)
            self._held += 1
            self._held_bytes += size
            if len(self._waiting) == 1:
                self._wake()
            return True

    def take(self) -> Outgoing | None:
        """The next message to send; it counts as held until `done`."""
        return self._waiting.popleft() if self._waiting else None

    @property
    def waiting(self) -> bool:
        """Whether something is to be taken."""
        return bool(self._waiting)

    def done(self, size: int) -> None:
        """A message of `size` payload bytes is the broker's now."""
        with self._lock:
            self._held -= 1
            self._held_bytes -= size
