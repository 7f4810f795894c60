"""Persons, and what they may: by roles of their own, and by roles that others lent them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from controller.errors import LoginTaken, PersonUnknown
from controller.people.audit import Act, record
from controller.people.callers import Caller
from controller.people.models import Person, RoleGrant
from controller.people.permissions import Action
from controller.people.rights import Given, Place, Rights, Tree
from devices.areas import lineage

HOLDER = "person/"
"""What the id of a caller begins with that is a person."""


@dataclass(frozen=True)
class NewPerson:
    """`area`: whose person they are; None: the installation's."""

    login: str
    name: str
    language: str = "vi"
    area: str | None = None


def create_person(session: Session, wish: NewPerson, act: Act, new_id: Callable[[], str]) -> str:
    """Somebody who may log in once they have set a password, and may nothing yet; their id. LoginTaken."""
    login = wish.login.casefold()
    if session.exec(select(Person.id).where(Person.login == login)).first() is not None:
        raise LoginTaken(login=login)
    row = Person(
        id=new_id(), login=login, name=wish.name, language=wish.language, area_id=wish.area, created_at=act.now,
        created_by=act.who_id or act.who, changed_at=act.now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, act, Action.PERSON_EDIT, row.id, f"{login}: {wish.name}", area=wish.area)
    return row.id


def change_person(session: Session, person: str, name: str, language: str, act: Act) -> None:
    """What they are called, and in which language they are spoken to. PersonUnknown."""
    row = get_person(session, person)
    detail = f"{row.login}: {row.name} → {name}"
    row.name, row.language = name, language
    record(session, act, Action.PERSON_EDIT, person, detail, area=row.area_id)


def disable_person(session: Session, person: str, disabled: bool, act: Act) -> None:
    """They may log in no more, or again; their sessions are dead at once. Twice changes nothing."""
    row = get_person(session, person)
    if (row.disabled_at is not None) is disabled:
        return
    row.disabled_at = act.now if disabled else None
    touch(row, act.now)
    record(session, act, Action.PERSON_EDIT, person, "disabled" if disabled else "enabled", area=row.area_id)


def touch(row: Person, now: int) -> None:
    """What they may has changed: sessions that began before are dead."""
    row.changed_at = max(now, row.changed_at + 1)


def get_person(session: Session, person: str) -> Person:
    row = session.get(Person, person)
    if row is None:
        raise PersonUnknown(person=person)
    return row


def person_caller(session: Session, person: Person, now: int, tree: Tree) -> Caller:
    """This person as one who asks."""
    return Caller(HOLDER + person.id, person.name, "person", rights_of(session, person.id, now, tree))


def rights_of(session: Session, person: str, now: int, tree: Tree, *, lent: bool = True) -> Rights:
    """What they may; not `lent`: by roles of their own alone."""
    found = grants_of(session, person, now, tree) if lent else own_grants(session, person, now)
    return Rights(tuple(Given(one.role, one.area_id) for one in found), tree)


def grants_of(session: Session, person: str, now: int, tree: Tree) -> list[RoleGrant]:
    """Roles in force; a lent one is as long as whoever lent it has it, and is not disabled."""
    return [one for one in _in_force(session, person, now) if not one.delegated_by or _backed(session, one, now, tree)]


def own_grants(session: Session, person: str, now: int) -> list[RoleGrant]:
    """Roles in force that nobody lent them."""
    return [one for one in _in_force(session, person, now) if not one.delegated_by]


def lenders_of(session: Session, person: str, now: int) -> set[str]:
    """Ids of those who lend them a role."""
    return {one.delegated_by for one in _in_force(session, person, now) if one.delegated_by}


def places_of(session: Session, person: Person, now: int) -> frozenset[Place]:
    """Where they belong, and where they have roles."""
    return frozenset({person.area_id, *(one.area_id for one in _in_force(session, person.id, now))})


def covers(grants: Sequence[RoleGrant], role: str, area: Place, tree: Tree) -> bool:
    """Whether one of these is the role at this place, or around it."""
    there = {one.area_id for one in grants if one.role == role}
    if None in there or area is None:
        return None in there
    parents = tree()
    return area in parents and not there.isdisjoint(lineage(area, parents))


def _backed(session: Session, lent: RoleGrant, now: int, tree: Tree) -> bool:
    lender = get_person(session, lent.delegated_by or "")
    if lender.disabled_at is not None:
        return False
    return covers(own_grants(session, lender.id, now), lent.role, lent.area_id, tree)


def _in_force(session: Session, person: str, now: int) -> Sequence[RoleGrant]:
    rows = select(RoleGrant).where(
        RoleGrant.person_id == person, RoleGrant.since <= now, col(RoleGrant.ended_at).is_(None),
        or_(col(RoleGrant.until).is_(None), col(RoleGrant.until) > now),
    )  # fmt: skip
    return session.exec(rows.order_by(col(RoleGrant.since), col(RoleGrant.id))).all()
