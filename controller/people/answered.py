"""A request is carried out once, however often it is sent: Idempotency-Key and what it made."""

from sqlmodel import Session, select

from controller.errors.callers import IdempotencyKeyReused
from controller.people.audit import Act
from controller.people.models import AnsweredRequest


def already_made(session: Session, act: Act) -> str | None:
    """Id of what this request made before; IdempotencyKeyReused if the key came with another request."""
    if act.key is None:
        return None
    rows = select(AnsweredRequest).where(AnsweredRequest.who == (act.who_id or act.who), AnsweredRequest.key == act.key)
    found = session.exec(rows).first()
    if found is None:
        return None
    if found.fingerprint != act.fingerprint:
        raise IdempotencyKeyReused()
    return found.subject


def remember(session: Session, act: Act, subject: str) -> None:
    """Bind the key to what was made, in the same transaction that made it."""
    if act.key is not None:
        session.add(
            AnsweredRequest(
                who=act.who_id or act.who, key=act.key, fingerprint=act.fingerprint, subject=subject, at=act.now
            )
        )
