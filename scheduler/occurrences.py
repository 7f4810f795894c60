"""The table of what is to be said when: read by the engine to know when to wake, claimed before acting."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam
from sqlmodel import Session, col, select

from scheduler.models import Occurrence


def to_leave(now: int | ColumnElement[int]) -> ColumnElement[bool]:
    """Of an occurrence: nobody has claimed it, and it has not missed its time; one that has waits for nothing."""
    return and_(col(Occurrence.claimed_at).is_(None), col(Occurrence.expires_at) > now)


_NOW = bindparam("now", type_=BigInteger)
_UPCOMING = select(Occurrence.id, Occurrence.publish_at).where(to_leave(_NOW), Occurrence.publish_at > _NOW)


def upcoming(session: Session, now: int) -> Mapping[str, int]:
    """Occurrences that nobody has claimed, by id, with the instant (us UTC) when their order is to leave."""
    return dict(session.exec(_UPCOMING, params={"now": now}).all())


def claim(session: Session, occurrence_id: str, now: int) -> bool:
    """Take an occurrence before anything leaves for it; False if it was taken before."""
    occurrence = session.get_one(Occurrence, occurrence_id)
    if occurrence.claimed_at is not None:
        return False
    occurrence.claimed_at = now
    return True
