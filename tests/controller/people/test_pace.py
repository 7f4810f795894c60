"""A key asks as fast as it may, and its last use is worth a note once a minute."""

import pytest

from controller.errors.people import TooManyRequests
from controller.people.pace import Pace
from devices.protocol.units import MINUTE, SECOND


def test_a_key_has_so_many_a_minute_and_they_come_back_evenly() -> None:
    pace = Pace()
    for _ in range(6):
        pace.take("a", 6, 0)
    with pytest.raises(TooManyRequests) as refused:
        pace.take("a", 6, 0)
    assert refused.value.data == {"retry_after_s": 11, "per_minute": 6}
    pace.take("b", 6, 0)
    pace.take("a", 6, 10 * SECOND)
    with pytest.raises(TooManyRequests):
        pace.take("a", 6, 11 * SECOND)


def test_a_clock_that_jumps_gives_nobody_more() -> None:
    pace = Pace()
    pace.take("a", 1, 10 * MINUTE)
    for now in (0, 10 * MINUTE, 10 * MINUTE + 30 * SECOND):
        with pytest.raises(TooManyRequests):
            pace.take("a", 1, now)
    pace.take("a", 1, 11 * MINUTE)
    with pytest.raises(TooManyRequests):
        pace.take("a", 1, 11 * MINUTE)


def test_a_use_is_worth_a_note_once_a_minute() -> None:
    pace = Pace()
    assert [pace.worth_noting("a", now) for now in (0, SECOND, MINUTE, MINUTE + 1)] == [True, False, True, False]
