"""The real world: wall clock, ids, chance and waiting. Everything else is handed these."""

import ctypes
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from functools import lru_cache

POLL_SECONDS = 0.02
_CLOCK_ASKED_EVERY_S = 60
_TIMEX_BYTES, _UNSYNCHRONISED, _REFUSED = 512, 5, -1
"""Of adjtimex(2): more than its record takes, TIME_ERROR, and its failure."""


def now() -> int:
    """Wall clock, us UTC."""
    return time.time_ns() // 1_000


def clock_source() -> str:
    """What the wall clock follows, as the kernel says: `ntp-synchronised`, or `system`. Asked once a minute."""
    return _clock_source(int(time.monotonic() // _CLOCK_ASKED_EVERY_S))


@lru_cache(maxsize=1)
def _clock_source(_minute: int) -> str:
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):  # no Linux
        return "system"
    return "system" if state in {_UNSYNCHRONISED, _REFUSED} else "ntp-synchronised"


def monotonic() -> float:
    """Seconds of a clock that never goes back."""
    return time.monotonic()


def new_id() -> str:
    """A fresh lower-case UUID."""
    return str(uuid.uuid4())


def entropy(count: int) -> bytes:
    """Secret random bytes."""
    return secrets.token_bytes(count)


def jitter() -> float:
    """A number from 0 to 1, so that not all knock at once."""
    return secrets.randbelow(1 << 30) / (1 << 30)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    """Wait until `ready` says so; False when the time is over."""
    deadline = monotonic() + seconds
    while not ready():
        if monotonic() >= deadline:
            return False
        sleep(POLL_SECONDS)
    return True


def start_thread(name: str, run: Callable[[], None]) -> threading.Thread:
    """A daemon thread under a name that shows in every dump."""
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
