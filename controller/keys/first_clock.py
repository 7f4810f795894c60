"""Keys and certificates are not made by a clock that cannot be right: they would hold in another century."""

from controller.keys.errors import ClockBehind

RELEASED = 1_735_689_600_000_000
"""2025-01-01, us UTC: no Loa was there before. It is raised with the version in pyproject.toml."""


def refuse_clock(now: int) -> None:
    """A machine without a clock chip begins in 1970 or 2000, until somebody tells it the time. ClockBehind."""
    if now < RELEASED:
        raise ClockBehind(now=now)
