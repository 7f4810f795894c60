"""What is heard where: level by distance and bearing, and who still counts."""

import numpy as np
import pytest

from devices.echo.geometry import Horn
from devices.echo.hearing import Hearing, listen
from devices.echo.places import places
from tests.devices.echo.streets import horn, street

EIGHTS = {1: 0.125, 4: 0.5, 7: 0.875}


def midway(horns: list[Horn], eighth: int, celsius: float = 27.0) -> tuple[set[int], dict[int, int], dict[int, float]]:
    """Who counts on the way from the first of two horns to the second, travel (us) and share of the power."""
    heard = listen(horns, celsius)
    row = 16 + eighth - 1
    there = {int(one): place for place, one in enumerate(heard.horn[row]) if heard.counts[row, place]}
    travel = {one: int(heard.travel[row, place]) for one, place in there.items()}
    return set(there), travel, {one: float(heard.share[row, place]) for one, place in there.items()}


def test_halfway_both_are_equally_loud_and_equally_late() -> None:
    who, travel, share = midway(street(2, 200), 4)
    assert who == {0, 1} and share[0] == pytest.approx(0.5, abs=0.001)
    assert travel[0] == pytest.approx(100 / 347.662 * 1e6, abs=100) and abs(travel[0] - travel[1]) < 100


def test_level_falls_with_the_square_of_the_distance() -> None:
    _, _, share = midway(street(2, 200), 3)
    assert share[0] / share[1] == pytest.approx((5 / 3) ** 2, rel=0.001)


def test_what_is_ten_decibels_softer_does_not_count() -> None:
    assert midway(street(2, 200), 2)[0] == {0, 1}  # three times as far: 9.5 dB
    assert midway(street(2, 200), 1)[0] == {0}


def test_behind_a_horn_it_is_twenty_decibels_softer() -> None:
    both_east = [horn("1", 0, bearing=90.0), horn("2", 200, bearing=90.0)]
    assert midway(both_east, 4)[0] == {0}
    assert midway([horn("1", 0, bearing=90.0), horn("2", 200, bearing=270.0)], 4)[0] == {0, 1}


def test_sound_comes_earlier_where_it_is_warm() -> None:
    assert midway(street(2, 200), 4, celsius=40)[1][0] < midway(street(2, 200), 4, celsius=10)[1][0]


def test_who_is_out_of_earshot_is_not_heard() -> None:
    heard = listen(street(2, 1_100), 27)
    assert not (heard.counts.sum(axis=1) > 1).any()


def test_a_place_knows_its_loudest_horn_first_and_all_of_the_power() -> None:
    heard: Hearing = listen(street(30, 20), 27)
    assert heard.counts[:, 0].all() and heard.share.sum(axis=1) == pytest.approx(1)
    assert (np.diff(heard.share, axis=1) <= 1e-12).all()


def test_homes_lie_around_every_pole_and_each_way_is_walked_once() -> None:
    assert [len(place) for place in places(street(3, 100), 600)] == [16 + 7, 16 + 7, 16]
