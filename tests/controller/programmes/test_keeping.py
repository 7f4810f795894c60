"""Programmes kept by an office: once for each request, never where nobody hears them, and never silently in the way."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import select

from controller.errors.library import BulletinUnknown
from controller.errors.programmes import GroupUnknown, LongerThanPlans, NeverHeard, ProgrammeClash, ProgrammeUnknown
from controller.people.models import AuditLine
from controller.programmes.checking import Collision, examine
from controller.programmes.keeping import decide, end_programme, except_times
from controller.programmes.reading import Kept, at
from devices.errors import AreaUnknown
from devices.protocol.units import HOUR, SECOND
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.models import Timetable
from scheduler.planner.precedence import Decision
from scheduler.programmes.models import Choice, ProgrammeRow
from scheduler.programmes.programme import Programme
from tests.controller.programmes.commune import Commune, five


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def rows(commune: Commune) -> list[ProgrammeRow]:
    with commune.office.database.read() as session:
        return list(session.exec(select(ProgrammeRow)))


def examined(commune: Commune, name: str = "new", since: int = START, **changes: object) -> list[Collision]:
    wish = commune.wish(**changes)
    row = ProgrammeRow(
        id=name, title=wish.title, owner_id=wish.owner, said={}, created_at=since, created_by="", changed_at=since
    )
    with commune.office.database.read() as session:
        return examine(session, Kept(row, wish), START)


def test_the_same_request_keeps_one_programme(commune: Commune) -> None:
    first = commune.keep(key="once")
    assert commune.keep(key="once") == first and len(rows(commune)) == 1
    with commune.office.database.read() as session:
        assert [row.subject for row in session.exec(select(AuditLine)) if row.action == "programme.edit"] == [first]
        assert session.get_one(Timetable, 1).wanted == 1


def test_what_was_said_is_what_is_read(commune: Commune) -> None:
    wish = commune.wish(gain_db=3.5, times=["05:00", "17:45:30"], less=["2026-12-25"], rank="priority")
    commune.keep(gain_db=3.5, times=["05:00", "17:45:30"], less=["2026-12-25"], rank="priority")
    assert Programme.model_validate(rows(commune)[0].said) == wish


def test_quiet_hours_over_all_its_speakers_refuse_it(commune: Commune) -> None:
    commune.quiet("21:00", "05:00")
    with pytest.raises(NeverHeard) as refused:
        commune.keep(times=["05:00", "03:15"])
    assert refused.value.data == {"start_at": five() - HOUR - 45 * 60 * SECOND, "reason": "quiet_hours", "speakers": 3}
    assert rows(commune) == []
    commune.keep(times=["05:00"])


def test_quiet_hours_over_some_of_its_speakers_do_not(commune: Commune) -> None:
    other = commune.office.area("Xã khác", commune.province)
    there = commune.office.speaker(other)
    commune.quiet("21:00", "06:00")
    made = commune.keep(targets={"areas": [commune.province]})
    commune.plan()
    assert {frozenset(commune.targets(one)) for one in commune.airings()} == {frozenset([there])}
    with pytest.raises(NeverHeard):
        commune.change(made, targets={"areas": [commune.area]})
    assert rows(commune)[0].revision == 1, "a refused change is no change"


def test_each_side_of_a_collision_is_named(commune: Commune) -> None:
    long = commune.office.bulletin(60.0, 500)
    old = commune.keep(content={"kind": "bulletin", "bulletin": long})
    late = examined(commune, since=START + 1, times=["05:00:30"])
    assert {(one.other, one.title, one.effect, one.speakers) for one in late} == {(old, "Bản tin sáng", "waits", 3)}
    assert {one.start_at - one.at for one in late if one.start_at} == {31 * SECOND}
    pushy = examined(commune, times=["05:00:30"], rank="priority")
    assert {(one.other, one.effect) for one in pushy} == {(old, "other_waits")}
    impatient = examined(commune, since=START + 1, times=["05:00:30"], max_late_ms=5_000)
    assert {(one.effect, one.start_at) for one in impatient} == {("left_out", None)}
    assert examined(commune, since=START + 1, times=["05:01:01"]) == []
    assert examined(commune, since=START + 1, days={"kind": "once", "days": ["2020-01-01"]}) == []


def test_a_clash_says_how_much_later_it_would_be_free(commune: Commune) -> None:
    commune.keep(content={"kind": "bulletin", "bulletin": commune.office.bulletin(60.0, 500)})
    commune.bench.now += SECOND
    with pytest.raises(ProgrammeClash) as refused:
        commune.keep(times=["05:00:30"])
    shift = refused.value.data["shift_s"]
    assert shift == 31 and refused.value.data["count"] > len(refused.value.data["collisions"]) == 20  # type: ignore[arg-type]
    commune.keep(times=[f"05:01:{30 + shift - 60:02}"])  # type: ignore[operator]


def test_overwriting_decides_for_the_new_one_and_appending_for_nobody(commune: Commune) -> None:
    old = commune.keep()
    commune.bench.now += SECOND
    waiting = commune.keep("append")
    commune.plan()
    assert next(one.start_at for one in commune.airings() if one.programme_id == waiting) == five() + 3 * SECOND
    commune.bench.now += SECOND
    new = commune.keep("overwrite")
    commune.plan()
    assert {one.programme_id for one in commune.airings()} == {new}
    with commune.office.database.read() as session:
        found = {(row.first_id, row.second_id, row.second) for row in session.exec(select(Choice))}
    assert found == {(new, old, "leave_out"), (new, waiting, "leave_out")}


def test_the_later_decision_of_two_replaces_the_one_before(commune: Commune) -> None:
    old, new = commune.keep(), commune.keep("append")
    for decision in (Decision(old, new, "leave_out"), Decision(new, old, "append")):
        with commune.office.database.write() as session:
            decide(session, decision, commune.office.act())
    with commune.office.database.read() as session:
        (row,) = session.exec(select(Choice)).all()
    assert (row.first_id, row.second_id, row.second, row.decided_by) == (new, old, "append", "test")
    with commune.office.database.write() as session:
        end_programme(session, old, commune.office.act())
    with commune.office.database.read() as session:
        assert session.exec(select(Choice)).all() == [], "nothing is left to be decided"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (lambda some: {"owner": some}, AreaUnknown),
        (lambda some: {"targets": {"areas": [some]}}, AreaUnknown),
        (lambda some: {"targets": {"groups": [some]}}, GroupUnknown),
        (lambda some: {"content": {"kind": "bulletin", "bulletin": some}}, BulletinUnknown),
        (lambda some: {"repeats": 20, "gap_ms": 3_600_000}, LongerThanPlans),
    ],
)
def test_what_is_not_there_is_refused(
    commune: Commune, changes: Callable[[str], dict[str, object]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        commune.keep(**changes(commune.office.new_id()))
    assert rows(commune) == []


def test_an_ended_programme_takes_no_change(commune: Commune) -> None:
    made = commune.keep()
    for _ in range(2):
        with commune.office.database.write() as session:
            end_programme(session, made, commune.office.act())
    with pytest.raises(ProgrammeUnknown):
        commune.change(made)
    with commune.office.database.read() as session:
        lines = [row.detail for row in session.exec(select(AuditLine)) if row.action == "programme.edit"]
    assert lines == ["Bản tin sáng", "ended"]


def test_exceptions_add_up(commune: Commune) -> None:
    made = commune.keep()
    extra = at(five() + 10 * HOUR)
    for less, more in (([date(2026, 11, 20)], []), ([at(five())], [extra]), ([at(five())], [])):
        with commune.office.database.write() as session:
            except_times(session, made, less, more, commune.office.act())
    assert rows(commune)[0].revision == 3, "the last one was there already"
    commune.plan()
    assert commune.starts() == [five() + 10 * HOUR, *(five(day) for day in range(2, 7))]
