"""One door: right key, right role, right place, right time; every refusal by its code."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.protocol import codec
from devices.protocol.codec import SIGNED, to_json
from devices.protocol.errors import ProtocolError
from devices.protocol.signing import sign
from devices.protocol.verification import CLOCK_SLACK, MAX_AHEAD, verify
from tests.devices.protocol.samples import (
    ALERT,
    AREA,
    BLOB_SHA,
    DEVICE,
    KEYS,
    MAKERS,
    NOW,
    ONLINE_ROLES,
    OTHER_AREA,
    OTHER_DEVICE,
    OTHER_TENANT,
    PLACES,
    SECOND,
    TENANT,
    TOPICS,
    alert,
    born,
    config,
    find_key,
    manifest,
    named,
    plan,
    play,
    signed,
    stop,
    time_answer,
)  # fmt: skip

SPEAKER_HEARS = ("manifest", "play", "stop", "alert", "config", "plan", "ack", "time_answer")


def code(raw, topic, now=NOW, keys=find_key):
    """The refusal's code, or `good`."""
    try:
        verify(raw, TOPICS.parse(topic), TENANT, keys, now)
    except ProtocolError as error:
        return error.code
    return "good"


@pytest.mark.parametrize("kind", [kind for kind in SIGNED if kind != "trust"])
def test_a_good_message_is_believed(kind):
    raw = signed(MAKERS[kind]())
    found = verify(raw, TOPICS.parse(PLACES[kind]), TENANT, find_key, NOW)
    assert found.message == MAKERS[kind]()
    assert code(raw, PLACES[kind], now=None) == "good"


@pytest.mark.parametrize("kind", [kind for kind in SIGNED if kind != "trust"])
def test_only_the_role_of_its_type_may_sign(kind):
    for name in (*ONLINE_ROLES, "device"):
        expected = "good" if name == SIGNED[kind][1] else "wrong_role"
        assert code(signed(MAKERS[kind](), by=name), PLACES[kind]) == expected
    assert code(signed(MAKERS[kind](), by="stranger"), PLACES[kind]) == "unknown_key"
    assert code(signed(MAKERS[kind](), by="root"), PLACES[kind]) == "unknown_key"


@pytest.mark.parametrize("kind", [kind for kind in SIGNED if kind != "trust"])
def test_it_is_valid_in_its_own_place_alone(kind):
    raw = signed(MAKERS[kind]())
    spots = {PLACES[other] for other in MAKERS} | {
        TOPICS.area_order(OTHER_AREA), TOPICS.alert(OTHER_AREA, ALERT), TOPICS.alert(AREA, named("another alert")),
        TOPICS.down(OTHER_DEVICE, "order"), TOPICS.down(DEVICE, "order"), TOPICS.down(OTHER_DEVICE, "config"),
        TOPICS.down(OTHER_DEVICE, "ack"), TOPICS.down(OTHER_DEVICE, "plan"),
        TOPICS.time_answer(OTHER_DEVICE), TOPICS.manifest("f" * 64),
        TOPICS.chunk(BLOB_SHA, 0),
    }  # fmt: skip
    up = {TOPICS.up(DEVICE, leaf) for leaf in ("hello", "receipt", "ack", "log", "state", "health")}
    assert {spot for spot in spots | up if code(raw, spot) == "good"} == {PLACES[kind]}
    assert {code(raw, spot) for spot in (spots | up) - {PLACES[kind]}} == {"wrong_place"}


@pytest.mark.parametrize("kind", [kind for kind in SIGNED if kind != "trust"])
def test_tenant_target_and_mode_are_in_the_signed_bytes(kind):
    bad_to = ["tenant", f"area/{OTHER_AREA}", f"dev/{OTHER_DEVICE}", "", "controller ", "CONTROLLER"]
    changes = [{"tenant": OTHER_TENANT}, {"mode": "drill"}]
    changes += [{"to": to} for to in bad_to] if kind != "manifest" else []
    for change in changes:
        assert code(signed(MAKERS[kind](**change)), PLACES[kind]) == "wrong_place"


def test_an_order_of_an_area_is_none_on_a_speakers_own_topic():
    assert code(signed(play()), TOPICS.down(DEVICE, "order")) == "wrong_place"
    assert code(signed(stop(to=f"area/{AREA}")), TOPICS.down(DEVICE, "order")) == "wrong_place"
    assert code(signed(play(to=f"dev/{DEVICE}", only=None)), TOPICS.down(DEVICE, "order")) == "good"


def test_an_alert_may_be_told_again_to_one_speaker():
    again = signed(alert(to=f"dev/{DEVICE}"))
    assert code(again, TOPICS.down(DEVICE, "order")) == "good"
    assert code(again, TOPICS.alert(AREA, ALERT)) == "wrong_place"
    assert code(signed(alert()), TOPICS.down(DEVICE, "order")) == "wrong_place"
    assert code(signed(alert()), TOPICS.area_order(AREA)) == "wrong_place"


def test_the_content_key_raises_no_alert_and_the_alert_key_plays_no_bulletin():
    assert code(signed(alert(), by="content"), PLACES["alert"]) == "wrong_role"
    assert code(signed(play(), by="alert"), PLACES["play"]) == "wrong_role"
    assert code(signed(alert(), by="drill"), PLACES["alert"]) == "wrong_role"


