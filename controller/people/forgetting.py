"""Somebody wants to be forgotten: their name and log-in go everywhere, an id that names nobody stays."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, SQLModel, col, select

from controller.errors.people import PersonStillIn, PersonUnknown
from controller.people.approval_models import ApprovalRequest
from controller.people.audit import Act, record
from controller.people.inventory import columns
from controller.people.models import AuditLine, Person, RoleGrant
from controller.people.permissions import Action

PREFIX = "person/"


def forget(session: Session, person_id: str, act: Act) -> None:
    """In one transaction: they cannot log in any more, nobody learns their name from us, and the audit chain holds.

    Their lines stay with their id; name and address leave each line with its salt. PersonUnknown. Twice is once.
    """
    row = session.get(Person, person_id)
    if row is None:
        raise PersonUnknown(person=person_id)
    if row.name == PREFIX + person_id:
        return
    if session.connection().dialect.name == "sqlite":  # or the file would hold the words where rows no longer do
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")
    record(session, act, Action.PERSON_FORGET, PREFIX + person_id)
    session.flush()
    _rename(session, person_id, _names(session, row))
    for table, column in columns("deleted"):
        found = SQLModel.metadata.tables[table]
        session.execute(delete(found).where(found.c[column] == person_id))
    session.execute(
        update(AuditLine).where(col(AuditLine.who_id) == PREFIX + person_id).values(who="", origin="", salt=None)
    )
    asked = update(ApprovalRequest).where(col(ApprovalRequest.created_by_id) == PREFIX + person_id)
    session.execute(asked.values(origin=""))
    _end(session, row, act.now)


def forget_who_is_out(session: Session, person_id: str, act: Act) -> None:
    """As `forget`; PersonStillIn for somebody who has not been put out before."""
    row = session.get(Person, person_id)
    if row is not None and row.disabled_at is None:
        raise PersonStillIn(person=person_id)
    forget(session, person_id, act)


def _names(session: Session, row: Person) -> set[str]:
    """All names under which they ever acted."""
    acted = session.exec(select(AuditLine.who).distinct().where(AuditLine.who_id == PREFIX + row.id)).all()
    return {row.name, *acted} - {""}


def _rename(session: Session, person_id: str, names: Collection[str]) -> None:
    """Their id in place of their name; where others bear it too, only in what they are on record for."""
    shared = set(session.exec(select(Person.name).where(col(Person.name).in_(names), Person.id != person_id)).all())
    subjects = select(AuditLine.subject).where(AuditLine.who_id == PREFIX + person_id)
    for table, column in columns("name"):
        found = SQLModel.metadata.tables[table]
        if table == Person.__tablename__:
            continue
        key: ColumnElement[str] = next(iter(found.primary_key))
        theirs = found.c[column].in_(set(names) - shared) | (found.c[column].in_(shared) & key.in_(subjects))
        session.execute(update(found).where(theirs).values({column: PREFIX + person_id}))


def _end(session: Session, row: Person, now: int) -> None:
    row.login = row.name = PREFIX + row.id
    row.language, row.password, row.issuer, row.issuer_subject = "vi", None, None, None
    row.changed_at = row.disabled_at = now
    for grant in session.exec(
        select(RoleGrant).where(RoleGrant.person_id == row.id, col(RoleGrant.ended_at).is_(None))
    ):
        grant.ended_at = now
    session.flush()
    session.expire_all()
