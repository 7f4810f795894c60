"""The box put together, and a speaker that lives in it."""

import gc
import random
import sys

import numpy as np
import pytest

from devices.condition import wrong
from devices.protocol.units import DAY, MINUTE
from firmware_sim.errors import UnknownFault
from firmware_sim.hardware.box import FAULTS, Hardware
from firmware_sim.hardware.profile import Profile, profiles
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.opus import RATE
from tests.firmware_sim.hardware.poles import Pole
from tests.firmware_sim.headquarters import T0, after, name_of
from tests.firmware_sim.street import Street

HOUR = 60 * MINUTE


def box(make: str = "common", now: int | None = T0) -> Hardware:
    return Hardware(Profile.read(make), random.Random(7), now)


def test_an_unknown_fault_is_none() -> None:
    with pytest.raises(UnknownFault):
        box().fail("deaf")


def test_repair_takes_one_fault_or_all() -> None:
    hardware = box()
    for fault in FAULTS:
        hardware.fail(fault)
    hardware.repair("dead_horn")
    assert hardware.faults == FAULTS - {"dead_horn"}
    hardware.repair()
    assert hardware.faults == frozenset()


def test_one_long_look_is_as_good_as_many_short_ones() -> None:
    lazy, eager = box("solar"), box("solar")
    for hardware, step in ((lazy, 6 * HOUR), (eager, MINUTE)):
        for at in range(step, DAY + 1, step):
            hardware.advance(T0 + at)
    ends = [hardware.readings(0, T0 + DAY + 1, False) for hardware in (lazy, eager)]
    assert abs(ends[0].temperature - ends[1].temperature) < 1.5
    assert ends[0].battery is not None and abs(ends[0].battery - ends[1].battery) <= 2  # type: ignore[operator]


def test_what_it_lives_on_and_when_that_ends() -> None:
    hardware = box("remote")
    assert hardware.powered and hardware.power_change(T0) is None
    hardware.mains(0)
    assert hardware.powered
    at = hardware.power_change(T0)
    assert at is not None and 20 * HOUR < at - T0 < 40 * HOUR
    hardware.advance(at + 5 * MINUTE)
    assert not hardware.powered
    hardware.mains(1)
    assert hardware.powered


def test_without_a_battery_a_cut_is_the_end_at_once() -> None:
    hardware = box("plain")
    hardware.mains(False)
    assert not hardware.powered
    hardware.mains(0.84)
    assert hardware.powered
    hardware.mains(0.7)
    assert not hardware.powered


# A speaker in it


def street_in(hardware: Hardware, **config: object) -> Street:
    """A heartbeat every five seconds."""
    street = Street(hardware=hardware, settings=hardware.profile.settings())
    return street.joined(heartbeat=5, **config)


def told(street: Street) -> frozenset[str]:
    """What the office makes of its heartbeats."""
    found: frozenset[str] = frozenset()
    for health in street.health:
        found = wrong(health, found)
    return found


def test_a_healthy_speaker_hears_its_own_bulletin() -> None:
    street = street_in(box())
    street.say(street.hq.play("news", street.tone(8), 8_000)).run(60)
    while_it_sounded = [health for health in street.health if health.drive is not None]
    assert while_it_sounded and all(8 < health.drive - health.heard < 12 for health in while_it_sounded)
    assert {health.amplifier for health in street.health} == {"standby", "on"} and told(street) == frozenset()


def test_a_dead_horn_is_heard_to_be_silent() -> None:
    hardware = box()
    hardware.fail("dead_horn")
    street = street_in(hardware)
    street.say(street.hq.play("news", street.tone(8), 8_000)).run(60)
    assert street.end(name_of("news-1")).state == "played", "the core cannot know"
    assert told(street) == {"dead_horn"}


def test_a_make_without_parts_says_nothing_of_them() -> None:
    street = street_in(box("plain"))
    street.say(street.hq.play("news", street.tone(8), 8_000)).run(60)
    absent = ("drive", "heard", "noise", "tone", "battery", "battery_volts", "charging", "data_share")
    assert all(getattr(health, name) is None for health in street.health for name in absent)
    assert all(health.data_used and health.feed == "mains" for health in street.health)


def test_data_is_counted_both_ways_and_outlives_the_power() -> None:
    hardware = box("remote")
    street = street_in(hardware)
    before = street.health[-1].data_used
    street.say(street.hq.play("news", street.blob(bytes(200_000), 60_000, 16_384), 60_000)).run(60)
    assert 200_000 < street.health[-1].data_used - before < 240_000
    used = hardware.meter.used
    street.power_cut()
    street.run(2).power_on().connect().run(10)
    assert street.health[-1].data_used > used


def test_rotten_flash_shows_in_the_heartbeat() -> None:
    hardware = box()
    street = Street(hardware=hardware, flash=hardware.flash(MemoryFlash(4 * 1024 * 1024))).joined(heartbeat=5)
    blob = street.tone(3)
    street.say(street.hq.play("news", blob, 3_000, start_at=after(90), expires_at=after(300)))
    while not street.flash.has(blob):
        street.run(0.1)
    hardware.rot_flash()
    street.run(90)
    assert street.health[-1].flash_faults == 1 and street.end(name_of("news-1")).state == "played"


def test_firmware_that_never_reaches_the_broker_takes_itself_out() -> None:
    hardware = box()
    street = street_in(hardware)
    hardware.install("0.2.0")
    street.power_cut()
    street.run(1).power_on().connect().run(5)
    assert (street.hellos[-1].firmware, street.health[-1].slot) == ("0.2.0", "b")
    hardware.install("0.3.0", boots=False)
    street.power_cut()
    street.run(1).power_on().connect().run(5)
    assert (street.hellos[-1].firmware, street.health[-1].slot) == ("0.2.0", "b")
    hardware.install("0.4.0")
    for _ in range(3):
        street.power_cut()
        street.power_on().run(5)
        assert hardware.firmware == "0.4.0"
    street.power_cut()
    street.power_on().connect().run(5)
    assert street.hellos[-1].firmware == "0.2.0"


# What it costs, and what it keeps to itself


def reachable(root: object) -> list[object]:
    """Everything that hangs on an object, types and modules aside."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) not in seen and not isinstance(thing, type) and type(thing).__name__ not in {"module", "function"}:
            seen[id(thing)] = thing
            waiting += gc.get_referents(thing)
    return list(seen.values())


def test_no_sample_hangs_on_a_box_after_it_has_listened() -> None:
    pole = Pole("common", 1, hour=5.4)
    pole.beats(0.5)
    kept = reachable(pole.hardware)
    assert not any(isinstance(thing, np.ndarray) for thing in kept)
    assert not any(isinstance(thing, bytes | bytearray | list | tuple) and len(thing) > RATE // 100 for thing in kept)


@pytest.mark.parametrize("make", profiles())
def test_a_box_is_small(make: str) -> None:
    """Ten thousand fit one process: what the makes share is shared."""
    hardware = box(make)
    shared = {id(thing) for thing in reachable(Profile.read(make))} | {id(FAULTS)}
    own = [thing for thing in reachable(hardware) if id(thing) not in shared and not isinstance(thing, random.Random)]
    size = sum(sys.getsizeof(thing) for thing in own if not isinstance(thing, str))
    assert size < 2_500, sorted((sys.getsizeof(thing), type(thing)) for thing in own)[-5:]
