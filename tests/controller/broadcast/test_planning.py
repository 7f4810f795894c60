"""When a broadcast may sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.broadcast.planning import BETWEEN, ORDER_AHEAD, Span, first_free, plan, refuse_clashes, sounding
from controller.errors.air import Clash, StartInPast, StartTooFar, TooLongOnAir
from devices.protocol.units import DAY, HOUR, SECOND
from devices.protocol.verification import MAX_AHEAD

NOW = 1_800_000_000 * SECOND


def test_a_start_in_the_past_is_refused() -> None:
    with pytest.raises(StartInPast):
        plan(NOW, NOW - 1, SECOND, 0)


def test_a_start_in_a_far_year_is_refused() -> None:
    assert plan(NOW, NOW + 366 * DAY, SECOND, 0).start_at == NOW + 366 * DAY
    with pytest.raises(StartTooFar):
        plan(NOW, NOW + 366 * DAY + 1, SECOND, 0)


def test_an_order_leaves_at_once_or_seven_days_ahead() -> None:
    assert plan(NOW, NOW + HOUR, SECOND, 0).publish_at == NOW
    assert plan(NOW, NOW + 30 * DAY, SECOND, 0).publish_at == NOW + 30 * DAY - ORDER_AHEAD


@given(start=st.integers(0, 366 * DAY), duration=st.integers(1, 3_600_000), repeats=st.integers(1, 20),
       late=st.integers(0, 39_600_000))  # fmt: skip
def test_no_speaker_must_remember_for_too_long(start: int, duration: int, repeats: int, late: int) -> None:
    try:
        total = sounding(duration, repeats, 2_000)
    except TooLongOnAir:
        return
    airing = plan(NOW, NOW + start, total, late)
    assert airing.expires_at - airing.publish_at <= MAX_AHEAD
    assert airing.start_at + late * 1_000 + total <= airing.expires_at


def test_too_long_or_too_late_is_refused() -> None:
    with pytest.raises(TooLongOnAir):
        sounding(3_600_000, 13, 0)
    with pytest.raises(TooLongOnAir):
        plan(NOW, NOW, SECOND, 12 * 3_600_000)


spans = st.lists(
    st.tuples(st.integers(0, 1_000), st.integers(1, 200)).map(
        lambda pair: Span(str(pair), NOW + pair[0] * SECOND, NOW + (pair[0] + pair[1]) * SECOND)
    ),
    max_size=8,
)


@given(busy=spans, start=st.integers(0, 1_000), length=st.integers(1, 300))
def test_appending_finds_a_free_place(busy: list[Span], start: int, length: int) -> None:
    wished, total = NOW + start * SECOND, length * SECOND
    found = first_free(wished, total, busy)
    assert found >= wished
    refuse_clashes(found, total, busy)


def test_a_clash_names_what_is_in_the_way() -> None:
    busy = [Span("a", NOW, NOW + 10 * SECOND), Span("b", NOW + 60 * SECOND, NOW + 70 * SECOND)]
    with pytest.raises(Clash) as caught:
        refuse_clashes(NOW + 5 * SECOND, 10 * SECOND, busy)
    assert caught.value.data == {"broadcasts": ["a"]}
    refuse_clashes(NOW + 10 * SECOND + BETWEEN, 40 * SECOND, busy)
