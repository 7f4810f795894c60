"""Deliveries counted by the database: one query for what was planned, one for emergencies. Instants are us UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy
from sqlalchemy import Select, and_, case, literal, null, true
from sqlmodel import Session, col, func, or_, select

from controller.alerts.models import AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.reports.figures import Per, Tally
from devices.areas import path
from devices.history import areas_at, stood
from devices.models import Device, Stay
from devices.registry import parents
from scheduler.programmes.models import ProgrammeRow
from scheduler.recurrence.period import Period

NOW = 2**62
"""Later than any line."""


@dataclass(frozen=True)
class Asked:
    """Which deliveries: of the speakers that hear an area, of one programme (it has no emergencies)."""

    period: Period
    area: str | None = None
    programme: str | None = None
    seen: Any = field(default_factory=true)
    """Of speakers, a condition on their table: whose figures are told."""


def count(session: Session, asked: Asked, per: Per) -> list[Tally]:
    """AreaUnknown. A speaker counts for the area in which it stood then, so that lines add up."""
    if asked.area is not None:
        parents(session, asked.area)
    planned = _counted(Broadcast, Broadcast.occurrence_id, _subject(per, Broadcast.programme_id), asked, per)
    if asked.programme is not None:
        planned = planned.where(col(Broadcast.programme_id) == asked.programme)
    found = _tallies(session, planned, emergency=False)
    if asked.programme is None:
        found += _tallies(session, _counted(AlertRow, AlertRow.id, _subject(per, null()), asked, per), emergency=True)
    return found


def names(session: Session, per: Per, at: int = NOW) -> dict[str | None, str]:
    """How each subject is called; an area by its path, as it was at `at`, us UTC."""
    if per == "programme":
        return dict(session.exec(select(ProgrammeRow.id, ProgrammeRow.title)).all())
    if per == "speaker":
        return dict(session.exec(select(Device.id, Device.name)).all())
    known = areas_at(session, at)
    tree, called = {area: one.parent_id for area, one in known.items()}, {area: one.name for area, one in known.items()}
    return {area: path(area, tree, called) for area in called}


def _subject(per: Per, programme: Any) -> Any:
    subjects: Mapping[Per, Any] = {"area": Stay.area_id, "speaker": Device.id, "programme": programme}
    return subjects[per]


def _counted(order: Any, occurrence: Any, subject: Any, asked: Asked, per: Per) -> Select[Any]:
    """What a plan withdrew before it was heard was not missed: another airing stands for it.

    A speaker that came while an alert was in force counts for where it came to."""
    columns: list[Any] = [
        order.start_at, subject, Delivery.state, func.count(), func.sum(Delivery.expected_ms),
        func.sum(Delivery.heard_ms), func.min(Delivery.started_at), func.max(Delivery.ended_at),
    ]  # fmt: skip
    rows = sqlalchemy.select(*columns).select_from(order)
    rows = rows.join(Delivery, col(Delivery.occurrence_id) == col(occurrence))
    rows = rows.join(Device, col(Device.id) == col(Delivery.device_id))
    then = case((col(Device.registered_at) > order.start_at, col(Device.registered_at)), else_=order.start_at)
    if per == "area":
        rows = rows.join(Stay, and_(stood(col(Delivery.device_id), then), col(Stay.home)))
    rows = rows.where(order.start_at >= asked.period.begin, order.start_at < asked.period.end, asked.seen)
    rows = rows.where(or_(col(Delivery.withdrawn_at).is_(None), col(Delivery.started_at).is_not(None)))
    if asked.area is not None:
        there = sqlalchemy.select(literal(1)).where(
            stood(col(Delivery.device_id), then), col(Stay.area_id) == asked.area
        )
        rows = rows.where(there.correlate(order, Delivery, Device).exists())
    return rows.group_by(occurrence, subject, col(Delivery.state))


def _tallies(session: Session, rows: Select[Any], *, emergency: bool) -> list[Tally]:
    return [Tally(at, subject, emergency, *rest) for at, subject, *rest in session.execute(rows)]
