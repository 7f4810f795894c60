"""Who counts as one: a person, their keys, and whoever lends them a role."""

from collections.abc import Iterable

from sqlmodel import Session, col, or_, select

from controller.people import api_keys, persons
from controller.people.callers import Caller
from controller.people.models import ApiKey, Person, RoleGrant
from controller.people.newcomers import PERSON
from controller.people.permissions import ROLES, Action
from controller.people.rights import Place, Tree


def circle(session: Session, who: str, now: int) -> frozenset[str]:
    """Ids of all who count as one with whoever asks: two of one circle are no two people."""
    owner = _owner(session, who)
    person = owner.removeprefix(PERSON)
    lenders = persons.lenders_of(session, person, now) if owner.startswith(PERSON) else set()
    return frozenset({who, owner, *(PERSON + one for one in lenders)})


def themselves(session: Session, who: str) -> frozenset[str]:
    """Whoever asks, and of a key whoever made it. A lender is not among them: no loan makes its taker alone."""
    return frozenset({who, _owner(session, who)})


def family(session: Session, known: Iterable[str]) -> frozenset[str]:
    """These, and all to whom one of them ever lent a role: what they order adds up."""
    people = [one.removeprefix(PERSON) for one in known]
    rows = select(RoleGrant.person_id).where(col(RoleGrant.delegated_by).in_(people))
    return frozenset(known) | {PERSON + one for one in session.exec(rows)}


def asker(session: Session, who: str, now: int, tree: Tree) -> Caller | None:
    """Whoever asked, as they may today; None: disabled, revoked or ended."""
    if who.startswith(PERSON):
        person = session.get(Person, who.removeprefix(PERSON))
        return persons.person_caller(session, person, now, tree) if person and person.disabled_at is None else None
    key = session.get(ApiKey, who.removeprefix(api_keys.HOLDER))
    return api_keys.holder_of(key, now, tree) if key else None


def others_who_could_decide(
    session: Session, needed: Iterable[Action], places: Iterable[Place], beside: frozenset[str], now: int, tree: Tree
) -> bool:
    """Whether anybody outside this circle, who can log in, has these rights there by roles of their own."""
    deciding = [role for role in ROLES if Action.APPROVE in ROLES[role]]
    rows = (
        select(Person.id)
        .join(RoleGrant, col(RoleGrant.person_id) == col(Person.id))
        .where(
            col(Person.disabled_at).is_(None), col(RoleGrant.role).in_(deciding), col(RoleGrant.ended_at).is_(None),
            or_(col(Person.password).is_not(None), col(Person.issuer_subject).is_not(None)),
        )
        .distinct()
    )  # fmt: skip
    strangers = [one for one in session.exec(rows) if PERSON + one not in beside]
    found = (persons.own_rights(session, one, now, tree) for one in strangers)
    wanted, there = list(needed), list(places)
    return any(all(rights.may_at_all(action, there) for action in wanted) for rights in found)


def _owner(session: Session, who: str) -> str:
    """Of a key whoever made it; otherwise themselves."""
    key = session.get(ApiKey, who.removeprefix(api_keys.HOLDER)) if who.startswith(api_keys.HOLDER) else None
    return key.created_by if key and key.created_by else who
