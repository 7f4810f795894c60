"""Every fault raises its alarm at the first heartbeat that can show it; a day of normal life raises none."""

import pytest

from devices.condition import DRIVEN, HOT
from devices.protocol.codec import to_json
from firmware_sim.hardware.profile import Profile, profiles
from tests.firmware_sim.hardware.poles import BULLETINS, Pole

HEARING = [name for name in profiles() if Profile.read(name).sound.microphone]
WATCHING = [name for name in profiles() if Profile.read(name).sound.line_monitor]
STORING = [name for name in profiles() if Profile.read(name).supply.battery_ah]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("make", profiles())
def test_no_false_alarm_in_24_hours_of_normal_life(make: str, seed: int) -> None:
    """Noon and night, five bulletins, motorbikes, a data-hungry month, and a two-hour cut where there is a battery."""
    pole = Pole(make, seed)
    for hour in range(24):
        if make in STORING:
            pole.hardware.mains(hour not in {18, 19})
        pole.hardware.meter.received("chunk", 300_000)
        for _ in range(60):
            told = pole.beat()
            assert pole.wrong == frozenset(), told
            assert pole.hardware.powered


@pytest.mark.parametrize("volume", [0.1, 0.64, 1.0])
def test_no_false_alarm_at_any_volume(volume: float) -> None:
    pole = Pole("common", 9, hour=4)
    pole.volume = volume
    pole.beats(16)
    assert pole.wrong == frozenset()


def first_bulletin(pole: Pole, fault: str) -> None:
    """Break something in the night, live up to the first heartbeat that has heard loud sound go out."""
    pole.hardware.fail(fault)
    while (told := pole.beat()).drive is None or told.drive < DRIVEN:
        assert pole.wrong == frozenset() or fault == "cut_wire"


@pytest.mark.parametrize("make", HEARING)
def test_a_dead_horn_is_found_by_the_first_bulletin(make: str) -> None:
    pole = Pole(make, 1, hour=BULLETINS[0] - 0.2)
    first_bulletin(pole, "dead_horn")
    assert pole.wrong == {"dead_horn"}
    pole.hardware.repair("dead_horn")
    pole.beats(6)
    assert pole.wrong == frozenset()


@pytest.mark.parametrize("make", HEARING)
def test_a_howl_is_found_within_one_heartbeat(make: str) -> None:
    pole = Pole(make, 1, hour=2)
    pole.beats(0.2)
    pole.hardware.fail("howling_horn")
    pole.beat()
    assert pole.wrong == {"howling_horn"}
    pole.hardware.repair()
    pole.beat()
    assert pole.wrong == frozenset()


@pytest.mark.parametrize(
    ("fault", "found"), [("relay_stuck_off", "amplifier_fault"), ("amplifier_dead", "amplifier_fault")]
)
@pytest.mark.parametrize("make", profiles())
def test_an_amplifier_that_cannot_is_found_by_the_first_bulletin(make: str, fault: str, found: str) -> None:
    pole = Pole(make, 1, hour=BULLETINS[0] - 0.1)
    pole.hardware.fail(fault)
    while not pole.playing:
        pole.beat()
    assert "amplifier_fault" in pole.wrong
    pole.beats(1)
    assert "amplifier_fault" in pole.wrong, "it stays said until it has sounded again"


@pytest.mark.parametrize("make", profiles())
def test_a_relay_stuck_on_is_found_at_once(make: str) -> None:
    pole = Pole(make, 1, hour=2)
    pole.hardware.fail("relay_stuck_on")
    pole.beat()
    assert pole.wrong == {"amplifier_fault"}


@pytest.mark.parametrize("make", profiles())
def test_a_cut_wire_is_found_at_once_or_by_the_microphone_or_not_at_all(make: str) -> None:
    pole = Pole(make, 1, hour=BULLETINS[0] - 0.2)
    pole.hardware.fail("cut_wire")
    pole.beat()
    assert pole.wrong == ({"amplifier_fault"} if make in WATCHING else set())
    pole.beats(1)
    assert ("dead_horn" in pole.wrong) is (make in HEARING)


@pytest.mark.parametrize("make", profiles())
def test_a_blocked_vent_is_found_as_soon_as_the_box_is_hot(make: str) -> None:
    pole = Pole(make, 1, hour=6)
    pole.hardware.fail("blocked_vent")
    pole.hardware.fail("relay_stuck_on")
    hottest = 0.0
    for _ in range(8 * 60):
        told = pole.beat()
        hottest = max(hottest, told.temperature)
        assert ("overheated" in pole.wrong) is (hottest >= HOT)
    pole.hardware.repair()
    pole.beats(6)
    assert pole.wrong == frozenset()


@pytest.mark.parametrize("make", STORING)
def test_a_battery_that_nothing_fills_is_told_before_the_box_goes_dark(make: str) -> None:
    pole = Pole(make, 1, hour=17)
    pole.hardware.mains(0)
    pole.hardware.fail("covered_panel")
    told = pole.health()
    while pole.hardware.powered:
        told = pole.beat()
        assert ("battery_low" in pole.wrong) is (told.battery is not None and told.battery <= 20)
    assert "battery_low" in pole.wrong and told.feed == "battery"


def test_an_old_battery_shows_in_the_first_long_cut() -> None:
    dark = {}
    for fault in (None, "old_battery"):
        pole = Pole("remote", 1, hour=18)
        if fault:
            pole.hardware.fail(fault)
        pole.hardware.mains(0)
        pole.beats(9)
        dark[fault] = pole.wrong
    assert dark == {None: frozenset(), "old_battery": {"battery_low"}}


def test_a_spent_data_budget_is_told_at_once_and_ends_with_the_month() -> None:
    pole = Pole("remote", 1)
    pole.hardware.meter.received("chunk", 452_000_000)
    pole.beat()
    assert pole.wrong == {"data_budget"}
    for _ in range(32):
        pole.now += 86_400_000_000
        pole.beat()
    assert pole.wrong == frozenset()


@pytest.mark.parametrize("make", profiles())
def test_a_heartbeat_stays_small(make: str) -> None:
    """10,000 speakers a minute: 167 of them a second."""
    pole = Pole(make, 1, hour=BULLETINS[0])
    assert max(len(to_json(told)) for told in pole.beats(0.2)) <= 640


def test_the_same_chance_tells_the_same_story() -> None:
    assert Pole("solar", 5).beats(7) == Pole("solar", 5).beats(7)
