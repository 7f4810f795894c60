"""When the controller has something to do next, read from the tables. Between two such instants it may sleep."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, bindparam, func
from sqlalchemy import select as lines_of
from sqlmodel import Session, col, select

from controller.alerts.models import AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import OPEN_WORDS, UNHEARD_WORDS
from controller.deliveries.tracking import patience, tell_again_at
from controller.library.models import Blob
from devices.models import Device
from scheduler.models import Occurrence
from scheduler.occurrences import to_leave

_NOW = bindparam("now", type_=BigInteger)
_HEARS = col(Delivery.published_at).is_(None) | col(Device.online)
"""Who is away will say hello first."""
_ORDERED = (
    select(Delivery.published_at, Delivery.attempts, Occurrence.start_at)
    .join(Device, col(Device.id) == col(Delivery.device_id))
    .join(Occurrence, col(Occurrence.id) == col(Delivery.occurrence_id))
    .join(Broadcast, col(Broadcast.occurrence_id) == col(Delivery.occurrence_id))
    .where(_HEARS, col(Delivery.state).in_(UNHEARD_WORDS), Occurrence.publish_at <= _NOW, Occurrence.expires_at > _NOW)
    .where(col(Broadcast.programme_id).is_(None))
    .distinct()
)
_URGENT = (
    select(Delivery.published_at, Delivery.attempts)
    .join(Device, col(Device.id) == col(Delivery.device_id))
    .where(_HEARS, col(Delivery.state).in_(OPEN_WORDS))
    .distinct()
)
_STOPPED = _URGENT.join(Broadcast, col(Broadcast.occurrence_id) == col(Delivery.occurrence_id)).where(
    col(Broadcast.stop_requested_at).is_not(None), Broadcast.expires_at > _NOW
)
_SOUNDING = _URGENT.join(AlertRow, col(AlertRow.id) == col(Delivery.occurrence_id)).where(AlertRow.expires_at > _NOW)
_INSTANTS = lines_of(
    select(func.min(Occurrence.publish_at)).where(to_leave(_NOW)).scalar_subquery(),
    select(func.min(Delivery.deadline_at)).where(col(Delivery.state).in_(OPEN_WORDS)).scalar_subquery(),
    select(func.min(AlertRow.expires_at)).where(col(AlertRow.cleared).is_(False)).scalar_subquery(),
    select(func.min(Blob.retained_until)).where(col(Blob.clip).is_(None), Blob.retained_until > 0).scalar_subquery(),
)


def next_instant(session: Session, now: int, others: Iterable[int | None], tick: int, longest: int) -> int:
    """The next instant (us UTC) at which `do_once` has work; what should have left already is tried every `tick`.

    `others`: what does not stand in orders, e.g. when the speaker that has been silent for longest counts as gone.
    """
    wanted = [at for at in (_word_due(session, now), *others, *_instants(session, now)) if at is not None]
    soonest = min([*wanted, now + longest])
    return soonest if soonest > now else now + tick


def _word_due(session: Session, now: int) -> int | None:
    """When somebody who can hear us is told again for want of a word."""
    ordered = session.exec(_ORDERED, params={"now": now})
    due = {now if at is None else tell_again_at(at, attempts, start_at) for at, attempts, start_at in ordered}
    for rows in (_STOPPED, _SOUNDING):
        urgent = session.exec(rows, params={"now": now})
        due |= {now if at is None else at + patience(attempts) for at, attempts in urgent}
    return min(due, default=None)


def _instants(session: Session, now: int) -> tuple[int | None, ...]:
    return tuple(session.execute(_INSTANTS, {"now": now}).one())
