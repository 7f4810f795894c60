"""Power that fails: what was playing, what was remembered, what was on its way."""

import pytest

from devices.protocol.units import DAY, SECOND
from firmware_sim.entries import PlayEntry
from firmware_sim.hardware.faulty_flash import FaultyFlash, PowerDied
from firmware_sim.memory_flash import MemoryFlash
from tests.firmware_sim.headquarters import after, name_of
from tests.firmware_sim.street import ENDS, Street

NEWS = name_of("news-1")


@pytest.fixture
def street() -> Street:
    return Street().joined()


def cut_for(street: Street, seconds: float) -> None:
    street.power_cut()
    street.run(seconds).power_on().connect()


def test_a_bulletin_resumes_at_the_clock_position(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(20), 20_000)).run_until(after(35))
    cut_for(street, 3)
    street.run(60)
    first, resumed = street.started()
    assert resumed["resumed"] and not first["resumed"]
    assert abs(resumed["true"] - after(30) - resumed["from_ms"] * 1_000) < 3_000
    end = street.end(NEWS)
    assert (end.state, end.reason) == ("failed", "power_cut") and 14_000 < end.heard < 18_000


def test_the_cut_stretch_is_closed_at_boot_with_what_was_surely_heard(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(20), 20_000)).run_until(after(35))
    cut_for(street, 3)
    (ended,) = street.ended()
    assert ended["why"] == "power_cut" and 2_900 <= ended["heard_ms"] <= 5_000
    kinds = [line["kind"] for line in street.ledger.lines]
    assert kinds == ["boot", "started", "boot", "ended"]


def test_past_its_time_it_ends_with_what_was_heard(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(5), 5_000)).run_until(after(33))
    cut_for(street, 60)
    street.run(30)
    assert len(street.started()) == 1
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("failed", "power_cut")


def test_a_cut_after_the_end_of_nearly_all_of_it_is_still_played(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(60), 60_000)).run_until(after(60))
    cut_for(street, 0.5)
    street.run(60)
    assert street.end(NEWS).state == "played"


def test_a_cut_before_the_start_forgets_nothing(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(5), 5_000)).run_until(after(20))
    cut_for(street, 2)
    street.run(60)
    assert street.words(NEWS) == ["have", "playing", "played"]


def test_a_cut_between_arming_and_the_first_sample_is_no_start(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(5), 5_000)).run_until(after(29.95))
    cut_for(street, 30)
    street.run(60)
    assert [line["heard_ms"] for line in street.ended()] == [0]
    assert street.words(NEWS) == ["have", "expired"]


def test_what_was_played_does_not_sound_again_after_a_reboot(street: Street) -> None:
    order = street.hq.play("news", street.tone(5), 5_000, max_late=300_000)
    street.say(order).run(60)
    cut_for(street, 1)
    street.run(5).say(order).run(60)
    assert len(street.started()) == 1 and street.words(NEWS).count("played") == 1


def test_the_end_is_said_once_whichever_write_was_the_last(street: Street) -> None:
    """Power goes between the receipt and the entry: the receipt is in flash, the entry does not know."""
    street.acknowledges = False
    street.say(street.hq.play("news", street.tone(2), 2_000)).run_until(after(33))
    street.power_cut()
    name = next(name for name in street.flash.keys("memory/") if NEWS in name)
    entry = PlayEntry.model_validate_json(street.flash.get(name))
    street.flash.put(name, entry.model_copy(update={"end": None}).model_dump_json().encode())
    street.power_on().connect().run(60)
    assert [receipt.state for receipt in street.receipts if receipt.state in ENDS] == ["played"]


def test_receipts_go_on_counting_in_the_same_ledger(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(2), 2_000)).run(60)
    cut_for(street, 1)
    start, expiry = after(100), after(300)
    street.say(street.hq.play("more", street.tone(2), 2_000, start_at=start, expires_at=expiry)).run(60)
    assert [receipt.n for receipt in street.receipts] == [1, 2, 3, 4, 5, 6]
    assert len({receipt.ledger for receipt in street.receipts}) == 1


def test_an_empty_flash_is_a_new_ledger(street: Street) -> None:
    street.run(1).power_cut()
    street.flash = MemoryFlash(4 * 1024 * 1024)
    street.power_on().connect().run(5)
    before, behind = street.hellos
    assert before.ledger != behind.ledger and before.boot != behind.boot
    assert (behind.next_receipt, behind.config_seq) == (1, 0)


