"""The real world: wall clock, ids, chance and waiting. Everything else is handed these."""

import secrets
import threading
import time
import uuid
from collections.abc import Callable

POLL_SECONDS = 0.02


def now() -> int:
    """Wall clock, us UTC."""
    return time.time_ns() // 1_000


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
