"""A bulletin is taken back: nobody begins it any more, who plays it stops, and each speaker's word is the proof."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, func, or_, select

from controller.broadcast.erasing import erased_at, forget_erased
from controller.broadcast.models import Broadcast
from controller.broadcast.ordering import stop_broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import SIGNED_ENDS, DeliveryState
from controller.library.bulletins import get_bulletin
from controller.library.models import Blob, Bulletin
from controller.people.audit import Act, record
from controller.people.models import AuditLine
from controller.people.permissions import Action
from scheduler.timetable import wanted

RECALLED = "recalled"


class Proof(StrEnum):
    """What is proven of one speaker, the worst of all its orders."""

    NOT_CONFIRMED = "not_confirmed"
    """It was told of an order, and has signed no end of it."""
    STOPPED = "stopped"
    """Signed: it has stopped, or will not start."""
    OVER = "over"
    """All its orders had ended otherwise, by its signed word or by their expiry."""
    NEVER_TOLD = "never_told"
    """No order for it has left the controller."""


@dataclass(frozen=True)
class Recalled:
    """One speaker."""

    device: str
    proof: Proof
    erased_at: int | None
    """Since when it is signed that nothing of the sounds that were for it is in its flash, us UTC; None: it is not."""


def recall_bulletin(session: Session, bulletin: str, act: Act) -> list[str]:
    """Take back a bulletin with its versions and the playlists that hold one of them; their ids.

    Its open orders are stopped, its sound leaves the broker, and new plans take it from the speakers. Twice changes
    nothing. BulletinUnknown.
    """
    get_bulletin(session, bulletin)
    rows = _with_it(session, bulletin)
    fresh = [row for row in rows if row.state != RECALLED]
    for row in fresh:
        row.state = RECALLED
        record(session, act, Action.BULLETIN_RECALL, row.id, row.title, area=row.owner_id)
    if fresh:
        session.flush()
        _stop(session, [row.id for row in fresh], act)
        sounds = {row.sha256 for row in fresh if row.sha256}
        _take_off(session, sounds, act.now)
        forget_erased(session, sounds)
        wanted(session)
    return [row.id for row in rows]


def recalled_at(session: Session, bulletin: str) -> int | None:
    """When, us UTC; None: it has not been recalled."""
    rows = select(func.min(AuditLine.at)).where(
        AuditLine.subject == bulletin, AuditLine.action == Action.BULLETIN_RECALL.value
    )
    return session.exec(rows).one()


def proofs(session: Session, bulletin: str, since: int) -> tuple[list[str], list[Recalled]]:
    """The bulletins that go with it, and every speaker that was to hear one of them, by id. BulletinUnknown.

    `since`, us UTC: when it was recalled; of orders that had expired by then no sample can sound any more.
    """
    get_bulletin(session, bulletin)
    bulletins = [row.id for row in _with_it(session, bulletin)]
    sounds = _sounds(session, bulletins)
    words: dict[str, list[Delivery]] = {device: [] for device in sounds}
    still_open = select(Broadcast.id).where(col(Broadcast.bulletin_id).in_(bulletins), Broadcast.expires_at > since)
    for delivery in session.exec(select(Delivery).where(col(Delivery.order_id).in_(still_open))):
        words[delivery.device_id].append(delivery)
    erased = erased_at(session, sounds)
    return bulletins, [Recalled(device, _proof(words[device]), erased.get(device)) for device in sorted(words)]


def _with_it(session: Session, bulletin: str) -> list[Bulletin]:
    """The bulletin, its versions, and playlists with one of these in them, playlists of playlists too."""
    own = or_(col(Bulletin.id) == bulletin, col(Bulletin.original_id) == bulletin)
    found = {row.id: row for row in session.exec(select(Bulletin).where(own))}
    playlists = session.exec(select(Bulletin).where(Bulletin.kind == "playlist")).all()
    while more := [row for row in playlists if row.id not in found and not found.keys().isdisjoint(row.members)]:
        found |= {row.id: row for row in more}
    return sorted(found.values(), key=lambda row: (row.id != bulletin, row.created_at, row.id))


def _stop(session: Session, bulletins: Collection[str], act: Act) -> None:
    rows = select(Broadcast.id).where(
        col(Broadcast.bulletin_id).in_(bulletins), col(Broadcast.stop_requested_at).is_(None),
        Broadcast.expires_at > act.now,
    )  # fmt: skip
    for order in session.exec(rows).all():
        stop_broadcast(session, order, act)


def _take_off(session: Session, sounds: Iterable[str], now: int) -> None:
    """The broker's copies go, but for what another order still needs."""
    for sha256 in sorted(sounds):
        needed = select(Broadcast.id).where(
            Broadcast.sha256 == sha256, col(Broadcast.stop_requested_at).is_(None), Broadcast.expires_at > now
        )
        blob = session.get_one(Blob, sha256)
        if blob.retained_until > now and session.exec(needed).first() is None:
            blob.retained_until = now


def _proof(deliveries: Sequence[Delivery]) -> Proof:
    unsigned = [one for one in deliveries if DeliveryState(one.state) not in SIGNED_ENDS]
    if any(one.published_at is not None or one.state != DeliveryState.QUEUED.value for one in unsigned):
        return Proof.NOT_CONFIRMED
    if any(one.state == DeliveryState.CANCELLED.value for one in deliveries):
        return Proof.STOPPED
    return Proof.NEVER_TOLD if deliveries and len(unsigned) == len(deliveries) else Proof.OVER


def _sounds(session: Session, bulletins: Collection[str]) -> dict[str, set[str]]:
    """What every speaker was to hear of these bulletins, SHA-256."""
    rows = (
        select(Delivery.device_id, Broadcast.sha256)
        .join(Broadcast, col(Broadcast.id) == col(Delivery.order_id))
        .where(col(Broadcast.bulletin_id).in_(bulletins))
    )
    sounds: dict[str, set[str]] = defaultdict(set)
    for device, sha256 in session.exec(rows.distinct()):
        sounds[device].add(sha256)
    return sounds
