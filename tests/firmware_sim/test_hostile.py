"""Somebody owns the broker, or a key, or a recording of yesterday: every fault is silence and a report."""

import json

import pytest

from devices.protocol import base64url
from devices.protocol.bitmap import pack
from devices.protocol.codec import to_json
from devices.protocol.keys import SigningKey
from devices.protocol.messages.orders import Play
from devices.protocol.signing import open_envelope, sign
from devices.protocol.units import DAY, MINUTE, SECOND
from tests.firmware_sim.headquarters import T0, Headquarters, Message, after, key_of, name_of
from tests.firmware_sim.street import Street

NEWS = name_of("news-1")


@pytest.fixture
def street() -> Street:
    return Street().joined()


def good(street: Street, **changes: object) -> Message:
    return street.hq.play("news", street.tone(3), 3_000, **changes)


def silent_with(street: Street, code: str) -> None:
    street.run(60)
    assert not street.started()
    assert not street.words(NEWS)
    assert [report.code for report in street.reports] == [code]
    assert any(line["kind"] == "refused" and line["code"] == code for line in street.ledger.lines)


def rewritten(message: Message, key: SigningKey | None = None, **changes: object) -> Message:
    """The same order with other fields, under its old signature or (with a key) a new one."""
    topic, raw = message
    header, payload, signature = raw.split(b".")
    fields = json.loads(base64url.decode(payload.decode())) | changes
    changed = json.dumps(fields).encode()
    if key is not None:
        return topic, sign(changed, key)
    return topic, b".".join((header, base64url.encode(changed).encode(), signature))


# A1: forged


def test_a_forged_key_is_unknown_after_its_ten_seconds(street: Street) -> None:
    street.say(rewritten(good(street), key_of("mallory")))
    street.run(9)
    assert not street.reports
    silent_with(street, "unknown_key")


def test_fields_changed_under_a_good_signature(street: Street) -> None:
    street.say(rewritten(good(street), volume=99))
    silent_with(street, "bad_signature")


def test_a_forgery_is_reported_within_ten_seconds(street: Street) -> None:
    street.say(rewritten(good(street), volume=99)).run(0.1)
    assert [(report.code, report.count) for report in street.reports] == [("bad_signature", 1)]


def test_an_online_key_does_what_its_role_says_and_no_more(street: Street) -> None:
    street.say(good(street, key="control"))
    silent_with(street, "wrong_role")


def test_a_content_key_raises_no_alert(street: Street) -> None:
    street.say(street.hq.alert("flood", 1, street.tone(2), key="content")).run(60)
    assert not street.started() and [report.code for report in street.reports] == ["wrong_role"]


def test_a_trust_set_of_another_root(street: Street) -> None:
    mallory = Headquarters(keys={role: key_of("m" + role) for role in ("root", "content", "alert", "control", "time")})
    street.say(mallory.trust(seq=9)).say(mallory.play("news", street.tone(3), 3_000))
    street.run(60)
    assert not street.started()
    assert {report.code for report in street.reports} == {"unknown_key"}


@pytest.mark.parametrize("payload", [b"{}", b"play", b"\xff" * 200, b"a.b.c", b"A" * 140_000])
def test_what_is_no_message(street: Street, payload: bytes) -> None:
    street.deliver(street.hq.topics.area_order(name_of("area")), payload)
    silent_with(street, "malformed")


def test_an_unsigned_order_is_nothing(street: Street) -> None:
    topic, raw = good(street)
    street.deliver(topic, open_envelope(raw).payload)
    silent_with(street, "malformed")


def test_an_empty_payload_is_housekeeping(street: Street) -> None:
    for topic in (street.hq.topics.area_order(name_of("area")), street.hq.topics.trust):
        street.deliver(topic, b"")
    street.run(20)
    assert not street.reports


# A2: replayed


