"""The real world of a speaker: monotonic clock, the machine's time, chance, files. The only file that asks for them."""

import random
import resource
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


Dice = random.Random
"""Chance that repeats itself from a seed, with choices and shuffles: for whoever plays fate."""


def dice(seed: int | str) -> Dice:
    """The same throws for the same seed, on every machine; for simulations only."""
    return Dice(seed)


def allow_files(count: int) -> None:
    """Let this process open so many files and sockets, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
