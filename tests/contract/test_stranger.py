"""A speaker written from docs/protocol.md alone, against docs/vectors.json."""

import ast
import hashlib
import json
import random
import sys
from pathlib import Path

import pytest

from tests.contract import stranger_planning as planning
from tests.contract import stranger_reading as reading
from tests.contract import stranger_sound as sound
from tests.contract.stranger import Stranger, empty_flash
from tests.contract.stranger_fetching import TABLE, Fetching
from tests.contract.stranger_words import Clock
from tests.contract.transcripts import TOLD, payload_of, play

BIRTH = TOLD["birth"]
AREA = TOLD["place"]["area"]


def test_the_stranger_knows_nothing_of_ours():
    for path in Path(__file__).parent.glob("stranger*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                root = name.split(".")[0]
                ours = root == "tests" and name.startswith("tests.contract")
                assert ours or root in sys.stdlib_module_names | {"cryptography", "paho"}, (path.name, name)


def refusal(act, *arguments):
    """`good`, or the code."""
    try:
        act(*arguments)
    except reading.Refused as refused:
        return refused.code
    return "good"


def test_keys():
    for told in TOLD["keys"].values():
        signed = reading.write({}, reading.to_bytes(told["secret"]))
        said, _, signature = signed.rpartition(b".")
        assert reading.fits(told["public"], signature.decode(), said)
        assert reading.key_id(told["public"]) == told["id"]


def test_letters():
    for told in TOLD["base64url"]["good"]:
        assert reading.to_bytes(told["text"]).hex() == told["hex"]
        assert reading.to_text(bytes.fromhex(told["hex"])) == told["text"]
    for text in TOLD["base64url"]["bad"]:
        with pytest.raises(ValueError):
            reading.to_bytes(text)
    for told in TOLD["bitmap"]:
        assert [number for number in range(64) if reading.bit(told["text"], number)] == told["numbers"]


def test_json():
    for text in TOLD["json"]["good"]:
        assert reading.read_json(text.encode())
    for text in TOLD["json"]["bad"]:
        assert refusal(reading.read_json, text.encode()) == "malformed", text


def test_topics():
    for told in TOLD["topics"]:
        assert refusal(reading.read_topic, told["topic"], BIRTH["tenant"]) == told["verdict"], told["topic"]


def believer():
    belief = reading.Belief(BIRTH["tenant"], BIRTH["root"])
    belief.learn(BIRTH["trust"].encode())
    return belief


@pytest.mark.parametrize("case", TOLD["messages"], ids=lambda case: case["name"])
def test_messages(case):
    speaker = Stranger(BIRTH, bytes(32), lambda _: None)
    speaker.flash["config"] = {"places": [TOLD["place"]]}

    def read():
        place, names = reading.read_topic(case["topic"], BIRTH["tenant"])
        if not speaker._is_mine(place, names):
            raise reading.Refused("wrong_place")
        speaker.believes.verify(case["bytes"].encode(), place, names, case["now"])

    assert refusal(read) == case["verdict"]


@pytest.mark.parametrize("case", TOLD["trust"], ids=lambda case: case["name"])
def test_trust(case):
    belief = reading.Belief(BIRTH["tenant"], BIRTH["root"])
    for raw in case["before"]:
        assert belief.learn(raw.encode())
    assert refusal(belief.learn, case["bytes"].encode()) == case["verdict"]
    if case["verdict"] == "good":
        assert (belief.root, belief.seq) == (case["root"], case["seq"])


def test_a_root_change():
    change, said = TOLD["root_change"]["change"], TOLD["root_change"]["said"].encode()
    assert reading.fits(change["old"], change["by_old"], said)
    assert reading.fits(change["new"], change["by_new"], said)


def test_sequences():
    belief, seq, content = believer(), 0, b""
    place = reading.read_topic(TOLD["sequences"]["topic"], BIRTH["tenant"])
    for step in TOLD["sequences"]["steps"]:
        said, payload = belief.verify(step["bytes"].encode(), *place, TOLD["now"])
        assert refusal(reading.is_newer, seq, content, said["seq"], payload) == step["verdict"]
        if step["verdict"] == "good":
            seq, content = said["seq"], payload
            assert said["volume"] == step["volume"]


def test_a_whole_fetch():
    told, held, emitted = TOLD["fetch"], [], []
    flash = empty_flash("x")
    topic = lambda sha256, piece: f"loa/1/{BIRTH['tenant']}/blob/{sha256}/{'m' if piece == TABLE else piece}"  # noqa: E731
    never = lambda *_, **__: None  # noqa: E731
    chance = random.Random(1)
    fetching = Fetching(flash, topic, emitted.append, never, chance, lambda _: None, lambda sha, _: held.append(sha))
    fetching.connected(0)
    fetching.want({told["sha256"]: (True, None)}, 0)
    assert [step["topic"] for step in emitted] == [told["manifest"]["topic"]]
    place = reading.read_topic(told["manifest"]["topic"], BIRTH["tenant"])
    said, _ = believer().verify(told["manifest"]["bytes"].encode(), *place, TOLD["now"])
    fetching.table(said, 0)
    assert [step["topic"] for step in emitted[2:]] == [told["chunks"][0]["topic"]]
    assert refusal(fetching.chunk, told["sha256"], 1, payload_of(told["bad_chunk"]), 0) == told["bad_chunk"]["verdict"]
    for case in told["missing_after"][:-1]:
        flash["chunks"][told["sha256"]] = {index: payload_of(told["chunks"][index]) for index in case["held"]}
        assert fetching.missing(told["sha256"]) == case["missing"]
    flash["chunks"].clear()
    for index in (2, 0, 0, 1):
        fetching.chunk(told["sha256"], index, payload_of(told["chunks"][index]), 0)
    assert held == [told["sha256"]]
    whole = b"".join(payload_of(chunk) for chunk in told["chunks"])
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (told["size"], told["sha256"])


def test_time():
    exchanges = TOLD["time"]["exchanges"]
    for case in TOLD["time"]["lines"]:
        clock = Clock(empty_flash("x"))
        clock._kept = [
            (told["t4"], told["t2"] - told["t1"], told["t4"] - told["t3"])
            for told in exchanges[: case["exchanges"]]
            if told["round_trip"] >= 0
        ]
        clock.draw_line()
        at = case["at"]
        assert clock.utc(at) - at == pytest.approx(case["offset"], abs=100)
        assert clock.error(at) == pytest.approx(case["error"], abs=100)
        assert clock.utc(at + 3_600_000_000) - clock.utc(at) - 3_600_000_000 == pytest.approx(
            case["drift"] * 3.6, abs=1_000
        )
        assert clock.error(at + 3_600_000_000) - clock.error(at) == pytest.approx(case["wander"] * 3.6, rel=0.01)
    for told in exchanges:
        clock = Clock(empty_flash("x"))
        clock.learn(told["t1"], told["t2"], told["t3"], told["t4"])
        assert clock.valid == (told["round_trip"] >= 0)
        if clock.valid:
            assert clock.utc(told["t4"]) - told["t4"] == told["offset"]
            assert clock.error(told["t4"]) == told["round_trip"] // 2


@pytest.mark.parametrize("case", TOLD["bulletin"], ids=lambda case: case["name"])
def test_bulletins(case):
    said = case["order"] | {"type": "play", "sha256": "f" * 64}
    task, trim, held_at = sound.Task(said), case["trim"], case["held_at"]
    stretch = None if held_at is None else sound.next_of_bulletin(task, trim, held_at)
    if stretch:
        told = {"at": stretch.at, "from_ms": stretch.offset // 1_000, "repeat": stretch.repeat, "until": stretch.until}
    else:
        end = sound.end_of_bulletin(task, trim, sound.latest(said, trim) + 1, held_at is not None)
        told = dict(zip(("end", "reason"), end, strict=True))
    assert told == case["expect"]


@pytest.mark.parametrize("case", TOLD["alert"], ids=lambda case: case["name"])
def test_alerts(case):
    for told in case["parts"]:
        assert sound.place_of(case["alert"], told["part"], told["cycle"], case["tone_ms"] * 1_000) == told["at"]


def test_a_plan():
    told = TOLD["plan"]
    said, _ = believer().verify(
        told["bytes"].encode(), *reading.read_topic(told["topic"], BIRTH["tenant"]), TOLD["now"]
    )
    orders = [order for order, _ in planning.orders_of(said)]
    assert [{name: order[name] for name in order.keys() - {"to", "issued_at"}} for order in orders] == told["orders"]
    air = planning.air_of(said)
    for case in told["air"]:
        at, (begin, end) = case["at"], air.day(case["at"])
        silent = air.silent_from(at)
        assert (air.cap(at), air.open_from(at)) == (case["cap"], case["open_from"])
        assert (None if silent == planning.YEAR_2100 else silent) == case["silent_from"]
        assert [begin or None, None if end == planning.YEAR_2100 else end] == case["day"]


class StrangerUnderTest:
    """The stranger, with ids and nonces of the session."""

    def __init__(self):
        given = TOLD["session"]["given"]
        secret = reading.to_bytes(TOLD["keys"]["device"]["secret"])
        nonces = iter(given["nonces"])
        draw = lambda: next(nonces, "A" * 22)  # noqa: E731
        self.said = []
        self._machine = Stranger(
            BIRTH, secret, self.said.append, flash=empty_flash(given["ledger"]), boot=given["boot"], draw_nonce=draw,
            chance=random.Random(3),
        )  # fmt: skip
        for name in ("connected", "disconnected", "message", "wake", "next_wake"):
            setattr(self, name, getattr(self._machine, name))

    def granted(self, topic, mono):
        self._machine.granted(topic, True, mono)


def test_the_stranger_lives_through_the_session():
    play(StrangerUnderTest())


def test_a_stranger_that_lost_power_goes_on():
    """Section 18: what sounded is closed, and nothing sounds before there is valid time again."""
    speaker = StrangerUnderTest()
    play(speaker, until=6_000_000)
    flash = speaker._machine.flash
    assert flash["sounding"] is not None
    after = Stranger(BIRTH, bytes(32), lambda _: None, flash=flash)
    assert flash["sounding"] is None
    assert after.clock.utc(0) is None
    [task] = [task for task in flash["tasks"].values() if task.end is None]
    assert (task.heard, task.flaw) == (0, "power_cut")
    assert json.loads(after.will()[1])["boot"] != TOLD["session"]["given"]["boot"]
