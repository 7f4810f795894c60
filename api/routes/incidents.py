"""What a person should know of."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from api.deps import Key, Served, act_of, permit
from api.shapes import Id, Instant, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.people.audit import record
from controller.people.permissions import Action
from devices.errors import IncidentUnknown
from devices.incidents import close_incident, list_incidents
from devices.models import Incident

router = APIRouter(prefix="/incidents", tags=["incidents"])


class IncidentShown(Shown):
    id: Id
    kind: str
    device: Id | None
    subject: str
    opened_at: Instant
    last_at: Instant
    count: int
    detail: dict[str, Any]
    closed_at: Instant | None
    closed_by: str | None


@router.get("", dependencies=[Depends(permit(Action.SEE))])
def index(
    services: Served, open_only: Annotated[bool, Query(alias="open")] = False,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> Page[IncidentShown]:  # fmt: skip
    """The newest first; `open=true`: only those that nobody has closed."""
    with services.database.read() as session:
        return Page(items=[_shown(row) for row in list_incidents(session, open_only=open_only, limit=limit)])


@router.get("/{incident}", dependencies=[Depends(permit(Action.SEE))])
def one(incident: Id, services: Served) -> IncidentShown:
    with services.database.read() as session:
        row = session.get(Incident, incident)
        if row is None:
            raise IncidentUnknown(incident=incident)
        return _shown(row)


@router.post("/{incident}/close")
def close(
    incident: Id, request: Request, services: Served, who: Annotated[str, Depends(permit(Action.INCIDENT_CLOSE))],
    key: Key = None,
) -> IncidentShown:  # fmt: skip
    """Somebody has seen to it; closing it again changes nothing."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        row = close_incident(session, incident, who, act.now)
        record(session, act, Action.INCIDENT_CLOSE, incident)
        return _shown(row)


def _shown(row: Incident) -> IncidentShown:
    return IncidentShown(
        id=row.id, kind=row.kind, device=row.device_id, subject=row.subject, opened_at=to_utc(row.opened_at),
        last_at=to_utc(row.last_at), count=row.count, detail=row.detail, closed_at=to_utc_or_none(row.closed_at),
        closed_by=row.closed_by,
    )  # fmt: skip
