"""One order at each of its speakers, as broadcasts and alerts show it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from api.shapes import Id, Instant, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.deliveries.models import Delivery, DeliveryEvent
from controller.deliveries.states import SIGNED_ENDS, DeliveryState
from controller.reach.sight import Sight
from devices.errors import DeviceUnknown
from devices.models import Device

_CANCELLED = DeliveryState.CANCELLED.value
_SIGNED = {state.value for state in SIGNED_ENDS}
_UNSIGNED = sorted({state.value for state in DeliveryState} - _SIGNED)

_COLUMNS: tuple[Any, ...] = (
    Delivery.device_id, Device.name, Delivery.state, Delivery.reason, Delivery.heard_ms, Delivery.expected_ms,
    Delivery.started_at, Delivery.ended_at, Delivery.changed_at,
)  # fmt: skip

Counts = dict[str, int]
"""How many speakers stand in which state."""


class DeliveryShown(Shown):
    device: Id
    name: str
    state: Annotated[str, Field(description="One of " + ", ".join(state.value for state in DeliveryState))]
    reason: str | None
    heard_ms: Annotated[int, Field(description="Sound that left the amplifier, all repeats together.")]
    expected_ms: int
    started_at: Instant | None
    ended_at: Instant | None
    changed_at: Instant
    cancel_confirmed: Annotated[
        bool | None, Field(description="null: nobody asked it to stop, or it had ended; false: it has not signed yet.")
    ]


class CancelShown(Shown):
    """How far a stop has come: until a speaker has signed, it may still sound."""

    requested_at: Instant
    confirmed: Annotated[int, Field(description="Speakers that signed that they have stopped or will not start.")]
    not_confirmed: Annotated[int, Field(description="Speakers that have signed no end at all.")]


class EventShown(Shown):
    at: Instant
    event: str
    state: str
    reason: str | None
    receipt: Annotated[int | None, Field(description="Number of the speaker's signed receipt.")]


def deliveries_of(session: Session, sight: Sight, occurrence_id: str, stopped: bool) -> list[DeliveryShown]:
    """All speakers of an occurrence that are seen, in a fixed order."""
    rows = sql_select(*_COLUMNS).join(Device, col(Device.id) == col(Delivery.device_id))
    rows = rows.where(col(Delivery.occurrence_id) == occurrence_id, sight.heard_by(Delivery.device_id))
    rows = rows.order_by(col(Delivery.device_id))
    return [_shown(row, stopped) for row in session.connection().execute(rows)]


def trace_of(session: Session, sight: Sight, occurrence_id: str, device_id: str) -> list[EventShown]:
    """What became of one order at one speaker, step by step. DeviceUnknown if it was no target that is seen."""
    if session.get(Delivery, (occurrence_id, device_id)) is None or not sight.seen("device", [device_id]):
        raise DeviceUnknown(device=device_id)
    rows = select(DeliveryEvent).where(
        DeliveryEvent.occurrence_id == occurrence_id, DeliveryEvent.device_id == device_id
    )
    return [
        EventShown(at=to_utc(row.at), event=row.event, state=row.state, reason=row.reason, receipt=row.receipt)
        for row in session.exec(rows.order_by(col(DeliveryEvent.id)))
    ]


def counts_of(deliveries: Iterable[DeliveryShown]) -> Counts:
    return dict(Counter(delivery.state for delivery in deliveries))


def counts_by_occurrence(session: Session, sight: Sight, occurrences: Iterable[str]) -> dict[str, Counts]:
    """The counts of many occurrences at once, of the speakers that are seen."""
    rows = select(Delivery.occurrence_id, Delivery.state, func.count()).where(
        col(Delivery.occurrence_id).in_(list(occurrences))
    )
    rows = rows.where(sight.heard_by(Delivery.device_id))
    found: dict[str, Counts] = {}
    for occurrence, state, count in session.exec(rows.group_by(col(Delivery.occurrence_id), col(Delivery.state))):
        found.setdefault(occurrence, {})[state] = count
    return found


def cancel_of(requested_at: int | None, counts: Mapping[str, int]) -> CancelShown | None:
    """How far a stop asked for at that instant (us UTC, None: never) has come."""
    if requested_at is None:
        return None
    return CancelShown(
        requested_at=to_utc(requested_at), confirmed=counts.get(_CANCELLED, 0),
        not_confirmed=sum(counts.get(state, 0) for state in _UNSIGNED),
    )  # fmt: skip


def _shown(row: Any, stopped: bool) -> DeliveryShown:
    ended_otherwise = row.state in _SIGNED - {_CANCELLED}
    return DeliveryShown(
        device=row.device_id, name=row.name, state=row.state, reason=row.reason, heard_ms=row.heard_ms,
        expected_ms=row.expected_ms, started_at=to_utc_or_none(row.started_at), ended_at=to_utc_or_none(row.ended_at),
        changed_at=to_utc(row.changed_at),
        cancel_confirmed=row.state == _CANCELLED if stopped and not ended_otherwise else None,
    )  # fmt: skip
