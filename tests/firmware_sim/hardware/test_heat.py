"""How warm it gets."""

import pytest

from devices.protocol.units import DAY
from firmware_sim.hardware import heat, weather

HOUR = DAY // 24
MIDNIGHT = 1_800_000_000_000_000 // DAY * DAY - 7 * HOUR
"""Local."""


@pytest.mark.parametrize(
    ("hour", "sun", "shade"), [(0, 0, 23.6), (6, 0, 25.25), (12, 1, 31.4), (14, 0.866, 32), (20, 0, 27.5)]
)
def test_sun_and_shade_by_the_hour(hour: int, sun: float, shade: float) -> None:
    at = MIDNIGHT + hour * HOUR
    assert weather.sun(at) == pytest.approx(sun, abs=0.01) and weather.shade(at) == pytest.approx(shade, abs=0.05)


def test_a_village_is_quiet_at_four_in_the_morning() -> None:
    assert weather.murmur(MIDNIGHT + 4 * HOUR) == -58 and weather.murmur(MIDNIGHT + 16 * HOUR) == -48


def test_it_nears_what_it_is_bound_for() -> None:
    assert heat.after(30, 50, 0) == 30
    assert heat.after(30, 50, heat.INERTIA) == pytest.approx(30 + 20 * 0.632, abs=0.01)
    assert heat.after(30, 50, 100) == pytest.approx(50)
    halves = heat.after(heat.after(30, 50, 0.2), 50, 0.3)
    assert halves == pytest.approx(heat.after(30, 50, 0.5)), "long steps and short ones end at the same place"


def test_a_blocked_vent_multiplies_its_own_heat() -> None:
    assert heat.bound_for(30, 1, 4, False) == pytest.approx(45.2)
    assert heat.bound_for(30, 1, 4, True) == pytest.approx(67.6)
