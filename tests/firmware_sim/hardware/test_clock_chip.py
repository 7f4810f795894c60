"""A clock chip may say what it likes: nothing sounds before a signed answer."""

import random

import pytest

from devices.protocol.units import DAY, SECOND
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.clock_chip import jumped, power_came, set_right
from firmware_sim.hardware.profile import Profile
from tests.firmware_sim.headquarters import T0, after, name_of
from tests.firmware_sim.street import Street


def test_without_a_battery_it_begins_at_1970_each_time() -> None:
    chip = power_came(set_right(False, T0), T0 + DAY)
    assert chip.utc(T0 + DAY) == 0 and 0 < chip.utc(T0 + DAY + 60 * SECOND) - 60 * SECOND < 10_000


def test_with_a_battery_it_runs_on_and_drifts_two_seconds_a_day() -> None:
    chip = power_came(set_right(True, T0), T0 + DAY)
    assert chip.utc(T0 + DAY) - (T0 + DAY) == 1_728_000


def test_a_jump_stays() -> None:
    chip = jumped(set_right(True, T0, ppm=0), -300 * SECOND, T0)
    assert chip.utc(T0 + DAY) == T0 + DAY - 300 * SECOND
    assert jumped(set_right(True, 5), -DAY, 5).utc(5) == 0


@pytest.mark.parametrize("by", [None, 300 * SECOND, DAY, -DAY], ids=["1970", "5 min on", "a day on", "a day back"])
def test_a_speaker_with_a_wrong_chip_is_silent_until_a_signed_answer(by: int | None) -> None:
    hardware = Hardware(Profile.read("plain" if by is None else "common"), random.Random(1), T0)
    street = Street(hardware=hardware).joined()
    street.say(street.hq.play("news", street.tone(5), 5_000, max_late=60_000)).run_until(after(20))
    street.power_cut()
    hardware.jump_chip(by or 0, street.now)
    street.answers_time = False
    street.run(2).power_on().connect().run_until(after(50))
    wrong_by = abs(hardware.chip(street.now) - street.now)
    assert wrong_by > 299 * SECOND and street.started() == []
    street.answers_time = True
    street.run(90)
    assert len(street.started()) == 1 and street.end(name_of("news-1")).state in {"played", "failed"}
    assert street.started()[0]["true"] >= after(50)
