"""What one speaker of a process has verified need not be verified by the next; what differs is never shared."""

import pytest

from devices.protocol.errors import BadSignature, WrongPlace, WrongRole
from devices.protocol.keys import VerifyKey
from devices.protocol.signing import open_envelope
from devices.protocol.verification import verify
from firmware_sim.verdicts import Verdicts
from tests.firmware_sim.headquarters import T0, Headquarters, key_of, name_of

HQ = Headquarters()
KEY = HQ.keys["content"].verify_key


def test_the_same_bytes_are_checked_once_for_a_whole_village() -> None:
    verdicts = Verdicts()
    topic, raw = HQ.play("news", "ab" * 32, 4_000)
    address = HQ.topics.parse(topic)
    trust = HQ.born().born_trust()
    found = [verify(bytes(raw), address, HQ.tenant, trust.key_for, T0, verdicts) for _ in range(200)]
    assert verdicts.asked == 1 and len({one.digest for one in found}) == 1


def test_a_refusal_is_remembered_too() -> None:
    verdicts = Verdicts()
    envelope = open_envelope(HQ.play("news", "ab" * 32, 4_000)[1])
    for _ in range(5):
        with pytest.raises(BadSignature):
            verdicts(envelope, key_of("other").verify_key, ("content",))
    assert verdicts.asked == 1


def test_another_key_or_role_is_another_question() -> None:
    verdicts = Verdicts()
    envelope = open_envelope(HQ.play("news", "ab" * 32, 4_000)[1])
    verdicts(envelope, VerifyKey(KEY.public), ("content",))
    with pytest.raises(WrongRole):
        verdicts(envelope, KEY, ("control",))
    with pytest.raises(BadSignature):
        verdicts(envelope, HQ.keys["alert"].verify_key, ("content",))
    assert verdicts.asked == 3


def test_the_place_is_checked_for_each_speaker() -> None:
    verdicts = Verdicts()
    _, raw = HQ.play("news", "ab" * 32, 4_000)
    trust = HQ.born().born_trust()
    verify(raw, HQ.topics.parse(HQ.topics.area_order(name_of("area"))), HQ.tenant, trust.key_for, T0, verdicts)
    with pytest.raises(WrongPlace):
        verify(raw, HQ.topics.parse(HQ.topics.area_order(name_of("b"))), HQ.tenant, trust.key_for, T0, verdicts)


def test_what_was_asked_longest_ago_is_forgotten() -> None:
    messages = [open_envelope(HQ.play(f"o{number}", "ab" * 32, 4_000)[1]) for number in range(20)]
    verdicts = Verdicts(kept_bytes=sum(len(one.raw) for one in messages[:10]) + 5)
    for envelope in messages:
        verdicts(envelope, KEY, ("content",))
    verdicts(messages[-1], KEY, ("content",))
    assert verdicts.asked == 20
    verdicts(messages[0], KEY, ("content",))
    assert verdicts.asked == 21
