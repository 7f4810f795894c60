"""The broker is not trusted: whatever it forges, replays, flips, holds back or mixes up, nothing false sounds."""

import random

import pytest

from devices.protocol import base64url
from devices.protocol.codec import to_json
from devices.protocol.json_text import canonical
from devices.protocol.keys import SigningKey
from devices.protocol.messages.orders import Play
from devices.protocol.signing import sign
from devices.protocol.units import DAY, SECOND
from firmware_sim.village.village import Village


def clean(village: Village) -> None:
    verdict = village.judged()
    assert verdict.verdict == "clean", verdict.as_json()


def forged(village: Village, key: SigningKey, area: str) -> tuple[str, Play]:
    """An order that nobody gave, for audio that is there."""
    now = village.time.now
    play = Play(
        tenant=village.office.keyring.tenant, to=f"area/{area}", issued_at=now, order=village.office.new_id(),
        occurrence=village.office.new_id(), sha256=village.office.blob(2.0, 313), duration=2_000,
        start_at=now + SECOND, max_late=60_000, expires_at=now + 100 * SECOND, rank="normal", volume=100, repeats=1,
        gap=0,
    )  # fmt: skip
    return village.topics.area_order(area), play


def wrong_signature(village: Village) -> bytes:
    """The right key's id over another key's signature."""
    topic, play = forged(village, village.office.keyring.keys["content"], village.province)
    header = canonical({"alg": "Ed25519", "kid": village.office.keyring.keys["content"].id})
    signed = base64url.encode(header) + "." + base64url.encode(to_json(play))
    other = sign(to_json(play), SigningKey(b"\7" * 32)).decode().rsplit(".", 1)[1]
    village.broker.publish(topic, f"{signed}.{other}".encode(), retain=False)
    return topic.encode()


def starts(village: Village) -> int:
    return sum(len(village.sounds_of(pole)) for pole in village.poles)


def test_a_forged_order_is_silence_a_report_and_an_incident_within_ten_seconds(village: Village) -> None:
    wrong_signature(village)
    village.run(10)
    assert starts(village) == 0
    assert {incident.kind for incident in village.incidents()} == {"bad_signature"}
    assert {incident.device_id for incident in village.incidents()} == set(village.office.keys)
    village.run(100)
    clean(village)


@pytest.mark.parametrize("role", ["alert", "control", "time", "drill", "firmware", "root", "device"])
def test_a_key_of_another_role_makes_nobody_sound(village: Village, role: str) -> None:
    key = village.office.keys[village.poles[0].identity.device] if role == "device" else None
    online = {**village.office.keyring.keys, "root": village.office.root}
    key = key or online[role]
    topic, play = forged(village, key, village.province)
    village.broker.publish(topic, sign(to_json(play), key), retain=False)
    village.run(120)
    assert starts(village) == 0
    assert {incident.kind for incident in village.incidents()} <= {"wrong_role", "unknown_key"}
    assert len(village.incidents()) == len(village.poles)


def replayed(village: Village, kind: str) -> list[tuple[str, bytes]]:
    return [(topic, payload) for topic, payload in village.broker.published if kind in topic]


@pytest.mark.parametrize(
    ("later", "reboot"),
    [
        pytest.param(60 * SECOND, True, id="a minute later, rebooted"),
        pytest.param(60 * SECOND, False, id="a minute later", marks=pytest.mark.full),
        pytest.param(DAY + 60 * SECOND, True, id="a day later, rebooted"),
        pytest.param(DAY + 60 * SECOND, False, id="a day later", marks=pytest.mark.full),
    ],
)
def test_a_replayed_order_is_silence(village: Village, later: int, reboot: bool) -> None:
    village.broadcast(max_late_ms=600_000)
    village.alert(minutes=1)
    village.run(40)
    heard = starts(village)
    assert heard == len(village.poles) * 5
    if later > DAY:
        # Nothing listens to the day go by: heartbeats are not what is tried here.
        for pole in village.poles:
            pole.power_cut()
    village.run(later / SECOND)
    for pole in village.poles:
        if reboot and pole.speaker is not None:
            pole.power_cut()
        if pole.speaker is None:
            pole.power_up()
    village.run(30)
    for topic, payload in replayed(village, "/area/"):
        village.broker.publish(topic, payload, retain=False)
    village.run(120)
    assert starts(village) == heard
    clean(village)