def test_a_transfer_goes_on_where_it_was_cut(street: Street) -> None:
    blob = street.blob(bytes(range(256)) * 200, 4_000, 4_096)
    street.loses = lambda topic: topic.endswith(("/7", "/8", "/9", "/10", "/11", "/12"))
    street.say(street.hq.play("news", blob, 4_000, start_at=after(15))).run(3)
    street.loses = lambda topic: False
    before = len(street.wire)
    cut_for(street, 1)
    street.run(10)
    fetched = [topic for verb, topic in street.wire[before:] if verb == "subscribe" and "/blob/" in topic]
    assert street.flash.has(blob)
    assert sorted(int(topic.rsplit("/", 1)[1]) for topic in fetched) == [7, 8, 9, 10, 11, 12]


def test_what_is_long_over_is_forgotten_when_there_is_no_room(street: Street) -> None:
    for number in range(384):
        street.speaker.on_message(*street.hq.play(f"o{number}", "ab" * 32, 1_000, device=street.device), street.mono)
    street.run_until(after(20)).say(street.hq.play("more", "ab" * 32, 1_000)).run(2)
    assert street.end(name_of("more-1")).reason == "no_memory"
    street.say(street.hq.stop("never seen")).run(2)
    assert street.end(name_of("never seen-1")).state == "cancelled"
    cut_for(street, 2 * DAY // SECOND)
    street.run(5)
    late = street.now + 20 * SECOND
    street.hq.now = street.now
    street.say(street.hq.play("fresh", street.tone(2), 2_000, start_at=late, expires_at=late + 60 * SECOND)).run(60)
    assert street.end(name_of("fresh-1")).state == "played"


def test_a_blob_spoiled_in_flash_while_the_power_was_off_is_fetched_again(street: Street) -> None:
    content = street.hq.blob(bytes(9_000), 4_000)
    blob = street.blob(bytes(9_000), 4_000)
    street.loses = lambda topic: topic.endswith("/2")
    street.say(street.hq.play("news", blob, 4_000, start_at=after(15), max_late=100_000)).run(2)
    assert len(content) == 4 and street.flash.missing(blob) == [2]
    street.power_cut()
    street.flash.write_chunk(blob, 2, b"spoiled")
    street.loses = lambda topic: False
    street.power_on().connect().run(10)
    assert street.flash.has(blob) and street.flash.read(blob) == bytes(9_000)


def test_a_correction_that_reopened_an_alert_survives_a_reboot() -> None:
    street = Street()
    siren, wrong, right = street.tone(2, 900), street.tone(4, 300), street.tone(4, 500)
    street.joined(clips={"tone": siren})
    street.acknowledges = False
    flood = {"speech_duration": 4_000}
    street.say(street.hq.alert("flood", 1, siren, speech=wrong, **flood), retain=True).run_until(after(50))
    assert street.words(name_of("flood"))[-1] == "played"
    late = {"speech": right, "speech_at": after(60), **flood}
    street.say(street.hq.alert("flood", 2, siren, **late), retain=True).run_until(after(55))
    cut_for(street, 1)
    street.run(60)
    assert [line["sha256"] for line in street.started("speech")] == [wrong, right]
    assert street.words(name_of("flood")).count("played") == 2


@pytest.mark.parametrize("written", range(0, 4_000, 100))
def test_power_that_fails_while_a_cancel_is_written_leaves_no_alert_that_goes_on(written: int) -> None:
    flash = FaultyFlash(MemoryFlash(4 * 1024 * 1024))
    street = Street(flash=flash)
    siren = street.tone(2, 900)
    street.joined(clips={"tone": siren})
    street.say(street.hq.alert("flood", 1, siren, repeats=20, expires_at=after(200)), retain=True).run_until(after(40))
    flash.die_in(written)
    street.say(street.hq.alert("flood", 2, siren, action="cancel", expires_at=after(200)), retain=True)
    try:
        street.run(5)
    except PowerDied:
        cut_for(street, 1)
    connected = street.now
    street.run(120)
    assert street.words(name_of("flood"))[-1] == "cancelled"
    assert all(line["true"] < connected + SECOND for line in street.started())
    cancels = [number for number, line in enumerate(street.ledger.lines) if line["kind"] == "cancel"]
    assert cancels and "started" not in [line["kind"] for line in street.ledger.lines[cancels[0] :]]
