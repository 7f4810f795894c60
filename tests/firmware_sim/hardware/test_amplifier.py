"""What reaches the air, and what the amplifier says of itself."""

import pytest

from firmware_sim.hardware.amplifier import Air, air, draw, lost, word


@pytest.mark.parametrize("fault", ["dead_horn", "cut_wire", "relay_stuck_off", "amplifier_dead"])
def test_what_breaks_the_way_is_silence(fault: str) -> None:
    assert air({fault}) == Air(0.0, False) and air({fault, "howling_horn"}) == Air(0.0, False)


def test_the_rest_sounds() -> None:
    assert air(set()) == air({"relay_stuck_on"}) == Air(1.0) and air({"howling_horn"}) == Air(1.0, True)


@pytest.mark.parametrize(
    ("faults", "before", "sounded", "playing", "watches", "says"),
    [
        ((), "standby", False, False, True, "standby"),
        ((), "standby", True, True, True, "on"),
        ((), "fault", False, False, True, "fault"),
        ((), "fault", True, False, True, "standby"),
        (("relay_stuck_off",), "standby", False, False, True, "standby"),
        (("relay_stuck_off",), "standby", True, True, True, "stuck_off"),
        (("amplifier_dead",), "standby", True, False, True, "fault"),
        (("relay_stuck_on",), "standby", False, False, True, "stuck_on"),
        (("relay_stuck_on",), "stuck_on", True, True, True, "stuck_on"),
        ((), "stuck_on", False, False, True, "standby"),
        (("cut_wire",), "standby", False, False, True, "line_open"),
        (("cut_wire",), "standby", True, True, False, "on"),
        (("dead_horn",), "standby", True, True, True, "on"),
    ],
)
def test_it_says_what_it_can_know(
    faults: tuple[str, ...], before: str, sounded: bool, playing: bool, watches: bool, says: str
) -> None:
    assert word(set(faults), before, sounded, playing, watches) == says  # type: ignore[arg-type]


def test_speech_takes_an_eighth_of_the_rated_power() -> None:
    assert draw(60, 1.0) == pytest.approx(8.82, abs=0.01) and lost(60, 0.5) == pytest.approx(0.66, abs=0.01)
