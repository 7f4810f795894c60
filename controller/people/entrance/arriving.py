"""A link is used: a password is set, and its owner comes in."""

from sqlmodel import Session

from controller.errors.entrance import LinkOver
from controller.people.audit import Act, record
from controller.people.entrance import browsers, second_factor, sessions
from controller.people.entrance.entering import enter, person_act
from controller.people.entrance.entrance import Entered, Entrance
from controller.people.entrance.events import Event
from controller.people.entrance.links import find_link, void
from controller.people.entrance.models import OneTimeLink
from controller.people.entrance.passwords import require_good
from controller.people.entrance.sessions import Visitor
from controller.people.models import Person
from controller.people.newcomers import PERSON, add_person, give_role, plain_login
from controller.people.permissions import Role


def found_installation(
    entrance: Entrance, visitor: Visitor, token: str, login: str, name: str, password: str
) -> Entered:
    """The first administrator comes in. LinkOver, LoginInvalid, LoginTaken, PasswordTooShort and its like."""
    with entrance.database.read() as session:
        find_link(session, token, visitor.now)
    require_good(password, plain_login(login))
    kept = entrance.passwords.kept(password)
    with entrance.database.write() as session:
        link, person = find_link(session, token, visitor.now)
        if person is not None:
            raise LinkOver()
        act = Act(name, visitor.origin, visitor.now, who_id=PERSON + entrance.new_id())
        person = add_person(session, act.who_id.removeprefix(PERSON), login, name, act)
        give_role(session, entrance.new_id(), person, Role.ADMINISTRATOR, None, act)
        return _used(session, entrance, visitor, link, person, kept)


def set_password_by_link(entrance: Entrance, visitor: Visitor, token: str, password: str) -> Entered:
    """LinkOver, PasswordTooShort and its like. All other sessions of the person are over."""
    with entrance.database.read() as session:
        _, person = find_link(session, token, visitor.now)
    if person is None:
        raise LinkOver()
    require_good(password, person.login)
    kept = entrance.passwords.kept(password)
    with entrance.database.write() as session:
        link, person = find_link(session, token, visitor.now)
        if person is None:
            raise LinkOver()
        return _used(session, entrance, visitor, link, person, kept)


def keep_password(session: Session, person: Person, kept: str, visitor: Visitor) -> None:
    """The new password counts from now on, and whoever came in with the old one is out."""
    person.password, person.changed_at = kept, visitor.now
    sessions.end_all(session, person.id)
    browsers.forget(session, person.id)
    void(session, person.id, visitor.now)
    record(session, person_act(person, visitor), Event.PASSWORD_SET, PERSON + person.id)


def _used(
    session: Session, entrance: Entrance, visitor: Visitor, link: OneTimeLink, person: Person, kept: str
) -> Entered:
    link.used_at = visitor.now
    record(session, person_act(person, visitor), Event.LINK_USED, PERSON + person.id, link.kind)
    if link.kind == "everything":
        second_factor.drop(session, person.id)
        record(session, person_act(person, visitor), Event.FACTOR_DROPPED, PERSON + person.id, link.kind)
    keep_password(session, person, kept, visitor)
    session.flush()
    return enter(session, entrance, person, visitor, "link")
