"""Gathers what is known of one speaker around an instant, from the tables and by asking the planner again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from controller.air.book import read_air
from controller.alerts.models import AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery, DeliveryEvent
from controller.library.models import Bulletin
from controller.programmes.preview import foresee
from controller.programmes.reading import situation
from controller.why.known import Evidence, Foreseen, Happened, Meant, Word
from devices.models import Device, DevicePlan, Incident
from devices.protocol.units import DAY, MINUTE
from devices.registry import get_device
from scheduler.air.models import AirRule
from scheduler.air.timeline import resolve
from scheduler.calendars.special_days import read_calendar, years_of
from scheduler.models import Airing
from scheduler.programmes.models import ProgrammeRow

AROUND = 15 * MINUTE
"""What is meant for so long before or after an instant is looked at, us."""
MOST_WORDS = 100


@dataclass(frozen=True)
class _Span:
    begin: int
    end: int


def gather_evidence(session: Session, device: str, at: int, now: int) -> Evidence:
    """All that is known. Of the past the planner is asked as the tables stand now. DeviceUnknown."""
    row = get_device(session, device)
    span = _Span(at - AROUND, at + AROUND)
    plan = session.get(DevicePlan, device) or DevicePlan(device_id=device)
    meant = sorted(_meant(session, device, span), key=lambda one: (one.start_at, one.order))
    loudest, rules = _air(session, device, at)
    return Evidence(
        at=at, now=now, retired_at=row.retired_at, last_seen=row.last_seen, online=row.online,
        online_changed_at=row.online_changed_at, meant=meant, foreseen=_foreseen(session, row, span, now),
        nearest=None if meant else _nearest(session, device, at), loudest=loudest, rules=rules, told_seq=plan.seq,
        held_seq=plan.held_seq, held_at=plan.held_at, valid_to=plan.valid_to, missing=frozenset(plan.missing),
        incidents=_incidents(session, device, span),
    )  # fmt: skip


def _meant(session: Session, device: str, span: _Span) -> Iterator[Meant]:
    """Orders and alerts that start, or still sounded, within the span."""
    orders = (
        select(Broadcast, Delivery)
        .join(Delivery, col(Delivery.order_id) == col(Broadcast.id))
        .where(Delivery.device_id == device, Broadcast.start_at <= span.end, or_(
            col(Broadcast.ends_at) >= span.begin, col(Delivery.ended_at) >= span.begin
        ))
    )  # fmt: skip
    for order, delivery in session.exec(orders):
        yield _of_broadcast(session, order, delivery)
    alerts = (
        select(AlertRow, Delivery)
        .join(Delivery, col(Delivery.order_id) == col(AlertRow.id))
        .where(Delivery.device_id == device, AlertRow.start_at <= span.end, AlertRow.expires_at >= span.begin)
    )
    for alert, delivery in session.exec(alerts):
        yield _of_alert(session, alert, delivery)


def _of_broadcast(session: Session, order: Broadcast, delivery: Delivery) -> Meant:
    airing = session.exec(select(Airing).where(Airing.order_id == order.id)).first()
    programme = session.get(ProgrammeRow, order.programme_id) if order.programme_id else None
    bulletin = session.get(Bulletin, order.bulletin_id)
    return Meant(
        order=order.id, kind="programme" if programme else "broadcast",
        title=programme.title if programme else bulletin.title if bulletin else order.bulletin_id,
        start_at=order.start_at, expires_at=order.expires_at, sha256=order.sha256, state=delivery.state,
        nominal_at=airing.nominal_at if airing else None, instead=tuple(airing.instead) if airing else (),
        told_at=delivery.published_at, stopped_at=order.stop_requested_at,
        withdrawn_at=delivery.withdrawn_at or _replaced_at(order, airing), reason=delivery.reason,
        heard_ms=delivery.heard_ms, expected_ms=delivery.expected_ms, started_at=delivery.started_at,
        words=_words(session, delivery),
    )  # fmt: skip


def _replaced_at(order: Broadcast, airing: Airing | None) -> int | None:
    """When a later version took its place, or it was planned no longer; None: it stands, or was never planned."""
    if airing is not None:
        return airing.withdrawn_at
    return order.stop_requested_at if order.programme_id is not None else None


def _of_alert(session: Session, alert: AlertRow, delivery: Delivery) -> Meant:
    return Meant(
        order=alert.id, kind="alert", title=alert.text[:80], start_at=alert.start_at, expires_at=alert.expires_at,
        sha256=alert.tone_sha256, state=delivery.state, told_at=delivery.published_at, stopped_at=alert.cancelled_at,
        reason=delivery.reason, heard_ms=delivery.heard_ms, expected_ms=delivery.expected_ms,
        started_at=delivery.started_at, words=_words(session, delivery),
    )  # fmt: skip


def _words(session: Session, delivery: Delivery) -> tuple[Word, ...]:
    rows = select(DeliveryEvent).where(
        DeliveryEvent.occurrence_id == delivery.occurrence_id, DeliveryEvent.device_id == delivery.device_id
    )
    found = session.exec(rows.order_by(col(DeliveryEvent.id)).limit(MOST_WORDS))
    return tuple(Word(one.at, one.event, one.reason, one.receipt) for one in found)


def _nearest(session: Session, device: str, at: int) -> Meant | None:
    """The order before or after that is nearest, withdrawn ones aside."""
    rows = (
        select(Broadcast, Delivery)
        .join(Delivery, col(Delivery.order_id) == col(Broadcast.id))
        .where(Delivery.device_id == device, col(Delivery.withdrawn_at).is_(None))
    )
    start = col(Broadcast.start_at)
    sides = (
        rows.where(start <= at).order_by(start.desc()).limit(1), rows.where(start > at).order_by(start).limit(1)
    )  # fmt: skip
    found = [pair for side in sides for pair in session.exec(side)]
    nearest = min(found, key=lambda pair: abs(pair[0].start_at - at), default=None)
    return None if nearest is None else _of_broadcast(session, *nearest)


def _foreseen(session: Session, device: Device, span: _Span, now: int) -> Sequence[Foreseen]:
    as_of = min(now, span.begin)
    found = foresee(situation(session, max(as_of, span.begin - DAY), span.end, as_of), span.begin - DAY, span.end)
    slots = [
        Foreseen(one.title, one.nominal_at, one.start_at, by=one.after_title, turn_at=one.turn_at, by_id=one.after)
        for one in found.slots
        if device.id in one.devices and span.begin <= one.start_at
    ]
    silent = [
        Foreseen(one.title, one.nominal_at, None, one.reason.value, one.by_title, by_id=one.by)
        for one in found.silent
        if device.id in one.devices and span.begin <= one.nominal_at
    ]
    return sorted([*slots, *silent], key=lambda one: (one.nominal_at, one.title))


def _air(session: Session, device: str, at: int) -> tuple[int, tuple[str, ...]]:
    """The loudest that is allowed, %, and the names of the rules that bind the speaker."""
    book = read_air(session)
    names = book.bound.get(device, ())
    calendar = read_calendar(session, years_of(at - DAY, at + DAY))
    air = resolve([book.rules[name] for name in names], calendar, at - DAY, at + DAY)
    return air.cap(at, at), _named(session, names)


def _named(session: Session, rules: Sequence[str]) -> tuple[str, ...]:
    known = dict(session.exec(select(AirRule.id, AirRule.name).where(col(AirRule.id).in_(rules))).all())
    return tuple(known[rule] for rule in rules)


def _incidents(session: Session, device: str, span: _Span) -> list[Happened]:
    rows = select(Incident).where(
        Incident.device_id == device, Incident.opened_at <= span.end,
        or_(col(Incident.closed_at) >= span.begin, col(Incident.last_at) >= span.begin,
            (col(Incident.kind) == "offline") & col(Incident.closed_at).is_(None)),
    )  # fmt: skip
    found = session.exec(rows.order_by(col(Incident.opened_at), col(Incident.id)))
    return [Happened(one.kind, one.opened_at, one.closed_at) for one in found]
