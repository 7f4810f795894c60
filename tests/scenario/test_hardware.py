"""Boxes that fail, in a village: the office knows within a minute of the heartbeat that can show it, and only then."""

from dataclasses import replace
from pathlib import Path

import pytest

from devices.protocol.units import MINUTE
from firmware_sim import runtime
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.profile import Profile
from firmware_sim.speaker import Parts, Speaker
from firmware_sim.village.pole import Pole
from firmware_sim.village.village import Village

MAKES = ("common", "loud", "solar", "remote", "plain", "common")


class Boxes:
    """One box a pole, whatever its power does."""

    def __init__(self) -> None:
        self.of: dict[str, Hardware] = {}

    def build(self, pole: Pole, parts: Parts) -> Speaker:
        device = pole.identity.device
        if device not in self.of:
            make = Profile.read(MAKES[len(self.of) % len(MAKES)])
            self.of[device] = Hardware(make, runtime.dice(f"box/{len(self.of)}"))
        hardware = self.of[device]
        return Speaker(replace(parts, hardware=hardware, flash=hardware.flash(parts.flash)))

    def make(self, name: str) -> tuple[str, Hardware]:
        """A speaker of that make."""
        return next((device, box) for device, box in self.of.items() if box.profile.name == name)


@pytest.fixture
def boxes() -> Boxes:
    return Boxes()


@pytest.fixture
def village(tmp_path: Path, boxes: Boxes) -> Village:
    return Village(tmp_path / "village", build=boxes.build).settle(90)


def incidents(village: Village) -> set[tuple[str, str | None, bool]]:
    return {(row.kind, row.device_id, row.closed_at is None) for row in village.incidents()}


def test_a_healthy_village_is_quiet(village: Village) -> None:
    village.broadcast(seconds=30)
    village.run(200)
    assert incidents(village) == set()
    assert village.judged().verdict == "clean"


def test_a_howl_is_an_incident_within_a_minute_and_closes_when_it_ends(village: Village, boxes: Boxes) -> None:
    device, hardware = boxes.make("solar")
    hardware.fail("howling_horn")
    began = village.time.now
    village.run(61)
    assert incidents(village) == {("howling_horn", device, True)}
    [row] = village.incidents("howling_horn")
    assert row.opened_at - began <= MINUTE and row.detail["tone"] in range(1_160, 1_201)
    hardware.repair()
    village.run(61)
    assert incidents(village) == {("howling_horn", device, False)}


def test_a_dead_horn_and_a_dead_amplifier_are_told_apart_after_a_bulletin(village: Village, boxes: Boxes) -> None:
    deaf, horn = boxes.make("remote")
    mute, amplifier = boxes.make("plain")
    horn.fail("dead_horn")
    amplifier.fail("amplifier_dead")
    village.run(120)
    assert incidents(village) == set()
    order = village.broadcast(seconds=30)
    village.run(100)
    assert incidents(village) == {("dead_horn", deaf, True), ("amplifier_fault", mute, True)}
    assert set(village.states(order.occurrence).values()) == {"played"}


def test_audio_that_rots_in_every_flash_is_fetched_again_and_heard_whole(village: Village, boxes: Boxes) -> None:
    order = village.broadcast(seconds=10, start_at=village.time.now + 120_000_000)
    village.run(105)
    for hardware in boxes.of.values():
        hardware.rot_flash()
    village.run(60)
    assert set(village.states(order.occurrence).values()) == {"played"}
    assert {row.kind for row in village.incidents()} == {"spoiled"}
    assert village.judged().verdict == "clean"
