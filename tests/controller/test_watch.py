"""Which speakers are there, and what was seen of them."""

import pytest
from sqlmodel import select

from controller.deliveries.models import ReceiptLedger
from devices.link import Inbound
from devices.models import Device, Incident
from devices.protocol.codec import to_json
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.speaker import Health, Report, State
from devices.protocol.messages.time import TimeAnswer, TimeRequest
from devices.protocol.signing import sign
from devices.protocol.trust import Trust, accept_trust
from devices.protocol.verification import verify
from firmware_sim.village.office import Office
from tests.fakes.bench import Bench
from tests.fakes.words import BOOT, hello


class Post:
    def __init__(self, office: Office) -> None:
        self.office = office
        self.speaker = office.speaker(office.area("Xã Tân Đông"))
        self.bench = Bench(office)
        self.bench.step()

    def device(self) -> Device:
        with self.office.database.read() as session:
            return session.get_one(Device, self.speaker)

    def incidents(self) -> list[tuple[str, int, bool]]:
        with self.office.database.read() as session:
            return [(row.kind, row.count, row.closed_at is None) for row in session.exec(select(Incident))]

    def health(self, **fields: object) -> Health:
        given = {
            "boot": BOOT, "uptime": 5, "volume": 80, "temperature": 41.5, "supply": 12.1, "signal": -87,
            "flash_free": 1_000_000, "clock_error": 3_000,
        } | fields  # fmt: skip
        return Health(**given)  # type: ignore[arg-type]


@pytest.fixture
def post(office: Office) -> Post:
    return Post(office)


def test_a_heartbeat_is_kept_with_its_values(post: Post) -> None:
    post.bench.hear(post.speaker, "health", post.health())
    device = post.device()
    assert device.online and device.last_seen == device.health_at == post.bench.now
    assert device.health["temperature"] == 41.5


def test_silence_makes_offline_and_a_word_ends_the_incident(post: Post) -> None:
    post.bench.hear(post.speaker, "health", post.health())
    post.bench.step(90)
    assert post.device().online
    post.bench.step(1)
    assert not post.device().online and post.incidents() == [("offline", 1, True)]
    post.bench.hear(post.speaker, "hello", hello(post.office.keyring.tenant))
    assert post.device().online and post.incidents() == [("offline", 1, False)]


def test_nobody_is_blamed_for_our_own_deafness(post: Post) -> None:
    post.bench.hear(post.speaker, "health", post.health())
    post.bench.controller.on_link(False, post.bench.now)
    post.bench.step(600)
    assert post.device().online
    post.bench.controller.on_link(True, post.bench.now)
    post.bench.step(80)
    assert post.device().online and post.incidents() == []
    post.bench.step(11)
    assert not post.device().online


def test_the_last_will_makes_offline_at_once_and_an_old_retained_word_brings_nobody_back(post: Post) -> None:
    post.bench.hear(post.speaker, "health", post.health())
    post.bench.hear(post.speaker, "state", State(online=False, boot=BOOT))
    assert not post.device().online and post.incidents() == [("offline", 1, True)]
    post.bench.hear(post.speaker, "state", State(online=True, boot=BOOT), retained=True)
    assert not post.device().online


def test_whatever_comes_in_one_batch_is_booked_as_if_it_came_alone(post: Post) -> None:
    """Going, coming and going again within one transaction: each open incident is one, the closed ones stay closed."""
    now, topics = post.bench.now, post.bench.topics
    came, went = (to_json(State(online=online, boot=BOOT)) for online in (True, False))
    stranger = post.office.new_id()
    batch = [Inbound(topics.up(post.speaker, "state"), said, False, now) for said in (came, went, came, went)]
    batch += [Inbound(topics.up(stranger, "health"), to_json(post.health()), False, now)] * 3
    post.bench.controller.on_messages(batch, now)
    assert not post.device().online
    assert sorted(post.incidents()) == [("offline", 1, False), ("offline", 1, True), ("unknown_device", 3, True)]


