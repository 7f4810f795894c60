"""What sounds keeps to the clock: its rate is corrected, by no more than anybody could hear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.units import HOUR, MILLI, MINUTE, SECOND
from firmware_sim.opus import RATE
from firmware_sim.player import CATCH_UP, MOST_STEER, rate_for
from firmware_sim.sinks import Run
from tests.firmware_sim.street import Street

LENGTH = 45
rates = st.integers(-MOST_STEER, MOST_STEER)


class Silence:
    length = 3_600 * RATE

    def read(self, first: int, last: int) -> np.ndarray:
        return np.zeros(last - first, np.int16)


def run(at: int = 0, rate: int = 0) -> Run:
    return Run("news", Silence(), at, 0, Silence.length, 1.0, rate)  # type: ignore[arg-type]


def test_the_rate_follows_the_drift_and_makes_up_for_a_lag_within_bounds() -> None:
    assert rate_for(drift=40_000, lag=0) == 40_000
    assert rate_for(drift=0, lag=2 * MILLI) == 2 * MILLI * 10**9 // CATCH_UP == 200_000
    assert rate_for(drift=0, lag=100 * MILLI) == MOST_STEER == -rate_for(drift=0, lag=-100 * MILLI)
    assert rate_for(drift=40_000, lag=5 * MINUTE) == 40_000


@given(st.lists(st.tuples(st.integers(1, 60 * SECOND), rates), max_size=30), rates)
def test_a_run_whose_rate_changes_loses_no_sample_and_runs_no_faster_than_told(
    steps: list[tuple[int, int]], rate: int
) -> None:
    stretch, mono, exact = run(rate=rate), 0, 0.0
    for wait, changed in steps:
        exact += wait * (1 + stretch.rate / 1e9) * RATE / SECOND
        mono += wait
        before = stretch.due(mono)
        stretch.steer(mono, changed)
        assert before <= stretch.due(mono) <= before + 1
        assert stretch.due(mono) == pytest.approx(exact, abs=1.1 + len(steps) * RATE / SECOND)
    assert stretch.due(stretch.end) == Silence.length > stretch.due(stretch.end - 100)


@given(st.integers(0, HOUR), rates, st.integers(0, Silence.length))
def test_the_instant_of_a_sample_is_the_first_at_which_it_has_sounded(at: int, rate: int, samples: int) -> None:
    stretch = run(at, rate)
    assert stretch.due(stretch.left_at(samples)) >= samples
    assert samples == 0 or stretch.due(stretch.left_at(samples) - 3) < samples


def ended(ppb: int, shift: int = 0) -> tuple[int, int, int]:
    """us by which a sound began and ended too late, by the true time, and by which the clock is slow then."""
    street = Street(ppb=ppb).joined()
    street.run(10 * MINUTE / SECOND)
    start = street.now + 20 * SECOND
    order = street.hq.play("news", street.tone(LENGTH), LENGTH * 1_000, start_at=start, expires_at=start + 2 * MINUTE)
    street.say(order).run(25)
    street.hq.shift = shift
    street.disconnect()
    street.connect().run(28)
    slow = street.now - street.speaker.clock.utc(street.mono)
    street.run(60)
    (begun,), (over,) = street.started(), street.ended()
    assert over["why"] == "finished" and over["heard_ms"] == pytest.approx(LENGTH * 1_000, abs=1)
    return begun["true"] - start, over["true"] - start - LENGTH * SECOND, slow


@pytest.mark.parametrize("ppb", [-200_000, -50_000, 0, 50_000, 200_000])
def test_a_wrong_crystal_ends_a_bulletin_where_it_should(ppb: int) -> None:
    begun, over, _ = ended(ppb)
    assert abs(begun) < 300 and abs(over) < 300


@pytest.mark.parametrize("shift", [-15 * MILLI, 15 * MILLI])
def test_a_clock_that_is_corrected_while_it_sounds_is_followed(shift: int) -> None:
    _, over, slow = ended(30_000, shift)
    assert abs(slow) > 7 * MILLI and over == pytest.approx(slow, abs=2 * MILLI)


def test_a_clock_that_is_set_by_minutes_is_not_chased() -> None:
    _, over, _ = ended(30_000, 3 * SECOND)
    assert abs(over) < 2 * MILLI


def test_repeats_keep_to_their_places() -> None:
    street = Street(ppb=50_000).joined()
    street.run(10 * MINUTE / SECOND)
    start = street.now + 20 * SECOND
    street.say(
        street.hq.play("news", street.tone(8), 8_000, start_at=start, repeats=4, gap=0, expires_at=start + MINUTE)
    ).run(70)
    begun = [line["true"] - start for line in street.started()]
    assert begun == pytest.approx([0, 8 * SECOND, 16 * SECOND, 24 * SECOND], abs=400)
