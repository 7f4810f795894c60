"""Every act by a person or a program leaves a line."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from controller.people.models import AuditLine


@dataclass(frozen=True)
class Act:
    """Who acts, from where, when (us UTC), and the Idempotency-Key that names the request."""

    who: str
    origin: str
    now: int
    key: str | None = None
    fingerprint: str = ""
    who_id: str = ""
    """Theirs for ever, as `Caller.id`; empty: the command line of the machine."""
    approved_by: str | None = None
    """The second person, where one was needed."""


def record(
    session: Session, act: Act, action: StrEnum, subject: str, detail: str = "", *, area: str | None = None
) -> None:
    """Add the line; it is kept if and only if the act is. `area`: where, None: the installation."""
    session.add(
        AuditLine(
            at=act.now, who=act.who, who_id=act.who_id, action=action.value, subject=subject, area_id=area,
            origin=act.origin, detail=detail,
        )
    )  # fmt: skip
