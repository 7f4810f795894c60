"""Plans on the wire: a number for each content, the same bytes for the same number, lots, and patience."""

import pytest
from sqlmodel import select

from controller.deliveries.models import Delivery, DeliveryEvent
from controller.programmes.plan_message import MOST_AIRINGS
from controller.programmes.plans import LOT
from controller.programmes.timetable import horizon
from devices.models import DevicePlan, Incident
from devices.protocol.messages.blobs import Manifest
from devices.protocol.messages.plans import Plan
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.controller.programmes.commune import Commune, five
from tests.fakes.words import hello


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def row(commune: Commune, device: str) -> DevicePlan:
    with commune.office.database.read() as session:
        return session.get_one(DevicePlan, device)


def test_each_speaker_gets_its_week_and_the_audio_is_there(commune: Commune) -> None:
    commune.keep(volume=40, gain_db=3)
    commune.plan()
    topics = commune.bench.link.topics()
    plans = commune.said()
    assert set(plans) == set(commune.speakers)
    first = min(place for place, topic in enumerate(topics) if topic.endswith("/plan"))
    assert any(topic.endswith("/m") for topic in topics[:first]), "the audio is published before any plan names it"
    for device, plan in plans.items():
        assert [one.start_at for one in plan.airings] == [five(day) for day in range(7)]
        assert len(plan.pieces) == 1 and plan.pieces[0].volume == 48
        assert (plan.seq, plan.valid_to) == (row(commune, device).seq, horizon(START))


def test_orders_count_as_ordered_once_a_plan_has_left(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    with commune.office.database.read() as session:
        assert {one.state for one in session.exec(select(Delivery))} == {"ordered"}
        lines = [(one.event, one.state) for one in session.exec(select(DeliveryEvent))]
    assert lines == [("published", "ordered")] * 21


def test_numbers_only_grow_and_change_with_the_content(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    first = {device: plan.seq for device, plan in commune.said().items()}
    commune.confirm()
    commune.plan_anew()
    assert commune.said() == {}, "nothing has changed, nothing is said"
    commune.change(made, targets={"devices": commune.speakers[:1]})
    commune.plan()
    second = commune.said()
    assert set(second) == set(commune.speakers[1:]), "only those whose plan is another"
    assert all(second[device].seq > first[device] and second[device].airings == () for device in second)


def test_the_same_number_has_the_same_bytes(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    sent = {topic: payload for topic, payload, *_ in commune.bench.link.sent if topic.endswith("/plan")}
    commune.bench.link.sent.clear()
    commune.bench.controller.on_link(False, commune.bench.now)
    commune.bench.controller.on_link(True, commune.bench.now)
    for _ in range(3):
        commune.bench.step(1)
    again = {topic: payload for topic, payload, *_ in commune.bench.link.sent if topic.endswith("/plan")}
    assert len(sent) == 3
    assert {topic: payload.split(b".")[1] for topic, payload in again.items()} == {
        topic: payload.split(b".")[1] for topic, payload in sent.items()
    }


def test_many_speakers_are_told_lot_by_lot(office: Office) -> None:
    commune = Commune(office, speakers=2 * LOT + 5)
    commune.keep()
    commune.almanac.do_once(commune.bench.now)
    told = []
    for _ in range(4):
        commune.bench.step()
        told.append(len(commune.said()))
    assert told == [LOT, LOT, 5, 0]


def test_without_a_link_nothing_is_marked_and_nothing_is_lost(commune: Commune) -> None:
    commune.keep()
    commune.bench.link.up = False
    commune.plan()
    with commune.office.database.read() as session:
        assert {one.state for one in session.exec(select(Delivery))} == {"queued"}
        assert all(one.published_at is None for one in session.exec(select(DevicePlan)))
    commune.bench.link.up = True
    commune.bench.controller.on_link(True, commune.bench.now)
    for _ in range(3):
        commune.bench.step(1)
    assert set(commune.said()) == set(commune.speakers)


def test_who_is_there_and_says_nothing_is_told_again(commune: Commune) -> None:
    commune.keep()
    near, far, _ = commune.speakers
    commune.bench.hear(near, "hello", hello(commune.office.keyring.tenant))
    commune.bench.hear(far, "hello", hello(commune.office.keyring.tenant))
    commune.plan()
    first = commune.said()
    commune.confirm([near])
    commune.bench.step(6)
    assert commune.said() == {far: first[far]}
    commune.confirm([far])
    commune.bench.step(600)
    assert commune.said() == {}


def test_what_a_speaker_holds_is_kept(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    device = commune.speakers[0]
    sound = commune.order(commune.airings()[0]).sha256
    commune.confirm([device], missing=(sound,))
    known = row(commune, device)
    assert (known.held_seq, known.held_at, known.missing) == (known.seq, commune.bench.now, [sound])


def test_a_speaker_that_holds_a_higher_number_gets_a_higher_one(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    device = commune.speakers[0]
    told = commune.said()[device].seq
    commune.bench.hear(device, "hello", hello(commune.office.keyring.tenant, plan_seq=told + 10_000_000))
    commune.bench.now += 6_000_000
    commune.plan_anew()
    assert commune.said()[device].seq == told + 10_000_001


def test_a_plan_holds_256_airings_at_most(commune: Commune) -> None:
    times = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
    commune.keep(times=times)
    commune.plan()
    plan = commune.said()[commune.speakers[0]]
    planned = commune.starts()
    assert len(planned) > MOST_AIRINGS == len(plan.airings) and [one.start_at for one in plan.airings] == planned[:256]
    commune.bench.now = planned[100]
    commune.plan_anew()
    later = commune.said()[commune.speakers[0]]
    assert later.airings[-1].start_at > plan.airings[-1].start_at, "what did not fit comes when there is room"


def test_rules_of_the_air_travel_even_without_a_programme(commune: Commune) -> None:
    commune.plan()
    assert commune.said() == {}
    commune.quiet("21:00", "05:00")
    commune.plan()
    plan = commune.said()[commune.speakers[0]]
    assert plan.airings == () and {cap.percent for cap in plan.rules.caps} == {0, 100}


def test_a_replaced_airing_names_what_it_stands_for(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    old = commune.said()[commune.speakers[0]]
    commune.change(made, volume=40)
    commune.plan()
    new = commune.said()[commune.speakers[0]]
    assert [one.instead for one in new.airings] == [(one.order,) for one in old.airings]


def test_no_incident_comes_of_planning(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    commune.confirm()
    with commune.office.database.read() as session:
        assert session.exec(select(Incident)).all() == []
    assert commune.bench.said(Manifest) and not commune.bench.said(Plan)
