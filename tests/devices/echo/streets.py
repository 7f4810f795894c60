"""Horns laid out by metres east and north of a village in the Mekong delta."""

from collections.abc import Sequence
from math import cos, radians

from devices.echo.geometry import Horn

LATITUDE, LONGITUDE = 10.383, 106.694
DEGREE = 110_605.0
"""Metres of a degree of latitude there (WGS 84)."""
DEGREE_EAST = 111_320.0 * cos(radians(LATITUDE)) * 1.0001
"""Of a degree of longitude."""


def horn(name: object, east: float, north: float = 0.0, bearing: float | None = None) -> Horn:
    return Horn(str(name), LATITUDE + north / DEGREE, LONGITUDE + east / DEGREE_EAST, bearing)


def laid(metres: Sequence[tuple[float, float]], bearing: float | None = None) -> list[Horn]:
    """A horn at each (east, north), all with the same bearing."""
    return [horn(place, east, north, bearing) for place, (east, north) in enumerate(metres)]


def street(count: int, step: float, bearing: float | None = None) -> list[Horn]:
    """Horns in a row from west to east."""
    return laid([(place * step, 0.0) for place in range(count)], bearing)


def grid(rows: int, columns: int, step: float) -> list[Horn]:
    return laid([(row * step, column * step) for row in range(rows) for column in range(columns)])
