"""One box of a fleet over its lives: the same crystal, card and battery, whatever becomes of the street's power."""

import random
from pathlib import Path

import pytest

from devices.protocol.units import HOUR, SECOND
from firmware_sim.crystal import Crystal
from firmware_sim.fleet import Fleet
from firmware_sim.hardware.box import Hardware
from firmware_sim.hardware.profile import Profile
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.ports import SpeakerLink
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sinks import NullSink
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts
from firmware_sim.station import Station
from firmware_sim.verdicts import Verdicts
from tests.firmware_sim.headquarters import T0, Headquarters

NOBODY = "mqtt://127.0.0.1:1"
"""No broker: nothing listens there."""


class Silent:
    def append(self, line: object) -> bool:
        return True


class Tin:
    """A station of that make, on a clock that stands where it is put."""

    def __init__(self, make: str) -> None:
        self.now = 0
        self.crystals: list[Crystal] = []
        self.box = Hardware(Profile.read(make), random.Random(1), T0)
        chance, identity = random.Random(2), Headquarters().born()

        def assemble(link: SpeakerLink, crystal: Crystal) -> Parts:
            self.crystals.append(crystal)
            return Parts(
                identity=identity, settings=SpeakerSettings(), flash=MemoryFlash(2**20), sink=NullSink(),
                ledger=Silent(), link=link, chance=chance, sounds=Sounds(), believer=Verdicts(), hardware=self.box,
            )  # fmt: skip

        self.station = Station(
            NOBODY, identity.device, assemble, chance, lambda: self.now, self.box, lambda real: T0 + real
        )
        self.station.switch_on(0)
        self.go(SECOND)

    def go(self, to: int) -> None:
        while (due := self.station.due()) <= to:
            self.now = max(self.now, due)
            self.station.run(self.now)
        self.now = to

    @property
    def lives(self) -> bool:
        return self.station.speaker is not None


def test_another_life_has_the_same_crystal_from_another_count() -> None:
    tin = Tin("common")
    for hour in (1, 2):
        tin.go(hour * HOUR)
        tin.station.power_cut(tin.now + 60 * SECOND)
        assert not tin.lives
        tin.go(hour * HOUR + 120 * SECOND)
        assert tin.lives
    assert len({(one.ppb, one.swing, one.dawn) for one in tin.crystals}) == 1
    assert len({one.start for one in tin.crystals}) == 3


@pytest.mark.parametrize(("make", "lasts"), [("loud", True), ("solar", True), ("common", False), ("plain", False)])
def test_a_box_with_a_battery_outlives_the_mains(make: str, lasts: bool) -> None:
    tin = Tin(make)
    tin.station.power_cut(tin.now + 5 * 60 * SECOND)
    tin.go(60 * SECOND)
    assert tin.lives is lasts
    tin.go(10 * 60 * SECOND)
    assert tin.lives and len(tin.crystals) == (1 if lasts else 2)


def test_a_small_battery_ends_in_a_long_cut_and_the_box_comes_back_with_the_mains() -> None:
    tin = Tin("remote")
    tin.station.power_cut(200 * HOUR)
    tin.go(24 * HOUR)
    assert tin.lives, "144 Wh for 4 W, and less"
    tin.go(199 * HOUR)
    assert not tin.lives
    tin.go(200 * HOUR + SECOND)
    assert tin.lives and len(tin.crystals) == 2


def test_every_speaker_of_a_fleet_has_one_box_for_all_its_lives(tmp_path: Path) -> None:
    fleet = Fleet([Headquarters().born()], NOBODY, tmp_path, sink="null", seed=1)
    with fleet:
        fleet.run(lambda: fleet.stations[0].speaker is not None, 0.01)
        station = fleet.stations[0]
        box = station.box
        box.meter.received("topic", 1_000)
        used = box.meter.used
        station.power_cut(0)
        assert station.speaker is None
        fleet.run(lambda: station.speaker is not None, 0.01)
        assert station.box is box and box.meter.used >= used > 0
