"""The real-time clock of the box: what it shows, with a battery or without, wrong or right.

Nobody in the core believes it: a speaker sounds by signed time alone. It is here because boxes have one, and
because a core that took it at its word would play yesterday's bulletin.
"""

from dataclasses import dataclass, replace

DRIFT_PPM = 20.0
"""What a cheap clock chip is off by: 20 ppm at 25 degrees, some 2 s a day (DS1307 with a plain crystal)."""


@dataclass(frozen=True, slots=True)
class ClockChip:
    """Instants are us UTC; `now` is always the true time."""

    battery: bool
    """Whether it runs on while the box has no power; without, it begins at 1970 each time."""
    since: int
    """When it was last right, or (without a battery) got power."""
    ppm: float = DRIFT_PPM
    shown: int = 0
    """What it showed at `since`."""

    def utc(self, now: int) -> int:
        """What it shows."""
        passed = now - self.since
        return self.shown + passed + round(passed * self.ppm / 1_000_000)


def set_right(battery: bool, now: int, ppm: float = DRIFT_PPM) -> ClockChip:
    """A chip that was just set."""
    return ClockChip(battery, now, ppm, now)


def power_came(chip: ClockChip, now: int) -> ClockChip:
    """The box has power again: without a battery it is 1970."""
    return chip if chip.battery else replace(chip, since=now, shown=0)


def jumped(chip: ClockChip, by: int, now: int) -> ClockChip:
    """It shows `by` us more (or less) from now on: a flipped bit, a hand, a dying battery."""
    return replace(chip, since=now, shown=max(0, chip.utc(now) + by))
