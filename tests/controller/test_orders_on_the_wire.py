"""From the office's order to the messages that leave, and from signed words to the six ends."""

import pytest
from sqlmodel import select

from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest, create_broadcast, stop_broadcast
from controller.deliveries.models import Delivery, DeliveryEvent
from controller.errors.air import Clash, NoTargets
from controller.errors.callers import IdempotencyKeyReused
from controller.errors.library import BulletinNotReady
from controller.library.models import Bulletin
from controller.people.audit import Act
from devices.models import Incident
from devices.protocol import bitmap
from devices.protocol.messages.blobs import Manifest
from devices.protocol.messages.control import Ack, Config
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.units import DAY, MINUTE, SECOND
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.fakes.bench import Bench
from tests.fakes.words import hello, receipt


class Commune:
    """A commune with three speakers, and a broadcast to it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.province = office.area("Tỉnh Tiền Giang")
        self.area = office.area("Xã Tân Đông", self.province)
        self.speakers = [office.speaker(self.area, f"loa {number}") for number in range(3)]
        self.bench = Bench(office)
        self.bench.step()
        self.bench.link.sent.clear()

    def order(self, act: Act | None = None, **wishes: object) -> Broadcast:
        request = BroadcastRequest(
            bulletin_id=str(
                wishes.pop("bulletin", None) or self.office.bulletin(2.0, 300 + self.office.chance.random())
            ),
            areas=tuple(wishes.pop("areas", (self.area,))),  # type: ignore[arg-type]
            **wishes,  # type: ignore[arg-type]
        )
        with self.office.database.write() as session:
            made = create_broadcast(session, request, act or self.office.act(self.bench.now), self.office.new_id, 3_000)
        with self.office.database.read() as session:
            return session.get_one(Broadcast, made)

    def states(self, order: Broadcast) -> dict[str, str]:
        with self.office.database.read() as session:
            rows = session.exec(select(Delivery).where(Delivery.order_id == order.id))
            return {row.device_id: row.state for row in rows}

    def incidents(self) -> list[str]:
        with self.office.database.read() as session:
            return [row.kind for row in session.exec(select(Incident))]

    def word(self, n: int, order: Broadcast, state: str, speaker: int = 0, **fields: object) -> None:
        said = receipt(self.office.keyring.tenant, n, order.id, order.occurrence_id, state, **fields)
        self.bench.hear(self.speakers[speaker], "receipt", said)


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def test_one_order_an_area_with_its_audio_before_it(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    topics = commune.bench.link.topics()
    manifest = topics.index(commune.bench.topics.manifest(order.sha256))
    ordered = [index for index, topic in enumerate(topics) if topic == commune.bench.topics.area_order(commune.area)]
    assert len(ordered) == 1 and manifest < topics.index(commune.bench.topics.chunk(order.sha256, 0)) < ordered[0]
    [(_, play)] = commune.bench.said(Play)
    assert isinstance(play, Play) and play.only is not None
    assert [number for number in range(9) if bitmap.contains(play.only, number)] == [0, 1, 2]
    assert play.start_at == order.start_at >= START + 3 * SECOND
    assert set(commune.states(order).values()) == {"ordered"}


def test_nothing_leaves_and_nothing_is_lost_without_a_link(commune: Commune) -> None:
    commune.bench.link.up = False
    order = commune.order()
    commune.bench.step()
    assert commune.bench.link.sent == [] and set(commune.states(order).values()) == {"queued"}
    commune.bench.link.up = True
    commune.bench.controller.on_link(True, commune.bench.now)
    commune.bench.step(1)
    assert len(commune.bench.said(Play)) == 1


def test_who_has_not_said_have_is_told_again_by_name(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    for speaker in commune.speakers:
        commune.bench.hear(speaker, "hello", hello(commune.office.keyring.tenant, open_orders=(order.occurrence_id,)))
    for speaker in (0, 1):
        commune.word(1, order, "have", speaker)
    commune.bench.link.sent.clear()
    commune.bench.step(4.9)
    assert commune.bench.said(Play) == []
    commune.bench.step(0.2)
    [(topic, _)] = commune.bench.said(Play)
    assert topic == commune.bench.topics.area_order(commune.area)
    commune.bench.step(1)
    assert commune.bench.said(Play) == []


def test_a_speaker_that_comes_back_is_told_what_it_lacks(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    commune.bench.link.sent.clear()
    commune.bench.hear(commune.speakers[1], "hello", hello(commune.office.keyring.tenant))
    [(topic, play)] = commune.bench.said(Play)
    assert topic == commune.bench.topics.down(commune.speakers[1], "order")
    assert isinstance(play, Play) and play.occurrence == order.occurrence_id and play.only is None
    commune.bench.hear(
        commune.speakers[1], "hello", hello(commune.office.keyring.tenant, open_orders=(order.occurrence_id,))
    )
    assert commune.bench.said(Play) == []


def test_an_expired_order_is_still_told_to_be_reported(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    commune.bench.step((order.expires_at - START) / SECOND + 61)
    assert set(commune.states(order).values()) == {"unreachable"}
    commune.bench.link.sent.clear()
    commune.bench.hear(commune.speakers[0], "hello", hello(commune.office.keyring.tenant))
    assert len(commune.bench.said(Play)) == 1
    commune.word(1, order, "expired", reason="late")
    assert commune.states(order)[commune.speakers[0]] == "expired"
    with commune.office.database.read() as session:
        rows = session.exec(select(DeliveryEvent).where(DeliveryEvent.device_id == commune.speakers[0]))
        assert [row.state for row in rows] == ["ordered", "unreachable", "expired"], "both words stand in the record"


def test_receipts_are_booked_in_order_and_acknowledged(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    commune.bench.link.sent.clear()
    commune.word(2, order, "playing")
    [(_, ack)] = commune.bench.said(Ack)
    assert isinstance(ack, Ack) and ack.through == 0, "a gap is not skipped"
    assert commune.states(order)[commune.speakers[0]] == "ordered"
    for n, state in ((1, "have"), (1, "have"), (2, "playing")):
        commune.word(n, order, state)
    assert [ack.through for _, ack in commune.bench.said(Ack) if isinstance(ack, Ack)] == [1, 1, 2]
    commune.word(3, order, "played", heard=1_999, expected=2_000, sha256=order.sha256)
    assert commune.states(order)[commune.speakers[0]] == "played"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"heard": 1_899, "expected": 2_000}, "heard_too_little"),
        ({"heard": 1_000, "expected": 1_000}, "heard_too_little"),
        ({"heard": 2_000, "expected": 2_000, "sha256": "0" * 64}, "wrong_content"),
    ],
)
def test_a_played_without_the_sound_is_no_played(commune: Commune, fields: dict[str, object], reason: str) -> None:
    order = commune.order()
    commune.bench.step()
    commune.word(1, order, "played", **({"sha256": order.sha256} | fields))
    with commune.office.database.read() as session:
        row = session.get_one(Delivery, (order.occurrence_id, commune.speakers[0]))
    assert (row.state, row.reason) == ("failed", reason)


def test_a_forged_receipt_changes_nothing_and_is_an_incident(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    said = receipt(
        commune.office.keyring.tenant, 1, order.id, order.occurrence_id, "played", heard=2_000, sha256=order.sha256
    )
    commune.bench.hear(commune.speakers[0], "receipt", said, key=commune.speakers[1])
    assert set(commune.states(order).values()) == {"ordered"}
    assert commune.incidents() == ["unknown_key"]


def test_a_stop_goes_to_all_who_have_not_ended_until_they_sign(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    commune.word(1, order, "have")
    commune.word(1, order, "played", 1, heard=2_000, expected=2_000, sha256=order.sha256)
    with commune.office.database.write() as session:
        stop_broadcast(session, order.id, commune.office.act(commune.bench.now))
        stop_broadcast(session, order.id, commune.office.act(commune.bench.now))
    commune.bench.link.sent.clear()
    commune.bench.step()
    [(_, stop)] = commune.bench.said(Stop)
    assert isinstance(stop, Stop) and stop.only is not None
    assert [number for number in range(3) if bitmap.contains(stop.only, number)] == [0, 2]
    commune.bench.step(6)
    assert len(commune.bench.said(Stop)) == 1, "who is online and silent is told again"
    commune.word(2, order, "cancelled")
    assert commune.states(order) == dict(zip(commune.speakers, ("cancelled", "played", "ordered"), strict=True))


def test_the_same_request_makes_one_order(commune: Commune) -> None:
    bulletin = commune.office.bulletin()
    act = commune.office.act(START, key="k")
    first = commune.order(act, bulletin=bulletin)
    second = commune.order(act, bulletin=bulletin)
    assert first.id == second.id
    with pytest.raises(IdempotencyKeyReused):
        commune.order(Act("test", "127.0.0.1", START, "k", fingerprint="other"), bulletin=bulletin)


def test_now_waits_for_its_turn_and_a_fixed_time_is_refused(commune: Commune) -> None:
    first = commune.order()
    second = commune.order()
    assert second.start_at == first.ends_at + SECOND
    priority = commune.order(rank="priority")
    assert priority.start_at < first.ends_at, "priority does not wait for normal"
    with pytest.raises(Clash):
        commune.order(start_at=first.start_at, on_clash="refuse")


def test_what_cannot_sound_is_refused(commune: Commune) -> None:
    empty = commune.office.area("Xã không loa")
    with pytest.raises(NoTargets):
        commune.order(areas=(empty,))
    bulletin = commune.office.bulletin(2.0, 555)
    with commune.office.database.write() as session:
        session.get_one(Bulletin, bulletin).state = "rendering"
    with pytest.raises(BulletinNotReady):
        commune.order(bulletin=bulletin)


def test_an_order_far_ahead_waits_for_its_day_and_arms_the_engine(commune: Commune) -> None:
    order = commune.order(start_at=START + 20 * DAY)
    commune.bench.step()
    assert commune.bench.said(Play) == []
    assert commune.bench.armed == {order.occurrence_id: START + 13 * DAY}
    commune.bench.step(13 * DAY / SECOND)
    assert len(commune.bench.said(Play)) == 1 and commune.bench.armed == {}


def test_audio_leaves_the_broker_when_nobody_needs_it(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    commune.bench.link.sent.clear()
    commune.bench.step((order.expires_at - START + 2 * MINUTE) / SECOND)
    cleared = {topic for topic, payload, _, retain in commune.bench.link.sent if retain and payload == b""}
    topics = commune.bench.topics
    assert {topics.manifest(order.sha256), topics.chunk(order.sha256, 0)} <= cleared


def test_a_broker_that_comes_back_empty_loses_nothing(commune: Commune) -> None:
    commune.office.blob(1.0, 880, clip="tone")
    order = commune.order()
    commune.bench.step()
    commune.bench.controller.on_link(False, commune.bench.now)
    commune.bench.controller.on_link(True, commune.bench.now)
    commune.bench.link.sent.clear()
    commune.bench.step(1)
    topics, sent = commune.bench.topics, commune.bench.link.topics()
    assert topics.trust in sent and topics.area_order(commune.area) in sent
    assert sent.count(topics.manifest(order.sha256)) == 1
    assert {topics.down(speaker, "config") for speaker in commune.speakers} <= set(sent)
    configs = [config for _, config in commune.bench.said(Config) if isinstance(config, Config)]
    assert all(set(config.clips) == {"tone"} for config in configs)


def test_a_configuration_keeps_its_sequence_until_it_changes_or_the_speaker_knows_a_later_one(commune: Commune) -> None:
    def sequence() -> int:
        commune.bench.controller.on_link(True, commune.bench.now)
        commune.bench.step(1)
        configs = [config for _, config in commune.bench.said(Config) if isinstance(config, Config)]
        return max(config.seq for config in configs if config.to == f"dev/{commune.speakers[0]}")

    first = sequence()
    assert sequence() == first
    ahead = first + 1_000 * DAY
    commune.bench.hear(commune.speakers[0], "hello", hello(commune.office.keyring.tenant, config_seq=ahead))
    [(_, config)] = commune.bench.said(Config)
    assert isinstance(config, Config) and config.seq == ahead + 1, "a restored controller is not locked out"
    assert sequence() == ahead + 1


def test_a_manifest_says_what_the_chunks_are(commune: Commune) -> None:
    order = commune.order()
    commune.bench.step()
    chunks = [payload for topic, payload, _, _ in commune.bench.link.sent if f"blob/{order.sha256}" in topic][1:]
    [(_, manifest)] = commune.bench.said(Manifest)
    assert isinstance(manifest, Manifest)
    assert manifest.size == sum(map(len, chunks)) and len(manifest.chunks) == len(chunks)
    assert manifest.expires_at >= order.expires_at
