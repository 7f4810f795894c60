"""Who is a neighbour of whom: streets, squares, shared poles."""

import pytest

from devices.echo.geometry import Horn, stands
from devices.echo.neighbours import Pair, neighbouring, poles
from tests.devices.echo.streets import grid, horn, laid, street


def pairs(horns: list[Horn]) -> list[Pair]:
    return neighbouring(stands([horns[together[0]] for together in poles(horns)]))


def names(horns: list[Horn]) -> set[tuple[int, int]]:
    return {(pair.a, pair.b) for pair in pairs(horns)}


def test_in_a_street_each_horn_has_the_one_before_and_the_one_behind() -> None:
    found = pairs(street(5, 80))
    assert [(pair.a, pair.b) for pair in found] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert [pair.metres for pair in found] == pytest.approx([80] * 4, rel=0.001)


def test_earshot_ends_at_600_metres() -> None:
    assert names(street(2, 599)) == {(0, 1)} and names(street(2, 601)) == set()


def test_in_a_square_nobody_is_a_neighbour_over_the_corner() -> None:
    assert names(grid(2, 2, 150)) == {(0, 1), (0, 2), (1, 3), (2, 3)}
    assert len(names(grid(4, 5, 150))) == 4 * 4 + 3 * 5


def test_a_horn_beside_the_way_does_not_part_two_others() -> None:
    assert (0, 1) not in names(laid([(0, 0), (200, 0), (100, 20)]))
    assert (0, 1) in names(laid([(0, 0), (200, 0), (100, 120)]))


def test_horns_on_one_pole_are_no_neighbours() -> None:
    horns = [horn("a", 0, bearing=0), horn("b", 0, bearing=180), horn("c", 100)]
    assert poles(horns) == [[0, 1], [2]] and names(horns) == {(0, 1)}


def test_a_crowd_still_hangs_together_with_a_single_one() -> None:
    crowd = [(place % 10 * 3.0, place // 10 * 3.0) for place in range(100)]
    assert any(100 in pair for pair in names(laid([*crowd, (500.0, 0.0)])))