def test_two_hellos_of_a_new_ledger_in_one_batch_make_one_ledger(post: Post) -> None:
    word = sign(to_json(hello(post.office.keyring.tenant)), post.office.keys[post.speaker])
    topic = post.bench.topics.up(post.speaker, "hello")
    post.bench.controller.on_messages([Inbound(topic, word, False, post.bench.now)] * 2, post.bench.now)
    with post.office.database.read() as session:
        assert len(session.exec(select(ReceiptLedger)).all()) == 1
    assert post.incidents() == [] and post.device().online


def test_what_a_speaker_refused_is_an_incident_that_counts(post: Post) -> None:
    for count in (1, 7):
        report = Report(
            tenant=post.office.keyring.tenant,
            to="controller",
            issued_at=0,
            code="bad_signature",
            count=count,
            about="x",
        )
        post.bench.hear(post.speaker, "log", report)
    assert post.incidents() == [("bad_signature", 8, True)]


def test_what_a_heartbeat_shows_to_be_wrong_is_an_incident_until_it_is_well(post: Post) -> None:
    hot, warm, cool = (post.health(temperature=degrees) for degrees in (76.0, 70.0, 60.0))
    for told in (warm, hot, hot, warm):
        post.bench.hear(post.speaker, "health", told)
        post.bench.step(60)
    assert post.incidents() == [("overheated", 1, True)] and post.device().health["wrong"] == ["overheated"]
    post.bench.hear(post.speaker, "health", cool)
    assert post.incidents() == [("overheated", 1, False)] and post.device().health["wrong"] == []
    post.bench.hear(post.speaker, "health", hot)
    assert post.incidents() == [("overheated", 1, False), ("overheated", 1, True)]


def test_what_is_wrong_is_remembered_over_a_silence_and_over_what_does_not_tell(post: Post) -> None:
    post.bench.hear(post.speaker, "health", post.health(drive=-15.0, heard=-70.0))
    post.bench.step(600)
    post.bench.hear(post.speaker, "health", post.health())
    assert ("dead_horn", 1, True) in post.incidents()
    post.bench.hear(post.speaker, "health", post.health(drive=-15.0, heard=-25.0))
    assert ("dead_horn", 1, False) in post.incidents()


def test_a_message_of_nobody_is_an_incident_and_no_device(post: Post) -> None:
    stranger = post.office.new_id()
    topic = post.bench.topics.up(stranger, "health")
    post.bench.controller.on_messages([Inbound(topic, to_json(post.health()), False, post.bench.now)], post.bench.now)
    assert post.incidents() == [("unknown_device", 1, True)]


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff" * 50, b"[]", b'{"type":"health"}', b"a.b.c", b"x" * 200_000])
@pytest.mark.parametrize("leaf", ["hello", "state", "health", "receipt", "log"])
def test_rubbish_never_stops_the_others(post: Post, leaf: str, payload: bytes) -> None:
    topics, now = post.bench.topics, post.bench.now
    batch = [
        Inbound(topics.up(post.speaker, leaf), payload, False, now),  # type: ignore[arg-type]
        Inbound("loa/1/elsewhere/dev/x", b"", False, now),
        Inbound(topics.up(post.speaker, "health"), to_json(post.health()), False, now),
    ]
    post.bench.controller.on_messages(batch, now)
    assert post.device().health_at == now


def test_the_time_is_answered_with_four_stamps_signed_over_the_nonce(post: Post) -> None:
    keyring, topics = post.office.keyring, post.bench.topics
    request = TimeRequest(nonce="A" * 22, t1=77)
    received = post.bench.now - 5_000
    post.bench.link.sent.clear()
    message = Inbound(topics.time_request(post.speaker), to_json(request), False, received)
    post.bench.controller.on_messages([message], post.bench.now)
    [(topic, payload, qos, retain)] = post.bench.link.sent
    assert (topic, qos, retain) == (topics.time_answer(post.speaker), 0, False)
    birth = keyring.birth(post.speaker)
    trust = accept_trust(Trust(keyring.tenant, VerifyKey(birth["root"])), birth["trust"].encode())
    said = verify(payload, topics.parse(topic), keyring.tenant, trust.key_for, None).message
    assert isinstance(said, TimeAnswer)
    assert (said.nonce, said.t1, said.t2, said.t3) == (request.nonce, 77, received, post.bench.now)
