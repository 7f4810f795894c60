"""A plan on the speaker: its airings sound, what it no longer names does not, and never two versions of one."""

import itertools
import json
import time

import pytest

from devices.protocol.codec import to_json
from devices.protocol.messages.orders import Stop
from devices.protocol.signing import sign
from devices.protocol.units import DAY, SECOND
from firmware_sim.hardware.faulty_flash import FaultyFlash, PowerDied
from firmware_sim.memory_flash import MemoryFlash
from tests.firmware_sim.headquarters import T0, Message, Slot, after, name_of, piece_of
from tests.firmware_sim.street import Street


@pytest.fixture
def street() -> Street:
    return Street().joined()


def plan(street: Street, seq: int, *slots: Slot, **changes: object) -> Message:
    message = street.hq.plan(street.device, seq, slots, **changes)
    street.say(message, retain=True)
    return message


def reports(street: Street) -> list[str]:
    return [report.code for report in street.reports]


def heard(street: Street) -> list[str]:
    """Orders that began to sound, in order, and when, s after T0."""
    return [(line["order"], round((line["true"] - T0) / SECOND)) for line in street.started()]


def reboot(street: Street, seconds: float = 1) -> None:
    street.power_cut()
    street.run(seconds).power_on().connect().run(5)


def test_airings_sound_at_their_time_and_say_so(street: Street) -> None:
    piece = piece_of(street.tone(4), 4)
    plan(street, 1, Slot("morning", piece, 30), Slot("noon", piece, 60))
    street.run(90)
    assert heard(street) == [(name_of("morning"), 30), (name_of("noon"), 60)]
    assert street.words(name_of("morning")) == street.words(name_of("noon")) == ["have", "playing", "played"]
    assert {receipt.order for receipt in street.receipts} == {receipt.occurrence for receipt in street.receipts}


def test_without_network_it_goes_on(street: Street) -> None:
    plan(street, 1, Slot("morning", piece_of(street.tone(4), 4), 100))
    street.run(20).disconnect()
    street.run(200)
    assert heard(street) == [(name_of("morning"), 100)]


def test_a_plan_is_remembered_over_a_reboot_with_what_nothing_had_happened_to(street: Street) -> None:
    missing = "ab" * 32
    plan(street, 1, Slot("morning", piece_of(street.tone(4), 4), 60), Slot("gap", piece_of(missing, 4), 90))
    street.run(5)
    street.retained = {topic: raw for topic, raw in street.retained.items() if not topic.endswith("/plan")}
    reboot(street)
    assert street.hellos[-1].plan_seq == 1
    assert set(street.hellos[-1].open_orders) == {name_of("morning"), name_of("gap")}
    street.run(120)
    assert heard(street) == [(name_of("morning"), 60)]
    assert (street.end(name_of("gap")).state, street.end(name_of("gap")).reason) == ("expired", "no_content")


def test_what_a_newer_plan_does_not_name_is_cancelled(street: Street) -> None:
    piece = piece_of(street.tone(4), 4)
    plan(street, 1, Slot("morning", piece, 30), Slot("noon", piece, 60))
    street.run(5)
    plan(street, 2, Slot("noon", piece, 60))
    street.run(90)
    assert heard(street) == [(name_of("noon"), 60)]
    assert street.end(name_of("morning")).state == "cancelled"


def test_what_sounds_and_is_no_longer_named_falls_silent_at_once(street: Street) -> None:
    plan(street, 1, Slot("long", piece_of(street.tone(20), 20), 30))
    street.run_until(after(35))
    plan(street, 2)
    street.run(30)
    end = street.end(name_of("long"))
    assert end.state == "cancelled" and 4_900 <= end.heard <= 5_200


def test_what_expires_before_the_plan_was_issued_ends_by_itself(street: Street) -> None:
    plan(street, 1, Slot("long", piece_of(street.tone(20), 20, lives=20_000), 30))
    street.run_until(after(35))
    plan(street, 2, issued_at=after(51))
    street.run(30)
    assert street.end(name_of("long")).state == "played"


def test_an_airing_absent_while_the_power_fails_is_cancelled_after_it(street: Street) -> None:
    plan(street, 1, Slot("long", piece_of(street.tone(20), 20), 30))
    street.run_until(after(35))
    street.power_cut()
    plan(street, 2)
    street.run(1).power_on().connect().run(30)
    assert street.end(name_of("long")).state == "cancelled" and len(street.started()) == 1


def test_an_order_is_not_cancelled_by_a_plan(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(4), 4_000)).run(2)
    plan(street, 1)
    street.run(40)
    assert street.end(name_of("news-1")).state == "played"


def test_the_same_plan_again_changes_nothing_and_an_older_or_other_one_is_refused(street: Street) -> None:
    piece = piece_of(street.tone(4), 4)
    older = street.hq.plan(street.device, 1, [])
    message = plan(street, 2, Slot("morning", piece, 30))
    street.run(2).say(message).run(2)
    assert reports(street) == []
    street.say(older).run(2)
    street.say(street.hq.plan(street.device, 2, [])).run(30)
    assert reports(street) == ["stale", "conflicting"]
    assert street.words(name_of("morning")) == ["have", "playing", "played"]


