"""Whether nobody would miss the broker if it went away for some seconds."""

from sqlmodel import Session, col, select

from controller.alerts.models import AlertRow
from controller.deliveries.models import Delivery
from controller.deliveries.states import OPEN_WORDS
from devices.protocol.units import MINUTE
from scheduler.models import Occurrence
from scheduler.occurrences import to_leave

QUIET = 10 * MINUTE
"""So long before and after anything that is to sound, us."""


def is_quiet(session: Session, now: int) -> bool:
    """No alert in force, nothing to leave or to start soon, and nobody who owes a word on what has started."""
    soon = now + QUIET
    alerts = select(AlertRow.id).where(AlertRow.expires_at > now - QUIET, AlertRow.created_at <= soon)
    leaving = select(Occurrence.id).where(to_leave(now), Occurrence.publish_at <= soon)
    sounding = (
        select(Occurrence.id)
        .join(Delivery, col(Delivery.occurrence_id) == col(Occurrence.id))
        .where(col(Delivery.state).in_(OPEN_WORDS), Occurrence.start_at <= soon)
    )
    fresh = select(Occurrence.id).where(Occurrence.start_at > now - QUIET, Occurrence.start_at <= soon)
    return all(session.exec(rows.limit(1)).first() is None for rows in (alerts, leaving, sounding, fresh))
