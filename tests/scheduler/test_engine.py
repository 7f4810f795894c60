"""The door to APScheduler wakes; late or early, the table decides."""

import threading
import time

from scheduler.engine import Engine


def test_it_rings_at_the_instant_and_lets_go_what_is_no_longer_named() -> None:
    rung = threading.Semaphore(0)
    engine = Engine(rung.release)
    engine.start()
    try:
        now = time.time_ns() // 1_000
        engine.arm({"soon": now + 200_000, "never": now + 400_000})
        engine.arm({"soon": now + 200_000})
        assert rung.acquire(timeout=3)
        assert time.time_ns() // 1_000 >= now + 200_000
        assert not rung.acquire(timeout=0.6)
    finally:
        engine.stop()


def test_an_instant_that_has_passed_still_rings() -> None:
    rung = threading.Semaphore(0)
    engine = Engine(rung.release)
    engine.arm({"missed": time.time_ns() // 1_000 - 3_600_000_000})
    engine.start()
    try:
        assert rung.acquire(timeout=3)
    finally:
        engine.stop()
