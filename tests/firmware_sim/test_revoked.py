"""A key that leaked is taken out of the trust set: nothing that only it said sounds, and nothing true is lost."""

import pytest

from devices.protocol.codec import to_json
from devices.protocol.messages.trust import TrustedKey, TrustSet
from devices.protocol.signing import sign
from devices.protocol.units import DAY, MILLI, SECOND
from firmware_sim.village.clips import opus_clip
from tests.firmware_sim.headquarters import T0, Message, Slot, after, key_of, name_of, piece_of
from tests.firmware_sim.street import Street

NEWS = name_of("news-1")
LAST = 2**53 - 1
"""The highest number there is: what a thief writes so that nobody can go beyond it."""


@pytest.fixture
def street() -> Street:
    return Street().joined()


def leaked(street: Street, role: str, seq: int = 2) -> None:
    """The office has another key for this role, and says so; the thief keeps the old one as `stolen`."""
    street.hq.keys["stolen"] = street.hq.keys[role]
    street.hq.keys[role] = key_of(f"new {role} {seq}")
    trust = {name: key for name, key in street.hq.keys.items() if name != "stolen"}
    stolen, street.hq.keys = street.hq.keys, trust
    street.say(street.hq.trust(seq)).run(0.1)
    street.hq.keys = stolen


def codes(street: Street) -> list[str]:
    return [report.code for report in street.reports]


def test_with_the_stolen_key_anybody_speaks_until_the_office_takes_it_back(street: Street) -> None:
    tone = street.tone(3)
    street.say(street.hq.play("news", tone, 3_000)).run(60)
    assert len(street.started()) == 1, "the attack is real"
    leaked(street, "content")
    street.say(street.hq.play("more", tone, 3_000, key="stolen", start_at=street.now + 20 * SECOND)).run(60)
    assert len(street.started()) == 1 and codes(street) == ["unknown_key"]


def test_what_waited_under_the_stolen_key_is_forgotten_without_a_word(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(3), 3_000)).run_until(after(29))
    leaked(street, "content")
    street.run(120)
    assert not street.started() and street.words(NEWS) == ["have"]


def test_what_is_said_again_under_the_new_key_sounds_as_if_nothing_had_been(street: Street) -> None:
    tone = street.tone(3)
    street.say(street.hq.play("news", tone, 3_000)).run_until(after(28))
    leaked(street, "content")
    street.say(street.hq.play("news", tone, 3_000)).run(60)
    assert [line["true"] for line in street.started()] == [pytest.approx(after(30), abs=20 * MILLI)]
    assert street.end(NEWS).state == "played"


def test_the_speaker_says_hello_again_so_that_nothing_is_lost(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(3), 3_000)).run(10)
    said = len(street.hellos)
    leaked(street, "content")
    street.run(11)
    (again,) = street.hellos[said:]
    assert again.open_orders == () and again.trust_seq == 2 and again.config_seq == 1
    street.run(60)
    assert len(street.hellos) == said + 1


def test_a_rotation_that_takes_nothing_away_asks_for_nothing(street: Street) -> None:
    tone = street.tone(3)
    street.say(street.hq.play("news", tone, 3_000)).run(10)
    said = len(street.hellos)
    street.say(street.hq.trust(2)).run(60)
    assert len(street.hellos) == said and street.end(NEWS).state == "played"


def test_what_sounds_goes_on_when_it_is_said_again_in_time(street: Street) -> None:
    tone = street.tone(20)
    street.say(street.hq.play("news", tone, 20_000)).run_until(after(35))
    leaked(street, "content")
    street.run(2).say(street.hq.play("news", tone, 20_000)).run(60)
    assert len(street.started()) == 1
    end = street.end(NEWS)
    assert end.state == "played" and end.heard == 20_000


def test_what_sounds_falls_silent_after_five_seconds_when_nobody_says_it_again(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(20), 20_000)).run_until(after(35))
    leaked(street, "content")
    street.run(60)
    (end,) = street.ended()
    assert end["why"] == "revoked" and 9_500 < end["heard_ms"] < 10_500
    said = street.end(NEWS)
    assert (said.state, said.reason) == ("failed", "revoked")


def test_it_goes_on_at_the_clock_position_when_it_is_said_again_late(street: Street) -> None:
    tone = street.tone(20)
    street.say(street.hq.play("news", tone, 20_000)).run_until(after(35))
    leaked(street, "content")
    street.run(7).say(street.hq.play("news", tone, 20_000)).run(60)
    first, second = street.started()
    assert second["true"] - first["true"] == pytest.approx(second["from_ms"] * MILLI, abs=5 * MILLI)
    assert street.end(NEWS).reason == "revoked" and 17_000 < street.end(NEWS).heard < 18_500


def test_what_was_about_to_begin_does_not(street: Street) -> None:
    street.say(street.hq.play("news", street.tone(3), 3_000)).run_until(after(29.98))
    leaked(street, "content")
    street.run(60)
    assert sum(line["heard_ms"] for line in street.ended()) == 0
    assert not [word for word in street.words(NEWS) if word != "have"]


def test_a_forged_plan_goes_with_its_rules_and_its_number(street: Street) -> None:
    piece = piece_of(street.tone(3), 3)
    mute = [(-3_600, 0)]
    street.say(street.hq.plan(street.device, LAST, [Slot("forged", piece, 40)], caps=mute)).run(10)
    leaked(street, "content")
    street.say(street.hq.plan(street.device, 5, [Slot("true", piece, 50)])).run(90)
    assert [line["occurrence"] for line in street.started()] == [name_of("true")]
    assert not street.words(name_of("forged")) or street.words(name_of("forged")) == ["have"]
    assert street.plan_acks[-1].seq == 5


