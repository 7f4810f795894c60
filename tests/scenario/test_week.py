"""The week of a commune: what the calendar shows is what sounds, and the speakers keep the plan without a network."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlmodel import col, select

from controller.broadcast.models import Broadcast
from controller.echo import apply_echo_plan, survey
from controller.errors.programmes import NeverHeard
from devices.models import Device, DevicePlan
from devices.protocol.units import DAY, HOUR, MINUTE, SECOND
from firmware_sim.settings import SpeakerSettings
from firmware_sim.village.pole import Pole
from firmware_sim.village.village import Village
from scheduler.air.models import AirRule
from scheduler.errors import LeaseLost
from scheduler.programmes.models import SpeakerGroup
from tests.devices.echo.streets import street

DAILY: Mapping[str, object] = {"kind": "daily"}
"""Villages begin on Wednesday 18 November 2026 at 18:06:40 in Vietnam."""


@pytest.fixture
def village(tmp_path: Path) -> Village:
    thinned = SpeakerSettings(probe_thinning=144)
    return Village(tmp_path, 6, heartbeat_s=21_600, settings=thinned, chunk_bytes=65_536).settle()


def heard(village: Village) -> set[tuple[str, int, str]]:
    """Programme, start to the second (us UTC) and speaker of all that began to sound by plan."""
    with village.office.database.read() as session:
        rows = session.exec(
            select(Broadcast.id, Broadcast.programme_id).where(col(Broadcast.programme_id).is_not(None))
        )
        programmes = dict(rows.all())
    begun: dict[tuple[str, str], int] = {}
    for pole in village.poles:
        for line in village.sounds_of(pole):
            key = str(line["order"]), pole.identity.device
            if key[0] in programmes:
                begun.setdefault(key, round(int(str(line["true"])) / 1e6) * 1_000_000)
    return {(programmes[order] or "", at, device) for (order, device), at in begun.items()}


def shown(village: Village, span: int) -> set[tuple[str, int, str]]:
    slots = village.schedule.preview(span).slots
    return {(slot.programme, slot.start_at, device) for slot in slots for device in slot.devices}


def test_the_preview_is_what_sounds(village: Village) -> None:
    morning, evening = village.office.bulletin(20.0, 300), village.office.bulletin(30.0, 500)
    village.schedule.programme(dict(DAILY), "05:00", "17:00", bulletin=morning)
    village.schedule.programme(dict(DAILY), "17:00", bulletin=evening, areas=[village.communes[0]])
    village.schedule.programme({"kind": "weekly", "days": ["friday"]}, "18:00", bulletin=evening)
    expected = shown(village, 3 * DAY)
    village.run(3 * DAY / 1e6)
    assert heard(village) == expected and len({one[1] for one in expected}) == 3 * 2 + 3 + 1
    assert village.judged().verdict == "clean", village.judged().as_json()


def street_in_turns(village: Village) -> dict[str, str]:
    """All horns hang along one street, and the echo plan gives each its turn."""
    devices = [pole.identity.device for pole in village.poles]
    with village.office.database.write() as session:
        for device, at in zip(devices, street(len(devices), 150), strict=True):
            row = session.get_one(Device, device)
            row.latitude, row.longitude = at.latitude, at.longitude
        found = survey(session, village.province)
        apply_echo_plan(session, village.province, found.plan(27), village.office.act(village.time.now))
    village.ring()
    with village.office.database.read() as session:
        return {device: session.get_one(Device, device).interleave or "" for device in devices}


def test_neighbours_take_turns_as_the_preview_says(village: Village) -> None:
    turns = street_in_turns(village)
    assert list(turns.values()) == ["A", "B"] * 3
    village.schedule.quiet_hours("21:00", "05:00")
    hymn, news = village.office.bulletin(30.0, 300), village.office.bulletin(20.0, 500)
    taking = village.schedule.programme(dict(DAILY), "05:00", bulletin=hymn, turns=True)
    village.schedule.programme(dict(DAILY), "05:00", "20:59:30", bulletin=news, areas=[village.communes[0]])
    edge = village.schedule.programme(dict(DAILY), "20:59:00", bulletin=hymn, turns=True)
    expected = shown(village, 2 * DAY)
    village.run(2 * DAY / 1e6)
    sounded = heard(village)
    assert sounded == expected
    assert {turns[device] for programme, _, device in sounded if programme == edge} == {"A"}, (
        "turn B would be in the night"
    )
    for day in range(2):
        five = at_wall(village, "05:00") + day * DAY
        starts = [
            {start for programme, start, device in sounded if programme == taking and turns[device] == turn}
            for turn in ("A", "B")
        ]
        of_day = [{start for start in some if five <= start < five + HOUR} for some in starts]
        assert min(of_day[0]) == five and max(of_day[0]) + 32 * SECOND < min(of_day[1])
    assert village.judged().verdict == "clean", village.judged().as_json()


def test_the_speakers_hold_the_plan_and_say_so(village: Village) -> None:
    village.schedule.programme(dict(DAILY), "05:00", bulletin=village.office.bulletin(20.0))
    village.run(900)
    with village.office.database.read() as session:
        plans = session.exec(select(DevicePlan)).all()
    assert len(plans) == 6 and all(plan.held_seq == plan.seq and not plan.missing for plan in plans)


def test_three_days_without_a_network_every_planned_item_plays(village: Village) -> None:
    village.schedule.programme(dict(DAILY), "05:00", "17:00", bulletin=village.office.bulletin(20.0))
    expected = shown(village, 3 * DAY)
    village.run(900)
    for pole in village.poles:
        pole.lose_network()
    village.run(3 * DAY / 1e6 - 900)
    assert {(p, round(s / MINUTE), d) for p, s, d in heard(village)} == {
        (p, round(s / MINUTE), d) for p, s, d in expected
    }
    for pole in village.poles:
        pole.find_network()
    village.run(600)
    states = {state for pole in village.poles for state in _states(village, pole).values()}
    assert states == {"played", "have"}, "the record has become true"
    assert village.judged().verdict == "clean"


def _states(village: Village, pole: Pole) -> dict[str, str]:
    return {
        order: viewed.state for (order, _, device), viewed in village.view().items() if device == pole.identity.device
    }


def test_an_edit_before_the_start_leaves_one_version(village: Village) -> None:
    old, new = village.office.bulletin(20.0, 300), village.office.bulletin(20.0, 600)
    programme = village.schedule.programme(dict(DAILY), "05:00", bulletin=old)
    village.run(900)
    away = village.poles[0]
    away.lose_network()
    village.schedule.change(programme, content={"kind": "bulletin", "bulletin": new})
    village.run(11 * HOUR / 1e6)
    away.find_network()
    village.run(HOUR / 1e6)
    sounds = {pole.identity.device: [line["sha256"] for line in village.sounds_of(pole)] for pole in village.poles}
    assert all(len(one) == 1 for one in sounds.values()), "never both versions"
    assert len({one[0] for device, one in sounds.items() if device != away.identity.device}) == 1
    assert sounds[away.identity.device] != sounds[village.poles[1].identity.device]
    village.run(HOUR / 1e6)
    assert village.judged().verdict == "clean", village.judged().as_json()


def test_an_edit_while_it_sounds_waits_for_the_next_day(village: Village) -> None:
    """H6: what has begun goes on as it was, and the new version is not heard on top of it."""
    old, new = village.office.bulletin(40.0, 300), village.office.bulletin(20.0, 600)
    programme = village.schedule.programme(dict(DAILY), "05:00", bulletin=old)
    village.run(900)
    village.run((at_wall(village, "05:00") - village.time.now) / 1e6 + 10)
    village.schedule.change(programme, content={"kind": "bulletin", "bulletin": new})
    village.run(DAY / 1e6)
    for pole in village.poles:
        first, second = village.sounds_of(pole)
        assert first["sha256"] != second["sha256"]
        assert round((int(str(second["true"])) - int(str(first["true"]))) / SECOND) == DAY // SECOND
    assert village.judged().verdict == "clean", village.judged().as_json()


def test_what_is_ended_is_not_heard(village: Village) -> None:
    programme = village.schedule.programme(dict(DAILY), "05:00", bulletin=village.office.bulletin(20.0))
    village.run(900)
    village.schedule.end(programme)
    village.run(DAY / 1e6)
    assert not heard(village) and village.judged().verdict == "clean"


def test_a_silent_place_is_known_within_a_minute_and_cleared_when_it_was_heard_after_all(village: Village) -> None:
    village.schedule.programme(dict(DAILY), "19:00", bulletin=village.office.bulletin(20.0))
    village.run(900)
    hamlet = village.hamlets[0]
    for pole in hamlet:
        pole.lose_network()
    start = next(iter(shown(village, DAY)))[1]
    village.run((start + MINUTE - village.time.now) / 1e6)
    found = village.incidents("dead_air")
    assert [(one.subject, one.closed_at) for one in found] == [(village.places[0], None)]
    for pole in hamlet:
        pole.find_network()
    village.run(300)
    assert [one.closed_by for one in village.incidents("dead_air")] == ["loa"], "they kept the plan, and said so"


def test_of_two_controllers_one_works_and_the_other_takes_over(village: Village) -> None:
    """B5: the first one is killed for good; what it had promised goes on under the second."""
    village.schedule.programme(dict(DAILY), "18:20", "18:25", bulletin=village.office.bulletin(20.0))
    rival = village.second_controller()
    village.run(120)
    assert not rival.controller.leadership.holds(village.time.now)  # type: ignore[union-attr]
    planned = shown(village, HOUR)
    for minute in range(6):
        order = village.broadcast(3.0)
        village.run(60)
        assert set(village.states(order.occurrence).values()) == {"played"}, minute
        if minute == 3:
            village.desk.retire()
    assert rival.controller.leadership.holds(village.time.now)  # type: ignore[union-attr]
    village.run(720)
    assert heard(village) == planned and village.judged().verdict == "clean"


def test_a_controller_at_rest_keeps_its_lease_and_looks_at_nothing_else(village: Village) -> None:
    """A lease of 15 s is renewed every five: 360 times in half an hour."""
    rival = village.second_controller()
    village.run(60)
    rings = village.desk.rings
    for _ in range(6):
        village.run(300)
        assert village.desk.works and not rival.works
    assert village.desk.rings - rings < 30
    order = village.broadcast(3.0)
    village.run(60)
    assert set(village.states(order.occurrence).values()) == {"played"}


def test_a_controller_that_was_replaced_writes_nothing(village: Village) -> None:
    """Fencing: it slept through its lease and wakes in the middle of a write."""
    rival = village.second_controller()
    first = village.desk.controller
    assert first is not None
    village.desk.sleep()
    village.run(60)
    assert rival.controller.leadership.holds(village.time.now)  # type: ignore[union-attr]
    with pytest.raises(LeaseLost), first.leadership.write() as session:
        session.add(SpeakerGroup(id="late", name="late", created_at=0))
    with village.office.database.read() as session:
        assert session.get(SpeakerGroup, "late") is None


def test_a_controller_that_is_down_over_due_times_is_not_missed(village: Village) -> None:
    """B4: the speakers keep their plan; once it is back the record becomes true, and nothing comes in a burst."""
    village.schedule.programme(dict(DAILY), "05:00", "06:00", "07:00", bulletin=village.office.bulletin(20.0))
    expected = shown(village, DAY)
    village.run(900)
    village.desk.kill(15 * HOUR)
    village.run(16 * HOUR / 1e6)
    assert heard(village) == expected and len(expected) == 3 * 6
    village.run(7 * HOUR / 1e6)
    assert heard(village) == expected, "no burst"
    states = [state for (order, _, _), state in village.view().items() if order in played(village)]
    assert {one.state for one in states} == {"played"} and len(states) == len(expected)
    assert village.judged().verdict == "clean"


def played(village: Village) -> set[str]:
    return {str(line["order"]) for pole in village.poles for line in village.sounds_of(pole)}


def test_without_a_controller_a_week_goes_on_and_then_it_is_silent(village: Village) -> None:
    """D6, C8: seven days by plan, nothing after it, and on return only what is still valid."""
    village.schedule.programme(dict(DAILY), "05:00", bulletin=village.office.bulletin(20.0))
    village.run(900)
    away = village.poles[0]
    away.lose_network()
    village.run(14 * DAY / 1e6)
    mine = sorted(start for _, start, device in heard(village) if device == away.identity.device)
    assert 7 <= len(mine) <= 8 and mine[-1] - mine[0] == (len(mine) - 1) * DAY
    before = len(village.sounds_of(away))
    away.find_network()
    village.run(2 * HOUR / 1e6)
    assert len(village.sounds_of(away)) == before, "nothing of the days that it missed"
    village.run(DAY / 1e6)
    assert len(village.sounds_of(away)) == before + 1, "and it is in step again"
    assert village.judged().verdict == "clean", village.judged().as_json()


def test_an_order_at_a_quarter_past_three_does_not_sound_and_is_an_incident(village: Village) -> None:
    """Signed by the right key and meant for 03:15: whoever made the mistake, nobody is woken."""
    village.schedule.quiet_hours("21:00", "05:00")
    village.schedule.programme(dict(DAILY), "06:00", bulletin=village.office.bulletin(20.0))
    village.run(900)
    with pytest.raises(NeverHeard):
        village.broadcast(3.0, start_at=at_wall(village, "03:15"))
    with village.office.database.write() as session:
        rules = session.exec(select(AirRule)).all()
        kept = [rule.model_dump() for rule in rules]
        for rule in rules:
            session.delete(rule)
    mistaken = village.broadcast(3.0, start_at=at_wall(village, "03:15"))
    with village.office.database.write() as session:
        session.add_all(AirRule(**rule) for rule in kept)
    village.run(12 * HOUR / 1e6)
    assert set(village.states(mistaken.occurrence).values()) == {"refused"}
    assert {row.reason for row in village.rows(mistaken.occurrence)} == {"quiet_hours"}
    assert village.incidents("refused") and village.judged().verdict == "clean"
    assert {start for _, start, _ in heard(village)} == {at_wall(village, "06:00")}


def at_wall(village: Village, time: str) -> int:
    """That time of the first morning, us UTC."""
    hour, minute = map(int, time.split(":"))
    midnight = village.begin - (village.begin + 7 * HOUR) % DAY + DAY
    return midnight + hour * HOUR + minute * MINUTE


def test_an_alert_sounds_at_any_hour_and_over_any_budget(village: Village) -> None:
    village.schedule.quiet_hours("00:00", "00:00")
    village.run(900)
    siren = village.alert(minutes=3)
    village.run(240)
    assert set(village.states(siren.occurrence).values()) == {"played"}


def test_who_joins_later_gets_the_plan_and_who_is_no_target_any_more_is_silent(village: Village) -> None:
    bulletin = village.office.bulletin(20.0)
    some = [pole.identity.device for pole in village.poles[:2]]
    programme = village.schedule.programme(dict(DAILY), "05:00", bulletin=bulletin, devices=some)
    village.run(900)
    others = [pole.identity.device for pole in village.poles[1:4]]
    village.schedule.retarget(programme, others)
    village.run(DAY / 1e6)
    assert {device for _, _, device in heard(village)} == set(others)
