"""Two communes become one: speakers, programmes, rules and rights go on, the old names can be read, all on record."""

import json

import pytest

from controller.areas.changing import carry_out
from controller.areas.wishes import WISHES
from controller.errors.areas import ChangeOutdated, ParentUnclear
from controller.people.models import ApiKey, RoleGrant
from controller.programmes.keeping import end_programme
from controller.programmes.reading import read_programmes
from devices.errors import AreaCycle, AreaEnded, AreaNotEmpty, AreaTooDeep
from devices.history import lines_of
from devices.models import Area, Stay
from devices.registry import add_area
from firmware_sim.village.office import Office
from scheduler.air.models import AirRule
from scheduler.programmes.models import GroupMember
from tests.controller.areas.units import Units


@pytest.fixture
def units(office: Office) -> Units:
    return Units(office)


def test_speakers_stand_in_the_new_one_and_keep_their_hamlets(units: Units) -> None:
    before = units.given()
    new = units.merge()
    homes = {device: row.area_id for device, row in units.devices().items()}
    assert {homes[device] for device in units.direct[0] + units.direct[1]} == {new}
    assert [homes[device] for device in units.inside[0]] == [units.hamlets[0]] * 2
    numbers = units.numbers()
    assert all(set(numbers[device]) == {new, units.province} for device in units.direct[0])
    assert set(numbers[units.inside[1][0]]) == {units.hamlets[1], new, units.province}
    assert sorted(numbers[device][new] for device in numbers) == list(range(8))
    assert before <= units.given()


def test_the_old_ones_answer_and_say_what_they_became(units: Units) -> None:
    new = units.merge()
    old = units.areas()[units.first]
    assert (old.name, old.parent_id, old.merged_into, old.ended_at) == ("Xã Tân Đông", new, new, units.now)
    with units.office.database.read() as session:
        assert [line.parent_id for line in lines_of(session, units.first)] == [units.province, new]
    with pytest.raises(AreaEnded) as refused:
        units.office.speaker(units.first)
    assert refused.value.data["merged_into"] == new
    with pytest.raises(AreaEnded):
        units.office.area("Ấp 9", units.first)
    with pytest.raises(AreaEnded):
        units.programme(units.first)


def test_kept_within_they_go_on_as_they_were(units: Units) -> None:
    homes = {device: row.area_id for device, row in units.devices().items()}
    programme = units.programme(units.first)
    new = units.merge(keep=True)
    assert {device: row.area_id for device, row in units.devices().items()} == homes
    assert set(units.numbers()[units.direct[0][0]]) == {units.first, new, units.province}
    assert units.areas()[units.first].ended_at is None
    with units.office.database.read() as session:
        assert read_programmes(session)[programme].wish.targets.areas == (units.first,)


def test_a_programme_is_for_whom_it_was_for(units: Units) -> None:
    one, both = units.programme(units.first), units.programme(units.first, units.second, owner=units.province)
    seen = units.seen(kind="merge", areas=[units.first, units.second], name="Xã Gò Công")
    assert not seen.audiences and not seen.twice and not seen.clashes
    assert [(group.name, group.speakers) for group in seen.groups] == [("Xã Tân Đông", 2)]
    new = units.merge()
    with units.office.database.read() as session:
        kept = read_programmes(session)
    assert kept[one].wish.owner == new and kept[one].row.changed_at == kept[one].row.created_at
    assert kept[one].wish.targets.areas == (units.hamlets[0],)
    [group] = kept[one].wish.targets.groups
    grouped = {row.device_id for row in units.rows(GroupMember) if row.group_id == group}
    assert grouped == set(units.direct[0])
    assert kept[both].wish.targets.areas == (new,), "all of it was meant, and who comes later is meant, too"


def test_an_area_that_takes_up_another_brings_it_its_programmes_and_says_so(units: Units) -> None:
    for area in (units.first, units.second):
        units.programme(area, title=area)
    seen = units.seen(kind="merge", areas=[units.second], into=units.first)
    assert [(one.title, one.gains, one.loses) for one in seen.audiences] == [(units.first, 4, 0)]
    assert [one.speakers for one in seen.twice] == [4]
    assert {(one.title, one.reason) for one in seen.clashes} == {(units.second, None)}, "it waits for the other one"


def test_rules_of_the_air_go_with_the_area_and_whom_they_silence_is_shown(units: Units) -> None:
    rule = AirRule(
        id=units.office.new_id(), name="Đêm", area_id=units.first, changed_at=0, changed_by="",
        rules={"quiet": [{"begin": "04:00", "end": "06:00"}]},
    )  # fmt: skip
    with units.office.database.write() as session:
        session.add(rule)
    units.programme(units.second)
    seen = units.seen(kind="merge", areas=[units.first, units.second], name="Xã Gò Công")
    assert [(one.name, one.gains, one.loses) for one in seen.rules] == [("Đêm", 4, 0)]
    assert {(one.reason, one.speakers) for one in seen.clashes} == {("quiet_hours", 4)}
    new = units.merge()
    assert [row.area_id for row in units.rows(AirRule)] == [new]


