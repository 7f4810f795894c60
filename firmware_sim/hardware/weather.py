"""Sun, warmth and noise at a place by the hour. Pure."""

from math import cos, pi, sin

from devices.protocol.units import DAY

LOCAL = 7 * DAY // 24
"""Vietnamese time is UTC+7."""
MEAN, SWING, WARMEST = 27.5, 4.5, 14
"""Degrees Celsius through the year and up and down from it, and the warmest hour: the Mekong delta, 10.35 N."""
CLEAR = 0.6
"""What clouds leave of the sun: 12 h of sine times this make 4.6 h of full sun a day (Global Solar Atlas)."""


def hour(now: int) -> float:
    """Local hour of the day, 0 to 24, of `now` (us UTC)."""
    return (now + LOCAL) % DAY * 24 / DAY


def sun(now: int) -> float:
    """Height of the sun as a share of noon, clear sky: up from six to six in the tropics."""
    return max(0.0, sin(pi * (hour(now) - 6) / 12))


def shade(now: int) -> float:
    """Degrees Celsius in the shade."""
    return MEAN + SWING * cos(2 * pi * (hour(now) - WARMEST) / 24)


def murmur(now: int) -> float:
    """Noise of a village at the microphone, dBFS: quiet at four in the morning, busy at four in the afternoon."""
    return -53.0 - 5.0 * cos(2 * pi * (hour(now) - 4) / 24)