def test_the_true_plan_said_again_keeps_every_airing(street: Street) -> None:
    piece = piece_of(street.tone(3), 3)
    slots = [Slot("one", piece, 20), Slot("two", piece, 60)]
    street.say(street.hq.plan(street.device, 5, slots)).run(21)
    leaked(street, "content")
    street.say(street.hq.plan(street.device, 5, slots)).run(90)
    assert [line["occurrence"] for line in street.started()] == [name_of("one"), name_of("two")]
    assert street.end(name_of("one")).state == street.end(name_of("two")).state == "played"


def test_a_plan_that_two_keys_have_said_hangs_on_the_newer_one(street: Street) -> None:
    """A planned rotation: both are trusted for a while, then the old one is gone."""
    piece = piece_of(street.tone(3), 3)
    street.say(street.hq.plan(street.device, 5, [Slot("one", piece, 60)])).run(1)
    old = street.hq.keys["content"]
    street.hq.keys = {"old content": old, **street.hq.keys, "content": key_of("next")}
    street.say(_trust_of_both(street, 2)).say(street.hq.plan(street.device, 5, [Slot("one", piece, 60)])).run(5)
    del street.hq.keys["old content"]
    said = len(street.hellos)
    street.say(street.hq.trust(3)).run(90)
    assert len(street.hellos) == said and street.end(name_of("one")).state == "played"


def _trust_of_both(street: Street, seq: int) -> Message:
    """The old key still signs content; it stands before the new one."""
    keys = tuple(
        TrustedKey(public=key.verify_key.public, roles=(role.removeprefix("old "),), not_after=T0 + 365 * DAY)
        for role, key in street.hq.keys.items()
        if role != "root"
    )
    said = TrustSet(tenant=street.hq.tenant, to="tenant", issued_at=street.now, seq=seq, keys=keys)
    return street.hq.topics.trust, sign(to_json(said), street.hq.keys["root"])


def test_a_forged_configuration_stays_until_the_true_one_and_its_number_counts_no_more(street: Street) -> None:
    street.say(street.hq.config(street.device, LAST, areas=(), volume=0)).run(1)
    street.say(street.hq.config(street.device, 7)).run(1)
    assert codes(street) == ["stale"] and street.speaker.areas == ()
    leaked(street, "control")
    street.run(11)
    assert street.hellos[-1].config_seq == 0
    street.say(street.hq.config(street.device, 7)).run(1)
    assert street.speaker.areas == (name_of("area"),)


def test_a_forged_clock_and_its_floor_are_forgotten(street: Street) -> None:
    street.hq.shift = 9 * DAY
    street.disconnect()
    street.connect().run(10)
    assert street.speaker.clock.utc(street.mono) > street.now + 8 * DAY, "the attack is real"
    street.run(120)
    leaked(street, "time")
    street.hq.shift = 0
    street.run(10)
    assert abs(street.speaker.clock.utc(street.mono) - street.now) < 50 * MILLI
    street.power_cut()
    street.run(1).power_on().connect().run(10)
    assert abs(street.speaker.clock.utc(street.mono) - street.now) < 50 * MILLI
    street.say(street.hq.play("news", street.tone(3), 3_000, start_at=street.now + 20 * SECOND)).run(60)
    assert street.end(NEWS).state == "played"


def test_a_forged_alert_falls_silent_and_a_forged_cancel_is_undone(street: Street) -> None:
    tone = street.tone(2)
    street.say(street.hq.alert("flood", 1, tone, repeats=5, gap=3_000, silent_speech=True)).run_until(after(37))
    street.say(street.hq.alert("flood", 65_535, tone, repeats=5, gap=3_000, silent_speech=True, action="cancel")).run(1)
    heard = len(street.started())
    assert street.words(name_of("flood"))[-1] == "cancelled" and heard == 2, "the attack is real"
    leaked(street, "alert")
    street.say(street.hq.alert("flood", 1, tone, repeats=5, gap=3_000, silent_speech=True)).run(60)
    assert len(street.started()) == 5, "three more, none twice"


def test_a_power_cut_changes_nothing_of_it(street: Street) -> None:
    tone = street.tone(3)
    street.say(street.hq.play("news", tone, 3_000, max_late=200_000)).run(10)
    street.say(street.hq.plan(street.device, 5, [Slot("forged", piece_of(tone, 3), 200)])).run(5)
    leaked(street, "content")
    street.power_cut()
    street.run(1).power_on().connect().run(300)
    assert not street.started()


def test_half_fetched_audio_of_a_forged_manifest_is_fetched_by_the_true_one(street: Street) -> None:
    content = opus_clip(6, 300.0)
    topics = street.hq.blob(content, 6_000, 1_024)
    manifest = next(iter(topics))
    sha256 = manifest.split("/")[-2]
    wrong = street.hq.blob_named(sha256, content[::-1], 6_000, 1_024)
    street.retained |= topics | {manifest: wrong[manifest]}
    street.say(street.hq.config(street.device, 2, clips={"tone": sha256})).run(60)
    assert "bad_chunk" in codes(street) and not street.flash.has(sha256), "the attack is real"
    leaked(street, "content")
    street.retained |= street.hq.blob(content, 6_000, 1_024)
    street.run(120)
    assert street.flash.has(sha256)
