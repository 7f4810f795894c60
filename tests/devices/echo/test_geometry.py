"""Where horns stand, held against distances that others have computed."""

import numpy as np
import pytest

from devices.echo.geometry import Horn, apart, mouths, speed_of_sound, stands, toward


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    points = stands([Horn("1", *one), Horn("2", *other)])
    return float(apart(points[0], points[1]))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0.0, 106.0), (0.0, 106.001), 111.3195),  # a thousandth of 2 pi 6,378,137 m / 360
        ((0.0, 106.0), (0.001, 106.0), 110.5743),  # meridian: (1 - e2) 6,378,137 m in radians
        ((60.0, 25.0), (60.0, 25.001), 55.8000),  # 6,378,137 cos 60 / sqrt(1 - e2 sin2 60)
        ((10.0, 179.9995), (10.0, -179.9995), 109.6393),  # across the date line
        ((10.383, 106.694), (10.383, 106.694), 0.0),
    ],
)
def test_known_distances(one: tuple[float, float], other: tuple[float, float], expected: float) -> None:
    assert metres(one, other) == pytest.approx(expected, abs=0.001)


def test_a_bearing_leads_along_the_ground() -> None:
    horn = Horn("1", 10.383, 106.694)
    here = stands([horn])[0]
    north, east = (toward([horn], np.array([bearing]))[0] for bearing in (0.0, 90.0))
    assert np.linalg.norm(north) == pytest.approx(1) and north @ east == pytest.approx(0)
    further = stands([Horn("n", 10.384, 106.694), Horn("e", 10.383, 106.695)]) - here
    assert further[0] @ north == pytest.approx(np.linalg.norm(further[0]), rel=1e-6)
    assert further[1] @ east == pytest.approx(np.linalg.norm(further[1]), rel=1e-6)


def test_north_is_a_bearing_and_nothing_is_none() -> None:
    assert mouths([Horn("1", 10.0, 106.0, 0.0)]).any() and not mouths([Horn("1", 10.0, 106.0)]).any()


def test_sound_is_faster_where_it_is_warm() -> None:
    assert speed_of_sound(0) == 331.3 and speed_of_sound(27) == pytest.approx(347.66, abs=0.01)