def test_a_reboot_forgets_no_sequence(street: Street) -> None:
    plan(street, 5)
    street.run(2)
    reboot(street)
    street.say(street.hq.plan(street.device, 4)).run(2)
    assert reports(street) == ["stale"] and street.hellos[-1].plan_seq == 5


def test_another_airing_under_a_known_name_is_conflicting_and_the_first_stays(street: Street) -> None:
    piece = piece_of(street.tone(4), 4)
    plan(street, 1, Slot("morning", piece, 30))
    street.run(5)
    plan(street, 2, Slot("morning", piece, 40), Slot("noon", piece, 50))
    street.run(60)
    assert reports(street) == ["conflicting"]
    assert heard(street) == [(name_of("morning"), 30), (name_of("noon"), 50)]


def test_an_airing_that_is_over_when_it_comes_is_signed_and_silent(street: Street) -> None:
    plan(street, 1, Slot("yesterday", piece_of(street.tone(4), 4), -3_600))
    street.run(10)
    assert street.words(name_of("yesterday")) == ["expired"] and street.end(name_of("yesterday")).reason == "late"
    reboot(street)
    plan(street, 2, Slot("yesterday", piece_of(street.tone(4), 4), -3_600))
    street.run(10)
    assert street.words(name_of("yesterday")) == ["expired"]


def test_a_stop_silences_an_airing_known_or_not(street: Street) -> None:
    piece = piece_of(street.tone(20), 20)

    def stop(word: str) -> Message:
        names = {"order": name_of(word), "occurrence": name_of(word)}
        said = Stop(tenant=street.hq.tenant, to=f"dev/{street.device}", issued_at=T0, expires_at=after(600), **names)
        return street.hq.topics.down(street.device, "order"), sign(to_json(said), street.hq.keys["content"])

    street.say(stop("noon")).run(1)
    plan(street, 1, Slot("morning", piece, 30), Slot("noon", piece, 60))
    street.run_until(after(33)).say(stop("morning")).run(60)
    assert heard(street) == [(name_of("morning"), 30)]
    assert street.end(name_of("morning")).state == street.end(name_of("noon")).state == "cancelled"


# Versions


def test_where_the_other_version_has_begun_the_new_one_does_not_sound(street: Street) -> None:
    piece = piece_of(street.tone(20), 20)
    plan(street, 1, Slot("first", piece, 30))
    street.run_until(after(33))
    plan(street, 2, Slot("second", piece, 40, ("first",)))
    street.run(60)
    assert heard(street) == [(name_of("first"), 30)]
    assert street.end(name_of("first")).state == "cancelled"
    assert (street.end(name_of("second")).state, street.end(name_of("second")).reason) == ("refused", "other_version")


def test_where_it_has_not_begun_the_new_one_sounds(street: Street) -> None:
    piece = piece_of(street.tone(4), 4)
    plan(street, 1, Slot("first", piece, 30))
    street.run_until(after(29.95))
    plan(street, 2, Slot("second", piece, 31, ("first",)))
    street.run(60)
    assert [end["heard_ms"] for end in street.ended()] == [0, 4_000]
    assert street.end(name_of("second")).state == "played"


@pytest.mark.parametrize("cut", [False, True])
def test_a_version_that_begins_after_the_plan_came_still_counts(street: Street, cut: bool) -> None:
    piece = piece_of(street.tone(4), 4)
    plan(street, 1, Slot("first", piece, 30), Slot("second", piece, 60, ("first",)))
    street.run_until(after(40))
    if cut:
        reboot(street)
    street.run(60)
    assert heard(street) == [(name_of("first"), 30)]
    assert street.end(name_of("second")).reason == "other_version"


# Time, flash, power


def test_a_plan_is_taken_without_valid_time_and_decided_on_when_there_is() -> None:
    street = Street(answers_time=False)
    street.power_on().connect().run(2)
    piece = piece_of(street.tone(4), 4)
    plan(street, 1, Slot("morning", piece, 120), Slot("yesterday", piece, -3_600))
    street.run_until(after(20))
    assert street.plan_acks[-1].seq == 1 and {receipt.state for receipt in street.receipts} == {"have"}
    street.answers_time = True
    street.run(120)
    assert heard(street) == [(name_of("morning"), 120)]
    assert street.end(name_of("yesterday")).state == "expired"


class StubbornFlash(MemoryFlash):
    def put(self, key: str, value: bytes) -> bool:
        return False if key == "plan" and b'"seq":2' in value else super().put(key, value)


