"""What befalls a fleet: in order, as often as said, village by village, and the same for one seed."""

from itertools import islice, pairwise, takewhile
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.units import HOUR, SECOND
from firmware_sim.strokes import (
    CUT_EVERY,
    FAULTS,
    FLOOD_EVERY,
    FLOOD_FOR,
    POWER_EVERY,
    STORM_EVERY,
    STORM_FOR,
    Fault,
    Stroke,
    strokes,
)

VILLAGES = [[0, 3, 6], [1, 4, 7], [2, 5, 8, 9]]


def first(hours: float, *faults: Fault, seed: int = 1) -> list[Stroke]:
    falling = strokes(faults, VILLAGES, Random(seed))
    return list(takewhile(lambda stroke: stroke.at < hours * HOUR, falling))


@given(faults=st.lists(st.sampled_from(FAULTS), unique=True), seed=st.integers(0, 1_000))
def test_strokes_fall_in_order_on_places_that_are_there_and_end(faults: list[Fault], seed: int) -> None:
    found = list(islice(strokes(faults, VILLAGES, Random(seed)), 50))
    assert [stroke.at for stroke in found] == sorted(stroke.at for stroke in found)
    assert len(found) == (50 if faults else 0)
    for stroke in found:
        assert stroke.until > stroke.at >= 0 and stroke.places and set(stroke.places) <= set(range(10))
    assert found == list(islice(strokes(faults, VILLAGES, Random(seed)), 50))


@pytest.mark.parametrize(("fault", "every", "kind"), [("cuts", CUT_EVERY, "cut"), ("power", POWER_EVERY, "power")])
def test_each_speaker_is_hit_as_often_as_said(fault: Fault, every: int, kind: str) -> None:
    found = first(100, fault)
    assert len(found) == pytest.approx(10 * 100 * HOUR / every, rel=0.15)
    assert {stroke.kind for stroke in found} == {kind}
    hits = [sum(place in stroke.places for stroke in found) for place in range(10)]
    assert min(hits) > 0.6 * len(found) / 10


def test_a_storm_takes_a_third_at_once_and_not_always_the_same() -> None:
    found = first(2, "storm")
    assert [later.at - earlier.at for earlier, later in pairwise(found)] == [STORM_EVERY] * 3
    assert all(len(stroke.places) == 4 and stroke.until - stroke.at == STORM_FOR for stroke in found)
    assert len({stroke.places for stroke in found}) > 1


def test_a_flood_goes_from_village_to_village() -> None:
    found = first(1, "flood")
    assert [stroke.places for stroke in found] == [tuple(village) for village in VILLAGES] * 2
    assert all(stroke.kind == "power" and stroke.until - stroke.at == FLOOD_FOR for stroke in found)
    assert found[3].at - found[0].at == FLOOD_EVERY and found[1].at - found[0].at == 20 * SECOND


def test_a_fleet_of_nobody_is_left_alone() -> None:
    assert list(strokes(FAULTS, [], Random(1))) == []
