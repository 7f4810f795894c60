"""The outbox: what stands in the delivery rows leaves for the speakers, again where nothing is heard back.

Airings of programmes leave with the speakers' plans; only their stops go from here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, or_
from sqlmodel import Session, col, select

from controller.broadcast.models import Broadcast, BroadcastArea
from controller.db import Transactions
from controller.deliveries.models import Delivery
from controller.deliveries.states import OPEN_WORDS, UNHEARD_WORDS, UNSIGNED_WORDS
from controller.deliveries.tracking import FIRST_WAIT, mark_published, tell_again_at
from controller.herald import Herald
from controller.library.carriage import Carrier
from controller.library.models import Blob
from devices.models import Device
from devices.protocol.messages.orders import Order, Play, Stop
from devices.protocol.units import DAY
from devices.registry import roster
from devices.targets import Aim, cover
from scheduler.models import Occurrence
from scheduler.occurrences import claim

REPORTABLE = 8 * DAY
"""How long after its expiry an order without a signed end is still told to a speaker that comes back, us."""

_NOW, _TOLD = bindparam("now", type_=BigInteger), bindparam("told", type_=BigInteger)
_SINGLE = and_(col(Broadcast.programme_id).is_(None), col(Delivery.state).in_(UNHEARD_WORDS))
_STOPPED = and_(col(Broadcast.stop_requested_at).is_not(None), col(Delivery.state).in_(OPEN_WORDS))
_ORDERED = (
    select(Delivery.device_id, Delivery.published_at, Delivery.attempts, Broadcast)
    .join(Broadcast, col(Broadcast.occurrence_id) == col(Delivery.occurrence_id))
    .join(Occurrence, col(Occurrence.id) == col(Delivery.occurrence_id))
    .join(Device, col(Device.id) == col(Delivery.device_id))
    .where(Occurrence.publish_at <= _NOW, Broadcast.expires_at > _NOW, col(Device.retired_at).is_(None))
)
_HELD = _ORDERED.where(
    or_(col(Broadcast.programme_id).is_(None), col(Broadcast.stop_requested_at).is_not(None)),
    col(Delivery.state).in_(OPEN_WORDS),
)
"""Who has not ended what is to be sent from here."""
_WORDLESS = _ORDERED.where(or_(_SINGLE, _STOPPED))
"""Who has said nothing yet of what is to be sent from here."""
_QUIET = _WORDLESS.where(
    or_(col(Delivery.published_at).is_(None), and_(col(Device.online), col(Delivery.published_at) <= _TOLD))
)
"""Of these, who has not been told for a while."""
_WHOLE = (
    select(Broadcast, Occurrence, Blob)
    .join(Occurrence, col(Occurrence.id) == col(Broadcast.occurrence_id))
    .join(Blob, col(Blob.sha256) == col(Broadcast.sha256))
    .where(Broadcast.occurrence_id == bindparam("occurrence"))
)
_LACKING = (
    select(Delivery.device_id, Broadcast, Occurrence, Blob)
    .join(Occurrence, col(Occurrence.id) == col(Delivery.occurrence_id))
    .join(Broadcast, col(Broadcast.occurrence_id) == col(Delivery.occurrence_id))
    .join(Blob, col(Blob.sha256) == col(Broadcast.sha256))
    .where(
        col(Delivery.device_id).in_(bindparam("devices", expanding=True)),
        Delivery.kind == "broadcast",
        col(Delivery.state).in_(UNSIGNED_WORDS),
        Occurrence.publish_at <= _NOW,
        Occurrence.expires_at > bindparam("reportable", type_=BigInteger),
        or_(
            col(Broadcast.stop_requested_at).is_not(None),
            col(Broadcast.programme_id).is_(None),
            Broadcast.expires_at <= _NOW,
        ),
    )
    .order_by(col(Delivery.device_id), col(Delivery.occurrence_id))
)
"""All that lacks a signed end at these speakers; airings of programmes stand in their plans until they expire."""


@dataclass(frozen=True)
class Parcel:
    """One occurrence, the messages that carry it, and the speakers that they are for."""

    broadcast: Broadcast
    blob: Blob
    messages: tuple[Order, ...]
    devices: tuple[str, ...]


def order_message(tenant: str, broadcast: Broadcast, publish_at: int, aim: Aim) -> Order:
    """The order as it stands now: play, or stop where that has been asked for. The same bytes every time."""
    common = {
        "tenant": tenant, "to": aim.target, "order": broadcast.id, "occurrence": broadcast.occurrence_id,
        "expires_at": broadcast.expires_at, "only": aim.only,
    }  # fmt: skip
    if broadcast.stop_requested_at is not None:
        return Stop.model_validate(common | {"issued_at": max(broadcast.stop_requested_at, publish_at)})
    return Play.model_validate(
        common | {
            "issued_at": publish_at, "sha256": broadcast.sha256, "duration": broadcast.duration_ms,
            "start_at": broadcast.start_at, "max_late": broadcast.max_late_ms, "rank": broadcast.rank,
            "volume": broadcast.volume, "repeats": broadcast.repeats, "gap": broadcast.gap_ms,
        }
    )  # fmt: skip


class Outbox:
    """Sends due orders. Rows are read, messages leave, rows are marked: never a message in a transaction."""

    def __init__(self, database: Transactions, herald: Herald, carrier: Carrier) -> None:
        self._database = database
        self._herald = herald
        self._carrier = carrier

    def do_once(self, now: int, *, again: bool = False, held: bool = False) -> None:
        """Send what is due at `now`; with `again` (after a reconnect) also all that has no word yet, with `held`
        also what speakers say that they hold."""
        if not self._herald.up:
            return
        for parcel in self._claimed(now, again, held):
            if self._send(parcel):
                with self._database.write() as session:
                    mark_published(session, parcel.broadcast.occurrence_id, parcel.devices, now)

    def answer(self, held: Mapping[str, Collection[str]], now: int) -> None:
        """Tell each of these speakers (a few hundred) all that lacks its signed end, expired or stopped too, but what
        it holds already: `held`, by speaker."""
        with self._database.read() as session:
            parcels = _lacking(session, self._herald.tenant, held, now)
        told: dict[str, list[str]] = {}
        for parcel in parcels:
            if self._send(parcel):
                told.setdefault(parcel.broadcast.occurrence_id, []).extend(parcel.devices)
        if told:
            with self._database.write() as session:
                for occurrence_id, devices in told.items():
                    mark_published(session, occurrence_id, devices, now)

    def _claimed(self, now: int, again: bool, held: bool) -> list[Parcel]:
        with self._database.read() as session:
            parcels = _due(session, self._herald.tenant, now, again, held)
        if parcels:
            with self._database.write() as session:
                for parcel in parcels:
                    claim(session, parcel.broadcast.occurrence_id, now)
        return parcels

    def _send(self, parcel: Parcel) -> bool:
        ready = parcel.broadcast.stop_requested_at is not None or self._carrier.carry(parcel.blob)
        return ready and all(self._herald.order(message) for message in parcel.messages)


def _due(session: Session, tenant: str, now: int, again: bool, held: bool) -> list[Parcel]:
    found: dict[str, list[str]] = {}
    due = _HELD if held else _WORDLESS if again else _QUIET
    rows = session.exec(due, params={"now": now, "told": now - FIRST_WAIT})
    for device_id, published_at, attempts, broadcast in rows:
        wanted_from = now if broadcast.stop_requested_at is not None else broadcast.start_at
        if again or published_at is None or tell_again_at(published_at, attempts, wanted_from) <= now:
            found.setdefault(broadcast.occurrence_id, []).append(device_id)
    return [_area_parcel(session, tenant, occurrence_id, devices) for occurrence_id, devices in sorted(found.items())]


def _area_parcel(session: Session, tenant: str, occurrence_id: str, devices: list[str]) -> Parcel:
    broadcast, occurrence, blob = _order(session, occurrence_id)
    areas = session.exec(select(BroadcastArea.area_id).where(BroadcastArea.broadcast_id == broadcast.id)).all()
    aims = cover(devices, areas, roster(session, devices))
    messages = tuple(order_message(tenant, broadcast, occurrence.publish_at, aim) for aim in aims)
    return Parcel(broadcast, blob, messages, tuple(devices))


def _lacking(session: Session, tenant: str, held: Mapping[str, Collection[str]], now: int) -> list[Parcel]:
    asked = {"devices": list(held), "now": now, "reportable": now - REPORTABLE}
    parcels = []
    for device_id, broadcast, occurrence, blob in session.exec(_LACKING, params=asked):
        if occurrence.id not in held[device_id] or broadcast.stop_requested_at is not None:
            aim = Aim(None, device_id, None, frozenset({device_id}))
            message = order_message(tenant, broadcast, occurrence.publish_at, aim)
            parcels.append(Parcel(broadcast, blob, (message,), (device_id,)))
    return parcels


def _order(session: Session, occurrence_id: str) -> tuple[Broadcast, Occurrence, Blob]:
    return session.exec(_WHOLE, params={"occurrence": occurrence_id}).one()
