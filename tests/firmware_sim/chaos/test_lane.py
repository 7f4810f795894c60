"""A lane keeps the order and does what its conditions say, on a clock of the test's own."""

import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.chaos.errors import BadWeather
from firmware_sim.chaos.lane import BURST, ConditionsLane
from firmware_sim.chaos.loss import MSS, goodput, mathis, under_loss
from firmware_sim.chaos.weather import Conditions, Weather

SECOND, MILLI = 1_000_000, 1_000

CONDITIONS = st.builds(
    Conditions,
    delay_ms=st.floats(0, 500),
    jitter_ms=st.floats(0, 500),
    rate=st.sampled_from([0.0, 1_000.0, 50_000.0]),
    stall_every_s=st.sampled_from([0.0, 2.0, 20.0]),
    stall_s=st.floats(0, 5),
    loss=st.sampled_from([0.0, 0.1, 0.3]),
)
TRAFFIC = st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(0, 1_460)), max_size=60)


@given(CONDITIONS, TRAFFIC, st.integers())
def test_order_is_kept_and_nothing_is_faster_than_the_conditions(
    conditions: Conditions, traffic: list[tuple[int, int]], seed: int
) -> None:
    lane, now, last, size = ConditionsLane(conditions, random.Random(seed), 0), 0, 0, 0
    for pause, entering in traffic:
        now, size = now + pause, size + entering
        came = lane.arrival(now, entering)
        assert came >= max(last, now + int(conditions.delay_ms * MILLI))
        if conditions.rate:
            assert came >= (size - BURST) / conditions.rate * SECOND - len(traffic)
        last = came


def through(conditions: Conditions, size: int, seed: int = 7) -> float:
    """Bytes a second of a long transfer."""
    lane, last = ConditionsLane(conditions, random.Random(seed), 0), 0
    for _ in range(size // MSS):
        last = lane.arrival(0, MSS)
    return size / (last / SECOND)


def test_throughput_is_what_was_asked_for() -> None:
    assert through(Conditions(rate=10_000), 1_000_000) == pytest.approx(10_000, rel=0.02)


def test_a_rested_lane_takes_a_burst_at_once_and_no_more() -> None:
    lane = ConditionsLane(Conditions(rate=1_000), random.Random(1), 0)
    assert [lane.arrival(60 * SECOND, MSS) for _ in range(4)] == [60 * SECOND] * 4
    assert lane.arrival(60 * SECOND, MSS) == 60 * SECOND + int(MSS / 1_000 * SECOND)


def test_stalls_take_their_share_of_the_time() -> None:
    lane = ConditionsLane(Conditions(stall_every_s=8, stall_s=2), random.Random(3), 0)
    waits = [lane.arrival(at * MILLI, 100) - at * MILLI for at in range(0, 4_000_000, 100)]
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(0.2, abs=0.03)


@settings(max_examples=20)
@given(st.floats(0.05, 0.35), st.floats(10, 300))
def test_loss_carries_what_its_formula_says(loss: float, delay_ms: float) -> None:
    conditions = under_loss(loss, delay_ms)
    measured = statistics.fmean(through(conditions, 3_000_000, seed) for seed in range(3))
    assert measured == pytest.approx(goodput(conditions), rel=0.3)


def test_thirty_percent_loss_and_150_ms() -> None:
    """Mathis alone says 10.9 kB/s; the time-outs leave 2.9 kB/s, so 1 MB takes about six minutes."""
    conditions = under_loss(0.3, 150)
    assert mathis(0.3, 300) == pytest.approx(10_880, rel=0.01)
    assert conditions.rate == pytest.approx(10_880, rel=0.01) and conditions.rto_ms == 500
    assert goodput(conditions) == pytest.approx(2_866, rel=0.01)
    assert 300 < 1_048_576 / through(conditions, 1_048_576) < 450


def test_of_two_throughputs_the_lower_one_counts() -> None:
    assert under_loss(0.3, 150, Conditions(rate=5_000, jitter_ms=9)).rate == 5_000
    assert under_loss(0.01, 10, Conditions(rate=1e9)).rate < 1e9
    assert under_loss(0, 150, Conditions(jitter_ms=9)) == Conditions(delay_ms=150, jitter_ms=9)
    assert under_loss(0.2, 0).rate == 0


@pytest.mark.parametrize(
    "wrong", [{"duplicate": 1.1}, {"cut_at_percent": (10, 101)}, {"cut_every_s": -1}, {"outage_s": float("nan")}]
)
def test_senseless_weather_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadWeather):
        Weather(**wrong)  # type: ignore[arg-type]
    with pytest.raises(BadWeather):
        Weather(up=Conditions(loss=0.95))
