"""Whatever is done to a tree of areas, in whatever order: nobody is lost, no number given twice, no right unseen."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.areas.comparing import Comparison
from controller.areas.picture import take_picture
from controller.areas.shifts import Holder, widened
from controller.errors.base import LoaError
from controller.people.models import RoleGrant
from controller.people.permissions import Action
from controller.people.rights import Rights
from controller.programmes.reading import read_programmes
from devices.areas import lineage
from devices.errors import DeviceError
from devices.history import areas_at
from devices.models import Stay
from firmware_sim.village.office import Office
from tests.controller.areas.units import Units

PICK = st.integers(0, 1_000)
KINDS = ["merge", "merge", "reparent", "move", "rename", "end"]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), PICK, PICK, PICK, st.booleans()), min_size=1, max_size=6)


def wish(units: Units, kind: str, one: int, other: int, third: int, flag: bool) -> dict[str, Any]:
    areas, devices = sorted(units.areas()), sorted(units.devices())
    area, second = areas[one % len(areas)], areas[other % len(areas)]
    if kind == "merge":
        grants = sorted(row.id for row in units.rows_of_rights()) if flag else []
        into = {"into": areas[third % len(areas)]} if third % 2 else {"name": f"Xã {third}"}
        return {"kind": kind, "areas": [area, second], "keep": third % 3 == 0, "widen": grants, **into}
    if kind == "reparent":
        return {"kind": kind, "area": area, "parent": None if flag else second}
    if kind == "move":
        return {"kind": kind, "devices": [devices[one % len(devices)], devices[third % len(devices)]], "area": second}
    return {"kind": kind, "area": area} | ({"name": f"Ấp {third}"} if kind == "rename" else {})


class Land(Units):
    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.programmes = [
            self.programme(self.first), self.programme(self.second, owner=self.province, title="Tin tỉnh"),
            self.programme(self.first, self.second, owner=self.province, title="Cả hai"),
            self.programme(self.hamlets[0], title="Tin ấp"),
        ]  # fmt: skip
        for number, area in enumerate([self.first, self.second, self.hamlets[1], self.province]):
            self.person(f"person {number}", ["operator", "technician", "administrator", "viewer"][number], area)
        self.key("a key", self.first, self.hamlets[1])

    def rows_of_rights(self) -> list[Any]:
        return self.rows(RoleGrant)


def may(holders: tuple[Holder, ...], parents: Any, homes: Any) -> set[tuple[str, str, str]]:
    """Who may do what at which speaker, asked of the rights themselves."""
    found = set()
    for holder in holders:
        rights = Rights(holder.given, lambda: parents)
        found |= {
            (holder.id, action.value, device)
            for action in Action
            for device, home in homes.items()
            if rights.may(action, home)
        }
    return found


def check_places(land: Land) -> None:
    """Each in exactly the areas around it, under a number that is nobody else's and never was."""
    areas, numbers = land.areas(), land.numbers()
    parents = {area: row.parent_id for area, row in areas.items()}
    for device, row in land.devices().items():
        assert set(numbers[device]) == set(lineage(row.area_id, parents))
        assert areas[row.area_id].ended_at is None
    owner: dict[tuple[str, int], str] = {}
    still: dict[str, set[str]] = {}
    for stay in land.rows(Stay):
        assert owner.setdefault((stay.area_id, stay.number), stay.device_id) == stay.device_id
        if stay.until is None:
            assert stay.area_id not in still.setdefault(stay.device_id, set())
            still[stay.device_id].add(stay.area_id)
            assert stay.home == (stay.area_id == land.devices()[stay.device_id].area_id)
    assert still == {device: set(found) for device, found in numbers.items()}


def check_history(land: Land, told: dict[int, dict[str, tuple[str, str | None]]]) -> None:
    """What areas were called and where they lay can be asked for every instant before."""
    with land.office.database.read() as session:
        for at, known in told.items():
            then = areas_at(session, at)
            assert {area: (then[area].name, then[area].parent_id) for area in known} == known


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "examples", [6, pytest.param(60, marks=pytest.mark.full), pytest.param(150, marks=pytest.mark.rehearse)]
)
def test_any_changes(examples: int) -> None:
    quiet = [HealthCheck.too_slow]
    settings(max_examples=examples, deadline=None, suppress_health_check=quiet)(given(STEPS)(_any))()


def _any(steps: list[tuple[str, int, int, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        land = Land(Office(Path(folder) / "office"))
        told: dict[int, dict[str, tuple[str, str | None]]] = {}
        for step in steps:
            told[land.now] = {area: (row.name, row.parent_id) for area, row in land.areas().items()}
            _step(land, wish(land, *step))
            check_places(land)
        check_history(land, told)
        land.office.database.close()


def _step(land: Land, said: dict[str, Any]) -> None:
    with land.office.database.read() as session:
        before = take_picture(session, land.now)
    try:
        seen = land.do(**said)
    except (LoaError, DeviceError, ValueError):
        return
    with land.office.database.read() as session:
        after = take_picture(session, land.now)
        assert set(read_programmes(session)) == set(land.programmes), "none is lost"
    had, has = (may(one.holders, one.land.parents, one.land.homes) for one in (before, after))
    listed = widened(Comparison(before, after).shifts())
    assert has - had == {(who, action, device) for (who, action), found in listed.items() for device in found}
    assert seen.widens == bool(has - had)
    if said["kind"] == "merge" and not said.get("keep") and "into" not in said:
        assert before.hearers == after.hearers, "each programme is for whom it was for"
        if not said["widen"]:
            assert not has - had, "nobody gains by two becoming one"
