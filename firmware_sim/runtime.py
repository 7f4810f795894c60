"""The real world of a speaker: its monotonic clock, the machine's time, chance. The only file that asks for them."""

import random
import time

from firmware_sim.ports import Chance


def monotonic() -> int:
    """us since some moment in the past; never goes back."""
    return time.monotonic_ns() // 1_000


def utc() -> int:
    """The machine's own idea of the time, us UTC: what a simulation calls the true time."""
    return time.time_ns() // 1_000


def chance(seed: int | None = None) -> Chance:
    """Chance from the system's entropy, or repeatable from a seed (simulations only)."""
    return random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - repeatable on purpose
