"""Dead air: something was to sound, and no speaker of a place has said that it does."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, func
from sqlmodel import Session, col, or_, select

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import DeliveryState
from devices.incidents import open_incident
from devices.models import Device, Incident
from devices.protocol.units import MINUTE, SECOND
from scheduler.models import Airing

KIND = "dead_air"
WAITED = 45 * SECOND
"""How long after a start the first word of a place is waited for, us: it is an incident within a minute."""
LOOKED_BACK = 10 * MINUTE
"""What began while nobody watched (a restart, a lost broker) is looked at for so long, us."""
_SOUNDS = or_(col(Delivery.state).in_((DeliveryState.PLAYING.value, DeliveryState.PLAYED.value)), Delivery.heard_ms > 0)
_OPEN = select(Incident).where(Incident.kind == KIND, col(Incident.closed_at).is_(None))
_SINCE, _UNTIL = bindparam("since", type_=BigInteger), bindparam("until", type_=BigInteger)
_LATER = (
    Broadcast.ends_at > _SINCE, Broadcast.start_at > _SINCE, col(Broadcast.stop_requested_at).is_(None)
)  # fmt: skip
_STARTED = select(Broadcast).where(*_LATER, Broadcast.start_at <= _UNTIL)
_SOONEST = select(func.min(Broadcast.start_at)).where(*_LATER)
_HEARD = (
    select(Delivery.order_id, Device.area_id)
    .join(Device, col(Device.id) == col(Delivery.device_id))
    .where(col(Delivery.order_id).in_(bindparam("orders", expanding=True)), _SOUNDS)
    .distinct()
)


@dataclass
class DeadAir:
    """Looks once at every start, place by place; what was heard after all closes its incident."""

    new_id: Callable[[], str]
    seen_until: int = 0
    """Starts up to then have been looked at, us UTC."""

    def tick(self, session: Session, now: int, listening_since: int | None) -> None:
        """Find places that stayed silent. Nobody is blamed while we do not hear."""
        if listening_since is None or now < listening_since + WAITED:
            return
        since, until = max(self.seen_until, now - LOOKED_BACK), now - WAITED
        self.seen_until = until
        for order in session.exec(_STARTED, params={"since": since, "until": until}).all():
            for area in _silent_places(session, order):
                self._note(session, order, area, now)

    def next_check(self, session: Session, now: int) -> int | None:
        """When the next start is to be looked at."""
        soonest = session.exec(_SOONEST, params={"since": max(self.seen_until, now - WAITED)}).one()
        return None if soonest is None else soonest + WAITED

    def _note(self, session: Session, order: Broadcast, area: str, now: int) -> None:
        rows = select(Incident).where(
            Incident.kind == KIND, Incident.subject == area, col(Incident.closed_at).is_(None)
        )
        known = session.exec(rows).first()
        if known is None or known.detail.get("order") != order.id:
            open_incident(
                session, self.new_id, KIND, now, subject=area, order=order.id, programme=order.programme_id,
                start_at=order.start_at,
            )  # fmt: skip


def _silent_places(session: Session, order: Broadcast) -> list[str]:
    """Home areas of its speakers in which nobody has sounded: where turn A was heard, turn B is no dead air."""
    rows = (
        select(Device.area_id, func.count().filter(_SOUNDS))
        .join(Delivery, col(Delivery.device_id) == col(Device.id))
        .where(col(Delivery.order_id).in_(_same_time(session, order)), col(Delivery.withdrawn_at).is_(None))
        .group_by(col(Device.area_id))
        .having(func.count().filter(col(Delivery.order_id) == order.id) > 0)
    )
    return sorted(area for area, sounding in session.exec(rows) if not sounding)


def _same_time(session: Session, order: Broadcast) -> set[str]:
    """An order, and those of the same time of its programme."""
    times = select(Airing.nominal_at).where(Airing.order_id == order.id)
    rows = select(Airing.order_id).where(Airing.programme_id == order.programme_id, col(Airing.nominal_at).in_(times))
    return {order.id, *session.exec(rows)}


def close_heard(session: Session, now: int) -> None:
    """Receipts have come: a speaker without network says later that it did sound."""
    open_ones = session.exec(_OPEN).all()
    if not open_ones:
        return
    heard = _heard_in(session, (str(one.detail.get("order")) for one in open_ones))
    for one in open_ones:
        if one.subject in heard.get(str(one.detail.get("order")), ()):
            one.closed_at, one.closed_by = now, "loa"


def _heard_in(session: Session, orders: Iterable[str]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for order, area in session.exec(_HEARD, params={"orders": sorted(set(orders))}):
        found[order].add(area)
    return found
