"""What the controller says when its keys change, and what it makes of numbers that were never its own."""

import pytest
from sqlmodel import select

from controller.alerts.raising import AlertRequest, raise_alert
from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest, create_broadcast
from controller.keys.changes import rotated
from devices.models import Device, DevicePlan, Incident
from devices.protocol.messages.speaker import PlanAck
from devices.protocol.messages.trust import Role
from devices.protocol.signing import open_envelope
from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.village.office import Office
from tests.controller.programmes.commune import Commune as PlannedCommune
from tests.fakes.bench import Bench
from tests.fakes.words import hello, receipt

EVERY: tuple[Role, ...] = ("content", "alert", "control", "time")
LAST = 2**53 - 1


class Commune:
    """Two speakers, an alert in force, and an order that both say they hold."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.area = office.area("Xã Tân Đông")
        self.speakers = [office.speaker(self.area, f"loa {number}") for number in range(2)]
        office.blob(1.0, 900, clip="tone")
        self.bench = Bench(office)
        act, new_id = office.act(self.bench.now), office.new_id
        wish = BroadcastRequest(office.bulletin(), (self.area,), start_at=self.bench.now + HOUR)
        alert = AlertRequest("Nước dâng", "Nước dâng", (self.area,), self.bench.now + 10 * MINUTE, 1)
        with office.database.write() as session:
            order = create_broadcast(session, wish, act, new_id, 3_000)
            raise_alert(session, alert, act, new_id, 400)
        self.bench.step()
        with office.database.read() as session:
            occurrence = session.get_one(Broadcast, order).occurrence_id
        for speaker in self.speakers:
            self.bench.hear(speaker, "receipt", receipt(office.keyring.tenant, 1, order, occurrence, "have"))
        self.bench.step(300)
        self.bench.link.sent.clear()

    def rotate(self, *roles: Role) -> None:
        office = self.office
        change = rotated(office.keyring, office.root, roles, office.chance.randbytes, self.bench.now, 0)
        office.keyring = change.after
        self.bench.controller.on_keys()

    def signed(self) -> list[tuple[str, str]]:
        """Topic and key id of all that left, in order."""
        sent = [(topic, raw) for topic, raw, *_ in self.bench.link.sent if raw.startswith(b"ey")]
        return [(topic, open_envelope(raw).key_id) for topic, raw in sent]


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def test_speakers_hear_whom_to_believe_before_anything_under_a_new_key(commune: Commune) -> None:
    commune.rotate(*EVERY)
    commune.bench.step()
    said, topics = commune.signed(), commune.bench.topics
    assert said[0] == (topics.trust, commune.office.keyring.root.id)
    new = {key.id for key in commune.office.keyring.keys.values()}
    assert {key_id for _, key_id in said[1:]} <= new
    left = [topic for topic, _ in said]
    alert = next(topic for topic in left if "/alert/" in topic)
    order = topics.area_order(commune.area)
    configs = [topics.down(speaker, "config") for speaker in commune.speakers]
    manifests = [topic for topic in left if topic.endswith("/m")]
    assert left.index(alert) < left.index(order) < left.index(manifests[0]) and set(configs) <= set(left)
    assert len(manifests) == len(set(manifests)) == 2, "the bulletin's and the tone's"
    assert not [topic for topic, *_ in commune.bench.link.sent if "/blob/" in topic and not topic.endswith("/m")]


def test_an_order_that_everybody_holds_is_said_again_too(commune: Commune) -> None:
    commune.bench.step()
    assert not commune.signed(), "at rest nothing is said"
    commune.rotate("time")
    commune.bench.step()
    assert [topic for topic, _ in commune.signed()].count(commune.bench.topics.area_order(commune.area)) == 1
    commune.bench.link.sent.clear()
    commune.bench.step(60)
    assert not commune.signed(), "and once is enough"


def test_keys_that_change_while_the_link_is_down_are_told_first_when_it_is_back(commune: Commune) -> None:
    commune.bench.link.up = False
    commune.bench.controller.on_link(False, commune.bench.now)
    commune.rotate(*EVERY)
    commune.bench.step(10)
    assert not commune.signed()
    commune.bench.link.up = True
    commune.bench.controller.on_link(True, commune.bench.now)
    commune.bench.step()
    said = commune.signed()
    assert said[0][0] == commune.bench.topics.trust
    assert {key_id for topic, key_id in said if topic != commune.bench.topics.trust} <= {
        key.id for key in commune.office.keyring.keys.values()
    }


def test_a_link_without_room_hears_of_the_trust_set_as_soon_as_it_has_some(commune: Commune) -> None:
    commune.bench.link.up = False
    commune.rotate("content")
    commune.bench.link.up = True
    commune.bench.step()
    assert commune.signed()[0][0] == commune.bench.topics.trust
    assert not commune.bench.controller.retained.busy


def test_a_speaker_with_newer_trust_than_ours_is_an_incident(commune: Commune) -> None:
    tenant, newest = commune.office.keyring.tenant, commune.office.keyring.said.seq
    commune.bench.hear(commune.speakers[0], "hello", hello(tenant, trust_seq=newest))
    commune.bench.hear(commune.speakers[1], "hello", hello(tenant, trust_seq=newest + 1))
    with commune.office.database.read() as session:
        found = [(row.kind, row.device_id) for row in session.exec(select(Incident)) if row.kind != "offline"]
    assert found == [("keys_outdated", commune.speakers[1])]


def test_a_number_that_no_clock_of_ours_gave_is_not_followed(commune: Commune) -> None:
    """A leaked control key, or a stolen speaker, says the last of all numbers."""
    speaker = commune.speakers[0]
    commune.bench.hear(speaker, "hello", hello(commune.office.keyring.tenant, config_seq=LAST, plan_seq=LAST))
    commune.bench.step()
    with commune.office.database.read() as session:
        assert session.get_one(Device, speaker).config_seq < commune.bench.now + DAY
    assert commune.bench.topics.down(speaker, "config") in [topic for topic, _ in commune.signed()]


def test_nor_is_a_plan_s(office: Office) -> None:
    commune = PlannedCommune(office)
    commune.keep()
    commune.plan()
    device = commune.speakers[0]
    told = commune.said()[device].seq
    ack = PlanAck(
        tenant=office.keyring.tenant, to="controller", issued_at=commune.bench.now, seq=LAST, missing=(), free=1,
        clock_error=0,
    )  # fmt: skip
    commune.bench.hear(device, "ack", ack)
    commune.bench.now += 6_000_000
    commune.plan_anew()
    with office.database.read() as session:
        assert session.get_one(DevicePlan, device).seq == told
