"""Alerts on their way: retained in each area until the expiry, said again where nothing is heard back."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, or_
from sqlmodel import Session, col, select

from controller.alerts.models import AlertArea, AlertRow
from controller.db import Transactions
from controller.deliveries.models import Delivery
from controller.deliveries.states import OPEN_WORDS, UNSIGNED_WORDS
from controller.deliveries.tracking import mark_published, patience
from controller.herald import Herald
from controller.library.carriage import Carrier
from controller.library.models import Blob
from devices.models import Device, Membership
from devices.protocol.messages.alerts import Alert
from devices.protocol.units import DAY
from devices.registry import roster
from devices.targets import Aim, cover

REPORTABLE = 8 * DAY
"""How long after its expiry an alert without a signed end is still told to a speaker that comes back, us."""

_NOW = bindparam("now", type_=BigInteger)
_IN_FORCE = select(AlertRow).where(AlertRow.expires_at > _NOW).order_by(col(AlertRow.created_at), col(AlertRow.id))
_OVER = select(AlertRow).where(AlertRow.expires_at <= _NOW, col(AlertRow.cleared).is_(False))
_UNSIGNED = (
    select(Delivery.device_id, AlertRow)
    .join(AlertRow, col(AlertRow.id) == col(Delivery.occurrence_id))
    .where(
        col(Delivery.device_id).in_(bindparam("devices", expanding=True)),
        col(Delivery.state).in_(UNSIGNED_WORDS),
        or_(col(AlertRow.expires_at) <= _NOW, col(AlertRow.moved_at).is_not(None)),
        AlertRow.expires_at > bindparam("reportable", type_=BigInteger),
    )
    .order_by(col(Delivery.device_id), col(AlertRow.created_at), col(AlertRow.id))
)


@dataclass(frozen=True)
class Call:
    """One alert with the areas that hear it, to whom it is said, its speech, and who still owes a word."""

    alert: AlertRow
    areas: tuple[str, ...]
    aims: tuple[Aim, ...]
    speech: Blob | None
    devices: tuple[str, ...]


def alert_message(tenant: str, alert: AlertRow, target: str, only: str | None = None) -> Alert:
    """The alert's latest revision for one target; the same bytes every time."""
    return Alert(
        tenant=tenant, to=target, only=only, issued_at=alert.revised_at, alert=alert.id, rev=alert.rev,
        action="cancel" if alert.cancelled_at is not None else "sound", start_at=alert.start_at,
        expires_at=alert.expires_at, tone=alert.tone_sha256, speech=alert.speech_sha256,
        speech_at=alert.speech_at, speech_duration=alert.speech_ms, silent_speech=alert.silent_speech,
        repeats=alert.repeats, gap=alert.gap_ms, volume=alert.volume,
    )  # fmt: skip


class Siren:
    """Sends alerts before anything else."""

    def __init__(self, database: Transactions, herald: Herald, carrier: Carrier) -> None:
        self._database = database
        self._herald = herald
        self._carrier = carrier

    def do_once(self, now: int, *, again: bool = False) -> None:
        """Send what is due at `now`, with `again` every alert in force; take expired ones off the broker."""
        if not self._herald.up:
            return
        with self._database.read() as session:
            calls = _due(session, now, again)
            over = _uncleared(session, now)
        for call in calls:
            if self._send(call):
                with self._database.write() as session:
                    mark_published(session, call.alert.id, call.devices, now)
                    _note_placed(session, call.alert, now)
        for call in over:
            self._clear(call)

    def answer(self, devices: Iterable[str], now: int) -> None:
        """Tell each of these speakers (a few hundred) of the alerts that ended without its signed word; those in force
        are retained, but where it was when they were raised."""
        asked = {"devices": list(devices), "now": now, "reportable": now - REPORTABLE}
        with self._database.read() as session:
            unsigned = session.exec(_UNSIGNED, params=asked).all()
        for device_id, alert in unsigned:
            self._herald.order(alert_message(self._herald.tenant, alert, f"dev/{device_id}"))

    def _send(self, call: Call) -> bool:
        """Tone first: the revision that names a speech leaves after the speech itself."""
        ready = call.speech is None or self._carrier.carry(call.speech)
        return ready and all(self._say(call, aim) for aim in call.aims)

    def _say(self, call: Call, aim: Aim) -> bool:
        """Retained in the alert's own places; who comes from there and is away asks when it is back."""
        message = alert_message(self._herald.tenant, call.alert, aim.target, aim.only)
        if aim.area is None:
            return self._herald.order(message)
        return self._herald.alert(aim.area, message, retain=aim.area in call.areas)

    def _clear(self, call: Call) -> None:
        if all(self._herald.clear(self._herald.topics.alert(area, call.alert.id)) for area in call.areas):
            with self._database.write() as session:
                session.get_one(AlertRow, call.alert.id).cleared = True