def test_an_order_replayed_to_another_speaker_is_silence(village: Village) -> None:
    village.broadcast(areas=[village.communes[0]], max_late_ms=600_000)
    village.run(5)
    [(_, payload)] = replayed(village, "/area/" + village.communes[0] + "/order")
    stranger = village.poles[1]
    for topic in (
        village.topics.down(stranger.identity.device, "order"),
        village.topics.area_order(village.communes[1]),
        village.topics.area_order(village.province),
    ):
        village.broker.publish(topic, payload, retain=False)
    village.run(60)
    assert not village.sounds_of(stranger)
    assert "wrong_place" in {incident.kind for incident in village.incidents()}
    clean(village)


def test_a_flipped_bit_in_a_chunk_is_fetched_again(village: Village) -> None:
    victim = village.poles[0].identity.device
    flips: list[str] = []

    def once(client: str, topic: str, payload: bytes) -> list[tuple[int, bytes]]:
        if client == victim and "/blob/" in topic and not topic.endswith("/m") and topic not in flips:
            flips.append(topic)
            return [(0, payload[:-1] + bytes([payload[-1] ^ 1]))]
        return [(0, payload)]

    village.broker.tamper = once
    order = village.broadcast(seconds=6)
    village.run(60)
    assert flips and set(village.states(order.occurrence).values()) == {"played"}
    assert [(incident.kind, incident.device_id) for incident in village.incidents()] == [("bad_chunk", victim)]
    clean(village)


def test_a_chunk_that_stays_wrong_is_silence(village: Village) -> None:
    victim = village.poles[0].identity.device

    def always(client: str, topic: str, payload: bytes) -> list[tuple[int, bytes]]:
        wrong = client == victim and topic.endswith("/0")
        return [(0, payload[:-1] + bytes([payload[-1] ^ 1]) if wrong else payload)]

    village.broker.tamper = always
    order = village.broadcast(max_late_ms=60_000)
    village.run(200)
    states = village.states(order.occurrence)
    assert states.pop(victim) == "expired" and set(states.values()) == {"played"}
    assert not village.sounds_of(village.poles[0])
    clean(village)


def test_messages_doubled_reordered_and_held_for_a_minute(village: Village) -> None:
    chance = random.Random(3)

    def mixed(_client: str, _topic: str, payload: bytes) -> list[tuple[int, bytes]]:
        copies = 2 if chance.random() < 0.2 else 1
        return [(chance.randrange(60 * SECOND) if chance.random() < 0.2 else 0, payload) for _ in range(copies)]

    village.broker.tamper = mixed
    orders = [village.broadcast(seconds=5, max_late_ms=600_000) for _ in range(3)]
    village.run(20)
    village.stop(orders[2], reachable=frozenset())
    alert = village.alert(minutes=10)
    village.run(1_600)
    for order in (*orders, alert):
        assert "unreachable" not in village.states(order.occurrence).values()
    clean(village)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 6))])
def test_a_broker_that_does_everything_wrong_makes_nobody_sound_falsely(village: Village, seed: int) -> None:
    chance = random.Random(seed)

    def hostile(client: str, topic: str, payload: bytes) -> list[tuple[int, bytes]]:
        if client == "controller":
            return [(0, payload)]
        arrived = [(chance.choice([0, 0, 0, 1, 5, 30]) * SECOND, payload)]
        for _ in range(chance.choice([0, 0, 1, 2])):
            arrived.append((chance.randrange(20 * SECOND), _spoiled(chance, village, payload)))
        return arrived if chance.random() < 0.8 else arrived[1:]

    village.broker.tamper = hostile
    for _ in range(3):
        village.broadcast(seconds=4, max_late_ms=300_000)
        wrong_signature(village)
        village.run(20)
    village.run(900)
    village.broker.tamper = lambda client, topic, payload: [(0, payload)]
    village.run(120)
    clean(village)


def _spoiled(chance: random.Random, village: Village, payload: bytes) -> bytes:
    """A flip, a cut, somebody else's message, or nothing at all."""
    if not payload:
        return chance.choice(village.broker.published)[1]
    place = chance.randrange(len(payload))
    return chance.choice(
        [
            payload[:place] + bytes([payload[place] ^ (1 << chance.randrange(8))]) + payload[place + 1 :],
            payload[:place],
            chance.choice(village.broker.published)[1],
            b"",
        ]
    )
