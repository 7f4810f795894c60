"""Persons as those who administer a place look after them: renamed, disabled, let in again."""

from collections.abc import Sequence

from sqlmodel import Session

from controller.errors.people import PersonUnknown
from controller.people.audit import Act, record
from controller.people.callers import Caller
from controller.people.models import Person, RoleGrant
from controller.people.newcomers import PERSON
from controller.people.permissions import Action
from controller.people.rights import Given, Place, Rights, Tree
from controller.people.standing import grants_in_force, rights_of
from devices.areas import lineage


def change_person(session: Session, person: str, name: str, language: str, act: Act) -> None:
    """What they are called, and in which language they are spoken to. PersonUnknown."""
    row = get_person(session, person)
    row.name, row.language = name, language
    record(session, act, Action.PERSON_EDIT, PERSON + person, "renamed", area=row.area_id)


def disable_person(session: Session, person: str, disabled: bool, act: Act) -> None:
    """They may log in no more, or again; their sessions are dead at once. Twice changes nothing. PersonUnknown."""
    row = get_person(session, person)
    if (row.disabled_at is not None) is disabled:
        return
    row.disabled_at = act.now if disabled else None
    touch(row, act.now)
    record(session, act, Action.PERSON_EDIT, PERSON + person, "disabled" if disabled else "enabled", area=row.area_id)


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
    return Caller(PERSON + person.id, person.name, "person", rights_of(session, person, now, tree), now)


def own_rights(session: Session, person: str, now: int, tree: Tree) -> Rights:
    """What they may by roles of their own, that nobody lent them."""
    return Rights(tuple(Given(one.role, one.area_id) for one in own_grants(session, person, now)), tree)


def own_grants(session: Session, person: str, now: int) -> list[RoleGrant]:
    """Roles in force that nobody lent them."""
    return [one for one in grants_in_force(session, person, now) if one.delegated_by is None]


def lenders_of(session: Session, person: str, now: int) -> set[str]:
    """Ids of those who lend them a role."""
    return {one.delegated_by for one in grants_in_force(session, person, now) if one.delegated_by}


def places_of(session: Session, person: Person, now: int) -> frozenset[Place]:
    """Where they belong, and where they have roles."""
    return frozenset({person.area_id, *(one.area_id for one in grants_in_force(session, person.id, now))})


def covers(grants: Sequence[RoleGrant], role: str, area: Place, tree: Tree) -> bool:
    """Whether one of these is the role at this place, or around it."""
    there = {one.area_id for one in grants if one.role == role}
    if None in there or area is None:
        return None in there
    parents = tree()
    return area in parents and not there.isdisjoint(lineage(area, parents))
