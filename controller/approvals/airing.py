"""Wishes that sound: a broadcast, an emergency."""

import hashlib
from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from controller.alerts.models import AlertArea, AlertRow
from controller.alerts.raising import AlertRequest, raise_alert
from controller.approvals.deed import Deed, Ports, Seen
from controller.approvals.everyone import homes
from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import BroadcastRequest, create_broadcast
from controller.deliveries.models import Delivery
from controller.library.models import Bulletin
from controller.people.approval_rules import Nature
from controller.people.audit import Act
from controller.people.permissions import Action


class Broadcasting(Deed[BroadcastRequest]):
    """A bulletin to sound at some places at one instant."""

    kind = "broadcast"
    action = Action.BROADCAST_CREATE
    nature = Nature.SOUND
    shape = TypeAdapter(BroadcastRequest)

    def do(self, session: Session, wish: BroadcastRequest, act: Act, ports: Ports) -> str:
        return create_broadcast(session, wish, act, ports.new_id, ports.lead_ms)

    def look(self, session: Session, wish: BroadcastRequest, made: str, act: Act) -> Seen:
        row = session.get_one(Broadcast, made)
        bulletin = session.get_one(Bulletin, wish.bulletin_id)
        speakers = ordered_to(session, made)
        return Seen(
            said=f"{bulletin.title} → {len(speakers)}", places=frozenset(wish.areas) | homes(session, wish.devices),
            areas=frozenset(wish.areas), speakers=speakers, rank=wish.rank, sources=frozenset({bulletin.kind}),
            start_at=None if wish.start_at is None else row.start_at, bulletin=wish.bulletin_id,
            pins={"sha256": row.sha256, "speakers": digest_of(speakers)},
        )  # fmt: skip


class Alerting(Deed[AlertRequest]):
    """An emergency text. Only one to everyone, by a person, waits."""

    kind = "alert"
    action = Action.ALERT_CREATE
    nature = Nature.ALERT
    shape = TypeAdapter(AlertRequest)

    def do(self, session: Session, wish: AlertRequest, act: Act, ports: Ports) -> str:
        return raise_alert(session, wish, act, ports.new_id, ports.alert_lead_ms)

    def look(self, session: Session, wish: AlertRequest, made: str, act: Act) -> Seen:
        row = session.get_one(AlertRow, made)
        speakers = ordered_to(session, made)
        areas = session.exec(select(AlertArea.area_id).where(AlertArea.alert_id == made))
        return Seen(
            said=f"{wish.text} → {len(speakers)}", places=frozenset(areas), areas=frozenset(areas),
            speakers=speakers, until=row.expires_at,
            pins={"speakers": digest_of(speakers), "tone": row.tone_sha256},
        )  # fmt: skip


def ordered_to(session: Session, order: str) -> frozenset[str]:
    """Speakers that an order is for."""
    return frozenset(session.exec(select(Delivery.device_id).where(col(Delivery.order_id) == order)))


def digest_of(names: Iterable[str]) -> str:
    """By which a set of speakers is known again."""
    return hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()
