"""Which sounds are to be in no flash any more, whom that concerns, and who has signed that he holds nothing of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, delete, select

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.library.models import Blob, Bulletin
from controller.people.models import AuditLine
from controller.people.permissions import Action
from devices.models import Erasure
from devices.protocol.units import DAY

NAMED_FOR = 30 * DAY
"""How long after its recall plans name a sound, us. Whoever has not been there for so long is visited."""
MOST_GONE = 64
"""Sounds that one plan names at most."""


def gone_sounds(session: Session, now: int) -> tuple[str, ...]:
    """SHA-256 of sounds recalled of late, the latest first; not of clips, nor of what another bulletin may air."""
    recalls = (
        select(Blob.sha256)
        .join(Bulletin, col(Bulletin.sha256) == col(Blob.sha256))
        .join(AuditLine, col(AuditLine.subject) == col(Bulletin.id))
        .where(AuditLine.action == Action.BULLETIN_RECALL.value, AuditLine.at > now - NAMED_FOR)
        .where(col(Blob.clip).is_(None))
        .order_by(col(AuditLine.at).desc(), col(Blob.sha256))
    )
    in_use = select(Bulletin.sha256).where(Bulletin.state == "ready", col(Bulletin.sha256).is_not(None))
    return tuple(dict.fromkeys(session.exec(recalls.where(col(Blob.sha256).not_in(in_use)))))


def gone_at(session: Session, devices: Collection[str], sounds: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Which of the sounds the plan of each speaker names, in rising order: those of which an order was for it.

    Where they are too many, those that it has not erased come first, then the latest recalled.
    """
    if not sounds:
        return {}
    orders = (
        select(Delivery.device_id, Broadcast.sha256)
        .join(Broadcast, col(Broadcast.occurrence_id) == col(Delivery.occurrence_id))
        .join(Bulletin, col(Bulletin.id) == col(Broadcast.bulletin_id))
        .where(col(Bulletin.sha256).in_(sounds), col(Delivery.device_id).in_(devices))
    )
    concerned: dict[str, set[str]] = defaultdict(set)
    for device, sha256 in session.exec(orders.distinct()):
        concerned[device].add(sha256)
    done = _done(session, concerned, sounds)
    return {device: _most(sounds, mine, done[device]) for device, mine in concerned.items()}


def keep_erased(session: Session, device: str, sounds: Collection[str], now: int) -> None:
    """It has signed that it holds nothing of these sounds; the first such word counts."""
    known = _done(session, [device], sounds)[device]
    session.add_all(Erasure(device_id=device, sha256=sha256, at=now) for sha256 in sounds if sha256 not in known)


def forget_erased(session: Session, sounds: Collection[str]) -> None:
    """These sounds may have been sent again since: what speakers said of them counts no more."""
    session.exec(delete(Erasure).where(col(Erasure.sha256).in_(sounds)))


def erased_at(session: Session, sounds: Mapping[str, Collection[str]]) -> dict[str, int]:
    """When each speaker had erased the last of its sounds, us UTC; without those that have not signed it of all."""
    every = {sha256 for mine in sounds.values() for sha256 in mine}
    done = _done(session, sounds, every)
    return {
        device: max(done[device][sha256] for sha256 in mine)
        for device, mine in sounds.items()
        if mine and done[device].keys() >= set(mine)
    }


def _most(sounds: Sequence[str], mine: Collection[str], done: Collection[str]) -> tuple[str, ...]:
    named = sorted((sha256 for sha256 in sounds if sha256 in mine), key=lambda sha256: sha256 in done)
    return tuple(sorted(named[:MOST_GONE]))


def _done(session: Session, devices: Collection[str], sounds: Collection[str]) -> dict[str, dict[str, int]]:
    """When each speaker said of which sounds that it has erased them, us UTC."""
    rows = select(Erasure).where(col(Erasure.device_id).in_(devices), col(Erasure.sha256).in_(sounds))
    done: dict[str, dict[str, int]] = defaultdict(dict)
    for row in session.exec(rows) if sounds else ():
        done[row.device_id][row.sha256] = row.at
    return done
