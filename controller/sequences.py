"""Numbers that speakers say of what they hold, and how far they are followed."""

from devices.protocol.units import DAY

LEAD = 366 * DAY
"""Ours are microseconds of the clock: one so far ahead, us, was never given by any clock of ours."""


def credible(said: int, now: int) -> int:
    """The number to go beyond: what a thief of keys made a speaker believe is not followed to the end of all numbers,
    for the speaker forgets it when the key is revoked."""
    return said if said <= now + LEAD else 0
