"""The whole plan of a commune: whom it names, what it wins, and how long it takes."""

import time

import pytest

from devices.echo.plan import echo_plan
from tests.devices.echo.streets import grid, horn, street


def test_it_names_every_horn_and_every_neighbour() -> None:
    horns = street(5, 80, 90.0)
    plan = echo_plan(horns, {one.id: 0 for one in horns})
    assert set(plan.trims_us) == set(plan.turns) == {"0", "1", "2", "3", "4"}
    assert [(one.one, one.other, one.together) for one in plan.neighbours] == [
        (("0",), ("1",), False), (("1",), ("2",), False), (("2",), ("3",), False), (("3",), ("4",), False)
    ]  # fmt: skip
    assert plan.neighbours[0].travel_us == pytest.approx(80 / 347.662 * 1e6, rel=0.001)
    assert plan.planned.disturbance < plan.untrimmed.disturbance == plan.present.disturbance


def test_horns_on_one_pole_speak_in_one_turn() -> None:
    horns = [horn("a", 0, bearing=0), horn("b", 0, bearing=180), horn("c", 150), horn("far", 9_000)]
    plan = echo_plan(horns, {one.id: 0 for one in horns})
    assert plan.turns == {"a": "A", "b": "A", "c": "B", "far": None}
    assert [(one.one, one.other) for one in plan.neighbours] == [(("a", "b"), ("c",))]


def test_the_gap_lets_the_last_word_pass() -> None:
    assert echo_plan(street(1, 0), {"0": 0}).gap_us == 0
    lone = echo_plan(street(2, 200), {"0": 0, "1": 0})
    assert lone.gap_us == 1_800_000, "600 m at 347.7 m/s, to the next tenth of a second"
    trimmed = echo_plan(street(5, 80, 90.0), {str(place): 0 for place in range(5)})
    late = max(trimmed.trims_us.values()) - min(trimmed.trims_us.values())
    assert 1_725_000 + late <= trimmed.gap_us < 1_830_000 + late


def test_in_turns_fewer_places_hear_an_echo() -> None:
    horns = grid(5, 5, 200)
    plan = echo_plan(horns, {one.id: 0 for one in horns})
    assert plan.in_turns.disturbance < 0.7 * plan.planned.disturbance and plan.in_turns.echoing < plan.planned.echoing


def test_the_trims_that_stand_are_measured_too() -> None:
    horns = street(5, 80, 90.0)
    plan = echo_plan(horns, echo_plan(horns, {one.id: 0 for one in horns}).trims_us)
    assert plan.present == plan.planned != plan.untrimmed


def seconds_of_work(speakers: int) -> float:
    horns = [horn(place, place % 15 * 190.0, place // 15 * 170.0, bearing=90.0) for place in range(speakers)]
    begin = time.process_time()
    plan = echo_plan(horns, {one.id: 0 for one in horns})
    assert plan.planned.disturbance < plan.untrimmed.disturbance
    return time.process_time() - begin


def test_a_commune_of_200_takes_less_than_two_seconds() -> None:
    assert seconds_of_work(200) < 2


@pytest.mark.full
def test_a_district_of_2000_takes_less_than_twenty_seconds() -> None:
    assert seconds_of_work(2_000) < 20
