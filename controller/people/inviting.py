"""A one-time link for somebody's password, made by whoever looks after them."""

from sqlmodel import Session

from controller.errors.people import LinkRefused, PersonUnknown
from controller.people.audit import Act
from controller.people.entrance.links import make_link
from controller.people.entrance.tokens import Entropy
from controller.people.grants import decides
from controller.people.persons import get_person
from controller.people.standing import grants_in_force


def invite(session: Session, person: str, act: Act, entropy: Entropy) -> str:
    """Its path. Whoever holds it can become that person: so none is made for somebody who may be a second person.

    PersonUnknown (disabled), LinkRefused.
    """
    row = get_person(session, person)
    if row.disabled_at is not None:
        raise PersonUnknown(person=person)
    if any(decides(one.role) for one in grants_in_force(session, person, act.now)):
        raise LinkRefused(login=row.login)
    return make_link(session, "invitation" if row.password is None else "password", person, act, entropy)
