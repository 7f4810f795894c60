"""A speaker's crystal as the world sees it."""

from math import pi

from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.units import DAY
from firmware_sim.radio.model import ClockModel
from firmware_sim.runtime import dice
from firmware_sim.village.quartz import Quartz, drawn
from firmware_sim.village.virtual_time import START

PPM = st.integers(-200_000, 200_000).map(lambda ppb: ppb / 1_000)
SWINGS = st.integers(0, 3_000).map(lambda ppb: ppb / 1_000)
SPANS = st.integers(0, 30 * DAY)
COUNTS = st.integers(0, 10**12)


@given(COUNTS, PPM, SPANS)
def test_true_time_and_its_own_are_told_from_each_other(mono: int, ppm: float, span: int) -> None:
    quartz = Quartz(START, mono, ppm)
    assert abs(quartz.true(quartz.mono(START + span)) - (START + span)) <= 1
    assert abs(quartz.mono(START + span) - mono - span * (1 + ppm / 1_000_000)) <= 1


@given(PPM, PPM, SPANS, SPANS)
def test_another_rate_is_no_leap(before: float, after: float, first: int, second: int) -> None:
    quartz, changed = Quartz(START, 0, before), START + first
    counted = quartz.mono(changed)
    quartz.run_at(changed, after)
    assert quartz.mono(changed) == counted
    assert abs(quartz.mono(changed + second) - counted - second * (1 + after / 1_000_000)) <= 1


@given(COUNTS, PPM, SPANS)
def test_a_boot_counts_from_elsewhere_at_the_same_rate(mono: int, ppm: float, span: int) -> None:
    quartz = Quartz(START, 5, ppm)
    quartz.restart(START + span, mono)
    assert quartz.mono(START + span) == mono
    assert abs(quartz.mono(START + span + DAY) - mono - DAY * (1 + ppm / 1_000_000)) <= 1


@given(PPM, SWINGS, st.integers(0, DAY - 1), SPANS)
def test_day_and_night_move_it_and_leave_no_trace_after_a_day(ppm: float, swing: float, dawn: int, span: int) -> None:
    quartz, straight = Quartz(START, 5, ppm, swing, dawn), Quartz(START, 5, ppm)
    assert abs(quartz.true(quartz.mono(START + span)) - (START + span)) <= 2
    most = swing / 1_000_000 * DAY / pi
    assert abs(quartz.mono(START + span) - straight.mono(START + span)) <= most + 1
    days = START + span // DAY * DAY
    assert abs(quartz.mono(days) - straight.mono(days)) <= 1


def test_a_crystal_is_drawn_by_the_model_and_in_a_perfect_village_no_day_moves_it() -> None:
    bad = ClockModel(drift_ppm=1_000, swing_ppm=(40, 40))
    runs = [drawn(START, dice(seed), bad) for seed in range(50)]
    drifts = [abs(one.mono(START + DAY) - one.mono(START) - DAY) / DAY * 1e6 for one in runs]
    assert max(drifts) <= 1_000 and max(drifts) > 800
    halves = [one.mono(START + DAY // 2) - one.mono(START) for one in runs]
    rests = [one.mono(START + DAY) - one.mono(START + DAY // 2) for one in runs]
    assert max(abs(a - b) for a, b in zip(halves, rests, strict=True)) > 40e-6 * DAY / pi
    even = drawn(START, dice(1), None)
    assert abs(2 * even.mono(START + DAY // 2) - even.mono(START) - even.mono(START + DAY)) <= 1
