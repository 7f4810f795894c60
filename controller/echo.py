"""The echo plan of an area: read from the tables, shown, and written into its speakers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from controller.configuration import Configurator
from controller.errors.air import NoCoordinates, TooManyHorns
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.echo.geometry import Horn
from devices.echo.plan import EchoPlan, echo_plan
from devices.models import Device
from devices.registry import LOT, find_devices, members, parents
from scheduler.timetable import wanted

MOST = 2_000
"""Speakers in one plan: some ten seconds."""


@dataclass(frozen=True)
class Survey:
    """The horns of an area by id, the trims (us) that they have, and the speakers of which no place is known."""

    area: str
    horns: tuple[Horn, ...]
    trims_us: dict[str, int]
    unplaced: tuple[str, ...]

    def plan(self, celsius: float) -> EchoPlan:
        """Seconds of work where there are hundreds of speakers: never inside a transaction."""
        return echo_plan(self.horns, self.trims_us, celsius)


def survey(session: Session, area: str) -> Survey:
    """Who stands where in an area and the areas within it.

    AreaUnknown; NoCoordinates where nobody's place is known; TooManyHorns above 2,000.
    """
    parents(session, area)
    chosen = sorted(members(session, [area]))
    if len(chosen) > MOST:
        raise TooManyHorns(speakers=len(chosen), most=MOST)
    rows = _rows(session, chosen)
    placed = [row for row in rows if row.latitude is not None and row.longitude is not None]
    if not placed:
        raise NoCoordinates(area=area)
    known = {row.id: row.trim_us for row in placed}
    return Survey(area, tuple(map(_horn, placed)), known, tuple(row.id for row in rows if row.id not in known))


def apply_echo_plan(session: Session, area: str, plan: EchoPlan, act: Act) -> int:
    """Write trims and turns into the speakers of a plan; how many trims changed. A speaker gone since is left out."""
    rows = [row for row in _rows(session, sorted(plan.trims_us)) if row.retired_at is None]
    moved = [row for row in rows if row.trim_us != plan.trims_us[row.id]]
    before = {row.id: [row.trim_us, row.interleave] for row in rows}
    for row in moved:
        row.trim_us = plan.trims_us[row.id]
        Configurator.changed(row)
    for row in rows:
        row.interleave = plan.turns[row.id]
    wanted(session)
    after = {row.id: [row.trim_us, row.interleave] for row in rows}
    detail = f"{len(moved)} of {len(rows)} trims changed"
    record(session, act, Action.ECHO_APPLY, area, detail, area=area, before=before, after=after)
    return len(moved)


def _horn(row: Device) -> Horn:
    return Horn(row.id, row.latitude or 0.0, row.longitude or 0.0, row.bearing)


def _rows(session: Session, wanted: Sequence[str]) -> list[Device]:
    """The rows of these speakers, by id."""
    lots = (wanted[begin : begin + LOT] for begin in range(0, len(wanted), LOT))
    return sorted((row for lot in lots for row in find_devices(session, lot)), key=lambda row: row.id)
