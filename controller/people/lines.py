"""Audit lines read back: newest first with filters, or all in their order for whoever checks the chain."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, desc
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, or_, select

from controller.people.audit import HEAD, line_of
from controller.people.chain import BEGINNING, Line
from controller.people.models import AuditHead, AuditLine
from controller.people.verifying import Unreadable

LOT = 1_000
_FIRST = -(1 << 63)


@dataclass(frozen=True)
class Sought:
    """Which lines; None asks for all. `who` is an id or a name; `areas`: at one of these, not the installation's."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    areas: Collection[str] | None = None
    since: int | None = None
    until: int | None = None

    @property
    def everything(self) -> bool:
        return self == Sought()

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.who is not None:
            found.append(or_(col(AuditLine.who_id) == self.who, col(AuditLine.who) == self.who))
        if self.action is not None:
            found.append(col(AuditLine.action) == self.action)
        if self.subject is not None:
            found.append(col(AuditLine.subject) == self.subject)
        if self.areas is not None:
            found.append(col(AuditLine.area_id).in_(sorted(self.areas)))
        if self.since is not None:
            found.append(col(AuditLine.at) >= self.since)
        if self.until is not None:
            found.append(col(AuditLine.at) < self.until)
        return found


def newest(session: Session, sought: Sought, before: int | None, limit: int) -> Sequence[AuditLine]:
    """Lines with a number below `before`, the newest first."""
    rows = select(AuditLine).where(*sought.conditions()).order_by(desc(col(AuditLine.id))).limit(limit)
    return session.exec(rows if before is None else rows.where(col(AuditLine.id) < before)).all()


def in_order(session: Session, sought: Sought) -> Iterator[AuditLine]:
    """The oldest first, a lot at a time: the session forgets each lot."""
    last = _FIRST
    while lot := _lot(session, sought, last):
        yield from lot
        last = lot[-1].id or 0
        session.expunge_all()


def whole_chain(session: Session) -> Iterator[Line | Unreadable]:
    """Every line, whatever has been done to it."""
    last = _FIRST
    while found := _survey(session, last):
        yield from (one for one in found)
        last = found[-1].seq
        session.expunge_all()


def head_of(session: Session) -> tuple[int, str]:
    """Number and hash of the newest line, as the table of the chain's end says."""
    row = session.get(AuditHead, HEAD)
    return (row.seq, row.hash) if row else (0, BEGINNING)


def hash_before(session: Session, seq: int) -> str:
    """What line `seq` follows."""
    return session.exec(select(AuditLine.hash).where(AuditLine.id == seq - 1)).first() or BEGINNING


def _lot(session: Session, sought: Sought, last: int) -> Sequence[AuditLine]:
    rows = select(AuditLine).where(*sought.conditions(), col(AuditLine.id) > last)
    return session.exec(rows.order_by(col(AuditLine.id)).limit(LOT)).all()


def _survey(session: Session, last: int) -> list[Line | Unreadable]:
    try:
        return [_sound(line_of(row)) for row in _lot(session, Sought(), last)]
    except DatabaseError:  # letters that are none: find out in which line
        numbers = select(AuditLine.id).where(col(AuditLine.id) > last).order_by(col(AuditLine.id)).limit(LOT)
        return [_one(session, number or 0) for number in session.exec(numbers).all()]


def _one(session: Session, number: int) -> Line | Unreadable:
    try:
        return _sound(line_of(session.exec(select(AuditLine).where(AuditLine.id == number)).one()))
    except DatabaseError:
        return Unreadable(number)


def _sound(line: Line) -> Line | Unreadable:
    """The line if each field is of its kind: a table of SQLite takes anything."""
    fields = vars(line).items()
    sound = all(isinstance(value, int if name in {"seq", "at"} else str | None) for name, value in fields)
    return line if sound else Unreadable(line.seq)