def test_rights_follow_to_what_was_theirs_and_widen_only_where_it_is_asked_for(units: Units) -> None:
    grant, _ = units.person("an", "operator", units.first), units.person("ba", "operator", units.province)
    units.key("máy", units.second)
    seen = units.seen(kind="merge", areas=[units.first, units.second], name="Xã Gò Công")
    assert not seen.widens
    assert {(one.name, one.gains, one.loses) for one in seen.rights} == {("an", 0, 2), ("máy", 0, 2)}
    wide = units.seen(kind="merge", areas=[units.first, units.second], name="Xã Gò Công", widen=[grant])
    assert wide.widens and wide.fingerprint != seen.fingerprint
    assert {(one.name, one.gains, one.loses) for one in wide.rights} == {("an", 4, 0), ("máy", 0, 2)}
    new = units.merge(widen=[grant])
    assert {row.area_id for row in units.rows(RoleGrant) if row.person_id == "an"} == {units.first, new}
    assert [row.areas for row in units.rows(ApiKey)] == [[units.second, units.hamlets[1]]], "never empty: all areas"


def test_what_would_be_something_else_by_now_is_refused_and_leaves_nothing(units: Units) -> None:
    wish = {"kind": "merge", "areas": [units.first, units.second], "name": "Xã Gò Công"}
    fingerprint = units.seen(**wish).fingerprint
    units.office.speaker(units.first)
    tables = units.areas(), units.numbers()
    with pytest.raises(ChangeOutdated), units.office.database.write() as session:
        act = units.office.act(units.now)
        carry_out(session, WISHES.validate_python(wish), fingerprint, act, units.office.new_id)
    assert (units.areas(), units.numbers()) == tables and not units.lines()


def test_looking_changes_nothing(units: Units) -> None:
    units.programme(units.first)
    before = units.areas(), units.devices(), units.numbers(), len(units.rows(Stay)), len(units.lines("programme.edit"))
    first = units.seen(kind="merge", areas=[units.first, units.second], name="Xã Gò Công")
    again = units.seen(kind="merge", areas=[units.first, units.second], name="Xã Gò Công")
    after = units.areas(), units.devices(), units.numbers(), len(units.rows(Stay)), len(units.lines("programme.edit"))
    assert before == after and first.fingerprint == again.fingerprint


def test_it_is_on_record_with_before_and_after(units: Units) -> None:
    units.programme(units.first)
    new = units.merge()
    whole = json.loads(units.lines()[0].detail)
    assert whole["wish"]["name"] == "Xã Gò Công" and len(whole["seen"]["speakers"]) == 8
    assert {line.subject for line in units.lines()} >= {new, units.first, units.second, *units.direct[0]}
    assert [line.area_id for line in units.lines("programme.edit")][-1] == new


def test_what_makes_no_tree_is_refused(units: Units) -> None:
    with pytest.raises(AreaCycle):
        units.seen(kind="reparent", area=units.province, parent=units.hamlets[0])
    with pytest.raises(AreaCycle):
        units.seen(kind="merge", areas=[units.first], into=units.hamlets[0])
    with pytest.raises(ParentUnclear):
        units.seen(kind="merge", areas=[units.first, units.hamlets[1]], name="Xã mới")
    area: str | None = None
    for number in range(15):
        area = units.office.area(f"{number}", area)
    with pytest.raises(AreaTooDeep):
        units.seen(kind="reparent", area=units.first, parent=area)


def test_only_an_empty_area_ends(units: Units) -> None:
    with pytest.raises(AreaNotEmpty):
        units.seen(kind="end", area=units.hamlets[0])
    empty = units.office.area("Ấp 3", units.first)
    programme = units.programme(empty)
    with pytest.raises(AreaNotEmpty):
        units.seen(kind="end", area=empty)
    with units.office.database.write() as session:
        end_programme(session, programme, units.office.act(units.now))
    units.do(kind="end", area=empty)
    assert units.areas()[empty].ended_at == units.now
    with pytest.raises(AreaEnded):
        units.seen(kind="rename", area=empty, name="Ấp 4")


def test_who_comes_back_has_its_old_number(units: Units) -> None:
    device, before = units.direct[0][0], units.numbers()
    units.do(kind="move", devices=[device], area=units.second)
    assert units.numbers()[device][units.second] == 4, "never one that another had"
    units.do(kind="move", devices=[device], area=units.first)
    assert units.numbers() == before


def test_an_area_that_moves_goes_on_in_its_languages(units: Units) -> None:
    with units.office.database.write() as session:
        session.get_one(Area, units.first).languages = ["tyz", "vi"]
        elsewhere = add_area(session, Area(id=units.office.new_id(), name="Xã", created_at=0)).id
    units.do(kind="reparent", area=units.hamlets[0], parent=elsewhere)
    assert units.areas()[units.hamlets[0]].languages == ["tyz", "vi"]
