"""Circles on the earth, and which of them a place lies in. Degrees of WGS 84, metres."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import asin, cos, degrees, floor, radians, sin, sqrt

Point = tuple[float, float]
"""Latitude and longitude."""

EARTH_M = 6_371_009
"""Mean radius of the earth."""
SQUARES = 50
"""Squares to a degree, in which circles are looked up: about 2 km wide."""
MOST_SQUARES = 10_000
"""A circle that touches more (one near a pole) is compared with every place instead."""
MARGIN = 1e-6
"""What rounding may cost at a rim, degrees."""


@dataclass(frozen=True)
class Circle:
    zone: str
    center: Point
    radius_m: int

    def holds(self, point: Point) -> bool:
        """Whether the point lies in it, or on its rim."""
        return metres(self.center, point) <= self.radius_m


class Circles:
    """Some circles, each filed under every square that it touches, so that a place is compared with few."""

    def __init__(self, circles: Iterable[Circle]) -> None:
        self._in: dict[tuple[int, int], list[Circle]] = defaultdict(list)
        self._wide: list[Circle] = []
        for circle in circles:
            rows, columns = _squares(circle)
            if len(rows) * len(columns) > MOST_SQUARES:
                self._wide.append(circle)
                continue
            for square in product(rows, columns):
                self._in[square].append(circle)

    def around(self, point: Point) -> list[str]:
        """The zones whose circles hold the point."""
        square = floor(point[0] * SQUARES), _column(floor(point[1] * SQUARES))
        return [circle.zone for circle in (*self._in.get(square, ()), *self._wide) if circle.holds(point)]


def metres(one: Point, other: Point) -> float:
    """The distance of two places over the ground (haversine)."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(h)))


def _squares(circle: Circle) -> tuple[range, set[int]]:
    """Rows and columns of the squares that it touches."""
    latitude, longitude = circle.center
    reach = circle.radius_m / EARTH_M
    rows = _steps(latitude, degrees(reach))
    columns = {_column(step) for step in _steps(longitude, _sideways(latitude, reach))}
    return rows, columns


def _sideways(latitude: float, reach: float) -> float:
    """How far east a circle reaches, degrees; all round where a pole lies in it."""
    if abs(latitude) + degrees(reach) >= 90 - MARGIN:
        return 180
    return degrees(asin(sin(reach) / cos(radians(latitude))))


def _steps(middle: float, reach: float) -> range:
    first, last = middle - reach - MARGIN, middle + reach + MARGIN
    return range(floor(first * SQUARES), floor(last * SQUARES) + 1)


def _column(step: int) -> int:
    """Columns go round: 180 degrees east is 180 degrees west."""
    return step % (360 * SQUARES)
