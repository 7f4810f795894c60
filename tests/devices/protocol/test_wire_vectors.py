"""docs/vectors.json and the tables of docs/protocol.md are what the code makes and means today."""

import json
import re
from dataclasses import asdict

import pytest

from devices.protocol import base64url, bitmap, errors
from devices.protocol.codec import PLACES as STANDS
from devices.protocol.codec import SIGNED, place
from devices.protocol.errors import WrongPlace
from devices.protocol.json_text import read_object
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.messages.control import Config
from devices.protocol.signing import open_envelope
from devices.protocol.timesync import Sample, fit
from devices.protocol.trust import Trust, accept_trust, check_sequence
from devices.protocol.verification import verify
from tests.devices.protocol.field_tables import WAYS, undocumented
from tests.devices.protocol.golden import PAGE, VECTORS, page, pretty
from tests.devices.protocol.samples import AREA, DEVICE, PLACES, TENANT, TOPICS, born
from tests.devices.protocol.vectors import vectors, verdict_of
from tests.devices.protocol.vectors_time import reference_alert, reference_bulletin

TOLD = json.loads(VECTORS.read_text())


def test_the_file_is_what_the_code_makes():
    assert VECTORS.read_text() == pretty(vectors())


def test_the_pages_tables_are_what_the_models_say():
    assert PAGE.read_text() == page()
    assert undocumented() == []
    assert PAGE.read_text().count("<!-- end -->") == 3


def test_the_table_of_messages_is_true():
    for kind, way in WAYS.items():
        places = [_place(topic) for topic in way.topics]
        assert sorted(places) == sorted(STANDS[kind])
        assert way.down == ("up/" not in way.topics[0] and "req" not in way.topics[0])


def _place(pattern):
    ids = {"area": AREA, "device": DEVICE, "alert": DEVICE, "sha256": "f" * 64}
    return place(TOPICS.parse(f"{TOPICS.root}/{pattern.format(**ids)}"))


def test_every_refusal_stands_on_the_page_and_in_a_vector():
    named = set(re.findall(r"^\| `([a-z_]+)`", PAGE.read_text(), flags=re.MULTILINE))
    assert {refusal.code for refusal in errors.REFUSALS} <= named
    seen = {case["verdict"] for part in ("messages", "trust", "topics") for case in TOLD[part]}
    seen |= {TOLD["fetch"]["bad_chunk"]["verdict"]} | {step["verdict"] for step in TOLD["sequences"]["steps"]}
    assert {refusal.code for refusal in errors.REFUSALS} <= seen


def test_keys():
    for told in TOLD["keys"].values():
        made = SigningKey(base64url.decode(told["secret"])).verify_key
        assert (made.public, made.id) == (told["public"], told["id"])


def test_letters():
    for told in TOLD["base64url"]["good"]:
        assert base64url.decode(told["text"]).hex() == told["hex"]
    for text in TOLD["base64url"]["bad"]:
        with pytest.raises(ValueError):
            base64url.decode(text)
    for told in TOLD["bitmap"]:
        assert [number for number in range(64) if bitmap.contains(told["text"], number)] == told["numbers"]


def test_json():
    for text in TOLD["json"]["good"]:
        assert read_object(text.encode())["type"] == "x"
    for text in TOLD["json"]["bad"]:
        assert verdict_of(read_object, text.encode()) == "malformed", text


def heard(raw, topic, now):
    """Verify as a speaker does: its own topics and areas alone."""
    address = TOPICS.parse(topic)
    own = {"down": DEVICE, "time_rsp": DEVICE, "area_order": AREA, "alert": AREA}
    if address.kind == "up" or own.get(address.kind, address.subject) != address.subject:
        raise WrongPlace(kind=address.kind)
    verify(raw, address, TENANT, born().key_for, now)


@pytest.mark.parametrize("case", TOLD["messages"], ids=lambda case: case["name"])
def test_messages(case):
    assert verdict_of(heard, case["bytes"].encode(), case["topic"], case["now"]) == case["verdict"]


def test_there_are_enough_of_them():
    verdicts = [case["verdict"] for case in TOLD["messages"]]
    assert verdicts.count("good") >= 15
    assert len(verdicts) - verdicts.count("good") >= 40
    assert {kind for kind in SIGNED if PLACES[kind] in {case["topic"] for case in TOLD["messages"]}} >= set(SIGNED) - {
        "trust", "hello", "report", "plan_ack",
    }  # fmt: skip


@pytest.mark.parametrize("case", TOLD["trust"], ids=lambda case: case["name"])
def test_trust(case):
    trust = Trust(TENANT, VerifyKey(TOLD["birth"]["root"]))
    for raw in case["before"]:
        trust = accept_trust(trust, raw.encode())
    assert verdict_of(accept_trust, trust, case["bytes"].encode()) == case["verdict"]
    if case["verdict"] == "good":
        after = accept_trust(trust, case["bytes"].encode())
        assert (after.root.public, after.seq) == (case["root"], case["seq"])


def test_a_root_change_by_its_bytes():
    change, said = TOLD["root_change"]["change"], TOLD["root_change"]["said"].encode()
    assert VerifyKey(change["old"]).fits(base64url.decode(change["by_old"]), said)
    assert VerifyKey(change["new"]).fits(base64url.decode(change["by_new"]), said)


def test_sequences():
    seq, digest, volume = 0, "", None
    for step in TOLD["sequences"]["steps"]:
        found = verify(step["bytes"].encode(), TOPICS.parse(PLACES["config"]), TENANT, born().key_for, TOLD["now"])
        assert isinstance(found.message, Config)
        assert verdict_of(check_sequence, seq, digest, found.message.seq, found.digest) == step["verdict"]
        if step["verdict"] == "good":
            seq, digest, volume = found.message.seq, found.digest, found.message.volume
            assert volume == step["volume"]


def test_time():
    samples = [Sample(*(told[stamp] for stamp in ("t1", "t2", "t3", "t4"))) for told in TOLD["time"]["exchanges"]]
    for sample, told in zip(samples, TOLD["time"]["exchanges"], strict=True):
        assert (sample.offset, sample.round_trip) == (told["offset"], told["round_trip"])
    for told in TOLD["time"]["lines"]:
        line = fit([one.stamps for one in samples[: told["exchanges"]] if one.round_trip >= 0])
        assert asdict(line) == {name: told[name] for name in ("at", "offset", "drift", "error", "wander")}


@pytest.mark.parametrize("case", TOLD["bulletin"], ids=lambda case: case["name"])
def test_bulletins(case):
    assert reference_bulletin(case) == case["expect"]


@pytest.mark.parametrize("case", TOLD["alert"], ids=lambda case: case["name"])
def test_alerts(case):
    assert reference_alert(case) == case["parts"]


def test_every_signed_step_of_the_session_is_rightly_signed():
    device = VerifyKey(TOLD["keys"]["device"]["public"])
    for step in TOLD["session"]["steps"]:
        if step.get("out") == "publish" and step["bytes"].startswith("ey"):
            said, _, signature = step["bytes"].rpartition(".")
            assert device.fits(base64url.decode(signature), said.encode())
            assert read_object(open_envelope(step["bytes"].encode()).payload) == step["fields"]
