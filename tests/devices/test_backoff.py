"""Delays before a retry: bounded, growing, spread, never a busy loop."""

from hypothesis import given
from hypothesis import strategies as st

from devices.backoff import LEAST_S, MOST_S, retry_delay

chances = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 10_000), chances)
def test_a_delay_is_never_nothing_and_never_above_a_minute(attempt: int, chance: float) -> None:
    assert LEAST_S <= retry_delay(attempt, chance) <= MOST_S


@given(st.integers(1, 50), chances)
def test_a_later_attempt_with_the_same_chance_waits_no_less(attempt: int, chance: float) -> None:
    assert retry_delay(attempt + 1, chance) >= retry_delay(attempt, chance)


def test_the_first_retry_is_quick_and_the_ceiling_doubles_to_a_minute() -> None:
    assert [retry_delay(attempt, 0.5) for attempt in range(1, 10)] == [
        0.125, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0,
    ]  # fmt: skip
