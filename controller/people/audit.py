"""Every act by a person or a program leaves a line."""

from dataclasses import dataclass

from sqlmodel import Session

from controller.people.models import AuditLine
from controller.people.permissions import Action


@dataclass(frozen=True)
class Act:
    """Who acts, from where, when (us UTC), and the Idempotency-Key that names the request."""

    who: str
    origin: str
    now: int
    key: str | None = None
    fingerprint: str = ""


def record(session: Session, act: Act, action: Action, subject: str, detail: str = "") -> None:
    """Add the line; it is kept if and only if the act is."""
    session.add(
        AuditLine(at=act.now, who=act.who, action=action.value, subject=subject, origin=act.origin, detail=detail)
    )
