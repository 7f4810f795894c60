"""The office's orders: put a bulletin on air, and take it off. Each is one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select

from controller.air.silence import refuse_silence
from controller.broadcast.models import Broadcast, BroadcastArea
from controller.broadcast.planning import (
    Airing,
    Span,
    carry_time,
    first_free,
    plan,
    refuse_clashes,
    sounding,
)
from controller.deliveries.models import Delivery
from controller.deliveries.tracking import new_delivery, queue, tell_again
from controller.errors.air import BroadcastUnknown, NoTargets
from controller.errors.library import BulletinNotReady, BulletinUnknown
from controller.library.carriage import need_until
from controller.library.models import Blob, Bulletin
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.areas import meeting
from devices.models import Device
from devices.protocol.messages.orders import Rank
from devices.protocol.units import MILLI
from devices.registry import get_device, members, parents, standing
from scheduler.models import Occurrence
from scheduler.timetable import wanted


@dataclass(frozen=True)
class BroadcastRequest:
    """What the office asks for. `start_at` us UTC or None for now; `volume` %."""

    bulletin_id: str
    areas: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    start_at: int | None = None
    rank: Rank = "normal"
    volume: int = 100
    repeats: int = 1
    gap_ms: int = 2_000
    max_late_ms: int = 600_000
    on_clash: Literal["append", "refuse"] = "append"


def create_broadcast(
    session: Session, request: BroadcastRequest, act: Act, new_id: Callable[[], str], lead_ms: int
) -> str:
    """Order a broadcast and give its id; the same request again gives the same one.

    Raises BulletinUnknown, BulletinNotReady, NoTargets, AreaUnknown, AreaEnded, DeviceUnknown, StartInPast,
    StartTooFar, TooLongOnAir, NeverHeard and, where asked to refuse, Clash.
    """
    if made := already_made(session, act):
        return made
    bulletin, blob = _content(session, request.bulletin_id)
    targets = find_targets(session, request.areas, request.devices)
    airing = _airing(session, request, blob, targets, act.now, lead_ms)
    refuse_silence(session, targets, airing.start_at, airing.ends_at)
    broadcast = _row(request, blob, airing, act, new_id)
    _write(session, broadcast, request, airing, targets)
    wanted(session)
    remember(session, act, broadcast.id)
    home = _home(session, broadcast)
    record(session, act, Action.BROADCAST_CREATE, broadcast.id, f"{bulletin.title} → {len(targets)}", area=home)
    return broadcast.id


def stop_broadcast(session: Session, broadcast_id: str, act: Act) -> Broadcast:
    """Ask every speaker that has not ended to stop; each one signs for itself. Twice changes nothing."""
    broadcast = session.get(Broadcast, broadcast_id)
    if broadcast is None:
        raise BroadcastUnknown(broadcast=broadcast_id)
    if broadcast.stop_requested_at is None:
        broadcast.stop_requested_at = act.now
        tell_again(session, broadcast.occurrence_id)
        wanted(session)
        record(session, act, Action.BROADCAST_STOP, broadcast_id, area=_home(session, broadcast))
    return broadcast


def _home(session: Session, broadcast: Broadcast) -> str | None:
    """The nearest area in which all its speakers stand."""
    session.flush()
    rows = select(Device.area_id).distinct().join(Delivery, col(Delivery.device_id) == col(Device.id))
    homes = session.exec(rows.where(Delivery.occurrence_id == broadcast.occurrence_id)).all()
    return meeting(homes, parents(session))


def find_targets(session: Session, areas: tuple[str, ...], devices: tuple[str, ...]) -> set[str]:
    """Ids of all speakers in service in these areas, and these speakers. NoTargets if there is none."""
    standing(session, *areas)
    named = {device.id for device in (get_device(session, name) for name in devices) if not device.retired_at}
    targets = members(session, areas) | named
    if not targets:
        raise NoTargets()
    return targets


def _content(session: Session, bulletin_id: str) -> tuple[Bulletin, Blob]:
    bulletin = session.get(Bulletin, bulletin_id)
    if bulletin is None:
        raise BulletinUnknown(bulletin=bulletin_id)
    if bulletin.state != "ready" or bulletin.sha256 is None:
        raise BulletinNotReady(bulletin=bulletin_id, state=bulletin.state)
    return bulletin, session.get_one(Blob, bulletin.sha256)


def _airing(
    session: Session, request: BroadcastRequest, blob: Blob, targets: set[str], now: int, lead_ms: int
) -> Airing:
    total = sounding(blob.duration_ms, request.repeats, request.gap_ms)
    busy = _busy(session, targets, request.rank, now)
    if request.start_at is None:
        start_at = now + lead_ms * MILLI + carry_time(blob.size)
    else:
        start_at = request.start_at
        plan(now, start_at, total, request.max_late_ms)
    if request.on_clash == "append":
        start_at = first_free(start_at, total, busy)
    else:
        refuse_clashes(start_at, total, busy)
    return plan(now, start_at, total, request.max_late_ms)


def _busy(session: Session, targets: set[str], rank: str, now: int) -> list[Span]:
    """What of the same or a higher rank will sound on any of these speakers."""
    ranks = ["priority"] if rank == "priority" else ["normal", "priority"]
    rows = select(Broadcast.id, Broadcast.start_at, Broadcast.ends_at).where(
        Broadcast.ends_at >= now, col(Broadcast.stop_requested_at).is_(None), col(Broadcast.rank).in_(ranks)
    )
    spans = [Span(*row) for row in session.exec(rows)]
    return [span for span in spans if _shares(session, span.order, targets)]


def _shares(session: Session, order_id: str, targets: set[str]) -> bool:
    ordered = session.exec(select(Delivery.device_id).where(Delivery.order_id == order_id)).all()
    return not targets.isdisjoint(ordered)


def _row(request: BroadcastRequest, blob: Blob, airing: Airing, act: Act, new_id: Callable[[], str]) -> Broadcast:
    return Broadcast(
        id=new_id(), bulletin_id=request.bulletin_id, occurrence_id=new_id(), sha256=blob.sha256,
        duration_ms=blob.duration_ms, rank=request.rank, volume=request.volume, repeats=request.repeats,
        gap_ms=request.gap_ms, start_at=airing.start_at, ends_at=airing.ends_at,
        max_late_ms=request.max_late_ms, expires_at=airing.expires_at, created_at=act.now, created_by=act.who,
        created_by_id=act.who_id, approved_by=act.approved_by,
    )  # fmt: skip


def _write(
    session: Session, broadcast: Broadcast, request: BroadcastRequest, airing: Airing, targets: set[str]
) -> None:
    session.add(broadcast)
    session.flush()
    session.add_all(BroadcastArea(broadcast_id=broadcast.id, area_id=area) for area in set(request.areas))
    session.add(
        Occurrence(
            id=broadcast.occurrence_id, order_id=broadcast.id, start_at=airing.start_at,
            publish_at=airing.publish_at, expires_at=airing.expires_at,
        )
    )  # fmt: skip
    expected = broadcast.duration_ms * broadcast.repeats
    model = new_delivery(
        broadcast.id, broadcast.occurrence_id, "broadcast", broadcast.created_at, broadcast.expires_at, expected
    )
    queue(session, model, targets)
    need_until(session, broadcast.sha256, airing.expires_at)
