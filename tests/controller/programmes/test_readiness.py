"""Will a speaker play a day without a network? Every hindrance alone, and none without a cause."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from controller.programmes.readiness import MOST_CLOCK_ERROR, Due, Held, hindrances
from devices.protocol.units import DAY, HOUR

GOOD = Held(seen=True, told_seq=5, held_seq=5, held_at=0, valid_to=3 * DAY)
AIRINGS = [Due("Tin", DAY + hour * HOUR, f"{hour}") for hour in (5, 17)]


def codes(held: Held, airings: list[Due] = AIRINGS, now: int = 0) -> list[str]:
    return [why.code for why in hindrances(held, airings, now)]


def test_what_is_told_held_and_whole_will_play() -> None:
    assert codes(GOOD) == []


def test_each_hindrance_is_found() -> None:
    assert codes(replace(GOOD, retired=True)) == ["retired"]
    assert codes(replace(GOOD, seen=False)) == ["never_seen"]
    assert codes(GOOD, []) == ["nothing_planned"]
    assert codes(replace(GOOD, held_seq=4)) == codes(replace(GOOD, told_seq=0, held_seq=0)) == ["not_confirmed"]
    assert codes(replace(GOOD, missing=frozenset({"17"}))) == ["sound_missing"]
    assert codes(replace(GOOD, missing=frozenset({"of another day"}))) == []
    assert codes(replace(GOOD, valid_to=DAY + 6 * HOUR)) == ["plan_ends"]
    assert codes(replace(GOOD, valid_to=DAY + 17 * HOUR)) == ["plan_ends"], "what a plan left out begins where it ends"
    assert codes(replace(GOOD, held_seq=4, missing=frozenset({"5"}))) == ["not_confirmed", "sound_missing"]


def test_a_clock_is_judged_at_the_last_start_of_the_day() -> None:
    assert codes(replace(GOOD, clock_error=MOST_CLOCK_ERROR * DAY // (DAY + 17 * HOUR))) == []
    (why,) = hindrances(replace(GOOD, clock_error=MOST_CLOCK_ERROR), AIRINGS, 0)
    assert (why.code, why.data) == ("clock_off", {"error_s": 102})


@given(st.builds(
    Held, seen=st.booleans(), retired=st.booleans(), told_seq=st.integers(0, 2), held_seq=st.integers(0, 2),
    held_at=st.none() | st.integers(0, DAY), valid_to=st.integers(0, 3 * DAY),
    missing=st.frozensets(st.sampled_from(["5", "17", "x"])), clock_error=st.integers(0, DAY),
), st.booleans())  # fmt: skip
def test_less_known_never_makes_a_speaker_readier(held: Held, planned: bool) -> None:
    airings = AIRINGS if planned else []
    assert codes(replace(held, missing=held.missing | {"5"}, held_seq=held.told_seq + 1), airings) != []
    assert len(codes(replace(held, missing=held.missing | {"5"}), airings)) >= len(codes(held, airings))
