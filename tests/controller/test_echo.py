"""The echo plan in the tables: who is asked, what is written, and that each changed trim leaves without a reconnect."""

from collections.abc import Sequence

import pytest
from sqlmodel import select

from controller.echo import MOST, Survey, apply_echo_plan, survey
from controller.errors.air import NoCoordinates, TooManyHorns
from controller.people.models import AuditLine
from devices.errors import AreaUnknown
from devices.models import Device
from devices.protocol.messages.control import Config
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.devices.echo.streets import horn, street
from tests.fakes.bench import Bench
from tests.fakes.words import hello


class Street:
    """A village street with five speakers that face east, and one of which nobody knows where it hangs."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.commune = office.area("Xã Tân Đông")
        self.village = office.area("Ấp 3", self.commune)
        self.speakers = office.register(self.village, [f"Loa {place}" for place in range(6)])
        self.hang(self.speakers[:5])
        self.bench = Bench(office)
        self.bench.step()
        self.bench.link.sent.clear()

    def hang(self, speakers: Sequence[str]) -> None:
        with self.office.database.write() as session:
            for device, at in zip(speakers, street(5, 80, 90.0), strict=True):
                row = session.get_one(Device, device)
                row.latitude, row.longitude, row.bearing = at.latitude, at.longitude, at.bearing

    def survey(self, area: str | None = None) -> Survey:
        with self.office.database.read() as session:
            return survey(session, area or self.commune)

    def apply(self) -> int:
        found = self.survey()
        with self.office.database.write() as session:
            return apply_echo_plan(session, found.area, found.plan(27), self.office.act(self.bench.now))

    def rows(self) -> dict[str, Device]:
        with self.office.database.read() as session:
            return {row.id: row for row in session.exec(select(Device))}

    def configs(self) -> dict[str, Config]:
        said = [message for _, message in self.bench.said(Config) if isinstance(message, Config)]
        return {message.to.removeprefix("dev/"): message for message in said}


@pytest.fixture
def houses(office: Office) -> Street:
    return Street(office)


def test_an_area_is_surveyed_with_the_areas_within_it(houses: Street) -> None:
    found = houses.survey()
    assert sorted(one.id for one in found.horns) == sorted(houses.speakers[:5])
    assert found.unplaced == (houses.speakers[5],) and found.horns == houses.survey(houses.village).horns
    assert {one.bearing for one in found.horns} == {90.0} and set(found.trims_us.values()) == {0}


def test_without_any_coordinates_there_is_nothing_to_plan(houses: Street) -> None:
    empty = houses.office.area("Ấp không loa")
    with pytest.raises(NoCoordinates):
        houses.survey(empty)
    with pytest.raises(AreaUnknown):
        houses.survey(houses.office.new_id())


def test_more_than_one_plan_can_hold_is_refused(houses: Street) -> None:
    crowd = houses.office.area("Tỉnh")
    houses.office.register(crowd, ["loa"] * (MOST + 1))
    with pytest.raises(TooManyHorns):
        houses.survey(crowd)


def test_a_changed_trim_leaves_without_a_reconnect_and_only_where_it_changed(houses: Street) -> None:
    before = houses.rows()
    assert houses.apply() == 5
    houses.bench.step(1)
    said, after = houses.configs(), houses.rows()
    assert set(said) == set(houses.speakers[:5])
    for device, config in said.items():
        assert config.trim == after[device].trim_us != 0
        assert config.seq == after[device].config_seq > before[device].config_seq
    houses.bench.step(60)
    assert (
        houses.configs() == {} and houses.rows()[houses.speakers[5]].config_seq == before[houses.speakers[5]].config_seq
    )


def test_applied_again_it_changes_nothing_and_still_stands_on_record(houses: Street) -> None:
    houses.apply()
    houses.bench.step(1)
    sequences = {device: row.config_seq for device, row in houses.rows().items()}
    assert houses.apply() == 0
    houses.bench.step(1)
    assert {device: row.config_seq for device, row in houses.rows().items()} == sequences
    with houses.office.database.read() as session:
        lines = session.exec(select(AuditLine).where(AuditLine.action == "echo.apply")).all()
    assert [(line.subject, line.detail) for line in lines] == [
        (houses.commune, "5 of 5 trims changed"), (houses.commune, "0 of 5 trims changed"),
    ]  # fmt: skip


def test_turns_are_kept_in_the_rows(houses: Street) -> None:
    houses.apply()
    rows = houses.rows()
    turns = [rows[device].interleave for device in houses.speakers]
    assert turns[:5] in (["A", "B", "A", "B", "A"], ["B", "A", "B", "A", "B"]) and turns[5] is None


def test_while_the_link_is_down_it_waits_for_the_reconnect(houses: Street) -> None:
    houses.bench.controller.on_link(False, houses.bench.now)
    houses.bench.link.up = False
    houses.apply()
    houses.bench.step(1)
    assert houses.configs() == {}
    houses.bench.link.up = True
    houses.bench.controller.on_link(True, houses.bench.now)
    houses.bench.step(1)
    assert {device: config.trim for device, config in houses.configs().items() if config.trim} == {
        device: row.trim_us for device, row in houses.rows().items() if row.trim_us
    }


def test_a_hello_with_the_old_configuration_gets_the_changed_one(houses: Street) -> None:
    first = houses.speakers[0]
    old = houses.rows()[first].config_seq
    houses.apply()
    houses.bench.hear(first, "hello", hello(houses.office.keyring.tenant, config_seq=old))
    houses.bench.step(1)
    assert houses.configs()[first].trim == houses.rows()[first].trim_us


def test_who_was_retired_in_the_meantime_is_left_alone(houses: Street) -> None:
    found = houses.survey()
    plan, gone = found.plan(27), houses.speakers[0]
    with houses.office.database.write() as session:
        session.get_one(Device, gone).retired_at = START
    with houses.office.database.write() as session:
        apply_echo_plan(session, found.area, plan, houses.office.act())
    assert houses.rows()[gone].trim_us == 0 and houses.rows()[gone].interleave is None


def test_a_speaker_without_neighbours_loses_the_trim_that_it_had(houses: Street) -> None:
    alone = houses.speakers[5]
    with houses.office.database.write() as session:
        row, far = session.get_one(Device, alone), horn("far", 9_000)
        row.latitude, row.longitude, row.trim_us = far.latitude, far.longitude, 70_000
    houses.apply()
    assert (houses.rows()[alone].trim_us, houses.rows()[alone].interleave) == (0, None)
