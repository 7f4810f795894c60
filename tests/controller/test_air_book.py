"""Rules of the air are read for all speakers at once."""

from sqlalchemy import event
from sqlmodel import Session

from controller.air.book import read_air
from devices.models import Device
from devices.registry import get_device
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.air.models import AirRule, Zone
from scheduler.models import Timetable
from scheduler.timetable import wanted

NIGHT: dict[str, object] = {"quiet": [{"begin": "21:00", "end": "05:00"}]}


def rule(name: str, **place: str) -> AirRule:
    return AirRule(id=name, name=name, rules=NIGHT, changed_at=START, changed_by="test", **place)


def test_each_speaker_in_service_has_what_binds_it(office: Office) -> None:
    commune = office.area("Xã Tân Đông")
    hamlet = office.area("Ấp 3", commune)
    near, far, gone = office.speaker(hamlet), office.speaker(commune), office.speaker(hamlet)
    with office.database.write() as session:
        session.add(
            Zone(id="z", name="Trường", kind="school", latitude=10.0, longitude=106.0, radius_m=200, created_at=0)
        )
        device = get_device(session, near)
        device.latitude, device.longitude = 10.001, 106.0
        get_device(session, gone).retired_at = START
        session.flush()
        session.add_all([rule("a", area_id=commune), rule("h", area_id=hamlet), rule("s", zone_id="z")])
        session.add(rule("d", device_id=far))
        session.flush()
        book = read_air(session)
    assert book.bound == {near: ("a", "h", "s"), far: ("a", "d")}
    assert set(book.rules) == {"a", "h", "s", "d"} and book.rules["a"].quiet[0].begin == "21:00"


def test_ten_thousand_speakers_cost_as_many_queries_as_one(office: Office) -> None:
    area = office.area("Xã")
    office.speaker(area)
    with office.database.write() as session:
        session.add(rule("a", area_id=area))
        session.flush()
        few = queries(session)
        session.add_all(
            Device(id=f"{number}", name="loa", area_id=area, public_key=f"{number}", registered_at=START)
            for number in range(300)
        )
        session.flush()
        assert queries(session) == few == 4


def queries(session: Session) -> int:
    said: list[object] = []
    engine = session.get_bind()

    def count(*_: object) -> None:
        said.append(None)

    event.listen(engine, "before_cursor_execute", count)
    read_air(session)
    event.remove(engine, "before_cursor_execute", count)
    return len(said)


def test_every_change_asks_for_a_plan(office: Office) -> None:
    for times in (1, 2):
        with office.database.write() as session:
            wanted(session)
            assert session.get_one(Timetable, 1).wanted == times
