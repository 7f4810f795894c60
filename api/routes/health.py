"""Is the installation itself well?"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session, col, func, select

from api.deps import Perhaps, Served
from api.problems import refusals
from api.shapes import Shown
from controller.reach.sight import Sight
from devices.models import Device, Incident

router = APIRouter(prefix="/health", tags=["health"])


class Speakers(Shown):
    registered: int
    online: int


class HealthShown(Shown):
    database: bool
    broker: bool
    """Whether the link to the broker is up."""
    devices: Annotated[Speakers | None, Field(description="Those that the caller sees; null: no key was shown.")]
    open_incidents: Annotated[int | None, Field(description="As `devices`.")]


@router.get("", responses=refusals("key_missing", "not_allowed", "database_busy", "database_error"))
def show(services: Served, who: Perhaps) -> HealthShown:
    """Without a key nothing but whether it runs; with one, counts too. A database that fails answers 503."""
    with services.database.read() as session:
        session.exec(select(Device.id).limit(1)).first()
        sight = None if who is None else Sight(session, who)
        return HealthShown(
            database=True, broker=services.link_up(), devices=None if sight is None else _speakers(session, sight),
            open_incidents=None if sight is None else _incidents(session, sight),
        )  # fmt: skip


def _speakers(session: Session, sight: Sight) -> Speakers:
    rows = select(func.count()).select_from(Device).where(col(Device.retired_at).is_(None), sight.of("device"))
    online = session.exec(rows.where(col(Device.online))).one()
    return Speakers(registered=session.exec(rows).one(), online=online)


def _incidents(session: Session, sight: Sight) -> int:
    rows = select(func.count()).select_from(Incident).where(col(Incident.closed_at).is_(None), sight.of("incident"))
    return session.exec(rows).one()
