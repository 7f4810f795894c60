"""What a person may do now: the roles in force, lent ones only while the lender has them."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from controller.people.models import Person, RoleGrant
from controller.people.rights import Given, Rights, Tree
from devices.areas import lineage


def rights_of(session: Session, person: Person, now: int, tree: Tree) -> Rights:
    """All that this person has been given and has now."""
    own = grants_of(session, person.id)
    lenders = {one.delegated_by for one in own if one.delegated_by is not None}
    theirs = {lender: grants_of(session, lender) for lender in lenders if _works(session, lender)}
    return Rights(tuple(Given(one.role, one.area_id) for one in valid(own, theirs, now, tree)), tree)


def grants_of(session: Session, person_id: str) -> Sequence[RoleGrant]:
    rows = select(RoleGrant).where(RoleGrant.person_id == person_id, col(RoleGrant.ended_at).is_(None))
    return session.exec(rows.order_by(col(RoleGrant.since))).all()


def grants_in_force(session: Session, person_id: str, now: int) -> list[RoleGrant]:
    """Roles that they have now, lent ones too."""
    return [one for one in grants_of(session, person_id) if in_force(one, now)]


def valid(
    grants: Iterable[RoleGrant], lenders: Mapping[str, Sequence[RoleGrant]], now: int, tree: Tree
) -> list[RoleGrant]:
    """Those in force. `lenders`: the grants of each lender who is not disabled; what is lent cannot be lent on."""
    return [
        one
        for one in grants
        if in_force(one, now) and (one.delegated_by is None or _has(lenders.get(one.delegated_by, ()), one, now, tree))
    ]


def in_force(grant: RoleGrant, now: int) -> bool:
    return grant.since <= now and grant.ended_at is None and (grant.until is None or now < grant.until)


def lasting(now: int) -> list[ColumnElement[bool]]:
    """As `in_force`, for questions to the table; a role that begins later is one already."""
    until = col(RoleGrant.until)
    return [col(RoleGrant.ended_at).is_(None), or_(until.is_(None), until > now)]


def _has(theirs: Iterable[RoleGrant], lent: RoleGrant, now: int, tree: Tree) -> bool:
    """Whether the lender has that role there, or around it."""
    around = {
        one.area_id for one in theirs if one.role == lent.role and one.delegated_by is None and in_force(one, now)
    }
    if None in around or lent.area_id is None:
        return None in around
    parents = tree()
    return lent.area_id in parents and not around.isdisjoint(lineage(lent.area_id, parents))


def _works(session: Session, person_id: str) -> bool:
    person = session.get(Person, person_id)
    return person is not None and person.disabled_at is None
