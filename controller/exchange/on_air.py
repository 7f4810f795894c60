"""What has been ordered for an area: single broadcasts, and what programmes have aired. Instants are us UTC."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy
from sqlmodel import Session, col, func, or_, select

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.exchange.feed import Change, Event, airing_uid
from controller.exchange.ports import Preview
from controller.library.models import Bulletin
from devices.history import stood
from devices.models import Stay
from scheduler.models import Airing
from scheduler.programmes.models import ProgrammeRow


class Planner(Protocol):
    """What will sound from `begin` to `end` and has not begun by `now`."""

    def __call__(self, session: Session, begin: int, end: int, now: int) -> Preview: ...


@dataclass(frozen=True)
class Programmes:
    """How programmes are called and when they were changed, those that have ended too."""

    titles: Mapping[str, str]
    changes: Mapping[str, Change]


def read_changes(session: Session) -> Programmes:
    rows = session.exec(
        select(ProgrammeRow.id, ProgrammeRow.title, ProgrammeRow.changed_at, ProgrammeRow.revision)
    ).all()
    return Programmes({row[0]: row[1] for row in rows}, {row[0]: Change(row[2], row[3]) for row in rows})


def ordered(session: Session, area: str, begin: int, end: int, now: int, programmes: Programmes) -> list[Event]:
    """Single broadcasts that start from `begin` to before `end`, and airings of programmes that began before `now`."""
    count = func.count()
    columns: list[Any] = [Broadcast, Bulletin.title, count]
    rows = (
        sqlalchemy.select(*columns)
        .join(Bulletin, col(Bulletin.id) == col(Broadcast.bulletin_id))
        .join(Delivery, col(Delivery.occurrence_id) == col(Broadcast.occurrence_id))
        .join(Stay, stood(col(Delivery.device_id), col(Broadcast.start_at)))
        .where(col(Broadcast.start_at) >= begin, col(Broadcast.start_at) < end, col(Stay.area_id) == area)
        .where(or_(col(Broadcast.programme_id).is_(None), col(Broadcast.start_at) < now))
        .where(or_(col(Delivery.withdrawn_at).is_(None), col(Delivery.started_at).is_not(None)))
        .group_by(col(Broadcast.id))
    )
    found = session.execute(rows).all()
    nominal = _nominal(session, [row.id for row, _, _ in found if row.programme_id])
    return [_event(row, title, speakers, nominal.get(row.id), programmes) for row, title, speakers in found]


def _nominal(session: Session, orders: Iterable[str]) -> dict[str, int]:
    """Order to the time that its programme said."""
    wanted = set(orders)
    rows = session.exec(select(Airing.order_id, Airing.nominal_at)).all() if wanted else []
    return {order: at for order, at in rows if order in wanted}


def _event(row: Broadcast, bulletin: str, speakers: int, nominal: int | None, programmes: Programmes) -> Event:
    stopped = row.stop_requested_at
    uid, title, change = f"{row.id}@loa", bulletin, Change(stopped or row.created_at, 1 if stopped is None else 2)
    if row.programme_id is not None:
        uid = airing_uid(row.programme_id, row.start_at if nominal is None else nominal)
        title = programmes.titles.get(row.programme_id, title)
        change = programmes.changes.get(row.programme_id, change)
    return Event(
        uid, title, row.start_at, row.ends_at, change, speakers, stopped is not None, "stopped" if stopped else ""
    )
