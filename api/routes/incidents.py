"""What a person should know of."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from sqlmodel import Session, col

from api.deps import Key, Served, Viewer, act_of, permit
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, refusals
from api.shapes import Id, Instant, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.people.audit import record
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.sight import Sight
from devices.errors import IncidentUnknown
from devices.incidents import close_incident
from devices.models import Area, Device, Incident

router = APIRouter(prefix="/incidents", tags=["incidents"])


class IncidentShown(Shown):
    id: Id
    kind: Annotated[str, Field(description="What happened; docs/operations.md lists the kinds.")]
    device: Id | None
    subject: str
    opened_at: Instant
    last_at: Instant
    count: Annotated[int, Field(description="How often, from `opened_at` to `last_at`.")]
    detail: dict[str, Any]
    closed_at: Instant | None
    closed_by: Annotated[str | None, Field(description="Who closed it; `loa`: its cause ended.")]


@router.get("", responses=refusals(*READS, "page_unknown"))
def index(
    services: Served, who: Viewer, after: After = None, limit: Limit = 200,
    is_open: Annotated[bool | None, Query(alias="open", description="true: not closed yet; false: closed.")] = None,
) -> Page[IncidentShown]:  # fmt: skip
    """The newest first."""
    closed_at = col(Incident.closed_at)
    asked = [] if is_open is None else [closed_at.is_(None) if is_open else closed_at.is_not(None)]
    with services.database.read() as session:
        asked.append(Sight(session, who).of("incident"))
        rows, more = newest_first(session, Incident, Incident.opened_at, after, limit, *asked)
    return Page(items=[_shown(row) for row in rows], next=more)


@router.get("/{incident}", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "incident_unknown"))
def one(incident: Id, services: Served) -> IncidentShown:
    """One incident."""
    with services.database.read() as session:
        row = session.get(Incident, incident)
        if row is None:
            raise IncidentUnknown(incident=incident)
        return _shown(row)


@router.post("/{incident}/close", responses=refusals(*WRITES, "incident_unknown"))
def close(
    incident: Id, request: Request, services: Served, who: Annotated[Caller, Depends(permit(Action.INCIDENT_CLOSE))],
    key: Key = None,
) -> IncidentShown:  # fmt: skip
    """Somebody has seen to it; closing it again changes nothing."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        row = close_incident(session, incident, who.name, act.now)
        if row.closed_at == act.now:
            home = session.get_one(Device, row.device_id).area_id if row.device_id else None
            record(session, act, Action.INCIDENT_CLOSE, incident, area=home or _area(session, row.subject))
        return _shown(row)


def _area(session: Session, subject: str) -> str | None:
    return subject if session.get(Area, subject) else None


def _shown(row: Incident) -> IncidentShown:
    return IncidentShown(
        id=row.id, kind=row.kind, device=row.device_id, subject=row.subject, opened_at=to_utc(row.opened_at),
        last_at=to_utc(row.last_at), count=row.count, detail=row.detail, closed_at=to_utc_or_none(row.closed_at),
        closed_by=row.closed_by,
    )  # fmt: skip
