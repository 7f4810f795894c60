"""When the controller has something to do next, read from the tables. Between two such instants it may sleep."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from controller.alerts.models import AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import OPEN, DeliveryState
from controller.library.models import Blob
from devices.health import patience
from devices.models import Device
from scheduler.models import Occurrence

_OPEN = tuple(state.value for state in OPEN)
_UNHEARD = (DeliveryState.QUEUED.value, DeliveryState.ORDERED.value)


def next_instant(session: Session, now: int, heartbeat_s: int, tick: int, longest: int) -> int:
    """The next instant (us UTC) at which `do_once` has work: within a `tick` while words are awaited."""
    if _awaits_words(session, now):
        return now + tick
    wanted = [at for at in _instants(session, heartbeat_s) if at is not None]
    return max(now + 1, min([*wanted, now + longest]))


def _awaits_words(session: Session, now: int) -> bool:
    """Whether somebody who can hear us owes a word: who is away will say hello first."""
    reachable = (
        select(Delivery.occurrence_id)
        .join(Device, col(Device.id) == col(Delivery.device_id))
        .where(col(Delivery.published_at).is_(None) | col(Device.online))
        .limit(1)
    )
    unheard = reachable.join(Occurrence, col(Occurrence.id) == col(Delivery.occurrence_id)).where(
        col(Delivery.state).in_(_UNHEARD), Occurrence.publish_at <= now, Occurrence.expires_at > now
    )
    stopped = reachable.join(Broadcast, col(Broadcast.occurrence_id) == col(Delivery.occurrence_id)).where(
        col(Delivery.state).in_(_OPEN), col(Broadcast.stop_requested_at).is_not(None), Broadcast.expires_at > now
    )
    sounding = reachable.join(AlertRow, col(AlertRow.id) == col(Delivery.occurrence_id)).where(
        col(Delivery.state).in_(_OPEN), AlertRow.expires_at > now
    )
    return any(session.exec(rows).first() is not None for rows in (unheard, stopped, sounding))


def _instants(session: Session, heartbeat_s: int) -> tuple[int | None, ...]:
    publish = select(func.min(Occurrence.publish_at)).where(col(Occurrence.claimed_at).is_(None))
    deadline = select(func.min(Delivery.deadline_at)).where(col(Delivery.state).in_(_OPEN))
    expiry = select(func.min(AlertRow.expires_at)).where(col(AlertRow.cleared).is_(False))
    unneeded = select(func.min(Blob.retained_until)).where(col(Blob.clip).is_(None), Blob.retained_until > 0)
    heard = session.exec(select(func.min(Device.last_seen)).where(col(Device.online))).one()
    silent = None if heard is None else heard + patience(heartbeat_s) + 1
    return (*(session.exec(rows).one() for rows in (publish, deadline, expiry, unneeded)), silent)
