"""A speaker's crystal as the world sees it."""

from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.units import DAY
from firmware_sim.village.quartz import Quartz
from firmware_sim.village.virtual_time import START

PPM = st.floats(-200, 200)
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