@pytest.mark.parametrize("later", [MINUTE, DAY])
def test_a_replay_never_sounds_again(street: Street, later: int) -> None:
    order = good(street)
    street.say(order).run(60)
    street.disconnect()
    street.run(later // SECOND).connect().run(5).say(order).run(60)
    assert len(street.started()) == 1
    assert next(word for word in street.words(NEWS) if word not in ("have", "playing")) == "played"


def test_a_replay_after_a_reboot(street: Street) -> None:
    order = good(street, max_late=300_000)
    street.say(order).run(60).power_cut()
    street.run(1).power_on().connect().run(5).say(order).run(60)
    assert len(street.started()) == 1 and street.words(NEWS).count("played") == 1


def test_a_replay_on_another_speaker(street: Street) -> None:
    other = street.hq.born("other")
    street.deliver(*street.hq.play("news", street.tone(3), 3_000, device=other.device))
    silent_with(street, "wrong_place")


def test_an_order_of_another_area(street: Street) -> None:
    street.deliver(*street.hq.play("news", street.tone(3), 3_000, area="elsewhere"))
    silent_with(street, "wrong_place")


def test_what_was_said_to_an_area_before_one_came_there(street: Street) -> None:
    """A broker that rolls its store back: an alert to everybody in the area, from before it said whom it is for."""
    hq, tone = street.hq, street.tone(2)
    came, hq.now = hq.now, hq.now - 1
    old, named = hq.alert("old", 1, tone), hq.alert("named", 1, tone, start_at=after(60), only=pack({0}))
    news = hq.play("news", tone, 2_000)
    hq.now = came
    street.say(hq.config(street.device, 2, clips={"tone": tone}, since=came)).run(1)
    street.say(old).say(news).run(50)
    assert street.started() == [] and street.words(NEWS) == []
    street.say(named).say(hq.alert("new", 1, tone, start_at=after(90))).run(60)
    assert len(street.started()) == 2


def test_another_areas_order_on_my_topic(street: Street) -> None:
    _, raw = street.hq.play("news", street.tone(3), 3_000, area="elsewhere")
    street.deliver(street.hq.topics.area_order(name_of("area")), raw)
    silent_with(street, "wrong_place")


def test_an_order_of_another_tenant_with_the_same_keys(street: Street) -> None:
    neighbour = Headquarters(tenant=name_of("neighbour"))
    _, raw = neighbour.play("news", street.tone(3), 3_000)
    street.deliver(street.hq.topics.area_order(name_of("area")), raw)
    silent_with(street, "wrong_place")


def test_a_drill_is_not_live(street: Street) -> None:
    street.say(rewritten(good(street), street.hq.keys["content"], mode="drill"))
    silent_with(street, "wrong_place")


def test_an_order_that_must_be_remembered_for_too_long(street: Street) -> None:
    street.say(good(street, expires_at=T0 + 9 * DAY))
    silent_with(street, "too_far_ahead")


def test_an_order_from_the_future(street: Street) -> None:
    street.hq.now = after(400)
    street.say(good(street))
    silent_with(street, "from_future")


def test_an_old_configuration_after_a_reboot(street: Street) -> None:
    old = street.hq.config(street.device, seq=1, areas=(("elsewhere", 0),))
    street.say(street.hq.config(street.device, seq=5)).run(1)
    street.power_cut()
    street.retained.clear()
    street.power_on().connect().run(3)
    street.say(old).run(1)
    assert [report.code for report in street.reports] == ["stale"]
    assert street.hellos[-1].config_seq == 5
    assert street.hq.topics.area_all(name_of("area")) in street.filters


def test_two_configurations_of_one_number(street: Street) -> None:
    street.say(street.hq.config(street.device, seq=1, volume=11)).run(1)
    assert [report.code for report in street.reports] == ["conflicting"]


# Keys change


def test_a_retired_key_is_refused_and_its_successor_heard(street: Street) -> None:
    old = good(street)
    street.hq.keys["content"] = key_of("next year's content")
    street.say(street.hq.trust(seq=2), retain=True).run(1)
    street.say(old).run(11)
    assert [report.code for report in street.reports] == ["unknown_key"]
    street.say(street.hq.play("more", street.tone(3), 3_000)).run(60)
    assert street.end(name_of("more-1")).state == "played"


def test_an_order_that_overtakes_its_key_waits_for_it(street: Street) -> None:
    street.hq.keys["content"] = key_of("next year's content")
    street.say(good(street)).run(5)
    assert not street.receipts and not street.reports
    street.say(street.hq.trust(seq=2)).run(60)
    assert street.words(NEWS) == ["have", "playing", "played"] and not street.reports


def test_what_waits_for_a_key_is_bounded(street: Street) -> None:
    for number in range(50):
        street.say(rewritten(good(street), key_of("mallory"), order=name_of(f"flood {number}")))
    street.run(1)
    assert sum(report.count for report in street.reports) >= 1
    street.run(30)
    assert sum(report.count for report in street.reports) == 50


def test_a_new_trust_set_is_remembered_across_a_reboot(street: Street) -> None:
    street.hq.keys["content"] = key_of("next year's content")
    street.say(street.hq.trust(seq=2)).run(1).power_cut()
    street.power_on().connect().run(3)
    assert street.hellos[-1].trust_seq == 2
    street.say(good(street)).run(60)
    assert street.end(NEWS).state == "played"


def test_an_older_trust_set_is_stale(street: Street) -> None:
    street.say(street.hq.trust(seq=3)).run(1).say(street.hq.trust(seq=2)).run(1)
    assert [report.code for report in street.reports] == ["stale"]


# D9, A10: any fault is silence


class Liar:
    """A broker that spoils everything it delivers in one way."""

    def __init__(self, spoil: str) -> None:
        self.spoil = spoil
        self.kept = b""

    def __call__(self, topic: str, payload: bytes) -> bytes:
        if self.spoil == "cut":
            return payload[: len(payload) // 2]
        if self.spoil == "flip":
            middle = len(payload) // 2
            return payload[:middle] + bytes([payload[middle] ^ 1]) + payload[middle + 1 :]
        if self.spoil == "swap":
            self.kept, payload = payload, self.kept or payload
            return payload
        return b"{}" if self.spoil == "empty" else payload + b"."


@pytest.mark.parametrize("spoil", ["cut", "flip", "swap", "empty", "longer"])
def test_a_hostile_broker_makes_no_sound(spoil: str) -> None:
    street = Street().joined()
    siren = street.tone(2, 900)
    street.changes = Liar(spoil)
    for number in range(6):
        street.say(street.hq.play(f"o{number}", street.tone(3), 3_000))
        street.say(street.hq.alert(f"a{number}", 1, siren), retain=True)
        street.run(2)
    street.run(60)
    heard = {line["order"] for line in street.started()}
    if spoil != "swap":  # swapping delivers whole messages late: those are genuine
        assert not heard
    assert heard <= {name_of(f"{kind}{number}") for kind in "oa" for number in range(6)}


def test_chunks_nobody_asked_for_are_dropped(street: Street) -> None:
    street.deliver(street.hq.topics.chunk("ab" * 32, 0), b"x" * 4096)
    street.run(20)
    assert not street.flash.held() and not street.reports


def test_what_only_speakers_say_is_not_listened_to(street: Street) -> None:
    street.deliver(street.hq.topics.up(street.device, "receipt"), b"x")
    street.deliver(street.hq.topics.time_request(street.device), b"x")
    street.deliver("somewhere/else", b"x")
    street.run(20)
    assert sorted(report.code for report in street.reports) == ["unknown_topic", "wrong_place", "wrong_place"][:2] or {
        report.code for report in street.reports
    } == {"unknown_topic", "wrong_place"}


def test_a_flood_of_forgeries_is_counted_not_echoed(street: Street) -> None:
    forged = rewritten(good(street), volume=99)
    for _ in range(500):
        street.deliver(*forged)
    street.run(35)
    assert len(street.reports) <= 4
    assert sum(report.count for report in street.reports) == 500


def test_an_acknowledgement_of_what_was_never_said_forgets_nothing(street: Street) -> None:
    street.acknowledges = False
    street.say(good(street)).run(60)
    ledger = street.hellos[-1].ledger
    for name, through in ((ledger, 99), (name_of("other ledger"), 3), (ledger, 0)):
        street.say(street.hq.ack(street.device, name, through))
    street.run(1)
    assert len(street.flash.keys("receipts/")) == 3
    street.say(street.hq.ack(street.device, ledger, 2)).run(1)
    assert len(street.flash.keys("receipts/")) == 1


def play_for(device: str, hq: Headquarters) -> bytes:
    """A well-formed order by hand, where the helpers are too polite."""
    message = Play(
        tenant=hq.tenant, to=f"dev/{device}", issued_at=T0, order=name_of("news"), occurrence=NEWS, sha256="ab" * 32,
        duration=1_000, start_at=after(30), max_late=0, expires_at=after(60), rank="normal", volume=1, repeats=1,
        gap=0, only="AQ",
    )  # fmt: skip
    return sign(to_json(message), hq.keys["content"])


def test_numbers_of_an_area_mean_nothing_without_an_area(street: Street) -> None:
    street.deliver(street.hq.topics.down(street.device, "order"), play_for(street.device, street.hq))
    silent_with(street, "malformed")
