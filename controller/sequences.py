"""Numbers that speakers say of what they hold, and how far they are followed."""

LAST = 4_102_444_800_000_000
"""The year 2100, us UTC: ours are microseconds of a clock, and no clock of ours goes further."""


def credible(said: int) -> int:
    """The number to go beyond; 0 for one that was never ours. What a thief of keys made a speaker believe is not
    followed to the end of all numbers: the speaker forgets it when the key is revoked."""
    return said if said <= LAST else 0