def _due(session: Session, now: int, again: bool) -> list[Call]:
    calls = [_call(session, alert, now) for alert in session.exec(_IN_FORCE, params={"now": now})]
    return calls if again else [call for call in calls if call.devices or _is_to_be_placed(call.alert)]


def _is_to_be_placed(alert: AlertRow) -> bool:
    return alert.moved_at is not None and alert.placed_at is None


def _note_placed(session: Session, said: AlertRow, now: int) -> None:
    """Unless speakers have moved again while it was said."""
    alert = session.get_one(AlertRow, said.id)
    if alert.moved_at is not None and alert.moved_at == said.moved_at:
        alert.placed_at = now


def any_unplaced(session: Session, now: int) -> bool:
    """Whether an alert in force does not say yet whom it is for, where others may come to hear it."""
    rows = select(AlertRow.id).where(
        col(AlertRow.moved_at).is_not(None), col(AlertRow.placed_at).is_(None), AlertRow.expires_at > now
    )
    return session.exec(rows.limit(1)).first() is not None


def _call(session: Session, alert: AlertRow, now: int) -> Call:
    rows = (
        select(Delivery.device_id, Delivery.published_at, Delivery.attempts, Device.online)
        .join(Device, col(Device.id) == col(Delivery.device_id))
        .where(Delivery.occurrence_id == alert.id, col(Delivery.state).in_(OPEN_WORDS))
    )
    owing = tuple(
        device_id
        for device_id, published_at, attempts, online in session.exec(rows)
        if published_at is None or (online and published_at + patience(attempts) <= now)
    )
    speech = session.get(Blob, alert.speech_sha256) if alert.speech_sha256 else None
    areas = _areas(session, alert.id)
    return Call(alert, areas, tuple(_aims(session, alert, areas)), speech, owing)


def _aims(session: Session, alert: AlertRow, areas: Iterable[str]) -> list[Aim]:
    """Everybody in its places; where somebody has come or gone, those that it is for, wherever they are."""
    if alert.moved_at is None:
        return [Aim(area, None, None, frozenset()) for area in areas]
    ordered = set(session.exec(select(Delivery.device_id).where(Delivery.occurrence_id == alert.id)))
    joined = select(Membership.device_id).join(Device, col(Device.id) == col(Membership.device_id))
    joined = joined.where(col(Membership.area_id).in_(areas), Device.registered_at > alert.created_at)
    hearers = ordered.union(session.exec(joined))
    return cover(hearers, areas, roster(session, hearers))


def _areas(session: Session, alert_id: str) -> tuple[str, ...]:
    return tuple(sorted(session.exec(select(AlertArea.area_id).where(AlertArea.alert_id == alert_id))))


def _uncleared(session: Session, now: int) -> list[Call]:
    return [Call(alert, _areas(session, alert.id), (), None, ()) for alert in session.exec(_OVER, params={"now": now})]
