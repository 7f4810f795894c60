"""Four stamps: the offset errs by half the round trip at most, and the best sample wins."""

from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.timesync import DRIFT_PPM, Sample, best_sample, burst_interval
from devices.protocol.units import MINUTE, SECOND
from tests.devices.protocol.samples import NOW

delays = st.integers(0, 5 * SECOND)
instants = st.integers(0, 10**12)


def exchange(monotonic, offset, up, held, down):
    """The stamps of one exchange on a line with these delays, us."""
    t2 = monotonic + up + offset
    return Sample(monotonic, t2, t2 + held, monotonic + up + held + down)


@given(instants, st.integers(-(10**15), 10**15), delays, delays, delays)
def test_the_offset_errs_by_half_the_round_trip_at_most(monotonic, offset, up, held, down):
    sample = exchange(monotonic, offset, up, held, down)
    assert sample.round_trip == up + down
    assert abs(sample.offset - offset) <= sample.round_trip // 2 + 1
    assert sample.error_at(sample.t4) == sample.round_trip // 2


@given(instants, delays, delays, st.integers(-DRIFT_PPM, DRIFT_PPM), st.integers(0, 86_400 * SECOND))
def test_the_error_covers_the_drift_since(monotonic, up, down, ppm, age):
    sample = exchange(monotonic, NOW, up, 0, down)
    later = sample.t4 + age
    drifted = NOW + age * ppm // 1_000_000
    assert abs(sample.offset - drifted) <= sample.error_at(later) + 3


@given(st.lists(st.tuples(instants, delays, delays), min_size=1, max_size=8), instants)
def test_the_best_sample_has_the_smallest_error_now(cases, monotonic):
    samples = [exchange(at, NOW, up, 0, down) for at, up, down in cases]
    best = best_sample(samples, monotonic)
    assert best.error_at(monotonic) == min(sample.error_at(monotonic) for sample in samples)


def test_an_old_sample_yields_to_a_slow_fresh_one():
    quick, slow = exchange(0, NOW, 1_000, 0, 1_000), exchange(3_600 * SECOND, NOW, 50_000, 0, 50_000)
    assert best_sample([quick, slow], SECOND) is quick
    assert best_sample([quick, slow], 3_601 * SECOND) is slow


def test_nothing_to_believe():
    assert best_sample([], 0) is None


def test_a_clock_that_jumped_while_answering_is_not_believed():
    jumped = exchange(0, NOW, 1_000, 3_600 * SECOND, 1_000)
    jumped = Sample(jumped.t1, jumped.t2, jumped.t3, 5_000)
    honest = exchange(0, NOW, 400_000, 0, 400_000)
    assert jumped.round_trip < 0
    assert best_sample([jumped, honest], SECOND) is honest
    assert best_sample([jumped], SECOND) is None


def test_bursts_come_every_minute_first():
    assert burst_interval(0) == burst_interval(20 * MINUTE - 1) == MINUTE
    assert burst_interval(20 * MINUTE) == 5 * MINUTE