def test_another_keys_signature_under_a_trusted_name_is_bad():
    forged = signed(play(), by="stranger")
    _, payload, signature = forged.split(b".")
    header = signed(play()).split(b".")[0]
    assert code(b".".join([header, payload, signature]), PLACES["play"]) == "bad_signature"


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"{}", b"[]", b'{"type":1}', b'{"type":"unheard_of"}', b'{"type":"state"}', b'{"type":"PLAY"}', b"\xff",
        to_json(play())[:-1], to_json(play()).replace(b'"volume":80', b'"volume":101'),
        to_json(play()).replace(b'"volume":80', b'"volume":80,"volume":80'),
    ],
)  # fmt: skip
def test_a_well_signed_payload_that_is_no_message(payload):
    assert code(sign(payload, KEYS["content"]), PLACES["play"]) == "malformed"


def test_refusals_come_in_their_order():
    """Whoever breaks several rules is refused for the first: form, key, signature, role, fields, place, time."""
    wrong_all = play(tenant=OTHER_TENANT, issued_at=NOW + 9 * CLOCK_SLACK)
    by_stranger = signed(wrong_all, by="stranger")
    assert code(by_stranger + b" ", PLACES["play"]) == "unknown_key"
    assert code(b" " + by_stranger, PLACES["play"]) == "malformed"
    flipped = bytearray(signed(wrong_all, by="alert"))
    flipped[-3] ^= 1
    assert code(bytes(flipped), PLACES["play"]) == "bad_signature"
    assert code(signed(wrong_all, by="alert"), PLACES["play"]) == "wrong_role"
    out_of_bounds = to_json(wrong_all).replace(b'"volume":80', b'"volume":101')
    assert code(sign(out_of_bounds, KEYS["alert"]), PLACES["play"]) == "wrong_role"
    assert code(sign(out_of_bounds, KEYS["content"]), PLACES["play"]) == "malformed"
    assert code(signed(wrong_all), PLACES["play"]) == "wrong_place"


# Time


def test_issued_ahead_of_the_clock():
    for ahead, expected in ((CLOCK_SLACK, "good"), (CLOCK_SLACK + 1, "from_future")):
        assert code(signed(play(issued_at=NOW)), PLACES["play"], now=NOW - ahead) == expected
        assert code(signed(play(issued_at=NOW)), PLACES["play"], now=None) == "good"


def test_a_time_answer_is_believed_by_its_nonce_not_by_the_clock_that_it_corrects():
    for wrong in (NOW - 40 * 365 * 86_400 * SECOND, NOW + 5 * SECOND, NOW + 2 * 365 * 86_400 * SECOND):
        assert code(signed(time_answer()), PLACES["time_answer"], now=max(0, wrong)) == "good"


@pytest.mark.parametrize("make", [play, alert, stop])
def test_expiry_is_eight_days_ahead_at_most(make):
    place = PLACES[make().type]
    assert code(signed(make(expires_at=NOW + MAX_AHEAD)), place) == "good"
    assert code(signed(make(expires_at=NOW + MAX_AHEAD + 1)), place) == "too_far_ahead"


def test_a_plan_runs_out_after_eight_days_at_most():
    assert code(signed(plan(valid_to=NOW + MAX_AHEAD)), PLACES["plan"]) == "good"
    assert code(signed(plan(valid_to=NOW + MAX_AHEAD + 1)), PLACES["plan"]) == "too_far_ahead"


def test_a_manifest_may_be_kept_for_ever():
    assert code(signed(manifest(expires_at=4_102_444_800_000_000)), PLACES["manifest"]) == "good"


def test_an_old_order_is_believed_so_that_it_can_be_reported_as_expired():
    assert code(signed(play()), PLACES["play"], now=NOW + MAX_AHEAD) == "good"


def test_a_key_ends():
    trust = born(content=NOW - 1, alert=NOW)
    assert code(signed(play()), PLACES["play"], keys=trust.key_for) == "unknown_key"
    assert code(signed(alert()), PLACES["alert"], keys=trust.key_for) == "good"
    assert code(signed(alert()), PLACES["alert"], now=NOW + 1, keys=trust.key_for) == "unknown_key"
    assert code(signed(play()), PLACES["play"], now=None, keys=trust.key_for) == "good"


def test_every_type_has_a_place_and_every_place_a_type():
    assert set(codec.PLACES) == set(codec.SIGNED) | set(codec.UNSIGNED)
    used = {spot for spots in codec.PLACES.values() for spot in spots}
    assert used == {codec.place(TOPICS.parse(topic)) for topic in PLACES.values()}


@given(st.sampled_from(SPEAKER_HEARS), st.sampled_from(SPEAKER_HEARS), st.data())
@settings(max_examples=150, deadline=None)
def test_no_message_passes_elsewhere_or_changed(kind, place, data):
    raw = bytearray(signed(MAKERS[kind]()))
    spot = data.draw(st.integers(0, len(raw) - 1))
    bit = data.draw(st.integers(0, 8))
    if bit < 8:
        raw[spot] ^= 1 << bit
    assert (code(bytes(raw), PLACES[place]) == "good") == (bit == 8 and kind == place)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_whatever_a_trusted_key_signs_is_read_or_refused(payload):
    assert code(sign(payload, KEYS["content"]), PLACES["play"]) == "malformed"


def test_digests_tell_two_payloads_apart():
    one = verify(signed(config()), TOPICS.parse(PLACES["config"]), TENANT, find_key, NOW)
    same = verify(signed(config()), TOPICS.parse(PLACES["config"]), TENANT, find_key, NOW)
    other = verify(signed(config(volume=1)), TOPICS.parse(PLACES["config"]), TENANT, find_key, NOW)
    assert one.digest == same.digest != other.digest
