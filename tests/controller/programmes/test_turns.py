"""Neighbours that take turns: ordered one after the other, shown as it will be, left alone once turn A has begun."""

import pytest
from sqlmodel import select

from controller.deliveries.models import Delivery
from controller.monitoring.dead_air import DeadAir
from controller.programmes.checking import examine
from controller.programmes.keeping import end_programme, pause_programme
from controller.programmes.preview import Slot, preview
from controller.programmes.reading import FIXED, Kept, read_programmes, situation
from devices.models import Device, Incident
from devices.protocol.units import DAY, HOUR, MINUTE, SECOND
from firmware_sim.village.office import Office
from scheduler.planner.diary import BETWEEN, TURN
from scheduler.timetable import wanted
from tests.controller.programmes.commune import Commune, five

LENGTH = 2 * SECOND
SECOND_TURN = five() + LENGTH + TURN


@pytest.fixture
def commune(office: Office) -> Commune:
    """The middle one of three horns is in turn B."""
    made = Commune(office)
    turns(made, "A", "B", "A")
    return made


def turns(commune: Commune, *said: str | None) -> None:
    with commune.office.database.write() as session:
        for device, turn in zip(commune.speakers, said, strict=True):
            session.get_one(Device, device).interleave = turn
        wanted(session)


def shown(commune: Commune) -> list[Slot]:
    """Of the day to come, as it is planned now."""
    with commune.office.database.read() as session:
        return list(preview(session, five() - HOUR, five() + HOUR, commune.bench.now).slots)


def test_turn_b_is_ordered_after_turn_a_and_shown_so(commune: Commune) -> None:
    near, middle, far = commune.speakers
    commune.keep(turns=True)
    expected = [(five(), {near, far}), (SECOND_TURN, {middle})]
    assert [(one.start_at, one.devices) for one in shown(commune)] == expected
    commune.plan()
    first, second = commune.airings()[:2]
    assert [(one.start_at, commune.targets(one)) for one in (first, second)] == expected
    assert first.nominal_at == second.nominal_at == five() and len(commune.airings()) == 14
    plans = commune.said()
    assert plans[near].airings[0].start_at == five() and plans[middle].airings[0].start_at == SECOND_TURN
    assert [(one.turn_at, one.after) for one in shown(commune)] == [(five(), ""), (SECOND_TURN, "")]


def test_nobody_is_parted_where_nothing_is_said_in_turns(commune: Commune) -> None:
    commune.keep()
    with commune.office.database.read() as session:
        assert len(situation(session, five(), five() + DAY, commune.bench.now).hearers) == 1
    turns(commune, None, None, None)
    commune.keep(turns=True, times=["05:30"])
    assert [one.start_at for one in shown(commune)] == [five(), five() + HOUR // 2]


def test_a_turn_is_no_collision_and_what_stands_in_its_way_is(commune: Commune) -> None:
    made = commune.keep(turns=True, repeats=2, gap_ms=0)
    with commune.office.database.read() as session:
        kept = read_programmes(session)[made]
        row = kept.row.model_copy(update={"id": commune.office.new_id(), "created_at": five()})
        assert examine(session, kept, commune.bench.now) == []
        found = examine(session, Kept(row, commune.wish(turns=True)), commune.bench.now)
    after_a, after_b = five() + 2 * LENGTH + BETWEEN, five() + 4 * LENGTH + TURN + BETWEEN
    assert {(one.effect, one.at, one.start_at) for one in found if one.at < five() + HOUR} == {
        ("waits", five(), after_a), ("waits", after_a + LENGTH + TURN, after_b),
    }  # fmt: skip


def test_once_turn_a_has_begun_turn_b_stays_and_others_wait_for_it(commune: Commune) -> None:
    made = commune.keep(turns=True)
    commune.plan()
    before = [(one.order_id, one.start_at) for one in commune.airings()]
    commune.bench.now = five() + SECOND
    commune.keep("append", title="Khác", times=["05:00:20"], volume=50)
    commune.change(made, volume=10, turns=True, times=["05:00"])
    commune.plan()
    after = {one.order_id: one.start_at for one in commune.airings()}
    assert set(before[:2]) <= set(after.items()), "this day goes on as it was"
    assert not set(before[2:]) & set(after.items()), "the coming ones have changed"
    assert SECOND_TURN in [one.start_at for one in shown(commune)], "it is still to come, and shown"


def test_what_is_made_over_a_turn_b_to_come_waits_for_it(commune: Commune) -> None:
    commune.keep(turns=True, repeats=5, gap_ms=10_000)
    commune.plan()
    commune.bench.now = five() + SECOND
    turn_b = five() + 50 * SECOND + TURN
    assert turn_b > commune.bench.now + FIXED
    commune.keep("append", title="Khác", times=["05:01"], targets={"devices": [commune.speakers[1]]})
    assert [one.start_at for one in shown(commune)] == [five(), turn_b, turn_b + 50 * SECOND + BETWEEN]


@pytest.mark.parametrize("end", [end_programme, lambda s, name, act: pause_programme(s, name, True, act)])
def test_what_is_ended_between_the_turns_is_not_heard_in_turn_b(commune: Commune, end: object) -> None:
    made = commune.keep(turns=True, repeats=5, gap_ms=10_000)
    commune.plan()
    commune.bench.now = five() + SECOND
    with commune.office.database.write() as session:
        end(session, made, commune.office.act(commune.bench.now))  # type: ignore[operator]
    commune.plan()
    assert commune.starts() == [five()] == [one.start_at for one in shown(commune)]


def test_who_missed_the_change_to_turns_does_not_hear_it_twice(commune: Commune) -> None:
    made = commune.keep()
    commune.plan()
    together = commune.airings()[0].order_id
    commune.change(made, turns=True)
    commune.plan()
    first, second = commune.airings()[:2]
    assert first.order_id == together and second.instead == [together]
    assert commune.said()[commune.speakers[1]].airings[0].instead == (together,)


def test_a_place_in_which_turn_a_was_heard_is_not_dead_in_turn_b(commune: Commune) -> None:
    commune.keep(turns=True)
    commune.plan()
    first, second = commune.airings()[:2]
    watch = DeadAir(commune.office.new_id)
    with commune.office.database.write() as session:
        watch.tick(session, SECOND_TURN + MINUTE, 0)
        silent = session.exec(select(Incident)).one()
        assert silent.detail["order"] == second.order_id
        session.delete(silent)
        for row in session.exec(select(Delivery).where(Delivery.order_id == first.order_id)):
            row.state = "played"
        session.flush()
        DeadAir(commune.office.new_id).tick(session, SECOND_TURN + MINUTE, 0)
        assert session.exec(select(Incident)).all() == []
