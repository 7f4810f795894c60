"""Golden recordings: a message written by yesterday's code is read by today's, and written the same."""

import json

import pytest

from devices.protocol.codec import SIGNED, UNSIGNED, parse_unsigned, to_json
from devices.protocol.keys import VerifyKey
from devices.protocol.signing import check_signature, open_envelope
from devices.protocol.trust import Trust, accept_trust
from devices.protocol.verification import verify
from tests.devices.protocol.golden import RECORDINGS, recording
from tests.devices.protocol.samples import KEYS, MAKERS, NOW, TENANT, TOPICS, TYPES, find_key


def read(kind):
    return json.loads((RECORDINGS / f"{kind}.json").read_text())


def test_every_type_has_a_recording_and_every_recording_a_type():
    assert {path.stem for path in RECORDINGS.glob("*.json")} == set(TYPES) == {*SIGNED, *UNSIGNED}


@pytest.mark.parametrize("kind", TYPES)
def test_written_the_same(kind):
    assert (RECORDINGS / f"{kind}.json").read_text() == recording(kind)


@pytest.mark.parametrize("kind", [kind for kind in SIGNED if kind != "trust"])
def test_a_recorded_message_is_believed(kind):
    told = read(kind)
    found = verify(told["bytes"].encode(), TOPICS.parse(told["topic"]), TENANT, find_key, NOW)
    assert json.loads(to_json(found.message)) == told["fields"]
    assert found.message == MAKERS[kind]()
    check_signature(open_envelope(told["bytes"].encode()), VerifyKey(told["public"]))


def test_the_recorded_trust_set_is_believed():
    trust = accept_trust(Trust(TENANT, KEYS["root"].verify_key), read("trust")["bytes"].encode())
    assert trust.seq == read("trust")["fields"]["seq"]


@pytest.mark.parametrize("kind", UNSIGNED)
def test_a_recorded_unsigned_message_is_read(kind):
    assert parse_unsigned(read(kind)["bytes"].encode(), UNSIGNED[kind]) == MAKERS[kind]()
