"""Four stamps: an offset errs by half the round trip at most; the line through many finds the drift and is close."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.timesync import (
    DRIFT_PPM,
    FEWEST,
    LEAST_SCATTER,
    MOST,
    Exchanges,
    Fit,
    Sample,
    burst_interval,
    fit,
)  # fmt: skip
from devices.protocol.units import DAY, HOUR, MILLI, MINUTE, SECOND
from tests.devices.protocol.samples import NOW

delays = st.integers(0, 5 * SECOND)
instants = st.integers(0, 10**12)


def exchange(monotonic, offset, up, held, down):
    """The stamps of one exchange on a line with these delays, us."""
    t2 = monotonic + up + offset
    return Sample(monotonic, t2, t2 + held, monotonic + up + held + down)


def offset_at(monotonic, ppm):
    return NOW + monotonic * ppm // 1_000_000


def spoken(ppm, bursts, seed=1, interval=MINUTE, probes=4):
    """What a clock that is `ppm` slow learns, burst by burst, on a line with chance in its delays."""
    chance, exchanges = random.Random(seed), Exchanges()
    for burst in range(bursts):
        for number in range(probes):
            at = burst * interval + number * 200_000
            up, down = (int(base + chance.expovariate(1 / more)) for base, more in ((20e3, 12e3), (20e3, 8e3)))
            exchanges.add(exchange(at, offset_at(at, ppm), up, 300, down))
    return exchanges


@given(instants, st.integers(-(10**15), 10**15), delays, delays, delays)
def test_the_offset_errs_by_half_the_round_trip_at_most(monotonic, offset, up, held, down):
    sample = exchange(monotonic, offset, up, held, down)
    assert sample.round_trip == up + down
    assert abs(sample.offset - offset) <= sample.round_trip // 2 + 1


@given(instants, delays, delays)
def test_a_line_through_one_sample_is_that_sample(monotonic, up, down):
    sample = exchange(monotonic, NOW, up, 0, down)
    line = fit([sample.stamps])
    assert (line.at, line.offset) == (sample.t4, sample.offset)
    assert line.error == max(sample.round_trip // 2, LEAST_SCATTER)
    assert line.drift == 0 and line.wander == DRIFT_PPM * 1_000


@given(st.lists(st.tuples(st.integers(0, 10 * SECOND), delays, delays), min_size=1, max_size=12))
def test_a_line_errs_by_no_more_than_it_says(cases):
    samples = sorted(exchange(at, NOW, up, 0, down).stamps for at, up, down in cases)
    line = fit(samples)
    assert abs(line.offset - NOW) <= line.error + 2 * line.wander * (samples[-1][0] - samples[0][0]) // 10**9 + 5


@pytest.mark.parametrize("ppm", [-200, -50, -3, 0, 17, 50, 200])
def test_the_drift_is_found_within_an_hour(ppm):
    for seed in range(5):
        exchanges = spoken(ppm, 60, seed)
        line = fit(list(exchanges))
        assert line.drift / 1_000 == pytest.approx(ppm, abs=1.5)
        for later in (0, HOUR):
            truth = offset_at(line.at + later, ppm)
            assert line.utc(line.at + later) - line.at - later == pytest.approx(truth, abs=3 * MILLI + later // 500_000)


def test_one_slow_way_does_not_pull_the_line():
    """Round trips that are all long on one side: each way counts by its own shortest passages."""
    samples = []
    for number in range(20):
        up, down = (20_000, 400_000) if number % 2 else (400_000, 20_000)
        samples.append(exchange(number * SECOND, NOW, up, 0, down).stamps)
    assert fit(samples).offset == pytest.approx(NOW, abs=100)


def test_the_error_grows_by_what_is_not_known_of_the_drift():
    early, late = fit(list(spoken(30, 2))), fit(list(spoken(30, 60)))
    assert early.wander > 5 * late.wander >= 5 * 3_000
    assert late.error_at(late.at + DAY) == late.error + DAY * late.wander // 10**9


@given(st.integers(-500_000, 500_000), instants, st.integers(-(10**15), 10**15), instants)
def test_there_and_back(drift, at, offset, wanted):
    line = Fit(at, offset, drift, 0, 0)
    utc = wanted + offset
    assert line.utc(line.mono(utc)) >= utc > line.utc(line.mono(utc) - 1)
    assert 0 <= wanted - line.mono(line.utc(wanted)) <= 1


def test_the_newest_burst_is_kept_whole_and_of_each_older_one_its_shortest_ways():
    exchanges = spoken(0, 10)
    kept = list(exchanges)
    assert [at // MINUTE for at, _, _ in kept[-4:]] == [9] * 4
    for burst in range(9):
        all_of_it = list(spoken(0, burst + 1))[-4:]
        ups, downs = [one[1] for one in all_of_it], [one[2] for one in all_of_it]
        mine = [one for one in kept if one[0] // MINUTE == burst]
        assert len(mine) <= 2
        assert min(one[1] for one in mine) == min(ups) and min(one[2] for one in mine) == min(downs)


def test_an_hour_is_kept_and_a_few_however_old():
    assert len(spoken(0, 500)) <= 2 * 61 + 4
    assert next(iter(spoken(0, 500)))[0] >= 438 * MINUTE
    assert FEWEST <= len(spoken(0, 50, interval=2 * HOUR)) <= FEWEST + 4
    assert len(spoken(0, 3_000, interval=6 * SECOND)) <= MOST


@given(st.lists(st.integers(0, 20 * MINUTE), max_size=200))
def test_whatever_comes_the_newest_sample_is_kept_and_their_number_is_bounded(gaps):
    exchanges, now = Exchanges(), 0
    for gap in gaps:
        now += gap
        exchanges.add(exchange(now, NOW, gap % 97, 0, gap % 89))
        assert list(exchanges)[-1] == exchange(now, NOW, gap % 97, 0, gap % 89).stamps
        assert len(exchanges) <= MOST


def test_bursts_come_every_minute_first():
    assert burst_interval(0) == burst_interval(20 * MINUTE - 1) == MINUTE
    assert burst_interval(20 * MINUTE) == 5 * MINUTE
