"""Plans become orders: made once, replaced when something changes, and left alone once they have begun."""

import threading
from typing import Any

import pytest
from sqlmodel import Session, select

from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest, create_broadcast, stop_broadcast
from controller.deliveries.models import Delivery, DeliveryEvent
from controller.programmes.almanac import Almanac
from controller.programmes.keeping import end_programme, pause_programme
from controller.programmes.reading import FIXED
from controller.programmes.timetable import AHEAD, STEP, horizon
from devices.models import Incident
from devices.protocol.units import DAY, MINUTE, SECOND
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.models import Airing, Occurrence
from tests.controller.programmes.commune import Commune, five


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def everything(session: Session) -> list[dict[str, Any]]:
    tables: tuple[Any, ...] = (Airing, Broadcast, Occurrence, Delivery, DeliveryEvent)
    rows = [row.model_dump() for table in tables for row in session.exec(select(table))]
    return sorted(rows, key=repr)


def test_a_week_is_ordered_at_once_for_every_speaker(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    airings = commune.airings()
    assert [one.start_at for one in airings] == [five(day) for day in range(7)]
    assert START + AHEAD <= horizon(START) <= START + AHEAD + STEP
    for one in airings:
        order = commune.order(one)
        assert (order.programme_id, order.occurrence_id) == (made, order.id)
        assert (one.nominal_at, one.instead, order.ends_at) == (one.start_at, [], one.start_at + 2 * SECOND)
        assert commune.targets(one) == set(commune.speakers)


def test_the_plan_goes_on_by_half_days(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    first = commune.starts()
    commune.bench.step(1)
    assert not commune.almanac.do_once(commune.bench.now), "nothing has changed"
    commune.bench.now = horizon(START) - AHEAD + 1
    with commune.office.database.read() as session:
        assert commune.almanac.next_wakeup(session, commune.bench.now - 1) == commune.bench.now
    assert commune.almanac.do_once(commune.bench.now)
    assert commune.starts() == [*first, five(7)]


def test_making_it_twice_changes_nothing(commune: Commune) -> None:
    commune.keep(times=["05:00", "17:00"])
    commune.plan()
    with commune.office.database.read() as session:
        before = everything(session)
    for _ in range(3):
        commune.plan_anew()
    with commune.office.database.read() as session:
        assert everything(session) == before


def test_a_change_replaces_what_has_not_begun(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    old = commune.airings()
    commune.change(made, volume=40)
    commune.plan()
    new = commune.airings()
    assert [one.instead for one in new] == [[one.order_id] for one in old]
    assert {commune.order(one).volume for one in new} == {40}
    assert all(commune.order(one).stop_requested_at == commune.bench.now for one in old)


def test_a_time_that_moves_is_paired_with_that_of_its_day(commune: Commune) -> None:
    made = commune.keep(times=["05:00", "17:00"])
    commune.plan()
    old = {one.start_at: one.order_id for one in commune.airings()}
    commune.change(made, times=["05:30", "17:00"])
    commune.plan()
    moved = [one for one in commune.airings() if one.nominal_at not in old]
    assert [(one.start_at, one.instead) for one in moved] == [
        (five(day) + 30 * MINUTE, [old[five(day)]]) for day in range(7)
    ]
    stays = [one for one in commune.airings() if one.nominal_at in old]
    assert len(stays) >= 7 and all(one.instead == [] for one in stays)


def test_a_pause_withdraws_and_going_on_orders_anew(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    old = commune.airings()
    for paused in (True, False):
        with commune.office.database.write() as session:
            pause_programme(session, made, paused, commune.office.act(commune.bench.now))
        commune.plan()
        if paused:
            assert commune.airings() == [] and len(commune.airings(withdrawn=True)) == 7
    new = commune.airings()
    assert [one.start_at for one in new] == [one.start_at for one in old]
    assert [one.instead for one in new] == [[one.order_id] for one in old], "a speaker that began the old one is done"


def test_an_ended_programme_is_taken_back(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    with commune.office.database.write() as session:
        end_programme(session, made, commune.office.act(commune.bench.now))
    commune.plan()
    assert commune.airings() == []
    assert all(commune.order(one).stop_requested_at for one in commune.airings(withdrawn=True))


def test_targets_come_and_go_without_a_new_order(commune: Commune) -> None:
    first, second, third = commune.speakers
    made = commune.keep(targets={"devices": [first, second]})
    commune.plan()
    orders = [one.order_id for one in commune.airings()]
    for wanted in ({first, third}, {second}, {first, second, third}):
        commune.change(made, targets={"devices": sorted(wanted)})
        commune.plan()
        assert [one.order_id for one in commune.airings()] == orders
        assert {frozenset(commune.targets(one)) for one in commune.airings()} == {frozenset(wanted)}


def test_a_speaker_that_joins_hears_what_is_to_come(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    new = commune.office.speaker(commune.area, "loa mới")
    commune.plan_anew()
    assert all(new in commune.targets(one) for one in commune.airings())


@pytest.mark.parametrize("before", [FIXED, 0, -SECOND])
def test_what_is_about_to_begin_stays_as_it_is(commune: Commune, before: int) -> None:
    made = commune.keep()
    commune.plan()
    first = commune.airings()[0]
    commune.bench.now = five() - before
    commune.change(made, volume=40, times=["05:10"])
    commune.plan()
    kept = [one for one in commune.airings() if one.order_id == first.order_id]
    assert len(kept) == 1 and commune.order(first).stop_requested_at is None
    assert [one.start_at for one in commune.airings()].count(five()) == 1


def test_what_begins_in_a_minute_is_still_changed(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    first = commune.airings()[0]
    commune.bench.now = five() - MINUTE
    commune.change(made, volume=40)
    commune.plan()
    assert commune.order(first).stop_requested_at is not None
    assert commune.airings()[0].instead == [first.order_id] and commune.airings()[0].start_at == five()


def test_two_almanacs_at_once_order_nothing_twice(commune: Commune) -> None:
    commune.keep(times=["05:00", "17:00"])
    office, gate = commune.office, threading.Barrier(3)

    def work() -> None:
        almanac = Almanac(commune.bench.controller.leadership, commune.bench.controller.plans, commune.office.new_id)
        gate.wait()
        almanac.do_once(START)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    starts = commune.starts()
    assert len(starts) == len(set(starts)) >= 14
    with office.database.read() as session:
        assert len(session.exec(select(Broadcast)).all()) == len(starts)
        assert len(session.exec(select(Delivery)).all()) == 3 * len(starts)


def test_a_single_order_at_that_time_is_waited_for(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    first = commune.airings()[0]
    request = BroadcastRequest(
        bulletin_id=commune.office.bulletin(30.0, 500), areas=(commune.area,), start_at=five() - 10 * SECOND,
        rank="priority",
    )  # fmt: skip
    with commune.office.database.write() as session:
        single = create_broadcast(session, request, commune.office.act(), commune.office.new_id, 3_000)
    commune.plan()
    moved = commune.airings()[0]
    assert (moved.nominal_at, moved.start_at, moved.instead) == (five(), five() + 21 * SECOND, [first.order_id])
    with commune.office.database.write() as session:
        stop_broadcast(session, single, commune.office.act())
    commune.plan()
    assert commune.airings()[0].start_at == five(), "stopped again, its time is free"
    assert set(commune.airings()[0].instead) == {first.order_id, moved.order_id}


def test_many_changes_remember_the_latest_versions_only(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    for volume in range(50, 62):
        commune.change(made, volume=volume)
        commune.plan(steps=0)
    newest = commune.airings()[0]
    assert len(newest.instead) == len(set(newest.instead)) == 8 and newest.order_id not in newest.instead
    latest = [commune.order(one).volume for one in commune.airings()[:1]]
    with commune.office.database.read() as session:
        assert [session.get_one(Broadcast, name).volume for name in newest.instead] == list(range(60, 52, -1))
    assert latest == [61]


def test_what_was_missed_while_nobody_planned_is_said(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    commune.bench.now = START + 11 * DAY
    almanac = Almanac(commune.bench.controller.leadership, commune.bench.controller.plans, commune.office.new_id)
    assert almanac.do_once(commune.bench.now)
    with commune.office.database.read() as session:
        (found,) = [row for row in session.exec(select(Incident)) if row.kind == "missed"]
    assert (found.subject, found.count, found.detail["first_at"]) == (made, 4, five(7))
    assert min(one.start_at for one in commune.airings() if one.start_at > commune.bench.now) == five(11)


def test_who_has_cancelled_what_its_plan_left_out_says_it_under_a_new_name(commune: Commune) -> None:
    """A speaker that was no target for a while, or whose plan was full: a name that has ended stays silent."""
    made = commune.keep()
    commune.plan()
    first, away = commune.airings()[0], commune.speakers[0]
    commune.change(made, targets={"devices": commune.speakers[1:]})
    commune.plan()
    with commune.office.database.write() as session:
        session.get_one(Delivery, (commune.order(first).occurrence_id, away)).state = "cancelled"
    commune.change(made)
    commune.plan()
    again = commune.airings()[0]
    assert again.order_id != first.order_id and again.instead == [first.order_id]
    assert commune.targets(again) == set(commune.speakers)
    commune.plan_anew()
    assert commune.airings()[0] == again, "once is enough"


def test_what_a_person_has_stopped_stays_stopped(commune: Commune) -> None:
    commune.keep()
    commune.plan()
    first, device = commune.airings()[0], commune.speakers[0]
    with commune.office.database.write() as session:
        stop_broadcast(session, first.order_id, commune.office.act())
        session.get_one(Delivery, (commune.order(first).occurrence_id, device)).state = "cancelled"
    commune.plan_anew()
    assert commune.airings()[0] == first
