"""One order at each of its speakers, as broadcasts and alerts show it."""

from collections import Counter

from sqlmodel import Session, col, select

from api.shapes import Id, Instant, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.deliveries.models import Delivery, DeliveryEvent


class DeliveryShown(Shown):
    device: Id
    state: str
    reason: str | None
    heard_ms: int
    expected_ms: int
    started_at: Instant | None
    ended_at: Instant | None
    changed_at: Instant
    cancel_confirmed: bool | None
    """None: nobody has asked it to stop; False: it has not signed that it did."""


class EventShown(Shown):
    at: Instant
    event: str
    state: str
    reason: str | None
    receipt: int | None
    """Number of the speaker's signed receipt."""


def deliveries_of(session: Session, occurrence_id: str, stopped: bool) -> list[DeliveryShown]:
    """All speakers of an occurrence, in a fixed order."""
    rows = select(Delivery).where(Delivery.occurrence_id == occurrence_id).order_by(col(Delivery.device_id))
    return [_shown(row, stopped) for row in session.exec(rows)]


def trace_of(session: Session, occurrence_id: str, device_id: str) -> list[EventShown]:
    """What became of one order at one speaker, step by step."""
    rows = select(DeliveryEvent).where(
        DeliveryEvent.occurrence_id == occurrence_id, DeliveryEvent.device_id == device_id
    )
    return [
        EventShown(at=to_utc(row.at), event=row.event, state=row.state, reason=row.reason, receipt=row.receipt)
        for row in session.exec(rows.order_by(col(DeliveryEvent.id)))
    ]


def counts_of(deliveries: list[DeliveryShown]) -> dict[str, int]:
    return dict(Counter(delivery.state for delivery in deliveries))


def _shown(row: Delivery, stopped: bool) -> DeliveryShown:
    ended_otherwise = row.state in {"played", "failed", "refused", "expired"}
    return DeliveryShown(
        device=row.device_id, state=row.state, reason=row.reason, heard_ms=row.heard_ms, expected_ms=row.expected_ms,
        started_at=to_utc_or_none(row.started_at), ended_at=to_utc_or_none(row.ended_at),
        changed_at=to_utc(row.changed_at),
        cancel_confirmed=row.state == "cancelled" if stopped and not ended_otherwise else None,
    )  # fmt: skip
