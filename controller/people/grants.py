"""Roles given to persons, taken back, and lent for a holiday. Each is part of one transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from controller.errors.callers import NotAllowed
from controller.errors.people import EndInPast, GrantUnknown, LastAdministrator, OwnRole, PersonUnknown
from controller.people import newcomers
from controller.people.audit import Act, record
from controller.people.callers import Caller
from controller.people.entrance.links import void
from controller.people.models import Person, RoleGrant
from controller.people.newcomers import PERSON
from controller.people.permissions import ROLES, Action, Role
from controller.people.persons import get_person, own_grants, touch
from controller.people.rights import Place


@dataclass(frozen=True)
class RoleWish:
    """A role for a person at an area and all within it (None: everywhere), until then (us UTC) or for good."""

    person: str
    role: str
    area: str | None = None
    until: int | None = None


def may_give(caller: Caller, role: str, area: Place) -> None:
    """NotAllowed unless they give roles there, and may all that the role may: nobody is raised above the giver."""
    caller.require(Action.ROLE_GIVE, area)
    for action in sorted(ROLES[role]):
        caller.require(action, area)


def give_role(session: Session, wish: RoleWish, act: Act, new_id: Callable[[], str]) -> str:
    """Give it; the same again changes nothing.

    EndInPast, PersonUnknown, OwnRole, RoleUnknown, AreaUnknown, AreaEnded.
    """
    if wish.until is not None and wish.until <= act.now:
        raise EndInPast()
    person = get_person(session, wish.person)
    if PERSON + person.id == act.who_id:
        raise OwnRole()
    if person.disabled_at is not None:
        raise PersonUnknown(person=person.id)
    own = own_grants(session, person.id, act.now)
    known = [one for one in own if (one.role, one.area_id) == (wish.role, wish.area)]
    if known and known[0].until == wish.until:
        return known[0].id
    for one in known:
        one.ended_at = act.now
    row = newcomers.give_role(session, new_id(), person, wish.role, wish.area, act)
    row.until = wish.until
    end_links(session, person, wish.role, act.now)
    session.flush()
    keep_an_administrator(session, known, act.now)
    return row.id


def end_role(session: Session, grant: str, act: Act) -> None:
    """Take it back. Sessions of the person are dead, but for a loan: anybody could put them out by one.

    Twice changes nothing. GrantUnknown, LastAdministrator.
    """
    row = get_grant(session, grant)
    if row.ended_at is not None:
        return
    row.ended_at = act.now
    person = get_person(session, row.person_id)
    if row.delegated_by is None:
        touch(person, act.now)
    session.flush()
    keep_an_administrator(session, [row], act.now)
    record(session, act, Action.ROLE_GIVE, PERSON + person.id, f"{row.role} ended", area=row.area_id)


def get_grant(session: Session, grant: str) -> RoleGrant:
    row = session.get(RoleGrant, grant)
    if row is None:
        raise GrantUnknown(grant=grant)
    return row


def decides(role: str) -> bool:
    """Whether who has this role may be somebody's second person: taking it away needs one."""
    return Action.APPROVE in ROLES[role]


def end_links(session: Session, person: Person, role: str, now: int) -> None:
    """Whoever made a link for somebody's password could become them: none outlives a role that decides.

    Who has never come in needs theirs to come.
    """
    if decides(role) and (person.password is not None or person.issuer_subject is not None):
        void(session, person.id, now)


def keep_an_administrator(session: Session, gone: list[RoleGrant], now: int) -> None:
    """LastAdministrator where one of the installation is gone, and none is left who has it for good."""
    if not any(_is_head(one) for one in gone):
        return
    rows = select(RoleGrant).join(Person, col(Person.id) == col(RoleGrant.person_id)).where(
        RoleGrant.role == Role.ADMINISTRATOR.value, col(RoleGrant.ended_at).is_(None), RoleGrant.since <= now,
        col(Person.disabled_at).is_(None),
    )  # fmt: skip
    if not any(_is_head(one) for one in session.exec(rows)):
        raise LastAdministrator()


def _is_head(one: RoleGrant) -> bool:
    return one.role == Role.ADMINISTRATOR and one.area_id is None and one.until is None and one.delegated_by is None


def may_end(caller: Caller, grant: RoleGrant) -> None:
    """NotAllowed unless they give roles there, or it is theirs: lent by them, or to them."""
    if caller.id in {PERSON + grant.person_id, PERSON + (grant.delegated_by or "")}:
        return
    if not caller.rights.may(Action.ROLE_GIVE, grant.area_id):
        raise NotAllowed(action=Action.ROLE_GIVE.value)
