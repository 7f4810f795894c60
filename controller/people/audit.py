"""Every act by a person or a program leaves a line, bound to all lines before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from controller.db import NOBODY_LOOKS, Witness
from controller.people.chain import BEGINNING, Line, digest, seal
from controller.people.changes import OF_PEOPLE, changes
from controller.people.models import AuditHead, AuditLine
from controller.people.permissions import Action

SALT_BYTES = 16
HEAD = 1
"""The one row of the chain's end."""
_ON_PEOPLE = frozenset({Action.PERSON_EDIT, Action.PERSON_FORGET, Action.ROLE_GIVE})


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
    session: Session, act: Act, action: StrEnum, subject: str, detail: str = "", *, area: str | None = None,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Add the line; it is kept if and only if the act is. `area`: where, None: the installation.

    `before`, `after`: what an edit replaces and by what; equal fields are left out. Of people a line may hold
    ids and roles, in `detail` too, never names: it cannot be taken back.
    """
    was, became = changes(before, after, OF_PEOPLE if action in _ON_PEOPLE else frozenset())
    witness: Witness = session.info.get(Witness, NOBODY_LOOKS)
    salt, head = witness.entropy(SALT_BYTES).hex(), _head(session)
    row = AuditLine(
        id=head.seq + 1, at=act.now, clock=witness.clock(), who_id=act.who_id, who=act.who, origin=act.origin,
        salt=salt, sealed=seal(salt, act.who, act.origin), action=action.value, subject=subject, area_id=area,
        detail=detail, before=was, after=became,
    )  # fmt: skip
    row.hash = digest(vars(line_of(row)), head.hash)
    session.add(row)
    head.seq, head.hash = head.seq + 1, row.hash


def line_of(row: AuditLine) -> Line:
    """The row as the chain sees it."""
    return Line(
        row.id or 0, row.at, row.clock, row.who_id, row.who, row.origin, row.salt, row.sealed, row.action,
        row.subject, row.area_id, row.detail, row.before, row.after, row.hash,
    )  # fmt: skip


def _head(session: Session) -> AuditHead:
    """The end of the chain, held until this transaction ends: two writers never continue the same line.

    What was tried and rolled back in a part of the transaction may have taken the head with it.
    """
    transaction: object
    held: AuditHead | None
    transaction, held = session.info.get(AuditHead, (None, None))
    if held is None or held not in session or transaction is not session.get_transaction():
        held = session.get(AuditHead, HEAD, with_for_update=True) or AuditHead(id=HEAD, seq=0, hash=BEGINNING)
        session.add(held)
        session.info[AuditHead] = (session.get_transaction(), held)
    return held
