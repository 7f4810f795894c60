"""Is a speaker there?"""

import pytest

from devices.health import Presence, observe

HEARTBEAT = 60
SECOND = 1_000_000
T = 1_800_000_000 * SECOND


@pytest.mark.parametrize(
    ("sign", "silent_s", "listening_s", "online"),
    [
        ("word", 1_000, 1_000, True),
        ("will", 1, 1_000, False),
        ("tick", 90, 1_000, True),
        ("tick", 91, 1_000, False),
        ("tick", 1_000, 30, True),
    ],
    ids=["a word", "the last will", "within one and a half heartbeats", "after them", "we did not listen ourselves"],
)
def test_presence(sign: str, silent_s: int, listening_s: int, online: bool) -> None:
    before = Presence(True, T - silent_s * SECOND)
    after = observe(before, sign, T, HEARTBEAT, T - listening_s * SECOND)  # type: ignore[arg-type]
    assert after.online is online


def test_silence_never_brings_anybody_back() -> None:
    assert not observe(Presence(False, T), "tick", T, HEARTBEAT, 0).online
