"""What a plan calls gone leaves the flash, whatever holds it back meanwhile, and the speaker says when it has."""

from pathlib import Path

import pytest

from devices.protocol.units import DAY
from firmware_sim.flash import Flash
from firmware_sim.folder_flash import FolderFlash
from firmware_sim.hardware.faulty_flash import FaultyFlash, PowerDied
from firmware_sim.memory_flash import MemoryFlash
from tests.firmware_sim.headquarters import Slot, after, name_of, piece_of
from tests.firmware_sim.street import Street

ROOM = 4 * 1024 * 1024


@pytest.fixture
def street() -> Street:
    return Street().joined()


def plan(street: Street, seq: int, *slots: Slot, **changes: object) -> Street:
    return street.say(street.hq.plan(street.device, seq, slots, **changes), retain=True)


def told(street: Street) -> tuple[int, tuple[str, ...]]:
    """Number and erased blobs, as the speaker said last."""
    return street.plan_acks[-1].seq, street.plan_acks[-1].gone


def test_a_whole_blob_goes_with_the_plan_that_aired_it(street: Street) -> None:
    wrong, right = street.tone(4), street.tone(4, 880)
    plan(street, 1, Slot("wrong", piece_of(wrong, 4), 600), Slot("right", piece_of(right, 4), 60)).run(30)
    assert set(street.flash.held()) >= {wrong, right}
    plan(street, 2, Slot("right", piece_of(right, 4), 60), gone=(wrong,)).run(16)
    assert wrong not in street.flash.held() and right in street.flash.whole()
    assert told(street) == (2, (wrong,)) and street.end(name_of("wrong")).state == "cancelled"


def test_it_goes_without_time_and_long_after_it_has_sounded(street: Street) -> None:
    wrong = street.tone(4)
    street.say(street.hq.play("news", wrong, 4_000)).run(60)
    assert street.end(name_of("news-1")).state == "played" and wrong in street.flash.whole()
    street.answers_time = False
    street.power_cut()
    street.run(1).power_on().connect()
    plan(street, 1, gone=(wrong,)).run(16)
    assert not street.speaker.clock.valid and wrong not in street.flash.held() and told(street) == (1, (wrong,))


def test_parts_of_an_unfinished_transfer_go_and_no_more_is_fetched(street: Street) -> None:
    wrong = street.blob(bytes(200_000), 4_000)
    street.loses = lambda topic: topic.endswith(f"{wrong}/40")
    plan(street, 1, Slot("wrong", piece_of(wrong, 4, size=200_000), 1_200)).run(900)
    assert wrong in street.flash.held() and not street.flash.has(wrong)
    plan(street, 2, gone=(wrong,)).run(1)
    street.loses = lambda topic: False
    street.run(900)
    assert wrong not in street.flash.held() and told(street) == (2, (wrong,))


def test_an_order_keeps_it_until_it_has_ended(street: Street) -> None:
    wrong = street.tone(4)
    street.say(street.hq.play("news", wrong, 4_000)).run(5)
    plan(street, 1, gone=(wrong,)).run(12)
    assert wrong in street.flash.whole() and told(street) == (1, ())
    street.run_until(after(60))
    assert street.end(name_of("news-1")).state == "played"
    assert wrong not in street.flash.held() and told(street) == (1, (wrong,))


def test_a_stop_that_comes_after_the_plan_lets_it_go(street: Street) -> None:
    wrong = street.tone(20)
    street.say(street.hq.play("news", wrong, 20_000)).run_until(after(35))
    plan(street, 1, gone=(wrong,)).run(1)
    street.say(street.hq.stop("news")).run(16)
    assert street.end(name_of("news-1")).state == "cancelled"
    assert wrong not in street.flash.held() and told(street) == (1, (wrong,))


def test_an_alert_keeps_its_speech_until_it_has_ended(street: Street) -> None:
    speech, tone = street.tone(3), street.tone(2, 900)
    street.say(street.hq.alert("flood", 1, tone, speech=speech, speech_duration=3_000), retain=True).run(5)
    plan(street, 1, gone=(speech,)).run_until(after(32))
    assert speech in street.flash.whole()
    street.run_until(after(620))
    assert street.end(name_of("flood")).state == "played"
    assert speech not in street.flash.held() and told(street) == (1, (speech,))


def test_a_clip_stays_whatever_is_said(street: Street) -> None:
    siren = street.tone(2, 900)
    street.say(street.hq.config(street.device, seq=2, clips={"tone": siren}), retain=True).run(5)
    plan(street, 1, gone=(siren,)).run(16)
    assert siren in street.flash.whole() and told(street) == (1, ())


def test_what_an_order_brings_back_goes_again(street: Street) -> None:
    wrong = street.tone(4)
    plan(street, 1, gone=(wrong,)).run(16)
    assert told(street) == (1, (wrong,))
    street.say(street.hq.play("news", wrong, 4_000, start_at=after(60))).run(16)
    assert wrong in street.flash.whole() and told(street) == (1, ())
    street.run_until(after(90))
    assert street.end(name_of("news-1")).state == "played"
    assert wrong not in street.flash.held() and told(street) == (1, (wrong,))


def test_one_that_was_away_drops_it_when_it_is_back(street: Street) -> None:
    wrong = street.tone(4)
    plan(street, 1, Slot("wrong", piece_of(wrong, 4), 3_600)).run(300).disconnect()
    plan(street, 2, gone=(wrong,)).run(DAY / 1e6)
    assert wrong in street.flash.whole()
    street.connect().run(16)
    assert wrong not in street.flash.held() and told(street) == (2, (wrong,))


@pytest.mark.parametrize("kind", ["memory", "folder"])
def test_power_fails_at_any_write_of_it(tmp_path: Path, kind: str) -> None:
    """After the reboot the plan in force, the old one or the new one, says what is there; in the end it is gone."""
    for size in range(900, 3_100, 200):
        inner: Flash = MemoryFlash(ROOM) if kind == "memory" else FolderFlash(tmp_path / str(size), ROOM)
        flash = FaultyFlash(inner)
        street = Street(flash=flash).joined()
        wrong = street.tone(4)
        plan(street, 1, Slot("wrong", piece_of(wrong, 4), 3_600)).run(300)
        flash.die_in(size)
        plan(street, 2, gone=(wrong,))
        try:
            street.run(5)
        except PowerDied:
            street.power_cut()
            street.run(1).power_on()
            assert (wrong in flash.held()) is (street.speaker._plan.seq == 1), size
            street.connect()
        flash.die_in(None)
        street.run(16)
        assert wrong not in flash.held() and told(street) == (2, (wrong,)), size
        assert not (tmp_path / str(size) / "blobs" / wrong).exists()
