"""Many programmes at once: each with the answer that it would have had alone, after those that were kept before it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from controller.errors.base import LoaError
from controller.errors.programmes import ProgrammeClash
from controller.people.audit import Act
from controller.people.models import AuditLine
from controller.programmes.keeping import create_programme
from controller.programmes.keeping_many import create_programmes
from devices.errors import DeviceError
from firmware_sim.village.office import Office
from scheduler.air.models import AirRule
from scheduler.models import Timetable
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme
from tests.controller.programmes.commune import START, Commune

Mode = Literal["refuse", "append"]
Line = dict[str, object]
NewId = Callable[[], str]
DAYS = (
    {"kind": "daily"},
    {"kind": "once", "days": ["2026-11-25", "2026-11-27"]},
    {"kind": "once", "days": ["2027-02-06"]},
    {"kind": "once", "days": ["2020-01-01"]},
)
TIMES = (
    ["05:00"], ["05:00:01"], ["05:00", "05:00:30"], ["05:00", "09:00", "13:00", "17:00"], ["05:00:30"],
    ["05:00", "17:00"], ["03:15"], ["21:59:58"],
)  # fmt: skip
AT_A_TIME = ("never_heard", "programme_clash")
"""Where one time is silent and another collides, either may be named."""
LINES = st.fixed_dictionaries(
    {
        "place": st.integers(0, 2), "owner": st.integers(0, 2), "sound": st.sampled_from([0, 0, 1, 1, 2]),
        "days": st.sampled_from(DAYS), "times": st.sampled_from(TIMES),
        "rank": st.sampled_from(["normal", "normal", "priority"]), "max_late_ms": st.sampled_from([0, 5_000, 600_000]),
    }
)  # fmt: skip


class District(Commune):
    """Two communes of a province; one is quiet at night and hears no more than two minutes a day."""

    def __init__(self, office: Office) -> None:
        super().__init__(office, speakers=2)
        other = office.area("Xã Bình Phú", self.province)
        office.speaker(other)
        self.places = [self.province, self.area, other]
        self.sounds = [self.bulletin, office.bulletin(40.0, 500), office.new_id()]
        self.quiet("22:00", "04:00")
        with office.database.write() as session:
            said = {"budget_minutes": 2, "quiet": [{"begin": "03:00", "end": "04:00"}]}
            session.add(
                AirRule(id=office.new_id(), name="Ít", rules=said, area_id=other, changed_at=START, changed_by="test")
            )

    def line(self, line: Line) -> Programme:
        said = dict(line)
        place, owner, sound = (int(str(said.pop(name))) for name in ("place", "owner", "sound"))
        content = {"kind": "bulletin", "bulletin": self.sounds[sound]}
        return self.wish(
            **said, owner=self.places[owner], targets={"areas": [self.places[place]]}, content=content
        )  # fmt: skip


def one_by_one(session: Session, wishes: Iterable[Programme], act: Act, mode: Mode, new_id: NewId) -> Iterator[str]:
    for wish in wishes:
        try:
            with session.begin_nested():
                create_programme(session, wish, act, new_id, mode)
            yield "kept"
        except (LoaError, DeviceError) as error:
            yield error.code


def together(session: Session, wishes: Sequence[Programme], act: Act, mode: Mode, new_id: NewId) -> Iterator[str]:
    for answer in create_programmes(session, wishes, act, new_id, mode):
        yield "kept" if isinstance(answer, str) else answer.code


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    office = Office(tmp_path_factory.mktemp("district") / "office")
    yield District(office)
    office.database.close()


def _answers(
    district: District, way: Callable[..., Iterator[str]], act: Act, lines: tuple[list[Line], list[Line]], mode: Mode
) -> list[str]:
    """Nothing is kept of it."""
    numbers = count()
    known, new = (list(map(district.line, some)) for some in lines)
    with district.office.database.read() as session:
        list(one_by_one(session, known, act, "append", lambda: f"known {next(numbers)}"))
        answers = list(way(session, new, act, mode, lambda: f"new {next(numbers)}"))
    return [
        "a time" if one in AT_A_TIME and len(new[number].recurrence.times) > 1 else one
        for number, one in enumerate(answers)
    ]


@given(st.lists(LINES, max_size=3), st.lists(LINES, min_size=1, max_size=6), st.sampled_from(["refuse", "append"]))
@settings(max_examples=25, deadline=None)
def test_as_one_after_the_other(district: District, known: list[Line], lines: list[Line], mode: Mode) -> None:
    act, both = district.office.act(), (known, lines)
    assert _answers(district, together, act, both, mode) == _answers(district, one_by_one, act, both, mode)


def test_a_week_of_thirteen_communes_is_kept_once(office: Office) -> None:
    commune = Commune(office)
    places = [commune.area, *(office.area(f"Xã {number}", commune.province) for number in range(12))]
    for place in places:
        office.speaker(place)
    wishes = [
        commune.wish(title=f"Số {hour}", owner=place, targets={"areas": [place]}, times=[f"{hour:02}:00"])
        for place in places for hour in range(5, 17)
    ]  # fmt: skip
    with office.database.write() as session:
        made = list(create_programmes(session, wishes, office.act(), office.new_id, "refuse"))
    with office.database.write() as session:
        again = list(create_programmes(session, wishes, office.act(), office.new_id, "refuse"))
    with office.database.read() as session:
        kept = {row.id: row.title for row in session.exec(select(ProgrammeRow))}
        lines = {line.subject: line.detail for line in session.exec(select(AuditLine))}
        assert session.get_one(Timetable, 1).wanted > 0
    assert len(made) == 13 * 12 and kept == dict(zip(made, [wish.title for wish in wishes], strict=True)) == lines
    assert all(isinstance(one, ProgrammeClash) for one in again)