def test_a_flash_that_refuses_keeps_the_old_plan() -> None:
    street = Street(flash=StubbornFlash(4 * 1024 * 1024)).joined()
    piece = piece_of(street.tone(4), 4)
    plan(street, 1, Slot("morning", piece, 30))
    street.run(5)
    plan(street, 2, Slot("noon", piece, 60))
    street.run(90)
    assert reports(street) == ["no_space"]
    assert heard(street) == [(name_of("morning"), 30)]
    assert street.plan_acks[-1].seq == 1


@pytest.mark.parametrize("written", range(0, 12_500, 250))
def test_power_that_fails_while_a_plan_is_taken_leaves_the_old_or_the_new_one(written: int) -> None:
    flash = FaultyFlash(MemoryFlash(4 * 1024 * 1024))
    street = Street(flash=flash)
    piece = piece_of(street.tone(4), 4)
    street.joined()
    plan(street, 1, *(Slot(f"old {number}", piece, 40 + 10 * number) for number in range(3)))
    street.run(5)
    slots = [Slot(f"new {number}", piece, 40 + 10 * number, (f"old {number}",)) for number in range(3)]
    flash.die_in(written)
    try:
        plan(street, 2, *slots)
        street.run(5)
    except PowerDied:
        street.power_cut()
        street.run(1).power_on()
        assert json.loads(flash.get("plan"))["plan"]["seq"] in {1, 2}
        street.connect()
    street.run(90)
    assert heard(street) == [(name_of(f"new {number}"), 40 + 10 * number) for number in range(3)]
    assert {street.end(name_of(f"old {number}")).state for number in range(3)} == {"cancelled"}


# What it says of it


def test_it_says_once_a_connection_that_it_holds_the_plan(street: Street) -> None:
    message = plan(street, 1)
    street.run(12).say(message).run(12)
    assert [(ack.seq, ack.missing) for ack in street.plan_acks] == [(1, ())]
    street.disconnect()
    street.connect().run(12)
    assert len(street.plan_acks) == 2
    assert 0 < street.plan_acks[-1].free <= 4 * 1024 * 1024
    assert street.plan_acks[-1].clock_error > street.speaker.clock.error(street.mono)


def test_what_is_missing_is_told_as_it_changes_ten_seconds_apart_the_first_needed_first(street: Street) -> None:
    blobs = [street.blob(bytes([number]) * 9_000, 4_000) for number in range(6)]
    street.loses = lambda topic: "/blob/" in topic
    said_at: list[int] = []
    say = street.plan_acks.append
    street.plan_acks = type("Said", (list,), {"append": lambda self, ack: (said_at.append(street.now), say(ack))})()
    acks: list = say.__self__
    plan(street, 1, *(Slot(f"airing {n}", piece_of(blobs[n], 4), 3_600 - n * 60) for n in range(6)))
    street.run(15)
    assert [list(ack.missing) for ack in acks] == [blobs[::-1]]
    street.loses = lambda topic: blobs[0] in topic
    street.run(700)
    assert list(acks[-1].missing) == blobs[:1]
    assert all(later - earlier >= 10 * SECOND for earlier, later in itertools.pairwise(said_at))


def test_a_village_does_not_answer_at_once() -> None:
    said = set()
    for seed in range(8):
        street = Street(seed=seed).joined()
        plan(street, 1)
        began = street.now
        while not street.plan_acks:
            street.run(0.1)
        said.add(round((street.now - began) / SECOND, 1))
    assert len(said) > 4


# Bounds


def test_two_hundred_and_fifty_six_airings_are_taken_quickly_and_do_not_weigh_on_an_idle_speaker(
    street: Street,
) -> None:
    piece = piece_of("ab" * 32, 4)
    topic, payload = street.hq.plan(
        street.device, 1, [Slot(f"airing {number}", piece, 7_200 + 120 * number) for number in range(256)]
    )
    begun = time.thread_time()
    street.speaker.on_message(topic, payload, street.mono)
    assert time.thread_time() - begun < 5
    street.run(30)
    assert len(street.hellos) == 1 and len(list(street.speaker._memory.active())) == 256
    assert len(street.speaker._conductor._wakes) < 10


def test_airings_leave_the_places_of_orders_alone(street: Street) -> None:
    piece = piece_of("ab" * 32, 4)
    plan(street, 1, *(Slot(f"airing {number}", piece, 7_200 + number) for number in range(256)))
    street.run(2)
    for number in range(140):
        street.speaker.on_message(*street.hq.play(f"o{number}", "cd" * 32, 1_000, device=street.device), street.mono)
    assert not street.receipts


def test_ended_airings_of_the_plan_in_force_are_not_forgotten(street: Street) -> None:
    plan(street, 1, Slot("morning", piece_of(street.tone(4), 4), 30))
    street.run(60)
    memory, key = street.speaker._memory, (name_of("morning"),) * 2
    memory.forget(street.now + 3 * DAY)
    assert memory.get(key) is not None
    plan(street, 2)
    street.run(1)
    memory.forget(street.now + 3 * DAY)
    assert memory.get(key) is None
