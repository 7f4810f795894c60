"""How warm it is in the box: the air, the sun on the tin, and its own losses. Pure."""

from math import exp

SUN_GAIN = 12.0
"""Degrees that full sun adds inside a closed, light-painted tin box."""
KELVIN_PER_WATT = 0.8
"""Degrees for each watt lost inside: a box of 40 x 30 x 20 cm cools by about 1.25 W/K."""
BLOCKED = 8.0
"""How many times as warm its own losses make it with the vent blocked or the fan dead."""
INERTIA = 0.5
"""Hours in which it gets 63 % of the way to where it is going."""


def bound_for(shade: float, sun: float, watts: float, blocked: bool) -> float:
    """Degrees Celsius that the box would reach in time."""
    return shade + SUN_GAIN * sun + watts * KELVIN_PER_WATT * (BLOCKED if blocked else 1.0)


def after(degrees: float, bound: float, hours: float) -> float:
    """Degrees Celsius some time later."""
    return bound + (degrees - bound) * exp(-hours / INERTIA)
