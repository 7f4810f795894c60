"""A role lent for a holiday: to somebody, with an end, and no longer than its owner has it."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from controller.errors.callers import NotAllowed
from controller.errors.people import DelegationInvalid, PersonUnknown
from controller.people.audit import Act, record
from controller.people.grants import end_links
from controller.people.models import RoleGrant
from controller.people.newcomers import PERSON
from controller.people.permissions import Action
from controller.people.persons import covers, get_person, own_grants
from controller.people.rights import Tree
from controller.people.standing import grants_in_force
from devices.protocol.units import DAY
from devices.registry import standing

LONGEST = 60 * DAY


@dataclass(frozen=True)
class Lending:
    """A role of the lender's own, at its place or within it, until then (us UTC)."""

    to: str
    role: str
    area: str | None
    until: int


def lend(session: Session, wish: Lending, act: Act, new_id: Callable[[], str], tree: Tree) -> str:
    """Lend it and give its id; the same again changes nothing. The taker's sessions go on: they may more at once.

    DelegationInvalid (its end), NotAllowed (not the lender's own), PersonUnknown, AreaUnknown, AreaEnded.
    """
    lender = get_person(session, act.who_id.removeprefix(PERSON))
    taker = get_person(session, wish.to)
    if not act.now < wish.until <= act.now + LONGEST:
        raise DelegationInvalid(most_days=LONGEST // DAY)
    if taker.id == lender.id or taker.disabled_at is not None:
        raise PersonUnknown(person=wish.to)
    if wish.area is not None:
        standing(session, wish.area)
    if not covers(own_grants(session, lender.id, act.now), wish.role, wish.area, tree):
        raise NotAllowed(action=wish.role)
    if known := _known(session, lender.id, taker.id, wish, act.now):
        return known
    row = RoleGrant(
        id=new_id(), person_id=taker.id, role=wish.role, area_id=wish.area, since=act.now, until=wish.until,
        given_by=act.who_id, delegated_by=lender.id,
    )  # fmt: skip
    session.add(row)
    end_links(session, taker, wish.role, act.now)
    session.flush()
    record(session, act, Action.ROLE_GIVE, PERSON + taker.id, f"{wish.role} lent", area=wish.area)
    return row.id


def _known(session: Session, lender: str, taker: str, wish: Lending, now: int) -> str | None:
    """The loan that is just this."""
    same = (wish.role, wish.area, wish.until, lender)
    found = grants_in_force(session, taker, now)
    return next((one.id for one in found if (one.role, one.area_id, one.until, one.delegated_by) == same), None)
