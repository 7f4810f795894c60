"""Deliveries are queued, moved by events, and given up when no signed word comes."""

from collections.abc import Iterable, Mapping

from sqlalchemy import BigInteger, bindparam, insert
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from controller.deliveries.models import Delivery, DeliveryEvent
from controller.deliveries.states import OPEN_WORDS, DeliveryEventKind, DeliveryState, step
from devices.protocol.units import MINUTE, SECOND

WORD_DUE = MINUTE
"""How long after the expiry a speaker's signed word is waited for, us."""
FIRST_WAIT = 5 * SECOND
LONGEST_WAIT = 120 * SECOND
FETCH_PARTS = 8
"""An order is told again at most once in this part of the time that is left until its start."""

Line = Mapping[str, object]
"""One step of a delivery as its row in the table of events."""

_LINES = insert(DeliveryEvent.metadata.tables["delivery_event"])
_OVERDUE = select(Delivery).where(
    col(Delivery.state).in_(OPEN_WORDS), Delivery.deadline_at <= bindparam("now", type_=BigInteger)
)


def queue(session: Session, model: Delivery, devices: Iterable[str]) -> None:
    """The outbox rows of one occurrence: `model` for each speaker, written as one batch."""
    fields = model.model_dump(exclude={"device_id"})
    rows = [fields | {"device_id": device_id} for device_id in sorted(devices)]
    if rows:
        session.exec(insert(Delivery), params=rows)


def new_delivery(order_id: str, occurrence_id: str, kind: str, now: int, expires_at: int, expected_ms: int) -> Delivery:
    """A queued delivery, still without a speaker."""
    return Delivery(
        occurrence_id=occurrence_id, device_id="", order_id=order_id, kind=kind, state=DeliveryState.QUEUED.value,
        changed_at=now, deadline_at=expires_at + WORD_DUE, expected_ms=expected_ms,
    )  # fmt: skip


def open_deliveries(occurrence_id: str) -> SelectOfScalar[Delivery]:
    """The deliveries of an occurrence that have not ended."""
    return select(Delivery).where(Delivery.occurrence_id == occurrence_id, col(Delivery.state).in_(OPEN_WORDS))


def tell_again(session: Session, occurrence_id: str) -> None:
    """Something new is to be said to all who have not ended: send at once, with fresh patience."""
    for delivery in session.exec(open_deliveries(occurrence_id)):
        delivery.published_at, delivery.attempts = None, 0


def patience(attempts: int) -> int:
    """How long to wait for a word after that many messages, us: 5 s, doubled up to two minutes."""
    return min(FIRST_WAIT << max(0, attempts - 1), LONGEST_WAIT)


def tell_again_at(published_at: int, attempts: int, start_at: int) -> int:
    """When an order without a word is sent again: a speaker fetches ahead of the start in its own time."""
    return published_at + max(patience(attempts), (start_at - published_at) // FETCH_PARTS)


def advance(
    delivery: Delivery, event: DeliveryEventKind, now: int, *, reason: str | None = None, receipt: int | None = None
) -> Line | None:
    """Take one step; its line, for `write_down`, or None where the table says that nothing changes."""
    before = DeliveryState(delivery.state)
    after = step(before, event)
    if after is before:
        return None
    delivery.state, delivery.changed_at, delivery.reason = after.value, now, reason
    return {
        "occurrence_id": delivery.occurrence_id, "device_id": delivery.device_id, "at": now, "event": event.value,
        "state": after.value, "reason": reason, "receipt": receipt,
    }  # fmt: skip


def write_down(session: Session, lines: Iterable[Line | None]) -> None:
    """Keep the lines of steps that were taken, in their order, written as one batch."""
    taken = [line for line in lines if line is not None]
    if taken:
        session.connection().execute(_LINES, taken)


def mark_published(session: Session, occurrence_id: str, devices: Iterable[str], now: int) -> None:
    """A message about this occurrence has been handed to the broker for these speakers."""
    rows = select(Delivery).where(Delivery.occurrence_id == occurrence_id, col(Delivery.device_id).in_(list(devices)))
    deliveries = session.exec(rows).all()
    for delivery in deliveries:
        delivery.published_at = now
        delivery.attempts += 1
    write_down(session, [advance(delivery, DeliveryEventKind.PUBLISHED, now) for delivery in deliveries])


def close_silent(session: Session, now: int) -> int:
    """Give up waiting where no signed end came by expiry + 60 s; how many that were."""
    rows = session.exec(_OVERDUE, params={"now": now}).all()
    write_down(session, [advance(delivery, DeliveryEventKind.DEADLINE, now, reason="no_word") for delivery in rows])
    return len(rows)
