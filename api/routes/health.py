"""Is the installation itself well?"""

from fastapi import APIRouter, Depends
from sqlmodel import col, func, select

from api.deps import Served, public
from api.problems import refusals
from api.shapes import Shown
from devices.models import Device, Incident

router = APIRouter(prefix="/health", tags=["health"])


class Speakers(Shown):
    registered: int
    online: int


class HealthShown(Shown):
    database: bool
    broker: bool
    """Whether the link to the broker is up."""
    devices: Speakers
    open_incidents: int


@router.get("", dependencies=[Depends(public)], responses=refusals("database_busy", "database_error"))
def show(services: Served) -> HealthShown:
    """Counts only, nothing that names anybody; a database that fails answers 503."""
    registered = select(func.count()).select_from(Device).where(col(Device.retired_at).is_(None))
    incidents = select(func.count()).select_from(Incident).where(col(Incident.closed_at).is_(None))
    with services.database.read() as session:
        return HealthShown(
            database=True, broker=services.link_up(),
            devices=Speakers(
                registered=session.exec(registered).one(),
                online=session.exec(registered.where(col(Device.online))).one(),
            ),
            open_incidents=session.exec(incidents).one(),
        )  # fmt: skip
