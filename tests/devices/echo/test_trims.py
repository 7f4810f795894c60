"""The trims of streets that can be worked out by hand, and of layouts that nobody has thought of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.echo.figures import FUSED, disturbances, measure
from devices.echo.geometry import Horn, speed_of_sound
from devices.echo.hearing import Micros, listen
from devices.echo.trims import FARTHEST, WORTH, best_trims
from tests.devices.echo.streets import grid, laid, street

EASTWARD = 90.0


def trims_of(horns: list[Horn]) -> Micros:
    return best_trims(listen(horns, 27), len(horns))


def travel(metres: float) -> float:
    return metres / speed_of_sound(27) * 1e6


@pytest.mark.parametrize("step", [60, 80, 100])
def test_in_a_street_that_faces_one_way_the_delays_follow_the_sound(step: float) -> None:
    """On the road a horn is together with the one behind it if it waits step / c; off the road a little less."""
    trims = trims_of(street(5, step, EASTWARD))
    waits = np.diff(trims)[1:]  # nobody is behind the first
    assert (waits <= travel(step)).all() and (waits >= travel(step) - FUSED - 5_000).all()


def test_along_that_street_no_two_horns_disturb_each_other_any_more() -> None:
    horns = street(5, 80, EASTWARD)
    heard, trims = listen(horns, 27), trims_of(horns)
    before, after = measure(heard, np.zeros_like(trims)), measure(heard, trims)
    assert after.disturbance < before.disturbance / 4 and after.echoing < before.echoing
    road = [row for row in range(len(heard.horn)) if row % 23 >= 16]  # 16 homes, then 7 places on the way
    assert disturbances(heard, trims * 0)[road].mean() > 0.1
    assert disturbances(heard, trims)[road].mean() < 0.02


def test_a_street_that_faces_the_other_way_is_its_mirror() -> None:
    waits = np.diff(trims_of(street(5, 80, -EASTWARD)))[:-1]
    assert (waits < -travel(80) + FUSED + 5_000).all()


def test_a_street_too_long_for_the_bound_begins_anew() -> None:
    trims = trims_of(street(20, 80, EASTWARD))
    waits = np.diff(trims)
    assert np.abs(trims).max() <= FARTHEST and (waits > travel(80) - 2 * FUSED).sum() >= 14
    assert 1 <= (waits < 0).sum() <= 4


@pytest.mark.parametrize(
    "horns", [street(1, 0), street(2, 200), street(5, 80), grid(5, 5, 200), laid([(0, 0), (200, 0), (100, 173)])]
)
def test_what_is_symmetric_has_no_trim(horns: list[Horn]) -> None:
    assert not trims_of(horns).any()


def test_horns_out_of_earshot_do_not_mind_each_other() -> None:
    west, east = street(5, 80, EASTWARD), laid([(5_000 + 80.0 * place, 0.0) for place in range(5)], -EASTWARD)
    both = trims_of([*west, *east])
    assert list(both) == [*trims_of(west), *trims_of(east)]


def test_nobody_speaks_earlier_than_ordered_where_the_bound_allows() -> None:
    assert trims_of(street(2, 100, EASTWARD)).min() == 0
    trims = trims_of(street(5, 80, EASTWARD))
    assert trims.max() == FARTHEST and trims.min() > -FARTHEST


metres = st.floats(-700, 700)
bearings = st.none() | st.floats(0, 359.9)
layouts = st.lists(st.tuples(metres, metres, bearings), min_size=1, max_size=12)


@given(layouts)
@settings(max_examples=60, deadline=None)
def test_trims_never_make_it_worse(layout: list[tuple[float, float, float | None]]) -> None:
    horns = [laid([(east, north)], bearing)[0] for east, north, bearing in layout]
    heard = listen(horns, 27)
    trims, none = best_trims(heard, len(horns)), np.zeros(len(horns), dtype=np.int64)
    before, after = measure(heard, none), measure(heard, trims)
    assert after.echoing <= before.echoing and after.disturbance <= before.disturbance
    assert np.abs(trims).max() <= FARTHEST and not (trims % 1_000).any()
    if trims.any():
        assert disturbances(heard, trims).sum() < disturbances(heard, none).sum()
    assert (best_trims(heard, len(horns)) == trims).all()


def test_a_gain_too_small_to_be_believed_is_left() -> None:
    horns = laid([(0, 0), (170, 0), (60, 150), (310, 90)])
    heard, trims = listen(horns, 27), trims_of(laid([(0, 0), (170, 0), (60, 150), (310, 90)]))
    gained = 1 - disturbances(heard, trims).sum() / disturbances(heard, trims * 0).sum()
    assert not trims.any() or gained >= WORTH
