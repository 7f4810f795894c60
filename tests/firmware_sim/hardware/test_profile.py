"""Makes of speaker."""

import pytest

from firmware_sim.errors import UnknownProfile
from firmware_sim.hardware.profile import Profile, profiles
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.settings import MIB, SpeakerSettings
from tests.firmware_sim.headquarters import after, name_of
from tests.firmware_sim.street import Street

NEWS = name_of("news-1")


def test_there_are_several_makes_and_each_can_be_read() -> None:
    assert {"common", "loud", "plain", "remote", "solar"} <= set(profiles())
    for name in profiles():
        assert Profile.read(name).name == name and Profile.read(name) is Profile.read(name)


def test_a_name_that_is_none() -> None:
    with pytest.raises(UnknownProfile):
        Profile.read("../common")


def test_makes_differ_in_what_matters() -> None:
    makes = [Profile.read(name) for name in profiles()]
    assert {make.sound.microphone for make in makes} == {make.clock_battery for make in makes} == {True, False}
    assert len({make.flash.mib for make in makes}) > 3 and any(make.supply.battery_ah for make in makes)
    assert Profile.read("common").settings() == SpeakerSettings()
    assert Profile.read("plain").settings().flash_bytes == 8 * MIB


def order(street: Street, size: int, chunk_bytes: int = 4_096, duration_ms: int = 4_000) -> str:
    blob = street.blob(bytes(range(256)) * (size // 256), duration_ms, chunk_bytes)
    street.say(street.hq.play("news", blob, duration_ms, start_at=after(15)))
    return blob


@pytest.mark.parametrize(
    ("make", "chunk_bytes", "most"),
    [("common", 4_096, 4), ("common", 65_536, 4), ("solar", 65_536, 1), ("remote", 16_384, 1), ("remote", 4_096, 4)],
)
def test_a_weak_link_asks_for_less_at_a_time(make: str, chunk_bytes: int, most: int) -> None:
    asked: list[int] = []

    class Counting(Street):
        def subscribe(self, topic: str, qos: int) -> None:
            super().subscribe(topic, qos)
            asked.append(sum(wanted.rsplit("/", 1)[1].isdigit() for wanted in self.filters))

    street = Counting(settings=Profile.read(make).settings()).joined()
    blob = order(street, 60 * 4_096 if chunk_bytes < 65_536 else 6 * 65_536, chunk_bytes, 60_000)
    street.run(20)
    assert street.flash.has(blob) and max(asked) == most


def test_a_decoder_refuses_what_is_too_rich_or_too_long() -> None:
    street = Street(settings=Profile.read("plain").settings()).joined()
    order(street, 40_960)
    street.run(30)
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("refused", "unknown_codec")
    long = Street(settings=Profile.read("plain").settings()).joined()
    order(long, 4_096, duration_ms=1_801_000)
    long.run(30)
    assert long.end(NEWS).reason == "unknown_codec"


def test_every_make_plays_a_bulletin_of_the_office() -> None:
    for name in profiles():
        settings = Profile.read(name).settings()
        street = Street(settings=settings, flash=MemoryFlash(settings.flash_bytes)).joined()
        street.say(street.hq.play("news", street.tone(3), 3_000)).run(60)
        assert street.end(NEWS).state == "played", name
