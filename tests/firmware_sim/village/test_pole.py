"""One speaker on its pole: silence on the line, power that goes in the middle of a write, flash that takes its time."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devices.protocol.units import MILLI, SECOND
from firmware_sim.hardware.faulty_flash import write_time
from firmware_sim.speaker import Parts, Speaker
from firmware_sim.village.pole import DROPPED, NOTICED, Pole
from firmware_sim.village.village import Village


class Watched(Speaker):
    """Notes by its own clock when it found out that its connection is gone."""

    def __init__(self, parts: Parts, noticed: list[int]) -> None:
        super().__init__(parts)
        self._noticed = noticed

    def on_disconnected(self, mono: int) -> None:
        self._noticed.append(mono)
        super().on_disconnected(mono)


@dataclass
class Watching:
    """A village of watched speakers."""

    folder: Path
    noticed: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.village = Village(self.folder, speakers=2, build=self._build).settle()
        self.pole = self.village.poles[0]
        self.begin = self.village.time.now

    def _build(self, pole: Pole, parts: Parts) -> Speaker:
        return Watched(parts, self.noticed.setdefault(pole.identity.device, []))

    def found_out(self) -> list[int]:
        """us after the beginning."""
        return [self.pole.quartz.true(mono) - self.begin for mono in self.noticed[self.pole.identity.device]]

    def is_offline(self) -> bool:
        device = self.pole.identity.device
        return any(one.device_id == device and one.closed_at is None for one in self.village.incidents("offline"))


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    return Watching(tmp_path / "village")


def test_a_silent_link_is_dropped_by_the_broker_first_and_noticed_by_the_speaker_later(watching: Watching) -> None:
    village, pole = watching.village, watching.pole
    pole.fall_silent(300 * SECOND)
    village.time.run_until(watching.begin + DROPPED - MILLI)
    assert pole.client.up and not pole.hears and watching.found_out() == []
    village.time.run_until(watching.begin + NOTICED - MILLI)
    assert not pole.client.up and watching.found_out() == []
    village.time.run_until(watching.begin + NOTICED + MILLI)
    assert [round(at / SECOND, 3) for at in watching.found_out()] == [NOTICED / SECOND]
    village.time.run_until(watching.begin + 299 * SECOND)
    assert not pole.client.up, "it cannot connect while nothing passes"
    village.time.run_until(watching.begin + 305 * SECOND)
    assert pole.hears


def test_a_short_silence_delays_and_loses_nothing(watching: Watching) -> None:
    village, pole = watching.village, watching.pole
    generation = pole.client.generation
    pole.fall_silent(20 * SECOND)
    order = village.broadcast(seconds=2, max_late_ms=60_000)
    village.run(19)
    assert not pole.hears and not village.sounds_of(pole) and village.sounds_of(village.poles[1])
    village.run(40)
    assert (pole.client.generation, watching.found_out()) == (generation, [])
    assert set(village.states(order.occurrence).values()) == {"played"}
    assert any(begin <= watching.begin + SECOND and end >= watching.begin + 20 * SECOND for begin, end in pole.troubles)


def test_what_it_says_into_a_lost_network_is_said_again_later(watching: Watching) -> None:
    village, pole = watching.village, watching.pole
    order = village.broadcast(seconds=4)
    village.run(4)
    pole.lose_network()
    village.run(10)
    assert len(village.sounds_of(pole)) == 1 and village.states(order.occurrence)[pole.identity.device] != "played"
    pole.connect()
    assert not pole.client.up, "there is no network to connect to"
    pole.find_network()
    village.run(5)
    assert village.states(order.occurrence)[pole.identity.device] == "played"


def test_power_that_goes_in_the_middle_of_a_write_is_a_power_cut(village: Village) -> None:
    pole, other = village.poles
    pole.flash.die_in(2_000)
    order = village.broadcast(seconds=4, max_late_ms=120_000)
    village.run(20)
    assert pole.speaker is None and not pole.client.up and len(pole.cuts) == 1
    assert other.speaker is not None and village.sounds_of(other) and not village.sounds_of(pole)
    pole.power_up()
    village.run(40)
    assert village.states(order.occurrence)[pole.identity.device] == "played"
    assert village.judged().verdict == "clean"


def receipt_at(folder: Path, slowness: float) -> int:
    """When the first word about an order comes from a speaker with such a flash, us after the order."""
    village = Village(folder, speakers=2).settle()
    pole = village.poles[0]
    said: list[int] = []
    mine = village.topics.up(pole.identity.device, "receipt")
    village.broker.overhear = lambda topic, payload: said.append(village.time.now) if topic == mine else None
    pole.flash.slow_down(slowness)
    ordered = village.time.now
    village.broadcast(seconds=4, max_late_ms=60_000)
    village.run(60)
    return said[0] - ordered


def test_a_slow_flash_delays_what_waits_for_it(tmp_path: Path) -> None:
    healthy, slow = receipt_at(tmp_path / "healthy", 0), receipt_at(tmp_path / "slow", 100)
    assert slow - healthy >= write_time(4_096, 100), "one piece of audio at least is written before the word"


def test_a_box_without_power_does_nothing_and_boots_once(village: Village) -> None:
    pole = village.poles[0]
    pole.power_cut()
    pole.power_cut()
    village.broadcast(seconds=2)
    village.run(10)
    assert pole.cuts == [village.time.now - 10 * SECOND] and not village.sounds_of(pole)
    pole.power_up()
    booted = pole.speaker
    pole.power_up()
    assert pole.speaker is booted is not None
