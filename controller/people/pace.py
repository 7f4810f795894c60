"""How fast a key may ask, and when it last did: held in memory, so that no question waits for a table."""

import threading
from dataclasses import dataclass, field

from controller.errors.people import TooManyRequests
from devices.protocol.units import MINUTE, SECOND


@dataclass
class Bucket:
    """Requests that a key has left; it fills evenly, up to those of a minute."""

    left: float
    at: int


@dataclass
class Pace:
    """Thread-safe. Instants are us UTC; a clock that jumps back gives nobody more."""

    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _noted: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, holder: str, per_minute: int, now: int) -> None:
        """One request more. TooManyRequests with the seconds after which there is one again."""
        with self._lock:
            bucket = self._buckets.setdefault(holder, Bucket(per_minute, now))
            gained = max(0, now - bucket.at) * per_minute / MINUTE
            bucket.left, bucket.at = min(per_minute, bucket.left + gained), max(now, bucket.at)
            if bucket.left < 1:
                missing = (1 - bucket.left) * MINUTE / per_minute
                raise TooManyRequests(retry_after_s=int(missing // SECOND) + 1, per_minute=per_minute)
            bucket.left -= 1

    def worth_noting(self, holder: str, now: int) -> bool:
        """Whether its use has not been written down in the last minute."""
        with self._lock:
            if now - self._noted.get(holder, -MINUTE) < MINUTE:
                return False
            self._noted[holder] = now
            return True
