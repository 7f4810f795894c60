"""A village comes back at once: what the database is asked for a crowd is what it is asked for one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlmodel import select

from controller.broadcast.ordering import BroadcastRequest, create_broadcast
from controller.deliveries.models import Delivery
from devices.link import Inbound
from devices.models import DevicePlan, Incident
from devices.protocol.codec import to_json
from devices.protocol.messages.frame import Signed
from devices.protocol.messages.orders import Play
from devices.protocol.messages.speaker import Hello, PlanAck, State
from devices.protocol.signing import sign
from firmware_sim.village.office import Office
from tests.fakes.bench import Bench
from tests.fakes.words import BOOT, hello

CROWD = 40
ORDERS = 3


class Crowd:
    """Speakers of one commune that have been away since before some bulletins were ordered."""

    def __init__(self, office: Office, size: int) -> None:
        self.office = office
        self.area = office.area(f"Xã {size}")
        self.speakers = [office.speaker(self.area, f"loa {number}") for number in range(size)]
        self.bench = Bench(office)
        self.bench.step()
        self.come(hello(office.keyring.tenant), State(online=True, boot=BOOT))
        self.hear([(one, State(online=False, boot=BOOT)) for one in self.speakers])
        for number in range(ORDERS):
            self.order(300.0 + number)
        self.bench.step(1)
        self.bench.link.sent.clear()

    def order(self, pitch: float) -> None:
        request = BroadcastRequest(bulletin_id=self.office.bulletin(2.0, pitch), areas=(self.area,))
        with self.office.database.write() as session:
            create_broadcast(session, request, self.office.act(self.bench.now), self.office.new_id, 60_000)

    def hear(self, said: Sequence[tuple[str, Hello | State | PlanAck]]) -> None:
        """All in one batch."""
        leaves = {Hello: "hello", State: "state", PlanAck: "ack"}
        batch = []
        for speaker, word in said:
            payload = to_json(word)
            payload = sign(payload, self.office.keys[speaker]) if isinstance(word, Signed) else payload
            topic = self.bench.topics.up(speaker, leaves[type(word)])  # type: ignore[arg-type]
            batch.append(Inbound(topic, payload, False, self.bench.now))
        self.bench.controller.on_messages(batch, self.bench.now)

    def come(self, *words: Hello | State) -> None:
        self.hear([(one, word) for one in self.speakers for word in words])

    @contextmanager
    def questions(self) -> Iterator[list[str]]:
        """The queries that are asked within."""
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("SELECT"):
                asked.append(statement)

        event.listen(self.office.database.engine, "before_cursor_execute", note)
        yield asked
        event.remove(self.office.database.engine, "before_cursor_execute", note)

    def rows(self) -> Sequence[Delivery]:
        with self.office.database.read() as session:
            return session.exec(select(Delivery).where(Delivery.device_id.in_(self.speakers))).all()  # type: ignore[attr-defined]


def test_a_crowd_costs_as_many_questions_as_one(office: Office) -> None:
    asked = []
    for size in (1, CROWD):
        crowd = Crowd(office, size)
        with crowd.questions() as questions:
            crowd.come(hello(office.keyring.tenant), State(online=True, boot=BOOT))
        asked.append(questions)
    one, many = asked
    assert len(many) <= len(one) + ORDERS, sorted(set(many), key=many.count)[-3:]


def test_each_of_a_crowd_is_told_what_it_missed_and_that_is_kept(office: Office) -> None:
    crowd = Crowd(office, CROWD)
    before = {(row.occurrence_id, row.device_id): row.attempts for row in crowd.rows()}
    crowd.bench.now += 1_000_000
    crowd.come(hello(office.keyring.tenant), State(online=True, boot=BOOT))
    told = [topic for topic, _ in crowd.bench.said(Play)]
    assert sorted(told) == sorted([crowd.bench.topics.down(one, "order") for one in crowd.speakers] * ORDERS)
    for row in crowd.rows():
        assert row.published_at == crowd.bench.now
        assert row.attempts == before[row.occurrence_id, row.device_id] + 1
    with office.database.read() as session:
        assert not session.exec(select(Incident).where(Incident.closed_at.is_(None))).all()  # type: ignore[union-attr]


def test_what_a_speaker_holds_is_not_told_again(office: Office) -> None:
    crowd = Crowd(office, 2)
    held, other = crowd.speakers
    tenant = office.keyring.tenant
    orders = tuple(sorted({row.occurrence_id for row in crowd.rows()}))
    crowd.hear([(held, hello(tenant, open_orders=orders)), (other, hello(tenant, open_orders=orders[:1]))])
    told = [topic for topic, _ in crowd.bench.said(Play)]
    assert told == [crowd.bench.topics.down(other, "order")] * (ORDERS - 1)


def test_a_crowd_that_falls_silent_costs_as_many_questions_as_one(office: Office) -> None:
    asked = []
    for size in (1, CROWD):
        crowd = Crowd(office, size)
        crowd.come(hello(office.keyring.tenant), State(online=True, boot=BOOT))
        with crowd.questions() as questions:
            crowd.bench.step(600)
        asked.append(sum("FROM incident" in question for question in questions))
        with office.database.read() as session:
            silent = select(Incident).where(Incident.kind == "offline", Incident.closed_at.is_(None))  # type: ignore[union-attr]
            found = {one.device_id for one in session.exec(silent)}
        assert set(crowd.speakers) <= found
    assert asked[1] <= asked[0] + 2 * ORDERS  # the other village has its orders, too


@pytest.mark.parametrize("first", ["hello", "ack"])
def test_a_plan_that_nobody_knows_of_is_told_twice_in_one_batch(office: Office, first: str) -> None:
    """After an older backup: the speaker's hello and its word on the plan it holds arrive together."""
    crowd = Crowd(office, 1)
    speaker, tenant = crowd.speakers[0], office.keyring.tenant
    ack = PlanAck(
        tenant=tenant, to="controller", issued_at=crowd.bench.now, seq=7, missing=(), free=1_000, clock_error=5
    )
    said: list[Hello | PlanAck] = [hello(tenant, plan_seq=7), ack]
    crowd.hear([(speaker, word) for word in (said if first == "hello" else said[::-1])])
    with office.database.read() as session:
        row = session.get_one(DevicePlan, speaker)
    assert (row.held_seq, row.free_bytes) == (7, 1_000)


def test_who_goes_comes_and_goes_in_one_batch_leaves_one_open_incident(office: Office) -> None:
    crowd = Crowd(office, 1)
    here, gone = State(online=True, boot=BOOT), State(online=False, boot=BOOT)
    speaker = crowd.speakers[0]
    crowd.hear([(speaker, here), (speaker, gone), (speaker, here), (speaker, gone)])
    with office.database.read() as session:
        found = session.exec(select(Incident).where(Incident.device_id == speaker)).all()
    assert [one.kind for one in found if one.closed_at is None] == ["offline"]
    assert len([one for one in found if one.closed_at is not None]) == 2
