"""Incidents are opened once and counted; a person, or the end of their cause, closes them."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from devices.errors import IncidentUnknown
from devices.models import Incident
from devices.registry import LOT

_FORESEEN = "incidents"
"""Under this name a transaction keeps the open incidents of speakers that were read ahead, by speaker."""
_OPEN_OF = select(Incident).where(
    col(Incident.device_id).in_(bindparam("devices", expanding=True)), col(Incident.closed_at).is_(None)
)


def foresee_incidents(session: Session, devices: Sequence[str]) -> None:
    """Read the open incidents of these speakers at once, for the rest of this transaction."""
    known = _unwritten(session)
    for begin in range(0, len(devices), LOT):
        known += session.exec(_OPEN_OF, params={"devices": devices[begin : begin + LOT]})
    found: dict[str | None, list[Incident]] = {device_id: [] for device_id in devices}
    for incident in known:
        found.get(incident.device_id, []).append(incident)
    session.info[_FORESEEN] = found


def open_incident(
    session: Session, new_id: Callable[[], str], kind: str, now: int, *,
    device_id: str | None = None, subject: str = "", count: int = 1, **detail: object,
) -> Incident:  # fmt: skip
    """Open an incident, or count one more on the open one of this kind, speaker and subject."""
    found = _find_open(session, kind, device_id, subject)
    if found is None:
        found = Incident(id=new_id(), kind=kind, device_id=device_id, subject=subject, opened_at=now, last_at=now)
        found.count = 0
        session.add(found)
        session.info.get(_FORESEEN, {}).get(device_id, []).append(found)
    found.count += count
    found.last_at = now
    found.detail = dict(detail)
    return found


def close_cause(session: Session, kind: str, device_id: str, now: int) -> None:
    """Close what has ended by itself, e.g. `offline` of a speaker that is back."""
    for incident in _open(session, kind, device_id):
        incident.closed_at, incident.closed_by = now, "loa"


def close_incident(session: Session, incident_id: str, who: str, now: int) -> Incident:
    """A person closes an incident; closing it again changes nothing."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise IncidentUnknown(incident=incident_id)
    if incident.closed_at is None:
        incident.closed_at, incident.closed_by = now, who
    return incident


def _find_open(session: Session, kind: str, device_id: str | None, subject: str) -> Incident | None:
    return next((one for one in _open(session, kind, device_id, subject) if one.subject == subject), None)


def _open(session: Session, kind: str, device_id: str | None, subject: str | None = None) -> Iterator[Incident]:
    """Open incidents of a kind and speaker, as this transaction has left them, written to the table or not."""
    foreseen = session.info.get(_FORESEEN, {}).get(device_id)
    for one in _asked(session, kind, device_id, subject) if foreseen is None else foreseen:
        if (one.kind, one.device_id, one.closed_at) == (kind, device_id, None):
            yield one


def _asked(session: Session, kind: str, device_id: str | None, subject: str | None) -> list[Incident]:
    rows = select(Incident).where(
        Incident.kind == kind, Incident.device_id == device_id, col(Incident.closed_at).is_(None)
    )
    if subject is not None:
        rows = rows.where(Incident.subject == subject)
    with session.no_autoflush:
        return [*session.exec(rows), *_unwritten(session)]


def _unwritten(session: Session) -> list[Incident]:
    return [one for one in session.new if isinstance(one, Incident)]
