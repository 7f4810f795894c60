"""A failing history is made short, and what is left fails too."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.village.happenings import Happening
from firmware_sim.village.shrink import MOST_TRIES, shortest

HUNDRED = tuple(Happening(number, "x") for number in range(100))


class Trial:
    """Fails when all the guilty are there; counts how often it was asked."""

    def __init__(self, guilty: Sequence[int]) -> None:
        self.guilty = {HUNDRED[number] for number in guilty}
        self.tries = 0

    def __call__(self, part: Sequence[Happening]) -> bool:
        self.tries += 1
        return self.guilty <= set(part)


@given(st.sets(st.integers(0, 99)), st.integers(0, 200))
def test_what_is_left_fails_in_the_order_it_had_and_no_more_is_tried_than_allowed(guilty: set[int], most: int) -> None:
    trial = Trial(sorted(guilty))
    kept = shortest(HUNDRED, trial, most)
    assert trial.guilty <= set(kept)
    assert list(kept) == sorted(kept, key=lambda one: one.at)
    assert trial.tries <= most


@given(st.integers(0, 99), st.integers(0, 99))
def test_two_among_a_hundred_are_found(one: int, other: int) -> None:
    trial = Trial((one, other))
    assert set(shortest(HUNDRED, trial)) == trial.guilty
    assert trial.tries <= MOST_TRIES


@given(st.sets(st.integers(0, 99), min_size=1, max_size=8))
def test_given_time_enough_none_of_what_is_left_can_be_left_out(guilty: set[int]) -> None:
    trial = Trial(sorted(guilty))
    assert set(shortest(HUNDRED, trial, 10_000)) == trial.guilty


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_left_out_of_nothing(count: int) -> None:
    trial = Trial(())
    assert shortest(HUNDRED[:count], trial) == HUNDRED[:count]
    assert trial.tries == 0
